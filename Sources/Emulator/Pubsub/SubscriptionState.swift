// One subscription: its backlog, who has which message for how long, and what
// comes of it. No clock, no network: time is an argument, and pushes are values
// handed back to whoever owns the state.

import CloudModel

/// A subscription and its unacknowledged messages.
final class SubscriptionState {
  let name: SubscriptionName
  let incarnation: UInt64
  /// nil once the topic was deleted.
  private(set) var topic: TopicName?
  private(set) var settings: SubscriptionSettings
  private(set) var isDetached = false
  /// What the dispatcher was told about the next event; nil when it waits for nothing.
  var wakeAt: Moment?
  /// Publishes to the dead-letter topic; false when there is none of that name.
  private let forward: (SubscriptionState, Delivery, TopicName, Moment) -> Bool
  private let meter: BacklogMeter
  private let ledger: Ledger

  private var log = SequenceLog<Delivery>()
  private var sequences = SequenceNumbers()
  private var ready = Heap<Int64>()
  private var waiting = Heap<TimedDelivery>()
  private var leases = Heap<TimedDelivery>()
  private var lanes: [String: OrderingLane] = [:]
  private var pullWaits: [PullWait] = []
  private var lastActivity: Moment
  /// The activity that the data file knows of.
  private var recordedActivity: Moment
  private var pushes = 0
  private var pushPause = PushPause()

  /// Pushes in flight at the same time; production adapts its window, up to thousands.
  private static let mostPushes = 100

  init(
    name: SubscriptionName, topic: TopicName, incarnation: UInt64, settings: SubscriptionSettings, meter: BacklogMeter,
    ledger: Ledger, now: Moment, forward: @escaping (SubscriptionState, Delivery, TopicName, Moment) -> Bool
  ) {
    (self.name, self.topic, self.incarnation, self.settings) = (name, topic, incarnation, settings)
    (self.meter, self.ledger, self.forward) = (meter, ledger, forward)
    (lastActivity, recordedActivity) = (now, now)
    writeDown()
  }

  /// From what `record` gave.
  init(
    name: SubscriptionName, record: JSONObject, meter: BacklogMeter, ledger: Ledger,
    forward: @escaping (SubscriptionState, Delivery, TopicName, Moment) -> Bool
  ) throws {
    guard let number = record["incarnation"]?.int, let resource = record["resource"]?.object,
      let activity = Moment(json: record["lastActivity"])
    else { throw RecordError() }
    (self.name, incarnation, self.meter, self.ledger) = (name, UInt64(number), meter, ledger)
    self.forward = forward
    settings = try SubscriptionSettings(resource)
    topic = try record["topic"]?.string.map { try TopicName($0) }
    isDetached = record["isDetached"]?.bool ?? false
    sequences = SequenceNumbers(reserved: Int64(record["reserved"]?.int ?? 0))
    (lastActivity, recordedActivity) = (activity, activity)
  }

  // MARK: The subscription

  /// Unacknowledged messages.
  var count: Int { log.count }

  func change(_ settings: SubscriptionSettings) {
    self.settings = settings
    pushPause = PushPause()
    writeDown()
  }

  func loseTopic() {
    topic = nil
    writeDown()
  }

  /// "Detached subscriptions don't receive messages from their topic and don't retain any backlog."
  func detach() {
    isDetached = true
    discard { _ in true }
    writeDown()
  }

  /// "A subscription is considered active as long as any connected subscriber is successfully consuming messages from
  /// the subscription or is issuing operations on the subscription."
  func touch(at now: Moment) {
    lastActivity = now
    // The shortest expiration is a day, so minutes do not matter.
    if now - recordedActivity > .seconds(60) { writeDown() }
  }

  func isExpired(at now: Moment) -> Bool { settings.expiration.map { lastActivity + $0 <= now } ?? false }

  /// Forgets messages, oldest first, for as long as `isUnwanted` holds.
  func discard(while isUnwanted: (PublishedMessage) -> Bool) {
    while let oldest = log.first, isUnwanted(oldest.message) { remove(oldest) }
  }

