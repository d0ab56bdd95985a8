// What an emulator writes down is enough to go on from, at any moment: the state
// is read back from the ledger's changes as after a kill.

import CloudModel
import Foundation
import Store
import Testing

@testable import Emulator

/// A data file in memory.
private final class Paper: EmulatorStorage, @unchecked Sendable {
  // Used by one test on one thread.
  private(set) var numbered: [NumberedRecords: [Int64: [UInt8]]] = [:]
  private var named: [NamedRecords: [String: [UInt8]]] = [:]

  func write(_ changes: EmulatorChanges) {
    if changes.clears { (numbered, named) = ([:], [:]) }
    for (table, records) in changes.numbered {
      for (key, content) in records { numbered[table, default: [:]][key] = content }
    }
    for (table, records) in changes.named {
      for (name, content) in records { named[table, default: [:]][name] = content }
    }
  }

  func count(_ table: NumberedRecords) -> Int { numbered[table]?.count ?? 0 }

  func forEach(
    _ table: NumberedRecords, _ body: (Int64, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError) {
    for (key, content) in (numbered[table] ?? [:]).sorted(by: { $0.key < $1.key }) { try body(key, content) }
  }

  func forEach(
    _ table: NamedRecords, _ body: (String, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError) {
    for (name, content) in (named[table] ?? [:]).sorted(by: { $0.key < $1.key }) { try body(name, content) }
  }

  func commit(_ changes: EmulatorChanges, _ ended: @escaping @Sendable (EmulatorDataError?) -> Void) {
    write(changes)
    ended(nil)
  }

  func close() {}
}

/// A bench whose process can be killed.
private final class Mortal {
  let paper = Paper()
  private(set) var bench: Bench

  init() { bench = Bench(state: EmulatorState(appEngineHost: nil, seed: 1, ledger: Ledger(isKept: true))) }

  /// A new process at the same time, with what the old one wrote down.
  func restart() throws {
    paper.write(bench.state.ledger.take())
    let state = EmulatorState(appEngineHost: nil, seed: 2, ledger: Ledger(isKept: true))
    try state.restore(from: paper, at: bench.now)
    let now = bench.now
    bench = Bench(state: state)
    bench.now = now
  }

  /// Everything that a client can see.
  func seen() throws -> [String] {
    var seen: [String] = []
    for path in [
      "/v2beta3/projects/acme/locations/us-central1/queues?readMask=*", Bench.jobs,
      "/v1/projects/acme/locations/us-central1/operations", "/v1/projects/acme/topics",
      "/v1/projects/acme/subscriptions", "/v2/projects/acme/locations/us-central1/cmekConfig",
    ] { seen.append(try bench.ok("GET", path).compact) }
    for queue in bench.state.allQueues {
      seen.append(try bench.ok("GET", "/v2/\(queue.name)/tasks?responseView=FULL").compact)
    }
    return seen + [bench.state.pubsub.summary.subscriptions.compact]
  }
}

private let queue = Bench.root + "/queues/q"

@Suite struct `The data file` {
  @Test func `everything comes back as it was`() throws {
    let mortal = Mortal()
    let bench = mortal.bench
    try bench.ok(
      "PATCH", "/v2beta3/\(Bench.parent)/queues/q",
      [
        "rateLimits": ["maxDispatchesPerSecond": .double(7.5)], "retryConfig": ["maxAttempts": -1, "minBackoff": "3s"],
        "tombstoneTtl": "7200s", "taskTtl": "864000s",
        "httpTarget": ["uriOverride": ["host": "h.test"], "oidcToken": ["serviceAccountEmail": "a@b"]],
        "appEngineHttpQueue": ["appEngineRoutingOverride": ["service": "s"]],
      ])
    try bench.ok("POST", queue + ":pause", [:])
    try bench.createTask([
      "name": .string("\(Bench.parent)/queues/q/tasks/named"), "dispatchDeadline": "20s",
      "scheduleTime": "2026-01-03T00:00:00.123456Z", "retryConfig": ["maxAttempts": 3],
      "httpRequest": ["url": "http://a.test/ü?x=1", "httpMethod": "PUT", "headers": ["A": "ß"], "body": "AAEC/w=="],
    ])
    try bench.createTask(["appEngineHttpRequest": ["relativeUri": "/x", "body": "aGk="]])
    let names = JSON.array([.string("\(Bench.parent)/queues/q/tasks/none")])
    try bench.ok("POST", queue + "/tasks:batchDelete", ["names": names, "requestId": "r1"])
    try bench.ok(
      "POST", Bench.jobs,
      [
        "name": .string("\(Bench.parent)/jobs/j"), "schedule": "every 5 minutes", "timeZone": "Europe/Berlin",
        "httpTarget": ["uri": "http://a.test", "body": "aGk="], "description": "d", "retryConfig": ["retryCount": 2],
      ])
    let key = "projects/acme/locations/us-central1/keyRings/r/cryptoKeys/k"
    try bench.ok("PATCH", "/v2/\(Bench.parent)/cmekConfig", ["kmsKey": .string(key)])
    try bench.ok("PUT", "/v1/projects/acme/topics/top", ["labels": ["a": "b"]])
    try bench.ok(
      "PUT", "/v1/projects/acme/subscriptions/sub",
      ["topic": "projects/acme/topics/top", "filter": "attributes:a", "enableMessageOrdering": true])
    try bench.ok("PUT", "/v1/projects/acme/topics/lost", [:])
    try bench.ok("PUT", "/v1/projects/acme/subscriptions/orphan", ["topic": "projects/acme/topics/lost"])
    try bench.ok("DELETE", "/v1/projects/acme/topics/lost")
    let before = try mortal.seen()
    try mortal.restart()
    #expect(try mortal.seen() == before)
    let again = try mortal.bench.ok("POST", queue + "/tasks:batchDelete", ["names": names, "requestId": "r1"])
    #expect(again["name"]?.string?.hasSuffix("/operations/r1") == true)
  }

  @Test func `names that rest go on resting, for as long as they would have`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, [:])
    try mortal.bench.ok("PATCH", Bench.root + "/queues/gone", [:])
    try mortal.bench.ok("DELETE", Bench.root + "/queues/gone")
    try mortal.bench.createTask(Bench.named("deleted"))
    try mortal.bench.ok("DELETE", queue + "/tasks/deleted")
    try mortal.bench.createTask(Bench.named("done"))
    mortal.bench.answerDue()
    mortal.bench.advance(.seconds(3599))
    try mortal.restart()
    for id in ["deleted", "done"] {
      #expect(mortal.bench.refusal("GET", queue + "/tasks/\(id)").contains("no longer exists"))
      #expect(mortal.bench.refusal("POST", queue + "/tasks", ["task": Bench.named(id)]).hasPrefix("ALREADY_EXISTS"))
    }
    let wish: JSON = ["name": .string("\(Bench.parent)/queues/gone")]
    #expect(mortal.bench.refusal("POST", Bench.root + "/queues", wish).contains("too recently"))
    mortal.bench.advance(.seconds(3))
    try mortal.bench.createTask(Bench.named("deleted"))
    mortal.bench.advance(.seconds(3 * 86400))
    try mortal.bench.ok("POST", Bench.root + "/queues", wish)
  }

