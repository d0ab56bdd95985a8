// What changes of whole resources of one kind work with: the service they are in, the
// journal, and who acts where.

import CloudModel
import Foundation
import JournalModel
import Operations
import Store

/// Jobs, or subscriptions, and the journal of their changes.
struct ResourceBench: Sendable {
  let kind: ChangeKind
  let executor: ChangeExecutor
  let rollbacks: RollbackPlanner
  let acting: Acting

  /// Opens the journal of this person, if none is given. Nothing is sent.
  init(
    _ kind: ChangeKind, _ wiring: Wiring, readOnly: ReadOnlySwitch? = nil, journal: SQLiteJournal? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) {
    let service: any ResourceService
    switch kind {
    case .job: service = JobResources(wiring.jobs(readOnly))
    case .subscription: service = SubscriptionResources(try wiring.subscriptions(readOnly))
    }
    let opened: SQLiteJournal
    if let journal { opened = journal } else { opened = try Workbench.openJournal(environment) }
    self.kind = kind
    acting = Acting(
      context: wiring.context.name?.value ?? "", account: wiring.account, endpoint: try wiring.endpoint(of: kind))
    executor = ChangeExecutor(kind, service: service, journal: opened, surroundings: .system, acting: acting)
    rollbacks = RollbackPlanner(kind, journal: opened)
  }

  /// Makes the changes that take an entry back.
  func roll(
    back plan: RollbackPlanner.Plan, onProgress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(OperationError) -> ChangeEnd {
    try await executor.apply(
      plan.changes, action: kind.rollback, intent: ["rollback": .integer(plan.origin.number)],
      undoes: plan.origin.number, .init(keepsGoing: true, isExact: true), onProgress: onProgress)
  }
}

extension Wiring {
  /// Base URL of the service in which resources of the kind are.
  func endpoint(of kind: ChangeKind) throws(Exit) -> String {
    switch kind {
    case .job: scheduler.endpoint
    case .subscription: try pubsub.endpoint
    }
  }
}
