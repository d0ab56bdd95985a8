// The messages that requests may hold, written from discovery/*.json
// (cloudtasks v2 revision 20261005, v2beta3 20260831, cloudscheduler v1
// 20261106). Written here a second time on purpose: the client has its own.

import CloudModel

extension Message {
  static let empty = Message([:])

  /// Of the methods whose request has nothing but the name, which the path has already.
  static let nameOnly = Message(["name": .string])

  private static let httpMethod = Field.enumeration("google.cloud.tasks.v2.HttpMethod", httpMethodNames)
  private static let view = Field.enumeration("google.cloud.tasks.v2.Task.View", ["VIEW_UNSPECIFIED", "BASIC", "FULL"])
  private static let oauthToken = Message(["serviceAccountEmail": .string, "scope": .string])
  private static let oidcToken = Message(["serviceAccountEmail": .string, "audience": .string])
  private static let status = Message(["code": .int32, "message": .string, "details": .list(.anything)])
  private static let routing = Message(["service": .string, "version": .string, "instance": .string, "host": .string])

  // MARK: Cloud Tasks

  private static let retryConfig = Message([
    "maxAttempts": .int32, "maxRetryDuration": .duration, "minBackoff": .duration, "maxBackoff": .duration,
    "maxDoublings": .int32,
  ])

  private static let header = Message(["key": .string, "value": .string])

  private static let queueTarget = Message([
    "uriOverride": .message(
      Message([
        "scheme": .enumeration("google.cloud.tasks.v2.UriOverride.Scheme", ["SCHEME_UNSPECIFIED", "HTTP", "HTTPS"]),
        "host": .string, "port": .int64, "pathOverride": .message(Message(["path": .string])),
        "queryOverride": .message(Message(["queryParams": .string])),
        "uriOverrideEnforceMode": .enumeration(
          "google.cloud.tasks.v2.UriOverride.UriOverrideEnforceMode",
          ["URI_OVERRIDE_ENFORCE_MODE_UNSPECIFIED", "IF_NOT_EXISTS", "ALWAYS"]),
      ])),
    "httpMethod": httpMethod, "headerOverrides": .list(.message(Message(["header": .message(header)]))),
    "oauthToken": .message(oauthToken), "oidcToken": .message(oidcToken),
  ])

  private static let queueFields: [String: Field] = [
    "name": .string, "httpTarget": .message(queueTarget),
    "rateLimits": .message(
      Message(["maxDispatchesPerSecond": .double, "maxBurstSize": .int32, "maxConcurrentDispatches": .int32])),
    "retryConfig": .message(retryConfig),
    "state": .enumeration("google.cloud.tasks.v2.Queue.State", State.queueNames), "purgeTime": .timestamp,
    "stackdriverLoggingConfig": .message(Message(["samplingRatio": .double])),
  ]

  /// A queue of v2.
  static let queue = Message(queueFields.merging(["appEngineRoutingOverride": .message(routing)]) { $1 })

  /// A queue of v2beta3: more fields, and App Engine's routing one level down.
  static let betaQueue = Message(
    queueFields.merging([
      "appEngineHttpQueue": .message(Message(["appEngineRoutingOverride": .message(routing)])),
      "taskTtl": .duration, "tombstoneTtl": .duration,
      "type": .enumeration("google.cloud.tasks.v2beta3.Queue.Type", ["TYPE_UNSPECIFIED", "PULL", "PUSH"]),
      "stats": .message(
        Message([
          "tasksCount": .int64, "oldestEstimatedArrivalTime": .timestamp, "executedLastMinuteCount": .int64,
          "concurrentDispatchesCount": .int64, "effectiveExecutionRate": .double,
        ])),
    ]) { $1 })

  private static let attempt = Message([
    "scheduleTime": .timestamp, "dispatchTime": .timestamp, "responseTime": .timestamp,
    "responseStatus": .message(status),
  ])

