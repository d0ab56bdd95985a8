// The kinds of resources that are changed whole. What is different between them in a
// journal and in words stands here, so that applies, rollbacks and resumes are one code.

import JournalModel

/// A kind of resource that is changed whole.
package enum ChangeKind: CaseIterable, Sendable {
  /// Cloud Scheduler jobs.
  case job
  /// Pub/Sub subscriptions, and the topics that they need.
  case subscription

  /// The kind that an entry changed; nil when it changed something else, such as tasks.
  package init?(_ action: JournalAction) {
    guard let kind = Self.allCases.first(where: { $0.actions.contains(action) }) else { return nil }
    self = kind
  }

  /// What one is called, in words and as a key of JSON.
  package var noun: String {
    switch self {
    case .job: "job"
    case .subscription: "subscription"
    }
  }

  /// Brings them to what definitions say.
  package var apply: JournalAction {
    switch self {
    case .job: .scheduleApply
    case .subscription: .subscriptionApply
    }
  }

  /// Takes such a change back.
  package var rollback: JournalAction {
    switch self {
    case .job: .scheduleRollback
    case .subscription: .subscriptionRollback
    }
  }

  /// Every action that changes them.
  package var actions: Set<JournalAction> {
    switch self {
    case .job: [apply, rollback, .jobChange]
    case .subscription: [apply, rollback]
    }
  }
}
