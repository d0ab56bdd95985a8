import CloudModel
import Foundation
import Testing

@testable import Emulator

private let tasks = Bench.root + "/queues/q/tasks"
private let ok = Outcome.answered(200, retryAfter: nil)

private func failed(_ status: Int) -> Outcome { .answered(status, retryAfter: nil) }

@Suite struct `Tasks` {
  // MARK: Creation and views

  @Test func `a new task has the service's defaults`() throws {
    let bench = try Bench.withQueue()
    let name = try bench.createTask([
      "httpRequest": ["url": "http://a/b?c=d", "headers": ["x-a": "1", "user-agent": "mine"], "body": "aGk="]
    ])
    let id = try #require(name.split(separator: "/").last.map(String.init))
    #expect(UInt64(id) != nil)
    #expect(
      try bench.task(name, full: true) == [
        "name": .string(name),
        "httpRequest": [
          "url": "http://a/b?c=d", "headers": ["x-a": "1", "User-Agent": "Google-Cloud-Tasks"], "httpMethod": "POST",
          "body": "aGk=",
        ],
        "scheduleTime": "2026-01-02T03:04:05.250Z", "createTime": "2026-01-02T03:04:05Z", "dispatchDeadline": "600s",
        "view": "FULL",
      ])
  }

  @Test func `BASIC leaves out the body only`() throws {
    let bench = try Bench.withQueue()
    let name = try bench.createTask(["httpRequest": ["url": "http://a", "headers": ["x-a": "1"], "body": "aGk="]])
    let basic = try bench.task(name)
    #expect(basic["httpRequest"]?["body"] == nil)
    #expect(basic["httpRequest"]?["headers"]?["x-a"] == "1")
    #expect(basic["view"] == "BASIC")
    #expect(try bench.ok("GET", tasks + "?responseView=FULL")["tasks"]?[0]?["httpRequest"]?["body"] == "aGk=")
    let created = try bench.ok("POST", tasks, ["task": Bench.plain, "responseView": "FULL"])
    #expect(created["view"] == "FULL")
  }

  @Test func `an App Engine task gets App Engine's headers`() throws {
    let bench = try Bench.withQueue()
    let name = try bench.createTask(["appEngineHttpRequest": ["relativeUri": "/work", "body": "aGk="]])
    let request = try bench.task(name)["appEngineHttpRequest"]
    #expect(
      request?["headers"] == [
        "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)", "Content-Length": "2",
        "Content-Type": "application/octet-stream",
      ])
    #expect(try bench.task(name)["dispatchDeadline"] == nil)
  }

  // MARK: Pages

  @Test func `pages keep the order of creation and survive deletions`() throws {
    let bench = try Bench.withQueue()
    let names = try (0..<25).map { try bench.createTask(Bench.named("t\($0)")) }
    let first = try bench.ok("GET", tasks + "?pageSize=10")
    #expect(Self.names(first) == Array(names[0..<10]))
    for name in names[5..<15] { try bench.ok("DELETE", "/v2/" + name) }
    let token = try #require(first["nextPageToken"]?.string)
    let second = try bench.ok("GET", tasks + "?pageSize=10&pageToken=" + token)
    #expect(Self.names(second) == Array(names[15..<25]))
    #expect(second["nextPageToken"] == nil)
  }

  @Test func `a page has at most a thousand tasks`() throws {
    let bench = try Bench.withQueue()
    for _ in 0..<1001 { try bench.createTask() }
    for size in ["", "?pageSize=5000"] {
      let page = try bench.ok("GET", tasks + size)
      #expect(page["tasks"]?.array?.count == 1000)
      #expect(page["nextPageToken"] != nil)
    }
  }

  @Test func `a page token is good for two hours`() throws {
    let bench = try Bench.withQueue()
    for _ in 0..<2 { try bench.createTask() }
    let token = try #require(bench.ok("GET", tasks + "?pageSize=1")["nextPageToken"]?.string)
    bench.advance(.seconds(7200))
    #expect(Self.names(try bench.ok("GET", tasks + "?pageToken=" + token)).count == 1)
    bench.advance(.seconds(1))
    #expect(bench.call("GET", tasks + "?pageToken=" + token).status == 400)
  }

  private static func names(_ answer: JSON) -> [String] {
    answer["tasks"]?.array?.compactMap { $0["name"]?.string } ?? []
  }

  // MARK: Names

  @Test func `a completed task's name rests for an hour`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(Bench.named("a"))
    #expect(bench.answerDue(ok) == 1)
    bench.advance(.seconds(3599))
    #expect(bench.call("POST", tasks, ["task": Bench.named("a")]).status == 409)
    bench.advance(.seconds(1))
    try bench.createTask(Bench.named("a"))
  }

  // MARK: Dispatch

  @Test func `a task is dispatched with the service's headers, which win over the user's`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask([
      "name": "projects/acme/locations/us-central1/queues/q/tasks/t1",
      "httpRequest": [
        "url": "http://a/b c", "body": "aGk=",
        "headers": ["x-cloudtasks-queuename": "mine", "Content-Type": "text/plain", "Host": "evil", "X-Google-A": "1"],
      ],
    ])
    let request = try bench.onlyDue().request
    #expect(request.method == "POST")
    #expect(request.url == "http://a/b%20c")
    #expect(request.body == Data("hi".utf8))
    #expect(request.timeout == .seconds(600))
    let headers = request.headers.map { "\($0.name): \($0.value)" }
    #expect(
      headers == [
        "Content-Type: text/plain", "X-CloudTasks-QueueName: q", "X-CloudTasks-TaskName: t1",
        "X-CloudTasks-TaskRetryCount: 0", "X-CloudTasks-TaskExecutionCount: 0",
        "X-CloudTasks-TaskETA: 1767323045.250000", "User-Agent: Google-Cloud-Tasks",
      ])
  }

  @Test func `the counters of a task that is answered 503, 404, 429, 500, 302`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["minBackoff": "1s", "maxBackoff": "1s"]])
    try bench.createTask()
    var counts: [String] = []
    var previous: [String] = []
    for status in [503, 404, 429, 500, 302, 200] {
      let (order, request) = try bench.onlyDue()
      counts.append(request.headers["X-CloudTasks-TaskExecutionCount"] ?? "-")
      previous.append(request.headers["X-CloudTasks-TaskPreviousResponse"] ?? "-")
      #expect(request.headers["X-CloudTasks-TaskRetryCount"] == String(counts.count - 1))
      #expect(request.headers["X-CloudTasks-TaskRetryReason"] == (counts.count == 1 ? nil : ""))
      bench.state.finish(order, failed(status), at: bench.now)
      bench.advance(.seconds(1))
    }
    #expect(counts == ["0", "0", "1", "2", "2", "3"])
    #expect(previous == ["-", "503", "404", "429", "500", "302"])
    #expect(try bench.ok("GET", tasks) == [:])
  }

  @Test func `after a time-out the previous response is 504, and no response is counted`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["minBackoff": "1s"]])
    let name = try bench.createTask()
    bench.answerDue(.timedOut)
    let task = try bench.task(name)
    #expect(task["dispatchCount"] == 1)
    #expect(task["responseCount"] == nil)
    #expect(task["lastAttempt"]?["responseStatus"]?["code"] == 4)
    bench.advance(.seconds(1))
    #expect(try bench.onlyDue().request.headers["X-CloudTasks-TaskPreviousResponse"] == "504")
  }

  @Test func `an App Engine task counts every answer`() throws {
    let bench = Bench(appEngineHost: "127.0.0.1:8080")
    try bench.ok("PATCH", Bench.root + "/queues/q", ["retryConfig": ["minBackoff": "1s"]])
    try bench.createTask(["appEngineHttpRequest": ["relativeUri": "/work"]])
    let (order, first) = try bench.onlyDue()
    #expect(first.url == "http://127.0.0.1:8080/work")
    #expect(first.headers["User-Agent"] == "AppEngine-Google; (+http://code.google.com/appengine)")
    bench.state.finish(order, failed(503), at: bench.now)
    bench.advance(.seconds(1))
    let second = try bench.onlyDue().request
    #expect(second.headers["X-AppEngine-TaskExecutionCount"] == "1")
    #expect(second.headers["X-AppEngine-TaskRetryReason"] == "App Error")
  }

  @Test func `an attempt in flight is visible`() throws {
    let bench = try Bench.withQueue()
    let name = try bench.createTask()
    let order = try bench.onlyDue().order
    let running = try bench.task(name)
    #expect(running["dispatchCount"] == 1)
    #expect(running["responseCount"] == nil)
    #expect(running["lastAttempt"]?["dispatchTime"] == "2026-01-02T03:04:05.250Z")
    #expect(running["lastAttempt"]?["responseTime"] == nil)
    bench.advance(.seconds(2))
    bench.state.finish(order, failed(503), at: bench.now)
    let waiting = try bench.task(name)
    #expect(waiting["firstAttempt"] == ["dispatchTime": "2026-01-02T03:04:05.250Z"])
    #expect(
      waiting["lastAttempt"] == [
        "scheduleTime": "2026-01-02T03:04:05.250Z", "dispatchTime": "2026-01-02T03:04:05.250Z",
        "responseTime": "2026-01-02T03:04:07.250Z",
        "responseStatus": ["code": 14, "message": "UNAVAILABLE(14): HTTP status code 503"],
      ])
    #expect(waiting["scheduleTime"] == "2026-01-02T03:04:07.350Z")
  }

  @Test(arguments: [
    (400, 3), (401, 16), (403, 7), (404, 5), (409, 6), (429, 8), (499, 1), (500, 13), (501, 12), (503, 14), (504, 4),
    (302, 2), (418, 2), (502, 2),
  ])
  func `an answer's status becomes a code`(_ status: Int, _ code: Int) {
    #expect(failed(status).status.code == code)
    #expect(failed(status).status.message == "\(Status(number: code))(\(code)): HTTP status code \(status)")
  }

  @Test func `retries come at the documented times`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["minBackoff": "10s", "maxBackoff": "300s", "maxDoublings": 3]])
    try bench.createTask()
    var delays: [Duration] = []
    for _ in 0..<8 {
      #expect(bench.answerDue(failed(500)) == 1)
      let next = try #require(
        bench.state.queue(try QueueName("projects/acme/locations/us-central1/queues/q"))?.nextEvent(at: bench.now))
      delays.append(next - bench.now)
      bench.now = next
    }
    #expect(delays == [10, 20, 40, 80, 160, 240, 300, 300].map { Duration.seconds($0) })
  }

  @Test func `a task is dropped after its last attempt`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["maxAttempts": 3, "minBackoff": "1s", "maxBackoff": "1s"]])
    try bench.createTask(Bench.named("a"))
    for left in [1, 1, 0] {
      #expect(bench.answerDue(failed(500)) == 1)
      #expect(try bench.ok("GET", tasks)["tasks"]?.array?.count ?? 0 == left)
      bench.advance(.seconds(1))
    }
    #expect(bench.call("POST", tasks, ["task": Bench.named("a")]).status == 409)
  }

  @Test func `a task's own retry configuration wins`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(["httpRequest": ["url": "http://a"], "retryConfig": ["maxAttempts": 1]])
    bench.answerDue(failed(500))
    #expect(try bench.ok("GET", tasks) == [:])
  }

  @Test(arguments: [(429, 30), (503, 30), (500, 1)])
  func `Retry-After is heard with 429 and 503`(_ status: Int, _ seconds: Int) throws {
    let bench = try Bench.withQueue(["retryConfig": ["minBackoff": "1s"]])
    let name = try bench.createTask()
    bench.answerDue(.answered(status, retryAfter: .seconds(30)))
    #expect(try bench.task(name)["scheduleTime"] == .string((bench.now + .seconds(seconds)).text))
  }

  @Test func `a task is never dispatched twice at once`() throws {
    let bench = try Bench.withQueue()
    for _ in 0..<50 { try bench.createTask() }
    let first = bench.due()
    #expect(Set(first.map { "\($0)" }).count == 50)
    bench.advance(.seconds(3600))
    #expect(bench.due().isEmpty)
  }

  @Test func `a scheduled task waits for its time`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(["httpRequest": ["url": "http://a"], "scheduleTime": "2026-01-02T03:05:00Z"])
    #expect(bench.due().isEmpty)
    let wake = try #require(bench.state.nextWake)
    #expect(wake.text == "2026-01-02T03:05:00Z")
    bench.now = wake
    #expect(bench.due().count == 1)
  }

  @Test func `a queue sends its burst, then its rate`() throws {
    let bench = try Bench.withQueue(["rateLimits": ["maxDispatchesPerSecond": 2]])
    for _ in 0..<30 { try bench.createTask() }
    #expect(bench.answerDue() == 10)
    bench.advance(.seconds(1))
    #expect(bench.answerDue() == 2)
    bench.advance(.milliseconds(499))
    #expect(bench.answerDue() == 0)
  }

  @Test func `no more than the allowed number are in flight`() throws {
    let bench = try Bench.withQueue(["rateLimits": ["maxConcurrentDispatches": 3]])
    for _ in 0..<5 { try bench.createTask() }
    let orders = bench.due()
    #expect(orders.count == 3)
    #expect(bench.state.nextWake.map { $0 > bench.now } ?? true)
    bench.state.finish(orders[0], ok, at: bench.now)
    #expect(bench.due().count == 1)
  }

  @Test func `a paused queue takes tasks and sends none until it is resumed`() throws {
    let bench = try Bench.withQueue()
    try bench.ok("POST", Bench.root + "/queues/q:pause", [:])
    try bench.createTask()
    #expect(bench.due().isEmpty)
    try bench.ok("POST", Bench.root + "/queues/q:resume", [:])
    #expect(bench.due().count == 1)
  }

  @Test func `running a task does not ask whether the queue is paused`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["minBackoff": "5s"]])
    try bench.ok("POST", Bench.root + "/queues/q:pause", [:])
    let name = try bench.createTask(["httpRequest": ["url": "http://a"], "scheduleTime": "2026-01-03T00:00:00Z"])
    #expect(try bench.ok("POST", "/v2/\(name):run", [:])["dispatchCount"] == 1)
    bench.answerDue(failed(500))
    #expect(try bench.task(name)["scheduleTime"] == .string((bench.now + .seconds(5)).text))
    bench.advance(.seconds(3600))
    #expect(bench.due().isEmpty)
  }

  @Test func `running a task that is running sends it again, and only the last end counts`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["minBackoff": "5s"]])
    let name = try bench.createTask()
    let first = try bench.onlyDue().order
    #expect(try bench.ok("POST", "/v2/\(name):run", [:])["dispatchCount"] == 2)
    let second = try #require(bench.due().first)
    bench.state.finish(first, failed(500), at: bench.now)
    bench.advance(.seconds(100))
    #expect(bench.due().isEmpty)
    bench.state.finish(second, ok, at: bench.now)
    #expect(try bench.ok("GET", tasks) == [:])
  }

  @Test func `the end of an attempt of a deleted task frees its place`() throws {
    let bench = try Bench.withQueue(["rateLimits": ["maxConcurrentDispatches": 1]])
    let name = try bench.createTask()
    let order = try bench.onlyDue().order
    try bench.ok("DELETE", "/v2/" + name)
    try bench.createTask()
    #expect(bench.due().isEmpty)
    bench.state.finish(order, failed(500), at: bench.now)
    #expect(bench.due().count == 1)
  }

  @Test func `a task is given up after 31 days`() throws {
    let bench = try Bench.withQueue()
    try bench.ok("POST", Bench.root + "/queues/q:pause", [:])
    try bench.createTask()
    bench.advance(.seconds(31 * 86400 - 1))
    _ = bench.due()
    #expect(try bench.ok("GET", tasks)["tasks"]?.array?.count == 1)
    bench.advance(.seconds(1))
    _ = bench.due()
    #expect(try bench.ok("GET", tasks) == [:])
  }

  @Test func `a queue's own retention and rest of names are kept`() throws {
    let bench = Bench()
    let beta = "/v2beta3/\(Bench.parent)/queues/q"
    try bench.ok("PATCH", beta, ["taskTtl": "864000s", "tombstoneTtl": "7200s"])
    try bench.ok("POST", beta + ":pause", [:])
    let wish = JSON.string((bench.now + .seconds(20 * 86400)).text)
    let name = try bench.createTask(["httpRequest": ["url": "http://a"], "scheduleTime": wish])
    bench.advance(.seconds(864_000 - 1))
    #expect(bench.due().isEmpty)
    _ = try bench.task(name)
    bench.advance(.seconds(1))
    #expect(bench.due().isEmpty)
    #expect(bench.refusal("GET", "/v2/" + name).contains("existed recently"))
    bench.advance(.seconds(7199))
    #expect(bench.refusal("GET", "/v2/" + name).contains("existed recently"))
    bench.advance(.seconds(1))
    #expect(bench.refusal("GET", "/v2/" + name) == "NOT_FOUND: Requested entity was not found.")
  }

  @Test func `an attempt has the task's deadline, and redirects are followed for HTTP only`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(["httpRequest": ["url": "http://a"], "dispatchDeadline": "20s"])
    let (_, request) = try bench.onlyDue()
    #expect((request.timeout, request.followRedirects) == (.seconds(20), 5))
    let other = Bench(appEngineHost: "127.0.0.1:1")
    try other.ok("PATCH", Bench.root + "/queues/q", [:])
    try other.createTask(["appEngineHttpRequest": [:], "dispatchDeadline": "86415s"])
    let (_, routed) = try other.onlyDue()
    #expect((routed.timeout, routed.followRedirects) == (.seconds(86415), 0))
  }

  @Test func `names of a million finished tasks are forgotten a few at a time`() throws {
    let bench = try Bench.withQueue(["rateLimits": ["maxConcurrentDispatches": 5000]])
    for _ in 0..<1200 { try bench.createTask() }
    try bench.ok("POST", Bench.root + "/queues/q:purge", [:])
    while bench.state.hasRemains { bench.state.giveUpSome() }
    bench.advance(.seconds(3700))
    var steps = 0
    while let next = bench.state.nextWake, next <= bench.now + .milliseconds(1), steps < 10 {
      bench.advance(.milliseconds(1))
      #expect(bench.due().isEmpty)
      steps += 1
    }
    #expect((3...4).contains(steps))
  }

  @Test func `firebase-admin gets the answer it expects`() throws {
    let bench = try Bench.withQueue()
    let answer = try bench.ok("POST", "/projects/acme/locations/us-central1/queues/q/tasks", ["task": Bench.plain])
    #expect(answer["task"]?["name"]?.string?.hasPrefix("/projects/acme/locations/us-central1/queues/q/tasks/") == true)
  }
}
