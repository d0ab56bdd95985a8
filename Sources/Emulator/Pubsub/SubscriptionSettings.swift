// What a subscription was told, with the defaults and limits of
// discovery/pubsub.v1.json. As with queues, the resource stays JSON and what the
// delivery needs is beside it.

import CloudModel

/// The configuration of a subscription.
struct SubscriptionSettings {
  /// Canonical JSON without name, topic and output-only fields, defaults filled in.
  let resource: JSONObject
  let ackDeadline: Duration
  let retention: Duration
  /// nil for never.
  let expiration: Duration?
  let filter: PubsubFilter?
  let isOrdered: Bool
  let isExactlyOnce: Bool
  let deadLetter: DeadLetter?
  let backoff: Backoff?
  /// nil for a pull subscription.
  let push: Push?

  struct DeadLetter: Equatable {
    let topic: TopicName
    let attempts: Int
  }

  struct Backoff: Equatable {
    let minimum: Duration
    let maximum: Duration

    /// "Retry delay will be exponential based on provided minimum and maximum backoffs."
    func delay(afterFailure number: Int) -> Duration {
      min(maximum, minimum * Double(1 << min(max(0, number - 1), 20)))
    }
  }

  struct Push: Equatable {
    let endpoint: String
    let isWrapped: Bool
    let writesMetadata: Bool
  }

  init(_ wish: JSONObject) throws(Refusal) {
    try Self.refuseUnavailable(wish)
    var resource = wish
    for other in ["name", "topic", "detached", "topicMessageRetentionDuration", "state", "tags"] {
      resource[other] = nil
    }

    let seconds = wish["ackDeadlineSeconds"]?.int ?? 0
    // "If this parameter is 0, a default value of 10 seconds is used."
    try Self.check(seconds == 0 || (10...600).contains(seconds), "ackDeadlineSeconds", "10, 600")
    ackDeadline = .seconds(seconds == 0 ? 10 : seconds)
    resource["ackDeadlineSeconds"] = .integer(seconds == 0 ? 10 : seconds)

    retention = try Self.retention(wish) ?? .seconds(7 * 86400)
    resource["messageRetentionDuration"] = .string(retention.protobuf)
    (expiration, resource["expirationPolicy"]) = try Self.expiration(wish["expirationPolicy"])
    (deadLetter, resource["deadLetterPolicy"]) = try Self.deadLetter(wish["deadLetterPolicy"])
    (backoff, resource["retryPolicy"]) = try Self.backoff(wish["retryPolicy"])
    (push, resource["pushConfig"]) = try Self.push(wish["pushConfig"])

    let text = wish["filter"]?.string ?? ""
    filter = text.isEmpty ? nil : try PubsubFilter(text)
    isOrdered = wish["enableMessageOrdering"]?.bool ?? false
    isExactlyOnce = wish["enableExactlyOnceDelivery"]?.bool ?? false
    try checkLabels(wish["labels"])
    // proto3 JSON leaves out what is at its default.
    for flag in ["enableMessageOrdering", "enableExactlyOnceDelivery", "retainAckedMessages"] where wish[flag] == false
    {
      resource[flag] = nil
    }
    if text.isEmpty { resource["filter"] = nil }
    self.resource = resource
  }

  private static func refuseUnavailable(_ wish: JSONObject) throws(Refusal) {
    if wish["bigqueryConfig"] != nil { throw .unavailable("BigQuery subscriptions") }
    if wish["bigtableConfig"] != nil { throw .unavailable("Bigtable subscriptions") }
    if wish["cloudStorageConfig"] != nil { throw .unavailable("Cloud Storage subscriptions") }
    if wish["messageTransforms"]?.array?.isEmpty == false { throw .unavailable("Message transforms") }
  }

  private static func check(_ holds: Bool, _ field: String, _ range: String) throws(Refusal) {
    guard holds else { throw .outOfRange(field, range) }
  }

  /// "Cannot be more than 31 days or less than 10 minutes." Of topics too.
  static func retention(_ wish: JSONObject) throws(Refusal) -> Duration? {
    guard let duration = wish.duration("messageRetentionDuration") else { return nil }
    try check(
      duration >= .seconds(600) && duration <= .seconds(31 * 86400), "messageRetentionDuration", "600s, 2678400s")
    return duration
  }

