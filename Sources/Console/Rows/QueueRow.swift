// A queue as a line of a table, and what a pass over its tasks tells about it.
//
// The API has no number of failing tasks for a queue. It is counted from task lists, in rounds, as the list budget
// allows; a queue that has not been counted says `?`.

import CloudModel
import Foundation
import Terminal

/// What a pass over the tasks of a queue counted.
package struct QueueSurvey: Equatable, Sendable {
  /// How one class of tasks fares.
  package struct ClassTally: Equatable, Sendable {
    package var name: String
    package var tasks = 0
    package var failing = 0
    /// Status of one of the failing tasks.
    package var status = ""

    fileprivate mutating func add(_ row: TaskRow) {
      tasks += 1
      guard row.isFailing else { return }
      failing += 1
      if status.isEmpty { status = row.status }
    }
  }

  package private(set) var tasks = 0
  package private(set) var failing = 0
  package private(set) var running = 0
  package private(set) var oldest: Date?
  /// Most failing first, then the largest.
  package private(set) var classes: [ClassTally] = []
  /// False when the pass stopped at its page limit: the numbers are lower bounds.
  package var isComplete: Bool
  /// When the pass ended.
  package var at: Date

  package init(rows: [TaskRow], isComplete: Bool = true, at: Date) {
    self.isComplete = isComplete
    self.at = at
    var tallies: [String: ClassTally] = [:]
    for row in rows {
      tasks += 1
      if row.isFailing { failing += 1 }
      if row.outcome == .running { running += 1 }
      if let created = row.created, oldest.map({ created < $0 }) ?? true { oldest = created }
      Self.count(row, in: &tallies)
    }
    classes = tallies.values.sorted { ($1.failing, $1.tasks, $0.name) < ($0.failing, $0.tasks, $1.name) }
    if classes.count > Self.classesKept { classes.removeSubrange(Self.classesKept...) }
  }

  private static func count(_ row: TaskRow, in tallies: inout [String: ClassTally]) {
    // Without a bound, URLs that end in an ID would make a class of each task.
    if tallies.count >= 1000, tallies[row.taskClass] == nil { return }
    tallies[row.taskClass, default: ClassTally(name: row.taskClass)].add(row)
  }

  private static let classesKept = 50
}

/// What the queues table knows of one queue. Queues are few, so the noun itself is kept for the page about it.
package struct QueueRow: Equatable, Sendable {
  package let name: QueueName
  package let queue: Queue
  /// The full resource name.
  package let id: String
  package let state: String
  /// Counted from its tasks; nil before the first count.
  package var survey: QueueSurvey?

  package init(_ queue: Queue, survey: QueueSurvey? = nil) {
    name = queue.name
    self.queue = queue
    id = queue.name.description
    state = sanitised(queue.state?.rawValue ?? "-")
    self.survey = survey
  }

  /// Tasks in the queue: the service's own count where it gives one, else ours.
  package var tasks: Int? { queue.stats?.tasksCount ?? survey?.tasks }
  /// Nil when nobody has counted. A queue without tasks has no failing ones, and needs no pass to know it.
  package var failing: Int? { queue.stats?.tasksCount == 0 ? 0 : survey?.failing }
  /// Whether `failing` is all of them.
  package var isFailingExact: Bool { queue.stats?.tasksCount == 0 || survey?.isComplete ?? false }
  package var dispatchedLastMinute: Int? { queue.stats?.executedLastMinuteCount }
  /// When the oldest task was created. Not `oldestEstimatedArrivalTime`, which is "the nearest time in the future where a
  /// task in the queue is scheduled to be executed" (discovery document).
  package var oldest: Date? { survey?.oldest }
  package var isPaused: Bool { queue.state == .paused }
}
