import CloudModel
import Foundation
import JournalModel
import Operations
import Testing

@Suite struct DiscardPlannerTests {
  @Test(arguments: [2, 7, 1000])
  func `a queue is read to its end, whatever the size of a page`(pageSize: Int) async throws {
    let bench = Bench(FakeTaskService(makeTasks(21), pageSize: pageSize))
    let plan = try await bench.planAll()
    #expect(plan.names.count == 21)
    #expect(Array(plan.names) == makeTasks(21).map(\.name))
    let entry = try #require(plan.entry)
    #expect(try await bench.states(entry) == Array(repeating: .planned, count: 21))
  }

  @Test func `all criteria given together must hold`() async throws {
    let bench = Bench(
      FakeTaskService([
        makeTask("a", class: "Sync", dispatches: 5), makeTask("b", class: "Sync", dispatches: 4),
        makeTask("c", class: "Send", dispatches: 9), makeTask("d", class: "Sync", dispatches: 6),
      ]))
    let intent = try DiscardIntent(
      .matching(in: [queueName()]), taskClass: "Sync", minRetries: 5,
      condition: TaskCondition(text: "!name:d") { $0.name.id != "d" })
    #expect(try await bench.plan(intent).names.map(\.id) == ["a"])
  }

  @Test func `min retries counts dispatches, the first included`() async throws {
    let bench = Bench(FakeTaskService((0...4).map { makeTask("t\($0)", dispatches: $0) }))
    let intent = try DiscardIntent(.matching(in: [queueName()]), minRetries: 3)
    #expect(try await bench.plan(intent).names.map(\.id) == ["t3", "t4"])
  }

  @Test func `a negative number of dispatches is refused`() {
    #expect(throws: OperationError.self) { try DiscardIntent(.matching(in: [queueName()]), minRetries: -1) }
  }

  @Test func `to choose nothing is refused`() {
    #expect(throws: OperationError.self) { try DiscardIntent(.matching(in: [queueName()])) }
    #expect(throws: OperationError.self) { try DiscardIntent(.matching(in: []), everything: true) }
  }

