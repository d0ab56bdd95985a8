// Giving up: by the waiting task, before and after its request is on its way, and
// by the client as a whole.

import Foundation
import TestSupport
import Testing
import Transport

@Suite struct HTTPCancellationTests {
  private func kind(_ task: Task<HTTPResponse, any Error>) async -> TransportError.Kind? {
    switch await task.result {
    case .success: nil
    case .failure(let error): (error as? TransportError)?.kind
    }
  }

  @Test func `a request whose task is cancelled already is never sent`() async throws {
    let server = try TestServer { _ in .answer() }
    let client = HTTPClient()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await client.send(HTTPRequest(url: server.url))
    }
    task.cancel()
    #expect(await kind(task) == .cancelled)
    #expect(server.requests.isEmpty)
  }

  @Test func `cancelling a request under way returns at once and closes its connection`() async throws {
    let server = try TestServer { _ in .hang }
    let client = HTTPClient()
    let task = Task { try await client.send(HTTPRequest(url: server.url, timeout: .seconds(60))) }
    #expect(await eventually { server.requests.count == 1 })
    let clock = ContinuousClock()
    let took = await clock.measure {
      task.cancel()
      #expect(await kind(task) == .cancelled)
    }
    #expect(took < .seconds(2))
    #expect(await eventually { server.openConnectionCount == 0 })
  }

  @Test func `cancelling at any moment leaves every task answered and the client usable`() async throws {
    let server = try TestServer { _ in .answer() }
    let client = HTTPClient()
    let tasks = (0..<400).map { _ in Task { try await client.send(HTTPRequest(url: server.url)) } }
    for (index, task) in tasks.enumerated() where index.isMultiple(of: 2) {
      if index.isMultiple(of: 3) { await Task.yield() }
      task.cancel()
    }
    for (index, task) in tasks.enumerated() {
      let kind = await kind(task)
      #expect(kind == nil || (index.isMultiple(of: 2) && kind == .cancelled))
    }
    #expect(try await client.send(HTTPRequest(url: server.url)).status == 200)
  }

  @Test func `a request that waits for its turn can be cancelled, and its place is not lost`() async throws {
    let server = try TestServer { $0.target == "/slow" ? .hang : .answer() }
    let client = HTTPClient(configuration: .init(maxConnectionsPerHost: 1))
    let slow = Task { try await client.send(HTTPRequest(url: server.url + "/slow", timeout: .seconds(60))) }
    #expect(await eventually { server.requests.count == 1 })
    let waiting = Task { try await client.send(HTTPRequest(url: server.url + "/waiting")) }
    let bad = Task { try await client.send(HTTPRequest(method: "B D", url: server.url)) }
    let last = Task { try await client.send(HTTPRequest(url: server.url + "/last")) }
    waiting.cancel()
    #expect(await kind(waiting) == .cancelled)
    slow.cancel()
    #expect(await kind(bad) == .badRequest)
    #expect(try await last.value.status == 200)
    #expect(server.requests.map(\.target) == ["/slow", "/last"])
  }

  @Test func `shutting down fails what is in flight and what comes later`() async throws {
    let server = try TestServer { _ in .hang }
    let client = HTTPClient()
    let task = Task { try await client.send(HTTPRequest(url: server.url, timeout: .seconds(60))) }
    #expect(await eventually { server.requests.count == 1 })
    client.shutdown()
    client.shutdown()
    #expect(await kind(task) == .closed)
    let late = Task { try await client.send(HTTPRequest(url: server.url)) }
    #expect(await kind(late) == .closed)
    #expect(await eventually { server.openConnectionCount == 0 })
  }

  @Test func `a client that nobody holds ends its thread and with it its connections`() async throws {
    let server = try TestServer { _ in .answer() }
    _ = try await HTTPClient().send(HTTPRequest(url: server.url))
    #expect(server.connectionCount == 1)
    #expect(await eventually { server.openConnectionCount == 0 })
  }
}
