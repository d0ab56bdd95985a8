// Pub/Sub with a real clock, a real worker and pulls that really wait.

import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

@Suite struct `Pub/Sub in a running emulator` {
  private static func call(_ server: EmulatorServer, _ method: String, _ path: String, _ body: JSON = [:]) async throws
    -> JSON
  {
    let response = try await server.inProcess.send(HTTPRequest(method: method, url: server.url + path, body: body.data))
    try #require(response.status == 200)
    return try JSON(parsing: response.body)
  }

  private static func started() async throws -> EmulatorServer {
    let server = try await EmulatorServer.start()
    _ = try await call(server, "PUT", Bench.topic)
    _ = try await call(server, "PUT", Bench.subscription, ["topic": "projects/acme/topics/orders"])
    return server
  }

  private static let message: JSON = ["messages": [["data": "aGk="]]]

  @Test func `a pull that began first gets the message that came later`() async throws {
    let server = try await Self.started()
    async let pulled = Self.call(server, "POST", Bench.subscription + ":pull", ["maxMessages": 1])
    _ = try await Self.call(server, "POST", Bench.topic + ":publish", Self.message)
    #expect(try await pulled["receivedMessages"]?[0]?["message"]?["data"] == "aGk=")
    await server.stop()
  }

  @Test func `the end of the emulator ends a pull that waits`() async throws {
    let server = try await Self.started()
    let pull = Task { try await Self.call(server, "POST", Bench.subscription + ":pull", ["maxMessages": 1]) }
    await server.stop()
    // Answered with nothing when it had begun, refused when it had not; in both cases it ends.
    let result = await pull.result
    if case .success(let answer) = result { #expect(answer == [:]) }
  }

  @Test func `a client that goes away takes no message with it`() async throws {
    let server = try await Self.started()
    let pull = Task { try await Self.call(server, "POST", Bench.subscription + ":pull", ["maxMessages": 1]) }
    pull.cancel()
    _ = await pull.result
    _ = try await Self.call(server, "POST", Bench.topic + ":publish", Self.message)
    let now = try await Self.call(
      server, "POST", Bench.subscription + ":pull", ["maxMessages": 1, "returnImmediately": true])
    #expect(now["receivedMessages"]?.array?.count == 1)
    await server.stop()
  }

  @Test func `the state shows topics and backlogs`() async throws {
    let server = try await Self.started()
    _ = try await Self.call(server, "POST", Bench.topic + ":publish", Self.message)
    let state = try await Self.call(server, "GET", "/_emulator/state")
    #expect(state["topics"] == ["projects/acme/topics/orders"])
    #expect(state["subscriptions"] == [["name": "projects/acme/subscriptions/mail", "messagesCount": 1]])
    await server.stop()
  }
}
