// Every message of google-apis.md section 1.6 that belongs to these services, by
// the call that brings it about.

import CloudModel
import Testing

@testable import Emulator

private struct Case: CustomTestStringConvertible {
  let method: String
  let path: String
  let body: JSON?
  let answer: String

  init(_ method: String, _ path: String, _ body: JSON, _ answer: String) {
    (self.method, self.path, self.body, self.answer) = (method, path, body, answer)
  }

  init(_ method: String, _ path: String, _ answer: String) {
    (self.method, self.path, body, self.answer) = (method, path, nil, answer)
  }

  var testDescription: String { "\(method) \(path) \(body?.compact.prefix(120) ?? "")" }
}

private let queues = Bench.root + "/queues"
private let tasks = queues + "/q/tasks"
private let queueAbsent =
  "NOT_FOUND: Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize."
private let entityAbsent = "NOT_FOUND: Requested entity was not found."

private func queue(_ id: String, _ members: JSON = [:]) -> JSON {
  var object: JSONObject = ["name": .string("\(Bench.parent)/queues/\(id)")]
  object.merge(members.object ?? [:])
  return .object(object)
}

private func task(_ members: JSON) -> JSON { ["task": members] }

private func http(_ members: JSON) -> JSON { ["task": ["httpRequest": members]] }

private let queueCases = [
  Case("GET", queues + "/none", queueAbsent), Case("POST", queues + "/none:pause", [:], queueAbsent),
  Case("POST", queues + "/none:resume", [:], queueAbsent), Case("POST", queues + "/none:purge", [:], queueAbsent),
  Case("GET", queues + "/none/tasks", queueAbsent), Case("GET", queues + "/gone", queueAbsent),
  Case("POST", queues + "/none/tasks", task(Bench.plain), queueAbsent),
  Case("POST", queues + "/gone/tasks", task(Bench.plain), queueAbsent),
  Case("DELETE", queues + "/none", entityAbsent), Case("DELETE", queues + "/gone", entityAbsent),
  Case("POST", queues, queue("q"), "ALREADY_EXISTS: Queue already exists"),
  Case(
    "POST", queues, queue("gone"),
    "FAILED_PRECONDITION: The queue cannot be created because a queue with this name existed too recently."),
  Case(
    "POST", queues, ["name": "bad"],
    #"INVALID_ARGUMENT: Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>"."#
  ),
  Case(
    "POST", queues, ["name": "projects/other/locations/us-central1/queues/x"],
    "INVALID_ARGUMENT: projects/other/locations/us-central1/queues/x must begin with projects/acme/locations/us-central1."
  ),
  Case("GET", "/v2/projects/b!d/locations/x/queues", "PERMISSION_DENIED: Permission denied on resource project b!d."),
]

private let limitCases = [
  ("rateLimits", "maxDispatchesPerSecond", JSON.integer(-1), "RateLimits.maxDispatchesPerSecond cannot be negative."),
  ("rateLimits", "maxDispatchesPerSecond", 501, "RateLimits.maxDispatchesPerSecond must be less than or equal to 500."),
  ("rateLimits", "maxConcurrentDispatches", -1, "RateLimits.maxConcurrentDispatches cannot be negative."),
  (
    "rateLimits", "maxConcurrentDispatches", 5001,
    "RateLimits.maxConcurrentDispatches must be less than or equal to 5000."
  ),
  ("retryConfig", "maxAttempts", -2, "RetryConfig.maxAttempts must be greater or equal to -1."),
  ("retryConfig", "maxDoublings", -1, "RetryConfig.maxDoublings cannot be negative."),
  ("retryConfig", "minBackoff", "-1s", "RetryConfig.minBackoff cannot be negative."),
  (
    "retryConfig", "minBackoff", "3601s", "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff."
  ),
].map { group, field, value, answer in
  let members = JSON.object([group: .object([field: value])])
  return Case("POST", queues, queue("new", members), "INVALID_ARGUMENT: " + answer)
}

