import CloudModel
import Foundation
import JournalModel
import Operations
import Synchronization
import Testing

@Suite struct DiscardRunTests {
  @Test(arguments: JournalKind.allCases)
  func `every planned task is discarded, and the entry is complete`(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(700))
    let bench = Bench(service, try kind.make())
    let end = try #require(try await bench.discardAll())
    #expect(end.stop == nil)
    #expect(service.names.isEmpty)
    #expect(end.entry.progress == .complete)
    #expect(end.entry.counts.discarded == 700)
    #expect(service.mostUnderWay <= 128)
  }

  @Test func `a task that finished meanwhile is gone, not discarded`() async throws {
    let service = FakeTaskService(makeTasks(5))
    let bench = Bench(service)
    let plan = try await bench.planAll()
    service.finish(taskName(generated(2)))
    let end = try #require(try await bench.executor.apply(plan))
    #expect(try await bench.states(end.entry.number) == [.discarded, .discarded, .gone, .discarded, .discarded])
  }

  @Test func `a task added after the plan stays`() async throws {
    let service = FakeTaskService(makeTasks(2))
    let bench = Bench(service)
    let plan = try await bench.planAll()
    service.put(makeTask("later"))
    _ = try await bench.executor.apply(plan)
    #expect(service.names == [taskName("later")])
  }

  @Test func `a refusal is recorded with its words, the others go on`() async throws {
    let service = FakeTaskService(makeTasks(10)) { call, _ in
      call == .delete(taskName(generated(3))) ? .refused(apiError(.permissionDenied, "not yours")) : nil
    }
    let bench = Bench(service)
    let end = try #require(try await bench.discardAll())
    let failed = try await bench.items(end.entry.number).filter { $0.state == .failed }
    #expect(failed.map(\.name.id) == [generated(3)])
    #expect(failed.first?.error == "PERMISSION_DENIED: not yours")
    #expect(end.entry.counts.discarded == 9 && end.entry.progress == .complete)
  }

  @Test func `what failed can be tried again`() async throws {
    let isAllowed = Mutex(false)
    let service = FakeTaskService(makeTasks(3)) { call, _ in
      call.isDelete && !isAllowed.withLock { $0 } ? .refused(apiError(.permissionDenied)) : nil
    }
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    #expect(try await bench.executor.resume(number).entry.counts.failed == 3)
    isAllowed.withLock { $0 = true }
    #expect(try await bench.executor.resume(number, retryFailed: true).entry.counts.discarded == 3)
  }

  @Test func `a 404 after a lost answer counts as discarded`() async throws {
    let isFirst = Mutex(true)
    let service = FakeTaskService(makeTasks(2)) { call, _ in
      guard call == .delete(taskName(generated(0))) else { return nil }
      return isFirst.withLock { first in
        defer { first = false }
        return first ? .lostAnswer(lostConnection) : nil
      }
    }
    let bench = Bench(service)
    let end = try #require(try await bench.discardAll())
    #expect(try await bench.states(end.entry.number) == [.discarded, .discarded])
  }

  @Test func `a 404 whose call had lost an earlier sending counts as discarded`() async throws {
    var retried = apiError(.notFound)
    retried.mayHaveBeenDone = true
    let answer = retried
    let service = FakeTaskService(makeTasks(1)) { call, _ in call.isDelete ? .refused(answer) : nil }
    let bench = Bench(service)
    let end = try #require(try await bench.discardAll())
    #expect(try await bench.states(end.entry.number) == [.discarded])
  }

  @Test func `an answer of 500 is looked into`() async throws {
    var broken = apiError(.internalError, "oops")
    broken.mayHaveBeenDone = true
    let error = broken
    let done = taskName(generated(0))
    let service = FakeTaskService(makeTasks(2)) { call, service in
      guard case .delete(let name) = call else { return nil }
      return name == done && service.names.contains(done) ? .lostAnswer(error) : .lost(error)
    }
    let bench = Bench(service)
    let end = try #require(try await bench.discardAll())
    #expect(try await bench.states(end.entry.number) == [.discarded, .failed])
    #expect(try await bench.items(end.entry.number)[1].error == "INTERNAL: oops")
  }

  @Test func `a storm of 429 slows the run down and fails nothing`() async throws {
    let count = Mutex(0)
    let service = FakeTaskService(makeTasks(300)) { call, _ in
      guard call.isDelete else { return nil }
      let number = count.withLock { count in
        count += 1
        return count
      }
      return (50..<200).contains(number) ? .refused(apiError(.resourceExhausted)) : nil
    }
    let bench = Bench(service)
    let end = try #require(try await bench.discardAll())
    #expect(end.entry.counts.discarded == 300)
    #expect(!bench.time.slept.withLock { $0 }.isEmpty)
  }

  @Test func `the delay that the service asks for is kept`() async throws {
    let isFirst = Mutex(true)
    let info: JSON = ["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"]
    let service = FakeTaskService(makeTasks(1)) { call, _ in
      guard call.isDelete else { return nil }
      return isFirst.withLock { first in
        defer { first = false }
        return first ? .refused(apiError(.resourceExhausted, details: [info])) : nil
      }
    }
    let bench = Bench(service)
    #expect(try await bench.discardAll()?.entry.counts.discarded == 1)
    #expect(bench.time.slept.withLock { $0 }.contains(.seconds(7)))
  }

  @Test func `a token that expires once in the middle is no failure`() async throws {
    let count = Mutex(0)
    let service = FakeTaskService(makeTasks(100)) { call, _ in
      guard call.isDelete else { return nil }
      let number = count.withLock { count in
        count += 1
        return count
      }
      return number == 40 ? .refused(apiError(.unauthenticated)) : nil
    }
    #expect(try await Bench(service).discardAll()?.entry.counts.discarded == 100)
  }

  @Test(arguments: JournalKind.allCases)
  func `when the network is cut the run stops, and can be resumed`(kind: JournalKind) async throws {
    let count = Mutex(0)
    let isCut = Mutex(true)
    let service = FakeTaskService(makeTasks(400)) { call, _ in
      guard call.isDelete, isCut.withLock({ $0 }) else { return nil }
      let number = count.withLock { count in
        count += 1
        return count
      }
      if number < 100 { return nil }
      return number % 2 == 0 ? .lost(lostConnection) : .lostAnswer(lostConnection)
    }
    let bench = Bench(service, try kind.make())
    let end = try #require(try await bench.discardAll())
    guard case .api(let error) = end.stop else { return #expect(Bool(false), "it did not stop") }
    #expect(error.kind == .unreachable)
    #expect(end.entry.progress == .interrupted)
    try await agree(bench, service, end.entry.number)
    isCut.withLock { $0 = false }
    let resumed = try await bench.executor.resume(end.entry.number)
    #expect(resumed.stop == nil)
    #expect(resumed.entry.counts.discarded == 400)
    #expect(service.names.isEmpty)
  }

  @Test func `a cancelled run leaves what it did not touch as planned`() async throws {
    let service = FakeTaskService(makeTasks(2000))
    let bench = Bench(service)
    let plan = try await bench.planAll()
    let number = try #require(plan.entry)
    let executor = bench.executor
    let run = Task { try await executor.apply(plan) { if $0.done >= 1 { withUnsafeCurrentTask { $0?.cancel() } } } }
    run.cancel()
    let end = try #require(try await run.value)
    #expect(end.stop == .cancelled)
    #expect(end.entry.counts.sent == 0)
    #expect(end.entry.counts.waiting == service.names.count)
    try await agree(bench, service, number)
    #expect(try await bench.executor.resume(number).entry.counts.discarded == 2000)
  }

  @Test("a run that is called off on a dead network ends at once, and what was under way is in doubt")
  func calledOffOnADeadNetwork() async throws {
    let fake = FakeTaskService(makeTasks(2000))
    let bench = Bench(SilentTaskService(base: fake))
    let plan = try await bench.planAll()
    let number = try #require(plan.entry)
    let executor = bench.executor
    let run = Task { try await executor.apply(plan) }
    while fake.calls.count(where: \.isDelete) == 0 { await Task.yield() }
    run.cancel()
    let end = try #require(try await run.value)
    #expect(end.stop == .cancelled)
    #expect(bench.time.slept.withLock { $0 }.contains(.milliseconds(500)))
    let counts = end.entry.counts
    #expect(counts.sent == fake.calls.count(where: \.isDelete) && counts.waiting == 2000 - counts.sent)
    // On a network that answers, the same entry is finished, each task once.
    let resumed = try await Bench(fake, bench.journal).executor.resume(number)
    #expect(resumed.entry.counts.discarded == 2000 && fake.names.isEmpty)
  }

  @Test func `a journal that fails before the first delete refuses the run`() async throws {
    let service = FakeTaskService(makeTasks(5))
    let journal = FailingJournal(base: MemoryJournal(), failsAt: .seal)
    await #expect(throws: OperationError.journal(JournalError(.full, reason: "no space"))) {
      try await Bench(service, journal).discardAll()
    }
    #expect(!service.calls.contains { $0.isDelete })
  }

  @Test func `a journal that cannot mark stops the run before the first delete`() async throws {
    let service = FakeTaskService(makeTasks(5))
    let journal = FailingJournal(base: MemoryJournal(), failsAt: .mark)
    let end = try await Bench(service, journal).discardAll()
    #expect(end?.stop == .journal(JournalError(.full, reason: "no space")))
    #expect(!service.calls.contains { $0.isDelete })
  }

  @Test func `a journal that fails in the middle stops the run`() async throws {
    let service = FakeTaskService(makeTasks(3000))
    let base = MemoryJournal()
    let end = try await Bench(service, FailingJournal(base: base, failsAt: .outcome)).discardAll()
    #expect(end?.stop == .journal(JournalError(.full, reason: "no space")))
    #expect(service.names.count > 1000)
    let bench = Bench(service, base)
    let resumed = try await bench.executor.resume(try #require(end?.entry.number))
    #expect(resumed.entry.counts.discarded == 3000)
  }

  @Test func `an entry of another endpoint is not resumed`() async throws {
    let service = FakeTaskService(makeTasks(5)) { call, _ in call.isDelete ? .lost(lostConnection) : nil }
    let bench = Bench(service)
    let number = try #require(try await bench.discardAll()).entry.number
    let elsewhere = DiscardExecutor(
      service: service, journal: bench.journal, surroundings: bench.time.surroundings,
      acting: Acting(context: "", account: "", endpoint: "https://elsewhere"), batches: BatchSupport())
    await #expect(throws: OperationError.self) { try await elsewhere.resume(number) }
    await #expect(throws: OperationError.self) { try await bench.restoreExecutor.resume(number) }
  }

  @Test(arguments: JournalKind.allCases)
  func `two taskdecks on the same queue discard each task once`(kind: JournalKind) async throws {
    let service = FakeTaskService(makeTasks(500))
    let path = temporaryPath()
    let first = Bench(service, try kind.make(at: path))
    let second = Bench(service, kind == .sqlite ? try kind.make(at: path) : first.journal)
    let plans = (try await first.planAll(), try await second.planAll())
    async let one = first.executor.apply(plans.0)
    async let two = second.executor.apply(plans.1)
    let ends = [try #require(try await one), try #require(try await two)]
    #expect(ends.map(\.entry.counts.discarded).reduce(0, +) == 500)
    #expect(ends.map(\.entry.counts.gone).reduce(0, +) == 500)
    #expect(ends.allSatisfy { $0.entry.progress == .complete })
  }

  @Test func `a live run is not resumed`() async throws {
    let service = FakeTaskService(makeTasks(5))
    let bench = Bench(service)
    let plan = try await bench.planAll()
    let number = try #require(plan.entry)
    try await bench.journal.seal(number, plan: .null)
    await #expect(throws: OperationError.journal(JournalError(.owned, reason: "entry 1"))) {
      try await bench.executor.resume(number)
    }
  }

  @Test func `progress ends with everything done`() async throws {
    let last = Mutex<RunProgress?>(nil)
    let bench = Bench(FakeTaskService(makeTasks(50)))
    let plan = try await bench.planAll()
    _ = try await bench.executor.apply(plan) { progress in last.withLock { $0 = progress } }
    let progress = try #require(last.withLock { $0 })
    #expect(progress.done == 50 && progress.total == 50 && progress.remaining == 0 && progress.failed == 0)
  }

  @Test func `read-only refuses with that word and sends nothing`() async throws {
    let service = FakeTaskService(makeTasks(5))
    let bench = Bench(ReadOnlyTaskService(service, endpoint: endpoint, source: "--read-only"))
    await #expect {
      try await bench.discardAll()
    } throws: { error in
      guard case .api(let refusal)? = error as? OperationError else { return false }
      return refusal.message.contains("read-only")
    }
    #expect(try await bench.journal.entries().isEmpty)
    await #expect(throws: APIError.self) { try await bench.service.deleteTask(taskName(generated(0))) }
    await #expect(throws: APIError.self) { try await bench.service.createTask(makeTask("new")) }
    await #expect(throws: APIError.self) { try await bench.service.startBatchDelete([], in: queueName()) }
    #expect(service.names.count == 5 && service.created.isEmpty && !service.calls.contains { $0.isDelete })
  }
}

