// Pulls that wait for a message: the requests behind the waits that `PubsubState`
// keeps.
//
// A wait ends once: with messages, with its time, or because the client went
// away. Each of them may come before the request's own task has begun to wait.

import CloudModel

/// The pulls that have not been answered. Belongs to the emulator's core.
struct PubsubPulls {
  private enum Wait {
    case begun
    case waiting(CheckedContinuation<ServerResponse, Never>)
    case answered(ServerResponse)
  }

  private var waits: [UInt64: Wait] = [:]

  /// What waits at all.
  var ids: [UInt64] { Array(waits.keys) }

  mutating func begin(_ id: UInt64) { waits[id] = .begun }

  /// The request of `id` waits from here on.
  mutating func wait(_ id: UInt64, _ continuation: CheckedContinuation<ServerResponse, Never>) {
    if case .answered(let response) = waits[id] {
      waits[id] = nil
      continuation.resume(returning: response)
    } else {
      waits[id] = .waiting(continuation)
    }
  }

  /// Answers a request; one that was answered before is left alone.
  mutating func answer(_ id: UInt64, _ messages: [JSON]) {
    let response = ServerResponse(
      contentType: "application/json; charset=UTF-8",
      body: Array((SubscriptionsAPI.pulled(messages).compact + "\n").utf8))
    switch waits[id] {
    case .begun: waits[id] = .answered(response)
    case .waiting(let continuation):
      waits[id] = nil
      continuation.resume(returning: response)
    case .answered, nil: break
    }
  }
}
