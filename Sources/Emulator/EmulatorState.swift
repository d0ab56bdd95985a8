// Everything the emulator knows, and nothing of how it is asked: queues and
// jobs by name, names that rest, what happens next. One owner, one thread; time
// and chance are arguments.

import CloudModel
import Foundation
import Store

/// Something that has to be sent.
enum Order: Sendable, Equatable {
  case task(TaskOrder)
  case job(JobOrder)
  case push(PushOrder)
}

/// A generator of random numbers that can be seeded (SplitMix64, as in Java's SplittableRandom).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// The state of all services.
final class EmulatorState {
  /// Where App Engine targets are sent, as `HOST:PORT`.
  let appEngineHost: String?
  /// Where those of a service of its own are sent.
  let appEngineServices: [String: String]
  /// Whether tasks with tokens need https addresses.
  let requiresHTTPS: Bool
  let pubsub: PubsubState
  /// What has to be written into the data file.
  let ledger: Ledger
  private var random: SeededGenerator
  private var queues: [QueueName: QueueState] = [:]
  private var jobs: [JobName: JobState] = [:]
  private var buriedQueues = Tombstones<QueueName>()
  private var wakes = Wakes()
  private var orders: [Order] = []
  /// Queues with tasks that are to be given up in small steps.
  private var remains: [Remains] = []
  private(set) var operations = OperationStore()
  /// Whether something was made that will carry a token. Making the key takes a tenth of a second, so it is begun then
  /// and not when the first token is due.
  private(set) var needsKey = false
  /// Names of keys by service and the name of the configuration.
  private(set) var encryptionKeys: [String: String] = [:]

  /// "tombstone window of up to 3 days" (documentation of DeleteQueue).
  private static let queueRest = Duration.seconds(3 * 86400)

  /// Something too large to be given up in one call.
  private enum Remains {
    /// The names of tasks that were purged.
    case purge(QueueState)
    case queue(QueueState)
    /// Records whose owner is gone.
    case records(NumberedRecords, ArraySlice<RecordKey>)
  }

  init(
    appEngineHost: String?, appEngineServices: [String: String] = [:], requiresHTTPS: Bool = false, seed: UInt64,
    ledger: Ledger = Ledger()
  ) {
    self.requiresHTTPS = requiresHTTPS
    self.ledger = ledger
    pubsub = PubsubState(ledger: ledger)
    self.appEngineHost = appEngineHost
    self.appEngineServices = appEngineServices
    random = SeededGenerator(seed: seed)
  }

  /// Forgets everything, names that rest included.
  func reset() {
    // After the ledger, so that what is given up later finds nothing to remove.
    remains += queues.values.map(Remains.queue)
    ledger.clear()
    queues = [:]
    jobs = [:]
    buriedQueues = Tombstones()
    wakes.removeAll()
    orders = []
    operations = OperationStore()
    encryptionKeys = [:]
    pubsub.reset()
  }

  /// "unnamed task id = random unsigned 64-bit decimal" (google-apis.md section 1.4).
  func randomID() -> UInt64 { UInt64.random(in: 1...UInt64.max, using: &random) }

  // MARK: Queues

  func queue(_ name: QueueName) -> QueueState? { queues[name] }

  func queues(in parent: LocationName) -> [QueueState] {
    queues.values.filter { $0.name.parent == parent }.sorted { $0.name.id < $1.name.id }
  }

  var allQueues: [QueueState] { queues.values.sorted { $0.name.description < $1.name.description } }
  var allJobs: [JobState] { jobs.values.sorted { $0.name.description < $1.name.description } }

  /// Refused for a name in use, and for one that was in use until lately.
  func createQueue(_ name: QueueName, _ settings: QueueSettings, at now: Moment) throws(Refusal) -> QueueState {
    guard queues[name] == nil else { throw .queueExists }
    guard !buriedQueues.contains(name, at: now) else { throw .queueTooRecent }
    let queue = QueueState(
      name: name, incarnation: ledger.nextIncarnation(), settings: settings, ledger: ledger, now: now)
    queues[name] = queue
    change(queue, settings, at: now)
    return queue
  }

  func change(_ queue: QueueState, _ settings: QueueSettings, at now: Moment) {
    noteTarget(settings.resource["httpTarget"]?.object)
    queue.change(settings, at: now)
    changed(queue, at: now)
  }

