// The names of the fields: a short one, then those of the REST resources (discovery documents of cloudtasks v2 and
// v2beta3, cloudscheduler v1). Every field of Task, Queue and Job is here.

import CloudModel

/// Finds fields by name.
enum FilterFieldTable {
  /// One field, or one field of other resources under the same name.
  struct Entry: Sendable {
    let field: FilterField
    let type: FilterType
    let kinds: Set<ResourceKind>
    /// The short one first.
    let names: [String]
    let help: String
  }

  static func entry(of field: FilterField) -> Entry? { byField[field] }

  /// A field without a path, by any of its names; case counts only where two names differ in nothing else.
  static func field(named name: String) -> FilterField? { byName[name] ?? byFoldedName[name.lowercased()] }

  /// Names to offer, short ones before REST paths.
  static func names(for kind: ResourceKind?) -> [String] {
    let known = entries.filter { kind.map($0.kinds.contains) ?? true }
    return known.map { $0.names[0] } + known.flatMap { $0.names.dropFirst() }
  }

  /// A family of fields: what follows the prefix and a point is a path of its own.
  struct Family: Sendable {
    enum Member: Sendable { case body, header, attribute }
    let prefix: String
    let member: Member
    let kinds: Set<ResourceKind>
    let help: String
  }

  static let families: [Family] =
    ["body", "payload", "httpRequest.body", "appEngineHttpRequest.body", "httpTarget.body", "appEngineHttpTarget.body"]
    .map { Family(prefix: $0, member: .body, kinds: [.task, .job], help: "a value in the JSON body") }
    + [Family(prefix: "pubsubTarget.data", member: .body, kinds: [.job], help: "a value in the JSON message")]
    + [
      "header", "headers", "httpRequest.headers", "appEngineHttpRequest.headers", "httpTarget.headers",
      "appEngineHttpTarget.headers",
    ]
    .map { Family(prefix: $0, member: .header, kinds: [.task, .job], help: "a header of the request") }
    + ["attribute", "pubsubTarget.attributes"]
    .map { Family(prefix: $0, member: .attribute, kinds: [.job], help: "an attribute of the message") }

  static let entries: [Entry] = common + ofTasks + ofQueues + ofJobs + others

  private static let byField = Dictionary(uniqueKeysWithValues: entries.map { ($0.field, $0) })
  private static let byName = Dictionary(
    uniqueKeysWithValues: entries.flatMap { entry in
      entry.names.map { ($0, entry.field) }
    })
  private static let byFoldedName = Dictionary(
    entries.flatMap { entry in entry.names.map { ($0.lowercased(), entry.field) } },
    uniquingKeysWith: { first, _ in first })

  private static func entry(
    _ field: FilterField, _ type: FilterType, _ kinds: Set<ResourceKind>, _ names: String, _ help: String
  ) -> Entry {
    Entry(field: field, type: type, kinds: kinds, names: names.split(separator: " ").map(String.init), help: help)
  }

  private static let all = Set(ResourceKind.allCases)
  private static let requests: Set<ResourceKind> = [.task, .job]

  private static let common: [Entry] = [
    entry(.id, .text, all, "id", "last part of the resource name"),
    entry(.name, .text, all, "name", "the ID, or the full name when the value holds a slash"),
    entry(.location, .text, all, "location region", "location such as us-central1"),
    entry(.project, .text, all, "project", "project ID"),
    entry(.taskClass, .text, requests, "class", "last path segment of the URL"),
    entry(
      .url, .text, requests,
      "url uri httpRequest.url appEngineHttpRequest.relativeUri httpTarget.uri appEngineHttpTarget.relativeUri",
      "the URL the request goes to"),
    entry(
      .method, .text, all,
      "method httpMethod httpRequest.httpMethod appEngineHttpRequest.httpMethod httpTarget.httpMethod "
        + "appEngineHttpTarget.httpMethod", "HTTP method"),
    entry(
      .account, .text, all,
      "account serviceAccountEmail httpRequest.oidcToken.serviceAccountEmail "
        + "httpRequest.oauthToken.serviceAccountEmail httpTarget.oidcToken.serviceAccountEmail "
        + "httpTarget.oauthToken.serviceAccountEmail", "service account of the request's token"),
    entry(.status, .status, requests, "status", "HTTP status of the last attempt, where it is known"),
    entry(
      .code, .code, requests, "code lastAttempt.responseStatus.code status.code",
      "status code of the last attempt, by name or number"),
    entry(
      .message, .text, requests, "message lastAttempt.responseStatus.message status.message",
      "message of the last attempt"),
    entry(.scheduled, .time, requests, "next scheduleTime", "when the next attempt is due"),
    entry(.age, .duration, all, "age", "task: since its creation; queue: of its oldest task; job: since its last run"),
    entry(.eta, .duration, requests, "eta", "until the next attempt; negative when it is overdue"),
    entry(
      .deadline, .duration, requests, "deadline dispatchDeadline attemptDeadline", "how long an attempt may take"),
  ]

  private static let ofTasks: [Entry] = [
    entry(.queue, .text, [.task, .queue], "queue", "ID of the queue"),
    entry(.dispatches, .number, [.task], "dispatches dispatchCount attempts", "attempts sent, the first included"),
    entry(.responses, .number, [.task], "responses responseCount", "attempts answered"),
    entry(.created, .time, [.task], "created createTime", "when the task was created"),
    entry(
      .dispatched, .time, [.task], "dispatched lastAttempt.dispatchTime", "when the last attempt was sent"),
    entry(.answered, .time, [.task], "answered lastAttempt.responseTime", "when the last attempt was answered"),
    entry(
      .firstDispatched, .time, [.task], "firstDispatched firstAttempt.dispatchTime",
      "when the first attempt was sent"),
  ]

