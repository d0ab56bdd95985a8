import CloudModel
import Foundation
import JournalModel
import Operations
import Testing

@Suite struct OutcomesTests {
  private let prefix = "projects/p/locations/l/queues/orders/tasks/"

  private func service() -> FakeTaskService {
    FakeTaskService([makeTask("1"), makeTask("2"), makeTask("3")]) { call, _ in
      call == .delete(taskName("3")) ? .refused(apiError(.permissionDenied, "no")) : nil
    }
  }

  @Test func `a discard answers its lists by full names`() async throws {
    let service = service()
    let bench = Bench(service)
    let plan = try await bench.planAll()
    service.finish(taskName("2"))
    let end = try #require(try await bench.executor.apply(plan))
    #expect(
      try await Outcomes.discard(end.entry, bench.journal).compact
        == #"{"journal":1,"planned":3,"names":["\#(prefix)1","\#(prefix)2","\#(prefix)3"],"#
        + #""discarded":["\#(prefix)1"],"gone":["\#(prefix)2"],"#
        + #""failed":[{"name":"\#(prefix)3","error":"PERMISSION_DENIED: no"}]}"#)
  }

  @Test func `a dry run has no journal and empty lists`() async throws {
    let bench = Bench(FakeTaskService([makeTask("1")]))
    let plan = try await bench.plan(try DiscardIntent(.matching(in: [queueName()]), everything: true), dryRun: true)
    #expect(
      Outcomes.discard(plan).compact
        == #"{"journal":null,"planned":1,"names":["\#(prefix)1"],"discarded":[],"gone":[],"failed":[]}"#)
  }

  @Test func `the journal lists and shows, and an undo answers its names`() async throws {
    let bench = Bench(service())
    let number = try #require(try await bench.discardAll()).entry.number
    let plan = try await bench.restorePlanner.plan(undoing: number)
    let undo = try #require(try await bench.restoreExecutor.apply(plan))
    let answer = try await Outcomes.undo(undo.entry, skipped: plan.skipped, bench.journal)
    #expect(answer["journal"]?.int == 2 && answer["undoes"]?.int == 1)
    #expect(answer["restored"]?.array?.count == 2)
    #expect(answer["restored"]?[0]?["name"]?.string == prefix + "1")
    #expect(answer["skipped"]?[0]?["name"]?.string == prefix + "3")
    #expect(
      Outcomes.list(try await bench.journal.entries())[1]?.compact
        == #"{"journal":1,"time":"2026-09-21T14:13:20Z","action":"discard","context":"laptop","account":"","#
        + #""state":"complete","planned":3,"discarded":2,"gone":0,"failed":1,"restored":2}"#)
    let written = Written()
    let entry = try await bench.journal.entry(1)
    try await Outcomes.write(show: entry, bench.journal, into: JSONStream(isPretty: false) { written.add($0) })
    let show = try JSON(parsing: written.text)
    #expect(show["items"]?.array?.map { $0["state"]?.string } == ["restored", "restored", "failed"])
    #expect(show["items"]?[0]?["restoredAs"] == answer["restored"]?[0]?["restoredAs"])
    #expect(show["items"]?[2]?["error"] == "PERMISSION_DENIED: no" && show["items"]?[2]?["restoredAs"] == .null)
  }

  @Test(arguments: [true, false]) func `outcomes are written as their trees would be`(isPretty: Bool) async throws {
    let service = FakeTaskService(makeTasks(1200)) { call, _ in
      call == .delete(taskName(generated(7))) ? .refused(apiError(.permissionDenied, "no \"way\"")) : nil
    }
    let bench = Bench(service)
    let plan = try await bench.planAll()
    service.finish(taskName(generated(3)))
    let end = try #require(try await bench.executor.apply(plan))
    func text(_ json: JSON) -> String { (isPretty ? json.pretty : json.compact) + "\n" }
    let discard = Written()
    try await Outcomes.write(
      discard: end.entry, bench.journal, into: JSONStream(isPretty: isPretty) { discard.add($0) })
    #expect(discard.text == text(try await Outcomes.discard(end.entry, bench.journal)))
    #expect(end.entry.counts.gone == 1 && end.entry.counts.failed == 1)
    let restore = try await bench.restorePlanner.plan(undoing: end.entry.number)
    let undone = try #require(try await bench.restoreExecutor.apply(restore)).entry
    let undo = Written()
    try await Outcomes.write(
      undo: undone, skipped: restore.skipped, bench.journal, into: JSONStream(isPretty: isPretty) { undo.add($0) })
    #expect(undo.text == text(try await Outcomes.undo(undone, skipped: restore.skipped, bench.journal)))
  }

  @Test func `an export holds each task as it was`() async throws {
    let bench = Bench(FakeTaskService([makeTask("1"), makeTask("2")]))
    let number = try #require(try await bench.discardAll()).entry.number
    var lines: [JSON] = []
    try await Outcomes.export(try await bench.journal.entry(number), bench.journal) { lines.append($0) }
    #expect(lines.count == 3)
    #expect(lines[0]["endpoint"]?.string == endpoint && lines[0]["plan"]?["planned"]?.int == 2)
    var task = makeTask("1")
    task.view = "FULL"
    #expect(lines[1]["task"] == task.json)
  }
}

/// What a stream wrote.
private final class Written {
  private var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func add(_ more: [UInt8]) { bytes += more }
}
