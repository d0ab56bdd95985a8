// Plans and runs what the console changes. Plans wait here, under the number of their request, while a person looks at
// them; what is applied is the plan that was shown, never one made again.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Store

/// Discards, undos and the journal, for the console.
actor ChangeRunner {
  private enum Plan: Sendable {
    case discard(DiscardPlan)
    /// With the queue that is to be created again first.
    case undo(RestorePlan, Queue?)
    case rollback(RollbackPlanner.Plan, ChangeKind)
  }

  nonisolated let readOnly: ReadOnlySwitch
  private let wiring: Wiring
  private let inbox: Inbox<Message>
  private var bench: Workbench?
  private var plans: [Generation: Plan] = [:]
  private var work: [Generation: Task<Void, Never>] = [:]
  /// The run that ended last.
  private var ended: RunEnd?

  init(_ wiring: Wiring, _ inbox: Inbox<Message>) {
    (self.wiring, self.inbox) = (wiring, inbox)
    readOnly = ReadOnlySwitch(wiring.context.readOnly)
  }

  func run(_ effect: Effect) async {
    switch effect {
    case .planDiscard(let request, let generation):
      start(generation, onFailure: Message.planned) { try await self.plan(request, generation) }
    case .planUndo(let entry, let generation):
      start(generation, onFailure: Message.planned) { try await self.planUndo(of: entry, generation) }
    case .abandonPlan(let generation): await abandon(generation)
    case .applyPlan(let generation):
      start(generation, onFailure: Message.ended) { try await self.apply(generation) }
    case .resume(let entry, let retryFailed, let generation):
      start(generation, onFailure: Message.ended) { try await self.resume(entry, retryFailed, generation) }
    case .applyResources(let request, let generation):
      start(generation, onFailure: Message.ended) { try await self.apply(request, generation) }
    case .stopChange(let generation): work[generation]?.cancel()
    default: break  // Of others.
    }
  }

  /// Stops everything and waits until outcomes are recorded and plans given up. Returns what is left to be told.
  func finish() async -> [String] {
    ended = nil
    for task in work.values { task.cancel() }
    for task in work.values { await task.value }
    for generation in plans.keys { await abandon(generation) }
    guard let ended, ended.stop != nil else { return [] }
    let (number, counts) = (ended.entry.number, ended.entry.counts)
    let left = counts.waiting + counts.sent
    return [
      "Stopped: \(Words.count(left)) of \(Words.count(counts.planned, "task")) are not done. Journal entry \(number) "
        + "knows: `taskdeck journal resume \(number)` goes on, `taskdeck journal undo \(number)` goes back."
    ]
  }

  private func start<Value: Sendable>(
    _ generation: Generation, onFailure: @escaping @Sendable (Generation, Result<Value, Failure>) -> Message,
    _ body: @escaping @Sendable () async throws -> Void
  ) {
    let inbox = inbox
    work[generation] = Task {
      do { try await body() } catch { inbox.post(onFailure(generation, .failure(Failure(any: error)))) }
    }
  }

  /// Opened when first needed: looking around needs no journal.
  func opened() throws(Exit) -> Workbench {
    if let bench { return bench }
    let opened = try Workbench(wiring, readOnly: readOnly)
    bench = opened
    return opened
  }

  // MARK: Planning

  private func plan(_ request: DiscardRequest, _ generation: Generation) async throws {
    let bench = try opened()
    let inbox = inbox
    let intent = await wiring.relating(try request.intent(now: Date()), to: request.queue)
    let plan = try await bench.discards.plan(intent, acting: bench.acting) { inbox.post(.planning(generation, $0)) }
    plans[generation] = .discard(plan)
    let objection = plan.objection.map { Exit($0).failure }
    inbox.post(.planned(generation, .success(PlanSheet(plan, objection: objection))))
  }

  private func planUndo(of entry: Int?, _ generation: Generation) async throws {
    let bench = try opened()
    let number = if let entry { entry } else { try await lastDiscard(bench) }
    if let kind = ChangeKind(try await bench.journal.entry(number).header.action) {
      return try await planRollback(of: number, kind, generation)
    }
    let plan = try await bench.restores.plan(undoing: number)
    let queue: Queue?
    do { queue = try await QueueRevival.needed(by: plan.origin, wiring) } catch {
      try await bench.restores.abandon(plan)
      throw error
    }
    plans[generation] = .undo(plan, queue)
    inbox.post(.planned(generation, .success(PlanSheet(plan, reviving: queue))))
  }

  /// The newest discard of this endpoint that has anything to put back.
  private func lastDiscard(_ bench: Workbench) async throws -> Int {
    let found = try await bench.journal.entries().first { entry in
      [.discard, .purge, .deleteQueue].contains(entry.header.action) && entry.header.keepsContent
        && entry.header.acting.endpoint == bench.acting.endpoint && entry.counts.discarded > entry.counts.restored
    }
    if let found { return found.number }
    throw Exit.refused(
      "Nothing to undo", reason: "The journal holds no discard of \(bench.acting.endpoint) with tasks to put back.",
      remedy: "See the Journal tab.")
  }

  private func abandon(_ generation: Generation) async {
    if let task = work.removeValue(forKey: generation) {
      task.cancel()
      await task.value
    }
    await abandon(plan: generation)
  }

  private func abandon(plan generation: Generation) async {
    guard let bench, let plan = plans.removeValue(forKey: generation) else { return }
    do throws(OperationError) {
      switch plan {
      case .discard(let plan): try await bench.discards.abandon(plan)
      case .undo(let plan, _): try await bench.restores.abandon(plan)
      case .rollback: break  // Nothing was opened for it.
      }
    } catch {
      inbox.post(.notice("The plan could not be cleared away: \(Exit(error).failure.reason)", .warning))
    }
  }

  // MARK: Jobs and subscriptions

  private func resources(_ kind: ChangeKind) throws(Exit) -> ResourceBench {
    try ResourceBench(kind, wiring, readOnly: readOnly, journal: opened().journal)
  }

  private func report(_ generation: Generation) -> @Sendable (Int, Int) -> Void {
    let inbox = inbox
    return { done, total in inbox.post(.progress(generation, ChangeProgress(done: done, total: total))) }
  }

  private func planRollback(of number: Int, _ kind: ChangeKind, _ generation: Generation) async throws {
    let bench = try resources(kind)
    let plan = try await bench.rollbacks.plan(number, actingAs: bench.acting)
    plans[generation] = .rollback(plan, kind)
    inbox.post(.planned(generation, .success(PlanSheet(plan, kind))))
  }

  private func apply(_ request: ResourceRequest, _ generation: Generation) async throws {
    switch request.work {
    case .run(let job):
      _ = try await wiring.jobs(readOnly).run(job)
      inbox.post(.ended(generation, .success(OutcomeSheet(ran: job))))
    case .changes(let changes, let action, let isExact):
      let end = try await resources(.job).executor.apply(
        changes, action: action, intent: request.intent, .init(isExact: isExact), onProgress: report(generation))
      tell(end, .job, generation)
    }
  }

  private func tell(_ end: ChangeEnd, _ kind: ChangeKind, _ generation: Generation) {
    inbox.post(.ended(generation, .success(OutcomeSheet(end, kind, stop: end.stop.map { Failure($0) }))))
  }

  // MARK: Running

  private func apply(_ generation: Generation) async throws {
    guard let bench, let plan = plans[generation] else { return }
    let inbox = inbox
    let report: @Sendable (RunProgress) -> Void = { inbox.post(.progress(generation, ChangeProgress($0))) }
    let end: RunEnd?
    switch plan {
    case .discard(let plan):
      do { end = try await bench.discarder.apply(plan, onProgress: report) } catch {
        plans[generation] = nil
        try await bench.discards.abandon(plan)
        throw error
      }
      if plan.intent.action == .deleteQueue, let end, let queue = plan.intent.queues.first {
        plans[generation] = nil
        return try await tell(end, bench, generation, queue: (queue, await delete(queue, after: end)))
      }
    case .undo(let plan, let queue):
      do { if let queue { try await QueueRevival.revive(queue, wiring) } } catch {
        await abandon(plan: generation)
        throw error
      }
      end = try await bench.restorer.apply(plan, onProgress: report)
      if end == nil, let queue {
        inbox.post(.ended(generation, .success(OutcomeSheet(revived: queue.name, entry: plan.origin.number))))
      }
    case .rollback(let plan, let kind):
      plans[generation] = nil
      return tell(try await resources(kind).roll(back: plan, onProgress: self.report(generation)), kind, generation)
    }
    plans[generation] = nil
    if let end { try await tell(end, bench, generation) }
  }

  /// The queue itself, once its tasks are in the trash. What has come meanwhile would go with it and is in no trash.
  private func delete(_ queue: QueueName, after end: RunEnd) async -> Result<Void, Failure> {
    let remedy = "Delete it again."
    guard end.stop == nil, end.failures == 0 else {
      return .failure(Failure(title: "", reason: "Not all of its tasks are.", remedy: remedy))
    }
    do throws(APIError) {
      for try await page in wiring.tasks.taskPages(in: queue, pageSize: 1) where !page.items.isEmpty {
        return .failure(Failure(title: "", reason: "Tasks have come since it was listed.", remedy: remedy))
      }
      guard !readOnly.isOn else {
        return .failure(Failure(title: "", reason: "This is read-only now.", remedy: remedy))
      }
      try await wiring.tasks.delete(queue)
      return .success(())
    } catch {
      return .failure(Failure(error))
    }
  }

  private func resume(_ number: Int, _ retryFailed: Bool, _ generation: Generation) async throws {
    let bench = try opened()
    let inbox = inbox
    let report: @Sendable (RunProgress) -> Void = { inbox.post(.progress(generation, ChangeProgress($0))) }
    let action = try await bench.journal.entry(number).header.action
    if let kind = ChangeKind(action) {
      let end = try await resources(kind).executor.resume(number, onProgress: self.report(generation))
      return tell(end, kind, generation)
    }
    let isUndo = action == .undo
    let end =
      isUndo
      ? try await bench.restorer.resume(number, retryFailed: retryFailed, onProgress: report)
      : try await bench.discarder.resume(number, retryFailed: retryFailed, onProgress: report)
    try await tell(end, bench, generation)
  }

  /// Failures beyond this many are counted in the numbers, and read from the journal.
  private static let failuresRead = 10_000

  private func tell(
    _ end: RunEnd, _ bench: Workbench, _ generation: Generation, queue: (QueueName, Result<Void, Failure>)? = nil
  ) async throws {
    ended = end
    let failed = try await bench.journal.items(
      of: end.entry.number, in: [.failed, .sent], after: -1, limit: Self.failuresRead)
    if let words = await bench.retire() { inbox.post(.notice(words, .info)) }
    var outcome = OutcomeSheet(end.entry, stop: end.stop.map { Failure($0) }, failures: FailureGroup.groups(of: failed))
    if let (name, deletion) = queue { outcome.tell(of: name, deletion) }
    inbox.post(.ended(generation, .success(outcome)))
  }

  // MARK: The journal

  func entries() async -> Result<Listing<JournalRow>, Failure> {
    do {
      let bench = try opened()
      let rows = try await bench.journal.entries().map { entry in
        JournalRow(entry, isHere: entry.header.acting.endpoint == endpoint(of: entry.header.action, bench))
      }
      return .success(Listing(rows: rows, calls: 0))
    } catch {
      return .failure(Failure(any: error))
    }
  }

  /// Where such a change would be made here; each service of Google's has an endpoint of its own.
  private func endpoint(of action: JournalAction, _ bench: Workbench) -> String? {
    guard let kind = ChangeKind(action) else { return bench.acting.endpoint }
    // Without credentials for Pub/Sub its entries can still be looked at.
    do { return try wiring.endpoint(of: kind) } catch { return nil }
  }

  private static let itemsShown = 5000

  func entry(_ number: Int) async -> Result<Document, Failure> {
    do {
      let bench = try opened()
      let entry = try await bench.journal.entry(number)
      let items = try await bench.journal.items(of: number, in: nil, after: -1, limit: Self.itemsShown)
      let changes = try await bench.journal.changes(of: number)
      var document = Document(entry, items: items, more: entry.counts.planned - items.count - changes.count)
      if let kind = ChangeKind(entry.header.action) { document.append(changes, kind) }
      return .success(document)
    } catch {
      return .failure(Failure(any: error))
    }
  }
}

