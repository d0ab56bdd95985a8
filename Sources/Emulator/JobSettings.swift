// What a job was told, with the defaults and limits of production (google-apis.md
// section 2.2). As with queues, the resource stays JSON and the numbers are
// beside it.

import CloudModel
import Foundation
import Schedules

/// The configuration of a job.
struct JobSettings {
  /// Canonical JSON without name and output-only fields.
  let resource: JSONObject
  let schedule: Schedule
  let zone: TimeZone
  let retry: RetryPolicy
  let attemptDeadline: Duration
  let target: Target

  enum Target { case http, appEngine, pubsub }

  private static let targets: [(member: String, target: Target)] = [
    ("httpTarget", .http), ("appEngineHttpTarget", .appEngine), ("pubsubTarget", .pubsub),
  ]

  init(_ wish: JSONObject, project: String) throws(Refusal) {
    var resource = wish
    for outputOnly in ["name", "userUpdateTime", "state", "status", "scheduleTime", "lastAttemptTime", "satisfiesPzs"] {
      resource[outputOnly] = nil
    }
    guard (wish["description"]?.string ?? "").count <= 500 else { throw .invalidArgument }
    (schedule, zone) = try Self.schedule(wish)
    if resource["timeZone"] == nil { resource["timeZone"] = "Etc/UTC" }

    let named = Self.targets.filter { wish[$0.member] != nil }
    guard named.count == 1, let (member, target) = named.first, let object = wish[member]?.object else {
      throw .invalidArgument
    }
    self.target = target
    resource[member] = .object(try Self.filled(object, target, project: project))

    let (retry, json) = try Self.retry(wish["retryConfig"]?.object ?? [:])
    self.retry = retry
    resource["retryConfig"] = json
    attemptDeadline = try Self.deadline(wish, target)
    if target == .http { resource["attemptDeadline"] = .string(attemptDeadline.protobuf) }
    self.resource = resource
  }

  /// The first time after a moment at which the schedule fires.
  func next(after moment: Moment) -> Moment? { schedule.next(after: moment.date, in: zone).map(Moment.init) }

  /// "If specified with retry_count, the job will be retried until both limits are reached"; with neither, never.
  func allowsRetry(_ number: Int, age: Duration) -> Bool {
    guard retry.retries != nil || retry.duration != nil else { return false }
    return retry.allowsRetry(number, age: age)
  }

  /// "Schedule or time zone is invalid." is all that production says.
  private static func schedule(_ wish: JSONObject) throws(Refusal) -> (Schedule, TimeZone) {
    let zoneName = wish["timeZone"]?.string ?? ""
    guard let zone = TimeZones.zone(named: zoneName.isEmpty ? "Etc/UTC" : zoneName) else { throw .schedule }
    do { return (try Schedule(wish["schedule"]?.string ?? ""), zone) } catch { throw .schedule }
  }

  private static func retry(_ wish: JSONObject) throws(Refusal) -> (RetryPolicy, JSON) {
    func duration(_ field: String, _ standard: Duration) throws(Refusal) -> Duration {
      let value = wish[field]?.string.flatMap { Duration(protobuf: $0) } ?? standard
      guard value >= .zero else { throw .invalidArgument }
      return value
    }
    let count = wish["retryCount"]?.int ?? 0
    // "Values greater than 5 and negative values are not allowed."
    guard (0...5).contains(count) else { throw .invalidArgument }
    let doublings = wish["maxDoublings"]?.int ?? 0
    guard doublings >= 0 else { throw .invalidArgument }
    let limit = try duration("maxRetryDuration", .zero)
    let minimum = try duration("minBackoffDuration", .seconds(5))
    let maximum = try duration("maxBackoffDuration", .seconds(3600))
    guard minimum <= maximum else { throw .invalidArgument }
    let policy = RetryPolicy(
      retries: count == 0 ? nil : count, duration: limit == .zero ? nil : limit, minBackoff: minimum,
      maxBackoff: maximum, maxDoublings: doublings == 0 ? 5 : doublings)
    var json = JSONObject()
    if count > 0 { json["retryCount"] = .integer(count) }
    json["maxRetryDuration"] = .string(limit.protobuf)
    json["minBackoffDuration"] = .string(minimum.protobuf)
    json["maxBackoffDuration"] = .string(maximum.protobuf)
    json["maxDoublings"] = .integer(policy.maxDoublings)
    return (policy, .object(json))
  }

  private static func deadline(_ wish: JSONObject, _ target: Target) throws(Refusal) -> Duration {
    let value = wish["attemptDeadline"]?.string.flatMap { Duration(protobuf: $0) } ?? .zero
    let longest: Duration = target == .http ? .seconds(1800) : .seconds(86415)
    // "For Pub/Sub targets, this field is ignored."
    guard value != .zero, target != .pubsub else { return target == .http ? .seconds(180) : .seconds(600) }
    guard value >= .seconds(15), value <= longest else { throw .invalidArgument }
    return value
  }

  private static func filled(_ wish: JSONObject, _ target: Target, project: String) throws(Refusal) -> JSONObject {
    var object = wish
    guard target != .pubsub else {
      guard (wish["topicName"]?.string ?? "").hasPrefix("projects/\(project)/topics/") else { throw .invalidArgument }
      return object
    }
    let method = wish["httpMethod"]?.string ?? httpMethodNames[0]
    object["httpMethod"] = .string(method == httpMethodNames[0] ? "POST" : method)
    let allowed = target == .http ? ["POST", "PUT", "PATCH"] : ["POST", "PUT"]
    let hasBody = !(wish["body"]?.string ?? "").isEmpty
    guard !hasBody || allowed.contains(object["httpMethod"]?.string ?? "") else { throw .invalidArgument }
    try checkAddress(wish, target)
    try checkHeaders(wish["headers"]?.object ?? [:])
    if target == .appEngine, wish["relativeUri"] == nil { object["relativeUri"] = "/" }
    object["headers"] = .object(headers(wish["headers"]?.object ?? [:], target, hasBody: hasBody))
    return object
  }

  private static func checkAddress(_ wish: JSONObject, _ target: Target) throws(Refusal) {
    let address = wish[target == .http ? "uri" : "relativeUri"]?.string ?? ""
    guard address.utf8.count <= 2083 else { throw .invalidArgument }
    if target == .http {
      guard address.hasPrefix("http://") || address.hasPrefix("https://") else { throw .invalidArgument }
    } else {
      guard address.isEmpty || address.hasPrefix("/"), !address.contains(" ") else { throw .invalidArgument }
    }
  }

  /// What the service adds is visible in the resource.
  private static func headers(_ wish: JSONObject, _ target: Target, hasBody: Bool) -> JSONObject {
    var headers = JSONObject(wish.filter { $0.key.lowercased() != "user-agent" }.map { ($0.key, $0.value) })
    if hasBody, !wish.contains(where: { $0.key.lowercased() == "content-type" }) {
      headers["Content-Type"] = "application/octet-stream"
    }
    let own = wish.first { $0.key.lowercased() == "user-agent" }?.value.string
    switch target {
    case .appEngine: headers["User-Agent"] = .string(appEngineUserAgent(own))
    case .http, .pubsub: headers["User-Agent"] = "Google-Cloud-Scheduler"
    }
    return headers
  }
}

/// "This header can be modified, but Cloud Tasks will append AppEngine-Google to the modified User-Agent."
func appEngineUserAgent(_ own: String?) -> String {
  let google = "AppEngine-Google; (+http://code.google.com/appengine)"
  guard let own, !own.isEmpty, own != google else { return google }
  return own + " " + google
}
