// Pub/Sub as the operations know it.

import CloudAPI
import CloudModel
import Foundation
import Operations

/// The client as a port.
struct CloudSubscriptionService: SubscriptionService {
  let client: PubsubClient
  /// Asked at every change: it refuses where the context is read-only.
  let readOnly: ReadOnlySwitch

  var refusalOfChanges: APIError? { refusal(of: "") }

  func topics(in project: String) async throws(APIError) -> [Topic] { try await client.topicPages(in: project).all() }
  func topic(_ name: TopicName) async throws(APIError) -> Topic { try await client.topic(name) }
  func subscriptions(in project: String) async throws(APIError) -> [Subscription] {
    try await client.subscriptionPages(in: project).all()
  }
  func subscription(_ name: SubscriptionName) async throws(APIError) -> Subscription {
    try await client.subscription(name)
  }

  func create(_ topic: Topic) async throws(APIError) {
    try check(topic.name.description)
    _ = try await client.create(topic)
  }
  func delete(_ name: TopicName) async throws(APIError) {
    try check(name.description)
    try await client.delete(name)
  }
  func create(_ subscription: Subscription) async throws(APIError) {
    try check(subscription.name.description)
    _ = try await client.create(subscription)
  }
  func update(_ subscription: Subscription, mask: [String]) async throws(APIError) {
    try check(subscription.name.description)
    _ = try await client.update(subscription, mask: mask)
  }
  func delete(_ name: SubscriptionName) async throws(APIError) {
    try check(name.description)
    try await client.delete(name)
  }

  private func check(_ resource: String) throws(APIError) {
    if let refusal = refusal(of: resource) { throw refusal }
  }

  private func refusal(of resource: String) -> APIError? {
    guard readOnly.isOn else { return nil }
    return .readOnly(resource: resource, endpoint: client.endpoint, source: readOnly.source)
  }
}

extension Wiring {
  /// Pub/Sub behind the switch. Nothing is sent and no journal is opened.
  ///
  /// - Throws: `Exit` when its endpoint cannot be used, or needs credentials that are not there.
  func subscriptions(_ readOnly: ReadOnlySwitch? = nil) throws(Exit) -> CloudSubscriptionService {
    CloudSubscriptionService(client: try pubsub, readOnly: readOnly ?? ReadOnlySwitch(context.readOnly))
  }
}