private let taskCases = [
  Case("GET", tasks + "/none", entityAbsent), Case("DELETE", tasks + "/none", entityAbsent),
  Case("POST", tasks + "/none:run", [:], entityAbsent),
  Case(
    "GET", tasks + "/done",
    "NOT_FOUND: The task no longer exists, though a task with this name existed recently. "
      + "The task either successfully completed or was deleted."),
  Case("POST", tasks, task(Bench.named("here")), "ALREADY_EXISTS: Requested entity already exists"),
  Case("POST", tasks, task(Bench.named("done")), "ALREADY_EXISTS: Requested entity already exists"),
  Case(
    "POST", tasks, task(Bench.named("not a valid id")),
    #"INVALID_ARGUMENT: Task ID "not a valid id" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), "#
      + "or underscores (_). Task ID must between 1 and 500 characters."),
  Case(
    "POST", queues + "/none/tasks", task(Bench.named("a")),
    "INVALID_ARGUMENT: The queue name from request ('\(Bench.parent)/queues/none') must be the same as the queue name "
      + "in the named task ('\(Bench.parent)/queues/q')."),
  Case("POST", tasks, http([:]), "INVALID_ARGUMENT: HttpRequest.url is required."),
  Case(
    "POST", tasks, http(["url": "ftp://x"]),
    "INVALID_ARGUMENT: HttpTarget.url must start with 'http://' or 'https://'."),
  Case("POST", tasks, task([:]), "INVALID_ARGUMENT: Task.payload_type is not set."),
  Case(
    "POST", tasks, ["parent": "projects/other/locations/x/queues/q", "task": Bench.plain],
    "INVALID_ARGUMENT: Invalid resource field value in the request."),
  Case(
    "PATCH", queues + "/q", queue("other"), "INVALID_ARGUMENT: Invalid resource field value in the request."),
  Case("POST", tasks, [:], "INVALID_ARGUMENT: Task.payload_type is not set."),
  Case(
    "POST", tasks, task(["httpRequest": ["url": "http://x"], "dispatchDeadline": "14s"]),
    "INVALID_ARGUMENT: Task.dispatchDeadline must be between [15s, 30m]."),
  Case(
    "POST", tasks, task(["httpRequest": ["url": "http://x"], "dispatchDeadline": "1801s"]),
    "INVALID_ARGUMENT: Task.dispatchDeadline must be between [15s, 30m]."),
  Case(
    "POST", tasks, task(["appEngineHttpRequest": [:], "dispatchDeadline": "86416s"]),
    "INVALID_ARGUMENT: Task.dispatchDeadline must be between [15s, 24h15s]."),
  Case(
    "POST", tasks, task(["httpRequest": ["url": "http://x"], "scheduleTime": "2100-01-01T00:00:00Z"]),
    "INVALID_ARGUMENT: The Task.scheduleTime, 2099-12-31T16:00:00-08:00, is too far in the future. "
      + "Schedule time must be no more than 720h in the future."),
  Case(
    "POST", tasks, task(["pullMessage": ["payload": "aGk="]]),
    "UNIMPLEMENTED: Pull queues are not available here: this emulator dispatches to HTTP targets only."),
  Case("GET", tasks + "?pageToken=nonsense", "INVALID_ARGUMENT: The page token is invalid or has expired."),
  Case("GET", tasks + "?pageSize=-1", "INVALID_ARGUMENT: The page size cannot be negative."),
]

private func withHeader(_ name: String, _ value: String) -> JSON {
  http(["url": "http://x", "headers": .object([name: .string(value)])])
}

