// One queue: its tasks, which of them are due, and what comes of an attempt.
// No clock, no network: time is an argument, and dispatches are values handed
// back to whoever owns the state.

import CloudModel
import Foundation

/// A task that has to be sent now.
struct TaskOrder: Sendable, Equatable {
  let queue: QueueName
  /// Distinguishes a queue from one of the same name before it.
  let incarnation: UInt64
  let sequence: Int64
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

  private let ledger: Ledger
  private var log = SequenceLog<StoredTask>()
  private var byID = TaskTable()
  private var due = DueHeap()
  private var bucket: TokenBucket
  private var throttle = Throttle()
  private var tombstones = Tombstones<TaskID>()
  private var sequences = SequenceNumbers()
  private(set) var inFlight = 0
  private var executed = MinuteCounter()
  /// Tasks of purges whose names have not been buried one by one yet.
  private var purged: [PurgedTasks] = []
  /// The last purge, for a data file that still has its tasks.
  private var lastPurge: (through: Int64, until: Moment)?

  private struct PurgedTasks {
    var log: SequenceLog<StoredTask>
    var byID: TaskTable
    let until: Moment
  }

  init(name: QueueName, incarnation: UInt64, settings: QueueSettings, ledger: Ledger, now: Moment) {
    (self.name, self.incarnation, self.settings, self.ledger) = (name, incarnation, settings, ledger)
    bucket = TokenBucket(capacity: settings.maxBurstSize, perSecond: settings.maxDispatchesPerSecond, at: now)
  }

  // MARK: The queue

  func change(_ settings: QueueSettings, at now: Moment) {
    self.settings = settings
    adaptRate(at: now)
    writeDown()
  }

  /// What the dispatcher allows now: the configured rate, or less while handlers are overloaded.
  private func effectiveRate(at now: Moment) -> Double {
    throttle.rate(of: settings.maxDispatchesPerSecond, at: now)
  }

  private func adaptRate(at now: Moment) {
    bucket.change(capacity: settings.maxBurstSize, perSecond: effectiveRate(at: now), at: now)
  }

  func pause() {
    state = .paused
    writeDown()
  }

  func resume() {
    state = .running
    writeDown()
  }

  /// Forgets every task; their names stay taken for a while. A million of them are not touched here: `buryPurged` does
  /// that in small steps.
  func purge(at now: Moment) {
    purgeTime = now
    let until = now + settings.tombstoneTTL
    lastPurge = (sequences.last, until)
    writeDown()
    due.removeAll()
    guard log.count > 0 else { return }
    purged.append(PurgedTasks(log: log, byID: byID, until: until))
    log = SequenceLog()
    byID = TaskTable()
  }

  /// Buries the names of some purged tasks; false when that was the last of them.
  func buryPurged() -> Bool {
    guard !purged.isEmpty else { return false }
    for task in purged[0].log.removeLastBlock() {
      purged[0].byID.remove(task.id)
      bury(task, until: purged[0].until)
    }
    if purged[0].log.count == 0 { purged.removeFirst() }
    return !purged.isEmpty
  }

  /// Gives up a part of a queue that was deleted; false when that was all. In small steps for the same reason.
  func dissolve() -> Bool {
    due.removeAll()
    if !purged.isEmpty {
      for task in purged[0].log.removeLastBlock() {
        purged[0].byID.remove(task.id)
        forget(task.sequence)
      }
      if purged[0].log.count == 0 { purged.removeFirst() }
      return true
    }
    for task in log.removeLastBlock() {
      byID.remove(task.id)
      forget(task.sequence)
    }
    if log.count > 0 { return true }
    for _ in 0..<512 {
      guard let entry = tombstones.removeFirst() else { return false }
      ledger.remove(.tombstone, entry.key)
    }
    return true
  }

  func stats(at now: Moment) -> QueueStats {
    var stats = QueueStats()
    stats.tasksCount = log.count
    stats.oldestEstimatedArrivalTime = due.firstDue?.timestamp
    stats.executedLastMinuteCount = executed.total(at: now)
    stats.concurrentDispatchesCount = inFlight
    stats.effectiveExecutionRate = effectiveRate(at: now)
    return stats
  }

