import CloudModel
import Foundation
import Testing

private let taskText = """
  {"name":"projects/p/locations/l/queues/q/tasks/42","httpRequest":{"url":"https://app.example.com/tasks/SendMail/?x=1",\
  "httpMethod":"POST","headers":{"User-Agent":"Google-Cloud-Tasks","X-b":"1"},"body":"eyJ4IjogMX0=",\
  "oidcToken":{"serviceAccountEmail":"r@p.iam.gserviceaccount.com","audience":"https://app.example.com"},\
  "surprise":{"deep":[1.0]}},"scheduleTime":"2026-01-02T03:04:05.123456Z","createTime":"2026-01-02T03:04:05Z",\
  "dispatchDeadline":"600s","dispatchCount":3,"responseCount":2,"firstAttempt":{"dispatchTime":"2026-01-02T03:04:05Z"},\
  "lastAttempt":{"dispatchTime":"2026-01-02T03:04:06Z","responseStatus":{"code":14,\
  "message":"UNAVAILABLE(14): HTTP status code 503"}},"view":"FULL","newField":"kept"}
  """

@Suite struct NounTests {
  @Test func `a task keeps every field, known or not`() throws {
    let task = try read(taskText) { reader throws(JSONError) in try CloudTask(&reader) }
    #expect(task.json.compact == taskText)
    #expect(task.taskClass == "SendMail")
    #expect(task.body == Data(#"{"x": 1}"#.utf8))
    #expect(task.lastAttempt?.httpStatus == 503)
    #expect(task.lastAttempt?.responseStatus?.status == .unavailable)
    #expect(task.unknown["newField"] == "kept")
  }

  @Test(arguments: [
    taskText,
    #"{"name":"projects/p/locations/l/queues/q/tasks/a_b-c","appEngineHttpRequest":{"httpMethod":"PUT","#
      + #""appEngineRouting":{"service":"s"},"relativeUri":"/x?\"q\"","headers":{"Ü\n":"tab\t\u0001"},"body":"AA==","#
      + #""odd":null},"scheduleTime":"1969-12-31T23:59:59.999999999Z"}"#,
    #"{"name":"projects/p/locations/l/queues/q/tasks/1","pullMessage":{"tag":"t"},"createTime":"2026-01-02T03:04:05.120Z"}"#,
    #"{"name":"projects/p/locations/l/queues/q/tasks/1","httpRequest":{"url":"http://x","headers":{"#
      + (0..<40).map { #""h\#($0)":"\#($0)""# }.joined(separator: ",") + "}}}",
  ])
  func `a task's bytes are those of its tree`(text: String) throws {
    let task = try read(text) { reader throws(JSONError) in try CloudTask(&reader) }
    #expect(task.data == task.json.data)
    var printed: [UInt8] = Array("before".utf8)
    task.write(into: &printed, adding: ["class": "A", "payload": ["x": 1]])
    var tree = task.json.object ?? [:]
    (tree["class"], tree["payload"]) = ("A", ["x": 1])
    #expect(String(decoding: printed, as: UTF8.self) == "before" + JSON.object(tree).compact)
    // Reading them again gives the same task.
    let again = try JSONReader.read(task.data) { reader throws(JSONError) in try CloudTask(&reader) }
    #expect(again == task)
  }

  @Test func `a header that is there twice stands once, with its last value`() throws {
    var target = HTTPTarget(url: "http://x")
    target.headers = [Header("A", "1"), Header("B", "2"), Header("A", "3")]
    var task = CloudTask(name: try TaskName("projects/p/locations/l/queues/q/tasks/1"))
    task.target = .http(target)
    #expect(task.data == task.json.data)
    #expect(task.json["httpRequest"]?["headers"] == ["A": "3", "B": "2"])
  }

  @Test func `a task of the queue that is listed reads as any other, and one of another queue too`() throws {
    let queue = try QueueName("projects/p/locations/l/queues/q")
    for name in ["q/tasks/42", "other/tasks/42", "q2/tasks/1", "q/tasks/a_b"] {
      let text = #"{"name":"projects/p/locations/l/queues/\#(name)"}"#
      let plain = try read(text) { reader throws(JSONError) in try CloudTask(&reader) }
      #expect(try read(text) { reader throws(JSONError) in try CloudTask(&reader, of: queue) } == plain)
    }
    for bad in ["q/tasks/", "q/tasks/a/b", "q/tasks/%20", "q/task/1"] {
      let text = #"{"name":"projects/p/locations/l/queues/\#(bad)"}"#
      #expect(throws: JSONError.self) {
        try read(text) { reader throws(JSONError) in try CloudTask(&reader, of: queue) }
      }
    }
  }

