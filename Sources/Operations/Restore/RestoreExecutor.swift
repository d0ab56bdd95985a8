// Applies an undo, and finishes one that was interrupted.

import CloudModel
import JournalModel

/// Carries out undos.
package struct RestoreExecutor: Sendable {
  private let service: any TaskService
  private let journal: any Journal
  private let surroundings: Surroundings
  private let acting: Acting

  package init(service: any TaskService, journal: any Journal, surroundings: Surroundings, acting: Acting) {
    (self.service, self.journal, self.surroundings, self.acting) = (service, journal, surroundings, acting)
  }

  /// Applies a plan; nil when there is nothing to put back. Throws `.api` when the service is read-only, and `.journal`,
  /// both before the first task is created; the plan is given up then.
  package func apply(
    _ plan: RestorePlan, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) async throws(OperationError) -> RunEnd? {
    guard let number = plan.entry else {
      await journal.release(plan.origin.number)
      return nil
    }
    return try await holding(plan.origin.number, number) { () async throws(OperationError) in
      if let refusal = service.refusalOfChanges { throw .api(refusal) }
      if !plan.isContinuation {
        try await journaled { () async throws(JournalError) in
          try await journal.change(plan.confirmed.map { ItemChange($0, .discarded) }, of: plan.origin.number)
          try await journal.seal(undo: number, plan: ["planned": .integer(plan.names.count)], knowing: plan.known)
        }
      }
      return try await run(number, plan.origin, onProgress)
    }
  }

  /// Finishes an entry, with `retryFailed` also what failed.
  package func resume(
    _ number: Int, retryFailed: Bool = false, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) async throws(OperationError) -> RunEnd {
    let entry = try await journaled { () async throws(JournalError) in try await journal.entry(number) }
    try check(entry, is: .undo, entry.header.action == .undo, actingAs: acting)
    if let refusal = service.refusalOfChanges { throw .api(refusal) }
    let undone = entry.header.undoes ?? 0
    try await journaled { () async throws(JournalError) in
      try await journal.claim(number)
      do throws(JournalError) { try await journal.claim(undone) } catch {
        await journal.release(number)
        throw error
      }
    }
    return try await holding(undone, number) { () async throws(OperationError) in
      let origin = try await journaled { () async throws(JournalError) in try await journal.entry(undone) }
      return try await run(number, origin, retryFailed: retryFailed, onProgress)
    }
  }

  /// Gives both entries up at the end; giving up twice does nothing.
  private func holding(
    _ origin: Int, _ number: Int, _ body: () async throws(OperationError) -> RunEnd
  ) async throws(OperationError) -> RunEnd {
    do throws(OperationError) {
      let end = try await body()
      await journal.release(origin)
      return end
    } catch {
      await journal.release(number)
      await journal.release(origin)
      throw error
    }
  }

  private func run(
    _ number: Int, _ origin: JournalEntry, retryFailed: Bool = false,
    _ onProgress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(OperationError) -> RunEnd {
    let entry = try await journaled { () async throws(JournalError) in try await journal.entry(number) }
    let work = RestoreWork(
      service: service, journal: journal, surroundings: surroundings, origin: origin,
      into: try entry.header.restoresInto, ownNames: OwnNames())
    let scouts = try await scouts(number, work)
    if !scouts.isEmpty, let stop = try await run(work, number, first: scouts, source: [], concurrency: 1, onProgress) {
      return await finish(entry, stop, journal, surroundings)
    }
    // Those in doubt come last, when the others have shown whether names are free.
    let states: Set<ItemState> = retryFailed ? [.sent, .failed] : [.sent]
    let doubtful = try await allItems(of: number, in: states, journal)
    var stop = try await run(work, number, first: [], source: [.planned], onProgress)
    if stop == nil, !doubtful.isEmpty { stop = try await run(work, number, first: doubtful, source: [], onProgress) }
    return await finish(entry, stop, journal, surroundings)
  }

  private func run(
    _ work: RestoreWork, _ number: Int, first: [JournalItem], source: Set<ItemState>,
    concurrency: Int = ConcurrencyLimit.most, _ onProgress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(OperationError) -> RunStop? {
    let entry = try await journaled { () async throws(JournalError) in try await journal.entry(number) }
    let run = ItemRun(
      work: work, journal: journal, surroundings: surroundings, entry: entry, first: first, source: source,
      largestConcurrency: concurrency, onProgress: onProgress)
    return await run.run()
  }

  /// Named tasks that go first, one at a time, in queues of which nothing is known yet: so at most one of a queue can be
  /// in doubt while nothing tells whether names are free. What earlier runs of the entry learnt is taken over.
  private func scouts(_ number: Int, _ work: RestoreWork) async throws(OperationError) -> [JournalItem] {
    let ownNames = work.ownNames
    var scouts: [QueueName: [JournalItem]] = [:]
    try await journaled { () async throws(JournalError) in
      try await journal.forEachPage(of: number, in: [.planned, .restored]) { page in
        for item in page where !RestoredNames.isGenerated(item.name) {
          let own = work.names.own(item.name)
          if item.state == .restored {
            ownNames[own.queue] = item.restoredAs == own ? .free : .held
          } else if scouts[own.queue, default: []].count < 3 {
            scouts[own.queue, default: []].append(item)
          }
        }
      }
    }
    return scouts.filter { ownNames[$0.key] == nil }.values.flatMap { $0 }.sorted { $0.position < $1.position }
  }
}
