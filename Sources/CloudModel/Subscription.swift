// A Pub/Sub subscription (pubsub v1 `Subscription`).

import Foundation

/// Where and how messages are pushed.
package struct PushConfig: Equatable, Sendable {
  /// Empty for a pull subscription.
  package var endpoint = ""
  package var attributes: [Header] = []
  package var authorization: Authorization?
  /// The message's data is the body itself; nil when it is wrapped in JSON.
  package var noWrapper: NoWrapper?
  package var unknown = JSONObject()

  package struct NoWrapper: Equatable, Sendable {
    /// Metadata and attributes go into headers.
    package var writesMetadata = false

    package init(writesMetadata: Bool = false) { self.writesMetadata = writesMetadata }
  }

  package init() {}

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "pushEndpoint": endpoint = try reader.string()
      case "attributes": attributes = try reader.pairs()
      case "oidcToken": authorization = try Self.token(&reader)
      case "noWrapper":
        var writes = false
        try reader.fields { key, reader throws(JSONError) in
          if key == "writeMetadata" { writes = try reader.bool() } else { try reader.skip() }
        }
        noWrapper = NoWrapper(writesMetadata: writes)
      default: unknown[key] = try reader.value()
      }
    }
  }

  private static func token(_ reader: inout JSONReader) throws(JSONError) -> Authorization {
    var (account, audience): (String, String?) = ("", nil)
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "serviceAccountEmail": account = try reader.string()
      case "audience": audience = try reader.string()
      default: try reader.skip()
      }
    }
    return .oidc(serviceAccountEmail: account, audience: audience)
  }

  package var json: JSON {
    var object = JSONObject()
    if !endpoint.isEmpty { object["pushEndpoint"] = .string(endpoint) }
    if !attributes.isEmpty { object["attributes"] = pairsJSON(attributes) }
    if case .oidc(let account, let audience)? = authorization {
      var token: JSONObject = ["serviceAccountEmail": .string(account)]
      token["audience"] = audience.map(JSON.string)
      object["oidcToken"] = .object(token)
    }
    if let noWrapper { object["noWrapper"] = noWrapper.writesMetadata ? ["writeMetadata": true] : [:] }
    object.merge(unknown)
    return .object(object)
  }
}

/// Where messages go that could not be delivered.
package struct DeadLetterPolicy: Equatable, Sendable {
  /// In full; text, because it may be a name that this program does not understand.
  package var topic = ""
  package var maxDeliveryAttempts = 0

  package init(topic: String, maxDeliveryAttempts: Int) {
    (self.topic, self.maxDeliveryAttempts) = (topic, maxDeliveryAttempts)
  }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "deadLetterTopic": topic = try reader.string()
      case "maxDeliveryAttempts": maxDeliveryAttempts = try reader.integer()
      default: try reader.skip()
      }
    }
  }

  package var json: JSON {
    var object = JSONObject()
    if !topic.isEmpty { object["deadLetterTopic"] = .string(topic) }
    if maxDeliveryAttempts != 0 { object["maxDeliveryAttempts"] = .integer(maxDeliveryAttempts) }
    return .object(object)
  }
}

/// The time between deliveries of one message.
package struct DeliveryRetryPolicy: Equatable, Sendable {
  package var minimumBackoff: Duration?
  package var maximumBackoff: Duration?

  package init(minimumBackoff: Duration? = nil, maximumBackoff: Duration? = nil) {
    (self.minimumBackoff, self.maximumBackoff) = (minimumBackoff, maximumBackoff)
  }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "minimumBackoff": minimumBackoff = try reader.duration()
      case "maximumBackoff": maximumBackoff = try reader.duration()
      default: try reader.skip()
      }
    }
  }

  package var json: JSON {
    var object = JSONObject()
    object["minimumBackoff"] = minimumBackoff.map { .string($0.protobuf) }
    object["maximumBackoff"] = maximumBackoff.map { .string($0.protobuf) }
    return .object(object)
  }
}