  private static let task = Message([
    "name": .string, "scheduleTime": .timestamp, "createTime": .timestamp, "dispatchDeadline": .duration,
    "dispatchCount": .int32, "responseCount": .int32, "firstAttempt": .message(attempt),
    "lastAttempt": .message(attempt), "view": view, "retryConfig": .message(retryConfig),
    "pullMessage": .message(Message(["payload": .bytes, "tag": .string])),
    "httpRequest": .message(
      Message([
        "url": .string, "httpMethod": httpMethod, "headers": .map, "body": .bytes,
        "oauthToken": .message(oauthToken), "oidcToken": .message(oidcToken),
      ])),
    "appEngineHttpRequest": .message(
      Message([
        "httpMethod": httpMethod, "appEngineRouting": .message(routing), "relativeUri": .string, "headers": .map,
        "body": .bytes,
      ])),
  ])

  static let createTask = Message(["parent": .string, "task": .message(task), "responseView": view])
  static let runTask = Message(["name": .string, "responseView": view])
  static let batchCreate = Message([
    "parent": .string, "requests": .list(.message(createTask)), "requestId": .string,
  ])
  static let batchDelete = Message(["parent": .string, "names": .list(.string), "requestId": .string])
  static let buffer = Message([
    "body": .message(
      Message(["contentType": .string, "data": .bytes, "extensions": .list(.anything)]))
  ])

  static let tasksEncryption = Message(["name": .string, "kmsKey": .string])

  // MARK: Queries

  static let taskView = Message(["responseView": view])
  static let taskList = Message(["pageSize": .int32, "pageToken": .string, "responseView": view])
  static let queueList = Message(["pageSize": .int32, "pageToken": .string, "filter": .string])
  static let betaQueueList = Message([
    "pageSize": .int32, "pageToken": .string, "filter": .string, "readMask": .string,
  ])
  static let readMask = Message(["readMask": .string])
  static let updateMask = Message(["updateMask": .string])
  static let page = Message(["pageSize": .int32, "pageToken": .string])
  static let locationList = Message([
    "pageSize": .int32, "pageToken": .string, "filter": .string, "extraLocationTypes": .string,
  ])

  static let operationList = Message([
    "pageSize": .int32, "pageToken": .string, "filter": .string, "returnPartialSuccess": .bool,
  ])

  // MARK: IAM

  static let getPolicy = Message([
    "resource": .string, "options": .message(Message(["requestedPolicyVersion": .int32])),
  ])
  static let setPolicy = Message(["resource": .string, "policy": .anything, "updateMask": .string])
  static let testPermissions = Message(["resource": .string, "permissions": .list(.string)])

  // MARK: Cloud Scheduler

  static let schedulerEncryption = Message(["name": .string, "kmsKeyName": .string])

  private static let schedulerMethod = Field.enumeration("google.cloud.scheduler.v1.HttpMethod", httpMethodNames)

  static let job = Message([
    "name": .string, "description": .string, "schedule": .string, "timeZone": .string, "userUpdateTime": .timestamp,
    "state": .enumeration("google.cloud.scheduler.v1.Job.State", State.jobNames), "status": .message(status),
    "scheduleTime": .timestamp, "lastAttemptTime": .timestamp, "attemptDeadline": .duration, "satisfiesPzs": .bool,
    "retryConfig": .message(
      Message([
        "retryCount": .int32, "maxRetryDuration": .duration, "minBackoffDuration": .duration,
        "maxBackoffDuration": .duration, "maxDoublings": .int32,
      ])),
    "httpTarget": .message(
      Message([
        "uri": .string, "httpMethod": schedulerMethod, "headers": .map, "body": .bytes,
        "oauthToken": .message(oauthToken), "oidcToken": .message(oidcToken),
      ])),
    "appEngineHttpTarget": .message(
      Message([
        "httpMethod": schedulerMethod, "appEngineRouting": .message(routing), "relativeUri": .string,
        "headers": .map, "body": .bytes,
      ])),
    "pubsubTarget": .message(Message(["topicName": .string, "data": .bytes, "attributes": .map])),
  ])
}