  func purge(_ queue: QueueState, at now: Moment) {
    queue.purge(at: now)
    if queue.hasPurged { remains.append(.purge(queue)) }
    changed(queue, at: now)
  }

  func deleteQueue(_ name: QueueName, at now: Moment) throws(Refusal) {
    guard let queue = queues.removeValue(forKey: name) else { throw .entityAbsent }
    ledger.remove(.queue, name.description)
    remains.append(.queue(queue))
    while let rested = buriedQueues.removeFirst(at: now) { ledger.remove(.buriedQueue, rested.name.description) }
    let until = now + Self.queueRest
    buriedQueues.bury(name, until: until)
    ledger.put(.buriedQueue, name.description, ["until": until.json])
  }

  // MARK: What takes long

  var hasRemains: Bool { !remains.isEmpty }

  /// A small step of what is too much for one call. Not a call that a client waits for.
  func giveUpSome() {
    guard let first = remains.popLast() else { return }
    switch first {
    case .purge(let queue): if queue.buryPurged() { remains.append(first) }
    case .queue(let queue): if queue.dissolve() { remains.append(first) }
    case .records(let table, let keys):
      for key in keys.suffix(512) { ledger.remove(table, key) }
      if keys.count > 512 { remains.append(.records(table, keys.dropLast(512))) }
    }
  }

  // MARK: Jobs

  func job(_ name: JobName) -> JobState? { jobs[name] }

  func jobs(in parent: LocationName) -> [JobState] {
    jobs.values.filter { $0.name.parent == parent }.sorted { $0.name.id < $1.name.id }
  }

  func createJob(_ name: JobName, _ settings: JobSettings, at now: Moment) throws(Refusal) -> JobState {
    guard jobs[name] == nil else { throw .jobExists(name) }
    let job = JobState(name: name, incarnation: ledger.nextIncarnation(), settings: settings, now: now)
    jobs[name] = job
    return job
  }

  func deleteJob(_ name: JobName) throws(Refusal) {
    guard jobs.removeValue(forKey: name) != nil else { throw .jobAbsent }
    ledger.remove(.job, name.description)
  }

  // MARK: What is kept beside

  func add(_ operation: StoredOperation) {
    ledger.put(.operation, operation.name, operation.record)
    for name in operations.add(operation) { ledger.remove(.operation, name) }
  }

  func remove(_ operation: StoredOperation) {
    operations.remove(operation.name)
    ledger.remove(.operation, operation.name)
  }

  /// nil turns encryption off.
  func setEncryptionKey(_ key: String?, for configuration: String) {
    encryptionKeys[configuration] = key
    if let key {
      ledger.put(.encryptionKey, configuration, ["key": .string(key)])
    } else {
      ledger.remove(.encryptionKey, configuration)
    }
  }

  /// To be called with every new target.
  func noteTarget(_ target: JSONObject?) {
    if target?["oidcToken"] != nil || target?["oauthToken"] != nil { needsKey = true }
  }

  // MARK: What happens next

  /// To be called after every change to a queue.
  func changed(_ queue: QueueState, at now: Moment) {
    guard let time = queue.nextEvent(at: now), queue.wakeAt.map({ time < $0 }) ?? true else { return }
    queue.wakeAt = time
    wakes.add(.queue(queue.name), at: time)
  }

  /// To be called after every change to a job.
  func changed(_ job: JobState, at now: Moment) {
    noteTarget(job.settings.resource["httpTarget"]?.object)
    ledger.put(.job, job.name.description, job.record)
    guard let time = job.nextEvent(at: now), job.wakeAt.map({ time < $0 }) ?? true else { return }
    job.wakeAt = time
    wakes.add(.job(job.name), at: time)
  }

  /// Sends a task at once, whatever its queue allows.
  func run(_ task: StoredTask, of queue: QueueState, at now: Moment) {
    orders.append(.task(queue.run(task, at: now)))
  }

  /// When to look again; nil when nothing will happen by itself.
  var nextWake: Moment? { [wakes.first, pubsub.nextWake].compactMap(\.self).min() }