  @Test func `expired names leave the file too`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, [:])
    for number in 0..<20 { try mortal.bench.createTask(Bench.named("t\(number)")) }
    mortal.bench.answerDue()
    try mortal.restart()
    #expect((mortal.paper.count(.tombstone), mortal.paper.count(.task), mortal.paper.count(.progress)) == (20, 0, 0))
    mortal.bench.advance(.seconds(3700))
    mortal.bench.answerDue()
    try mortal.restart()
    #expect(mortal.paper.count(.tombstone) == 0)
  }

  @Test func `an attempt that was cut off is made again and counted, even the last one`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, ["retryConfig": ["maxAttempts": 2]])
    let name = try mortal.bench.createTask()
    mortal.bench.answerDue(.answered(500, retryAfter: nil))
    mortal.bench.advance(.seconds(1))
    #expect(mortal.bench.due().count == 1)
    try mortal.restart()
    let task = try mortal.bench.task(name)
    #expect(task["dispatchCount"] == 2)
    #expect(task["responseCount"] == 1)
    #expect(task["lastAttempt"]?["responseStatus"]?["code"] == 14)
    let (_, request) = try mortal.bench.onlyDue()
    #expect(request.headers["X-CloudTasks-TaskRetryCount"] == "2")
    #expect(request.headers["X-CloudTasks-TaskPreviousResponse"] == "503")
  }

  @Test func `a retry keeps its time and its counters`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, ["retryConfig": ["minBackoff": "60s"]])
    let name = try mortal.bench.createTask()
    mortal.bench.answerDue(.answered(404, retryAfter: nil))
    let before = try mortal.bench.task(name)
    try mortal.restart()
    #expect(try mortal.bench.task(name) == before)
    mortal.bench.advance(.seconds(59))
    #expect(mortal.bench.due().isEmpty)
    mortal.bench.advance(.seconds(1))
    let (_, request) = try mortal.bench.onlyDue()
    #expect(request.headers["X-CloudTasks-TaskExecutionCount"] == "1")
  }

  @Test func `a purge that was cut off brings no task back`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, [:])
    try mortal.bench.ok("POST", queue + ":pause", [:])
    for number in 0..<1500 { try mortal.bench.createTask(Bench.named("t\(number)")) }
    try mortal.restart()
    try mortal.bench.ok("POST", queue + ":purge", [:])
    mortal.bench.state.giveUpSome()
    try mortal.restart()
    try mortal.bench.createTask(Bench.named("new"))
    #expect(try mortal.bench.ok("GET", queue + "/tasks")["tasks"]?.array?.count == 1)
    #expect(mortal.bench.refusal("GET", queue + "/tasks/t7").contains("no longer exists"))
    #expect(mortal.bench.refusal("POST", queue + "/tasks", ["task": Bench.named("t1499")]).hasPrefix("ALREADY_EXISTS"))
    while mortal.bench.state.hasRemains { mortal.bench.state.giveUpSome() }
    #expect(mortal.bench.refusal("GET", queue + "/tasks/t7").contains("no longer exists"))
    try mortal.restart()
    #expect((mortal.paper.count(.task), mortal.paper.count(.tombstone)) == (1, 1500))
  }

  @Test func `a deleted queue leaves nothing behind, however it was cut off`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, [:])
    for number in 0..<1300 { try mortal.bench.createTask(Bench.named("t\(number)")) }
    mortal.bench.answerDue()
    try mortal.bench.ok("DELETE", queue)
    mortal.bench.state.giveUpSome()
    try mortal.restart()
    #expect(mortal.paper.count(.task) > 0)
    while mortal.bench.state.hasRemains { mortal.bench.state.giveUpSome() }
    try mortal.restart()
    for table in NumberedRecords.allCases { #expect(mortal.paper.count(table) == 0, "\(table)") }
  }

  @Test func `a page token goes on behind what it has shown`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, [:])
    try mortal.bench.ok("POST", queue + ":pause", [:])
    for number in 0..<3 { try mortal.bench.createTask(Bench.named("t\(number)")) }
    let token = try mortal.bench.ok("GET", queue + "/tasks?pageSize=2")["nextPageToken"]?.string ?? ""
    try mortal.restart()
    try mortal.bench.createTask(Bench.named("later"))
    let page = try mortal.bench.ok("GET", queue + "/tasks?pageToken=\(token.replacing("=", with: "%3D"))")
    #expect(page["tasks"]?.array?.compactMap { $0["name"]?.string?.suffix(5) } == ["ks/t2", "later"])
  }

  @Test func `a job goes on with its execution and never has two`() throws {
    let mortal = Mortal()
    let job: JSON = [
      "name": .string("\(Bench.parent)/jobs/j"), "schedule": "* * * * *", "httpTarget": ["uri": "http://a.test"],
    ]
    try mortal.bench.ok("POST", Bench.jobs, job)
    mortal.bench.advance(.seconds(60))
    let (_, first) = try mortal.bench.onlyDue()
    try mortal.restart()
    let (order, again) = try mortal.bench.onlyDue()
    let time = "X-CloudScheduler-ScheduleTime"
    #expect(again.headers[time] == first.headers[time])
    mortal.bench.advance(.seconds(60))
    #expect(mortal.bench.due().isEmpty)
    mortal.bench.state.finish(order, .answered(200, retryAfter: nil), at: mortal.bench.now)
    try mortal.restart()
    #expect(try mortal.bench.ok("GET", Bench.jobs + "/j")["status"] == [:])
    // "the next scheduled execution time might be skipped if the retries continue through that time"
    #expect(mortal.bench.due().isEmpty)
    mortal.bench.advance(.seconds(60))
    #expect(try mortal.bench.onlyDue().request.headers[time] != first.headers[time])
  }

  @Test func `messages stay with who has them, and what was acknowledged is gone`() throws {
    let mortal = Mortal()
    let subscription = "/v1/projects/acme/subscriptions/sub"
    func publish(_ text: String) throws -> JSON? {
      let data = JSON.string(Data(text.utf8).base64EncodedString())
      let body: JSON = ["messages": [["data": data, "attributes": ["k": "v"]]]]
      return try mortal.bench.ok("POST", "/v1/projects/acme/topics/top:publish", body)["messageIds"]?[0]
    }
    func pull() throws -> [JSON] {
      let body: JSON = ["maxMessages": 10, "returnImmediately": true]
      return try mortal.bench.ok("POST", subscription + ":pull", body)["receivedMessages"]?.array ?? []
    }
    try mortal.bench.ok("PUT", "/v1/projects/acme/topics/top", [:])
    try mortal.bench.ok("PUT", subscription, ["topic": "projects/acme/topics/top", "ackDeadlineSeconds": 20])
    for text in ["a", "b", "c"] { _ = try publish(text) }
    let taken = try pull()
    try #require(taken.count == 3)
    try mortal.bench.ok("POST", subscription + ":acknowledge", ["ackIds": [taken[0]["ackId"] ?? ""]])
    try mortal.bench.ok(
      "POST", subscription + ":modifyAckDeadline", ["ackIds": [taken[1]["ackId"] ?? ""], "ackDeadlineSeconds": 0])
    try mortal.restart()
    let again = try pull()
    #expect(again.map { $0["message"]?["data"] } == ["Yg=="])
    #expect(again[0]["ackId"] != taken[1]["ackId"])
    try mortal.bench.ok("POST", subscription + ":acknowledge", ["ackIds": [taken[2]["ackId"] ?? ""]])
    #expect(try publish("d") == "4")
    mortal.bench.advance(.seconds(21))
    try mortal.restart()
    #expect(try pull().map { $0["message"]?["data"] } == ["Yg==", "ZA=="])
    #expect(mortal.paper.count(.message) == 2)
  }

  @Test func `a reset empties the file and counts on`() throws {
    let mortal = Mortal()
    try mortal.bench.ok("PATCH", queue, [:])
    try mortal.bench.createTask(Bench.named("t"))
    try mortal.restart()
    mortal.bench.state.reset()
    while mortal.bench.state.hasRemains { mortal.bench.state.giveUpSome() }
    try mortal.restart()
    #expect(mortal.bench.state.allQueues.isEmpty)
    try mortal.bench.ok("PATCH", queue, [:])
    try mortal.bench.createTask(Bench.named("t"))
    try mortal.restart()
    #expect(try mortal.bench.ok("GET", queue + "/tasks")["tasks"]?.array?.count == 1)
  }

  @Test func `a record that cannot be read is named`() throws {
    let mortal = Mortal()
    var changes = EmulatorChanges()
    changes.set(.queue, "projects/acme/locations/us-central1/queues/q", Array("{}".utf8))
    mortal.paper.write(changes)
    let words = "The record queue projects/acme/locations/us-central1/queues/q cannot be read"
    #expect {
      try mortal.restart()
    } throws: {
      ($0 as? EmulatorDataError)?.kind == .corrupt && ($0 as? EmulatorDataError)?.reason.hasPrefix(words) == true
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4]) func `whatever happened, a restart changes nothing`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let mortal = Mortal()
    let topic = "/v1/projects/acme/topics/top"
    let subscription = "/v1/projects/acme/subscriptions/sub"
    try mortal.bench.ok("PUT", topic, [:])
    try mortal.bench.ok("PUT", subscription, ["topic": "projects/acme/topics/top"])
    var ackIDs: [JSON] = []
    for _ in 0..<600 {
      let bench = mortal.bench
      let one = Bench.root + "/queues/" + ["q", "r"][Int.random(in: 0...1, using: &random)]
      let id = "t\(Int.random(in: 0..<40, using: &random))"
      switch Int.random(in: 0..<16, using: &random) {
      case 0: _ = bench.call("PATCH", one, [:])
      case 1: _ = bench.call("POST", one + ":pause", [:])
      case 2: _ = bench.call("POST", one + ":resume", [:])
      case 3: if Int.random(in: 0..<5, using: &random) == 0 { _ = bench.call("POST", one + ":purge", [:]) }
      case 4: if Int.random(in: 0..<8, using: &random) == 0 { _ = bench.call("DELETE", one) }
      case 5: _ = bench.call("DELETE", one + "/tasks/\(id)")
      case 6: _ = bench.call("POST", one + "/tasks/\(id):run", [:])
      case 7:
        bench.answerDue(
          [.answered(200, retryAfter: nil), .answered(500, retryAfter: nil), .timedOut].randomElement(using: &random)
            ?? .timedOut)
      case 8: bench.advance(.seconds(Int.random(in: 0..<900, using: &random)))
      case 9: bench.state.giveUpSome()
      case 10: _ = bench.call("POST", topic + ":publish", ["messages": [["data": "aGk="]]])
      case 11:
        let body: JSON = ["maxMessages": 2, "returnImmediately": true]
        ackIDs =
          bench.call("POST", subscription + ":pull", body).json["receivedMessages"]?.array?.compactMap { $0["ackId"] }
          ?? []
      case 12: _ = bench.call("POST", subscription + ":acknowledge", ["ackIds": .array(ackIDs)])
      case 13:
        // Nothing may be under way, for that a restart does change, and so it does the count of the last minute.
        while bench.answerDue() > 0 {}
        bench.advance(.seconds(61))
        let before = try mortal.seen()
        try mortal.restart()
        let after = try mortal.seen()
        for (old, new) in zip(before, after) { #expect(old == new) }
      default:
        let name = one.dropFirst(4) + "/tasks/\(id)"
        _ = bench.call(
          "POST", one + "/tasks", ["task": ["name": .string(String(name)), "httpRequest": ["url": "http://a"]]])
      }
    }
  }
}