/// Refusals without a capture from production, in our words.
private let ownTaskCases = [
  Case(
    "POST", tasks, withHeader("X Y", "a"),
    #"INVALID_ARGUMENT: The header name "X Y" holds characters that are not allowed in one."#),
  Case(
    "POST", tasks, withHeader("", "a"),
    #"INVALID_ARGUMENT: The header name "" holds characters that are not allowed in one."#),
  Case(
    "POST", tasks, withHeader("A:\r\nHost", "a"),
    #"INVALID_ARGUMENT: The header name "A:\r\nHost" holds characters that are not allowed in one."#),
  Case(
    "POST", tasks, withHeader("A", "b\r\nX-Injected: c"),
    #"INVALID_ARGUMENT: The value of the header "A" holds control characters."#),
  Case(
    "POST", tasks, task(["appEngineHttpRequest": ["headers": ["A": "\u{0}"]]]),
    #"INVALID_ARGUMENT: The value of the header "A" holds control characters."#),
  Case(
    "PATCH", queues + "/q",
    ["httpTarget": ["headerOverrides": [["header": ["key": "A", "value": "b\nc"]]]]],
    #"INVALID_ARGUMENT: The value of the header "A" holds control characters."#),
  Case(
    "POST", Bench.jobs,
    [
      "name": .string(Bench.parent + "/jobs/h"), "schedule": "* * * * *",
      "httpTarget": ["uri": "http://x", "headers": ["A": "b\nc"]],
    ], #"INVALID_ARGUMENT: The value of the header "A" holds control characters."#),
]

private let job: JSON = ["schedule": "* * * * *", "httpTarget": ["uri": "http://worker.test/x"]]

private func job(_ id: String, _ members: JSON) -> JSON {
  var object: JSONObject = ["name": .string("\(Bench.parent)/jobs/\(id)")]
  object.merge(members.object ?? [:])
  object.merge(job.object ?? [:])
  return .object(object)
}

private let jobCases = [
  Case("GET", Bench.jobs + "/none", "NOT_FOUND: Job not found."),
  Case("PATCH", Bench.jobs + "/none", job("none", [:]), "NOT_FOUND: Job not found."),
  Case("POST", Bench.jobs + "/none:run", [:], "NOT_FOUND: Job not found."),
  Case("POST", Bench.jobs, job("j", [:]), "ALREADY_EXISTS: Job \(Bench.parent)/jobs/j already exists."),
  Case("POST", Bench.jobs, job("k", ["schedule": "nope"]), "INVALID_ARGUMENT: Schedule or time zone is invalid."),
  Case("POST", Bench.jobs, job("k", ["timeZone": "PST"]), "INVALID_ARGUMENT: Schedule or time zone is invalid."),
  Case(
    "POST", Bench.jobs, ["name": "nameJob", "schedule": "* * * * *"],
    #"INVALID_ARGUMENT: Job name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/jobs/<JOB_ID>"."#),
  Case(
    "POST", Bench.jobs, job("k", ["retryConfig": ["retryCount": 6]]),
    "INVALID_ARGUMENT: Request contains an invalid argument."),
  Case(
    "POST", Bench.jobs, job("k", ["attemptDeadline": "10s"]), "INVALID_ARGUMENT: Request contains an invalid argument."),
  Case(
    "POST", Bench.jobs, job("k", ["pubsubTarget": ["topicName": "projects/acme/topics/t"]]),
    "INVALID_ARGUMENT: Request contains an invalid argument."),
  Case("POST", Bench.jobs + "/j:resume", [:], "FAILED_PRECONDITION: The job must be PAUSED to be resumed."),
]

@Suite struct `Messages of production` {
  private static func bench() throws -> Bench {
    let bench = try Bench.withQueue()
    try bench.ok("POST", queues, queue("gone"))
    try bench.ok("DELETE", queues + "/gone")
    try bench.createTask(Bench.named("here"))
    try bench.createTask(Bench.named("done"))
    try bench.ok("DELETE", tasks + "/done")
    try bench.ok("POST", Bench.jobs, job("j", [:]))
    return bench
  }

  @Test(arguments: queueCases + limitCases) private func `a queue is refused in the service's words`(_ one: Case) throws
  {
    #expect(try Self.bench().refusal(one.method, one.path, one.body) == one.answer)
  }

  @Test(arguments: taskCases + ownTaskCases) private func `a task is refused in the service's words`(_ one: Case) throws
  {
    #expect(try Self.bench().refusal(one.method, one.path, one.body) == one.answer)
  }

  @Test(arguments: jobCases) private func `a job is refused in the service's words`(_ one: Case) throws {
    #expect(try Self.bench().refusal(one.method, one.path, one.body) == one.answer)
  }

  @Test func `a bad queue name comes with a link`() throws {
    let details = try Self.bench().call("POST", queues, ["name": "bad"]).json["error"]?["details"]
    #expect(details?[0]?["@type"] == "type.googleapis.com/google.rpc.Help")
    #expect(details?[0]?["links"]?[0]?["description"] == "Definition of queue name")
  }

  @Test func `a bad task ID comes with a link`() throws {
    let details = try Self.bench().call("POST", tasks, task(Bench.named("not a valid id"))).json["error"]?["details"]
    #expect(details?[0]?["@type"] == "type.googleapis.com/google.rpc.Help")
    #expect(details?[0]?["links"]?[0]?["description"] == "Definition of task ID")
  }

  @Test func `a token over plain HTTP is refused where that is asked for`() throws {
    let bench = Bench(state: EmulatorState(appEngineHost: nil, requiresHTTPS: true, seed: 1))
    try bench.ok("PATCH", queues + "/q", [:])
    let token: JSON = ["serviceAccountEmail": "a@b"]
    for field in ["oidcToken", "oauthToken"] {
      let refusal = bench.refusal("POST", tasks, http(.object(["url": "HTTP://x", field: token])))
      #expect(
        refusal
          == "INVALID_ARGUMENT: HttpRequest.url must start with 'https://' for request with "
          + "HttpRequest.authorization_header")
    }
    try bench.createTask(["httpRequest": ["url": "https://x", "oidcToken": token]])
    try bench.createTask()
  }

  @Test(arguments: [("30", true), ("60.25", false)])
  func `a caller waits thirty seconds at most`(_ seconds: String, _ isFine: Bool) throws {
    let response = try Self.bench().raw("GET", queues + "/q", [], [("X-Server-Timeout", seconds)])
    #expect(response.status == (isFine ? 200 : 400))
    guard !isFine else { return }
    #expect(
      try JSON(parsing: response.body)["error"]?["message"]
        == "The request deadline is 2026-01-01T19:05:05.500-08:00. The deadline cannot be more than 30s in the future.")
  }

  @Test func `a bad project comes with its reason`() {
    let error = Bench().call("GET", "/v2/projects/b!d/locations/x/queues").json["error"]
    #expect(error?["details"]?[2]?["@type"] == "type.googleapis.com/google.rpc.Help")
    #expect(error?["details"]?[0]?["reason"] == "CONSUMER_INVALID")
    #expect(error?["details"]?[1]?["message"] == error?["message"])
  }

  @Test func `a negative burst size is ignored`() throws {
    let answer = try Bench().ok("POST", queues, queue("b", ["rateLimits": ["maxBurstSize": -5]]))
    #expect(answer["rateLimits"]?["maxBurstSize"] == 100)
  }

  @Test func `a URL with a broken escape is accepted`() throws {
    try Self.bench().createTask(["httpRequest": ["url": "http://example.com/%zz"]])
  }

  @Test(arguments: [(1_048_300, true), (1_048_570, false)])
  func `the size limit is that of the stored message`(_ size: Int, _ fits: Bool) throws {
    let body = JSON.string(String(repeating: "A", count: size / 3 * 4))
    let (status, json) = try Self.bench().call("POST", tasks, http(["url": "http://x", "body": body]))
    #expect(status == (fits ? 200 : 400))
    if !fits { #expect(json["error"]?["message"] == "Task size too large") }
  }

  @Test func `the size limit is the same for App Engine`() throws {
    func create(_ size: Int) throws -> (status: Int, json: JSON) {
      let body = JSON.string(String(repeating: "A", count: size / 3 * 4))
      return try Self.bench().call("POST", tasks, task(["appEngineHttpRequest": ["body": body]]))
    }
    #expect(try create(1_048_200).status == 200)
    #expect(try create(1_048_570).json["error"]?["message"] == "Task size too large")
  }
}
