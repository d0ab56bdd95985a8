// The words of Pub/Sub. Where google-apis.md section 1.6 has both the real
// service's and Google's own emulator's, they are the real service's; messages
// known only from Google's emulator, and our own, are marked.

import CloudModel

extension Refusal {
  /// `resource` is a topic's or subscription's ID; pull and acknowledge give the full name (googleapis/java-pubsub#81).
  static func pubsubAbsent(_ resource: String) -> Refusal {
    Refusal(status: .notFound, message: "Resource not found (resource=\(resource)).")
  }

  static func pubsubExists(_ id: String) -> Refusal {
    Refusal(status: .alreadyExists, message: "Resource already exists in the project (resource=\(id)).")
  }

  static func pubsubName(_ name: String) -> Refusal {
    invalid(
      "Invalid resource name given (name=\(name)). "
        + "Refer to https://cloud.google.com/pubsub/docs/admin#resource_names for more information.")
  }

  static func pubsubProject(_ project: String) -> Refusal {
    Refusal(
      status: .notFound, message: "Requested project not found or user does not have access to it (project=\(project))."
    )
  }

  /// googleapis/google-cloud-python#1062.
  static let noAckIDs = invalid("No ack ids specified.")
  /// Of a subscription with exactly-once delivery, where an expired ID is an error (googleapis/nodejs-pubsub#1951).
  static let expiredAckIDs = invalid(
    "Some acknowledgement ids in the request were invalid. This could be because the acknowledgement ids have expired "
      + "or the acknowledgement ids were malformed.")

  /// GoogleCloudPlatform/spring-cloud-gcp#2606.
  static func foreignAckID(_ subscription: SubscriptionName) -> Refusal {
    invalid("You have passed a subscription that does not belong to the given ack ID (resource=\(subscription)).")
  }

  // Google's emulator.
  static func badAckID(_ id: String) -> Refusal { invalid("Invalid ack id (ack_id=\(id))") }
  static let noMessages = invalid("No messages to publish")
  static let emptyMessages = invalid("Some messages are empty")
  static let noMaxMessages = invalid("No max_messages specified")
  static func noPubsubMask(_ request: String) -> Refusal {
    invalid("The update_mask in the \(request) must be set, and must contain a non-empty paths list.")
  }

  // Our words for rules of the discovery document and of the quotas
  // (https://cloud.google.com/pubsub/quotas#resource_limits).
  static let mixedOrderingKeys = invalid("All messages of a publish request must have the same ordering key.")
  static let detached = Refusal(
    status: .failedPrecondition, message: "The subscription is detached from its topic: there is nothing to pull.")
  static let pullOfPush = Refusal(
    status: .failedPrecondition, message: "This method is not supported for this subscription type.")
  static func backlogFull(bytes: Int) -> Refusal {
    Refusal(
      status: .resourceExhausted,
      message: "This emulator holds \(bytes >> 20) MiB of unacknowledged messages already. "
        + "Acknowledge some of them, or seek or delete the subscriptions that keep them.")
  }
  static let snapshots = unavailable("Snapshots")
  static let schemas = unavailable("Schemas")
  static func unavailable(_ what: String) -> Refusal {
    Refusal(status: .unimplemented, message: "\(what) are not available here: this emulator does not have them.")
  }
  static func notUpdatable(_ field: String) -> Refusal {
    invalid("The field \"\(field)\" of a subscription cannot be changed after its creation.")
  }
  static func badFilter(_ reason: String, at column: Int) -> Refusal {
    invalid("Invalid filter: \(reason) at character \(column).")
  }
}
