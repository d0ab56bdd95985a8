import CloudModel
import Testing

@testable import Emulator

private let tasks = Bench.root + "/queues/q/tasks"

@Suite struct `Requests` {
  @Test func `an unknown field is named with its place`() throws {
    let bench = try Bench.withQueue()
    let (status, json) = bench.call("POST", tasks, ["task": ["x": 1, "httpRequest": ["url": "http://a", "wrong": 2]]])
    #expect(status == 400)
    let error = json["error"]
    #expect(
      error?["message"]
        == .string(
          "Invalid JSON payload received. Unknown name \"x\" at 'task': Cannot find field.\n"
            + "Invalid JSON payload received. Unknown name \"wrong\" at 'task.http_request': Cannot find field."))
    #expect(error?["details"]?[0]?["@type"] == "type.googleapis.com/google.rpc.BadRequest")
    #expect(error?["details"]?[0]?["fieldViolations"]?[1]?["field"] == "task.http_request")
  }

  @Test func `an unknown field of the root has no place`() throws {
    let message = try Bench.withQueue().refusal("POST", tasks, ["nope": 1])
    #expect(message == "INVALID_ARGUMENT: Invalid JSON payload received. Unknown name \"nope\": Cannot find field.")
  }

  @Test func `an unknown query parameter is refused and a system parameter is not`() throws {
    let bench = try Bench.withQueue()
    #expect(
      bench.refusal("GET", tasks + "?foo=1")
        == "INVALID_ARGUMENT: Invalid JSON payload received. Unknown name \"foo\": Cannot bind query parameter. "
        + "Field 'foo' could not be found in request message.")
    try bench.ok(
      "GET", tasks + "?alt=json&prettyPrint=false&key=K&fields=a&%24alt=json%3Benum-encoding%3Dint&$.xgafv=1")
  }

  @Test(arguments: [
    ("{bad", "line 1"), ("[1", "line 1"), ("{\"task\":\n nope}", "line 2"), ("{} {}", "line 1"),
  ])
  func `broken JSON is a bad request that says where`(_ text: String, _ place: String) throws {
    let response = try Bench.withQueue().raw("POST", tasks, Array(text.utf8))
    let message = try JSON(parsing: response.body)["error"]?["message"]?.string ?? ""
    #expect(response.status == 400)
    #expect(message.hasPrefix("Invalid JSON payload received. ") && message.contains(place))
  }

  @Test func `a wrong type names field, type and value`() throws {
    let message = try Bench.withQueue().refusal(
      "POST", tasks, ["task": ["httpRequest": ["url": 7, "httpMethod": "FETCH"]]])
    #expect(
      message == "INVALID_ARGUMENT: Invalid value at 'task.http_request.url' (TYPE_STRING), 7\n"
        + "Invalid value at 'task.http_request.http_method' (type.googleapis.com/google.cloud.tasks.v2.HttpMethod), \"FETCH\""
    )
  }

  @Test func `what Google's clients send is read`() throws {
    let bench = try Bench.withQueue()
    let name = try bench.createTask([
      "http_request": [
        "url": "http://a/b", "httpMethod": 4, "body": "a-_8", "headers": ["X-A": "1", "X-Null": nil],
        "oidcToken": ["service_account_email": "a@b.c"],
      ],
      "scheduleTime": "2026-01-02T05:00:00.123456789+01:00", "dispatchDeadline": nil, "dispatchCount": "0",
    ])
    let task = try bench.task(name, full: true)
    #expect(task["httpRequest"]?["httpMethod"] == "PUT")
    #expect(task["httpRequest"]?["body"] == "a+/8")
    #expect(task["httpRequest"]?["oidcToken"] == ["serviceAccountEmail": "a@b.c"])
    #expect(task["scheduleTime"] == "2026-01-02T04:00:00.123456Z")
    #expect(task["dispatchDeadline"] == "600s")
  }

  @Test func `enums are numbers for those who ask`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask()
    let query = "?%24alt=json%3Benum-encoding%3Dint"
    let list = try bench.ok("GET", tasks + query + "&responseView=2")
    #expect(list["tasks"]?[0]?["httpRequest"]?["httpMethod"] == 1)
    #expect(list["tasks"]?[0]?["view"] == 2)
    #expect(try bench.ok("GET", Bench.root + "/queues/q" + query)["state"] == 1)
    try bench.ok("POST", Bench.root + "/queues/q:pause", [:])
    #expect(try bench.ok("GET", Bench.root + "/queues/q" + query)["state"] == 2)
  }

  @Test func `a header called state is not an enum`() throws {
    let bench = Bench()
    try bench.ok(
      "POST", Bench.jobs,
      [
        "name": "projects/acme/locations/us-central1/jobs/j", "schedule": "* * * * *",
        "httpTarget": ["uri": "http://a", "headers": ["state": "ENABLED"]],
      ])
    let job = try bench.ok("GET", Bench.jobs + "/j?$alt=json;enum-encoding=int")
    #expect(job["state"] == 1)
    #expect(job["httpTarget"]?["headers"]?["state"] == "ENABLED")
    #expect(job["httpTarget"]?["httpMethod"] == 1)
  }

  @Test(arguments: [("GET", "/nope"), ("PUT", Bench.root + "/queues"), ("GET", "/v9/projects/p/locations")])
  func `an unknown path is a page, not JSON`(_ method: String, _ path: String) {
    let response = Bench().raw(method, path, [])
    #expect(response.status == 404)
    #expect(response.headers.first?.1 == "text/html; charset=UTF-8")
  }

  @Test func `pretty printing is for who asks`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask()
    #expect(bench.raw("GET", tasks + "?prettyPrint=true", []).body.contains(0x0A))
    let plain = bench.raw("GET", tasks, [])
    #expect(!plain.body.contains(0x0A))
  }

  @Test func `random JSON is never an internal error`() throws {
    var random = SeededGenerator(seed: 11)
    let bench = try Bench.withQueue()
    let paths = [
      ("POST", tasks), ("POST", Bench.root + "/queues"), ("PATCH", Bench.root + "/queues/q?updateMask=rateLimits"),
      ("POST", Bench.jobs), ("PATCH", Bench.jobs + "/j"), ("POST", tasks + "/t:run"), ("GET", tasks + "?pageSize=7"),
      ("POST", Bench.root + "/queues/q:setIamPolicy"),
    ]
    for _ in 0..<4000 {
      let (method, path) = paths[Int.random(in: 0..<paths.count, using: &random)]
      let status = bench.call(method, path, JSONFuzz.value(depth: 0, using: &random)).status
      #expect([200, 400, 403, 404, 409, 501].contains(status))
    }
    bench.answerDue()
  }
}

