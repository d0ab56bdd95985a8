// Pub/Sub v1: subscriptions, pulling and acknowledging.

import CloudModel

enum SubscriptionsAPI {
  /// "The Pub/Sub system may return fewer than the number specified."
  private static let mostPulled = 1000

  static let methods: [APIMethod] = {
    let root = "/v1/projects/{project}/subscriptions"
    let one = root + "/{subscription}"
    return [
      APIMethod("PUT", one, body: .subscription, bodyField: "subscription", create),
      APIMethod("GET", root, query: .page, list),
      APIMethod("GET", one) { state, call throws(Refusal) in
        answer(try call.subscription(in: state), state, call)
      },
      APIMethod("PATCH", one, body: .updateSubscription, patch),
      APIMethod("DELETE", one) { state, call throws(Refusal) in
        state.pubsub.delete(try call.subscription(in: state))
        return .empty
      },
      APIMethod("POST", one + ":pull", body: .pull, pull),
      APIMethod("POST", one + ":acknowledge", body: .acknowledge, acknowledge),
      APIMethod("POST", one + ":modifyAckDeadline", body: .modifyAckDeadline, modifyAckDeadline),
      APIMethod("POST", one + ":modifyPushConfig", body: .modifyPushConfig, modifyPushConfig),
      APIMethod("POST", one + ":detach", body: .detach) { state, call throws(Refusal) in
        state.pubsub.detach(try call.subscription(in: state))
        return .empty
      },
      APIMethod("POST", one + ":seek", body: .seek, seek),
    ]
      + PubsubAPI.policies(one) { state, call throws(Refusal) in _ = try call.subscription(in: state) }
  }()

  // MARK: The resource

  @Sendable private static func create(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let name = try call.subscriptionName()
    try PubsubAPI.checkSameName(call.body, name.description)
    let text = call.body["topic"]?.string ?? ""
    let topic: TopicName
    do { topic = try TopicName(text) } catch { throw .pubsubName(text) }
    let settings = try SubscriptionSettings(call.body)
    let subscription = try state.pubsub.createSubscription(name, topic: topic, settings, at: call.now)
    return changed(subscription, state, call)
  }

  /// "Note that certain properties of a subscription, such as its topic, are not modifiable."
  private static let fixed = ["name", "topic", "filter", "enableMessageOrdering", "detached"]

  @Sendable private static func patch(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let subscription = try call.subscription(in: state)
    let wish = call.body["subscription"]?.object ?? [:]
    try PubsubAPI.checkSameName(wish, subscription.name.description)
    guard let mask = try FieldMask(call.body["updateMask"]?.string, of: .subscription) else {
      throw .noPubsubMask("UpdateSubscriptionRequest")
    }
    if let field = fixed.first(where: { !mask.isEverything && mask.names($0) }) { throw .notUpdatable(field) }
    var merged = mask.merge(wish, into: subscription.settings.resource)
    for field in fixed { merged[field] = subscription.settings.resource[field] }
    let settings = try SubscriptionSettings(merged)
    try state.pubsub.checkDeadLetter(settings)
    subscription.change(settings)
    return changed(subscription, state, call)
  }

  @Sendable private static func modifyPushConfig(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let subscription = try call.subscription(in: state)
    var resource = subscription.settings.resource
    // "An empty pushConfig indicates that the Pub/Sub system should stop pushing messages".
    resource["pushConfig"] = call.body["pushConfig"] ?? [:]
    subscription.change(try SubscriptionSettings(resource))
    _ = changed(subscription, state, call)
    return .empty
  }

  private static func changed(_ subscription: SubscriptionState, _ state: EmulatorState, _ call: Call) -> Answer {
    state.noteTarget(subscription.settings.resource["pushConfig"]?.object)
    subscription.touch(at: call.now)
    state.pubsub.changed(subscription, at: call.now)
    return answer(subscription, state, call)
  }

  @Sendable private static func list(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let subscriptions = state.pubsub.subscriptions(in: try call.project())
    return try PubsubAPI.page(
      of: subscriptions, "subscriptions", call, name: { $0.name.description }, json: { .object(json($0, state)) })
  }

  private static func answer(_ subscription: SubscriptionState, _ state: EmulatorState, _ call: Call) -> Answer {
    let object = JSON.object(json(subscription, state))
    return .json(call.numericEnums ? withNumericEnums(object, states: State.subscriptionNames) : object)
  }

