// A message as it was published. All subscriptions that hold it share one copy,
// and the meter knows how much is held in all.

import CloudModel
import Foundation

/// A published message.
final class PublishedMessage {
  let id: String
  let data: Data
  let attributes: JSONObject
  let orderingKey: String
  let published: Moment
  /// How many subscriptions hold it.
  fileprivate var holders = 0

  /// `body` is a PubsubMessage of a request: "messageId ... must not be populated by the publisher", so it is not read.
  init(id: String, _ body: JSONObject, published: Moment) {
    self.id = id
    self.published = published
    data = body["data"]?.string.flatMap(decodeBase64) ?? Data()
    attributes = body["attributes"]?.object ?? [:]
    orderingKey = body["orderingKey"]?.string ?? ""
  }

  init(id: String, copy: PublishedMessage, attributes: JSONObject, published: Moment) {
    (self.id, self.attributes, self.published) = (id, attributes, published)
    (data, orderingKey) = (copy.data, copy.orderingKey)
  }

  /// PubsubMessage as pull gives it: empty fields left out.
  var json: JSONObject {
    var object = JSONObject()
    if !data.isEmpty { object["data"] = .string(data.base64EncodedString()) }
    if !attributes.isEmpty { object["attributes"] = .object(attributes) }
    object["messageId"] = .string(id)
    object["publishTime"] = .string(published.text)
    if !orderingKey.isEmpty { object["orderingKey"] = .string(orderingKey) }
    return object
  }

  /// Roughly what it takes in memory.
  fileprivate var size: Int {
    data.count + orderingKey.utf8.count + 256
      + attributes.reduce(0) { $0 + $1.key.utf8.count + ($1.value.string ?? "").utf8.count + 64 }
  }
}

extension PublishedMessage {
  /// What is wrong with a message of a publish request (https://cloud.google.com/pubsub/quotas#resource_limits).
  static func check(_ body: JSONObject) throws(Refusal) {
    let attributes = body["attributes"]?.object ?? [:]
    // "The message must contain either a non-empty data field, or at least one attribute."
    guard !(body["data"]?.string ?? "").isEmpty || !attributes.isEmpty else { throw .emptyMessages }
    let fit = attributes.allSatisfy { key, value in
      (1...256).contains(key.utf8.count) && (value.string ?? "").utf8.count <= 1024 && !key.hasPrefix("goog")
    }
    // Our words.
    guard attributes.count <= 100, fit else {
      throw .invalid(
        "Invalid message attributes: there may be up to 100, with keys of up to 256 bytes that do not begin with goog "
          + "and values of up to 1024 bytes.")
    }
    guard (body["orderingKey"]?.string ?? "").utf8.count <= 1024 else {
      throw .invalid("Invalid ordering key: it may have up to 1024 bytes.")
    }
  }
}

/// Counts the bytes of all messages that any subscription holds.
final class BacklogMeter {
  private(set) var bytes = 0

  func hold(_ message: PublishedMessage) {
    if message.holders == 0 { bytes += message.size }
    message.holders += 1
  }

  func release(_ message: PublishedMessage) {
    message.holders -= 1
    if message.holders == 0 { bytes -= message.size }
  }
}
