// Calls that cost of a quota which others share: a project has 600 list calls and 60 forced runs a minute, for its
// production code as well (cloud.google.com/tasks/docs/quotas). The budget stands below everything that calls, so no
// view and no command can forget it.

import Foundation

/// A kind of call that is counted.
package struct Quota: Hashable, Sendable, CustomStringConvertible {
  /// For people: `list calls`.
  package let name: String

  package init(_ name: String) {
    self.name = name
  }

  package var description: String { name }
}

/// How much of a budget is left.
package struct BudgetLevel: Sendable, Equatable {
  /// Calls of the last minute.
  package var spent: Int
  /// Calls in any minute; nil is without limit.
  package var limit: Int?
  /// Calls that wait for their turn now.
  package var putOff: Int
  /// Until the first of those goes on; nil when none waits.
  package var wait: Duration?

  package init(spent: Int = 0, limit: Int? = nil, putOff: Int = 0, wait: Duration? = nil) {
    (self.spent, self.limit, self.putOff, self.wait) = (spent, limit, putOff, wait)
  }
}

/// A call that has to wait for the budget. It is put off, never dropped.
package struct PutOff: Sendable, Equatable {
  package let quota: Quota
  package let wait: Duration
  package let limit: Int
}

/// The budget of one program run: a bucket of tokens for each quota, a token for a call.
///
/// A token comes back a minute after it was taken, so that no minute, wherever it begins, has more calls than the limit;
/// a bucket filled drop by drop would allow twice as many after a rest. Calls are let go in the order they came.
package actor CallBudget {
  private static let period = Duration.seconds(60)

  private struct Bucket {
    let limit: Int
    /// When each token was taken, or will be by a call that waits; in order.
    var taken: [Duration] = []

    mutating func forget(before moment: Duration) { taken.removeAll { $0 <= moment } }
  }

  private var buckets: [Quota: Bucket]
  private let timing: Timing
  private let onPutOff: @Sendable (PutOff) -> Void

  /// `limits` are calls in any minute; a quota without one is not limited, but still counted. `onPutOff` is told of each
  /// call that has to wait, when its wait begins.
  package init(
    limits: [Quota: Int], timing: Timing = .system, onPutOff: @escaping @Sendable (PutOff) -> Void = { _ in }
  ) {
    buckets = limits.mapValues { Bucket(limit: max(1, $0)) }
    self.timing = timing
    self.onPutOff = onPutOff
  }

  /// Takes a token, waiting for one where there is none.
  package func take(_ quota: Quota) async throws(CancellationError) {
    let now = timing.now()
    var bucket = buckets[quota, default: Bucket(limit: .max)]
    bucket.forget(before: now - Self.period)
    let turn = bucket.taken.count < bucket.limit ? now : bucket.taken[bucket.taken.count - bucket.limit] + Self.period
    bucket.taken.append(turn)
    buckets[quota] = bucket
    guard turn > now else { return }
    onPutOff(PutOff(quota: quota, wait: turn - now, limit: bucket.limit))
    do { try await timing.sleep(turn - now) } catch {
      giveBack(quota, turn)
      throw error
    }
  }

  /// Those behind in the line keep the times they were given.
  private func giveBack(_ quota: Quota, _ turn: Duration) {
    guard let place = buckets[quota]?.taken.lastIndex(of: turn) else { return }
    buckets[quota]?.taken.remove(at: place)
  }

  /// What is left of a quota now.
  package func level(of quota: Quota) -> BudgetLevel {
    let now = timing.now()
    guard let bucket = buckets[quota] else { return BudgetLevel() }
    let recent = bucket.taken.filter { $0 > now - Self.period }
    let waiting = recent.filter { $0 > now }
    return BudgetLevel(
      spent: recent.count - waiting.count, limit: bucket.limit == .max ? nil : bucket.limit, putOff: waiting.count,
      wait: waiting.min().map { $0 - now })
  }
}
