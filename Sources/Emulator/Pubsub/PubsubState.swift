// Everything the emulator knows of Pub/Sub: topics, subscriptions, what happens
// next. Part of `EmulatorState`, with the same rules: one owner, time is an
// argument.

import CloudModel
import Foundation
import Store

/// A topic. Messages are in its subscriptions: "messages published to a topic with no subscriptions are lost".
struct TopicState {
  let name: TopicName
  /// Canonical JSON without the name.
  var resource: JSONObject
  fileprivate(set) var subscriptions: Set<SubscriptionName> = []
}

/// The state of Pub/Sub.
final class PubsubState {
  /// Bytes of unacknowledged messages beyond which publishing is refused: production keeps any number.
  private let largestBacklog: Int
  private var topics: [TopicName: TopicState] = [:]
  private var subscriptions: [SubscriptionName: SubscriptionState] = [:]
  private let ledger: Ledger
  private var meter: BacklogMeter
  private var wakes = Heap<SubscriptionWake>()
  private var lastWait: UInt64 = 0
  private var unanswered: UInt64?
  private var answered: [PullAnswer] = []

  /// The answer to a pull that waited.
  struct PullAnswer {
    let id: UInt64
    let messages: [JSON]
  }

  private struct SubscriptionWake: Comparable {
    let time: Moment
    let incarnation: UInt64
    let name: SubscriptionName

    static func < (left: SubscriptionWake, right: SubscriptionWake) -> Bool {
      (left.time, left.incarnation) < (right.time, right.incarnation)
    }
  }

  init(largestBacklog: Int = 512 << 20, ledger: Ledger = Ledger()) {
    self.largestBacklog = largestBacklog
    self.ledger = ledger
    meter = BacklogMeter(ledger: ledger)
  }

  /// Forgets everything. Pulls that wait are answered with nothing.
  func reset() {
    for subscription in subscriptions.values { abandonWaits(of: subscription) }
    (topics, subscriptions, meter) = ([:], [:], BacklogMeter(ledger: ledger))
    wakes.removeAll()
  }

  // MARK: Topics

  func topic(_ name: TopicName) -> TopicState? { topics[name] }

  func topics(in project: String) -> [TopicState] {
    topics.values.filter { $0.name.project == project }.sorted { $0.name.id < $1.name.id }
  }

  func createTopic(_ name: TopicName, _ resource: JSONObject) throws(Refusal) -> TopicState {
    guard topics[name] == nil else { throw .pubsubExists(name.id) }
    let topic = TopicState(name: name, resource: resource)
    topics[name] = topic
    writeDown(topic)
    return topic
  }

  func change(_ name: TopicName, _ resource: JSONObject) {
    topics[name]?.resource = resource
    topics[name].map(writeDown)
  }

  private func writeDown(_ topic: TopicState) {
    ledger.put(.topic, topic.name.description, ["resource": .object(topic.resource)])
  }

  /// "Existing subscriptions to this topic are not deleted, but their topic field is set to _deleted-topic_."
  func deleteTopic(_ name: TopicName) throws(Refusal) {
    guard let topic = topics.removeValue(forKey: name) else { throw .pubsubAbsent(name.id) }
    ledger.remove(.topic, name.description)
    for subscription in topic.subscriptions { subscriptions[subscription]?.loseTopic() }
  }

  /// Publishes messages that were checked before; the answer is their IDs.
  func publish(_ bodies: [JSONObject], to name: TopicName, at now: Moment) throws(Refusal) -> [String] {
    guard let topic = topics[name] else { throw .pubsubAbsent(name.id) }
    guard topic.subscriptions.isEmpty || meter.bytes < largestBacklog else {
      throw .backlogFull(bytes: largestBacklog)
    }
    let messages = bodies.map { PublishedMessage(number: ledger.nextMessage(), $0, published: now) }
    hand(messages, to: topic, at: now)
    return messages.map(\.id)
  }

