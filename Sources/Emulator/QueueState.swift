// One queue: its tasks, which of them are due, and what comes of an attempt.
// No clock, no network: time is an argument, and dispatches are values handed
// back to whoever owns the state.

import CloudModel
import Foundation

/// How an attempt ended.
enum Outcome: Equatable, Sendable {
  /// With an HTTP status, and what `Retry-After` asks for.
  case answered(Int, retryAfter: Duration?)
  /// The deadline passed first.
  case timedOut
  /// No answer came, or nothing could be sent; in the words of the network.
  case unanswered(String)

  var isSuccess: Bool {
    guard case .answered(let status, _) = self else { return false }
    return (200..<300).contains(status)
  }

  /// Whether the handler asked for less. "App Engine: 503 throttles, 429 does not" (google-apis.md section 2.1).
  func isOverload(of kind: TargetKind) -> Bool {
    guard case .answered(let status, _) = self else { return false }
    return status == 503 || status == 429 && kind == .http
  }

  /// google.rpc.Status in the form that production gives it: `UNAVAILABLE(14): HTTP status code 503`.
  var status: RPCStatus {
    switch self {
    case .answered(let status, _):
      let number = isSuccess ? 0 : Self.code(httpStatus: status)
      return RPCStatus(code: number, message: "\(Status(number: number))(\(number)): HTTP status code \(status)")
    case .timedOut: return RPCStatus(code: 4, message: "DEADLINE_EXCEEDED(4): no response before the dispatch deadline")
    case .unanswered(let reason): return RPCStatus(code: 14, message: "UNAVAILABLE(14): \(reason)")
    }
  }

  /// google-apis.md section 2.1; the answers of handlers are mapped differently from those of Google's own services.
  private static func code(httpStatus: Int) -> Int {
    switch httpStatus {
    case 400: 3
    case 401: 16
    case 403: 7
    case 404: 5
    case 409: 6
    case 429: 8
    case 499: 1
    case 500: 13
    case 501: 12
    case 503: 14
    case 504: 4
    default: 2
    }
  }
}

/// A task that has to be sent now.
struct TaskOrder: Sendable, Equatable {
  let queue: QueueName
  /// Distinguishes a queue from one of the same name before it.
  let incarnation: UInt64
  let sequence: Int64
}

/// An entry of the heap of due times. It counts only while the task is queued for that very moment: a change of the
/// schedule leaves the old entry behind.
private struct DueEntry: Comparable {
  let due: Moment
  let sequence: Int64

  static func < (left: DueEntry, right: DueEntry) -> Bool {
    (left.due, left.sequence) < (right.due, right.sequence)
  }
}

/// A queue and its tasks.
final class QueueState {
  let name: QueueName
  let incarnation: UInt64
  private(set) var settings: QueueSettings
  private(set) var state = State.running
  private(set) var purgeTime: Moment?
  /// What the dispatcher was told about this queue's next event; nil when it waits for nothing.
  var wakeAt: Moment?

  private var log = SequenceLog<StoredTask>()
  private var byID = TaskTable()
  private var due = Heap<DueEntry>()
  private var queuedCount = 0
  private var bucket: TokenBucket
  private var throttle = Throttle()
  private var tombstones = Tombstones<TaskID>()
  private var lastSequence: Int64 = 0
  private(set) var inFlight = 0
  private var executed = MinuteCounter()

  init(name: QueueName, incarnation: UInt64, settings: QueueSettings, now: Moment) {
    (self.name, self.incarnation, self.settings) = (name, incarnation, settings)
    bucket = TokenBucket(capacity: settings.maxBurstSize, perSecond: settings.maxDispatchesPerSecond, at: now)
  }

  // MARK: The queue

  func change(_ settings: QueueSettings, at now: Moment) {
    self.settings = settings
    adaptRate(at: now)
  }

  /// What the dispatcher allows now: the configured rate, or less while handlers are overloaded.
  private func effectiveRate(at now: Moment) -> Double {
    throttle.rate(of: settings.maxDispatchesPerSecond, at: now)
  }

  private func adaptRate(at now: Moment) {
    bucket.change(capacity: settings.maxBurstSize, perSecond: effectiveRate(at: now), at: now)
  }

  func pause() { state = .paused }
  func resume() { state = .running }

  /// Forgets every task; their names stay taken for a while.
  func purge(at now: Moment) {
    purgeTime = now
    byID.forEach { tombstones.bury($0.id, until: now + settings.tombstoneTTL) }
    log.removeAll()
    byID.removeAll()
    due.removeAll()
    queuedCount = 0
  }

  func stats(at now: Moment) -> QueueStats {
    var stats = QueueStats()
    stats.tasksCount = log.count
    stats.oldestEstimatedArrivalTime = nextDue()?.timestamp
    stats.executedLastMinuteCount = executed.total(at: now)
    stats.concurrentDispatchesCount = inFlight
    stats.effectiveExecutionRate = effectiveRate(at: now)
    return stats
  }

  // MARK: Tasks

  var count: Int { log.count }

  func task(_ id: TaskID) -> StoredTask? { byID[id] }

  /// Whether a task of that name was deleted or completed a while ago.
  func isBuried(_ id: TaskID, at now: Moment) -> Bool { tombstones.contains(id, at: now) }

  /// The number that the next task gets.
  func nextSequence() -> Int64 {
    lastSequence += 1
    return lastSequence
  }

  func add(_ task: StoredTask) {
    log.append(task, sequence: task.sequence)
    byID.insert(task)
    enqueue(task)
  }

  func page(after sequence: Int64, limit: Int) -> (values: [StoredTask], more: Bool) {
    log.page(after: sequence, limit: limit)
  }

