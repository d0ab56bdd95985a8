// The pure parts of replays: decoding, metadata, choice, outcomes, differences.

import CloudModel
import Foundation
import Operations
import ReplayModel
import Testing

@Suite("Replays")
struct ReplayTests {
  func payload(_ body: Data, _ headers: Header...) -> TaskPayload { TaskPayload(body, headers: headers) { $0 } }

  @Test("a body is JSON with its spelling kept, a form, text, or bytes")
  func decoding() {
    #expect(payload(Data(#"{"b":1.50,"a":1e3}"#.utf8)).json?.compact == #"{"b":1.50,"a":1e3}"#)
    let form = payload(Data("a=b+c&d=%C3%A9".utf8), Header("content-type", "application/x-www-form-urlencoded"))
    #expect(form.content == .form([.init("a", "b c"), .init("d", "é")]))
    #expect(payload(Data("hello".utf8)).content == .text("hello"))
    #expect(payload(Data([0xFF, 0x00])).content == .binary)
    #expect(payload(Data()).content == .empty)
    #expect(TaskPayload.hexLines(Data([0x41, 0xFF])).first?.hasPrefix("000000  41 ff ") == true)
  }

  @Test("a charset is undone, and a coding that is not known is told")
  func charset() {
    let latin = payload(Data([0x22, 0xE9, 0x22]), Header("Content-Type", "text/plain; charset=ISO-8859-1"))
    #expect(latin.json == "é")
    #expect(
      payload(Data("x".utf8), Header("Content-Encoding", "br")).problem == "Its Content-Encoding br is not known here.")
  }

  @Test("metadata is that of the next attempt, with the last failure")
  func metadata() throws {
    var task = CloudTask(name: try TaskName("projects/p/locations/l/queues/q/tasks/t"))
    (task.dispatchCount, task.responseCount) = (3, 2)
    var attempt = Attempt()
    attempt.responseStatus = RPCStatus(code: 13, message: "INTERNAL(13): HTTP status code 500")
    task.lastAttempt = attempt
    let metadata = ReplayMetadata(nextAttemptOf: task, maximumAttempts: 5)
    #expect((metadata.dispatchNumber, metadata.executionNumber) == (3, 2))
    #expect(metadata.previousResponse == 500)
    #expect(metadata.previousFailure == "INTERNAL(13): HTTP status code 500")
  }

  @Test("the first rule that matches the class chooses; else the only handler; else a person")
  func choice() {
    func handler(_ name: String) -> Handler { Handler(name, .http(.init(base: "http://127.0.0.1")), source: "test") }
    let (one, two) = (handler("one"), handler("two"))
    let both = Handlers([one, two], rules: [HandlerRule(pattern: "Sync*", handler: "two")])
    #expect(both.choice(for: "SyncAll") == .handler(two))
    #expect(both.choice(for: "Other") == .ask([one, two]))
    #expect(both.choice(for: "Other", remembered: "two") == .ask([two, one]))
    #expect(Handlers([one]).choice(for: nil) == .handler(one))
    #expect(Handlers([]).choice(for: "A") == .none)
    #expect(both.named("onne") == .unknown("onne", near: ["one"]))
  }

  @Test("success is what Cloud Tasks would take for one")
  func outcomes() {
    func outcome(_ end: RunReport.End, discarded: Bool = false) -> ReplayOutcome {
      var report = RunReport(end, seconds: 1)
      report.isDiscarded = discarded
      return ReplayOutcome(report)
    }
    #expect(outcome(.answered(204)) == .succeeded)
    #expect(outcome(.answered(202), discarded: true) == .discarded)
    #expect(outcome(.answered(302)) == .failed)
    #expect(outcome(.exited(0), discarded: true) == .discarded)
    #expect(outcome(.exited(1)) == .failed)
    #expect(outcome(.signalled(9)) == .failed)
    #expect(outcome(.timedOut) == .timedOut)
  }

  @Test("a changed payload is told key by key, and the order of keys is no change")
  func differences() throws {
    let changes = PayloadDiff.changes(
      from: try JSON(parsing: #"{"a":1,"b":{"c":[1,2]},"gone":null}"#),
      to: try JSON(parsing: #"{"b":{"c":[1,3,4]},"a":1,"new":true}"#))
    #expect(changes.map(\.line) == ["~ b.c[1]: 2 → 3", "+ b.c[2]: 4", "- gone: null", "+ new: true"])
  }

  @Test("lines of two outputs stand beside each other where they are the same")
  func sideBySide() {
    let rows = SideBySide.rows(["a", "b", "d"], ["a", "c", "d", "e"])
    #expect(rows == [.init("a", "a"), .init("b", "c"), .init("d", "d"), .init(nil, "e")])
  }

  @Test("no more begin after so many failures, and never more at a time than asked for")
  func pace() async {
    let tally = await ReplayPace(parallel: 1, mostFailures: 2).run(
      Array(0..<10), { ($0 % 2 == 0 ? .failed : .succeeded, $0) }, ended: { _ in })
    #expect((tally.failed, tally.succeeded, tally.skipped) == (2, 1, 7))
  }

  @Test("protected contexts and bases elsewhere are told with the handler's name")
  func safety() {
    let away = Handler("web", .http(.init(base: "https://x.example")), source: "test")
    let safety = ReplaySafety([away], tasks: 1, protectedContext: "prod") { _ in false }
    #expect(
      safety.warnings == ["a payload of the protected context prod will run in the handler web (https://x.example)."])
    #expect(safety.question == "Send a payload to https://x.example, which is not this machine?")
  }
}
