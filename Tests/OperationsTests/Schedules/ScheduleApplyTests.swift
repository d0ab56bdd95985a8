import CloudModel
import Foundation
import JournalModel
import Operations
import Testing

@Suite("An applied plan of schedules")
struct ScheduleApplyTests {
  private let journal = MemoryJournal()
  private let acting = Acting(context: "", account: "anonymous", endpoint: "http://127.0.0.1:1")

  private func executor(_ service: any JobService, _ journal: (any ChangeJournal)? = nil) -> ChangeExecutor {
    ChangeExecutor(
      .job, service: JobResources(service), journal: journal ?? self.journal, surroundings: FakeTime().surroundings,
      acting: acting)
  }

  @discardableResult
  private func apply(
    _ plan: SchedulePlan, _ service: any JobService, keepsGoing: Bool = false
  ) async throws(OperationError) -> ChangeEnd {
    try await executor(service).apply(
      plan.changes, action: .scheduleApply, intent: [:], .init(keepsGoing: keepsGoing))
  }

  /// Why applying is refused; nil when it is not.
  private func refusal(of plan: SchedulePlan, _ service: any JobService) async -> OperationError.Refusal? {
    let result: Result<ChangeEnd, any Error>
    do { result = .success(try await apply(plan, service)) } catch { result = .failure(error) }
    guard case .failure(let error) = result, case .refused(let refusal)? = error as? OperationError else { return nil }
    return refusal
  }

  private func rollback(_ service: any JobService, _ number: Int? = nil) async throws(OperationError) -> ChangeEnd {
    let plan = try await RollbackPlanner(.job, journal: journal).plan(number, actingAs: acting)
    return try await executor(service).apply(
      plan.changes, action: .scheduleRollback, intent: [:], undoes: plan.origin.number,
      .init(keepsGoing: true, isExact: true))
  }

  private static let definitions = [definition("New"), definition("Same"), definition("Other", "0 4 * * *")]

  private static func jobs() -> [Job] {
    var paused = job("shop--Gone")
    paused.state = .paused
    return [job("shop--Same"), job("shop--Other"), paused, job("shop-admin--X")]
  }

  @Test("creates, patches only what differs, deletes last, and leaves the rest alone")
  func order() async throws {
    let service = FakeJobService(Self.jobs())
    let end = try await apply(plan(Self.definitions, Self.jobs(), prune: true), service)
    #expect(service.calls == ["create shop--New", "update schedule shop--Other", "delete shop--Gone"])
    #expect(end.failed == [])
    #expect(end.names("create").map(\.id) == ["shop--New"])
    #expect(service.all["shop-admin--X"] == job("shop-admin--X"))
  }

  @Test("changes nothing the second time")
  func twice() async throws {
    let service = FakeJobService(Self.jobs())
    try await apply(plan(Self.definitions, Self.jobs(), prune: true), service)
    let there = try await service.jobs(in: jobsParent)
    let again = plan(Self.definitions, there, prune: true)
    #expect(again.isEmpty)
    #expect(try await apply(again, service).journal == nil)
  }

