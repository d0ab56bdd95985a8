// Pub/Sub calls on a real socket against a scripted server.

import CloudModel
import Foundation
import TestSupport
import Testing

@testable import CloudAPI

@Suite struct PubsubClientTests {
  private let topic: TopicName
  private let name: SubscriptionName

  init() throws {
    topic = try TopicName(project: "p", id: "orders")
    name = try SubscriptionName(project: "p", id: "shop--Reader")
  }

  @Test func `each call on a topic has its method, path and body`() async throws {
    let server = try TestServer { request in
      request.target.hasSuffix(":publish")
        ? .answer(200, #"{"messageIds":["7","8"]}"#) : .answer(200, #"{"name":"projects/p/topics/orders"}"#)
    }
    let client = try pubsubClient(server)
    _ = try await client.create(Topic(name: topic))
    #expect(try await client.topic(topic).name == topic)
    let message = PubsubMessage(
      data: Data("{}".utf8), attributes: [Header("origin", "web")], orderingKey: "customer-1")
    #expect(try await client.publish([message, PubsubMessage(data: Data("x".utf8))], to: topic) == ["7", "8"])
    try await client.delete(topic)
    #expect(
      seen(server) == [
        "PUT /v1/projects/p/topics/orders {}", "GET /v1/projects/p/topics/orders",
        "POST /v1/projects/p/topics/orders:publish"
          + #" {"messages":[{"data":"e30=","attributes":{"origin":"web"},"orderingKey":"customer-1"},{"data":"eA=="}]}"#,
        "DELETE /v1/projects/p/topics/orders",
      ])
  }

  @Test func `a change of a subscription carries its mask in the body`() async throws {
    let server = try TestServer { _ in .answer(200, #"{"name":"\#(name)","topic":"\#(topic)"}"#) }
    let client = try pubsubClient(server)
    var subscription = Subscription(name: name)
    subscription.topic = topic.description
    subscription.ackDeadlineSeconds = 30
    _ = try await client.create(subscription)
    #expect(try await client.update(subscription, mask: ["ackDeadlineSeconds", "filter"]).name == name)
    let path = "/v1/projects/p/subscriptions/shop--Reader"
    #expect(
      seen(server) == [
        #"PUT \#(path) {"topic":"\#(topic)","ackDeadlineSeconds":30}"#,
        #"PATCH \#(path) {"subscription":{"name":"\#(name)","topic":"\#(topic)","ackDeadlineSeconds":30},"#
          + #""updateMask":"ackDeadlineSeconds,filter"}"#,
      ])
  }

  @Test func `pulled messages keep what they carried, and are acknowledged by their deliveries`() async throws {
    let server = try TestServer { request in
      guard request.target.hasSuffix(":pull") else { return .answer(200, "{}") }
      return .answer(
        200,
        #"{"receivedMessages":[{"ackId":"a1","message":{"data":"eyJhIjoxfQ","attributes":{"k":"v"},"messageId":"3","#
          + #""publishTime":"2026-11-21T10:00:00Z","orderingKey":"o"},"deliveryAttempt":2},{"ackId":"a2"}]}"#)
    }
    let client = try pubsubClient(server)
    let messages = try await client.pull(name, atMost: 5, waits: false)
    #expect(messages.map(\.ackID) == ["a1", "a2"])
    #expect(messages[0].deliveryAttempt == 2)
    // proto3 JSON: a reader accepts base64 without padding.
    #expect(messages[0].message.data == Data(#"{"a":1}"#.utf8))
    #expect(messages[0].message.attributes == [Header("k", "v")])
    try await client.acknowledge(["a1"], of: name)
    try await client.modifyAckDeadline(["a2"], to: 0, of: name)
    #expect(
      server.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
        #"{"maxMessages":5,"returnImmediately":true}"#, #"{"ackIds":["a1"]}"#,
        #"{"ackIds":["a2"],"ackDeadlineSeconds":0}"#,
      ])
  }

  @Test func `a publish whose answer was lost is not sent again`() async throws {
    let server = try TestServer { _ in .answer(503, #"{"error":{"code":503,"status":"UNAVAILABLE","message":"busy"}}"#)
    }
    let client = try pubsubClient(server)
    await #expect(throws: APIError.self) { try await client.publish([PubsubMessage(data: Data("x".utf8))], to: topic) }
    #expect(server.requests.count == 1)
  }
}
