// What the loop of a run knows: which items are where, and what may start next.

import CloudModel
import JournalModel

/// The state of one run; owned by its loop.
struct RunState<Work: ItemWork> {
  private typealias Run = ItemRun<Work>

  var stop: RunStop?

  private let work: Work
  private let surroundings: Surroundings
  private let total: Int
  private let begin: Duration
  private var settledBefore: Int
  private var settled = 0
  private var failed: Int

  private var leading: [JournalItem]
  private var cursor: Int? = -1
  /// Marked, to be sent; the next one is the last.
  private var ready: [WorkItem] = []
  /// To be marked anew before they are sent.
  private var unmarked: [WorkItem] = []
  private var later: [(due: Duration, item: WorkItem)] = []
  private var outcomes: [ItemChange] = []
  private var limit: ConcurrencyLimit
  private var pausedUntil: Duration = .zero
  private var alarm: Duration?
  private var reported: Duration?

  private var underWay = 0
  private var isLoading = false
  private var isMarking = false
  private var isSaving = false

  /// Outcomes are written when there are so many, or nothing else is going on.
  private static var saveSize: Int { 256 }

  init(_ run: ItemRun<Work>) {
    work = run.work
    surroundings = run.surroundings
    total = run.entry.counts.planned
    settledBefore = run.entry.counts.settled - (run.source.contains(.failed) ? run.entry.counts.failed : 0)
    failed = run.source.contains(.failed) ? 0 : run.entry.counts.failed
    leading = run.first
    if run.source.isEmpty { cursor = nil }
    limit = ConcurrencyLimit(largest: run.largestConcurrency)
    begin = run.surroundings.uptime()
  }

  private var isIdle: Bool { underWay == 0 && !isLoading && !isMarking && !isSaving }

  /// Nothing is under way, and nothing more will be.
  var isFinished: Bool {
    guard isIdle else { return false }
    if case .journal = stop { return true }
    guard outcomes.isEmpty else { return false }
    return stop != nil || (cursor == nil && leading.isEmpty && ready.isEmpty && unmarked.isEmpty && later.isEmpty)
  }

  // MARK: What may start

  var wantsMore: Bool {
    stop == nil && !isLoading && (cursor != nil || !leading.isEmpty) && ready.count <= work.window / 2
  }

  mutating func beginLoading() -> (cursor: Int, leading: [JournalItem]) {
    isLoading = true
    let part = Array(leading.prefix(work.window))
    leading.removeFirst(part.count)
    return (cursor ?? -1, part)
  }

  mutating func itemsToMark() -> [WorkItem]? {
    guard stop == nil, !isMarking, !unmarked.isEmpty else { return nil }
    isMarking = true
    defer { unmarked = [] }
    return unmarked
  }

  mutating func changesToSave() -> [ItemChange]? {
    if case .journal = stop { return nil }
    guard !isSaving, !outcomes.isEmpty, outcomes.count >= Self.saveSize || underWay == 0 else { return nil }
    isSaving = true
    defer { outcomes = [] }
    return outcomes
  }

  mutating func nextUnit(now: Duration) -> [WorkItem]? {
    guard stop == nil, now >= pausedUntil, underWay < limit.value else { return nil }
    wakeDue(now)
    guard !ready.isEmpty else { return nil }
    let size = min(work.unitSize(ready, underWay: underWay), ready.count)
    guard size > 0 else { return nil }
    underWay += 1
    defer { ready.removeLast(size) }
    return ready.suffix(size).reversed()
  }

  private mutating func wakeDue(_ now: Duration) {
    guard later.contains(where: { $0.due <= now }) else { return }
    ready += later.filter { $0.due <= now }.map(\.item)
    later.removeAll { $0.due <= now }
  }

  /// How long to sleep until something is due; nil when an alarm is set already, or nothing waits.
  mutating func nextAlarm(now: Duration) -> Duration? {
    guard stop == nil else { return nil }
    // An item that is due still waits for the end of a pause.
    var due = later.map(\.due).min().map { max($0, pausedUntil) }
    if !ready.isEmpty { due = min(due ?? pausedUntil, pausedUntil) }
    guard let due, due > now, alarm.map({ due < $0 || $0 <= now }) ?? true else { return nil }
    alarm = due
    return due - now
  }

  // MARK: What has happened

  mutating func take(_ event: ItemRun<Work>.Event) {
    switch event {
    case .loaded(.success(let window)):
      isLoading = false
      // The first of the window is sent first, and before it what was ready already.
      ready = window.items.reversed() + ready
      cursor = window.cursor
    case .marked(.success(let items)):
      isMarking = false
      ready += items
    case .saved(.success): isSaving = false
    case .loaded(.failure(let error)), .marked(.failure(let error)), .saved(.failure(let error)): fail(event, error)
    case .performed(let verdicts, let start):
      underWay -= 1
      for verdict in verdicts { take(verdict, start) }
    case .woke: alarm = nil
    case .graceIsOver: break
    case .stop: stop = stop ?? .cancelled
    }
  }

  private mutating func fail(_ event: ItemRun<Work>.Event, _ error: JournalError) {
    switch event {
    case .loaded: isLoading = false
    case .marked: isMarking = false
    default: isSaving = false
    }
    stop = .journal(error)
  }

  private mutating func take(_ verdict: Verdict, _ start: Duration) {
    let now = surroundings.uptime()
    switch verdict {
    case .settled(let change):
      outcomes.append(change)
      settled += change.state == .sent ? 0 : 1
      failed += change.state == .failed ? 1 : 0
      limit.succeeded()
    case .again(let item, let delay) where !item.isMarked && delay == .zero: unmarked.append(item)
    case .again(let item, let delay): later.append((now + delay, item))
    case .throttled(let item, let asked):
      let pause = limit.refused(start: start, now: now, asked: asked, fraction: surroundings.fraction)
      pausedUntil = max(pausedUntil, now + pause)
      // Behind the others, or the same few items would take every refusal.
      ready.insert(item, at: 0)
    case .stop(let item, let error, let wasSent):
      stop = stop ?? .api(error)
      if wasSent {
        outcomes.append(ItemChange(item.item.position, .sent, error: error.line, restoredAs: item.item.restoredAs))
      } else {
        ready.append(item)
      }
    }
  }

  /// Items that had no turn, or were certainly not carried out: planned again, unless an earlier run left them in doubt.
  mutating func unsentChanges() -> [ItemChange] {
    let items = ready + unmarked + later.map(\.item)
    return items.map { item in
      item.isDoubtful
        ? ItemChange(item.item.position, .sent, error: item.item.error, restoredAs: item.item.restoredAs)
        : ItemChange(item.item.position, .planned)
    }
  }

  /// Ten times a second is as often as anyone looks.
  mutating func progress(now: Duration, isLast: Bool) -> RunProgress? {
    guard isLast || reported.map({ now - $0 >= .milliseconds(100) }) ?? true else { return nil }
    reported = now
    let seconds = (now - begin).inSeconds
    return RunProgress(
      done: settledBefore + settled, total: total, failed: failed, rate: seconds > 0 ? Double(settled) / seconds : 0,
      concurrency: limit.value)
  }
}