  @Test("comes back by a rollback, deleted jobs and their state included")
  func rollsBack() async throws {
    let service = FakeJobService(Self.jobs())
    try await apply(plan(Self.definitions, Self.jobs(), prune: true), service)
    let end = try await rollback(service)
    #expect(end.failed == [])
    #expect(service.all == Dictionary(uniqueKeysWithValues: Self.jobs().map { ($0.name.id, $0) }))
    #expect(
      service.calls.suffix(4) == [
        "update schedule shop--Other", "create shop--Gone", "pause shop--Gone", "delete shop--New",
      ])
  }

  @Test("is refused when a job was changed since, and says which")
  func stale() async throws {
    let service = FakeJobService(Self.jobs())
    let made = plan(Self.definitions, Self.jobs())
    service.put(job("shop--Other", "0 9 * * *"))
    let refusal = try #require(await refusal(of: made, service))
    #expect(refusal.title.contains("stale"))
    #expect(refusal.reason.contains("shop--Other (schedule)"))
    #expect(service.calls == [])
    #expect(try await journal.entries().isEmpty)
  }

  @Test("says of a stale plan that a job is there now, or gone")
  func staleExistence() async throws {
    let service = FakeJobService(Self.jobs())
    let made = plan(Self.definitions, Self.jobs())
    service.put(job("shop--New", "0 9 * * *"))
    service.remove("shop--Other")
    let refusal = try #require(await refusal(of: made, service))
    #expect(refusal.reason.contains("shop--New (it is there now)"))
    #expect(refusal.reason.contains("shop--Other (it is gone)"))
  }

  @Test("stops at the first refusal, or goes on when asked to")
  func refusals() async throws {
    let fate: @Sendable (String, String) -> FakeJobService.Fate = { verb, _ in
      verb == "create" ? .refuse(.permissionDenied) : .pass
    }
    let stopping = FakeJobService(Self.jobs(), fate: fate)
    let end = try await apply(plan(Self.definitions, Self.jobs()), stopping)
    #expect(stopping.calls == ["create shop--New"])
    #expect(end.failed.map(\.id) == ["shop--New"])
    #expect(end.stop?.status == .permissionDenied)
    let going = FakeJobService(Self.jobs(), fate: fate)
    let other = try await apply(plan(Self.definitions, Self.jobs()), going, keepsGoing: true)
    #expect(other.failed.map(\.id) == ["shop--New"])
    #expect(other.names("update").map(\.id) == ["shop--Other"])
  }

  @Test("goes on where the network was lost, by resuming or by being applied again", arguments: [true, false])
  func lostNetwork(resumes: Bool) async throws {
    // The answer to the update is lost: it was made, and nobody knows.
    let broken = FakeJobService(Self.jobs()) { verb, _ in verb.hasPrefix("update") ? .lostAfter : .pass }
    let made = plan(Self.definitions, Self.jobs(), prune: true)
    let end = try await apply(made, broken)
    #expect(end.stop?.kind == .unreachable)
    let states = try await journal.changes(of: 1).map(\.state)
    #expect(states == [.done, .sent, .planned])
    #expect(try await journal.entry(1).progress == .interrupted)

    let mended = FakeJobService(try await broken.jobs(in: jobsParent))
    let second =
      resumes
      ? try await executor(mended).resume(1)
      : try await apply(plan(Self.definitions, try await mended.jobs(in: jobsParent), prune: true), mended)
    #expect(second.failed == [])
    #expect(mended.calls == ["delete shop--Gone"])
    #expect(plan(Self.definitions, try await mended.jobs(in: jobsParent), prune: true).isEmpty)
  }

  @Test("applies a plan file again after a lost network: what was done is not stale")
  func planAgain() async throws {
    let broken = FakeJobService(Self.jobs()) { verb, _ in verb.hasPrefix("update") ? .lostBefore : .pass }
    let made = plan(Self.definitions, Self.jobs(), prune: true)
    try await apply(made, broken)
    let mended = FakeJobService(try await broken.jobs(in: jobsParent))
    let end = try await apply(made, mended)
    #expect(end.failed == [])
    #expect(mended.calls == ["update schedule shop--Other", "delete shop--Gone"])
  }

  @Test("survives a crash at every step: resuming ends it, and a rollback brings everything back")
  func crashes() async throws {
    for step in 1...20 {
      let journal = MemoryJournal()
      let service = FakeJobService(Self.jobs())
      let crashing = CrashingJournal(base: journal, crash: Crash(at: step, .before))
      let made = plan(Self.definitions, Self.jobs(), prune: true)
      do {
        _ = try await executor(service, crashing).apply(made.changes, action: .scheduleApply, intent: [:])
      } catch {
        guard let entry = try await journal.entries().first else {
          #expect(service.calls.isEmpty, "step \(step): nothing is changed before it is journaled")
          continue
        }
        await journal.release(entry.number)
        let end = try await executor(service, journal).resume(entry.number)
        #expect(end.failed == [], "step \(step)")
      }
      #expect(plan(Self.definitions, try await service.jobs(in: jobsParent), prune: true).isEmpty, "step \(step)")
      let back = try await RollbackPlanner(.job, journal: journal).plan(nil, actingAs: acting)
      _ = try await executor(service, journal).apply(
        back.changes, action: .scheduleRollback, intent: [:], undoes: 1, .init(isExact: true))
      #expect(service.all == Dictionary(uniqueKeysWithValues: Self.jobs().map { ($0.name.id, $0) }), "step \(step)")
    }
  }

  @Test("sends nothing and journals nothing where changes are refused")
  func readOnly() async throws {
    let service = FakeJobService(Self.jobs())
    let refusing = ReadOnlyJobService(service, endpoint: "http://127.0.0.1:1", source: "--read-only")
    await #expect(throws: OperationError.self) { try await apply(plan(Self.definitions, Self.jobs()), refusing) }
    #expect(service.calls == [])
    #expect(try await journal.entries().isEmpty)
    for call in [
      { () async throws in _ = try await refusing.create(job("shop--A")) },
      { () async throws in _ = try await refusing.update(job("shop--A"), mask: []) },
      { () async throws in try await refusing.delete(jobName("shop--A")) },
      { () async throws in _ = try await refusing.pause(jobName("shop--A")) },
      { () async throws in _ = try await refusing.resume(jobName("shop--A")) },
      { () async throws in _ = try await refusing.run(jobName("shop--A")) },
    ] {
      await #expect(throws: APIError.self) { try await call() }
    }
  }

  @Test("counts a job that reads back differently as failed")
  func readsBack() async throws {
    let service = ForgetfulJobService(base: FakeJobService(Self.jobs()))
    let end = try await apply(plan(Self.definitions, Self.jobs()), service)
    #expect(end.failed.map(\.id) == ["shop--Other"])
    #expect(end.failed.first?.error?.contains("reads back differently in schedule") == true)
  }
}

/// Says yes to updates and makes none.
private struct ForgetfulJobService: JobService {
  let base: FakeJobService
  var refusalOfChanges: APIError? { nil }
  func jobs(in parent: LocationName) async throws(APIError) -> [Job] { try await base.jobs(in: parent) }
  func job(_ name: JobName) async throws(APIError) -> Job { try await base.job(name) }
  func create(_ job: Job) async throws(APIError) -> Job { try await base.create(job) }
  func update(_ job: Job, mask: [String]) async throws(APIError) -> Job { job }
  func delete(_ name: JobName) async throws(APIError) { try await base.delete(name) }
  func pause(_ name: JobName) async throws(APIError) -> Job { try await base.pause(name) }
  func resume(_ name: JobName) async throws(APIError) -> Job { try await base.resume(name) }
  func run(_ name: JobName) async throws(APIError) -> Job { try await base.run(name) }
}
