// Cloud Tasks calls on a real socket against a scripted server: method, path, query
// and body as Google's discovery document has them.

import CloudModel
import Foundation
import TestSupport
import Testing

@testable import CloudAPI

@Suite struct TasksClientTests {
  private let location: LocationName
  private let queue: QueueName
  private let task: TaskName
  private let queuePath = "/v2/projects/p/locations/us-central1/queues/mail"
  private let queueJSON = #"{"name":"projects/p/locations/us-central1/queues/mail","state":"RUNNING"}"#
  private let taskJSON = #"{"name":"projects/p/locations/us-central1/queues/mail/tasks/t1","dispatchCount":2}"#

  init() throws {
    location = try LocationName(project: "p", location: "us-central1")
    queue = try QueueName(parent: location, id: "mail")
    task = try TaskName(queue: queue, id: "t1")
  }

  @Test func `each queue call has its method, path and body`() async throws {
    let server = try TestServer { _ in .answer(200, queueJSON) }
    let client = try tasksClient(server)
    var wanted = Queue(name: queue)
    wanted.rateLimits.maxDispatchesPerSecond = 5
    wanted.state = .paused
    _ = try await client.queue(queue)
    _ = try await client.create(wanted)
    _ = try await client.update(wanted, mask: ["rateLimits.maxDispatchesPerSecond", "retryConfig"])
    try await client.delete(queue)
    _ = try await client.pause(queue)
    _ = try await client.resume(queue)
    #expect(try await client.purge(queue).state == .running)
    let input = #"{"name":"projects/p/locations/us-central1/queues/mail","rateLimits":{"maxDispatchesPerSecond":5}}"#
    #expect(
      seen(server) == [
        "GET \(queuePath)", "POST /v2/projects/p/locations/us-central1/queues \(input)",
        "PATCH \(queuePath)?updateMask=rateLimits.maxDispatchesPerSecond%2CretryConfig \(input)", "DELETE \(queuePath)",
        "POST \(queuePath):pause {}", "POST \(queuePath):resume {}", "POST \(queuePath):purge {}",
      ])
  }

  @Test func `each task call has its method, path and body`() async throws {
    let server = try TestServer { _ in .answer(200, taskJSON) }
    let client = try tasksClient(server)
    var target = HTTPTarget(url: "https://example.com/MyTask")
    target.method = "PUT"
    let new = NewTask(
      queue: queue, name: task, target: .http(target), scheduleTime: Timestamp(seconds: 0),
      dispatchDeadline: .seconds(15))
    _ = try await client.task(task)
    _ = try await client.create(new)
    _ = try await client.create(NewTask(queue: queue, target: .http(target)), view: .basic)
    try await client.delete(task)
    #expect(try await client.run(task).dispatchCount == 2)
    let request = #""httpRequest":{"url":"https://example.com/MyTask","httpMethod":"PUT"}"#
    #expect(
      seen(server) == [
        "GET \(queuePath)/tasks/t1?responseView=FULL",
        #"POST \#(queuePath)/tasks {"task":{"name":"\#(task)",\#(request),"scheduleTime":"1970-01-01T00:00:00Z","#
          + #""dispatchDeadline":"15s"},"responseView":"FULL"}"#,
        #"POST \#(queuePath)/tasks {"task":{\#(request)},"responseView":"BASIC"}"#,
        "DELETE \(queuePath)/tasks/t1", #"POST \#(queuePath)/tasks/t1:run {"responseView":"BASIC"}"#,
      ])
  }

  @Test func `3,000 tasks are listed with three calls of a thousand`() async throws {
    let server = try TestServer { request in
      let page = request.query("pageToken").flatMap { Int($0) } ?? 0
      let tasks = (page * 1000..<(page + 1) * 1000).map { #"{"name":"\#(queue)/tasks/\#($0)"}"# }
      let token = page < 2 ? #","nextPageToken":"\#(page + 1)""# : ""
      return .answer(200, #"{"tasks":[\#(tasks.joined(separator: ","))]\#(token),"later":{"x":[1]}}"#)
    }
    let tasks = try await tasksClient(server).taskPages(in: queue).all()
    #expect(tasks.map(\.name.id) == (0..<3000).map(String.init))
    #expect(server.requests.map { $0.query("pageSize") } == ["1000", "1000", "1000"])
    #expect(server.requests.allSatisfy { $0.path == "\(queuePath)/tasks" && $0.query("responseView") == "BASIC" })
    #expect(server.connectionCount == 1)
  }

  @Test func `an empty list is an empty object`() async throws {
    let server = try TestServer { _ in .answer() }
    #expect(try await tasksClient(server).taskPages(in: queue).all().isEmpty)
    #expect(try await tasksClient(server).queues(in: location) == QueueList(queues: []))
  }

  @Test func `statistics come from v2beta3`() async throws {
    let server = try TestServer { _ in
      .answer(200, #"{"queues":[{"name":"\#(queue)","stats":{"tasksCount":"7"}}]}"#)
    }
    let list = try await tasksClient(server).queues(in: location)
    #expect(list.queues.first?.stats?.tasksCount == 7 && list.statsRefused == nil)
    #expect(
      seen(server) == [
        "GET /v2beta3/projects/p/locations/us-central1/queues?readMask=name%2Cstate%2CrateLimits%2CretryConfig%2CpurgeTime"
          + "%2Cstats"
      ])
  }

  @Test(arguments: [400, 403, 404, 501])
  func `where statistics are refused the plain list comes with the reason`(status: Int) async throws {
    let server = try TestServer { request in
      request.path.hasPrefix("/v2/") ? .answer(200, #"{"queues":[\#(queueJSON)]}"#) : .answer(status, "no such version")
    }
    let list = try await tasksClient(server).queues(in: location)
    #expect(list.queues.map(\.name) == [queue] && list.statsRefused == "no such version")
  }

  @Test func `a failure that has nothing to do with statistics is not covered up`() async throws {
    let server = try TestServer { _ in .answer(500, "broken") }
    let error = await #expect(throws: APIError.self) { try await tasksClient(server).queues(in: location) }
    #expect(error?.httpStatus == 500 && server.requests.count == 1)
  }

  @Test func `locations are names`() async throws {
    let server = try TestServer { _ in
      .answer(200, #"{"locations":[{"locationId":"us-central1","name":"projects/p/locations/us-central1"}]}"#)
    }
    #expect(try await tasksClient(server).locations(of: "p") == [location])
    #expect(seen(server) == ["GET /v2/projects/p/locations"])
  }
}
