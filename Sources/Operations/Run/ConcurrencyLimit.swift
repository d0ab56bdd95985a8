// How many calls may be under way. Up by one for each round of successes, down
// to half on a refusal, as TCP does (additive increase, multiplicative decrease,
// RFC 5681): the service's limit is not known and changes.

/// An adaptive limit on concurrent calls.
struct ConcurrencyLimit {
  static let first = 32
  static let most = 128

  private var window: Double
  private let largest: Double
  /// Refusals in a row; the pause doubles with each.
  private var refusals = 0
  /// Calls started before this moment do not halve the window again: they were refused for the same crowd.
  private var lastHalved: Duration?

  init(largest: Int = Self.most) {
    self.largest = Double(largest)
    window = Double(min(Self.first, largest))
  }

  var value: Int { max(1, Int(window)) }

  mutating func succeeded() {
    window = min(largest, window + 1 / window)
    refusals = 0
  }

  /// The pause after a refusal of a call that began at `start`; `fraction` is drawn from 0..<1 (full jitter, so that
  /// several taskdecks do not return together).
  mutating func refused(start: Duration, now: Duration, asked: Duration?, fraction: Double) -> Duration {
    if lastHalved.map({ start > $0 }) ?? true {
      window = max(1, window / 2)
      lastHalved = now
      refusals += 1
    }
    let bound = min(30.0, 0.1 * Double(1 << min(refusals, 10)))
    return max(asked ?? .zero, .seconds(bound * (0.5 + fraction / 2)))
  }
}