  @Test func `an ID of another class, below the limit or unknown is refused with its reason`() async throws {
    let service = FakeTaskService([makeTask("a"), makeTask("b", class: "Other"), makeTask("c", dispatches: 1)])
    let names = ["a", "b", "c", "d"].map { taskName($0) }
    let plan = try await Bench(service).plan(try DiscardIntent(.named(names), taskClass: "SendMail", minRetries: 3))
    #expect(plan.names.map(\.id) == ["a"])
    #expect(plan.refused.map(\.name.id) == ["b", "c", "d"])
    #expect(plan.refused[0].reason == "its class is Other, not SendMail")
    #expect(plan.refused[1].reason == "it was dispatched once, not 3 times or more")
    #expect(plan.refused[2].reason.contains("no such task"))
    guard case .refused(let refusal) = plan.objection else { return #expect(Bool(false), "no objection") }
    #expect(refusal.reason.contains("its class is Other"))
  }

  @Test func `a plan with a refused ID is not applied`() async throws {
    let service = FakeTaskService([makeTask("a")])
    let bench = Bench(service)
    let plan = try await bench.plan(try DiscardIntent(.named([taskName("a"), taskName("z")])))
    await #expect(throws: OperationError.self) { try await bench.executor.apply(plan) }
    #expect(service.names.count == 1)
  }

  @Test func `marked tasks that have finished are passed over`() async throws {
    let service = FakeTaskService([makeTask("a")])
    let plan = try await Bench(service).plan(try DiscardIntent(.marked([taskName("a"), taskName("z")])))
    #expect(plan.names.map(\.id) == ["a"])
    #expect(plan.passedOver.map(\.name.id) == ["z"])
    #expect(plan.objection == nil)
  }

  @Test func `a dry run and a match of nothing leave no entry`() async throws {
    let bench = Bench(FakeTaskService(makeTasks(3)))
    let dry = try await bench.plan(try DiscardIntent(.matching(in: [queueName()]), everything: true), dryRun: true)
    #expect(dry.names.count == 3 && dry.entry == nil)
    let none = try await bench.plan(try DiscardIntent(.matching(in: [queueName()]), taskClass: "Nobody"))
    #expect(none.entry == nil)
    #expect(try await bench.executor.apply(none) == nil)
    #expect(try await bench.journal.entries().isEmpty)
  }

  @Test func `a task that a changing order lists twice is planned once`() async throws {
    let service = FakeTaskService(makeTasks(4), pageSize: 2)
    let twice = TwiceListing(base: service)
    let plan = try await Bench(twice).planAll()
    #expect(plan.names.count == 4)
  }

  @Test func `the summary counts classes, statuses, ages and what is under way`() async throws {
    var running = makeTask("r", class: "Slow", dispatches: 1, status: nil)
    running.responseCount = 0
    var attempt = Attempt()
    attempt.dispatchTime = epoch
    running.lastAttempt = attempt
    var future = makeTask("f", dispatches: 0)
    future.scheduleTime = Timestamp(seconds: epoch.seconds + 7200)
    future.createTime = epoch
    let plan = try await Bench(FakeTaskService([makeTask("a"), makeTask("b", status: 404), running, future])).planAll()
    #expect(plan.summary.byClass == ["SendMail": 3, "Slow": 1])
    #expect(plan.summary.byStatus == [.http(503): 1, .http(404): 1, .unanswered: 1, .neverDispatched: 1])
    #expect(plan.summary.newest == epoch)
    #expect(plan.warnings == [.dispatching(1), .scheduled(1)])
    #expect(plan.summary.samples.count == 4)
    #expect(plan.summary.bytes > 0)
  }

  @Test func `without the permission for bodies there is no undo, and that has to be said`() async throws {
    let service = FakeTaskService(makeTasks(3)) { call, _ in
      if case .list(_, .full, _) = call { .refused(apiError(.permissionDenied)) } else { nil }
    }
    let plan = try await Bench(service).planAll()
    #expect(plan.names.count == 3 && !plan.canUndo)
    #expect(plan.warnings == [.noFullView(apiError(.permissionDenied))])
    await #expect(throws: OperationError.self) { try await Bench(service).executor.apply(plan) }
    #expect(service.names.count == 3)
  }

  @Test func `with no-undo nothing is kept, and bodies are not asked for`() async throws {
    let service = FakeTaskService(makeTasks(3))
    let bench = Bench(service)
    let intent = try DiscardIntent(.matching(in: [queueName()]), everything: true, keepsContent: false)
    let end = try #require(try await bench.executor.apply(try await bench.plan(intent)))
    #expect(end.entry.counts.discarded == 3)
    #expect(service.calls.first == .list(queueName(), .basic, pageToken: nil))
    #expect(try await bench.journal.contents(of: end.entry.number, at: [0, 1, 2]).isEmpty)
    await #expect(throws: OperationError.self) { try await bench.undo(end.entry.number) }
  }

  @Test func `a condition on bodies cannot do without them`() async throws {
    let service = FakeTaskService(makeTasks(3)) { call, _ in
      if case .list(_, .full, _) = call { .refused(apiError(.permissionDenied)) } else { nil }
    }
    let condition = TaskCondition(text: "body.id=1", needsBodies: true) { _ in true }
    let intent = try DiscardIntent(.matching(in: [queueName()]), condition: condition)
    await #expect(throws: OperationError.api(apiError(.permissionDenied))) { try await Bench(service).plan(intent) }
  }

  @Test func `tasks of the same class in other queues are named, missing queues are not`() async throws {
    let temp = queueName("orders--temp")
    let service = FakeTaskService(makeTasks(2) + [makeTask("x", in: temp), makeTask("y", class: "Other", in: temp)])
    var intent = try DiscardIntent(.matching(in: [queueName()]), taskClass: "SendMail")
    intent.relatedQueues = [temp, queueName(), queueName("nothing")]
    let plan = try await Bench(service).plan(intent)
    #expect(plan.warnings == [.sameClass(queue: temp, count: 1, atLeast: false)])
  }

  @Test("many other queues are looked into as far as the list budget bears, and the rest is named")
  func manyRelatedQueues() async throws {
    let others = (0..<20).map { queueName("other-\($0)") }
    let tasks = others.map { makeTask("x", in: $0) } + makeTasks(1)
    let service = FakeTaskService(tasks)
    var intent = try DiscardIntent(.matching(in: [queueName()]), taskClass: "SendMail")
    (intent.relatedQueues, intent.relatedQueuesRefusal) = (others, apiError(.permissionDenied, "no"))
    let plan = try await Bench(service).plan(intent)
    #expect(plan.warnings.first == .unlisted(apiError(.permissionDenied, "no")))
    #expect(
      plan.warnings.dropFirst().dropLast()
        == others.prefix(12).map { .sameClass(queue: $0, count: 1, atLeast: false) }[...])
    #expect(plan.warnings.last == .notLookedInto(8))
  }

  @Test func `a listing that fails half-way leaves nothing behind`() async throws {
    let service = FakeTaskService(makeTasks(5), pageSize: 2) { call, _ in
      if case .list(_, _, "4") = call { .refused(apiError(.internalError)) } else { nil }
    }
    let bench = Bench(service)
    await #expect(throws: OperationError.api(apiError(.internalError))) { try await bench.planAll() }
    await #expect(throws: JournalError.self) { try await bench.journal.append([], to: 1) }
  }

  @Test func `an abandoned plan is gone`() async throws {
    let bench = Bench(FakeTaskService(makeTasks(5)))
    let plan = try await bench.planAll()
    try await bench.planner.abandon(plan)
    #expect(try await bench.journal.entries().isEmpty)
    await #expect(throws: OperationError.self) { try await bench.executor.apply(plan) }
  }

}

/// Every page repeats the last task of the page before it.
private struct TwiceListing: TaskService {
  let base: FakeTaskService

  func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage {
    let page = try await base.listTasks(in: queue, view: view, pageToken: pageToken)
    let repeated = pageToken == nil ? [] : Array(base.tasks.prefix(1))
    return TaskPage(tasks: try page.tasks() + repeated, nextPageToken: page.nextPageToken)
  }
  func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask {
    try await base.getTask(name, view: view)
  }
  func deleteTask(_ name: TaskName) async throws(APIError) { try await base.deleteTask(name) }
  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    try await base.startBatchDelete(names, in: queue)
  }
  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation { try await base.batchOperation(name) }
  func createTask(_ task: CloudTask) async throws(APIError) { try await base.createTask(task) }
}
