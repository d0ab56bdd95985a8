// The tasks of a queue by class and last status, and when their next attempts are due.

import Foundation

extension QueueSurvey {
  /// What a group's tasks have in common.
  struct GroupKey: Hashable, Sendable {
    var taskClass: String
    var status: String
  }

  /// Tasks of one class with one last status.
  package struct Group: Equatable, Sendable {
    package var taskClass: String
    package var status: String
    package var outcome: TaskRow.Outcome
    package var tasks = 0
    package var failing = 0
    /// Dispatches of all of them, and of the one with most.
    package var dispatches = 0
    package var most = 0
    package var oldest: Date?
    package var next: Date?

    mutating func add(_ row: TaskRow) {
      tasks += 1
      if row.isFailing { failing += 1 }
      dispatches += Int(row.dispatches)
      most = max(most, Int(row.dispatches))
      if let created = row.created, oldest.map({ created < $0 }) ?? true { oldest = created }
      if let due = row.next, next.map({ due < $0 }) ?? true { next = due }
    }

    /// How much work it wasted: dispatches of what fails.
    var pain: Int { failing > 0 ? dispatches : 0 }
  }

  /// How many attempts are due within these spans; the last one is for all that is later.
  static let dueSpans: [(name: String, seconds: TimeInterval)] = [
    ("due now", 0), ("in a minute", 60), ("in 10 minutes", 600), ("in an hour", 3600), ("in 6 hours", 21600),
    ("later", .infinity),
  ]

  /// Tasks that have no more than a fifth of their attempts left, where there is a limit.
  func nearLimit(_ limit: Int?) -> Int {
    guard let limit, limit > 1 else { return 0 }
    let near = max(2, limit - max(1, limit / 5))
    return dispatchCounts.reduce(0) { $0 + ($1.key >= near ? $1.value : 0) }
  }
}

/// A retry storm: so many tasks of a queue near their last attempt, or failing again and again, that they are what the
/// queue does.
package struct RetryStorm: Equatable {
  var words: String

  package init?(_ row: QueueRow) {
    guard let survey = row.survey, survey.tasks >= 10 else { return nil }
    let limit = row.queue.retryConfig.maxAttempts
    let near = survey.nearLimit(limit)
    if near >= 5, near * 10 >= survey.tasks, let limit {
      words =
        "\(Words.count(near, "task")) of \(Words.count(survey.tasks)) are near the last of \(limit) attempts,"
        + " after which they are deleted"
      return
    }
    let again = survey.dispatchCounts.reduce(0) { $0 + ($1.key >= 5 ? $1.value : 0) }
    guard again >= 10, again * 2 >= survey.tasks, survey.failing * 2 >= survey.tasks else { return nil }
    words =
      "\(Words.count(again, "task")) of \(Words.count(survey.tasks)) were dispatched 5 times or more and still fail"
  }
}
