import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

private let ok = Outcome.answered(200, retryAfter: nil)
private let failed = Outcome.answered(500, retryAfter: nil)

private func job(_ members: JSON = [:]) -> JSON {
  var object: JSONObject = ["name": "projects/acme/locations/us-central1/jobs/j"]
  object.merge(members.object ?? [:])
  object.merge(["schedule": "*/5 * * * *", "httpTarget": ["uri": "http://worker.test/tasks/Tick", "body": "aGk="]])
  return .object(object)
}

@Suite struct `Jobs` {
  private static func bench(_ members: JSON = [:]) throws -> Bench {
    let bench = Bench()
    try bench.ok("POST", Bench.jobs, job(members))
    return bench
  }

  private func shown(_ bench: Bench) throws -> JSON { try bench.ok("GET", Bench.jobs + "/j") }

  /// Moves to the next event.
  private func wake(_ bench: Bench) throws { bench.now = try #require(bench.state.nextWake) }

  @Test func `a new job has the service's defaults and no times yet`() throws {
    let created = try Bench().ok("POST", Bench.jobs, job())
    #expect(
      created == [
        "name": "projects/acme/locations/us-central1/jobs/j", "schedule": "*/5 * * * *",
        "httpTarget": [
          "uri": "http://worker.test/tasks/Tick", "body": "aGk=", "httpMethod": "POST",
          "headers": ["Content-Type": "application/octet-stream", "User-Agent": "Google-Cloud-Scheduler"],
        ],
        "timeZone": "Etc/UTC",
        "retryConfig": [
          "maxRetryDuration": "0s", "minBackoffDuration": "5s", "maxBackoffDuration": "3600s", "maxDoublings": 5,
        ], "attemptDeadline": "180s", "userUpdateTime": "2026-01-02T03:04:05.250Z", "state": "ENABLED",
      ])
  }

  @Test func `before its first run a job's status is -1`() throws {
    let job = try shown(Self.bench())
    #expect(job["status"] == ["code": -1])
    #expect(job["scheduleTime"] == "2026-01-02T03:05:00Z")
  }

  @Test func `a job fires on its schedule with the service's headers`() throws {
    let bench = try Self.bench(["timeZone": "America/Los_Angeles"])
    #expect(bench.due().isEmpty)
    try wake(bench)
    let (order, request) = try bench.onlyDue()
    #expect(request.url == "http://worker.test/tasks/Tick")
    #expect(request.timeout == .seconds(180))
    #expect(request.headers["User-Agent"] == "Google-Cloud-Scheduler")
    #expect(request.headers["X-CloudScheduler"] == "true")
    #expect(request.headers["X-CloudScheduler-JobName"] == "j")
    #expect(request.headers["X-CloudScheduler-ScheduleTime"] == "2026-01-01T19:05:00-08:00")
    bench.state.finish(order, ok, at: bench.now)
    let job = try shown(bench)
    #expect(job["status"] == [:])
    #expect(job["lastAttemptTime"] == "2026-01-02T03:05:00Z")
    #expect(job["scheduleTime"] == "2026-01-02T03:10:00Z")
  }

  @Test func `a failed run shows its code and waits for the next time`() throws {
    let bench = try Self.bench()
    try wake(bench)
    #expect(bench.answerDue(failed) == 1)
    #expect(try shown(bench)["status"] == ["code": 13])
    #expect(try shown(bench)["scheduleTime"] == "2026-01-02T03:10:00Z")
  }

