// Cloud Pub/Sub v1, one method for each remote call, written from Google's discovery
// document. Topics and subscriptions live in a project, not in a location.

import CloudModel
import CloudREST
import Foundation

/// Cloud Pub/Sub at one endpoint.
package struct PubsubClient: Sendable {
  package static let defaultEndpoint = "https://pubsub.googleapis.com"

  /// The most that one page of topics or subscriptions holds, and the most messages of one publish or pull.
  package static let largestPage = 1000

  /// pubsub_grpc_service_config.json: what may be done twice, for up to 60 s.
  static let read = RetryPolicy(maximum: .seconds(60), total: .seconds(60), attempt: .seconds(20), isIdempotent: true)
  /// Google's clients publish again after a lost answer and so may publish twice. A person who publishes by hand is told
  /// instead.
  static let change = RetryPolicy(
    maximum: .seconds(60), total: .seconds(60), attempt: .seconds(60), isIdempotent: false)
  /// A pull waits at the service until there is a message, for a minute or more.
  static let pull = RetryPolicy(
    maximum: .seconds(60), total: .seconds(120), attempt: .seconds(120), isIdempotent: false)

  private let rest: RESTClient

  package init(_ rest: RESTClient) {
    self.rest = rest
  }

  package var endpoint: String { rest.endpoint.base }
}

// MARK: - Topics

extension PubsubClient {
  /// `GET /v1/projects/{project}/topics`.
  package func topicPages(in project: String) -> APIPages<Topic> {
    rest.pages(of: list("topics", of: project), under: "topics") { reader throws(JSONError) in try Topic(&reader) }
  }

  /// `GET /v1/{topic}`.
  package func topic(_ name: TopicName) async throws(APIError) -> Topic {
    try await topic(call("GET", name.description, as: "topic", retry: Self.read))
  }

  /// `PUT /v1/{topic}`. It creates and never changes: a topic that is there is ALREADY_EXISTS.
  package func create(_ topic: Topic) async throws(APIError) -> Topic {
    var call = call("PUT", topic.name.description, as: "name", retry: Self.change)
    call.body = withoutFields(["name", "state"], topic.json)
    return try await self.topic(call)
  }

  /// `DELETE /v1/{topic}`. Its subscriptions stay, with `_deleted-topic_`.
  package func delete(_ name: TopicName) async throws(APIError) {
    try await rest.done(call("DELETE", name.description, as: "topic", retry: Self.read))
  }

  /// `GET /v1/{topic}/subscriptions`: full names.
  package func subscriptionNames(of topic: TopicName) async throws(APIError) -> [String] {
    var call = call("GET", "\(topic)/subscriptions", as: "topic", retry: Self.read)
    call.query = [("pageSize", String(Self.largestPage))]
    return try await rest.pages(of: call, under: "subscriptions") { reader throws(JSONError) in try reader.string() }
      .all()
  }

  /// `POST /v1/{topic}:publish`: the IDs the service gave, in the order of the messages.
  package func publish(_ messages: [PubsubMessage], to topic: TopicName) async throws(APIError) -> [String] {
    var call = call("POST", topic.description, verb: ":publish", as: "topic", retry: Self.change)
    call.body = JSON.object(["messages": .array(messages.map(\.json))]).data
    return try await rest.resource(call) { reader throws(JSONError) in
      var ids: [String] = []
      try reader.fields { key, reader throws(JSONError) in
        guard key == "messageIds" else { return try reader.skip() }
        try reader.elements { reader throws(JSONError) in ids.append(try reader.string()) }
      }
      return ids
    }
  }

  private func topic(_ call: RESTCall) async throws(APIError) -> Topic {
    try await rest.resource(call) { reader throws(JSONError) in try Topic(&reader) }
  }
}

// MARK: - Subscriptions

extension PubsubClient {
  /// `GET /v1/projects/{project}/subscriptions`.
  package func subscriptionPages(in project: String) -> APIPages<Subscription> {
    rest.pages(of: list("subscriptions", of: project), under: "subscriptions") { reader throws(JSONError) in
      try Subscription(&reader)
    }
  }

