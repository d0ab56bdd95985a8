// How fast a client may go. A service that answers RESOURCE_EXHAUSTED speaks to the whole client, not to the one call
// that heard it: 64 calls that each wait by themselves come back as 64.

import Foundation
import Transport

/// The pace of all calls of a client: no limit until the service says "too many", then additive increase and
/// multiplicative decrease (Chiu and Jain; TCP's own rule) of the calls under way.
///
/// On each "too many" the number halves, once for all calls that were under way together, and nothing starts for as
/// long as the service asks (`Retry-After`, RetryInfo) or, where it names no time, for 0.1 s that double with each
/// further refusal. Every good answer takes back a share of one call.
package final class Pace: Sendable {
  private struct State: Sendable {
    /// nil until the service first asked to slow down, and again once it has recovered.
    var limit: Double?
    var underWay = 0
    var line: [UInt64] = []
    var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    var lastTicket: UInt64 = 0
    /// Nothing starts before this moment.
    var closedUntil = Duration.zero
    /// How often the pace was slowed down: a call that began before the last time belongs to that refusal.
    var slowings = 0
    var refusals = 0

    var isFull: Bool { limit.map { underWay >= max(1, Int($0)) } ?? false }
  }

  /// A call on its way.
  struct Turn: Sendable {
    let slowings: Int
  }

  /// What came of a sending, as far as the pace is concerned.
  enum Outcome: Sendable {
    case good, neutral
    case tooMany(Duration?)
  }

  /// Past this many calls at a time there is no limit any more: HTTPClient sends no more to one host.
  private static let widest = 64.0
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(10)

  private let timing: Timing
  private let state = Locked(State())

  package init(timing: Timing) {
    self.timing = timing
  }

  /// Calls that may be under way now; nil is without limit.
  package var limit: Int? { state.withLock { $0.limit.map { max(1, Int($0)) } } }

  /// How long nothing may start from now on.
  var pause: Duration {
    let now = timing.now()
    return max(.zero, state.withLock { $0.closedUntil } - now)
  }

  /// Waits for room, then for the pause to end.
  func begin() async throws(CancellationError) -> Turn {
    guard await takePlace() else { throw CancellationError() }
    do {
      while true {
        let now = timing.now()
        let (wait, slowings) = state.withLock { ($0.closedUntil - now, $0.slowings) }
        if wait <= .zero { return Turn(slowings: slowings) }
        try await timing.sleep(wait)
      }
    } catch {
      leave()
      throw error
    }
  }

  /// Ends a turn.
  func end(_ turn: Turn, _ outcome: Outcome) {
    let now = timing.now()
    state.withLock { state in
      switch outcome {
      case .neutral: break
      case .good: Self.speedUp(&state)
      case .tooMany(let wait): Self.slowDown(&state, turn, wait, now)
      }
    }
    leave()
  }

  private static func speedUp(_ state: inout State) {
    state.refusals = 0
    guard let limit = state.limit else { return }
    let next = limit + 1 / limit
    state.limit = next >= widest ? nil : next
  }

  private static func slowDown(_ state: inout State, _ turn: Turn, _ wait: Duration?, _ now: Duration) {
    if let wait { state.closedUntil = max(state.closedUntil, now + wait) }
    // One crowd, one step back.
    guard turn.slowings == state.slowings else { return }
    state.slowings += 1
    state.limit = max(1, min(state.limit ?? .infinity, Double(state.underWay)) / 2)
    if wait == nil {
      let pause = min(firstPause * (1 << min(state.refusals, 10)), longestPause)
      state.closedUntil = max(state.closedUntil, now + pause)
    }
    state.refusals += 1
  }

  /// False when the task was cancelled in the line.
  private func takePlace() async -> Bool {
    let ticket: UInt64? = state.withLock { state in
      if !state.isFull && state.waiting.isEmpty {
        state.underWay += 1
        return nil
      }
      state.lastTicket += 1
      return state.lastTicket
    }
    guard let ticket else { return true }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in stand(ticket, continuation) }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: false)
    }
  }

  /// Cancellation is looked at under the lock: a cancel that came before found nobody in the line.
  private func stand(_ ticket: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
    let isCancelled = state.withLock { state in
      if Task.isCancelled { return true }
      state.line.append(ticket)
      state.waiting[ticket] = continuation
      return false
    }
    if isCancelled { continuation.resume(returning: false) }
    letIn()
  }

  private func leave() {
    state.withLock { $0.underWay -= 1 }
    letIn()
  }

  /// Lets in whoever has room now, first come first served.
  private func letIn() {
    let next = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
      var next: [CheckedContinuation<Bool, Never>] = []
      while !state.isFull, !state.line.isEmpty {
        guard let continuation = state.waiting.removeValue(forKey: state.line.removeFirst()) else { continue }
        state.underWay += 1
        next.append(continuation)
      }
      return next
    }
    for continuation in next { continuation.resume(returning: true) }
  }
}