  @Test func `retries follow the backoff under the same schedule time`() throws {
    let bench = try Self.bench(["retryConfig": ["retryCount": 2]])
    try wake(bench)
    var seen: [String] = []
    for _ in 0..<3 {
      let (order, request) = try bench.onlyDue()
      seen.append("\(bench.now.text) for \(request.headers["X-CloudScheduler-ScheduleTime"] ?? "?")")
      bench.state.finish(order, failed, at: bench.now)
      try wake(bench)
    }
    #expect(
      seen == [
        "2026-01-02T03:05:00Z for 2026-01-02T03:05:00+00:00", "2026-01-02T03:05:05Z for 2026-01-02T03:05:00+00:00",
        "2026-01-02T03:05:15Z for 2026-01-02T03:05:00+00:00",
      ])
    #expect(bench.now.text == "2026-01-02T03:10:00Z")
  }

  @Test func `there are never two executions at once`() throws {
    let bench = try Self.bench()
    try wake(bench)
    let first = try bench.onlyDue().order
    bench.advance(.seconds(700))
    #expect(bench.due().isEmpty)
    try bench.ok("POST", Bench.jobs + "/j:run", [:])
    #expect(bench.due().isEmpty)
    bench.state.finish(first, ok, at: bench.now)
    let second = try bench.onlyDue().order
    #expect(bench.due().isEmpty)
    bench.state.finish(second, ok, at: bench.now)
    #expect(bench.answerDue() == 1)
    #expect(bench.due().isEmpty)
  }

  @Test func `what a long sleep missed is made up once`() throws {
    let bench = try Self.bench()
    bench.advance(.seconds(86400))
    #expect(bench.answerDue() == 1)
    #expect(bench.due().isEmpty)
    #expect(try shown(bench)["scheduleTime"] == "2026-01-03T03:05:00Z")
  }

  @Test func `a paused job does not fire, and runs when told to`() throws {
    let bench = try Self.bench()
    #expect(try bench.ok("POST", Bench.jobs + "/j:pause", [:])["state"] == "PAUSED")
    #expect(bench.refusal("POST", Bench.jobs + "/j:pause", [:]).hasPrefix("FAILED_PRECONDITION"))
    bench.advance(.seconds(3600))
    #expect(bench.due().isEmpty)
    try bench.ok("POST", Bench.jobs + "/j:run", [:])
    #expect(bench.answerDue() == 1)
    #expect(try bench.ok("POST", Bench.jobs + "/j:resume", [:])["state"] == "ENABLED")
    #expect(try shown(bench)["scheduleTime"] == "2026-01-02T04:05:00Z")
  }

  @Test func `a mask is honoured`() throws {
    let bench = try Self.bench(["description": "old"])
    let whole = job(["schedule": "0 9 * * 1", "description": "new", "timeZone": "Europe/Zurich"])
    let patched = try bench.ok("PATCH", Bench.jobs + "/j?updateMask=schedule", whole)
    #expect(patched["schedule"] == "0 9 * * 1")
    #expect(patched["description"] == "old")
    #expect(patched["timeZone"] == "Etc/UTC")
    #expect(patched["scheduleTime"] == "2026-01-05T09:00:00Z")
  }

  @Test func `without a mask the job is replaced`() throws {
    let bench = try Self.bench(["description": "old", "timeZone": "Europe/Zurich"])
    let patched = try bench.ok("PATCH", Bench.jobs + "/j", job())
    #expect(patched["description"] == nil)
    #expect(patched["timeZone"] == "Etc/UTC")
  }

  @Test func `a masked target replaces the one of another kind`() throws {
    let bench = try Self.bench()
    let wish: JSON = ["pubsubTarget": ["topicName": "projects/acme/topics/t", "data": "aGk="]]
    let patched = try bench.ok("PATCH", Bench.jobs + "/j?updateMask=pubsubTarget", wish)
    #expect(patched["httpTarget"] == nil)
    #expect(patched["pubsubTarget"]?["topicName"] == "projects/acme/topics/t")
  }

  @Test func `an English schedule has no schedule time header`() throws {
    let bench = try Self.bench(["schedule": "every 5 minutes"])
    try wake(bench)
    #expect(try bench.onlyDue().request.headers["X-CloudScheduler-ScheduleTime"] == nil)
  }

  @Test func `pages of jobs go on after a deletion`() throws {
    let bench = Bench()
    for id in ["c", "a", "b"] {
      let name = JSON.string("projects/acme/locations/us-central1/jobs/\(id)")
      try bench.ok("POST", Bench.jobs, job(["name": name]).replacing("name", name))
    }
    let first = try bench.ok("GET", Bench.jobs + "?pageSize=1")
    #expect(first["jobs"]?[0]?["name"]?.string?.hasSuffix("/a") == true)
    try bench.ok("DELETE", Bench.jobs + "/a")
    let token = try #require(first["nextPageToken"]?.string)
    let second = try bench.ok("GET", Bench.jobs + "?pageToken=" + token)
    #expect(second["jobs"]?.array?.count == 2)
  }

  @Test func `a job without a name gets one`() throws {
    let wish: JSON = ["schedule": "* * * * *", "httpTarget": ["uri": "http://a"]]
    let name = try Bench().ok("POST", Bench.jobs, wish)["name"]?.string
    #expect(try JobName(#require(name)).parent.description == Bench.parent)
  }
}

extension JSON {
  fileprivate func replacing(_ key: String, _ value: JSON) -> JSON {
    var object = object ?? [:]
    object[key] = value
    return .object(object)
  }
}
