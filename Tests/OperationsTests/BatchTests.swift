import CloudModel
import Foundation
import JournalModel
import Operations
import Synchronization
import Testing

@Suite struct BatchTests {
  private func batches(_ service: FakeTaskService) -> [Int] {
    service.calls.compactMap { if case .batch(let names) = $0 { names.count } else { nil } }
  }

  @Test func `where batches exist they are used`() async throws {
    let service = FakeTaskService(makeTasks(2500), hasBatches: true)
    let end = try #require(try await Bench(service).discardAll())
    #expect(end.entry.counts.discarded == 2500)
    #expect(batches(service).reduce(0, +) == 2500)
    #expect(batches(service).max() == 1000)
    #expect(service.names.isEmpty)
  }

  @Test func `an endpoint without batches is asked once, and remembered`() async throws {
    let asked = Mutex(0)
    let service = FakeTaskService(makeTasks(1200))
    let counting = CountingBatches(base: service) { asked.withLock { $0 += 1 } }
    let bench = Bench(counting)
    #expect(try await bench.discardAll()?.entry.counts.discarded == 1200)
    for task in makeTasks(300) { service.put(task) }
    #expect(try await bench.discardAll()?.entry.counts.discarded == 300)
    #expect(asked.withLock { $0 } == 1)
  }

  @Test func `a few tasks are not worth a batch`() async throws {
    let service = FakeTaskService(makeTasks(20), hasBatches: true)
    #expect(try await Bench(service).discardAll()?.entry.counts.discarded == 20)
    #expect(batches(service).isEmpty)
  }

  @Test func `failures of a batch come by index`() async throws {
    let denied = taskName(generated(150))
    let service = FakeTaskService(makeTasks(300), hasBatches: true) { call, _ in
      call == .delete(denied) ? .refused(apiError(.permissionDenied, "no")) : nil
    }
    let bench = Bench(service)
    let plan = try await bench.planAll()
    service.finish(taskName(generated(7)))
    let end = try #require(try await bench.executor.apply(plan))
    let items = try await bench.items(end.entry.number)
    #expect(items[7].state == .gone)
    #expect(items[150].state == .failed && items[150].error == "PERMISSION_DENIED: no")
    #expect(end.entry.counts.discarded == 298)
  }

  @Test func `a batch whose answer is lost is finished one by one`() async throws {
    let isFirst = Mutex(true)
    let service = FakeTaskService(makeTasks(300), hasBatches: true) { call, _ in
      guard case .batch = call else { return nil }
      return isFirst.withLock { first in
        defer { first = false }
        return first ? .lostAnswer(lostConnection) : nil
      }
    }
    #expect(try await Bench(service).discardAll()?.entry.counts.discarded == 300)
  }

  @Test func `a batch operation that cannot be polled is finished one by one`() async throws {
    let service = FakeTaskService(makeTasks(300), hasBatches: true) { call, _ in
      call == .operation ? .refused(apiError(.permissionDenied)) : nil
    }
    #expect(try await Bench(service).discardAll()?.entry.counts.discarded == 300)
  }

  @Test func `a refused batch is finished one by one`() async throws {
    let service = FakeTaskService(makeTasks(300), hasBatches: true) { call, _ in
      if case .batch = call { .refused(apiError(.permissionDenied)) } else { nil }
    }
    #expect(try await Bench(service).discardAll()?.entry.counts.discarded == 300)
  }

  @Test func `an operation is read with its failures`() throws {
    let text = """
      {"name":"projects/p/locations/l/operations/7","done":true,"metadata":{"@type":"t","failedRequests":\
      {"3":{"code":5,"message":"gone"}}},"error":{"code":10,"message":"None of the requests succeeded"}}
      """
    let operation = BatchOperation(try JSON(parsing: text))
    #expect(operation.isDone && operation.name == "projects/p/locations/l/operations/7")
    #expect(operation.failures == [3: RPCStatus(code: 5, message: "gone")])
    #expect(operation.error?.status == .aborted)
  }
}

private struct CountingBatches: TaskService {
  let base: FakeTaskService
  let onBatch: @Sendable () -> Void

  func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage {
    try await base.listTasks(in: queue, view: view, pageToken: pageToken)
  }
  func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask {
    try await base.getTask(name, view: view)
  }
  func deleteTask(_ name: TaskName) async throws(APIError) { try await base.deleteTask(name) }
  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    onBatch()
    return try await base.startBatchDelete(names, in: queue)
  }
  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation { try await base.batchOperation(name) }
  func createTask(_ task: CloudTask) async throws(APIError) { try await base.createTask(task) }
}