  func remove(_ task: StoredTask, at now: Moment) {
    if task.isQueued { queuedCount -= 1 }
    task.isQueued = false
    log.remove(task.sequence)
    byID.remove(task.id)
    tombstones.prune(at: now)
    tombstones.bury(task.id, until: now + settings.tombstoneTTL)
    dropStaleEntries()
  }

  private func enqueue(_ task: StoredTask) {
    task.isQueued = true
    queuedCount += 1
    due.push(DueEntry(due: task.schedule, sequence: task.sequence))
  }

  private func task(for entry: DueEntry) -> StoredTask? {
    guard let task = log[entry.sequence], task.isQueued, task.schedule == entry.due else { return nil }
    return task
  }

  /// Deleted tasks leave their entries in the heap; when they outnumber the rest it is built anew.
  private func dropStaleEntries() {
    guard due.count > 2 * queuedCount + 64 else { return }
    due.keep { task(for: $0) != nil }
  }

  private func nextDue() -> Moment? {
    while let entry = due.first {
      if task(for: entry) != nil { return entry.due }
      _ = due.pop()
    }
    return nil
  }

  // MARK: Dispatch

  /// When something happens next without anybody asking; nil for never.
  func nextEvent(at now: Moment) -> Moment? {
    var next: Moment?
    if state == .running, inFlight < settings.maxConcurrentDispatches, let due = nextDue() {
      next = max(due, bucket.ready(at: now))
    }
    let retention = log.first.map { $0.created + settings.taskTTL }
    // Expired names do no harm, so they are cleared a minute at a time.
    let clearing = tombstones.nextExpiry.map { $0 + .seconds(60) }
    return [next, retention, clearing].compactMap(\.self).min()
  }

  /// What is due and allowed now.
  func takeDue(at now: Moment) -> [TaskOrder] {
    expire(at: now)
    if throttle.isActive {
      throttle.recover(at: now)
      adaptRate(at: now)
    }
    var orders: [TaskOrder] = []
    while state == .running, inFlight < settings.maxConcurrentDispatches, let due = nextDue(), due <= now,
      bucket.take(at: now), let entry = self.due.pop(), let task = task(for: entry)
    {
      orders.append(begin(task, at: now))
    }
    return orders
  }

  /// RunTask: "Cloud Tasks will dispatch the task, even if the task is already running, the queue has reached its
  /// RateLimits or is PAUSED".
  func run(_ task: StoredTask, at now: Moment) -> TaskOrder {
    // "otherwise the task's schedule_time will be reset to the time that RunTask was called plus the retry delay"
    task.schedule = now
    return begin(task, at: now)
  }

  private func begin(_ task: StoredTask, at now: Moment) -> TaskOrder {
    if task.isQueued { queuedCount -= 1 }
    task.isQueued = false
    inFlight += 1
    let attempts = task.attempts ?? AttemptHistory(schedule: task.schedule, dispatch: now)
    task.attempts = attempts
    attempts.inFlight += 1
    attempts.dispatchCount += 1
    attempts.lastSchedule = task.schedule
    attempts.lastDispatch = now
    attempts.lastResponse = nil
    return TaskOrder(queue: name, incarnation: incarnation, sequence: task.sequence)
  }

  /// "After a task is 31 days old, the task will be deleted regardless of whether it was dispatched or not."
  private func expire(at now: Moment) {
    tombstones.prune(at: now)
    while let oldest = log.first, oldest.created + settings.taskTTL <= now { remove(oldest, at: now) }
  }

  /// The task of an order, unless it was deleted meanwhile.
  func task(for order: TaskOrder) -> StoredTask? { log[order.sequence] }

  /// Books the end of an attempt.
  func finish(_ order: TaskOrder, _ outcome: Outcome, at now: Moment) {
    inFlight -= 1
    if case .answered = outcome { executed.add(at: now) }
    guard let task = log[order.sequence], let attempts = task.attempts else { return }
    attempts.inFlight -= 1
    if outcome.isOverload(of: task.kind) {
      throttle.slowDown(from: settings.maxDispatchesPerSecond, at: now)
      adaptRate(at: now)
    }
    attempts.book(outcome, kind: task.kind, at: now)
    if outcome.isSuccess { return remove(task, at: now) }
    let policy = task.retry?.policy ?? settings.retry
    guard policy.allowsRetry(attempts.dispatchCount, age: now - attempts.firstDispatch) else {
      if attempts.inFlight == 0 { remove(task, at: now) }
      return
    }
    // While another attempt is in flight it decides what comes next.
    guard attempts.inFlight == 0 else { return }
    task.schedule = attempts.retryTime(policy, outcome, at: now)
    enqueue(task)
  }
}

extension AttemptHistory {
  fileprivate func book(_ outcome: Outcome, kind: TargetKind, at now: Moment) {
    lastResponse = (now, outcome.status)
    switch outcome {
    case .answered(let status, _):
      responseCount += 1
      // "excludes attempts answered 5xx or unanswered"; App Engine's count has every answered attempt.
      if kind == .appEngine || !(500..<600).contains(status) { executionCount += 1 }
      previous = (status, kind == .appEngine ? "App Error" : "")
    case .timedOut: previous = kind == .appEngine ? (0, "Instance Unavailable") : (504, "")
    case .unanswered: previous = kind == .appEngine ? (0, "Instance Unavailable") : (503, "")
    }
  }

  /// "The retry specified in the Retry-After HTTP response header is considered", with 429 and 503.
  fileprivate func retryTime(_ policy: RetryPolicy, _ outcome: Outcome, at now: Moment) -> Moment {
    let delay = policy.delay(beforeRetry: dispatchCount)
    guard case .answered(let status, let wish?) = outcome, status == 429 || status == 503 else { return now + delay }
    return now + max(delay, wish)
  }
}
