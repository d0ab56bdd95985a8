// A message as it was published. All subscriptions that hold it share one copy,
// and the meter knows how much is held in all.

import CloudModel
import Foundation

/// A published message.
final class PublishedMessage {
  let number: Int64
  let data: Data
  let attributes: JSONObject
  let orderingKey: String
  let published: Moment
  /// How many subscriptions hold it.
  fileprivate var holders = 0

  /// `body` is a PubsubMessage of a request: "messageId ... must not be populated by the publisher", so it is not read.
  init(number: Int64, _ body: JSONObject, published: Moment) {
    self.number = number
    self.published = published
    data = body["data"]?.string.flatMap(decodeBase64) ?? Data()
    attributes = body["attributes"]?.object ?? [:]
    orderingKey = body["orderingKey"]?.string ?? ""
  }

  init(number: Int64, copy: PublishedMessage, attributes: JSONObject, published: Moment) {
    (self.number, self.attributes, self.published) = (number, attributes, published)
    (data, orderingKey) = (copy.data, copy.orderingKey)
  }

  var id: String { String(number) }

  // MARK: The data file

  var key: RecordKey { RecordKey(number: number) }

  var record: [UInt8] {
    var record = RecordWriter()
    record.add(published)
    record.add(orderingKey)
    record.add(JSON.object(attributes).compact)
    record.add(Array(data))
    return record.bytes
  }

  init(number: Int64, record bytes: [UInt8]) throws {
    var record = RecordReader(bytes)
    self.number = number
    published = try record.moment()
    orderingKey = try record.text()
    attributes = try JSON(parsing: try record.text()).object ?? [:]
    data = Data(try record.content())
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

/// Counts the bytes of all messages that any subscription holds, and keeps those in the data file.
final class BacklogMeter {
  private(set) var bytes = 0
  private let ledger: Ledger

  init(ledger: Ledger) { self.ledger = ledger }

  /// A message that was read from the data file is there already.
  func hold(_ message: PublishedMessage, isRecorded: Bool = false) {
    if message.holders == 0 {
      bytes += message.size
      if !isRecorded { ledger.put(.message, message.key, message.record) }
    }
    message.holders += 1
  }

  func release(_ message: PublishedMessage) {
    message.holders -= 1
    if message.holders == 0 {
      bytes -= message.size
      ledger.remove(.message, message.key)
    }
  }
}
