// What a queue was told, with the defaults and limits of production
// (google-apis.md sections 1.6 and 2.1). The resource is kept as JSON, so that
// what the emulator has no use for comes back unchanged; the numbers that the
// dispatcher needs are beside it.

import CloudModel
import Foundation

/// The configuration of a queue.
struct QueueSettings {
  /// Canonical JSON without name, state, purgeTime and stats; App Engine's routing in v2's place.
  let resource: JSONObject
  let maxDispatchesPerSecond: Double
  let maxBurstSize: Int
  let maxConcurrentDispatches: Int
  let retry: RetryPolicy
  let taskTTL: Duration
  let tombstoneTTL: Duration
  /// Overrides for HTTP tasks.
  let httpTarget: QueueTarget?
  /// "If set, app_engine_routing_override is used for all App Engine tasks in the queue, no matter what the setting is
  /// for the task-level app_engine_routing."
  let appEngineRouting: JSONObject?

  static let longestRetention = Duration.seconds(10 * 365 * 86400)

  /// Fills defaults and checks limits.
  init(_ wish: JSONObject) throws(Refusal) {
    var resource = wish
    for outputOnly in ["name", "state", "purgeTime", "stats"] { resource[outputOnly] = nil }
    if let inner = wish["appEngineHttpQueue"]?["appEngineRoutingOverride"] {
      resource["appEngineRoutingOverride"] = inner
    }
    resource["appEngineHttpQueue"] = nil
    guard wish["type"]?.string != "PULL" else { throw .pullQueue }
    resource["type"] = nil

    httpTarget = try QueueTarget(wish["httpTarget"]?.object)
    appEngineRouting = resource["appEngineRoutingOverride"]?.object

    let limits = try Self.limits(wish["rateLimits"]?.object ?? [:])
    (maxDispatchesPerSecond, maxBurstSize, maxConcurrentDispatches) = limits
    resource["rateLimits"] = [
      "maxDispatchesPerSecond": .double(limits.0), "maxBurstSize": .integer(limits.1),
      "maxConcurrentDispatches": .integer(limits.2),
    ]
    let (retry, json) = try Self.retry(wish["retryConfig"]?.object ?? [:])
    self.retry = retry
    resource["retryConfig"] = json
    taskTTL = try Self.duration(wish, "taskTtl", .seconds(31 * 86400), .seconds(10 * 86400)...Self.longestRetention)
    tombstoneTTL = try Self.duration(wish, "tombstoneTtl", .seconds(3600), .seconds(3600)...(.seconds(9 * 86400)))
    resource["taskTtl"] = .string(taskTTL.protobuf)
    resource["tombstoneTtl"] = .string(tombstoneTTL.protobuf)
    self.resource = resource
  }

  /// A queue with nothing said about it.
  static let standard: QueueSettings = {
    do { return try QueueSettings([:]) } catch { preconditionFailure("the defaults are within the limits: \(error)") }
  }()

  private static func limits(_ wish: JSONObject) throws(Refusal) -> (Double, Int, Int) {
    let rate = wish["maxDispatchesPerSecond"]?.double ?? 0
    guard rate >= 0 else { throw .invalid("RateLimits.maxDispatchesPerSecond cannot be negative.") }
    guard rate <= 500 else { throw .invalid("RateLimits.maxDispatchesPerSecond must be less than or equal to 500.") }
    let concurrent = wish["maxConcurrentDispatches"]?.int ?? 0
    guard concurrent >= 0 else { throw .invalid("RateLimits.maxConcurrentDispatches cannot be negative.") }
    guard concurrent <= 5000 else {
      throw .invalid("RateLimits.maxConcurrentDispatches must be less than or equal to 5000.")
    }
    // Zero is an unset number in proto3. The burst size is the service's choice: 10 at a rate of 1, 100 at 500.
    let chosen = rate == 0 ? 500 : rate
    return (chosen, min(500, max(10, Int((chosen / 5).rounded(.up)))), concurrent == 0 ? 1000 : concurrent)
  }

  /// The retry configuration of a queue or a task, and the resource with its defaults.
  static func retry(_ wish: JSONObject) throws(Refusal) -> (RetryPolicy, JSON) {
    let attempts = wish["maxAttempts"]?.int ?? 0
    guard attempts >= -1 else { throw .invalid("RetryConfig.maxAttempts must be greater or equal to -1.") }
    let doublings = wish["maxDoublings"]?.int ?? 16
    guard doublings >= 0 else { throw .invalid("RetryConfig.maxDoublings cannot be negative.") }
    let minimum = Self.duration(wish["minBackoff"]) ?? .milliseconds(100)
    guard minimum >= .zero else { throw .invalid("RetryConfig.minBackoff cannot be negative.") }
    let maximum = Self.duration(wish["maxBackoff"]) ?? .seconds(3600)
    // Extrapolated from the captured message for minBackoff, as is the next one.
    guard maximum >= .zero else { throw .invalid("RetryConfig.maxBackoff cannot be negative.") }
    guard minimum <= maximum else {
      throw .invalid("RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.")
    }
    let duration = Self.duration(wish["maxRetryDuration"]) ?? .zero
    guard duration >= .zero else { throw .invalid("RetryConfig.maxRetryDuration cannot be negative.") }

    let limit = attempts == 0 ? 100 : attempts
    var json: JSONObject = ["maxAttempts": .integer(limit)]
    if duration != .zero { json["maxRetryDuration"] = .string(duration.protobuf) }
    json["minBackoff"] = .string(minimum.protobuf)
    json["maxBackoff"] = .string(maximum.protobuf)
    json["maxDoublings"] = .integer(doublings)
    let policy = RetryPolicy(
      retries: limit == -1 ? nil : limit - 1, duration: duration == .zero ? nil : duration, minBackoff: minimum,
      maxBackoff: maximum, maxDoublings: doublings)
    return (policy, .object(json))
  }

  private static func duration(_ json: JSON?) -> Duration? { json?.string.flatMap { Duration(protobuf: $0) } }

  private static func duration(
    _ wish: JSONObject, _ field: String, _ standard: Duration, _ range: ClosedRange<Duration>
  ) throws(Refusal) -> Duration {
    let value = duration(wish[field]) ?? standard
    guard range.contains(value) else {
      let name = "Queue." + field
      throw .outOfRange(name, "\(range.lowerBound.protobuf), \(range.upperBound.protobuf)")
    }
    return value
  }
}