/// When a subscription that nobody uses is deleted.
package enum ExpirationPolicy: Equatable, Sendable {
  case never
  case after(Duration)

  package init(_ reader: inout JSONReader) throws(JSONError) {
    var ttl: Duration?
    try reader.fields { key, reader throws(JSONError) in
      if key == "ttl" { ttl = try reader.duration() } else { try reader.skip() }
    }
    // "If `ttl` is not set, the associated resource never expires."
    self = ttl.map(ExpirationPolicy.after) ?? .never
  }

  package var json: JSON {
    switch self {
    case .never: [:]
    case .after(let duration): ["ttl": .string(duration.protobuf)]
    }
  }
}

/// A subscription. Fields that this program does not know are kept in `unknown` and printed again.
package struct Subscription: Equatable, Sendable {
  package var name: SubscriptionName
  /// In full, or `TopicName.deleted`.
  package var topic = ""
  package var pushConfig: PushConfig?
  package var ackDeadlineSeconds: Int?
  package var messageRetentionDuration: Duration?
  package var labels: [Header] = []
  package var filter = ""
  package var isOrdered = false
  package var isDetached = false
  package var isExactlyOnce = false
  package var expirationPolicy: ExpirationPolicy?
  package var deadLetterPolicy: DeadLetterPolicy?
  package var retryPolicy: DeliveryRetryPolicy?
  package var state: State?
  package var unknown = JSONObject()

  package init(name: SubscriptionName) { self.name = name }

  /// Whether messages are pushed to an endpoint.
  package var isPush: Bool { pushConfig?.endpoint.isEmpty == false }

  /// The class that the push endpoint names: its last path segment, as for tasks.
  package var taskClass: String? { isPush ? pushConfig.flatMap { taskClassName(url: $0.endpoint) } : nil }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    var name: SubscriptionName?
    var subscription = Subscription(name: SubscriptionName(uncheckedProject: "-", id: "-"))
    try reader.fields { key, reader throws(JSONError) in
      if key == "name" {
        name = try reader.name { text throws(NameError) in try SubscriptionName(text) }
      } else {
        try subscription.read(key, &reader)
      }
    }
    guard let name else { throw reader.failure("a subscription without a name") }
    subscription.name = name
    self = subscription
  }

  private mutating func read(_ key: String, _ reader: inout JSONReader) throws(JSONError) {
    switch key {
    case "topic": topic = try reader.string()
    case "pushConfig": pushConfig = try PushConfig(&reader)
    case "ackDeadlineSeconds": ackDeadlineSeconds = try reader.integer()
    case "messageRetentionDuration": messageRetentionDuration = try reader.duration()
    case "labels": labels = try reader.pairs()
    case "filter": filter = try reader.string()
    case "enableMessageOrdering": isOrdered = try reader.bool()
    case "detached": isDetached = try reader.bool()
    case "enableExactlyOnceDelivery": isExactlyOnce = try reader.bool()
    case "expirationPolicy": expirationPolicy = try ExpirationPolicy(&reader)
    case "deadLetterPolicy": deadLetterPolicy = try DeadLetterPolicy(&reader)
    case "retryPolicy": retryPolicy = try DeliveryRetryPolicy(&reader)
    case "state": state = State(rawValue: try reader.enumeration(State.subscriptionNames))
    default: unknown[key] = try reader.value()
    }
  }

  /// The resource as the REST API spells it.
  package var json: JSON {
    var object: JSONObject = ["name": .string(name.description)]
    if !topic.isEmpty { object["topic"] = .string(topic) }
    object["pushConfig"] = pushConfig?.json
    object["ackDeadlineSeconds"] = ackDeadlineSeconds.map(JSON.integer)
    object["messageRetentionDuration"] = messageRetentionDuration.map { .string($0.protobuf) }
    if !labels.isEmpty { object["labels"] = pairsJSON(labels) }
    if isOrdered { object["enableMessageOrdering"] = true }
    object["expirationPolicy"] = expirationPolicy?.json
    if !filter.isEmpty { object["filter"] = .string(filter) }
    object["deadLetterPolicy"] = deadLetterPolicy?.json
    object["retryPolicy"] = retryPolicy?.json
    if isDetached { object["detached"] = true }
    if isExactlyOnce { object["enableExactlyOnceDelivery"] = true }
    object["state"] = state.map { .string($0.rawValue) }
    object.merge(unknown)
    return .object(object)
  }
}
