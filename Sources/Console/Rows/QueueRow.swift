// A queue as a line of a table, and what a pass over its tasks tells about it.
//
// The API has no number of failing tasks for a queue. It is counted from task lists, in rounds, as the list budget
// allows; a queue that has not been counted says `?`.

import CloudModel
import Foundation
import Terminal

/// What a pass over the tasks of a queue counted.
package struct QueueSurvey: Equatable, Sendable {
  package private(set) var tasks = 0
  package private(set) var failing = 0
  package private(set) var running = 0
  package private(set) var oldest: Date?
  /// By class and last status, the most painful first.
  package private(set) var groups: [Group] = []
  /// Tasks of groups that are not kept, because there are too many.
  package var ungrouped: Int { tasks - groups.reduce(0) { $0 + $1.tasks } }
  /// How many tasks were dispatched so often.
  package private(set) var dispatchCounts: [Int: Int] = [:]
  /// Next attempts by how soon they are due when it was counted; the spans are `dueSpans`.
  package private(set) var due = [Int](repeating: 0, count: dueSpans.count)
  /// False when the pass stopped at its page limit: the numbers are lower bounds.
  package var isComplete: Bool
  /// When the pass ended.
  package var at: Date

  package init(rows: some Sequence<TaskRow>, isComplete: Bool = true, at: Date) {
    var counter = Counter(at: at)
    counter.add(rows)
    self = counter.survey(isComplete: isComplete)
  }

  fileprivate init(at: Date) { (isComplete, self.at) = (true, at) }

  /// Counts page by page, away from the loop: a hundred thousand rows take some 20 ms.
  package struct Counter: Sendable {
    private var survey: QueueSurvey
    private var groups: [GroupKey: Group] = [:]

    package init(at: Date) { survey = QueueSurvey(at: at) }

    package mutating func add(_ rows: some Sequence<TaskRow>) {
      for row in rows {
        survey.add(row)
        let key = GroupKey(taskClass: row.taskClass, status: row.status)
        // Without a bound, URLs that end in an ID would make a group of each task.
        if groups.count >= 2000, groups[key] == nil { continue }
        groups[key, default: Group(taskClass: row.taskClass, status: row.status, outcome: row.outcome)].add(row)
      }
    }

    package func survey(isComplete: Bool) -> QueueSurvey {
      var result = survey
      result.isComplete = isComplete
      let sorted = groups.values.sorted { ($1.pain, $1.tasks, $0.taskClass) < ($0.pain, $0.tasks, $1.taskClass) }
      result.groups = Array(sorted.prefix(groupsKept))
      return result
    }
  }

  private mutating func add(_ row: TaskRow) {
    tasks += 1
    if row.isFailing { failing += 1 }
    if row.outcome == .running { running += 1 }
    if let created = row.created, oldest.map({ created < $0 }) ?? true { oldest = created }
    dispatchCounts[Int(min(row.dispatches, 1000)), default: 0] += 1
    if let next = row.next {
      let seconds = next.timeIntervalSince(at)
      due[Self.dueSpans.firstIndex { seconds <= $0.seconds } ?? 0] += 1
    }
  }

  private static let groupsKept = 200
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