  private static func json(_ subscription: SubscriptionState, _ state: EmulatorState) -> JSONObject {
    var object: JSONObject = [
      "name": .string(subscription.name.description),
      "topic": .string(subscription.topic?.description ?? TopicName.deleted),
    ]
    object.merge(subscription.settings.resource)
    if subscription.isDetached { object["detached"] = true }
    let topic = subscription.topic.flatMap { state.pubsub.topic($0) }
    object["topicMessageRetentionDuration"] = topic?.resource["messageRetentionDuration"]
    object["state"] = "ACTIVE"
    return object
  }

  // MARK: Messages

  @Sendable private static func pull(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let subscription = try call.subscription(in: state, inFull: true)
    let limit = call.body["maxMessages"]?.int ?? 0
    guard limit > 0 else { throw .noMaxMessages }
    guard !subscription.isDetached else { throw .detached }
    guard subscription.settings.push == nil else { throw .pullOfPush }
    subscription.touch(at: call.now)
    let messages = subscription.pull(min(limit, mostPulled), at: call.now)
    if messages.isEmpty, call.body["returnImmediately"]?.bool != true {
      state.pubsub.wait(for: subscription, limit: min(limit, mostPulled), at: call.now)
    }
    state.pubsub.changed(subscription, at: call.now)
    return .json(pulled(messages))
  }

  /// The answer to a pull.
  static func pulled(_ messages: [JSON]) -> JSON { messages.isEmpty ? [:] : ["receivedMessages": .array(messages)] }

  @Sendable private static func acknowledge(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    try withAckIDs(state, call) { subscription, id in subscription.acknowledge(id) }
  }

  @Sendable private static func modifyAckDeadline(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let seconds = call.body["ackDeadlineSeconds"]?.int ?? 0
    guard (0...600).contains(seconds) else { throw .outOfRange("ackDeadlineSeconds", "0, 600") }
    return try withAckIDs(state, call) { subscription, id in
      subscription.modifyDeadline(id, .seconds(seconds), at: call.now)
    }
  }

  /// All IDs are read before the first one is used. Expired ones are passed over, except with exactly-once delivery.
  private static func withAckIDs(
    _ state: EmulatorState, _ call: Call, _ use: (SubscriptionState, AckID) -> Bool
  ) throws(Refusal) -> Answer {
    let subscription = try call.subscription(in: state, inFull: true)
    let texts = call.body["ackIds"]?.array?.compactMap(\.string) ?? []
    guard !texts.isEmpty else { throw .noAckIDs }
    var ids: [AckID] = []
    for text in texts {
      guard let id = AckID(text) else { throw .badAckID(text) }
      guard id.incarnation == subscription.incarnation else { throw .foreignAckID(subscription.name) }
      ids.append(id)
    }
    subscription.settle(at: call.now)
    subscription.touch(at: call.now)
    let used = ids.filter { use(subscription, $0) }
    state.pubsub.changed(subscription, at: call.now)
    guard used.count == ids.count || !subscription.settings.isExactlyOnce else { throw .expiredAckIDs }
    return .empty
  }

  /// To a time only: what was published before counts as acknowledged.
  @Sendable private static func seek(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let subscription = try call.subscription(in: state)
    guard call.body["snapshot"] == nil else { throw .snapshots }
    guard let time = call.body["time"]?.string.flatMap({ Timestamp($0) }).map(Moment.init) else {
      throw .invalidArgument
    }
    let keepsAcknowledged = subscription.settings.resource["retainAckedMessages"] == true
    guard time >= call.now || !keepsAcknowledged else { throw .unavailable("Replays of acknowledged messages") }
    subscription.discard { $0.published < time }
    _ = changed(subscription, state, call)
    return .empty
  }
}

extension Call {
  fileprivate func subscriptionName() throws(Refusal) -> SubscriptionName {
    let (project, id) = (try project(), variable("subscription"))
    do { return try SubscriptionName(project: project, id: id) } catch {
      throw .pubsubName("projects/\(project)/subscriptions/\(id)")
    }
  }

  fileprivate func subscription(
    in state: EmulatorState, inFull: Bool = false
  ) throws(Refusal) -> SubscriptionState {
    let name = try subscriptionName()
    guard let subscription = state.pubsub.subscription(name) else {
      throw .pubsubAbsent(inFull ? name.description : name.id)
    }
    return subscription
  }
}