  /// Adds a message unless the filter leaves it out: "Pub/Sub automatically acknowledges" those.
  func add(_ message: PublishedMessage) {
    guard !isDetached, settings.filter?.matches(message.attributes) ?? true else { return }
    let (number, mustReserve) = sequences.next()
    if mustReserve { writeDown() }
    let delivery = Delivery(sequence: number, message: message)
    log.append(delivery, sequence: number)
    meter.hold(message)
    enqueue(delivery, at: nil)
  }

  // MARK: Order

  private func laneKey(_ delivery: Delivery) -> String? {
    let key = delivery.message.orderingKey
    return settings.isOrdered && !key.isEmpty ? key : nil
  }

  private func enqueue(_ delivery: Delivery, at time: Moment?) {
    delivery.state = .queued(notBefore: time)
    writeDown(delivery)
    arrange(delivery)
  }

  /// Puts a queued delivery where it is found.
  private func arrange(_ delivery: Delivery) {
    guard let key = laneKey(delivery) else { return offer(delivery) }
    lanes[key, default: OrderingLane()].pending.push(delivery.sequence)
    // A lane that has offered its oldest one already goes on by itself.
    if head(of: key) === delivery { offerNext(of: key) }
  }

  private func offer(_ delivery: Delivery) {
    if case .queued(let time?) = delivery.state {
      waiting.push(TimedDelivery(time: time, sequence: delivery.sequence, lease: 0))
    } else {
      ready.push(delivery.sequence)
    }
  }

  private func offerNext(of key: String) {
    guard lanes[key]?.outstanding.isEmpty == true else { return }
    if let head = head(of: key) { offer(head) } else { lanes[key] = nil }
  }

  /// The oldest message of a key that nobody has.
  private func head(of key: String) -> Delivery? {
    while let sequence = lanes[key]?.pending.first {
      if let delivery = log[sequence], delivery.isQueued { return delivery }
      _ = lanes[key]?.pending.pop()
    }
    return nil
  }

  private func remove(_ delivery: Delivery) {
    guard log[delivery.sequence] != nil else { return }
    log.remove(delivery.sequence)
    meter.release(delivery.message)
    ledger.remove(.delivery, RecordKey(incarnation, delivery.sequence))
    guard let key = laneKey(delivery) else { return }
    lanes[key]?.outstanding.remove(delivery.sequence)
    offerNext(of: key)
  }

  // MARK: Delivery

  private func nextReady() -> Delivery? {
    while let sequence = ready.first {
      if let delivery = log[sequence], delivery.state == .queued(notBefore: nil) { return delivery }
      _ = ready.pop()
    }
    return nil
  }

  private func take(_ delivery: Delivery, until end: Moment?) {
    delivery.lease += 1
    delivery.state = .leased(until: end)
    hold(delivery, until: end)
    writeDown(delivery)
  }

  private func hold(_ delivery: Delivery, until end: Moment?) {
    if let end { addLeaseEnd(of: delivery, end) }
    if let key = laneKey(delivery) { lanes[key, default: OrderingLane()].outstanding.insert(delivery.sequence) }
  }

  /// Takes up to `limit` messages for a subscriber that has to acknowledge them in time.
  func pull(_ limit: Int, at now: Moment) -> [JSON] {
    settle(at: now)
    var taken: [Delivery] = []
    while taken.count < limit, let first = nextReady() {
      _ = ready.pop()
      take(first, until: now + settings.ackDeadline)
      taken.append(first)
      // The rest of an ordering key may come along, since one answer keeps the order.
      while taken.count < limit, let key = laneKey(first), let next = head(of: key),
        next.state == .queued(notBefore: nil)
      {
        take(next, until: now + settings.ackDeadline)
        taken.append(next)
      }
    }
    return taken.map(received)
  }

  private func received(_ delivery: Delivery) -> JSON {
    let id = AckID(incarnation: incarnation, sequence: delivery.sequence, lease: delivery.lease)
    var object: JSONObject = ["ackId": .string(id.text), "message": .object(delivery.message.json)]
    object["deliveryAttempt"] = attempt(of: delivery).map(JSON.integer)
    return .object(object)
  }

  /// "If a DeadLetterPolicy is not set on the subscription, this will be 0."
  func attempt(of delivery: Delivery) -> Int? { settings.deadLetter == nil ? nil : delivery.failures + 1 }

