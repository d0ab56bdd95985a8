// Many replays: so many at a time, and no more after so many failures.

import CloudModel
import ReplayModel

/// How many replays run at a time, and when to stop.
package struct ReplayPace: Equatable, Sendable {
  package var parallel: Int
  /// No replay is begun after so many failures; nil for no limit.
  package var mostFailures: Int?

  package init(parallel: Int = 1, mostFailures: Int? = nil) {
    (self.parallel, self.mostFailures) = (max(1, parallel), mostFailures)
  }
}

/// How many replays ended how.
package struct ReplayTally: Equatable, Sendable {
  package var succeeded = 0
  package var discarded = 0
  package var failed = 0
  package var timedOut = 0
  package var cancelled = 0
  /// Not begun, because too many had failed or somebody called it off.
  package var skipped = 0

  package init() {}

  package mutating func add(_ outcome: ReplayOutcome) {
    switch outcome {
    case .succeeded: succeeded += 1
    case .discarded: discarded += 1
    case .failed: failed += 1
    case .timedOut: timedOut += 1
    case .cancelled: cancelled += 1
    }
  }

  package var failures: Int { failed + timedOut }
  package var done: Int { succeeded + discarded }

  /// The machine-readable summary.
  package var json: JSONObject {
    [
      "succeeded": .integer(succeeded), "discarded": .integer(discarded), "failed": .integer(failed),
      "timedOut": .integer(timedOut), "cancelled": .integer(cancelled), "skipped": .integer(skipped),
    ]
  }
}

extension ReplayPace {
  /// Runs `body` for each element. `ended` gets each result as it comes, one at a time. A cancelled task begins no more.
  package func run<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @Sendable @escaping (Element) async -> (ReplayOutcome, Value),
    ended: (Value) async -> Void
  ) async -> ReplayTally {
    await withTaskGroup(of: (ReplayOutcome, Value).self) { group in
      var (tally, next) = (ReplayTally(), 0)
      func begin() {
        let isEnough = mostFailures.map { tally.failures >= $0 } ?? false
        guard next < elements.count, !isEnough, !Task.isCancelled else { return }
        let element = elements[next]
        next += 1
        group.addTask { await body(element) }
      }
      for _ in 0..<parallel { begin() }
      while let (outcome, value) = await group.next() {
        tally.add(outcome)
        await ended(value)
        begin()
      }
      tally.skipped = elements.count - next
      return tally
    }
  }
}
