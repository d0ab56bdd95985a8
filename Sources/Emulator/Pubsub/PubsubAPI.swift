// Pub/Sub v1: topics, publishing, and what topics and subscriptions have in common.

import CloudModel

enum PubsubAPI {
  static let service = "pubsub.googleapis.com"
  static let largestPage = 1000
  /// https://cloud.google.com/pubsub/quotas#resource_limits
  private static let mostMessages = 1000

  static let methods = topicMethods + SubscriptionsAPI.methods + unavailable

  private static let topicMethods: [APIMethod] = {
    let root = "/v1/projects/{project}/topics"
    let one = root + "/{topic}"
    return [
      APIMethod("PUT", one, body: .topic, bodyField: "topic", create),
      APIMethod("GET", root, query: .page, list),
      APIMethod("GET", one) { state, call throws(Refusal) in answer(try call.topic(in: state), call) },
      APIMethod("PATCH", one, body: .updateTopic, patch),
      APIMethod("DELETE", one) { state, call throws(Refusal) in
        try state.pubsub.deleteTopic(try call.topicName())
        return .empty
      },
      APIMethod("POST", one + ":publish", body: .publish, publish),
      APIMethod("GET", one + "/subscriptions", query: .page, listSubscriptions),
      APIMethod("GET", one + "/snapshots", query: .page) { _, _ throws(Refusal) in throw .snapshots },
    ] + policies(one) { state, call throws(Refusal) in _ = try call.topic(in: state) }
  }()

  // MARK: Topics

  @Sendable private static func create(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let name = try call.topicName()
    try checkSameName(call.body, name.description)
    return answer(try state.pubsub.createTopic(name, try resource(call.body)), call)
  }

  private static func resource(_ wish: JSONObject) throws(Refusal) -> JSONObject {
    if wish["ingestionDataSourceSettings"] != nil { throw .unavailable("Ingestion topics") }
    if wish["schemaSettings"] != nil { throw .schemas }
    if wish["messageTransforms"]?.array?.isEmpty == false { throw .unavailable("Message transforms") }
    _ = try SubscriptionSettings.retention(wish)
    try checkLabels(wish["labels"])
    var resource = wish
    for other in ["name", "state", "satisfiesPzs", "messageTransforms", "tags"] { resource[other] = nil }
    if resource["labels"]?.object?.isEmpty == true { resource["labels"] = nil }
    return resource
  }

  @Sendable private static func patch(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let topic = try call.topic(in: state)
    let wish = call.body["topic"]?.object ?? [:]
    try checkSameName(wish, topic.name.description)
    let request = "UpdateTopicRequest"
    guard let mask = try FieldMask(call.body["updateMask"]?.string, of: .topic) else { throw .noPubsubMask(request) }
    state.pubsub.change(topic.name, try resource(mask.merge(wish, into: topic.resource)))
    return answer(try call.topic(in: state), call)
  }

  @Sendable private static func list(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let topics = state.pubsub.topics(in: try call.project())
    return try page(of: topics, "topics", call, name: { $0.name.description }, json: { .object(json($0)) })
  }

  @Sendable private static func listSubscriptions(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let names = state.pubsub.subscriptions(of: try call.topic(in: state)).map(\.description)
    return try page(of: names, "subscriptions", call, name: { $0 }, json: { .string($0) })
  }

  private static func answer(_ topic: TopicState, _ call: Call) -> Answer {
    .json(call.numericEnums ? withNumericEnums(.object(json(topic)), states: State.topicNames) : .object(json(topic)))
  }

  private static func json(_ topic: TopicState) -> JSONObject {
    var object: JSONObject = ["name": .string(topic.name.description)]
    object.merge(topic.resource)
    return object
  }

  // MARK: Publishing

  @Sendable private static func publish(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let name = try call.topicName()
    let messages = call.body["messages"]?.array?.compactMap(\.object) ?? []
    guard !messages.isEmpty else { throw .noMessages }
    guard messages.count <= mostMessages else {
      // Our words.
      throw .invalid("A publish request may hold up to \(mostMessages) messages, not \(messages.count).")
    }
    for message in messages { try PublishedMessage.check(message) }
    // "All PubsubMessages published in a given PublishRequest must specify the same ordering_key value."
    guard Set(messages.map { $0["orderingKey"]?.string ?? "" }).count == 1 else { throw .mixedOrderingKeys }
    let ids = try state.pubsub.publish(messages, to: name, at: call.now)
    return .json(["messageIds": .array(ids.map(JSON.string))])
  }

