// Time and chance, handed in, so that a test of twenty seconds of retries takes
// none.

import Foundation

/// The clock and the dice of one client.
package struct Timing: Sendable {
  /// Time that only moves forward, from any fixed point.
  package var now: @Sendable () -> Duration
  /// The time of day, for the expiry of tokens.
  package var date: @Sendable () -> Date
  /// Waits; throws only when the task is cancelled.
  package var sleep: @Sendable (Duration) async throws(CancellationError) -> Void
  /// Even between 0 and 1.
  package var random: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Duration, date: @escaping @Sendable () -> Date,
    sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.date = date
    self.sleep = sleep
    self.random = random
  }

  /// The real ones.
  package static let system: Timing = {
    let start = ContinuousClock.now
    return Timing(
      now: { ContinuousClock.now - start },
      date: { Date() },
      sleep: { duration throws(CancellationError) in
        do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
      },
      random: { Double.random(in: 0...1) })
  }()
}