  @Test(arguments: [
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"), ("2026-01-02t03:04:05.5z", "2026-01-02T03:04:05.500Z"),
    ("2026-01-02T03:04:05.123456789+01:30", "2026-01-02T01:34:05.123456789Z"),
    ("2026-01-02T03:04:05.001200-08:00", "2026-01-02T11:04:05.001200Z"),
    (#"2026-01-02T03:04:05\u005a"#, "2026-01-02T03:04:05Z"),
  ])
  func `times are read in every spelling`(text: String, expected: String) throws {
    let time = try read("\"\(text)\"") { reader throws(JSONError) in try reader.timestamp() }
    #expect(time.description == expected)
  }

  @Test(arguments: [
    "", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567890Z",
    "2026-02-30T03:04:05Z", "2026-01-02T03:04:05+1:00", "2026-01-02T24:04:05Z", "2026-01-02T03:04:05Zx",
  ])
  func `what is no time is refused`(text: String) {
    #expect(throws: JSONError.self) {
      try read("\"\(text)\"") { reader throws(JSONError) in try reader.timestamp() }
    }
  }

  @Test func `enums may come as numbers and fields as null`() throws {
    let text =
      #"{"name":"projects/p/locations/l/queues/q/tasks/1","dispatchDeadline":null,"view":2,"#
      + #""httpRequest":{"url":"http://x/A","httpMethod":1}}"#
    let task = try read(text) { reader throws(JSONError) in try CloudTask(&reader) }
    guard case .http(let target) = task.target else { return #expect(Bool(false), "not an HTTP task") }
    #expect(target.method == "POST")
    #expect(task.view == "FULL")
    #expect(task.dispatchDeadline == nil)
  }

  @Test func `a queue reads its stats, which come as strings`() throws {
    let text = """
      {"name":"projects/p/locations/l/queues/q","rateLimits":{"maxDispatchesPerSecond":500,"maxBurstSize":100},\
      "retryConfig":{"maxAttempts":-1,"minBackoff":"0.100s"},"state":"RUNNING",\
      "stats":{"tasksCount":"12","executedLastMinuteCount":"3","effectiveExecutionRate":0.5}}
      """
    let queue = try read(text) { reader throws(JSONError) in try Queue(&reader) }
    #expect(queue.stats?.tasksCount == 12)
    #expect(queue.retryConfig.minBackoff == .milliseconds(100))
    #expect(queue.json.compact == text)
  }

  @Test func `a job keeps every field`() throws {
    let text = """
      {"name":"projects/p/locations/l/jobs/app--Digest","description":"d","httpTarget":{"uri":"http://h/tasks/Digest",\
      "httpMethod":"POST","body":"e30="},"schedule":"0 3 * * *","timeZone":"Europe/Paris","state":"PAUSED",\
      "status":{"code":-1},"retryConfig":{"retryCount":3,"maxRetryDuration":"0s"},"attemptDeadline":"180s",\
      "satisfiesPzs":true}
      """
    let job = try read(text) { reader throws(JSONError) in try Job(&reader) }
    #expect(job.json.compact == text)
    #expect(job.state == .paused)
    #expect(job.taskClass == "Digest")
    #expect(job.status?.code == -1)
  }

  @Test func `a resource without a name is refused with its position`() {
    #expect(throws: JSONError.self) { try read("{}") { reader throws(JSONError) in try CloudTask(&reader) } }
    #expect(throws: JSONError.self) { try read(#"{"name":"x"}"#) { reader throws(JSONError) in try Queue(&reader) } }
  }

  @Test(arguments: [
    ("https://a/tasks/Mail", "Mail"), ("https://a/tasks/Mail/", "Mail"), ("https://a/tasks/Mail?x=/b", "Mail"),
    ("https://a/Mail#x/y", "Mail"), ("https://a/tasks/A%20B", "A B"), ("http://a:1/b/c/", "c"),
  ])
  func `the class is the last path segment`(url: String, expected: String) {
    #expect(taskClassName(url: url) == expected)
  }

  @Test(arguments: ["https://host", "https://host/", "https://host?x=/A", ""])
  func `a URL without a path has no class`(url: String) {
    #expect(taskClassName(url: url) == nil)
  }

  private func read<Value>(
    _ text: String, _ body: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    try JSONReader.read(Array(text.utf8), body)
  }
}

@Suite struct NameTests {
  @Test(arguments: [
    "projects/p/locations/l/queues/q", "projects/example.com:p-1/locations/us-central1/queues/A-9",
  ])
  func `a queue name prints as it was read`(text: String) throws {
    #expect(try QueueName(text).description == text)
  }

