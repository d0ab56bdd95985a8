// Two subscriptions, field by field, under the paths of the REST resource.

import CloudModel
import Foundation

/// Compares subscriptions as far as a client decides over them.
enum SubscriptionComparison {
  /// Fields that Pub/Sub never changes ("The subscription's filter cannot be updated"; UpdateSubscription names the
  /// topic and the ordering as fixed).
  static let fixed: Set<String> = ["topic", "filter"]

  /// What differs in meaning; a default that is written out is no difference.
  static func changes(_ before: Subscription, _ after: Subscription) -> [FieldChange] {
    var changes: [FieldChange] = []
    func compare(_ field: String, _ old: JSON?, _ new: JSON?) {
      if old != new { changes.append(FieldChange(field, old, new)) }
    }
    compare("topic", .string(before.topic), .string(after.topic))
    compare("filter", text(before.filter), text(after.filter))
    compare("pushConfig.pushEndpoint", text(before.endpoint), text(after.endpoint))
    let (old, new) = (token(before), token(after))
    if old == nil || new == nil {
      compare("pushConfig.oidcToken", old?.json, new?.json)
    } else {
      compare("pushConfig.oidcToken.serviceAccountEmail", text(old?.account ?? ""), text(new?.account ?? ""))
      compare("pushConfig.oidcToken.audience", text(old?.audience ?? ""), text(new?.audience ?? ""))
    }
    compareDeliveries(before, after, compare)
    return changes
  }

  private static func compareDeliveries(
    _ before: Subscription, _ after: Subscription, _ compare: (String, JSON?, JSON?) -> Void
  ) {
    let (old, new) = (before.retryPolicy, after.retryPolicy)
    compare("retryPolicy.minimumBackoff", minimum(old), minimum(new))
    compare("retryPolicy.maximumBackoff", maximum(old), maximum(new))
    compare(
      "deadLetterPolicy.deadLetterTopic", before.deadLetterPolicy.map { .string($0.topic) },
      after.deadLetterPolicy.map { .string($0.topic) })
    compare(
      "deadLetterPolicy.maxDeliveryAttempts", before.deadLetterPolicy.map(attempts),
      after.deadLetterPolicy.map(attempts))
    compare("expirationPolicy.ttl", expiration(before), expiration(after))
  }

  // MARK: Defaults (pubsub v1 discovery document)

  /// "Value should be between 0 and 600 seconds. Defaults to 10 seconds"; no policy is no wait at all.
  private static func minimum(_ policy: DeliveryRetryPolicy?) -> JSON? {
    policy.map { .string(($0.minimumBackoff ?? .seconds(10)).protobuf) }
  }

  /// "Defaults to 600 seconds".
  private static func maximum(_ policy: DeliveryRetryPolicy?) -> JSON? {
    policy.map { .string(($0.maximumBackoff ?? .seconds(600)).protobuf) }
  }

  /// "If this parameter is 0, a default value of 5 is used."
  private static func attempts(_ policy: DeadLetterPolicy) -> JSON {
    .integer(policy.maxDeliveryAttempts == 0 ? 5 : policy.maxDeliveryAttempts)
  }

  /// "If `expiration_policy` is not set, a *default policy* with `ttl` of 31 days will be used."
  private static func expiration(_ subscription: Subscription) -> JSON {
    switch subscription.expirationPolicy {
    case .never?: "never"
    case .after(let span)?: .string(span.protobuf)
    case nil: .string(Duration.seconds(31 * 86400).protobuf)
    }
  }

  // MARK: Push

  private struct Token: Equatable {
    var account: String
    var audience: String
    var json: JSON { ["serviceAccountEmail": .string(account), "audience": .string(audience)] }
  }

  /// "If not specified, the Push endpoint URL will be used" (`OidcToken.audience`).
  private static func token(_ subscription: Subscription) -> Token? {
    guard case .oidc(let account, let audience)? = subscription.pushConfig?.authorization else { return nil }
    return Token(account: account, audience: audience.flatMap { $0.isEmpty ? nil : $0 } ?? subscription.endpoint)
  }

  private static func text(_ text: String) -> JSON? { text.isEmpty ? nil : .string(text) }
}

extension Subscription {
  /// Empty for a pull subscription.
  package var endpoint: String { pushConfig?.endpoint ?? "" }

  /// Takes over what a definition decides, and keeps the rest as it is.
  func taking(_ changes: [FieldChange], from other: Subscription) -> Subscription {
    var taken = self
    for field in Set(changes.map { $0.field.split(separator: ".")[0] }) {
      switch field {
      case "topic": taken.topic = other.topic
      case "filter": taken.filter = other.filter
      case "pushConfig": taken.pushConfig = other.pushConfig?.keeping(pushConfig)
      case "retryPolicy": taken.retryPolicy = other.retryPolicy
      case "deadLetterPolicy": taken.deadLetterPolicy = other.deadLetterPolicy
      default: taken.expirationPolicy = other.expirationPolicy
      }
    }
    return taken
  }

  /// The fields of an update mask that make this subscription into the other one; top-level, as Pub/Sub replaces
  /// messages whole.
  package func mask(to other: Subscription) -> [String] {
    var fields: [String] = []
    for change in SubscriptionComparison.changes(self, other) {
      let field = String(change.field.split(separator: ".")[0])
      if !fields.contains(field) { fields.append(field) }
    }
    return fields
  }
}

extension PushConfig {
  /// With what the definition says nothing about.
  fileprivate func keeping(_ old: PushConfig?) -> PushConfig {
    var kept = self
    kept.attributes = old?.attributes ?? []
    kept.noWrapper = old?.noWrapper
    kept.unknown = old?.unknown ?? [:]
    return kept
  }
}