extension ChangeRunner {
  /// What is kept of one item.
  func kept(of number: Int, at position: Int) async -> Result<Document, Failure> {
    do {
      let journal = try opened().journal
      let entry = try await journal.entry(number)
      if let change = try await journal.changes(of: number).first(where: { $0.position == position }) {
        return .success(Document(kept: change, of: entry))
      }
      let items = try await journal.items(of: number, in: nil, after: position - 1, limit: 1)
      guard let item = items.first, item.position == position else {
        throw Exit.refused(
          "Entry \(number) has no item \(position + 1)", reason: "It holds \(entry.counts.planned).",
          remedy: "Go back and choose one.")
      }
      // What an undo puts back is kept by the entry that it undoes.
      let (holder, place) = (entry.header.undoes ?? number, item.origin ?? position)
      let task = try await journal.contents(of: holder, at: [place])[place].map { data in
        try JSONReader.read(data) { reader throws(JSONError) in try CloudTask(&reader) }
      }
      return .success(Document(kept: task, item, of: entry))
    } catch {
      return .failure(Failure(any: error))
    }
  }
}

extension Failure {
  /// The words of whatever was thrown.
  init(any error: any Error) {
    if let error = error as? any HasWords {
      self = error.exit.failure
    } else {
      self.init(title: "That failed", reason: String(describing: error), remedy: "Try again.")
    }
  }

  fileprivate init(_ stop: RunStop) {
    switch stop {
    case .cancelled:
      self.init(
        title: "Stopped", reason: "what was not done is as it was; R goes on.", remedy: "R goes on where it stopped.")
    case .api(let error): self.init(error)
    case .journal(let error): self = Exit(error).failure
    }
  }
}