  /// Publishes what could not be delivered, under a new ID, with where it comes from
  /// (https://cloud.google.com/pubsub/docs/handling-failures#how_dead_letter_topics_work).
  private func forward(
    _ delivery: Delivery, of subscription: SubscriptionState, to name: TopicName, at now: Moment
  ) -> Bool {
    guard let topic = topics[name] else { return false }
    let message = delivery.message
    var attributes = message.attributes
    attributes["CloudPubSubDeadLetterSourceDeliveryCount"] = .string(String(delivery.failures))
    attributes["CloudPubSubDeadLetterSourceSubscription"] = .string(subscription.name.id)
    attributes["CloudPubSubDeadLetterSourceSubscriptionProject"] = .string(subscription.name.project)
    attributes["CloudPubSubDeadLetterSourceTopicPublishTime"] = .string(message.published.text)
    let copy = PublishedMessage(
      number: ledger.nextMessage(), copy: message, attributes: attributes, published: now)
    hand([copy], to: topic, at: now)
    return true
  }

  private func hand(_ messages: [PublishedMessage], to topic: TopicState, at now: Moment) {
    for subscription in topic.subscriptions.compactMap({ subscriptions[$0] }) {
      for message in messages { subscription.add(message) }
      changed(subscription, at: now)
    }
  }

  // MARK: Subscriptions

  func subscription(_ name: SubscriptionName) -> SubscriptionState? { subscriptions[name] }

  func subscriptions(in project: String) -> [SubscriptionState] {
    subscriptions.values.filter { $0.name.project == project }.sorted { $0.name.id < $1.name.id }
  }

  func subscriptions(of topic: TopicState) -> [SubscriptionName] {
    topic.subscriptions.sorted { $0.description < $1.description }
  }

  /// What there is, for `/_emulator/state`.
  var summary: (topics: JSON, subscriptions: JSON) {
    let backlogs = subscriptions.values.sorted { $0.name.description < $1.name.description }.map {
      subscription -> JSON in
      ["name": .string(subscription.name.description), "messagesCount": .integer(subscription.count)]
    }
    return (.array(topics.keys.map(\.description).sorted().map(JSON.string)), .array(backlogs))
  }

  func createSubscription(
    _ name: SubscriptionName, topic: TopicName, _ settings: SubscriptionSettings, at now: Moment
  ) throws(Refusal) -> SubscriptionState {
    guard subscriptions[name] == nil else { throw .pubsubExists(name.id) }
    guard topics[topic] != nil else { throw .pubsubAbsent(topic.id) }
    try checkDeadLetter(settings)
    let subscription = SubscriptionState(
      name: name, topic: topic, incarnation: ledger.nextIncarnation(), settings: settings, meter: meter,
      ledger: ledger, now: now
    ) { [unowned self] in forward($1, of: $0, to: $2, at: $3) }
    subscriptions[name] = subscription
    topics[topic]?.subscriptions.insert(name)
    return subscription
  }

  /// "The operation will fail if the topic does not exist."
  func checkDeadLetter(_ settings: SubscriptionSettings) throws(Refusal) {
    guard let topic = settings.deadLetter?.topic, topics[topic] == nil else { return }
    throw .pubsubAbsent(topic.id)
  }

  func delete(_ subscription: SubscriptionState) {
    abandonWaits(of: subscription)
    // Gives the messages back to the meter.
    subscription.detach()
    leaveTopic(subscription)
    subscriptions[subscription.name] = nil
    ledger.remove(.subscription, subscription.name.description)
  }

  func detach(_ subscription: SubscriptionState) {
    abandonWaits(of: subscription)
    subscription.detach()
    leaveTopic(subscription)
  }

  private func leaveTopic(_ subscription: SubscriptionState) {
    if let topic = subscription.topic { topics[topic]?.subscriptions.remove(subscription.name) }
  }

  // MARK: Pulls that wait

  /// "The system may wait (for a bounded amount of time) until at least one message is available": ours waits ten
  /// seconds, well within the minute that Google's clients give a pull.
  private static let longestWait = Duration.seconds(10)

  /// Registers a pull that found nothing. Whoever answers requests finds it with `takeUnansweredPull`.
  func wait(for subscription: SubscriptionState, limit: Int, at now: Moment) {
    lastWait += 1
    unanswered = lastWait
    subscription.wait(PullWait(id: lastWait, limit: limit, until: now + Self.longestWait))
  }

  /// The pull of the request just answered, when it has to wait for its messages.
  func takeUnansweredPull() -> UInt64? {
    defer { unanswered = nil }
    return unanswered
  }

  /// The answers that came since the last call.
  func takeAnsweredPulls() -> [PullAnswer] {
    defer { answered = [] }
    return answered
  }

  /// For a client that went away.
  func endWait(_ id: UInt64) {
    for subscription in subscriptions.values { subscription.endWait(id) }
  }

