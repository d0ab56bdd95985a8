// A Pub/Sub topic (pubsub v1 `Topic`).

import Foundation

/// A topic. Fields that this program does not know are kept in `unknown` and printed again.
package struct Topic: Equatable, Sendable {
  package var name: TopicName
  package var labels: [Header] = []
  /// How long messages stay available to seeks; nil when the subscriptions decide.
  package var messageRetentionDuration: Duration?
  package var kmsKeyName = ""
  package var state: State?
  package var unknown = JSONObject()

  package init(name: TopicName) { self.name = name }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    var name: TopicName?
    var topic = Topic(name: TopicName(uncheckedProject: "-", id: "-"))
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "name": name = try reader.name { text throws(NameError) in try TopicName(text) }
      case "labels": topic.labels = try reader.pairs()
      case "messageRetentionDuration": topic.messageRetentionDuration = try reader.duration()
      case "kmsKeyName": topic.kmsKeyName = try reader.string()
      case "state": topic.state = State(rawValue: try reader.enumeration(State.topicNames))
      default: topic.unknown[key] = try reader.value()
      }
    }
    guard let name else { throw reader.failure("a topic without a name") }
    topic.name = name
    self = topic
  }

  /// The resource as the REST API spells it.
  package var json: JSON {
    var object: JSONObject = ["name": .string(name.description)]
    if !labels.isEmpty { object["labels"] = pairsJSON(labels) }
    object["messageRetentionDuration"] = messageRetentionDuration.map { .string($0.protobuf) }
    if !kmsKeyName.isEmpty { object["kmsKeyName"] = .string(kmsKeyName) }
    object["state"] = state.map { .string($0.rawValue) }
    object.merge(unknown)
    return .object(object)
  }
}

extension State {
  /// `Topic.State` in the order of its numbers.
  package static let topicNames = ["STATE_UNSPECIFIED", "ACTIVE", "INGESTION_RESOURCE_ERROR"]
  /// `Subscription.State` in the order of its numbers.
  package static let subscriptionNames = ["STATE_UNSPECIFIED", "ACTIVE", "RESOURCE_ERROR"]
}

extension JSONReader {
  /// A map from string to string, in the order it came.
  mutating func pairs() throws(JSONError) -> [Header] {
    var pairs: [Header] = []
    try fields { key, reader throws(JSONError) in pairs.append(Header(key, try reader.string())) }
    return pairs
  }
}

/// A map from string to string.
func pairsJSON(_ pairs: [Header]) -> JSON {
  .object(JSONObject(pairs.map { ($0.name, JSON.string($0.value)) }))
}