  // MARK: Acknowledgement

  /// The delivery that an ID belongs to. An acknowledgement after the deadline "may succeed": it does until the message
  /// was delivered again, unless delivery is exactly-once.
  private func delivery(_ id: AckID) -> Delivery? {
    guard let delivery = log[id.sequence], delivery.lease == id.lease else { return nil }
    return settings.isExactlyOnce && delivery.isQueued ? nil : delivery
  }

  /// False when the message was with somebody else by now.
  func acknowledge(_ id: AckID) -> Bool {
    guard let delivery = delivery(id) else { return false }
    remove(delivery)
    return true
  }

  /// Zero is a negative acknowledgement.
  func modifyDeadline(_ id: AckID, _ duration: Duration, at now: Moment) -> Bool {
    guard let delivery = delivery(id), !delivery.isQueued else { return false }
    guard duration > .zero else {
      fail(delivery, at: now)
      return true
    }
    delivery.state = .leased(until: now + duration)
    addLeaseEnd(of: delivery, now + duration)
    writeDown(delivery)
    return true
  }

  /// Books a delivery that came to nothing.
  private func fail(_ delivery: Delivery, at now: Moment) {
    delivery.failures += 1
    if let policy = settings.deadLetter, delivery.failures >= policy.attempts,
      forward(self, delivery, policy.topic, now)
    {
      return remove(delivery)
    }
    if let key = laneKey(delivery) { recall(after: delivery, key) }
    let delay = settings.backoff?.delay(afterFailure: delivery.failures) ?? .zero
    enqueue(delivery, at: delay == .zero ? nil : now + delay)
  }

  /// What follows a message of the same key is delivered again after it.
  private func recall(after delivery: Delivery, _ key: String) {
    let outstanding = lanes[key]?.outstanding.sorted() ?? []
    for sequence in outstanding where sequence >= delivery.sequence {
      lanes[key]?.outstanding.remove(sequence)
      guard sequence > delivery.sequence, let later = log[sequence] else { continue }
      later.state = .queued(notBefore: nil)
      later.lease += 1
      writeDown(later)
      lanes[key]?.pending.push(sequence)
    }
  }

  // MARK: Pushes

  private func canPush(at now: Moment) -> Bool {
    settings.push != nil && !isDetached && pushes < Self.mostPushes && pushPause.until.map { $0 <= now } ?? true
  }

  /// The pushes that are due and allowed now.
  func takePushes(at now: Moment) -> [PushOrder] {
    var orders: [PushOrder] = []
    while canPush(at: now), let delivery = nextReady() {
      _ = ready.pop()
      take(delivery, until: nil)
      pushes += 1
      orders.append(
        PushOrder(subscription: name, incarnation: incarnation, sequence: delivery.sequence, lease: delivery.lease))
    }
    return orders
  }

  /// The delivery of an order; nil when it was acknowledged or forgotten meanwhile.
  func delivery(for order: PushOrder) -> Delivery? {
    guard let delivery = log[order.sequence], delivery.lease == order.lease else { return nil }
    return delivery
  }

  func finish(_ order: PushOrder, succeeded: Bool, at now: Moment) {
    pushes -= 1
    if succeeded { touch(at: now) }
    // With a retry policy each message waits for itself, unless it would not wait at all.
    let waitsForItself = settings.backoff.map { $0.minimum > .zero } ?? false
    pushPause.book(succeeded: succeeded || waitsForItself, at: now)
    guard let delivery = delivery(for: order), !delivery.isQueued else { return }
    if succeeded { remove(delivery) } else { fail(delivery, at: now) }
  }

  // MARK: Time

  func wait(_ wait: PullWait) { pullWaits.append(wait) }
  func endWait(_ id: UInt64) { pullWaits.removeAll { $0.id == id } }

  /// The waiting pulls that have an answer by now, empty when their time is up.
  func answerWaits(at now: Moment) -> [(id: UInt64, messages: [JSON])] {
    var answers: [(id: UInt64, messages: [JSON])] = []
    while let first = pullWaits.first {
      let messages = pull(first.limit, at: now)
      guard !messages.isEmpty || first.until <= now else { break }
      answers.append((first.id, messages))
      pullWaits.removeFirst()
    }
    return answers
  }