  private func abandonWaits(of subscription: SubscriptionState) {
    answered += subscription.takeWaits().map { PullAnswer(id: $0, messages: []) }
  }

  // MARK: What happens next

  /// To be called after every change to a subscription.
  func changed(_ subscription: SubscriptionState, at now: Moment) {
    guard let time = subscription.nextEvent(at: now), subscription.wakeAt.map({ time < $0 }) ?? true else { return }
    subscription.wakeAt = time
    wakes.push(SubscriptionWake(time: time, incarnation: subscription.incarnation, name: subscription.name))
    // Entries that were overtaken go when they outnumber the rest.
    if wakes.count > 2 * subscriptions.count + 64 { wakes.keep { isCurrent($0) } }
  }

  private func isCurrent(_ wake: SubscriptionWake) -> Bool {
    guard let subscription = subscriptions[wake.name] else { return false }
    return subscription.incarnation == wake.incarnation && subscription.wakeAt == wake.time
  }

  /// When to look again; nil when nothing will happen by itself.
  var nextWake: Moment? { wakes.first?.time }

  /// Answers pulls that wait, deletes what has expired, and gives the pushes that have to be sent now.
  func takeDue(at now: Moment) -> [PushOrder] {
    var orders: [PushOrder] = []
    while let wake = wakes.first, wake.time <= now {
      _ = wakes.pop()
      guard isCurrent(wake), let subscription = subscriptions[wake.name] else { continue }
      subscription.wakeAt = nil
      if subscription.isExpired(at: now) {
        delete(subscription)
        continue
      }
      subscription.settle(at: now)
      answered += subscription.answerWaits(at: now).map { PullAnswer(id: $0.id, messages: $0.messages) }
      orders += subscription.takePushes(at: now)
      changed(subscription, at: now)
    }
    return orders
  }

  /// The subscription and the delivery of an order, unless they are gone.
  func target(of order: PushOrder) -> (SubscriptionState, Delivery)? {
    guard let subscription = subscriptions[order.subscription], subscription.incarnation == order.incarnation,
      let delivery = subscription.delivery(for: order)
    else { return nil }
    return (subscription, delivery)
  }

  /// Books the end of a push.
  func finish(_ order: PushOrder, _ outcome: Outcome, at now: Moment) {
    guard let subscription = subscriptions[order.subscription], subscription.incarnation == order.incarnation else {
      return
    }
    subscription.finish(order, succeeded: outcome.acknowledges, at: now)
    changed(subscription, at: now)
  }
}

// MARK: - The data file

extension PubsubState {
  func restore(_ reader: StateReader, at now: Moment) throws(EmulatorDataError) {
    try reader.named(.topic) { text, record in
      let name = try TopicName(text)
      topics[name] = TopicState(name: name, resource: record["resource"]?.object ?? [:])
    }
    var owners: [UInt64: SubscriptionState] = [:]
    try reader.named(.subscription) { text, record in
      let subscription = try SubscriptionState(
        name: try SubscriptionName(text), record: record, meter: meter, ledger: ledger
      ) { [unowned self] in forward($1, of: $0, to: $2, at: $3) }
      subscriptions[subscription.name] = subscription
      owners[subscription.incarnation] = subscription
      if let topic = subscription.topic, !subscription.isDetached {
        topics[topic]?.subscriptions.insert(subscription.name)
      }
    }
    try restoreMessages(reader, owners)
    for subscription in subscriptions.values { changed(subscription, at: now) }
  }

  /// A message and its deliveries are written and removed in the same transaction, so each has the other.
  private func restoreMessages(
    _ reader: StateReader, _ owners: [UInt64: SubscriptionState]
  ) throws(EmulatorDataError) {
    var messages: [Int64: PublishedMessage] = [:]
    try reader.numbered(.message) { key, record in
      messages[key.number] = try PublishedMessage(number: key.number, record: record)
    }
    try reader.numbered(.delivery) { key, record in
      guard let owner = owners[key.owner] else { throw RecordError() }
      owner.addRecorded(try Delivery.read(record, sequence: key.sequence, messages))
    }
  }
}

extension Outcome {
  /// The statuses that acknowledge a push (https://cloud.google.com/pubsub/docs/push#receive_push).
  fileprivate var acknowledges: Bool {
    guard case .answered(let status, _) = self else { return false }
    return [102, 200, 201, 202, 204].contains(status)
  }
}
