// The messages that requests to Pub/Sub may hold, written from
// discovery/pubsub.v1.json. What this emulator cannot do is a known field all the
// same, so that it can be refused with a reason.

import CloudModel

extension Message {
  private static let pushConfig = Message([
    "pushEndpoint": .string, "attributes": .map,
    "oidcToken": .message(Message(["serviceAccountEmail": .string, "audience": .string])),
    "pubsubWrapper": .message(.empty), "noWrapper": .message(Message(["writeMetadata": .bool])),
  ])

  static let topic = Message([
    "name": .string, "labels": .map, "messageStoragePolicy": .message(storagePolicy), "kmsKeyName": .string,
    "schemaSettings": .anything, "satisfiesPzs": .bool, "messageRetentionDuration": .duration,
    "state": .enumeration("google.pubsub.v1.Topic.State", State.topicNames), "ingestionDataSourceSettings": .anything,
    "messageTransforms": .list(.anything), "tags": .map,
  ])

  private static let storagePolicy = Message([
    "allowedPersistenceRegions": .list(.string), "enforceInTransit": .bool,
  ])

  static let subscription = Message([
    "name": .string, "topic": .string, "pushConfig": .message(pushConfig), "bigqueryConfig": .anything,
    "cloudStorageConfig": .anything, "bigtableConfig": .anything, "ackDeadlineSeconds": .int32,
    "retainAckedMessages": .bool, "messageRetentionDuration": .duration, "labels": .map,
    "enableMessageOrdering": .bool, "expirationPolicy": .message(Message(["ttl": .duration])), "filter": .string,
    "deadLetterPolicy": .message(Message(["deadLetterTopic": .string, "maxDeliveryAttempts": .int32])),
    "retryPolicy": .message(Message(["minimumBackoff": .duration, "maximumBackoff": .duration])), "detached": .bool,
    "enableExactlyOnceDelivery": .bool, "topicMessageRetentionDuration": .duration,
    "state": .enumeration("google.pubsub.v1.Subscription.State", State.subscriptionNames),
    "analyticsHubSubscriptionInfo": .anything, "messageTransforms": .list(.anything), "tags": .map,
  ])

  private static let pubsubMessage = Message([
    "data": .bytes, "attributes": .map, "messageId": .string, "publishTime": .timestamp, "orderingKey": .string,
  ])

  static let updateTopic = Message(["topic": .message(topic), "updateMask": .string])
  static let updateSubscription = Message(["subscription": .message(subscription), "updateMask": .string])
  static let publish = Message(["topic": .string, "messages": .list(.message(pubsubMessage))])
  static let pull = Message(["subscription": .string, "maxMessages": .int32, "returnImmediately": .bool])
  static let acknowledge = Message(["subscription": .string, "ackIds": .list(.string)])
  static let modifyAckDeadline = Message([
    "subscription": .string, "ackIds": .list(.string), "ackDeadlineSeconds": .int32,
  ])
  static let modifyPushConfig = Message(["subscription": .string, "pushConfig": .message(pushConfig)])
  static let seek = Message(["subscription": .string, "time": .timestamp, "snapshot": .string])
  static let detach = Message(["subscription": .string])
  /// The fields of all requests about snapshots and schemas, which are refused whatever they hold.
  static let unavailable = Message(
    [
      "name", "type", "definition", "revisionId", "revisionCreateTime", "schema", "schemaId", "message", "encoding",
      "view", "subscription", "labels", "tags", "snapshot", "updateMask", "resource", "policy", "permissions",
      "pageSize", "pageToken", "options.requestedPolicyVersion",
    ].reduce(into: [:]) { $0[$1] = .anything })
  static let pubsubPolicy = Message(["options.requestedPolicyVersion": .int32])
}