  /// Gives up all waiting pulls.
  func takeWaits() -> [UInt64] {
    defer { pullWaits = [] }
    return pullWaits.map(\.id)
  }

  /// Lets what time brings happen: old messages go, leases end, backoffs end.
  func settle(at now: Moment) {
    discard { $0.published + settings.retention <= now }
    while let (end, delivery) = nextLeaseEnd(), end <= now {
      _ = leases.pop()
      fail(delivery, at: now)
    }
    while let (end, delivery) = nextBackoffEnd(), end <= now {
      _ = waiting.pop()
      delivery.state = .queued(notBefore: nil)
      ready.push(delivery.sequence)
    }
  }

  private func nextLeaseEnd() -> (Moment, Delivery)? {
    while let entry = leases.first {
      if let delivery = leased(entry) { return (entry.time, delivery) }
      _ = leases.pop()
    }
    return nil
  }

  /// The delivery of an entry; nil when it was acknowledged or got another end.
  private func leased(_ entry: TimedDelivery) -> Delivery? {
    guard let delivery = log[entry.sequence], delivery.lease == entry.lease,
      delivery.state == .leased(until: entry.time)
    else { return nil }
    return delivery
  }

  /// What was acknowledged leaves its entry in the heap; when those outnumber the rest it is built anew.
  private func addLeaseEnd(of delivery: Delivery, _ end: Moment) {
    leases.push(TimedDelivery(time: end, sequence: delivery.sequence, lease: delivery.lease))
    if leases.count > 2 * log.count + 64 { leases.keep { leased($0) != nil } }
  }

  private func nextBackoffEnd() -> (Moment, Delivery)? {
    while let entry = waiting.first {
      if let delivery = log[entry.sequence], delivery.state == .queued(notBefore: entry.time) {
        return (entry.time, delivery)
      }
      _ = waiting.pop()
    }
    return nil
  }

  /// When something happens next without anybody asking; nil for never.
  func nextEvent(at now: Moment) -> Moment? {
    var times = [nextBackoffEnd()?.0, nextLeaseEnd()?.0, pullWaits.first?.until]
    times.append(log.first.map { $0.message.published + settings.retention })
    times.append(settings.expiration.map { lastActivity + $0 })
    if nextReady() != nil {
      if !pullWaits.isEmpty { times.append(now) }
      if settings.push != nil, !isDetached, pushes < Self.mostPushes { times.append(max(now, pushPause.until ?? now)) }
    }
    return times.compactMap(\.self).min()
  }
}

// MARK: - The data file

extension SubscriptionState {
  private func writeDown(_ delivery: Delivery) {
    ledger.put(.delivery, RecordKey(incarnation, delivery.sequence), delivery.record)
  }

  /// To be called after every change of what is in `record`.
  private func writeDown() {
    recordedActivity = lastActivity
    ledger.put(.subscription, name.description, record)
  }

  /// How pushes of late went begins anew with every process.
  private var record: JSONObject {
    var record: JSONObject = [
      "incarnation": .integer(Int(incarnation)), "resource": .object(settings.resource),
      "reserved": .integer(Int(sequences.reserved)), "lastActivity": lastActivity.json,
      "isDetached": .bool(isDetached),
    ]
    record["topic"] = topic.map { .string($0.description) }
    return record
  }

  func addRecorded(_ delivery: Delivery) {
    log.append(delivery, sequence: delivery.sequence)
    meter.hold(delivery.message, isRecorded: true)
    if case .leased(let end) = delivery.state { hold(delivery, until: end) } else { arrange(delivery) }
  }
}

/// "Push backoff": without a retry policy an endpoint that refuses is given a rest of 100 ms to 60 s, doubling
/// (https://cloud.google.com/pubsub/docs/push#push_backoff).
struct PushPause {
  private(set) var until: Moment?
  private var failures = 0

  mutating func book(succeeded: Bool, at now: Moment) {
    guard !succeeded else {
      self = PushPause()
      return
    }
    // Pushes that were sent together fail together: that is one failure.
    if let until, now < until { return }
    failures += 1
    until = now + min(.seconds(60), .milliseconds(100) * (1 << min(failures - 1, 12)))
  }
}
