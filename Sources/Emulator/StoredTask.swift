// A task as the emulator holds it: small, because there may be a million.
//
// What the creator sent and never changes is one array of bytes, already in its
// JSON form, with the decoded body behind it: listing a task copies bytes, and
// only a dispatch reads them. What changes is numbers. All of it is one piece of
// memory; attempts get one of their own when the first is made.

import CloudModel
import Foundation

/// What kind of request a task makes.
enum TargetKind: UInt8 {
  case http
  case appEngine

  /// The member of the Task message that holds it.
  var member: String { self == .http ? "httpRequest" : "appEngineHttpRequest" }
}

/// A retry configuration of one task, with the form it came in.
final class TaskRetry {
  let policy: RetryPolicy
  let json: JSON

  /// Fills defaults and checks limits.
  init(_ wish: JSONObject) throws(Refusal) { (policy, json) = try QueueSettings.retry(wish) }
}

/// What a task has beside its content. The order is that of the least padding.
struct TaskFields {
  let id: TaskID
  let kind: TargetKind
  /// Index into `httpMethodNames`.
  let method: UInt8
  /// Whether its headers are the one that the service adds to every HTTP task, which is then not stored.
  let hasStandardHeaders: Bool
  fileprivate let bodyStart: Int32
  fileprivate let contentCount: Int32
  /// In milliseconds, "dispatch_deadline will be truncated to the nearest millisecond"; zero for none.
  fileprivate let deadlineMilliseconds: Int32
  /// In the heap of due times; negative when it is not there.
  var duePlace: Int32 = -1
  /// Until the year 2106.
  fileprivate let createSecond: UInt32
  /// In the order of creation, from 1.
  let sequence: Int64
  var schedule: Moment
  var attempts: AttemptHistory?
  let retry: TaskRetry?
}

/// One task. Belongs to its queue's state and never leaves it. Its elements are the members of the target without
/// `httpMethod` and `body`, then the body's bytes: an array of its own would take 50 bytes more.
final class StoredTask: ManagedBuffer<TaskFields, UInt8> {
  static func make(
    id: TaskID, sequence: Int64, kind: TargetKind, method: UInt8, members: JSONObject, body: Data, deadline: Duration?,
    created: Moment, schedule: Moment, retry: TaskRetry?
  ) -> StoredTask {
    var members = members
    let hasStandardHeaders = members["headers"]?.object == Self.standardHeaders
    if hasStandardHeaders { members["headers"] = nil }
    var content: [UInt8] = []
    JSON.object(members).write(into: &content)
    content.removeFirst()
    content.removeLast()
    let bodyStart = content.count
    content += body
    let fields = TaskFields(
      id: id, kind: kind, method: method, hasStandardHeaders: hasStandardHeaders, bodyStart: Int32(bodyStart),
      contentCount: Int32(content.count), deadlineMilliseconds: Int32((deadline?.microseconds ?? 0) / 1000),
      createSecond: UInt32(clamping: created.timestamp.seconds), sequence: sequence, schedule: schedule, retry: retry)
    return make(fields, content)
  }

  static let standardHeaders: JSONObject = ["User-Agent": "Google-Cloud-Tasks"]
  private static let standardHeadersText = Array(
    ",\"headers\":\(JSON.object(standardHeaders).compact)".utf8)

  private static func make(_ fields: TaskFields, _ content: some Collection<UInt8>) -> StoredTask {
    let buffer = create(minimumCapacity: content.count) { _ in fields }
    // Bytes need no deinitialisation.
    buffer.withUnsafeMutablePointerToElements { start in
      _ = UnsafeMutableBufferPointer(start: start, count: content.count).initialize(from: content)
    }
    // `create` makes an object of the class that it is called on (documentation of ManagedBuffer).
    return unsafeDowncast(buffer, to: StoredTask.self)
  }

  var id: TaskID { header.id }
  var sequence: Int64 { header.sequence }
  var kind: TargetKind { header.kind }
  var method: UInt8 { header.method }
  var retry: TaskRetry? { header.retry }
  var duePlace: Int32 {
    get { header.duePlace }
    set { header.duePlace = newValue }
  }
  var schedule: Moment {
    get { header.schedule }
    set { header.schedule = newValue }
  }
  var attempts: AttemptHistory? {
    get { header.attempts }
    set { header.attempts = newValue }
  }

  var created: Moment { Moment(microseconds: Int64(header.createSecond) * 1_000_000) }
  var deadline: Duration? {
    header.deadlineMilliseconds == 0 ? nil : .milliseconds(header.deadlineMilliseconds)
  }
  var body: [UInt8] { content(Int(header.bodyStart)..<Int(header.contentCount)) }
  var methodName: String { httpMethodNames[Int(header.method)] }
  /// Of an HTTP or App Engine request, which has an address before anything else.
  fileprivate var membersText: [UInt8] {
    let stored = content(0..<Int(header.bodyStart))
    return header.hasStandardHeaders ? stored + Self.standardHeadersText : stored
  }
  fileprivate var contentCount: Int { Int(header.contentCount) }

  private func content(_ range: Range<Int>) -> [UInt8] {
    withUnsafeMutablePointerToElements { Array(UnsafeBufferPointer(start: $0 + range.lowerBound, count: range.count)) }
  }

  /// The members of the target, read back.
  func members() -> JSONObject {
    let text = [UInt8(ascii: "{")] + membersText + [UInt8(ascii: "}")]
    do {
      return try JSON(parsing: text).object ?? JSONObject()
    } catch {
      preconditionFailure("a stored task is not the JSON that was written: \(error)")
    }
  }
}

