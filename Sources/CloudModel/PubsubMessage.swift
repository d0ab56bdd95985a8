// A Pub/Sub message (pubsub v1 `PubsubMessage`, `ReceivedMessage`).

import Foundation

/// A message of a topic. Fields that this program does not know are kept in `unknown` and printed again.
package struct PubsubMessage: Equatable, Sendable {
  /// As it is on the wire: base64, perhaps of the URL alphabet.
  package var encodedData = ""
  package var attributes: [Header] = []
  /// Set by the service.
  package var id = ""
  /// Set by the service.
  package var publishTime: Timestamp?
  package var orderingKey = ""
  package var unknown = JSONObject()

  package init(data: Data = Data(), attributes: [Header] = [], orderingKey: String = "") {
    encodedData = data.base64EncodedString()
    (self.attributes, self.orderingKey) = (attributes, orderingKey)
  }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "data": encodedData = try reader.string()
      case "attributes": attributes = try reader.pairs()
      case "messageId": id = try reader.string()
      case "publishTime": publishTime = try reader.timestamp()
      case "orderingKey": orderingKey = try reader.string()
      default: unknown[key] = try reader.value()
      }
    }
  }

  /// What the message carries; nil where it is not base64.
  package var data: Data? { decodeBase64(encodedData) }

  /// The resource as the REST API spells it.
  package var json: JSON {
    var object = JSONObject()
    if !encodedData.isEmpty { object["data"] = .string(encodedData) }
    if !attributes.isEmpty { object["attributes"] = pairsJSON(attributes) }
    if !id.isEmpty { object["messageId"] = .string(id) }
    object["publishTime"] = publishTime.map { .string($0.description) }
    if !orderingKey.isEmpty { object["orderingKey"] = .string(orderingKey) }
    object.merge(unknown)
    return .object(object)
  }
}

/// A message as a pull hands it out.
package struct ReceivedMessage: Equatable, Sendable {
  /// What acknowledges this delivery.
  package var ackID = ""
  package var message = PubsubMessage()
  /// Counted only where the subscription has a dead-letter policy; nil elsewhere.
  package var deliveryAttempt: Int?

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "ackId": ackID = try reader.string()
      case "message": message = try PubsubMessage(&reader)
      case "deliveryAttempt": deliveryAttempt = try reader.integer()
      default: try reader.skip()
      }
    }
  }

  package var json: JSON {
    var object: JSONObject = ["ackId": .string(ackID), "message": message.json]
    object["deliveryAttempt"] = deliveryAttempt.map(JSON.integer)
    return .object(object)
  }
}
