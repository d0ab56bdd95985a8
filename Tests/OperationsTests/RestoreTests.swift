import CloudModel
import Foundation
import JournalModel
import Operations
import Synchronization
import Testing

@Suite struct RestoreTests {
  @Test(arguments: JournalKind.allCases)
  func `an undo puts back every task with its content`(kind: JournalKind) async throws {
    let tasks = makeTasks(300)
    let service = FakeTaskService(tasks)
    let bench = Bench(service, try kind.make())
    let number = try #require(try await bench.discardAll()).entry.number
    let end = try #require(try await bench.undo(number))
    #expect(end.entry.counts.restored == 300 && end.entry.progress == .complete)
    #expect(Set(service.tasks.map(\.body)) == Set(tasks.map(\.body)))
    #expect(service.names.isDisjoint(with: tasks.map(\.name)))
    let origin = try await bench.journal.entry(number)
    #expect(origin.counts.restored == 300 && origin.counts.discarded == 300)
    #expect(try await bench.items(number).allSatisfy { $0.shownState == .restored })
  }

  @Test func `what comes back is what was there, without what the service adds`() async throws {
    var task = makeTask("named")
    task.scheduleTime = Timestamp(seconds: epoch.seconds + 600)
    let service = FakeTaskService([task], keepsTombstones: false)
    let bench = Bench(service)
    _ = try await bench.undo(try await bench.discardedEntry())
    let restored = try #require(service.tasks.first)
    #expect(restored.name == task.name)
    #expect(restored.headers == [Header("X-tenant", "acme")])
    #expect(restored.body == task.body)
    #expect(restored.scheduleTime == task.scheduleTime)
    #expect(restored.dispatchDeadline == .seconds(600))
    #expect(restored.dispatchCount == 0 && restored.lastAttempt == nil && restored.createTime == nil)
    guard case .http(let target) = restored.target, case .http(let before) = task.target else { return }
    #expect(target.authorization == before.authorization && target.url == before.url && target.method == "POST")
  }

  @Test func `a schedule time that has passed is left out`() async throws {
    let service = FakeTaskService([makeTask(generated(1))])
    let bench = Bench(service)
    _ = try await bench.undo(try await bench.discardedEntry())
    #expect(service.tasks.first?.scheduleTime == nil)
  }

  @Test func `an App Engine task comes back without the headers App Engine adds`() async throws {
    var task = makeTask("appengine")
    var target = AppEngineTarget()
    target.relativeURI = "/work"
    target.encodedBody = "eA=="
    target.headers = [
      Header("User-Agent", "AppEngine-Google; (+http://code.google.com/appengine)"), Header("Content-Length", "1"),
      Header("Content-Type", "application/octet-stream"), Header("X-Mine", "1"),
    ]
    task.target = .appEngine(target)
    let service = FakeTaskService([task], keepsTombstones: false)
    let bench = Bench(service)
    _ = try await bench.undo(try await bench.discardedEntry())
    #expect(service.tasks.first?.headers == [Header("X-Mine", "1")])
  }

  @Test func `named tasks get new names while the old ones are remembered`() async throws {
    let service = FakeTaskService((0..<40).map { makeTask("task-\($0)") })
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    let end = try #require(try await bench.undo(number))
    #expect(end.entry.counts.restored == 40)
    #expect(service.names.count == 40)
    #expect(service.names.allSatisfy { $0.id.contains("-undo-\(number)-") })
    // One scout asks; the others know.
    let tries = service.calls.filter { if case .create(let name) = $0 { name.id.hasPrefix("task-") } else { false } }
    #expect(tries.count == 1)
  }

  @Test func `named tasks get their own names again when those are free`() async throws {
    let tasks = (0..<40).map { makeTask("task-\($0)") }
    let service = FakeTaskService(tasks)
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    service.forgetTombstones()
    _ = try await bench.undo(number)
    #expect(service.names == Set(tasks.map(\.name)))
  }

  @Test func `gone tasks stay away unless asked for`() async throws {
    let service = FakeTaskService(makeTasks(3))
    let bench = Bench(service)
    let plan = try await bench.planAll()
    service.finish(taskName(generated(1)))
    let number = try #require(try await bench.executor.apply(plan)).entry.number
    let undo = try await bench.restorePlanner.plan(undoing: number)
    #expect(undo.names.count == 2)
    #expect(undo.skipped.map(\.name.id) == [generated(1)])
    _ = try await bench.restoreExecutor.apply(undo)
    let asked = try #require(try await bench.undo(number, .init(includesGone: true)))
    #expect(asked.entry.counts.restored == 1)
    #expect(service.tasks.count == 3)
  }

