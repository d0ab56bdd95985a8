// A task as a line of a table.
//
// A queue may hold a million tasks, so a row keeps only what its cells show (DESIGN.md, Budgets: 200 bytes a task). Rows
// are made off the main loop, by a maker that shares the texts most tasks have in common.

import CloudModel
import Foundation
import Terminal

/// What the tasks table knows of one task.
package struct TaskRow: Equatable, Sendable {
  /// How the last dispatch ended.
  package enum Outcome: UInt8, Sendable {
    case never, running, succeeded, failed
  }

  /// Last segment of the resource name; it is what makes the row itself within its queue.
  package let id: String
  /// Empty when the task has no HTTP URL.
  package let taskClass: String
  package let url: String
  /// Attempts sent, the first included.
  package let dispatches: Int32
  /// Attempts answered.
  package let responses: Int32
  package let outcome: Outcome
  /// `503 UNAVAILABLE`, `DEADLINE`, `running`, or `-` before the first dispatch.
  package let status: String
  package let created: Date?
  /// When the next attempt is due.
  package let next: Date?

  /// A task that was dispatched and is still here after its first attempt has failed at least once: Cloud Tasks deletes
  /// a task that succeeded. It counts while its next attempt is in flight too, so that the number does not flicker.
  package var isFailing: Bool { outcome == .failed || dispatches > 1 }

  /// The full name, in the queue the row was listed in. Nil does not happen: the ID was taken from such a name.
  func name(in queue: QueueName) -> TaskName? {
    do { return try TaskName(queue: queue, id: id) } catch { return nil }
  }
}

/// Makes rows, sharing equal texts.
package struct TaskRowMaker: Sendable {
  private var classes: [String: (url: String, taskClass: String)] = [:]
  private var statuses: [String: String] = [:]
  /// URLs that carry an ID are all different: sharing them would only cost.
  private static let sharedAtMost = 2000

  package init() {}

  package mutating func row(of task: CloudTask) -> TaskRow {
    let place = place(of: task)
    let (outcome, status) = TaskStatus.words(of: task)
    return TaskRow(
      id: sanitised(task.name.id), taskClass: place.taskClass, url: place.url,
      dispatches: Int32(clamping: task.dispatchCount), responses: Int32(clamping: task.responseCount),
      outcome: outcome, status: shared(status), created: task.createTime?.date, next: task.scheduleTime?.date)
  }

  /// The rows of a page.
  package mutating func rows(of tasks: [CloudTask]) -> [TaskRow] {
    var rows: [TaskRow] = []
    rows.reserveCapacity(tasks.count)
    for task in tasks { rows.append(row(of: task)) }
    return rows
  }

  private mutating func place(of task: CloudTask) -> (url: String, taskClass: String) {
    guard case .http(let target) = task.target else {
      if case .appEngine(let target) = task.target { return (sanitised(target.relativeURI), "") }
      return ("", "")
    }
    if let known = classes[target.url] { return known }
    let made = (url: sanitised(target.url), taskClass: sanitised(task.taskClass ?? ""))
    if classes.count < Self.sharedAtMost { classes[target.url] = made }
    return made
  }

  private mutating func shared(_ status: String) -> String {
    if let known = statuses[status] { return known }
    if statuses.count < Self.sharedAtMost { statuses[status] = status }
    return status
  }
}

/// How attempts are put into words, for rows and pages alike.
package enum TaskStatus {
  static func words(of task: CloudTask) -> (TaskRow.Outcome, String) {
    guard let attempt = task.lastAttempt else { return task.dispatchCount > 0 ? (.running, "running") : (.never, "-") }
    return words(of: attempt)
  }

  /// An attempt that was sent and has neither answer nor end is running.
  package static func words(of attempt: Attempt) -> (TaskRow.Outcome, String) {
    guard let answer = attempt.responseStatus else {
      return attempt.dispatchTime == nil ? (.never, "-") : (.running, "running")
    }
    let outcome: TaskRow.Outcome = answer.code == 0 ? .succeeded : .failed
    if let http = attempt.httpStatus { return (outcome, "\(http) \(sanitised(answer.status.rawValue))") }
    return (outcome, answer.status == .deadlineExceeded ? "DEADLINE" : sanitised(answer.status.rawValue))
  }
}
