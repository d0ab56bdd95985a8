// Pub/Sub without sockets and without a clock, as `Bench` does it for tasks.

import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

extension Bench {
  static let topics = "/v1/projects/acme/topics"
  static let subscriptions = "/v1/projects/acme/subscriptions"
  static let topic = topics + "/orders"
  static let subscription = subscriptions + "/mail"

  /// With the topic `orders` and a subscription `mail`.
  static func withSubscription(_ members: JSON = [:]) throws -> Bench {
    let bench = Bench()
    try bench.ok("PUT", topic)
    try bench.subscribe("mail", members)
    return bench
  }

  static let push: JSON = ["pushConfig": ["pushEndpoint": "http://worker.test/push"]]

  @discardableResult func subscribe(_ id: String, _ members: JSON = [:]) throws -> JSON {
    var object = members.object ?? [:]
    if object["topic"] == nil { object["topic"] = "projects/acme/topics/orders" }
    return try ok("PUT", Self.subscriptions + "/" + id, .object(object))
  }

  /// Publishes one message whose data is `text`.
  @discardableResult func publish(
    _ text: String, attributes: JSON = [:], key: String = "", to topic: String = Bench.topic
  ) throws -> String {
    var message: JSONObject = ["data": .string(Data(text.utf8).base64EncodedString())]
    if attributes != [:] { message["attributes"] = attributes }
    if !key.isEmpty { message["orderingKey"] = .string(key) }
    let answer = try ok("POST", topic + ":publish", ["messages": [.object(message)]])
    return try #require(answer["messageIds"]?[0]?.string)
  }

  /// A message as a subscriber got it.
  struct Pulled {
    let text: String
    let ackID: String
    let attempt: Int?
    let attributes: JSON
  }

  func pull(_ limit: Int = 10, from subscription: String = Bench.subscription) throws -> [Pulled] {
    let answer = try ok("POST", subscription + ":pull", ["maxMessages": .integer(limit), "returnImmediately": true])
    return try (answer["receivedMessages"]?.array ?? []).map { received in
      Pulled(
        text: String(decoding: decodeBase64(received["message"]?["data"]?.string ?? "") ?? Data(), as: UTF8.self),
        ackID: try #require(received["ackId"]?.string), attempt: received["deliveryAttempt"]?.int,
        attributes: received["message"]?["attributes"] ?? [:])
    }
  }

  func texts(from subscription: String = Bench.subscription) throws -> [String] {
    try pull(from: subscription).map(\.text)
  }

  func acknowledge(_ messages: Pulled...) throws {
    try ok("POST", Self.subscription + ":acknowledge", ["ackIds": .array(messages.map { .string($0.ackID) })])
  }

  /// Zero is a negative acknowledgement.
  func modifyDeadline(_ message: Pulled, _ seconds: Int) throws {
    try ok(
      "POST", Self.subscription + ":modifyAckDeadline",
      ["ackIds": [.string(message.ackID)], "ackDeadlineSeconds": .integer(seconds)])
  }
}