/// Each item's state agrees with what the service has.
func agree(_ bench: Bench, _ service: FakeTaskService, _ entry: Int) async throws {
  for item in try await bench.items(entry) {
    let isThere = service.names.contains(item.name)
    switch item.state {
    case .planned, .failed: #expect(isThere, "\(item)")
    case .discarded, .gone: #expect(!isThere, "\(item)")
    case .sent, .restored: break
    }
  }
}

/// A journal whose disk is full from some moment on.
struct FailingJournal: Journal {
  enum Moment { case seal, mark, outcome }
  let base: MemoryJournal
  let failsAt: Moment

  private static let full = JournalError(.full, reason: "no space")

  func open(_ header: JournalHeader) async throws(JournalError) -> Int { try await base.open(header) }
  func append(_ items: [PlannedItem], to entry: Int) async throws(JournalError) {
    try await base.append(items, to: entry)
  }
  func append(_ changes: [JournaledChange], to entry: Int) async throws(JournalError) {
    try await base.append(changes, to: entry)
  }
  func settle(_ outcomes: [ChangeOutcome], of entry: Int) async throws(JournalError) {
    if failsAt == .outcome { throw Self.full }
    try await base.settle(outcomes, of: entry)
  }
  func changes(of entry: Int) async throws(JournalError) -> [JournaledChange] { try await base.changes(of: entry) }
  func seal(_ entry: Int, plan: JSON) async throws(JournalError) {
    if failsAt == .seal { throw Self.full }
    try await base.seal(entry, plan: plan)
  }
  func seal(undo entry: Int, plan: JSON, knowing known: Set<Int>) async throws(JournalError) {
    if failsAt == .seal { throw Self.full }
    try await base.seal(undo: entry, plan: plan, knowing: known)
  }
  func abandon(_ entry: Int) async throws(JournalError) { try await base.abandon(entry) }
  func claim(_ entry: Int) async throws(JournalError) { try await base.claim(entry) }
  func release(_ entry: Int) async { await base.release(entry) }
  func change(_ changes: [ItemChange], of entry: Int) async throws(JournalError) {
    let isMark = changes.contains { $0.state == .sent }
    if failsAt == .mark && isMark || failsAt == .outcome && !isMark { throw Self.full }
    try await base.change(changes, of: entry)
  }
  func close(_ entry: Int, at time: Timestamp) async throws(JournalError) { try await base.close(entry, at: time) }
  func entry(_ number: Int) async throws(JournalError) -> JournalEntry { try await base.entry(number) }
  func entries() async throws(JournalError) -> [JournalEntry] { try await base.entries() }
  func items(
    of entry: Int, in states: Set<ItemState>?, after position: Int, limit: Int
  ) async throws(JournalError) -> [JournalItem] {
    try await base.items(of: entry, in: states, after: position, limit: limit)
  }
  func contents(of entry: Int, at positions: [Int]) async throws(JournalError) -> [Int: Data] {
    try await base.contents(of: entry, at: positions)
  }
  func items(ofTask id: String) async throws(JournalError) -> [(entry: Int, item: JournalItem)] {
    try await base.items(ofTask: id)
  }
  func restoredElsewhere(_ entry: Int) async throws(JournalError) -> [RestoredElsewhere] {
    try await base.restoredElsewhere(entry)
  }
}
