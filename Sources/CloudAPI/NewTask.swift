// A task that is not there yet: what CreateTask takes, without what only the
// service may say.

import CloudModel
import Foundation

/// How much of a task the service shows. FULL adds the body and needs `cloudtasks.tasks.fullView`.
package enum TaskView: String, Sendable {
  case basic = "BASIC"
  case full = "FULL"
}

/// A task to be created.
package struct NewTask: Equatable, Sendable {
  package var queue: QueueName
  /// nil lets the service choose one.
  package var name: TaskName?
  package var target: CloudTask.Target
  /// nil dispatches as soon as the queue allows.
  package var scheduleTime: Timestamp?
  /// nil is the service's default of 10 minutes for HTTP.
  package var dispatchDeadline: Duration?
  /// Input fields this program does not know, such as a task's own `retryConfig`.
  package var unknown: JSONObject

  package init(
    queue: QueueName, name: TaskName? = nil, target: CloudTask.Target, scheduleTime: Timestamp? = nil,
    dispatchDeadline: Duration? = nil, unknown: JSONObject = JSONObject()
  ) {
    self.queue = queue
    self.name = name
    self.target = target
    self.scheduleTime = scheduleTime
    self.dispatchDeadline = dispatchDeadline
    self.unknown = unknown
  }

  /// The `task` of CreateTask's body.
  package var json: JSON {
    // Only the request and its times are input: counts, attempts and the view are the service's.
    var object = JSONObject()
    object["name"] = name.map { .string($0.description) }
    switch target {
    case .http(let target): object["httpRequest"] = target.json(urlKey: "url")
    case .appEngine(let target): object["appEngineHttpRequest"] = target.json
    case .other: break
    }
    object["scheduleTime"] = scheduleTime.map { .string($0.description) }
    object["dispatchDeadline"] = dispatchDeadline.map { .string($0.protobuf) }
    object.merge(unknown)
    return .object(object)
  }
}