  @Test(arguments: [
    "", "q", "projects/p/locations/l/queues/", "projects/p/locations/l/queues/a_b", "projects/p/locations/l/jobs/q",
    "projects/p/locations/l/queues/q/tasks/1", "projects//locations/l/queues/q", "projects/p/locations/l/queues/q ",
    "projects/p/locations/l/queues/../x",
  ])
  func `a malformed queue name is refused`(text: String) {
    #expect(throws: NameError.self) { try QueueName(text) }
  }

  @Test func `IDs have a length`() throws {
    let parent = try LocationName(project: "p", location: "l")
    #expect(throws: NameError.self) { try QueueName(parent: parent, id: String(repeating: "q", count: 101)) }
    let queue = try QueueName(parent: parent, id: String(repeating: "q", count: 100))
    #expect(throws: NameError.self) { try TaskName(queue: queue, id: String(repeating: "t", count: 501)) }
    #expect(try TaskName("\(queue)/tasks/a_B-9").id == "a_B-9")
    #expect(throws: NameError.self) { try TaskName("\(queue)/tasks/a/b") }
    #expect(try JobName("projects/p/locations/l/jobs/app--X").id == "app--X")
  }
}

@Suite struct TimeTests {
  @Test(arguments: [
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"), ("2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.100Z"),
    ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456789Z"),
    ("2099-12-31T16:00:00-08:00", "2100-01-01T00:00:00Z"), ("2024-02-29t00:00:00z", "2024-02-29T00:00:00Z"),
    ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
  ])
  func `a timestamp is printed in UTC with 0, 3, 6 or 9 digits`(text: String, printed: String) {
    #expect(Timestamp(text)?.description == printed)
  }

  @Test(arguments: [
    "", "2026-01-02", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05", "2026-1-2T03:04:05Z",
    "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+0100",
  ])
  func `what is not a timestamp is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `timestamps agree with Foundation over four centuries`() {
    for step in 0..<2000 {
      let date = Date(timeIntervalSince1970: -2_000_000_000 + Double(step) * 7_654_321)
      #expect(Timestamp(date).description == date.formatted(.iso8601))
      #expect(Timestamp(Timestamp(date).description)?.date == date)
    }
  }

  @Test(arguments: [
    ("0s", "0s"), ("3.5s", "3.500s"), ("0.100s", "0.100s"), ("30.500s", "30.500s"), ("-1.000001s", "-1.000001s"),
    ("86400s", "86400s"), ("0.000000001s", "0.000000001s"),
  ])
  func `a duration is printed with 0, 3, 6 or 9 digits`(text: String, printed: String) {
    #expect(Duration(protobuf: text)?.protobuf == printed)
  }

  @Test(arguments: ["", "s", "1", "1.s", ".5s", "1.0000000001s", "1 s", "1e3s", "99999999999999s"])
  func `what is not a duration is refused`(text: String) {
    #expect(Duration(protobuf: text) == nil)
  }
}

@Suite struct StatusTests {
  @Test func `codes map to numbers and back`() {
    for number in 0...16 { #expect(Status(number: number).number == number) }
    #expect(Status(number: 42).rawValue == "CODE_42")
    #expect(Status.notFound.number == 5)
    #expect(Status.unauthenticated.number == 16)
  }

  @Test func `a caught error matches its code`() {
    let error = APIError(kind: .refused, status: .notFound, message: "", resource: "r", endpoint: "e")
    do { throw error } catch Status.notFound { return } catch { #expect(Bool(false), "did not match") }
  }
}
