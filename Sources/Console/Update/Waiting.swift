// What is waited for, in words: the budget, a service that answers "too many calls", the next try after a failure, a
// location that takes its time. A console that waits in silence seems to hang.

import Foundation
import Terminal

/// Whether the service refuses calls because there are too many. The client tries again for up to 20 s before it gives a
/// call up, so the failure itself comes late.
struct TooManyCalls: Equatable, Sendable {
  private(set) var since: Date?
  private var last: Date?

  mutating func note(_ request: SentRequest, at now: Date) {
    if request.status == 429 {
      (since, last) = (since ?? now, now)
    } else if (200..<300).contains(request.status), request.method == "GET" {
      (since, last) = (nil, nil)
    }
  }

  /// Nothing was sent for longer than any wait between two tries: nobody tries any more.
  func isGoingOn(at now: Date) -> Bool { last.map { now.timeIntervalSince($0) < 30 } ?? false }
}

extension ConsoleState {
  /// The call behind the screen is being refused and tried again.
  var isRetryingTooMany: Bool {
    tooMany.isGoingOn(at: now) && activeLanes.contains { lanes[$0]?.waiting != nil }
  }

  /// Why nothing comes although it was asked for; nil when nothing is waited for in particular.
  var waitingWords: String? {
    if budget.putOff > 0, let limit = refresh.callsPerMinute {
      let calls = budget.putOff == 1 ? "A call waits" : "\(Words.count(budget.putOff)) calls wait"
      return "\(calls) for the list budget (\(Words.count(limit)) a minute)\(goesOnWords)."
    }
    if isRetryingTooMany, let since = tooMany.since {
      let age = Words.span(now.timeIntervalSince(since))
      return "Too many calls, says the service (429), since \(age) ago: slowed down, and tried again by and by."
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
