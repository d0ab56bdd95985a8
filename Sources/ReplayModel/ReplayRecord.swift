// A replay as the journal remembers it.

import CloudModel
import Foundation

/// One replay that has ended.
package struct ReplayRecord: Equatable, Sendable {
  /// Given by the store; 0 before.
  package var number = 0
  package var time: Timestamp
  package var context: String
  package var endpoint: String
  package var task: String
  package var taskClass: String?
  package var handler: String
  /// http, command or django.
  package var kind: String
  /// In the words of `tasks debug`.
  package var outcome: String
  package var httpStatus: Int?
  package var exitStatus: Int?
  package var seconds: Double
  package var peakMemory: Int?
  package var result: JSON?
  package var payload: Data
  package var isEdited: Bool
  /// What it wrote, as far as it is kept.
  package var lines: [OutputLine]

  package init(
    time: Timestamp, context: String, endpoint: String, task: String, taskClass: String?, handler: String, kind: String,
    outcome: String, httpStatus: Int? = nil, exitStatus: Int? = nil, seconds: Double, peakMemory: Int? = nil,
    result: JSON? = nil, payload: Data, isEdited: Bool = false, lines: [OutputLine]
  ) {
    (self.time, self.context, self.endpoint) = (time, context, endpoint)
    (self.task, self.taskClass, self.handler, self.kind) = (task, taskClass, handler, kind)
    (self.outcome, self.httpStatus, self.exitStatus) = (outcome, httpStatus, exitStatus)
    (self.seconds, self.peakMemory, self.result) = (seconds, peakMemory, result)
    (self.payload, self.isEdited, self.lines) = (payload, isEdited, lines)
  }

  /// Without what it wrote.
  package var json: JSONObject {
    [
      "replay": .integer(number), "time": .string(time.description), "context": .string(context),
      "endpoint": .string(endpoint), "task": .string(task), "class": taskClass.map(JSON.string) ?? .null,
      "handler": .string(handler), "kind": .string(kind), "outcome": .string(outcome),
      "httpStatus": httpStatus.map(JSON.integer) ?? .null, "exitStatus": exitStatus.map(JSON.integer) ?? .null,
      "seconds": .double((seconds * 1000).rounded() / 1000), "peakMemory": peakMemory.map(JSON.integer) ?? .null,
      "edited": .bool(isEdited),
    ]
  }
}
