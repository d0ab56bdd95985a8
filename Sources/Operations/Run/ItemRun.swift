// The loop that carries out a journaled plan. It keeps one order: an item is
// marked as sent on disk, then it is sent, then its outcome is recorded. So a
// crash at any instant leaves each item either untouched, or marked.
//
// One task owns all state; calls, writes and waits are child tasks that come
// back as events.

import CloudModel
import JournalModel

/// Carries out the items of one entry.
struct ItemRun<Work: ItemWork>: Sendable {
  let work: Work
  let journal: any Journal
  let surroundings: Surroundings
  let entry: JournalEntry
  /// Items to begin with, then those of `source`.
  let first: [JournalItem]
  /// Which states are read from the journal, in the order of the plan.
  let source: Set<ItemState>
  var largestConcurrency = ConcurrencyLimit.most
  let onProgress: @Sendable (RunProgress) -> Void

  /// How long calls under way may still take after the run was called off. On a network that answers, they have their
  /// outcomes by then; on a dead one nobody wants to wait for their retries.
  private static var grace: Duration { .milliseconds(500) }

  /// Runs until every item had its turn, or something stops it; nil in the first case. Cancelling the calling task stops
  /// it too: calls under way get a moment to end, then they are given up, and their items are in doubt.
  func run() async -> RunStop? {
    let (stops, stopper) = AsyncStream<Void>.makeStream()
    // Not a child: the calls under way must not be cancelled with the caller, or their outcomes would be lost.
    let running = Task { await loop(stops) }
    return await withTaskCancellationHandler {
      await running.value
    } onCancel: {
      stopper.finish()
    }
  }

  enum Event: Sendable {
    case loaded(Result<Window, JournalError>)
    case marked(Result<[WorkItem], JournalError>)
    case performed([Verdict], start: Duration)
    case saved(Result<Void, JournalError>)
    case woke
    case stop
    case graceIsOver
  }

  /// Some items, ready to be sent.
  struct Window: Sendable {
    var items: [WorkItem]
    /// The last position that was read; nil when there are no more.
    var cursor: Int?
  }

  private func loop(_ stops: AsyncStream<Void>) async -> RunStop? {
    await withTaskGroup(of: Event.self) { group in
      var state = RunState(self)
      group.addTask {
        for await _ in stops {}
        return .stop
      }
      repeat {
        startWhatCanStart(&state, &group)
        if state.isFinished { break }
        guard let event = await group.next() else { break }
        state.take(event)
        switch event {
        case .stop where state.stop == .cancelled: group.addTask { await grace() }
        case .graceIsOver: group.cancelAll()
        default: break
        }
        report(&state)
      } while true
      group.cancelAll()
      await putBack(&state)
      report(&state, isLast: true)
      return state.stop
    }
  }

  private func grace() async -> Event {
    // Cut short, the run has ended without it.
    do { try await surroundings.sleep(Self.grace) } catch { return .woke }
    return .graceIsOver
  }

  private func startWhatCanStart(_ state: inout RunState<Work>, _ group: inout TaskGroup<Event>) {
    if let changes = state.changesToSave() { group.addTask { .saved(await save(changes)) } }
    if let items = state.itemsToMark() { group.addTask { .marked(await mark(items)) } }
    let start = surroundings.uptime()
    while let unit = state.nextUnit(now: start) {
      group.addTask { .performed(await work.perform(unit), start: start) }
    }
    // After the calls have taken theirs: the next items are read and marked while these are under way.
    if state.wantsMore {
      let (cursor, leading) = state.beginLoading()
      group.addTask { .loaded(await load(after: cursor, leading)) }
    }
    if let delay = state.nextAlarm(now: start) {
      group.addTask {
        // A sleep that is cut short belongs to a run that has ended.
        do { try await surroundings.sleep(delay) } catch { return .stop }
        return .woke
      }
    }
  }

  private func load(after cursor: Int, _ leading: [JournalItem]) async -> Result<Window, JournalError> {
    do throws(JournalError) {
      var items = leading
      var last: Int?
      if leading.isEmpty {
        items = try await journal.items(of: entry.number, in: source, after: cursor, limit: work.window)
        last = items.last?.position
      } else {
        last = cursor
      }
      let ready = try await work.prepare(items.map(WorkItem.init))
      return .success(Window(items: try await marked(ready), cursor: last))
    } catch {
      return .failure(error)
    }
  }

  private func mark(_ items: [WorkItem]) async -> Result<[WorkItem], JournalError> {
    do throws(JournalError) { return .success(try await marked(items)) } catch { return .failure(error) }
  }

  private func marked(_ items: [WorkItem]) async throws(JournalError) -> [WorkItem] {
    if items.isEmpty { return [] }
    try await journal.change(items.map(\.mark), of: entry.number)
    return items.map { item in
      var item = item
      item.isMarked = true
      return item
    }
  }

  private func save(_ changes: [ItemChange]) async -> Result<Void, JournalError> {
    do throws(JournalError) { return .success(try await journal.change(changes, of: entry.number)) } catch {
      return .failure(error)
    }
  }

  /// Items that were marked and not sent lose their mark. A journal that fails here leaves them marked, which is the
  /// cautious side: a resumed run asks the service about them.
  private func putBack(_ state: inout RunState<Work>) async {
    let changes = state.unsentChanges()
    if case .journal = state.stop { return }
    guard !changes.isEmpty, case .failure(let error) = await save(changes) else { return }
    state.stop = .journal(error)
  }

  private func report(_ state: inout RunState<Work>, isLast: Bool = false) {
    let now = surroundings.uptime()
    if let progress = state.progress(now: now, isLast: isLast) { onProgress(progress) }
  }
}
