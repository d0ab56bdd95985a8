// One resource of a journaled change: a job, a subscription, a topic. Unlike tasks,
// these are few, and what is kept of one is what it was before and after.

import CloudModel

extension JournalAction {
  /// Jobs brought to what definitions say.
  package static let scheduleApply = JournalAction(rawValue: "schedule-apply")
  /// A schedule-apply, or another change of jobs, taken back.
  package static let scheduleRollback = JournalAction(rawValue: "schedule-rollback")
  /// One job created, changed, paused, resumed or deleted by hand.
  package static let jobChange = JournalAction(rawValue: "job-change")
  /// Subscriptions brought to what definitions say.
  package static let subscriptionApply = JournalAction(rawValue: "subscription-apply")

  /// A subscription-apply taken back.
  package static let subscriptionRollback = JournalAction(rawValue: "subscription-rollback")

  /// Whether its items are whole resources, each with what it was before.
  package var changesResources: Bool {
    [.scheduleApply, .scheduleRollback, .jobChange, .subscriptionApply, .subscriptionRollback].contains(self)
  }
}

/// How far the change of one resource has come.
package enum ChangeState: Int, CaseIterable, Sendable {
  /// Its turn has not come.
  case planned = 0
  /// Calls went out, or were about to, and how they ended is not recorded.
  case sent = 1
  /// It is as it was to be.
  case done = 2
  /// Refused.
  case failed = 3

  /// As the journal prints it.
  package var word: String {
    switch self {
    case .planned: "planned"
    case .sent: "sent"
    case .done: "done"
    case .failed: "failed"
    }
  }
}

/// A resource of a change as the journal knows it.
package struct JournaledChange: Equatable, Sendable {
  /// Its place in the plan, from 0.
  package var position: Int
  /// The full resource name.
  package var name: String
  /// nil when it was not there.
  package var before: JSON?
  /// nil when it is to be deleted.
  package var after: JSON?
  package var state: ChangeState
  /// Why it failed, or why its outcome is not known; remote text, not yet sanitised.
  package var error: String?

  package init(
    position: Int, name: String, before: JSON?, after: JSON?, state: ChangeState = .planned, error: String? = nil
  ) {
    self.position = position
    self.name = name
    self.before = before
    self.after = after
    self.state = state
    self.error = error
  }

  /// `create`, `update` or `delete`.
  package var verb: String { before == nil ? "create" : after == nil ? "delete" : "update" }
  /// The last part of the name.
  package var id: String { name.split(separator: "/").last.map(String.init) ?? name }
}

/// A new state of one resource of a change.
package struct ChangeOutcome: Equatable, Sendable {
  package var position: Int
  package var state: ChangeState
  package var error: String?

  package init(_ position: Int, _ state: ChangeState, error: String? = nil) {
    (self.position, self.state, self.error) = (position, state, error)
  }
}