extension StoredTask {
  /// What the data file keeps of it: all that never changes, and the schedule it was created with.
  var record: [UInt8] {
    var record = RecordWriter()
    record.add(id.description)
    record.add(Int(kind.rawValue))
    record.add(Int(method))
    record.add(header.hasStandardHeaders ? 1 : 0)
    record.add(Int(header.deadlineMilliseconds))
    record.add(Int(header.createSecond))
    record.add(schedule)
    record.add(retry?.json.compact ?? "")
    record.add(Int(header.bodyStart))
    record.add(content(0..<contentCount))
    return record.bytes
  }

  static func make(_ bytes: [UInt8], sequence: Int64) throws -> StoredTask {
    var record = RecordReader(bytes)
    let id = TaskID(try record.text())
    guard let kind = TargetKind(rawValue: UInt8(clamping: try record.int())) else { throw RecordError() }
    let method = UInt8(clamping: try record.int())
    guard httpMethodNames.indices.contains(Int(method)) else { throw RecordError() }
    let hasStandardHeaders = try record.int() == 1
    let deadline = Int32(clamping: try record.int())
    let created = UInt32(clamping: try record.int())
    let schedule = try record.moment()
    let text = try record.text()
    let retry = text.isEmpty ? nil : try TaskRetry(JSON(parsing: text).object ?? [:])
    let bodyStart = try record.int()
    let content = try record.content()
    guard (0...content.count).contains(bodyStart) else { throw RecordError() }
    let fields = TaskFields(
      id: id, kind: kind, method: method, hasStandardHeaders: hasStandardHeaders, bodyStart: Int32(bodyStart),
      contentCount: Int32(content.count), deadlineMilliseconds: deadline, createSecond: created, sequence: sequence,
      schedule: schedule, retry: retry)
    return make(fields, content)
  }
}

/// How an answer spells a task.
struct TaskView {
  /// FULL has the body: "BASIC omits only the body" (google-apis.md section 1.4).
  var isFull = false
  /// Enums as numbers, for `$alt=json;enum-encoding=int`.
  var numericEnums = false

  /// Appends the Task resource.
  func write(_ task: StoredTask, named name: String, into out: inout [UInt8]) {
    out += "{\"name\":\"\(name)\",\"\(task.kind.member)\":{".utf8
    task.writeMembers(into: &out)
    out += (numericEnums ? ",\"httpMethod\":\(task.method)" : ",\"httpMethod\":\"\(task.methodName)\"").utf8
    if isFull, !task.body.isEmpty {
      out += ",\"body\":\"".utf8
      out += Data(task.body).base64EncodedData()
      out.append(UInt8(ascii: "\""))
    }
    out += "},\"scheduleTime\":\"\(task.schedule.text)\",\"createTime\":\"\(task.created.text)\"".utf8
    if let deadline = task.deadline { out += ",\"dispatchDeadline\":\"\(deadline.protobuf)\"".utf8 }
    if let retry = task.retry {
      out += ",\"retryConfig\":".utf8
      retry.json.write(into: &out)
    }
    if let attempts = task.attempts { write(attempts, into: &out) }
    let view = isFull ? (numericEnums ? "2" : "\"FULL\"") : (numericEnums ? "1" : "\"BASIC\"")
    out += ",\"view\":\(view)}".utf8
  }

  /// "firstAttempt keeps only dispatchTime"; an attempt without a response is in flight.
  private func write(_ attempts: AttemptHistory, into out: inout [UInt8]) {
    out += ",\"dispatchCount\":\(attempts.dispatchCount)".utf8
    if attempts.responseCount > 0 { out += ",\"responseCount\":\(attempts.responseCount)".utf8 }
    out += ",\"firstAttempt\":{\"dispatchTime\":\"\(attempts.firstDispatch.text)\"},\"lastAttempt\":{".utf8
    out += "\"scheduleTime\":\"\(attempts.lastSchedule.text)\",\"dispatchTime\":\"\(attempts.lastDispatch.text)\"".utf8
    if let (time, status) = attempts.lastResponse {
      out += ",\"responseTime\":\"\(time.text)\",\"responseStatus\":".utf8
      status.json.write(into: &out)
    }
    out.append(UInt8(ascii: "}"))
  }
}

extension StoredTask {
  fileprivate func writeMembers(into out: inout [UInt8]) { out += membersText }

  /// The size of the stored message in protobuf's binary form, which production limits to 1,048,569 bytes
  /// (google-apis.md section 1.6). Field numbers are all under 16, so every tag is one byte.
  ///
  /// The JSON form is never half as long as that, so the exact count is only made for tasks near the limit.
  func isLarger(than limit: Int, named name: String) -> Bool {
    contentCount > limit / 2 && wireSize(name: name) > limit
  }

  private func wireSize(name: String) -> Int {
    let members = members()
    var request = Self.field(members["url"]?.string ?? members["relativeUri"]?.string ?? "") + Self.field(body.count)
    request += 2
    for (key, value) in members["headers"]?.object ?? [:] {
      request += Self.field(Self.field(key) + Self.field(value.string ?? ""))
    }
    for key in ["oidcToken", "oauthToken", "appEngineRouting"] {
      guard let token = members[key]?.object else { continue }
      request += Self.field(token.reduce(0) { $0 + Self.field($1.value.string ?? "") })
    }
    let times = Self.field(12) + Self.field(6)
    return Self.field(name) + Self.field(request) + times + (deadline == nil ? 0 : Self.field(3))
  }

  private static func field(_ text: String) -> Int { text.isEmpty ? 0 : field(text.utf8.count) }

  private static func field(_ length: Int) -> Int {
    guard length > 0 else { return 0 }
    var prefix = 2
    var rest = length >> 7
    while rest > 0 {
      prefix += 1
      rest >>= 7
    }
    return prefix + length
  }
}
