// Applies a discard plan, and finishes one that was interrupted.

import CloudModel
import JournalModel

/// Carries out discards.
package struct DiscardExecutor: Sendable {
  private let service: any TaskService
  private let journal: any Journal
  private let surroundings: Surroundings
  private let acting: Acting
  private let batches: BatchSupport

  /// `batches` is what is known of the endpoint; one object for each.
  package init(
    service: any TaskService, journal: any Journal, surroundings: Surroundings, acting: Acting, batches: BatchSupport
  ) {
    self.service = service
    self.journal = journal
    self.surroundings = surroundings
    self.acting = acting
    self.batches = batches
  }

  /// Applies a plan: its content is made lasting first, so a journal that fails then refuses before the first delete.
  /// Cancelling the calling task stops the run; calls under way are waited for. Nil when nothing matched.
  /// Throws the plan's objection, `.api` when the service is read-only, and `.journal`; abandon the plan then.
  package func apply(
    _ plan: DiscardPlan, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) async throws(OperationError) -> RunEnd? {
    if let objection = plan.objection { throw objection }
    if plan.names.isEmpty, plan.entry == nil { return nil }
    guard let number = plan.entry else { throw .wrong(Self.dryRun) }
    if let refusal = service.refusalOfChanges { throw .api(refusal) }
    do { try await journal.seal(number, plan: plan.summary.json) } catch {
      // Given up unsealed, it is cleared away when a journal is opened next.
      await journal.release(number)
      throw .journal(error)
    }
    return try await run(number, first: [], onProgress)
  }

  /// Finishes an entry: what is planned, and what was sent without a recorded outcome; with `retryFailed` also what
  /// failed. Its plan was confirmed when it was made. Throws `.refused` for an entry that is not a discard, or of
  /// another endpoint, and `.journal(.owned)` while another run has it; `.api` when the service is read-only.
  package func resume(
    _ number: Int, retryFailed: Bool = false, onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) async throws(OperationError) -> RunEnd {
    if let refusal = service.refusalOfChanges { throw .api(refusal) }
    try await journaled { () async throws(JournalError) in try await journal.claim(number) }
    do throws(OperationError) {
      let entry = try await journaled { () async throws(JournalError) in try await journal.entry(number) }
      try check(entry, is: .discard, entry.header.action.discardsTasks, actingAs: acting)
      let states: Set<ItemState> = retryFailed ? [.sent, .failed] : [.sent]
      let first = try await allItems(of: number, in: states, journal)
      return try await run(number, first: first, onProgress)
    } catch {
      await journal.release(number)
      throw error
    }
  }

  private func run(
    _ number: Int, first: [JournalItem], _ onProgress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(OperationError) -> RunEnd {
    let entry: JournalEntry
    do { entry = try await journal.entry(number) } catch {
      await journal.release(number)
      throw .journal(error)
    }
    let work = DiscardWork(service: service, surroundings: surroundings, batches: batches)
    let run = ItemRun(
      work: work, journal: journal, surroundings: surroundings, entry: entry, first: first, source: [.planned],
      onProgress: onProgress)
    return await finish(entry, await run.run(), journal, surroundings)
  }

  private static let dryRun = OperationError.Refusal(
    title: "A dry run cannot be applied", reason: "It keeps nothing, so nothing could be undone.",
    remedy: "Plan again, without --dry-run.")
}

/// Throws unless the entry is of this action and this endpoint: elsewhere every task is missing, and would be taken for
/// one that we discarded.
func check(
  _ entry: JournalEntry, is action: JournalAction, _ fits: Bool, actingAs acting: Acting
) throws(OperationError) {
  guard fits else {
    throw .refused(
      .init(
        title: "Entry \(entry.number) is not a \(action)", reason: "It records: \(entry.header.action).",
        remedy: "See: taskdeck journal list"))
  }
  let there = entry.header.acting.endpoint
  guard there == acting.endpoint else {
    throw .refused(
      .init(
        title: "Entry \(entry.number) is of another endpoint",
        reason: "It was made at \(there), and this is \(acting.endpoint).",
        remedy:
          "Use the context it was made in\(entry.header.acting.context.isEmpty ? "" : ": \(entry.header.acting.context)")."
      )
    )
  }
}

/// All items in these states; there are few where a run ended early.
func allItems(
  of entry: Int, in states: Set<ItemState>, _ journal: any Journal
) async throws(OperationError) -> [JournalItem] {
  try await journaled { () async throws(JournalError) in
    var all: [JournalItem] = []
    try await journal.forEachPage(of: entry, in: states) { page in all += page }
    return all
  }
}

/// Closes the entry when every item has its outcome, and gives it up.
func finish(
  _ entry: JournalEntry, _ stop: RunStop?, _ journal: any Journal, _ surroundings: Surroundings
) async -> RunEnd {
  do throws(JournalError) {
    if case .journal(let error) = stop { throw error }
    let counts = try await journal.entry(entry.number).counts
    if counts.waiting == 0, counts.sent == 0 { try await journal.close(entry.number, at: surroundings.now()) }
    await journal.release(entry.number)
    return RunEnd(entry: try await journal.entry(entry.number), stop: stop)
  } catch {
    await journal.release(entry.number)
    return RunEnd(entry: entry, stop: .journal(error))
  }
}
