// The metadata of a task's next attempt, from what the API says of the earlier
// ones. The library loses the task's own headers and the last failure on this way
// (django-cloud-tasks.md section 3); both are here.

import CloudModel
import ReplayModel

extension ReplayMetadata {
  /// - Parameter maximumAttempts: of the queue, where it was asked for.
  package init(nextAttemptOf task: CloudTask, maximumAttempts: Int? = nil) {
    let queue = task.name.queue
    self.init(
      taskID: task.name.id, queue: queue.id, project: queue.parent.project, location: queue.parent.location,
      dispatchNumber: task.dispatchCount, executionNumber: task.responseCount,
      eta: task.scheduleTime ?? task.createTime, customHeaders: task.headers)
    self.maximumAttempts = maximumAttempts
    if task.dispatchCount > 0, let last = task.lastAttempt { read(last) }
    func header(_ name: String) -> String? { task.headers.first { $0.name.lowercased() == name }?.value }
    isCloudScheduler = header("x-cloudscheduler") == "true"
    schedulerTime = header("x-cloudscheduler-scheduletime")
    schedulerJob = header("x-cloudscheduler-jobname")
  }

  private mutating func read(_ attempt: Attempt) {
    guard let status = attempt.responseStatus, status.code != 0 || !status.message.isEmpty else {
      // An attempt without an answer and without a status is still under way.
      return
    }
    previousFailure = status.message.isEmpty ? status.status.description : status.message
    // "504 after a timeout" (google-apis.md section 2.1).
    previousResponse = attempt.httpStatus ?? (attempt.responseTime == nil ? 504 : status.status.httpStatus)
  }
}