  /// `GET /v1/{subscription}`.
  package func subscription(_ name: SubscriptionName) async throws(APIError) -> Subscription {
    try await subscription(call("GET", name.description, as: "subscription", retry: Self.read))
  }

  /// `PUT /v1/{subscription}`. It creates and never changes: a subscription that is there is ALREADY_EXISTS.
  package func create(_ subscription: Subscription) async throws(APIError) -> Subscription {
    var call = call("PUT", subscription.name.description, as: "name", retry: Self.change)
    call.body = withoutFields(["name", "state"], subscription.json)
    return try await self.subscription(call)
  }

  /// `PATCH /v1/{subscription}`: changes only the fields that the mask names. Here the mask travels in the body.
  package func update(_ subscription: Subscription, mask: [String]) async throws(APIError) -> Subscription {
    var call = call("PATCH", subscription.name.description, as: "subscription.name", retry: Self.change)
    var resource = subscription.json.object ?? [:]
    resource["state"] = nil
    let body: JSONObject = ["subscription": .object(resource), "updateMask": .string(mask.joined(separator: ","))]
    call.body = JSON.object(body).data
    return try await self.subscription(call)
  }

  /// `DELETE /v1/{subscription}`, with the messages that nobody acknowledged.
  package func delete(_ name: SubscriptionName) async throws(APIError) {
    try await rest.done(call("DELETE", name.description, as: "subscription", retry: Self.read))
  }

  /// `POST /v1/{subscription}:pull`: at most so many messages, perhaps none.
  ///
  /// - Parameter waits: whether the service waits for a message when there is none.
  package func pull(
    _ name: SubscriptionName, atMost count: Int, waits: Bool = true
  ) async throws(APIError) -> [ReceivedMessage] {
    var call = call("POST", name.description, verb: ":pull", as: "subscription", retry: Self.pull)
    var body: JSONObject = ["maxMessages": .integer(count)]
    if !waits { body["returnImmediately"] = true }
    call.body = JSON.object(body).data
    return try await rest.resource(call) { reader throws(JSONError) in
      try readPage(&reader, under: "receivedMessages") { reader throws(JSONError) in try ReceivedMessage(&reader) }
        .items
    }
  }

  /// `POST /v1/{subscription}:acknowledge`.
  package func acknowledge(_ ackIDs: [String], of name: SubscriptionName) async throws(APIError) {
    var call = call("POST", name.description, verb: ":acknowledge", as: "subscription", retry: Self.read)
    call.body = JSON.object(["ackIds": .array(ackIDs.map(JSON.string))]).data
    try await rest.done(call)
  }

  /// `POST /v1/{subscription}:modifyAckDeadline`; 0 hands the messages out again at once.
  package func modifyAckDeadline(
    _ ackIDs: [String], to seconds: Int, of name: SubscriptionName
  ) async throws(APIError) {
    var call = call("POST", name.description, verb: ":modifyAckDeadline", as: "subscription", retry: Self.read)
    let body: JSONObject = ["ackIds": .array(ackIDs.map(JSON.string)), "ackDeadlineSeconds": .integer(seconds)]
    call.body = JSON.object(body).data
    try await rest.done(call)
  }

  private func subscription(_ call: RESTCall) async throws(APIError) -> Subscription {
    try await rest.resource(call) { reader throws(JSONError) in try Subscription(&reader) }
  }
}

// MARK: - Shapes

extension PubsubClient {
  private func list(_ collection: String, of project: String) -> RESTCall {
    RESTCall(
      "GET", "/v1/projects/\(project)/\(collection)", query: [("pageSize", String(Self.largestPage))],
      retry: Self.read, resource: "projects/\(project)", routing: [("project", "projects/\(project)")])
  }

  private func call(
    _ method: String, _ name: String, verb: String = "", as parameter: String, retry: RetryPolicy
  ) -> RESTCall {
    let resource = name.split(separator: "/").prefix(4).joined(separator: "/")
    return RESTCall(
      method, "/v1/\(name)\(verb)", retry: retry, resource: resource, routing: [(parameter, resource)])
  }
}
