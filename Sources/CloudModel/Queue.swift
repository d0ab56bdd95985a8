// A Cloud Tasks queue (cloudtasks v2 `Queue`; `stats` from v2beta3).

import Foundation

/// The state of a queue or a job: an open set of names.
package struct State: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let running = State(rawValue: "RUNNING")
  package static let enabled = State(rawValue: "ENABLED")
  package static let paused = State(rawValue: "PAUSED")
  package static let disabled = State(rawValue: "DISABLED")
  package static let updateFailed = State(rawValue: "UPDATE_FAILED")

  /// By number, for clients that send enums as integers.
  package static let queueNames = ["STATE_UNSPECIFIED", "RUNNING", "PAUSED", "DISABLED"]
  package static let jobNames = ["STATE_UNSPECIFIED", "ENABLED", "PAUSED", "DISABLED", "UPDATE_FAILED"]

  package var description: String { rawValue }
}

/// A queue. Fields that this program does not know are kept in `unknown` and printed again.
package struct Queue: Equatable, Sendable {
  package var name: QueueName
  package var state: State?
  package var rateLimits = RateLimits()
  package var retryConfig = QueueRetryConfig()
  package var purgeTime: Timestamp?
  /// Only in answers to v2beta3 calls whose read mask names it.
  package var stats: QueueStats?
  package var unknown = JSONObject()

  package init(name: QueueName) { self.name = name }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    var name: QueueName?
    var (state, rateLimits, retryConfig): (State?, RateLimits, QueueRetryConfig) = (
      nil, RateLimits(), QueueRetryConfig()
    )
    var (purgeTime, stats, unknown): (Timestamp?, QueueStats?, JSONObject) = (nil, nil, JSONObject())
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "name": name = try reader.name { text throws(NameError) in try QueueName(text) }
      case "state": state = State(rawValue: try reader.enumeration(State.queueNames))
      case "rateLimits": rateLimits = try RateLimits(&reader)
      case "retryConfig": retryConfig = try QueueRetryConfig(&reader)
      case "purgeTime": purgeTime = try reader.timestamp()
      case "stats": stats = try QueueStats(&reader)
      default: unknown[key] = try reader.value()
      }
    }
    guard let name else { throw reader.failure("a queue without a name") }
    self.name = name
    (self.state, self.rateLimits, self.retryConfig) = (state, rateLimits, retryConfig)
    (self.purgeTime, self.stats, self.unknown) = (purgeTime, stats, unknown)
  }

  /// The resource as the REST API spells it.
  package var json: JSON {
    var object: JSONObject = ["name": .string(name.description)]
    if !rateLimits.json.isEmpty { object["rateLimits"] = .object(rateLimits.json) }
    if !retryConfig.json.isEmpty { object["retryConfig"] = .object(retryConfig.json) }
    object["state"] = state.map { .string($0.rawValue) }
    object["purgeTime"] = purgeTime.map { .string($0.description) }
    object["stats"] = (stats?.json).map { .object($0) }
    object.merge(unknown)
    return .object(object)
  }
}

/// How fast a queue dispatches.
package struct RateLimits: Equatable, Sendable {
  package var maxDispatchesPerSecond: Double?
  package var maxBurstSize: Int?
  package var maxConcurrentDispatches: Int?
  package var unknown = JSONObject()

  package init() {}

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "maxDispatchesPerSecond": maxDispatchesPerSecond = try reader.double()
      case "maxBurstSize": maxBurstSize = try reader.integer()
      case "maxConcurrentDispatches": maxConcurrentDispatches = try reader.integer()
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSONObject {
    var object = JSONObject()
    object["maxDispatchesPerSecond"] = maxDispatchesPerSecond.map(JSON.double)
    object["maxBurstSize"] = maxBurstSize.map(JSON.integer)
    object["maxConcurrentDispatches"] = maxConcurrentDispatches.map(JSON.integer)
    object.merge(unknown)
    return object
  }
}

/// When a queue tries a failed task again.
package struct QueueRetryConfig: Equatable, Sendable {
  /// Attempts in all, the first included; -1 is without limit.
  package var maxAttempts: Int?
  /// From the first attempt on; zero is without limit.
  package var maxRetryDuration: Duration?
  package var minBackoff: Duration?
  package var maxBackoff: Duration?
  package var maxDoublings: Int?
  package var unknown = JSONObject()

  package init() {}

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "maxAttempts": maxAttempts = try reader.integer()
      case "maxRetryDuration": maxRetryDuration = try reader.duration()
      case "minBackoff": minBackoff = try reader.duration()
      case "maxBackoff": maxBackoff = try reader.duration()
      case "maxDoublings": maxDoublings = try reader.integer()
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSONObject {
    var object = JSONObject()
    object["maxAttempts"] = maxAttempts.map(JSON.integer)
    object["maxRetryDuration"] = maxRetryDuration.map { .string($0.protobuf) }
    object["minBackoff"] = minBackoff.map { .string($0.protobuf) }
    object["maxBackoff"] = maxBackoff.map { .string($0.protobuf) }
    object["maxDoublings"] = maxDoublings.map(JSON.integer)
    object.merge(unknown)
    return object
  }
}

/// What v2beta3 knows about a queue's traffic, at no cost in list calls.
package struct QueueStats: Equatable, Sendable {
  package var tasksCount: Int?
  package var oldestEstimatedArrivalTime: Timestamp?
  package var executedLastMinuteCount: Int?
  package var concurrentDispatchesCount: Int?
  /// Dispatches a second that the service allows at present.
  package var effectiveExecutionRate: Double?
  package var unknown = JSONObject()

  package init() {}

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "tasksCount": tasksCount = try reader.integer()
      case "oldestEstimatedArrivalTime": oldestEstimatedArrivalTime = try reader.timestamp()
      case "executedLastMinuteCount": executedLastMinuteCount = try reader.integer()
      case "concurrentDispatchesCount": concurrentDispatchesCount = try reader.integer()
      case "effectiveExecutionRate": effectiveExecutionRate = try reader.double()
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSONObject {
    var object = JSONObject()
    object["tasksCount"] = tasksCount.map { .int64(Int64($0)) }
    object["oldestEstimatedArrivalTime"] = oldestEstimatedArrivalTime.map { .string($0.description) }
    object["executedLastMinuteCount"] = executedLastMinuteCount.map { .int64(Int64($0)) }
    object["concurrentDispatchesCount"] = concurrentDispatchesCount.map { .int64(Int64($0)) }
    object["effectiveExecutionRate"] = effectiveExecutionRate.map(JSON.double)
    object.merge(unknown)
    return object
  }
}