/// Random JSON out of the words that the APIs know.
enum JSONFuzz {
  private static let keys = [
    "name", "task", "httpRequest", "url", "headers", "body", "scheduleTime", "dispatchDeadline", "rateLimits", "queue",
    "maxDispatchesPerSecond", "retryConfig", "maxAttempts", "minBackoff", "schedule", "timeZone", "httpTarget", "uri",
    "permissions", "policy", "responseView", "x", "http_method", "oidcToken", "attemptDeadline", "maxDoublings",
  ]
  private static let texts = [
    "", "http://a/b", "projects/acme/locations/us-central1/queues/q/tasks/t",
    "projects/acme/locations/us-central1/jobs/j",
    "-1s", "0.1s", "99999999999999999999s", "2026-01-02T03:04:05Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "* * * * *", "Etc/UTC", "aGk=", "%%%", "\u{0}\u{7F}\u{FFFD}", "FULL", "POST", "9223372036854775807", "é😀",
  ]

  static func value(depth: Int, using random: inout SeededGenerator) -> JSON {
    switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &random) {
    case 0: nil
    case 1: .bool(Bool.random(using: &random))
    case 2:
      .number(
        ["0", "-1", "1e400", "3.5", "2147483648", "9223372036854775808", "7"].randomElement(using: &random) ?? "0")
    case 3, 4: .string(texts.randomElement(using: &random) ?? "")
    case 5: .array((0..<Int.random(in: 0..<3, using: &random)).map { _ in value(depth: depth + 1, using: &random) })
    default:
      .object(
        JSONObject(
          (0..<Int.random(in: 0..<5, using: &random)).map { _ in
            (keys.randomElement(using: &random) ?? "x", value(depth: depth + 1, using: &random))
          }))
    }
  }
}
