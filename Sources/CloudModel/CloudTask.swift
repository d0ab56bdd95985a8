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

  func describe(to sink: inout some JSONSink) {
    sink.put("scheduleTime", scheduleTime)
    sink.put("dispatchTime", dispatchTime)
    sink.put("responseTime", responseTime)
    if let responseStatus { sink.put("responseStatus") { responseStatus.describe(to: &$0) } }
    sink.put(unknown: unknown)
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

  /// Tasks of `queue`, where it is given, are read faster: most of their name is known.
  package init(_ reader: inout JSONReader, of queue: QueueName? = nil) throws(JSONError) {
    var name: TaskName?
    var task = CloudTask(name: .placeholder)
    try reader.fields { key, reader throws(JSONError) in
      if key == "name" {
        name = try reader.name { text throws(NameError) in try TaskName(text, expecting: queue) }
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
    var sink = JSONTreeSink()
    describe(to: &sink)
    return .object(sink.object)
  }

  /// Appends the bytes of `json` in its compact form, without making the tree; with members that are not the
  /// resource's at its end.
  package func write(into out: inout [UInt8], adding members: JSONObject = [:]) {
    var sink = JSONByteSink(exchange(&out, with: []))
    sink.begin()
    describe(to: &sink)
    sink.put(unknown: members)
    sink.end()
    out = sink.bytes
  }

  /// The bytes of `json` in its compact form.
  package var data: Data {
    var out: [UInt8] = []
    write(into: &out)
    return Data(out)
  }

  private func describe(to sink: inout some JSONSink) {
    sink.put("name", name.description)
    switch target {
    case .http(let target): sink.put("httpRequest") { target.describe(to: &$0, urlKey: "url") }
    case .appEngine(let target): sink.put("appEngineHttpRequest") { target.describe(to: &$0) }
    case .other: break
    }
    sink.put("scheduleTime", scheduleTime)
    sink.put("createTime", createTime)
    sink.put("dispatchDeadline", dispatchDeadline?.protobuf)
    if dispatchCount != 0 { sink.put("dispatchCount", dispatchCount) }
    if responseCount != 0 { sink.put("responseCount", responseCount) }
    if let firstAttempt { sink.put("firstAttempt") { firstAttempt.describe(to: &$0) } }
    if let lastAttempt { sink.put("lastAttempt") { lastAttempt.describe(to: &$0) } }
    sink.put("view", view)
    sink.put(unknown: unknown)
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
  // On bytes: every row of a list asks for it, and Foundation's search takes 30 times as long.
  let bytes = url.utf8
  var start = bytes.startIndex
  if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) {
    start = bytes.index(colon, offsetBy: 3)
  }
  let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.endIndex
  guard let slash = bytes[start..<end].firstIndex(of: UInt8(ascii: "/")) else { return nil }
  guard let segment = bytes[slash..<end].split(separator: UInt8(ascii: "/")).last else { return nil }
  let text = String(Substring(segment))
  return segment.contains(UInt8(ascii: "%")) ? text.removingPercentEncoding ?? text : text
}

extension TaskName {
  /// Stands in until the name of a task being read has been reached.
  fileprivate static let placeholder = TaskName(
    unchecked: QueueName(unchecked: LocationName(uncheckedProject: "-", location: "-"), id: "-"), id: "-")
}