  @Test func `a second undo puts nothing back twice`() async throws {
    let service = FakeTaskService(makeTasks(10))
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    _ = try await bench.undo(number)
    let again = try await bench.restorePlanner.plan(undoing: number)
    #expect(again.names.isEmpty && again.entry == nil && again.skipped.count == 10)
    #expect(try await bench.restoreExecutor.apply(again) == nil)
    #expect(service.created.count == 10)
  }

  @Test("what two discards that lost answers both count as theirs comes back once", arguments: JournalKind.allCases)
  func twoDiscardsOfTheSameTasks(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(12))
    let bench = Bench(service, try kind.make())
    // Both plans are made while the tasks are there; the second one's deletes meet 404s whose calls lost an answer.
    let plans = [try await bench.planAll(), try await bench.planAll()]
    let first = try #require(try await bench.executor.apply(plans[0])).entry.number
    var lost = apiError(.notFound)
    lost.mayHaveBeenDone = true
    let answer = lost
    let empty = FakeTaskService { call, _ in call.isDelete ? .refused(answer) : nil }
    let second = try #require(try await Bench(empty, bench.journal).executor.apply(plans[1])).entry.number
    #expect(try await bench.states(second) == Array(repeating: .discarded, count: 12))
    _ = try await bench.undo(first)
    let again = try await bench.restorePlanner.plan(undoing: second)
    #expect(again.names.isEmpty && again.skipped.count == 12)
    #expect(again.skipped[0].reason.contains("has put it back already"))
    #expect(try await bench.restoreExecutor.apply(again) == nil)
    #expect(service.created.count == 12 && service.names.count == 12)
  }

  /// Two discards that both count the same tasks as theirs, as after lost answers.
  private func discardedTwice(_ bench: Bench, _ count: Int) async throws -> [Int] {
    let plans = [try await bench.planAll(), try await bench.planAll()]
    let first = try #require(try await bench.executor.apply(plans[0])).entry.number
    var lost = apiError(.notFound)
    lost.mayHaveBeenDone = true
    let answer = lost
    let empty = FakeTaskService { call, _ in call.isDelete ? .refused(answer) : nil }
    let second = try #require(try await Bench(empty, bench.journal).executor.apply(plans[1])).entry.number
    return [first, second]
  }

  @Test("of two undos of the same tasks planned at once, the second is refused", arguments: JournalKind.allCases)
  func twoUndosAtOnce(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(12))
    let bench = Bench(service, try kind.make())
    let entries = try await discardedTwice(bench, 12)
    let plans = [
      try await bench.restorePlanner.plan(undoing: entries[0]),
      try await bench.restorePlanner.plan(undoing: entries[1]),
    ]
    #expect(plans.map(\.names.count) == [12, 12])
    // The one that was planned later is applied first.
    #expect(try #require(try await bench.restoreExecutor.apply(plans[1])).entry.counts.restored == 12)
    await #expect {
      try await bench.restoreExecutor.apply(plans[0])
    } throws: { error in
      guard case .journal(let error)? = error as? OperationError else { return false }
      return error.kind == .outrun
    }
    #expect(service.created.count == 12 && service.names.count == 12)
    let again = try await bench.restorePlanner.plan(undoing: entries[0])
    #expect(again.names.isEmpty && again.skipped.count == 12)
  }

  @Test("what an interrupted undo has yet to put back is left to it", arguments: JournalKind.allCases)
  func undoBesideAnInterruptedOne(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(6))
    let bench = Bench(service, try kind.make())
    let entries = try await discardedTwice(bench, 6)
    let begun = try await bench.restorePlanner.plan(undoing: entries[0])
    let undo = try #require(begun.entry)
    try await bench.journal.seal(undo: undo, plan: [:], knowing: [])
    await bench.journal.release(undo)
    await bench.journal.release(entries[0])
    let other = try await bench.restorePlanner.plan(undoing: entries[1])
    #expect(other.names.isEmpty && other.skipped.count == 6)
    #expect(other.skipped[0].reason.hasPrefix("entry \(undo) has put it back already or is about to"))
    try await bench.restorePlanner.abandon(other)
    #expect(try await bench.restoreExecutor.resume(undo).entry.counts.restored == 6)
    #expect(service.created.count == 6)
  }

  @Test("undos of different tasks do not stand in each other's way", arguments: JournalKind.allCases)
  func twoUndosOfDifferentTasks(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(4))
    let bench = Bench(service, try kind.make())
    let halves = [0..<2, 2..<4].map { range in range.map { taskName(generated($0)) } }
    var entries: [Int] = []
    for half in halves {
      let plan = try await bench.plan(try DiscardIntent(.named(half)))
      entries.append(try #require(try await bench.executor.apply(plan)).entry.number)
    }
    let plans = [
      try await bench.restorePlanner.plan(undoing: entries[0]),
      try await bench.restorePlanner.plan(undoing: entries[1]),
    ]
    for plan in plans { _ = try await bench.restoreExecutor.apply(plan) }
    #expect(service.created.count == 4)
  }

  @Test("what was interrupted twice with its deletes sent comes back once", arguments: JournalKind.allCases)
  func twoCrashesOverTheSameTasks(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(5))
    let bench = Bench(service, try kind.make())
    var entries: [Int] = []
    for _ in 0..<2 {
      let number = try #require(try await bench.planAll().entry)
      try await bench.journal.seal(number, plan: [:])
      try await bench.journal.change((0..<5).map { ItemChange($0, .sent) }, of: number)
      await bench.journal.release(number)
      entries.append(number)
    }
    for name in service.names { service.finish(name) }
    for entry in entries { _ = try await bench.undo(entry) }
    #expect(service.created.count == 5)
  }

  @Test("a task that was put back and discarded again comes back again", arguments: JournalKind.allCases)
  func secondLife(kind: JournalKind) async throws {
    let service = FakeTaskService([makeTask("named")], keepsTombstones: false)
    let bench = Bench(service, try kind.make())
    for _ in 0..<2 {
      let number = try await bench.discardedEntry()
      #expect(try #require(try await bench.undo(number)).entry.counts.restored == 1)
      #expect(service.names == [taskName("named")])
    }
  }

  @Test func `one task can be put back by its ID`() async throws {
    let service = FakeTaskService(makeTasks(10))
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    let found = try await bench.restorePlanner.discard(ofTask: generated(4))
    #expect(found == number)
    let end = try #require(try await bench.undo(found, .init(ids: [generated(4)])))
    #expect(end.entry.counts.restored == 1)
    #expect(service.tasks.map(\.body) == [makeTask(generated(4)).body])
    await #expect(throws: OperationError.self) { try await bench.restorePlanner.discard(ofTask: generated(4)) }
    await #expect(throws: OperationError.self) { try await bench.restorePlanner.discard(ofTask: "never-seen") }
  }

  @Test func `a lost answer does not make two tasks of one`() async throws {
    let lost = Mutex(0)
    let service = FakeTaskService(makeTasks(20)) { call, _ in
      guard case .create = call else { return nil }
      return lost.withLock { lost in
        lost += 1
        return lost % 3 == 0 ? .lostAnswer(lostConnection) : nil
      }
    }
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    let end = try #require(try await bench.undo(number))
    #expect(end.entry.counts.restored == 20)
    #expect(service.created.count == 20)
  }

  @Test func `a task that cannot be created is said to have failed`() async throws {
    let service = FakeTaskService(makeTasks(3)) { call, _ in
      if case .create = call { .refused(apiError(.notFound, "Queue does not exist.")) } else { nil }
    }
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    let end = try #require(try await bench.undo(number))
    #expect(end.entry.counts.failed == 3)
    #expect(try await bench.items(end.entry.number)[0].error == "NOT_FOUND: Queue does not exist.")
    #expect(try await bench.items(number).allSatisfy { $0.shownState == .discarded })
  }

  @Test func `tasks left in doubt are put back only if they are not there`() async throws {
    let service = FakeTaskService(makeTasks(4)) { call, _ in
      switch call {
      case .delete(let name) where name.id == generated(0): .lostAnswer(lostConnection)
      case .delete: .lost(lostConnection)
      default: nil
      }
    }
    let bench = Bench(service)
    // Every sending is lost, so the run stops with items whose state is open.
    let number = try #require(try await bench.discardAll()).entry.number
    let before = service.names.count
    #expect(before == 3)
    _ = try await bench.undo(number)
    #expect(service.names.count == 4)
    #expect(service.created.count == 1)
  }

  @Test func `an undo cannot be undone, and a plan without trash neither`() async throws {
    let service = FakeTaskService(makeTasks(2))
    let bench = Bench(service)
    let undo = try #require(try await bench.undo(try await bench.discardedEntry()))
    await #expect(throws: OperationError.self) { try await bench.undo(undo.entry.number) }
    await #expect(throws: OperationError.journal(JournalError(.missing, reason: "entry 99"))) {
      try await bench.undo(99)
    }
  }

  @Test func `a dry run of an undo changes and claims nothing`() async throws {
    let service = FakeTaskService(makeTasks(2))
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    let plan = try await bench.restorePlanner.plan(undoing: number, dryRun: true)
    #expect(plan.names.count == 2 && plan.entry == nil && plan.notes.count == 3)
    #expect(try await bench.journal.entries().count == 1)
    #expect(try await bench.undo(number)?.entry.counts.restored == 2)
  }
}
