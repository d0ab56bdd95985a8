// A task in a Cloud Tasks queue (cloudtasks v2 `Task`), under a name that does
// not collide with Swift's own.

import Foundation

/// One attempt to dispatch a task.
package struct Attempt: Equatable, Sendable {
  package var scheduleTime: Timestamp?
  package var dispatchTime: Timestamp?
  package var responseTime: Timestamp?
  /// Absent while no answer has come.
  package var responseStatus: RPCStatus?
  package var unknown = JSONObject()

  package init() {}

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "scheduleTime": scheduleTime = try reader.timestamp()
      case "dispatchTime": dispatchTime = try reader.timestamp()
      case "responseTime": responseTime = try reader.timestamp()
      case "responseStatus": responseStatus = try RPCStatus(&reader)
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSON {
    var object = JSONObject()
    object["scheduleTime"] = scheduleTime.map { .string($0.description) }
    object["dispatchTime"] = dispatchTime.map { .string($0.description) }
    object["responseTime"] = responseTime.map { .string($0.description) }
    object["responseStatus"] = responseStatus?.json
    object.merge(unknown)
    return .object(object)
  }

  /// The HTTP status that the handler answered with, read from the service's message
  /// (`UNAUTHENTICATED(16): HTTP status code 401`); nil when there was no answer or the message has another form.
  package var httpStatus: Int? {
    guard let message = responseStatus?.message, let range = message.range(of: "HTTP status code ") else { return nil }
    return Int(message[range.upperBound...].prefix { $0.isNumber })
  }
}

/// A task. Fields that this program does not know are kept in `unknown` and printed again.
package struct CloudTask: Equatable, Sendable {
  /// What is sent when the task is dispatched.
  package enum Target: Equatable, Sendable {
    case http(HTTPTarget)
    case appEngine(AppEngineTarget)
    /// Neither: a pull task, or a kind that this program does not know (kept in `unknown`).
    case other
  }

  package var name: TaskName
  package var target: Target = .other
  package var scheduleTime: Timestamp?
  package var createTime: Timestamp?
  package var dispatchDeadline: Duration?
  /// Attempts dispatched, answered or not, the first included.
  package var dispatchCount = 0
  /// Attempts that were answered.
  package var responseCount = 0
  /// Has only a dispatch time.
  package var firstAttempt: Attempt?
  package var lastAttempt: Attempt?
  /// BASIC leaves the body out; FULL has it.
  package var view: String?
  package var unknown = JSONObject()

  package init(name: TaskName) { self.name = name }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    var name: TaskName?
    var task = CloudTask(name: .placeholder)
    try reader.fields { key, reader throws(JSONError) in
      if key == "name" {
        name = try reader.name { text throws(NameError) in try TaskName(text) }
      } else {
        try task.read(key, &reader)
      }
    }
    guard let name else { throw reader.failure("a task without a name") }
    task.name = name
    self = task
  }

  private mutating func read(_ key: String, _ reader: inout JSONReader) throws(JSONError) {
    switch key {
    case "httpRequest": target = .http(try HTTPTarget(&reader))
    case "appEngineHttpRequest": target = .appEngine(try AppEngineTarget(&reader))
    case "scheduleTime": scheduleTime = try reader.timestamp()
    case "createTime": createTime = try reader.timestamp()
    case "dispatchDeadline": dispatchDeadline = try reader.duration()
    case "dispatchCount": dispatchCount = try reader.integer()
    case "responseCount": responseCount = try reader.integer()
    case "firstAttempt": firstAttempt = try Attempt(&reader)
    case "lastAttempt": lastAttempt = try Attempt(&reader)
    case "view": view = try reader.enumeration(["VIEW_UNSPECIFIED", "BASIC", "FULL"])
    default: unknown[key] = try reader.value()
    }
  }

  /// The resource as the REST API spells it.
  package var json: JSON {
    var object: JSONObject = ["name": .string(name.description)]
    switch target {
    case .http(let target): object["httpRequest"] = target.json(urlKey: "url")
    case .appEngine(let target): object["appEngineHttpRequest"] = target.json
    case .other: break
    }
    object["scheduleTime"] = scheduleTime.map { .string($0.description) }
    object["createTime"] = createTime.map { .string($0.description) }
    object["dispatchDeadline"] = dispatchDeadline.map { .string($0.protobuf) }
    if dispatchCount != 0 { object["dispatchCount"] = .integer(dispatchCount) }
    if responseCount != 0 { object["responseCount"] = .integer(responseCount) }
    object["firstAttempt"] = firstAttempt?.json
    object["lastAttempt"] = lastAttempt?.json
    object["view"] = view.map(JSON.string)
    object.merge(unknown)
    return .object(object)
  }

  /// The HTTP URL, when the task has one.
  package var url: String? {
    guard case .http(let target) = target else { return nil }
    return target.url
  }

  /// The decoded body, when the task has one and the view shows it.
  package var body: Data? {
    switch target {
    case .http(let target): target.body
    case .appEngine(let target): target.body
    case .other: nil
    }
  }

  /// Headers of the stored request.
  package var headers: [Header] {
    switch target {
    case .http(let target): target.headers
    case .appEngine(let target): target.headers
    case .other: []
    }
  }

  /// The class of the task: last path segment of its URL, without query and trailing slash (DESIGN.md, Words).
  package var taskClass: String? { url.flatMap(taskClassName) }
}

/// The class that a task URL names: its last path segment, without query, fragment and trailing slash; nil when the
/// URL has no path.
package func taskClassName(url: String) -> String? {
  // Bytes, not characters: this runs for each of a million tasks, and all separators are ASCII.
  var rest = Substring(url).utf8
  let slash = UInt8(ascii: "/")
  if let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[colon...].starts(with: "://".utf8) {
    rest = rest[rest.index(colon, offsetBy: 3)...]
  }
  if let end = rest.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) { rest = rest[..<end] }
  guard let first = rest.firstIndex(of: slash) else { return nil }
  rest = rest[first...]
  while rest.last == slash { rest.removeLast() }
  guard let last = rest.lastIndex(of: slash) else { return nil }
  let segment = String(Substring(rest[rest.index(after: last)...]))
  return segment.utf8.contains(UInt8(ascii: "%")) ? segment.removingPercentEncoding ?? segment : segment
}

extension TaskName {
  /// Stands in until the name of a task being read has been reached.
  fileprivate static let placeholder = TaskName(
    unchecked: QueueName(unchecked: LocationName(uncheckedProject: "-", location: "-"), id: "-"), id: "-")
}
