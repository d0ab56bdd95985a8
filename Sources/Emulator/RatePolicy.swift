// When a queue may dispatch, and when it tries again. Pure arithmetic on
// injected time; the sentences quoted are from the discovery documents.

import CloudModel
import Foundation

/// "Each queue has a token bucket that holds tokens, up to the maximum specified by max_burst_size. Each time a task is
/// dispatched, a token is removed from the bucket."
struct TokenBucket: Equatable {
  private var capacity: Double
  private var perSecond: Double
  private var tokens: Double
  private var filledAt: Moment

  init(capacity: Int, perSecond: Double, at now: Moment) {
    self.capacity = Double(capacity)
    self.perSecond = perSecond
    tokens = Double(capacity)
    filledAt = now
  }

  /// New limits take effect from now on; tokens that were saved stay, up to the new capacity.
  mutating func change(capacity: Int, perSecond: Double, at now: Moment) {
    refill(now)
    self.capacity = Double(capacity)
    self.perSecond = perSecond
    tokens = min(tokens, self.capacity)
  }

  /// Takes a token, if there is one.
  mutating func take(at now: Moment) -> Bool {
    refill(now)
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }

  /// When the next token can be taken.
  func ready(at now: Moment) -> Moment {
    let available = min(capacity, tokens + Double(max(0, (now - filledAt).microseconds)) * perSecond / 1e6)
    guard available < 1 else { return now }
    // A microsecond more than the quotient: rounding must not wake us just before the token is there.
    return Moment(microseconds: now.microseconds + Int64((1 - available) / perSecond * 1e6) + 1)
  }

  private mutating func refill(_ now: Moment) {
    // A clock that was set back must not stop the queue until it has caught up.
    if now > filledAt { tokens = min(capacity, tokens + Double((now - filledAt).microseconds) * perSecond / 1e6) }
    filledAt = now
  }
}

/// "System throttling: To prevent the worker from overloading, Cloud Tasks may temporarily reduce the queue's effective
/// rate. User-specified settings will not be changed." By how much is not published. Here such an answer halves the
/// rate, at most once a second and never below one dispatch a second, and every second without one gives back a tenth
/// of what is configured.
struct Throttle: Equatable {
  /// The part of the configured rate that was left at the last cut.
  private var share = 1.0
  private var cutAt: Moment?

  private static let recoveryPerSecond = 0.1

  var isActive: Bool { cutAt != nil }

  func rate(of configured: Double, at now: Moment) -> Double { configured * min(1, share(at: now)) }

  mutating func slowDown(from configured: Double, at now: Moment) {
    if let cutAt, now - cutAt < .seconds(1) { return }
    let least = min(1, 1 / configured)
    share = max(least, min(1, share(at: now)) / 2)
    cutAt = now
  }

  /// Ends the slowness once it is made good.
  mutating func recover(at now: Moment) {
    if share(at: now) >= 1 { self = Throttle() }
  }

  /// More than one when it has long recovered.
  private func share(at now: Moment) -> Double {
    guard let cutAt else { return 1 }
    return share + max(0, (now - cutAt).inSeconds - 1) * Self.recoveryPerSecond
  }
}

/// Retries, of a queue's tasks or a job's run.
struct RetryPolicy: Equatable {
  /// Retries after the first attempt; nil is without limit.
  var retries: Int?
  /// From the first attempt on; nil is without limit.
  var duration: Duration?
  var minBackoff: Duration
  var maxBackoff: Duration
  var maxDoublings: Int

  /// "A task's retry interval starts at min_backoff, then doubles max_doublings times, then increases linearly, and
  /// finally retries at intervals of max_backoff": the formula of App Engine's taskqueue stub, for retry 1, 2, ...
  func delay(beforeRetry number: Int) -> Duration {
    let doublings = min(max(number - 1, 0), maxDoublings)
    let steps = max(1, number - doublings)
    let seconds = minBackoff.inSeconds * exp2(Double(doublings)) * Double(steps)
    return seconds < maxBackoff.inSeconds ? .microseconds(Int64((seconds * 1e6).rounded())) : maxBackoff
  }

  /// "Cloud Tasks stops retrying only when max_attempts and max_retry_duration are both satisfied." Where one of them
  /// has no limit, the other decides; where neither has, there is no end.
  func allowsRetry(_ number: Int, age: Duration) -> Bool {
    switch (retries, duration) {
    case (nil, nil): true
    case (let retries?, nil): number <= retries
    case (nil, let duration?): age <= duration
    case (let retries?, let duration?): number <= retries || age <= duration
    }
  }
}
