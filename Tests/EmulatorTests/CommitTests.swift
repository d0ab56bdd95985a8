// What callers see of the data file: answers wait for it, and its failure is told.

import CloudModel
import Foundation
import Store
import Synchronization
import Testing
import Transport

@testable import Emulator

/// Holds every commit back until it is let through, or fails it.
private final class Gate: EmulatorStorage {
  private struct Contents {
    var isOpen = true
    var failure: EmulatorDataError?
    var held: [@Sendable (EmulatorDataError?) -> Void] = []
    var waiting: CheckedContinuation<Void, Never>?
    var commits = 0
  }

  private let contents = Mutex(Contents())

  var commits: Int { contents.withLock { $0.commits } }

  func close(failing failure: EmulatorDataError? = nil) {
    contents.withLock { ($0.isOpen, $0.failure) = (failure != nil, failure) }
  }

  /// Returns when a commit is held.
  func held() async {
    await withCheckedContinuation { continuation in
      let isHeld = contents.withLock { contents in
        guard contents.held.isEmpty else { return true }
        contents.waiting = continuation
        return false
      }
      if isHeld { continuation.resume() }
    }
  }

  func open() {
    let held = contents.withLock { contents in
      contents.isOpen = true
      defer { contents.held = [] }
      return contents.held
    }
    for ended in held { ended(nil) }
  }

  func commit(_ changes: EmulatorChanges, _ ended: @escaping @Sendable (EmulatorDataError?) -> Void) {
    let (isOpen, failure, waiting) = contents.withLock { contents in
      contents.commits += 1
      if !contents.isOpen { contents.held.append(ended) }
      defer { if !contents.isOpen { contents.waiting = nil } }
      return (contents.isOpen, contents.failure, contents.isOpen ? nil : contents.waiting)
    }
    if isOpen { ended(failure) }
    waiting?.resume()
  }

  func forEach(
    _ table: NumberedRecords, _ body: (Int64, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError) {}

  func forEach(
    _ table: NamedRecords, _ body: (String, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError) {}

  func close() {}
}

private let queues = "/v2/projects/acme/locations/us-central1/queues"

/// Runs `body` with an emulator on `gate` and a client.
private func withServer(_ gate: Gate, _ body: (EmulatorServer, HTTPClient) async throws -> Void) async throws {
  var configuration = EmulatorConfiguration()
  configuration.storage = gate
  let server = try await EmulatorServer.start(configuration)
  let client = HTTPClient()
  defer { client.shutdown() }
  do { try await body(server, client) } catch {
    gate.open()
    await server.stop()
    throw error
  }
  gate.open()
  await server.stop()
}

@Suite struct `Answers and the data file` {
  private static func send(
    _ client: HTTPClient, _ server: EmulatorServer, _ method: String, _ path: String, _ body: JSON? = nil
  ) async throws -> (status: Int, json: JSON) {
    let response = try await client.send(HTTPRequest(method: method, url: server.url + path, body: body?.data))
    return (response.status, try JSON(parsing: response.body))
  }

  @Test func `an answer waits for the commit of what it tells, and so does a read after it`() async throws {
    let gate = Gate()
    try await withServer(gate) { server, client in
      let answers = Mutex<[String]>([])
      gate.close()
      async let created = Self.send(client, server, "PATCH", queues + "/q", [:])
      await gate.held()
      async let read: Void = {
        let shown = try await Self.send(client, server, "GET", queues + "/q")
        answers.withLock { $0.append("read \(shown.status)") }
      }()
      // Not of the state that is being written, so it goes through; it was sent later and is answered earlier.
      let discovery = "/.well-known/openid-configuration"
      _ = try await client.send(HTTPRequest(url: server.url + discovery + "-none"))
      #expect(answers.withLock { $0 } == [])
      gate.open()
      #expect(try await created.status == 200)
      try await read
      #expect(answers.withLock { $0 } == ["read 200"])
    }
  }

  @Test func `calls that come while a commit is under way share the next one`() async throws {
    let gate = Gate()
    try await withServer(gate) { server, client in
      _ = try await Self.send(client, server, "PATCH", queues + "/q", [:])
      let before = gate.commits
      gate.close()
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<20 {
          group.addTask { try await Self.send(client, server, "PATCH", queues + "/q\(number)", [:]).status }
        }
        await gate.held()
        // All of them have arrived when the last one is known.
        while try await Self.count(server) < 21 { await Task.yield() }
        gate.open()
        for try await status in group { #expect(status == 200) }
      }
      #expect(gate.commits - before <= 3)
    }
  }

  /// Asks in process, which waits for nothing but the event loop.
  private static func count(_ server: EmulatorServer) async throws -> Int { await server.queueCount() }

  @Test func `when nothing can be written any more, every call is refused and the emulator says why`() async throws {
    let gate = Gate()
    try await withServer(gate) { server, client in
      _ = try await Self.send(client, server, "PATCH", queues + "/q", [:])
      let failure = EmulatorDataError(.full, path: "data.db", reason: "database or disk is full")
      gate.close(failing: failure)
      for (method, body) in [("PATCH", [:] as JSON?), ("GET", nil)] {
        let (status, json) = try await Self.send(client, server, method, queues + "/q", body)
        #expect(status == 503)
        #expect(json["error"]?["status"] == "UNAVAILABLE")
        #expect(
          json["error"]?["message"] == "The data file cannot be written: data.db: database or disk is full")
      }
      #expect(await server.failure() == failure)
    }
  }
}
