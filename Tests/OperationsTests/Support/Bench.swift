// One journal, one service, one clock, and the operations on them.

import CloudModel
import Foundation
import JournalModel
import Operations

struct Bench: Sendable {
  var service: any TaskService
  var journal: any Journal
  var time = FakeTime()
  var batches = BatchSupport()

  init(_ service: any TaskService, _ journal: any Journal = MemoryJournal()) {
    (self.service, self.journal) = (service, journal)
  }

  var planner: DiscardPlanner {
    DiscardPlanner(service: service, journal: journal, surroundings: time.surroundings)
  }
  var executor: DiscardExecutor {
    DiscardExecutor(
      service: service, journal: journal, surroundings: time.surroundings, acting: acting, batches: batches)
  }
  var restorePlanner: RestorePlanner {
    RestorePlanner(service: service, journal: journal, surroundings: time.surroundings, acting: acting)
  }
  var restoreExecutor: RestoreExecutor {
    RestoreExecutor(service: service, journal: journal, surroundings: time.surroundings, acting: acting)
  }

  func plan(_ intent: DiscardIntent, dryRun: Bool = false) async throws -> DiscardPlan {
    try await planner.plan(intent, acting: acting, dryRun: dryRun)
  }

  func planAll() async throws -> DiscardPlan {
    try await plan(try DiscardIntent(.matching(in: [queueName()]), everything: true))
  }

  func discardAll() async throws -> RunEnd? { try await executor.apply(try await planAll()) }

  /// Discards everything, and names the entry.
  func discardedEntry() async throws -> Int {
    guard let end = try await discardAll() else { throw JournalError(.missing, reason: "nothing was discarded") }
    return end.entry.number
  }

  func undo(_ number: Int, _ choice: RestorePlanner.Choice = .init()) async throws -> RunEnd? {
    try await restoreExecutor.apply(try await restorePlanner.plan(undoing: number, choice))
  }

  func items(_ entry: Int) async throws -> [JournalItem] {
    try await journal.items(of: entry, in: nil, after: -1, limit: .max)
  }

  func states(_ entry: Int) async throws -> [ItemState] { try await items(entry).map(\.state) }
}
