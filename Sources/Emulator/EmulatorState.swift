// Everything the emulator knows, and nothing of how it is asked: queues and
// jobs by name, names that rest, what happens next. One owner, one thread; time
// and chance are arguments.

import CloudModel
import Foundation

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
  let pubsub = PubsubState()
  private var random: SeededGenerator
  private var queues: [QueueName: QueueState] = [:]
  private var jobs: [JobName: JobState] = [:]
  private var buriedQueues = Tombstones<QueueName>()
  private var wakes = Wakes()
  private var orders: [Order] = []
  private var incarnations: UInt64 = 0
  var operations = OperationStore()
  /// Whether something was made that will carry a token. Making the key takes a tenth of a second, so it is begun then
  /// and not when the first token is due.
  private(set) var needsKey = false
  /// Names of keys by service and the name of the configuration.
  var encryptionKeys: [String: String] = [:]

  /// "tombstone window of up to 3 days" (documentation of DeleteQueue).
  private static let queueRest = Duration.seconds(3 * 86400)

  init(appEngineHost: String?, appEngineServices: [String: String] = [:], seed: UInt64) {
    self.appEngineHost = appEngineHost
    self.appEngineServices = appEngineServices
    random = SeededGenerator(seed: seed)
  }

  /// Forgets everything, names that rest included.
  func reset() {
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
    incarnations += 1
    noteTarget(settings.resource["httpTarget"]?.object)
    let queue = QueueState(name: name, incarnation: incarnations, settings: settings, now: now)
    queues[name] = queue
    return queue
  }

  func deleteQueue(_ name: QueueName, at now: Moment) throws(Refusal) {
    guard queues.removeValue(forKey: name) != nil else { throw .entityAbsent }
    buriedQueues.prune(at: now)
    buriedQueues.bury(name, until: now + Self.queueRest)
  }

  // MARK: Jobs

  func job(_ name: JobName) -> JobState? { jobs[name] }

  func jobs(in parent: LocationName) -> [JobState] {
    jobs.values.filter { $0.name.parent == parent }.sorted { $0.name.id < $1.name.id }
  }

  func createJob(_ name: JobName, _ settings: JobSettings, at now: Moment) throws(Refusal) -> JobState {
    guard jobs[name] == nil else { throw .jobExists(name) }
    incarnations += 1
    noteTarget(settings.resource["httpTarget"]?.object)
    let job = JobState(name: name, incarnation: incarnations, settings: settings, now: now)
    jobs[name] = job
    return job
  }

  func deleteJob(_ name: JobName) throws(Refusal) {
    guard jobs.removeValue(forKey: name) != nil else { throw .jobAbsent }
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
}