  // MARK: Shared with subscriptions

  /// A name in the body is optional, and has to be that of the path.
  static func checkSameName(_ body: JSONObject, _ name: String) throws(Refusal) {
    guard let text = body["name"]?.string, !text.isEmpty, text != name else { return }
    throw .pubsubName(text)
  }

  static func page<Item>(
    of items: [Item], _ member: String, _ call: Call, name: (Item) -> String, json: (Item) -> JSON
  ) throws(Refusal) -> Answer {
    let size = try call.pageSize(largest: largestPage)
    let token = try PageToken(call.query["pageToken"]?.string, at: call.now)
    let page = PageToken.page(of: items, after: token, size: size, at: call.now, id: name)
    var answer = JSONObject()
    if !page.items.isEmpty { answer[member] = .array(page.items.map(json)) }
    answer["nextPageToken"] = page.next.map(JSON.string)
    let states = State.subscriptionNames
    return .json(call.numericEnums ? withNumericEnums(.object(answer), states: states) : .object(answer))
  }

  /// Everybody may do everything here; a policy is taken, and the standard one given back.
  static func policies(
    _ one: String, exists: @escaping @Sendable (EmulatorState, Call) throws(Refusal) -> Void
  ) -> [APIMethod] {
    [
      APIMethod("GET", one + ":getIamPolicy", query: .pubsubPolicy) { state, call throws(Refusal) in
        try exists(state, call)
        return .json(["etag": "ACAB"])
      },
      APIMethod("POST", one + ":setIamPolicy", body: .setPolicy) { state, call throws(Refusal) in
        try exists(state, call)
        var policy = call.body["policy"]?.object ?? [:]
        policy["etag"] = "ACAB"
        return .json(.object(policy))
      },
      APIMethod("POST", one + ":testIamPermissions", body: .testPermissions) { _, call throws(Refusal) in
        guard let asked = call.body["permissions"] else { return .empty }
        return .json(["permissions": asked])
      },
    ]
  }

  // MARK: What is not here

  /// Schemas and snapshots: known paths with an answer that says so.
  private static let unavailable: [APIMethod] = {
    let snapshots = "/v1/projects/{project}/snapshots"
    let schemas = "/v1/projects/{project}/schemas"
    let verbs = [":commit", ":rollback", ":deleteRevision", ":listRevisions"]
    let iam = [("GET", ":getIamPolicy"), ("POST", ":setIamPolicy"), ("POST", ":testIamPermissions")]
    let one = ["GET", "PUT", "PATCH", "DELETE"].map { ($0, "/{id}") }
    let ofSnapshots = [("GET", "")] + one + iam.map { ($0.0, "/{id}" + $0.1) }
    let ofSchemas =
      [("GET", ""), ("POST", ""), ("POST", ":validate"), ("POST", ":validateMessage")] + one
      + verbs.flatMap { [("GET", "/{id}" + $0), ("POST", "/{id}" + $0), ("DELETE", "/{id}" + $0)] }
      + iam.map { ($0.0, "/{id}" + $0.1) }
    return ofSnapshots.map { refusing($0.0, snapshots + $0.1, .snapshots) }
      + ofSchemas.map { refusing($0.0, schemas + $0.1, .schemas) }
  }()

  private static func refusing(_ verb: String, _ path: String, _ refusal: Refusal) -> APIMethod {
    APIMethod(verb, path, query: .unavailable, body: .unavailable) { _, _ throws(Refusal) in throw refusal }
  }
}

extension Call {
  /// The project of the path.
  func project() throws(Refusal) -> String {
    let project = variable("project")
    do { _ = try LocationName(project: project, location: "-") } catch { throw .pubsubProject(project) }
    return project
  }

  func topicName() throws(Refusal) -> TopicName {
    let (project, id) = (try project(), variable("topic"))
    do { return try TopicName(project: project, id: id) } catch {
      throw .pubsubName("projects/\(project)/topics/\(id)")
    }
  }

  func topic(in state: EmulatorState) throws(Refusal) -> TopicState {
    let name = try topicName()
    guard let topic = state.pubsub.topic(name) else { throw .pubsubAbsent(name.id) }
    return topic
  }
}