  private static func expiration(_ wish: JSON?) throws(Refusal) -> (Duration?, JSON?) {
    // "If expiration_policy is not set, a default policy with ttl of 31 days will be used."
    guard let object = wish?.object else { return (.seconds(31 * 86400), ["ttl": "2678400s"]) }
    guard let ttl = object.duration("ttl") else { return (nil, [:]) }
    // "The minimum allowed value for expiration_policy.ttl is 1 day."; the end is that of durations in protobuf.
    try check(ttl >= .seconds(86400), "expirationPolicy.ttl", "86400s, 315576000000s")
    // Beyond a hundred years the moment would not fit, and nobody waits for it.
    return (min(ttl, .seconds(100 * 366 * 86400)), ["ttl": .string(ttl.protobuf)])
  }

  private static func deadLetter(_ wish: JSON?) throws(Refusal) -> (DeadLetter?, JSON?) {
    guard let object = wish?.object, let text = object["deadLetterTopic"]?.string, !text.isEmpty else {
      return (nil, nil)
    }
    let topic: TopicName
    do { topic = try TopicName(text) } catch { throw .pubsubName(text) }
    let attempts = object["maxDeliveryAttempts"]?.int ?? 0
    // "If this parameter is 0, a default value of 5 is used."
    try check(attempts == 0 || (5...100).contains(attempts), "deadLetterPolicy.maxDeliveryAttempts", "5, 100")
    let policy = DeadLetter(topic: topic, attempts: attempts == 0 ? 5 : attempts)
    return (policy, ["deadLetterTopic": .string(text), "maxDeliveryAttempts": .integer(policy.attempts)])
  }

  private static func backoff(_ wish: JSON?) throws(Refusal) -> (Backoff?, JSON?) {
    guard let object = wish?.object else { return (nil, nil) }
    // "Value should be between 0 and 600 seconds. Defaults to 10 seconds." and 600.
    let minimum = object.duration("minimumBackoff") ?? .seconds(10)
    let maximum = object.duration("maximumBackoff") ?? .seconds(600)
    try check(minimum >= .zero && minimum <= .seconds(600), "retryPolicy.minimumBackoff", "0s, 600s")
    try check(maximum >= minimum && maximum <= .seconds(600), "retryPolicy.maximumBackoff", "minimumBackoff, 600s")
    let json: JSON = ["minimumBackoff": .string(minimum.protobuf), "maximumBackoff": .string(maximum.protobuf)]
    return (Backoff(minimum: minimum, maximum: maximum), json)
  }

  private static func push(_ wish: JSON?) throws(Refusal) -> (Push?, JSON) {
    guard let object = wish?.object, let endpoint = object["pushEndpoint"]?.string, !endpoint.isEmpty else {
      return (nil, [:])
    }
    guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://"), endpoint.utf8.count <= 2083 else {
      // Our words. Production wants https; on loopback http is what there is.
      throw .invalid("Invalid push endpoint given (endpoint=\(endpoint)). It must begin with http:// or https://.")
    }
    let raw = object["noWrapper"]?.object
    let push = Push(
      endpoint: endpoint, isWrapped: raw == nil, writesMetadata: raw?["writeMetadata"]?.bool ?? false)
    return (push, .object(object))
  }
}

/// "Each resource can have up to 64 labels", keys and values of up to 63 characters.
func checkLabels(_ labels: JSON?) throws(Refusal) {
  let members = labels?.object ?? [:]
  let fit = members.allSatisfy { !$0.key.isEmpty && $0.key.count <= 63 && ($0.value.string ?? "").count <= 63 }
  guard members.count <= 64, fit else {
    // Our words.
    throw .invalid("Invalid labels: there may be up to 64, with keys and values of up to 63 characters.")
  }
}

extension JSONObject {
  /// A member that the decoder has checked to be a duration.
  fileprivate func duration(_ key: String) -> Duration? { self[key]?.string.flatMap { Duration(protobuf: $0) } }
}