  // MARK: Tasks

  var count: Int { log.count }

  func task(_ id: TaskID) -> StoredTask? { byID[id] }

  /// Whether a task of that name was deleted or completed a while ago.
  func isBuried(_ id: TaskID, at now: Moment) -> Bool {
    tombstones.contains(id, at: now) || purged.contains { $0.byID[id] != nil && now < $0.until }
  }

  /// The number that the next task gets.
  func nextSequence() -> Int64 {
    let (number, mustReserve) = sequences.next()
    if mustReserve { writeDown() }
    return number
  }

  func add(_ task: StoredTask) {
    insert(task)
    ledger.put(.task, key(task.sequence), task.record)
  }

  private func insert(_ task: StoredTask) {
    log.append(task, sequence: task.sequence)
    byID.insert(task)
    due.insert(task)
  }

  func page(after sequence: Int64, limit: Int) -> (values: [StoredTask], more: Bool) {
    log.page(after: sequence, limit: limit)
  }

  func remove(_ task: StoredTask, at now: Moment) {
    due.remove(task)
    log.remove(task.sequence)
    byID.remove(task.id)
    prune(at: now)
    bury(task, until: now + settings.tombstoneTTL)
  }

  private func bury(_ task: StoredTask, until: Moment) {
    let key = key(task.sequence)
    tombstones.bury(task.id, until: until, key)
    forget(task.sequence)
    ledger.put(.tombstone, key, Self.tombstone(task.id, until))
  }

  /// Of the data file.
  private func forget(_ sequence: Int64) {
    ledger.remove(.task, key(sequence))
    ledger.remove(.progress, key(sequence))
  }

  private func key(_ sequence: Int64) -> RecordKey { RecordKey(incarnation, sequence) }

  /// Forgets names that have rested. A few at a time: a million may have been buried by one purge.
  private func prune(at now: Moment) {
    for _ in 0..<Self.mostAtOnce {
      guard let entry = tombstones.removeFirst(at: now) else { return }
      ledger.remove(.tombstone, entry.key)
    }
  }

  private static let mostAtOnce = 500

  // MARK: Dispatch

  /// When something happens next without anybody asking; nil for never.
  func nextEvent(at now: Moment) -> Moment? {
    var next: Moment?
    if state == .running, inFlight < settings.maxConcurrentDispatches, let due = due.firstDue {
      next = max(due, bucket.ready(at: now))
    }
    let retention = log.first.map { $0.created + settings.taskTTL }
    // Expired names do no harm, so they are cleared a minute at a time.
    let clearing = tombstones.nextExpiry.map { $0 + .seconds(60) }
    // A few at a time, so what is left of either comes a moment later and not in the same call.
    let tidying = [retention, clearing].compactMap(\.self).min().map { max($0, now + .milliseconds(1)) }
    return [next, tidying].compactMap(\.self).min()
  }

  /// What is due and allowed now.
  func takeDue(at now: Moment) -> [TaskOrder] {
    expire(at: now)
    if throttle.isActive {
      throttle.recover(at: now)
      adaptRate(at: now)
    }
    var orders: [TaskOrder] = []
    while state == .running, inFlight < settings.maxConcurrentDispatches, let first = due.firstDue, first <= now,
      bucket.take(at: now), let task = due.removeFirst()
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
    due.remove(task)
    inFlight += 1
    let attempts = task.attempts ?? AttemptHistory(schedule: task.schedule, dispatch: now)
    task.attempts = attempts
    attempts.inFlight += 1
    attempts.dispatchCount += 1
    attempts.lastSchedule = task.schedule
    attempts.lastDispatch = now
    attempts.lastResponse = nil
    ledger.put(.progress, key(task.sequence), attempts.record(schedule: task.schedule))
    return TaskOrder(queue: name, incarnation: incarnation, sequence: task.sequence)
  }

