// What client and emulator must agree about, although their routes are written
// twice and independently.

import CloudAPI
import CloudModel
import Emulator
import Foundation
import TestSupport
import Testing

@Suite struct TasksContractTests {
  @Test(arguments: Access.allCases)
  func `a queue is created, changed by mask, paused, resumed, purged and deleted`(access: Access) async throws {
    try await Side.with(access) { side in
      var queue = Queue(name: try side.queue("orders"))
      queue.rateLimits.maxDispatchesPerSecond = 5
      let created = try await side.tasks.create(queue)
      #expect(created.state == .running)
      #expect(created.retryConfig.minBackoff == .milliseconds(100))
      queue.retryConfig.maxAttempts = 7
      queue.rateLimits.maxDispatchesPerSecond = 9
      let changed = try await side.tasks.update(queue, mask: ["retryConfig.maxAttempts"])
      #expect(changed.retryConfig.maxAttempts == 7)
      #expect(changed.rateLimits.maxDispatchesPerSecond == 5)
      #expect(try await side.tasks.pause(queue.name).state == .paused)
      #expect(try await side.tasks.resume(queue.name).state == .running)
      #expect(try await side.tasks.purge(queue.name).purgeTime != nil)
      try await side.tasks.delete(queue.name)
      await #expect(throws: APIError.self) { try await side.tasks.queue(queue.name) }
    }
  }

  @Test(arguments: Access.allCases)
  func `queues come with their statistics`(access: Access) async throws {
    try await Side.with(access) { side in
      let name = try await side.pausedQueue("orders")
      for number in 0..<3 { _ = try await side.tasks.create(task(in: name, "A\(number)")) }
      let list = try await side.tasks.queues(in: side.parent)
      #expect(list.statsRefused == nil)
      #expect(list.queues.map(\.name) == [name])
      #expect(list.queues.first?.stats?.tasksCount == 3)
    }
  }

  @Test(arguments: Access.allCases)
  func `a task keeps its request byte for byte, and BASIC leaves out only the body`(access: Access) async throws {
    try await Side.with(access) { side in
      let name = try await side.pausedQueue("orders")
      var new = task(in: name, "SendMail")
      new.dispatchDeadline = .seconds(30)
      new.scheduleTime = Timestamp(Date().addingTimeInterval(3600))
      let created = try await side.tasks.create(new)
      #expect(created.body == Data([0, 255, 10, 13, 200]))
      #expect(created.taskClass == "SendMail")
      #expect(created.dispatchDeadline == .seconds(30))
      #expect(created.scheduleTime == new.scheduleTime)
      #expect(created.headers.contains(Header("X-Tenant", "acme")))
      let basic = try await side.tasks.task(created.name, view: .basic)
      #expect(basic.body == nil)
      #expect(basic.headers == created.headers)
      #expect(try await side.tasks.task(created.name) == created)
      try await side.tasks.delete(created.name)
      await #expect(throws: APIError.self) { try await side.tasks.task(created.name) }
    }
  }

  @Test(arguments: Access.allCases)
  func `all pages of a list are read, while tasks are deleted between them`(access: Access) async throws {
    try await Side.with(access) { side in
      let name = try await side.pausedQueue("orders")
      var left: Set<TaskName> = []
      for number in 0..<60 { left.insert(try await side.tasks.create(task(in: name, "A\(number)"), view: .basic).name) }
      var seen: Set<TaskName> = []
      var pages = 0
      for try await page in side.tasks.taskPages(in: name, pageSize: 25) {
        pages += 1
        for task in page.items {
          #expect(seen.insert(task.name).inserted)
          try await side.tasks.delete(task.name)
        }
      }
      #expect(seen == left)
      #expect(pages == 3)
    }
  }

  @Test(arguments: Access.allCases)
  func `errors carry the status, the words and the resource`(access: Access) async throws {
    try await Side.with(access) { side in
      let name = try side.queue("absent")
      do throws(APIError) {
        _ = try await side.tasks.create(task(in: name, "A"))
        Issue.record("was accepted")
      } catch {
        #expect(error.status == .notFound)
        #expect(error.message.hasPrefix("Queue does not exist."))
        #expect(error.resource == name.description)
        #expect(error.endpoint == side.server.url)
      }
      let named = try TaskName(queue: try await side.pausedQueue("orders"), id: "once")
      var new = task(in: named.queue, "A")
      new.name = named
      _ = try await side.tasks.create(new)
      do throws(APIError) {
        _ = try await side.tasks.create(new)
        Issue.record("was accepted twice")
      } catch { #expect(error.status == .alreadyExists) }
    }
  }

  @Test func `a task is dispatched with its headers, and its failures are counted`() async throws {
    let worker = try TestServer { request in
      request.path == "/tasks/Fails" ? .answer(503, "") : .answer(200, "")
    }
    defer { worker.stop() }
    try await Side.with(.socket) { side in
      var queue = Queue(name: try side.queue("orders"))
      (queue.retryConfig.minBackoff, queue.retryConfig.maxBackoff) = (.milliseconds(100), .milliseconds(200))
      _ = try await side.tasks.create(queue)
      var target = HTTPTarget(url: "\(worker.url)/tasks/Fails")
      target.encodedBody = Data("hello".utf8).base64EncodedString()
      let created = try await side.tasks.create(NewTask(queue: queue.name, target: .http(target)))
      let isCounted = await eventually {
        ((try? await side.tasks.task(created.name))?.responseCount ?? 0) >= 3
      }
      #expect(isCounted)
      let task = try await side.tasks.task(created.name)
      #expect(task.lastAttempt?.responseStatus?.message == "UNAVAILABLE(14): HTTP status code 503")
      let third = try #require(worker.requests.dropFirst(2).first)
      #expect(third.body == Data("hello".utf8))
      #expect(third["X-CloudTasks-TaskRetryCount"] == "2")
      #expect(third["X-CloudTasks-TaskExecutionCount"] == "0")
      #expect(third["X-CloudTasks-TaskPreviousResponse"] == "503")
      #expect(third["X-CloudTasks-QueueName"] == "orders")
    }
  }

  private func task(in queue: QueueName, _ taskClass: String) -> NewTask {
    var target = HTTPTarget(url: "https://app.example.com/tasks/\(taskClass)")
    target.headers = [Header("X-Tenant", "acme")]
    target.encodedBody = Data([0, 255, 10, 13, 200]).base64EncodedString()
    return NewTask(queue: queue, target: .http(target))
  }
}
