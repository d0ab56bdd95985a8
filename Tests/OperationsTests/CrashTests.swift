import CloudModel
import Foundation
import JournalModel
import Operations
import Testing

/// A crash at every step of a discard and of its undo, with lost answers and without.
@Suite struct CrashTests {
  /// Generated IDs and names of their own, in turn.
  private static func mixedTasks(_ count: Int) -> [CloudTask] {
    (0..<count).map { makeTask($0 % 2 == 0 ? generated($0) : "task-\($0)") }
  }

  @Test(arguments: JournalKind.allCases, Crash.Moment.allCases)
  func `a discard that dies at any step can be resumed and undone`(kind: JournalKind, moment: Crash.Moment) async throws
  {
    var step = 1
    while true {
      let tasks = Self.mixedTasks(9)
      let service = FakeTaskService(tasks)
      let journal = try kind.make()
      let crash = Crash(at: step, moment)
      await attempt {
        _ = try await Bench(
          CrashingService(base: service, crash: crash), CrashingJournal(base: journal, crash: crash)
        ).discardAll()
      }
      try await examine(tasks, service, journal, step)
      if !crash.hasHappened { break }
      step += 1
    }
    #expect(step > 20)
  }

  /// Journal and service account for every task; then resume and undo, and look again.
  private func examine(_ tasks: [CloudTask], _ service: FakeTaskService, _ journal: any Journal, _ step: Int)
    async throws
  {
    let bench = Bench(service, journal)
    guard let entry = try await journal.entries().first else {
      // Nothing was sealed, so nothing may have been touched.
      return #expect(service.names.count == tasks.count, "step \(step)")
    }
    try await agree(bench, service, entry.number)
    let resumed = try await bench.executor.resume(entry.number)
    #expect(resumed.entry.progress == .complete && resumed.entry.counts.discarded == tasks.count, "step \(step)")
    #expect(service.names.isEmpty, "step \(step)")
    _ = try await bench.undo(entry.number)
    expectAllBackOnce(tasks, service, step)
  }

  @Test(arguments: JournalKind.allCases, [false, true])
  func `an undo that dies at any step puts everything back once`(kind: JournalKind, isForgetful: Bool) async throws {
    for moment in Crash.Moment.allCases {
      var step = 1
      while true {
        let tasks = Self.mixedTasks(8)
        let service = FakeTaskService(tasks)
        let bench = Bench(service, try kind.make())
        let number = try #require(try await bench.discardAll()).entry.number
        if isForgetful { service.forgetTombstones() }
        let crash = Crash(at: step, moment)
        let dying = Bench(
          CrashingService(base: service, crash: crash), CrashingJournal(base: bench.journal, crash: crash))
        await attempt { _ = try await dying.undo(number) }
        await bench.journal.release(number)
        // A task that was put back may run at once, and its name stays behind.
        if step % 2 == 0 { for name in service.created { service.finish(name) } }
        _ = try await bench.undo(number)
        expectCreatedOnce(tasks, service, step)
        if !crash.hasHappened { break }
        step += 1
      }
      #expect(step > 20)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func `a discard that dies and is undone without being resumed loses nothing`(kind: JournalKind) async throws {
    for step in stride(from: 1, through: 40, by: 3) {
      let tasks = Self.mixedTasks(9)
      let service = FakeTaskService(tasks)
      let journal = try kind.make()
      let crash = Crash(at: step, .after)
      await attempt {
        _ = try await Bench(
          CrashingService(base: service, crash: crash), CrashingJournal(base: journal, crash: crash)
        ).discardAll()
      }
      if let entry = try await journal.entries().first { _ = try await Bench(service, journal).undo(entry.number) }
      expectAllBackOnce(tasks, service, step)
    }
  }

  @Test func `batches that die at any step can be resumed and undone`() async throws {
    for moment in Crash.Moment.allCases {
      var step = 1
      while true {
        let tasks = makeTasks(150)
        let service = FakeTaskService(tasks, hasBatches: true)
        let journal = MemoryJournal()
        let crash = Crash(at: step, moment)
        await attempt {
          _ = try await Bench(
            CrashingService(base: service, crash: crash), CrashingJournal(base: journal, crash: crash)
          ).discardAll()
        }
        try await examine(tasks, service, journal, step)
        if !crash.hasHappened { break }
        step += 1
      }
      #expect(step > 8)
    }
  }

  /// What dies throws, or ends early; both are what the test is about.
  private func attempt(_ body: () async throws -> Void) async {
    do { try await body() } catch {
      #expect(error is OperationError || error is JournalError, "\(error)")
    }
  }

  private func expectAllBackOnce(_ tasks: [CloudTask], _ service: FakeTaskService, _ step: Int) {
    let bodies = service.tasks.compactMap(\.body).map { String(decoding: $0, as: UTF8.self) }.sorted()
    #expect(bodies == tasks.compactMap(\.body).map { String(decoding: $0, as: UTF8.self) }.sorted(), "step \(step)")
  }

  private func expectCreatedOnce(_ tasks: [CloudTask], _ service: FakeTaskService, _ step: Int) {
    #expect(service.created.count == tasks.count, "step \(step): \(service.created.map(\.id))")
  }
}