  /// "After a task is 31 days old, the task will be deleted regardless of whether it was dispatched or not."
  private func expire(at now: Moment) {
    prune(at: now)
    for _ in 0..<Self.mostAtOnce {
      guard let oldest = log.first, oldest.created + settings.taskTTL <= now else { return }
      remove(oldest, at: now)
    }
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
    // While another attempt is in flight it decides what comes next.
    if attempts.inFlight == 0 {
      let policy = task.retry?.policy ?? settings.retry
      guard policy.allowsRetry(attempts.dispatchCount, age: now - attempts.firstDispatch) else {
        return remove(task, at: now)
      }
      task.schedule = attempts.retryTime(policy, outcome, at: now)
      due.insert(task)
    }
    ledger.put(.progress, key(task.sequence), attempts.record(schedule: task.schedule))
  }

  // MARK: The data file

  /// Puts the queue itself into the ledger: to be called after every change of what is in `record`.
  private func writeDown() { ledger.put(.queue, name.description, record) }

  /// What the data file keeps of the queue itself. Tokens, throttling and the count of the last minute begin anew with
  /// every process.
  private var record: JSONObject {
    var record: JSONObject = [
      "incarnation": .integer(Int(incarnation)), "state": .string(state.rawValue),
      "resource": .object(settings.resource), "reserved": .integer(Int(sequences.reserved)),
    ]
    record["purgeTime"] = purgeTime?.json
    record["purgedThrough"] = lastPurge.map { .integer(Int($0.through)) }
    record["purgedUntil"] = lastPurge?.until.json
    return record
  }

  /// Reads it back.
  init(name: QueueName, record: JSONObject, ledger: Ledger, now: Moment) throws {
    guard let number = record["incarnation"]?.int, let state = record["state"]?.string,
      let resource = record["resource"]?.object
    else { throw RecordError() }
    (self.name, incarnation, self.ledger) = (name, UInt64(number), ledger)
    settings = try QueueSettings(resource)
    bucket = TokenBucket(capacity: settings.maxBurstSize, perSecond: settings.maxDispatchesPerSecond, at: now)
    self.state = State(rawValue: state)
    purgeTime = Moment(json: record["purgeTime"])
    sequences = SequenceNumbers(reserved: Int64(record["reserved"]?.int ?? 0))
    if let through = record["purgedThrough"]?.int, let until = Moment(json: record["purgedUntil"]) {
      lastPurge = (Int64(through), until)
    }
  }

  func addRecorded(_ sequence: Int64, _ record: [UInt8]) throws {
    let task = try StoredTask.make(record, sequence: sequence)
    guard let lastPurge, sequence <= lastPurge.through else { return insert(task) }
    // The process ended before `buryPurged` had come to this one.
    if purged.isEmpty { purged.append(PurgedTasks(log: SequenceLog(), byID: TaskTable(), until: lastPurge.until)) }
    purged[0].log.append(task, sequence: sequence)
    purged[0].byID.insert(task)
  }

  var hasPurged: Bool { !purged.isEmpty }

  /// An attempt that was under way when the process ended has no outcome: the task is sent again at once, even if that
  /// was its last attempt. Nobody knows whether it arrived, and no task is lost.
  func addRecordedProgress(_ sequence: Int64, _ record: [UInt8], at now: Moment) throws(RecordError) {
    guard let task = log[sequence] else { return forget(sequence) }
    let (schedule, attempts) = try AttemptHistory.read(record)
    if attempts.lastResponse == nil {
      attempts.book(.unanswered("the emulator ended before the answer came"), kind: task.kind, at: now)
    }
    due.remove(task)
    (task.schedule, task.attempts) = (schedule, attempts)
    due.insert(task)
  }

  func addRecordedTombstone(_ key: RecordKey, _ bytes: [UInt8]) throws(RecordError) {
    var record = RecordReader(bytes)
    let id = TaskID(try record.text())
    tombstones.bury(id, until: try record.moment(), key)
  }

  private static func tombstone(_ id: TaskID, _ until: Moment) -> [UInt8] {
    var record = RecordWriter()
    record.add(id.description)
    record.add(until)
    return record.bytes
  }
}