  private static let ofQueues: [Entry] = [
    entry(.state, .text, [.queue, .job], "state", "RUNNING, PAUSED, DISABLED; ENABLED for jobs"),
    entry(
      .rate, .number, [.queue], "rate maxDispatchesPerSecond rateLimits.maxDispatchesPerSecond",
      "dispatches a second at most"),
    entry(.burst, .number, [.queue], "burst maxBurstSize rateLimits.maxBurstSize", "size of a burst"),
    entry(
      .concurrent, .number, [.queue], "concurrent maxConcurrentDispatches rateLimits.maxConcurrentDispatches",
      "dispatches at one time at most"),
    entry(
      .maxAttempts, .number, [.queue, .task], "maxAttempts retryConfig.maxAttempts",
      "attempts in all; -1 is without limit"),
    entry(
      .retryDuration, .duration, all, "maxRetryDuration retryConfig.maxRetryDuration",
      "how long a task is tried again"),
    entry(
      .minBackoff, .duration, all, "minBackoff retryConfig.minBackoff retryConfig.minBackoffDuration",
      "shortest wait between attempts"),
    entry(
      .maxBackoff, .duration, all, "maxBackoff retryConfig.maxBackoff retryConfig.maxBackoffDuration",
      "longest wait between attempts"),
    entry(.doublings, .number, all, "maxDoublings retryConfig.maxDoublings", "how often the wait doubles"),
    entry(.purged, .time, [.queue], "purged purgeTime", "when the queue was last purged"),
    entry(.tasks, .number, [.queue], "tasks tasksCount stats.tasksCount", "tasks in the queue, as the service counts"),
    entry(
      .oldest, .time, [.queue], "oldest oldestEstimatedArrivalTime stats.oldestEstimatedArrivalTime",
      "when the oldest task is or was due"),
    entry(
      .executed, .number, [.queue], "executed executedLastMinuteCount stats.executedLastMinuteCount",
      "tasks dispatched in the last minute"),
    entry(
      .dispatching, .number, [.queue], "dispatching concurrentDispatchesCount stats.concurrentDispatchesCount",
      "tasks being dispatched now"),
    entry(
      .effectiveRate, .number, [.queue], "effectiveRate effectiveExecutionRate stats.effectiveExecutionRate",
      "dispatches a second that the service allows at present"),
  ]

  private static let ofJobs: [Entry] = [
    entry(.description, .text, [.job], "description", "the job's description"),
    entry(.schedule, .text, [.job], "schedule", "the schedule as it is written"),
    entry(.zone, .text, [.job], "zone timeZone", "time zone of the schedule"),
    entry(.topic, .text, [.job], "topic topicName pubsubTarget.topicName", "Pub/Sub topic"),
    entry(.lastRun, .time, [.job], "last lastAttemptTime", "when the job last ran"),
    entry(.updated, .time, [.job], "updated userUpdateTime", "when the job was last changed"),
    entry(.retries, .number, [.job], "retries retryCount retryConfig.retryCount", "retries after a failed run"),
  ]

  private static let others: [Entry] =
    resources(
      [.task],
      [
        "view", "httpRequest.oidcToken.audience", "httpRequest.oauthToken.scope", "lastAttempt.scheduleTime",
        "firstAttempt.scheduleTime", "firstAttempt.responseTime", "firstAttempt.responseStatus.code",
        "firstAttempt.responseStatus.message", "firstAttempt.responseStatus.details",
        "lastAttempt.responseStatus.details", "appEngineHttpRequest.appEngineRouting.service",
        "appEngineHttpRequest.appEngineRouting.version", "appEngineHttpRequest.appEngineRouting.instance",
        "appEngineHttpRequest.appEngineRouting.host",
      ])
    + resources(
      [.queue],
      [
        "type", "taskTtl", "tombstoneTtl", "stackdriverLoggingConfig.samplingRatio",
        "appEngineRoutingOverride.service", "appEngineRoutingOverride.version", "appEngineRoutingOverride.instance",
        "appEngineRoutingOverride.host", "appEngineHttpQueue.appEngineRoutingOverride.service",
        "appEngineHttpQueue.appEngineRoutingOverride.version", "appEngineHttpQueue.appEngineRoutingOverride.instance",
        "appEngineHttpQueue.appEngineRoutingOverride.host", "httpTarget.headerOverrides",
        "httpTarget.uriOverride.scheme", "httpTarget.uriOverride.host", "httpTarget.uriOverride.port",
        "httpTarget.uriOverride.pathOverride.path", "httpTarget.uriOverride.queryOverride.queryParams",
        "httpTarget.uriOverride.uriOverrideEnforceMode",
      ])
    + resources([.queue, .job], ["httpTarget.oidcToken.audience", "httpTarget.oauthToken.scope"])
    + resources(
      [.job],
      [
        "satisfiesPzs", "status.details", "appEngineHttpTarget.appEngineRouting.service",
        "appEngineHttpTarget.appEngineRouting.version", "appEngineHttpTarget.appEngineRouting.instance",
        "appEngineHttpTarget.appEngineRouting.host",
      ])

  private static func resources(_ kinds: Set<ResourceKind>, _ paths: [String]) -> [Entry] {
    paths.map { path in
      let field = FilterField.resource(path.split(separator: ".").map(String.init))
      return entry(field, .open, kinds, path, "as in the REST resource")
    }
  }
}
