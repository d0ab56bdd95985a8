// What is waited for, in words: the budget, a service that answers "too many calls", the next try after a failure, a
// location that takes its time. A console that waits in silence seems to hang.

import Foundation
import Terminal

/// Calls that the client tries again: for 20 s, and for Cloud Scheduler for ten minutes, before it gives one up. The
/// failure itself comes that late.
struct Retries: Equatable, Sendable {
  private(set) var since: Date?
  private var last: Date?
  /// Why: `too many calls (429)`.
  private(set) var reason = ""
  private(set) var isTooMany = false

  mutating func note(_ request: SentRequest, at now: Date) {
    if request.method == "GET", (200..<300).contains(request.status) { return self = Retries() }
    guard let reason = Self.reason(request) else { return }
    (since, last, self.reason, isTooMany) = (since ?? now, now, reason, request.status == 429)
  }

  /// nil for what is not tried again.
  private static func reason(_ request: SentRequest) -> String? {
    switch request.status {
    case 429: "too many calls, says the service (429)"
    case 502, 503, 504: "the service is not to be had (HTTP \(request.status))"
    // Called off here is nobody's failure.
    case 0: request.failure == "cancelled" ? nil : "no answer (\(request.failure ?? "lost"))"
    default: nil
    }
  }

  /// Nothing was sent for longer than any wait between two tries: nobody tries any more.
  func isGoingOn(at now: Date) -> Bool { last.map { now.timeIntervalSince($0) < 30 } ?? false }
}

extension ConsoleState {
  /// The call behind the screen came to nothing and is tried again.
  var isRetrying: Bool {
    retries.isGoingOn(at: now) && activeLanes.contains { lanes[$0]?.waiting != nil }
  }

  var isRetryingTooMany: Bool { isRetrying && retries.isTooMany }

  /// Why nothing comes although it was asked for; nil when nothing is waited for in particular.
  var waitingWords: String? {
    if budget.putOff > 0, let limit = refresh.callsPerMinute {
      let calls = budget.putOff == 1 ? "A call waits" : "\(Words.count(budget.putOff)) calls wait"
      return "\(calls) for the list budget (\(Words.count(limit)) a minute)\(goesOnWords)."
    }
    if isRetrying, let since = retries.since {
      let start = retries.isTooMany ? "Slowed down" : "Still trying"
      return "\(start), for \(Words.span(now.timeIntervalSince(since))): \(retries.reason); tried again by and by."
    }
    guard let lane = activeLanes.first, let slow = slowLocations(of: lane) else { return nil }
    let what = slow.isFirst ? "nothing of it is shown yet" : "what is shown of it is older"
    let names = slow.names.count > 3 ? "\(slow.names.count) locations" : slow.names.joined(separator: ", ")
    return "Waiting for \(names) for \(Words.span(now.timeIntervalSince(slow.since))): \(what)."
  }

  private var goesOnWords: String {
    guard let goesOn = budget.goesOn else { return "" }
    let seconds = goesOn.timeIntervalSince(now)
    return seconds < 1 ? "; it goes on now" : "; it goes on in \(Words.span(seconds.rounded(.up)))"
  }

  /// How long the first answer is waited for, once it is long: ` for 12s`.
  var loadingAge: String {
    guard let lane = activeLanes.first, let state = lanes[lane], state.waiting != nil, let asked = state.asked else {
      return ""
    }
    let age = now.timeIntervalSince(asked)
    return age < 3 ? "" : " for \(Words.span(age))"
  }

  /// When what has failed is asked for again: `Asked again in 9s.`; nil where only a key asks.
  var againWords: String? {
    guard let lane = activeLanes.first, let state = lanes[lane], state.failures > 0 else { return nil }
    if state.waiting != nil { return "Asking again..." }
    guard !isPaused, state.due != .distantFuture else { return nil }
    let seconds = max(1, state.due.timeIntervalSince(now).rounded(.up))
    let slowed = state.isSlowedDown ? "Slowed down: asked" : "Asked"
    return "\(slowed) again in \(Words.span(seconds))."
  }
}