  /// What has to be sent now.
  func takeDue(at now: Moment) -> [Order] {
    defer { orders = [] }
    while let (source, time) = wakes.pop(at: now) {
      switch source {
      case .queue(let name):
        guard let queue = queues[name], queue.wakeAt == time else { continue }
        queue.wakeAt = nil
        orders += queue.takeDue(at: now).map(Order.task)
        changed(queue, at: now)
      case .job(let name):
        guard let job = jobs[name], job.wakeAt == time else { continue }
        job.wakeAt = nil
        if let order = job.takeDue(at: now) { orders.append(.job(order)) }
        changed(job, at: now)
      }
    }
    orders += pubsub.takeDue(at: now).map(Order.push)
    return orders
  }

  /// Books the end of what was sent. What was deleted meanwhile is passed over.
  func finish(_ order: Order, _ outcome: Outcome, at now: Moment) {
    switch order {
    case .task(let order):
      guard let queue = queues[order.queue], queue.incarnation == order.incarnation else { return }
      queue.finish(order, outcome, at: now)
      changed(queue, at: now)
    case .job(let order):
      guard let job = jobs[order.job], job.incarnation == order.incarnation else { return }
      job.finish(JobOutcome(outcome), at: now)
      changed(job, at: now)
    case .push(let order): pubsub.finish(order, outcome, at: now)
    }
  }

  // MARK: The data file

  /// Reads back what an earlier process wrote down.
  func restore(from storage: any EmulatorStorage, at now: Moment) throws(EmulatorDataError) {
    let reader = StateReader(storage)
    try reader.named(.setting) { name, record in
      if name == Ledger.counters { ledger.restore(record) }
    }
    try reader.named(.encryptionKey) { name, record in encryptionKeys[name] = record["key"]?.string }
    var found: [StoredOperation] = []
    try reader.named(.operation) { name, record in found.append(try StoredOperation(name: name, record: record)) }
    for operation in found.sorted(by: { $0.startTime < $1.startTime }) { _ = operations.add(operation) }
    try restoreJobs(reader, at: now)
    try restoreQueues(reader, at: now)
    try pubsub.restore(reader, at: now)
  }

  private func restoreJobs(_ reader: StateReader, at now: Moment) throws(EmulatorDataError) {
    try reader.named(.job) { text, record in
      let name = try JobName(text)
      let job = try JobState(name: name, record: record, now: now)
      jobs[name] = job
      changed(job, at: now)
    }
  }

  private func restoreQueues(_ reader: StateReader, at now: Moment) throws(EmulatorDataError) {
    var resting: [(name: QueueName, until: Moment)] = []
    try reader.named(.buriedQueue) { text, record in
      guard let until = Moment(json: record["until"]) else { throw RecordError() }
      resting.append((try QueueName(text), until))
    }
    for (name, until) in resting.sorted(by: { $0.until < $1.until }) { buriedQueues.bury(name, until: until) }
    var owners: [UInt64: QueueState] = [:]
    try reader.named(.queue) { text, record in
      let name = try QueueName(text)
      let queue = try QueueState(name: name, record: record, ledger: ledger, now: now)
      (queues[name], owners[queue.incarnation]) = (queue, queue)
    }
    try restore(.task, reader, owners) { queue, key, record in try queue.addRecorded(key.sequence, record) }
    try restore(.progress, reader, owners) { queue, key, record in
      try queue.addRecordedProgress(key.sequence, record, at: now)
    }
    try restore(.tombstone, reader, owners) { queue, key, record in try queue.addRecordedTombstone(key, record) }
    for queue in queues.values {
      noteTarget(queue.settings.resource["httpTarget"]?.object)
      if queue.hasPurged { remains.append(.purge(queue)) }
      changed(queue, at: now)
    }
  }

  /// Hands records to the queues they belong to. Those of a queue that was deleted just before the process ended go.
  private func restore(
    _ table: NumberedRecords, _ reader: StateReader, _ owners: [UInt64: QueueState],
    _ body: (QueueState, RecordKey, [UInt8]) throws -> Void
  ) throws(EmulatorDataError) {
    var ownerless: [RecordKey] = []
    try reader.numbered(table) { key, record in
      guard let owner = owners[key.owner] else { return ownerless.append(key) }
      try body(owner, key, record)
    }
    if !ownerless.isEmpty { remains.append(.records(table, ownerless[...])) }
  }
}
