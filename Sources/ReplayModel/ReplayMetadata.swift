// What a task's code is told about its attempt: the fields of the library's
// TaskMetadata (django-cloud-tasks.md section 3), with those filled in that the
// library loses between the API and the code.

import CloudModel

/// Metadata of the next attempt of a task.
package struct ReplayMetadata: Equatable, Sendable {
  package var taskID: String
  package var queue: String
  package var project: String
  package var location: String
  /// Attempts dispatched so far, so 0 is the first one.
  package var dispatchNumber: Int
  /// Attempts answered so far.
  package var executionNumber: Int
  /// When the next attempt is due.
  package var eta: Timestamp?
  /// HTTP status of the last attempt's answer; 504 when it was not answered in time.
  package var previousResponse: Int?
  /// The service's words on the last attempt.
  package var previousFailure: String?
  /// Headers that the task carries itself.
  package var customHeaders: [Header]
  package var isCloudScheduler = false
  package var schedulerTime: String?
  package var schedulerJob: String?
  /// `maxAttempts` of the queue; nil when it was not asked for.
  package var maximumAttempts: Int?

  package init(
    taskID: String, queue: String, project: String, location: String, dispatchNumber: Int = 0, executionNumber: Int = 0,
    eta: Timestamp? = nil, customHeaders: [Header] = []
  ) {
    (self.taskID, self.queue, self.project, self.location) = (taskID, queue, project, location)
    (self.dispatchNumber, self.executionNumber, self.eta) = (dispatchNumber, executionNumber, eta)
    self.customHeaders = customHeaders
  }

  /// With the library's names.
  package var json: JSON {
    var object: JSONObject = [
      "task_id": .string(taskID), "queue_name": .string(queue), "project_id": .string(project),
      "dispatch_number": .integer(dispatchNumber), "execution_number": .integer(executionNumber),
    ]
    object["eta"] = eta.map { .string($0.description) } ?? .null
    object["previous_response"] = previousResponse.map { .string(String($0)) } ?? .null
    object["previous_failure"] = previousFailure.map(JSON.string) ?? .null
    object["custom_headers"] = .object(JSONObject(customHeaders.map { ($0.name, .string($0.value)) }))
    object["is_cloud_scheduler"] = .bool(isCloudScheduler)
    object["cloud_scheduler_schedule_time"] = schedulerTime.map(JSON.string) ?? .null
    object["cloud_scheduler_job_name"] = schedulerJob.map(JSON.string) ?? .null
    object["max_retries"] = maximumAttempts.map(JSON.integer) ?? .null
    return .object(object)
  }
}
