// One token for all who wait, and nobody kept waiting who has left.

import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudREST

@Suite struct TokenCacheTests {
  /// A fetch that ends when it is told to.
  private final class Gate: Sendable {
    private struct State: Sendable {
      var count = 0
      var isOpen = false
      var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    var fetches: Int { state.withLock { $0.count } }

    func pass() async {
      await withCheckedContinuation { continuation in
        let isOpen = state.withLock { state in
          state.count += 1
          if !state.isOpen { state.waiting.append(continuation) }
          return state.isOpen
        }
        if isOpen { continuation.resume() }
      }
    }

    func open() {
      let waiting = state.withLock { state in
        state.isOpen = true
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume() }
    }
  }

  private func cache(_ gate: Gate, failing: CredentialsError? = nil) -> TokenCache {
    TokenCache(date: { VirtualTime.epoch }) { () throws(CredentialsError) in
      await gate.pass()
      if let failing { throw failing }
      return AccessToken(value: "t", expiry: VirtualTime.epoch.addingTimeInterval(3600))
    }
  }

  @Test func `many who wait cause one refresh`() async throws {
    let server = try TestServer { _ in .answer(200, #"{"access_token":"t","expires_in":3600}"#) }
    let credentials = try credentials(
      file(Files.user, changing: ["token_uri": server.url]), tools(HTTPClient()))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...100 { group.addTask { _ = try await credentials.token() } }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 1)
  }

  @Test func `one who is cancelled leaves at once, the others get the token`() async throws {
    let gate = Gate()
    let cache = cache(gate)
    let impatient = Task { () async -> Result<AccessToken, CredentialsError> in
      do throws(CredentialsError) { return .success(try await cache.token()) } catch { return .failure(error) }
    }
    let patient = Task { try await cache.token() }
    #expect(await eventually { await cache.waiterCount == 2 })
    impatient.cancel()
    guard case .failure(let error) = await impatient.value else { return #expect(Bool(false)) }
    #expect(error.kind == .cancelled && gate.fetches == 1)
    gate.open()
    #expect(try await patient.value.value == "t")
    #expect(gate.fetches == 1)
  }

  @Test func `one who was cancelled before it asked does not wait`() async {
    let gate = Gate()
    let cache = cache(gate)
    let task = Task { () async -> CredentialsError.Kind? in
      while !Task.isCancelled { await Task.yield() }
      do throws(CredentialsError) { _ = try await cache.token() } catch { return error.kind }
      return nil
    }
    task.cancel()
    #expect(await task.value == .cancelled)
    gate.open()
  }

  @Test func `the refresh goes on when all have left, and serves the next`() async throws {
    let gate = Gate()
    let cache = cache(gate)
    let only = Task { try await cache.token() }
    #expect(await eventually { await cache.waiterCount == 1 })
    only.cancel()
    _ = await only.result
    gate.open()
    #expect(try await cache.token().value == "t")
    #expect(gate.fetches == 1)
  }

  @Test func `a failure reaches all who wait, and the next asks again`() async {
    let gate = Gate()
    let failure = CredentialsError(.noToken, source: "s", reason: "r")
    let cache = cache(gate, failing: failure)
    let tasks = (1...3).map { _ in Task { try await cache.token() } }
    #expect(await eventually { await cache.waiterCount == 3 })
    gate.open()
    for task in tasks { await #expect(throws: failure) { try await task.value } }
    await #expect(throws: failure) { try await cache.token() }
    #expect(gate.fetches == 2)
  }

  @Test func `a call that is cancelled while it waits for a token ends as cancelled`() async throws {
    struct Waiting: Credentials {
      func token() async throws(CredentialsError) -> AccessToken? {
        throw CredentialsError(.cancelled, source: "the call", reason: "cancelled.")
      }
      func refused(_ token: AccessToken) async -> Bool { false }
    }
    let error = await failure(try client(ScriptedSender([]), credentials: Waiting()), .get())
    #expect(error?.silence == .cancelled)
  }
}
