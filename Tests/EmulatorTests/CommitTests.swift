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

  func shut(failing failure: EmulatorDataError? = nil) {
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

  /// Returns when the emulator has so many queues. It pauses between looks: SwiftNIO's loop turns to its sockets only
  /// when no task is ready, and a look is one.
  private static func waitForQueues(_ count: Int, of server: EmulatorServer) async throws {
    while await server.queueCount() < count { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test func `an answer waits for the commit of what it tells, and so does a read after it`() async throws {
    let gate = Gate()
    try await withServer(gate) { server, client in
      let answers = Mutex<[String]>([])
      // libcurl lets other calls wait until the first answer tells whether the connection can be shared
      // (CURLOPT_PIPEWAIT), and the first answer of this test is held back.
      _ = try await Self.send(client, server, "GET", queues)
      gate.shut()
      async let created = Self.send(client, server, "PATCH", queues + "/q", [:])
      await gate.held()
      async let read: Void = {
        let shown = try await Self.send(client, server, "GET", queues + "/q")
        answers.withLock { $0.append("read \(shown.status)") }
      }()
      async let later = Self.send(client, server, "PATCH", queues + "/r", [:])
      // It was sent after the read, and has been carried out when it can be counted.
      try await Self.waitForQueues(2, of: server)
      #expect(answers.withLock { $0 } == [])
      gate.open()
      #expect(try await created.status == 200)
      #expect(try await later.status == 200)
      try await read
      #expect(answers.withLock { $0 } == ["read 200"])
    }
  }

  @Test func `calls that come while a commit is under way share the next one`() async throws {
    let gate = Gate()
    try await withServer(gate) { server, client in
      _ = try await Self.send(client, server, "PATCH", queues + "/q", [:])
      let before = gate.commits
      gate.shut()
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<20 {
          group.addTask { try await Self.send(client, server, "PATCH", queues + "/q\(number)", [:]).status }
        }
        await gate.held()
        // All of them have arrived when the last one is known.
        try await Self.waitForQueues(21, of: server)
        gate.open()
        for try await status in group { #expect(status == 200) }
      }
      #expect(gate.commits - before <= 3)
    }
  }

  @Test func `when nothing can be written any more, every call is refused and the emulator says why`() async throws {
    let gate = Gate()
    try await withServer(gate) { server, client in
      _ = try await Self.send(client, server, "PATCH", queues + "/q", [:])
      let failure = EmulatorDataError(.full, path: "data.db", reason: "database or disk is full")
      gate.shut(failing: failure)
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
