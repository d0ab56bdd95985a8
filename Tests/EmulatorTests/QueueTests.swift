import CloudModel
import Foundation
import Testing

@testable import Emulator

private let queues = Bench.root + "/queues"

@Suite struct `Queues` {
  @Test func `a new queue has the service's defaults`() throws {
    let queue = try Bench().ok("POST", queues, ["name": "projects/acme/locations/us-central1/queues/q"])
    #expect(
      queue == [
        "name": "projects/acme/locations/us-central1/queues/q",
        "rateLimits": ["maxDispatchesPerSecond": 500, "maxBurstSize": 100, "maxConcurrentDispatches": 1000],
        "retryConfig": ["maxAttempts": 100, "minBackoff": "0.100s", "maxBackoff": "3600s", "maxDoublings": 16],
        "state": "RUNNING",
      ])
  }

  @Test func `the burst size follows the rate`() throws {
    let queue = try Bench().ok("PATCH", queues + "/q", ["rateLimits": ["maxDispatchesPerSecond": 1]])
    #expect(queue["rateLimits"] == ["maxDispatchesPerSecond": 1, "maxBurstSize": 10, "maxConcurrentDispatches": 1000])
  }

  @Test func `patching creates a queue that is absent`() throws {
    let bench = Bench()
    try bench.ok("PATCH", queues + "/new", [:])
    try bench.ok("GET", queues + "/new")
  }

  @Test(arguments: ["rateLimits.maxDispatchesPerSecond", "rate_limits.max_dispatches_per_second"])
  func `a mask leaves the other fields alone`(_ mask: String) throws {
    let bench = try Bench.withQueue(["rateLimits": ["maxConcurrentDispatches": 7], "retryConfig": ["maxAttempts": 3]])
    let wish: JSON = ["rateLimits": ["maxDispatchesPerSecond": 2, "maxConcurrentDispatches": 9], "retryConfig": [:]]
    let queue = try bench.ok("PATCH", queues + "/q?updateMask=" + mask, wish)
    #expect(queue["rateLimits"] == ["maxDispatchesPerSecond": 2, "maxBurstSize": 10, "maxConcurrentDispatches": 7])
    #expect(queue["retryConfig"]?["maxAttempts"] == 3)
  }

  @Test func `without a mask all fields are replaced`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["maxAttempts": 3]])
    #expect(try bench.ok("PATCH", queues + "/q", [:])["retryConfig"]?["maxAttempts"] == 100)
  }

  @Test func `a mask that leads nowhere is refused`() throws {
    let bench = try Bench.withQueue()
    #expect(bench.call("PATCH", queues + "/q?updateMask=rateLimits.speed", [:]).status == 400)
  }

  @Test func `a masked field that the body leaves out gets its default`() throws {
    let bench = try Bench.withQueue(["retryConfig": ["maxAttempts": 3, "maxDoublings": 2]])
    let queue = try bench.ok("PATCH", queues + "/q?updateMask=retryConfig.maxAttempts", [:])
    #expect(queue["retryConfig"]?["maxAttempts"] == 100)
    #expect(queue["retryConfig"]?["maxDoublings"] == 2)
  }

  @Test func `pages of queues survive the deletion of the last one listed`() throws {
    let bench = Bench()
    for id in ["e", "a", "d", "b", "c"] { try bench.ok("PATCH", queues + "/" + id, [:]) }
    let first = try bench.ok("GET", queues + "?pageSize=2")
    #expect(Self.ids(first) == ["a", "b"])
    try bench.ok("DELETE", queues + "/b")
    try bench.ok("DELETE", queues + "/a")
    let token = try #require(first["nextPageToken"]?.string)
    let second = try bench.ok("GET", queues + "?pageSize=2&pageToken=" + token)
    #expect(Self.ids(second) == ["c", "d"])
  }

  @Test(arguments: [
    ("state: PAUSED", ["b"]), ("state=RUNNING", ["a", "c"]), ("state != PAUSED", ["a", "c"]),
    ("rateLimits.maxDispatchesPerSecond >= 100", ["a", "b"]),
    ("state=RUNNING AND rate_limits.max_dispatches_per_second < 100", ["c"]),
  ])
  func `a filter chooses queues`(_ filter: String, _ expected: [String]) throws {
    let bench = Bench()
    for id in ["a", "b"] { try bench.ok("PATCH", queues + "/" + id, [:]) }
    try bench.ok("PATCH", queues + "/c", ["rateLimits": ["maxDispatchesPerSecond": 5]])
    try bench.ok("POST", queues + "/b:pause", [:])
    let query = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    #expect(Self.ids(try bench.ok("GET", queues + "?filter=" + query)) == expected)
  }

  @Test func `no queues are an empty object`() throws {
    #expect(try Bench().ok("GET", queues) == [:])
  }

  @Test func `stats come only when v2beta3 is asked for them`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask()
    bench.answerDue()
    try bench.createTask(["httpRequest": ["url": "http://a"], "scheduleTime": "2026-01-02T04:00:00Z"])
    let beta = queues.replacingOccurrences(of: "/v2/", with: "/v2beta3/")
    let all = try bench.ok("GET", beta + "/q")
    #expect(all["stats"] == nil)
    #expect(all["tombstoneTtl"] == "3600s")
    #expect(all["taskTtl"] == "2678400s")
    let masked = try bench.ok("GET", beta + "?readMask=name,stats")["queues"]?[0]
    #expect(masked?["rateLimits"] == nil)
    #expect(
      masked?["stats"] == [
        "tasksCount": "1", "oldestEstimatedArrivalTime": "2026-01-02T04:00:00Z", "executedLastMinuteCount": "1",
        "concurrentDispatchesCount": "0", "effectiveExecutionRate": 500,
      ])
    #expect(try bench.ok("GET", queues + "/q")["tombstoneTtl"] == nil)
  }

  @Test func `App Engine's routing stands where each version has it`() throws {
    let bench = try Bench.withQueue(["appEngineRoutingOverride": ["service": "worker"]])
    let beta = try bench.ok("GET", "/v2beta3/projects/acme/locations/us-central1/queues/q")
    #expect(beta["appEngineHttpQueue"] == ["appEngineRoutingOverride": ["service": "worker"]])
    #expect(try bench.ok("GET", queues + "/q")["appEngineRoutingOverride"] == ["service": "worker"])
  }

  @Test func `a purged queue is empty and its names rest`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask(Bench.named("a"))
    let queue = try bench.ok("POST", queues + "/q:purge", [:])
    #expect(queue["purgeTime"] == "2026-01-02T03:04:05.250Z")
    #expect(try bench.ok("GET", queues + "/q/tasks") == [:])
    #expect(bench.call("POST", queues + "/q/tasks", ["task": Bench.named("a")]).status == 409)
    #expect(bench.due().isEmpty)
  }

  @Test func `a deleted queue's name is free after three days`() throws {
    let bench = try Bench.withQueue()
    try bench.ok("DELETE", queues + "/q")
    bench.advance(.seconds(3 * 86400 - 1))
    #expect(bench.call("PATCH", queues + "/q", [:]).status == 400)
    bench.advance(.seconds(1))
    try bench.ok("PATCH", queues + "/q", [:])
  }

  @Test func `what ends after its queue was deleted and made again is not booked`() throws {
    let bench = try Bench.withQueue()
    try bench.createTask()
    let order = try bench.onlyDue().order
    try bench.ok("DELETE", queues + "/q")
    bench.advance(.seconds(3 * 86400))
    try bench.ok("PATCH", queues + "/q", [:])
    let name = try bench.createTask()
    bench.state.finish(order, .answered(200, retryAfter: nil), at: bench.now)
    #expect(try bench.task(name)["dispatchCount"] == nil)
  }

  @Test func `the name may stand in the body as well`() throws {
    let bench = try Bench.withQueue()
    let name: JSON = ["name": "projects/acme/locations/us-central1/queues/q"]
    #expect(try bench.ok("POST", queues + "/q:pause", name)["state"] == "PAUSED")
  }

  @Test func `permissions are everybody's, and nobody's on a queue that is absent`() throws {
    let bench = try Bench.withQueue()
    let asked: JSON = ["permissions": ["cloudtasks.tasks.create"]]
    #expect(try bench.ok("POST", queues + "/q:testIamPermissions", asked) == asked)
    #expect(try bench.ok("POST", queues + "/none:testIamPermissions", asked) == [:])
  }

  private static func ids(_ answer: JSON) -> [String] {
    answer["queues"]?.array?.compactMap { $0["name"]?.string?.split(separator: "/").last.map(String.init) } ?? []
  }
}
