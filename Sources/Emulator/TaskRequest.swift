// A task that somebody wants to create: the checks and defaults of production
// (google-apis.md sections 1.4 to 1.6).

import CloudModel
import Foundation
import Schedules

/// A task's content, checked and completed.
struct TaskRequest {
  /// "stored (defaults applied) proto must be <= 1,048,569 bytes (1 MiB - 7) for HTTP and App Engine"
  static let largestTask = 1_048_569
  private static let farthest = Duration.seconds(720 * 3600)

  private let kind: TargetKind
  private let method: UInt8
  private let members: JSONObject
  private let body: Data
  private let deadline: Duration?
  private let schedule: Moment
  private let retry: TaskRetry?

  init(_ wish: JSONObject, now: Moment) throws(Refusal) {
    if wish["pullMessage"] != nil { throw .pullQueue }
    let (http, appEngine) = (wish["httpRequest"]?.object, wish["appEngineHttpRequest"]?.object)
    switch (http, appEngine) {
    case (let request?, nil): (kind, members) = (.http, try Self.http(request))
    case (nil, let request?): (kind, members) = (.appEngine, try Self.appEngine(request))
    // Both is what protobuf calls a oneof that was set twice.
    default: throw http == nil ? .noPayload : .invalidArgument
    }
    let request = http ?? appEngine ?? [:]
    body = request["body"]?.string.flatMap(decodeBase64) ?? Data()
    method = try Self.method(request, kind, hasBody: !body.isEmpty)
    deadline = try Self.deadline(wish, kind)
    schedule = try Self.schedule(wish, now: now)
    if let own = wish["retryConfig"]?.object { retry = try TaskRetry(own) } else { retry = nil }
  }

  func task(id: TaskID, sequence: Int64, now: Moment) -> StoredTask {
    StoredTask.make(
      id: id, sequence: sequence, kind: kind, method: method, members: members, body: body, deadline: deadline,
      created: now, schedule: schedule, retry: retry)
  }

  // MARK: Targets

  /// Whether it would send a token over plain HTTP. Production refuses that; here it is asked for, because handlers on a
  /// developer's machine are rarely behind TLS.
  var isSignedInTheClear: Bool {
    guard members["oidcToken"] != nil || members["oauthToken"] != nil else { return false }
    return members["url"]?.string?.prefix(7).lowercased() == "http://"
  }

  private static func http(_ request: JSONObject) throws(Refusal) -> JSONObject {
    let url = request["url"]?.string ?? ""
    guard !url.isEmpty else { throw .noURL }
    let scheme = url.prefix(8).lowercased()
    guard scheme.hasPrefix("http://") || scheme.hasPrefix("https://") else { throw .badURL }
    guard url.utf8.count <= 2083 else { throw .longURL }
    var members: JSONObject = ["url": .string(url)]
    var headers = try self.headers(request, without: "user-agent")
    headers["User-Agent"] = "Google-Cloud-Tasks"
    members["headers"] = .object(headers)
    // Members of a oneof.
    guard request["oauthToken"] == nil || request["oidcToken"] == nil else { throw .invalidArgument }
    members["oauthToken"] = request["oauthToken"]
    members["oidcToken"] = request["oidcToken"]
    return members
  }

  private static func appEngine(_ request: JSONObject) throws(Refusal) -> JSONObject {
    let address = request["relativeUri"]?.string ?? ""
    guard address.isEmpty || address.hasPrefix("/"), !address.contains(" "), address.utf8.count <= 2083 else {
      throw .badRelativeURI
    }
    var members: JSONObject = ["relativeUri": .string(address.isEmpty ? "/" : address)]
    members["appEngineRouting"] = request["appEngineRouting"]
    let own = request["headers"]?.object?.first { $0.key.lowercased() == "user-agent" }?.value.string
    var headers = try self.headers(request, without: "user-agent", "content-length")
    headers["User-Agent"] = .string(appEngineUserAgent(own))
    if let body = request["body"]?.string.flatMap(decodeBase64), !body.isEmpty {
      headers["Content-Length"] = .string(String(body.count))
      if !headers.contains(where: { $0.key.lowercased() == "content-type" }) {
        headers["Content-Type"] = "application/octet-stream"
      }
    }
    members["headers"] = .object(headers)
    return members
  }

  /// "keys kept with submitted casing"
  private static func headers(_ request: JSONObject, without names: String...) throws(Refusal) -> JSONObject {
    let given = request["headers"]?.object ?? [:]
    let size = given.reduce(0) { $0 + $1.key.utf8.count + ($1.value.string ?? "").utf8.count }
    guard size < 80 * 1024 else { throw .longHeaders }
    try checkHeaders(given)
    return JSONObject(given.filter { !names.contains($0.key.lowercased()) }.map { ($0.key, $0.value) })
  }

  private static func method(_ request: JSONObject, _ kind: TargetKind, hasBody: Bool) throws(Refusal) -> UInt8 {
    let name = request["httpMethod"]?.string ?? httpMethodNames[0]
    // "The default is POST."
    let index = max(1, httpMethodNames.firstIndex(of: name) ?? 1)
    let allowed = kind == .http ? ["POST", "PUT", "PATCH"] : ["POST", "PUT"]
    guard !hasBody || allowed.contains(httpMethodNames[index]) else { throw .bodyNotAllowed }
    return UInt8(index)
  }

  // MARK: Times

  private static func deadline(_ wish: JSONObject, _ kind: TargetKind) throws(Refusal) -> Duration? {
    let given = wish["dispatchDeadline"]?.string.flatMap { Duration(protobuf: $0) }
    switch kind {
    case .http:
      guard let given else { return .seconds(600) }
      guard given >= .seconds(15), given <= .seconds(1800) else { throw .httpDeadline }
      return given
    case .appEngine:
      // "For App Engine tasks, 0 indicates that the request has the default deadline."
      guard let given, given != .zero else { return nil }
      guard given >= .seconds(15), given <= .seconds(86415) else { throw .appEngineDeadline }
      return given
    }
  }

  private static func schedule(_ wish: JSONObject, now: Moment) throws(Refusal) -> Moment {
    guard let given = wish["scheduleTime"]?.string.flatMap({ Timestamp($0) }).map({ Moment($0) }) else { return now }
    guard given <= now + farthest else {
      // Production prints the time in US Pacific.
      throw .tooFar(given.text(in: TimeZones.pacific))
    }
    return given
  }
}
