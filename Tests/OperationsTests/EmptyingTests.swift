// Purging and deleting queues: discards under other names.

import CloudModel
import JournalModel
import Operations
import Testing

@Suite struct EmptyingTests {
  private func intent(_ action: JournalAction, queue: JSON? = nil) throws -> DiscardIntent {
    var intent = try DiscardIntent(.matching(in: [queueName()]), everything: true)
    (intent.action, intent.queue) = (action, queue)
    return intent
  }

  @Test(arguments: [JournalAction.purge, .deleteQueue])
  func `it is journaled under its own name, and undone as a discard is`(action: JournalAction) async throws {
    let service = FakeTaskService(makeTasks(5))
    let bench = Bench(service)
    let plan = try await bench.plan(try intent(action))
    let end = try #require(try await bench.executor.apply(plan))
    #expect(end.entry.header.action == action && end.entry.counts.discarded == 5)
    #expect(service.names.isEmpty)
    #expect(try await bench.undo(end.entry.number)?.entry.counts.restored == 5)
    #expect(service.names.count == 5)
  }

  @Test(arguments: [JournalAction.purge, .deleteQueue])
  func `it is resumed as a discard is`(action: JournalAction) async throws {
    let service = FakeTaskService(makeTasks(3)) { call, _ in
      call.isDelete ? .refused(apiError(.permissionDenied)) : nil
    }
    let bench = Bench(service)
    let number = try #require(try await bench.executor.apply(try await bench.plan(try intent(action)))).entry.number
    #expect(try await bench.executor.resume(number).entry.counts.failed == 3)
  }

  @Test func `deleting an empty queue is recorded, with the queue`() async throws {
    let bench = Bench(FakeTaskService([]))
    let queue: JSON = ["name": .string(queueName().description), "state": "PAUSED"]
    let end = try #require(try await bench.executor.apply(try await bench.plan(try intent(.deleteQueue, queue: queue))))
    #expect(end.entry.progress == .complete && end.entry.counts.planned == 0)
    #expect(end.entry.header.intent["queue"] == queue)
  }

  @Test func `purging an empty queue is not recorded`() async throws {
    let bench = Bench(FakeTaskService([]))
    #expect(try await bench.executor.apply(try await bench.plan(try intent(.purge))) == nil)
    #expect(try await bench.journal.entries().isEmpty)
  }
}
