// A set of small numbers, kept as bits.
//
// Every field of a schedule fits in 64 bits (minutes 0-59 are the widest), and "the next allowed value" is then one
// instruction, which is what makes looking forty years ahead cheap.

/// Numbers from 0 to 63.
struct NumberSet: Equatable, Sendable {
  private(set) var bits: UInt64

  init(bits: UInt64 = 0) {
    self.bits = bits
  }

  init(_ numbers: some Sequence<Int>) {
    self.init()
    for number in numbers { insert(number) }
  }

  mutating func insert(_ number: Int) {
    bits |= 1 << UInt64(number)
  }

  mutating func formUnion(_ other: Self) {
    bits |= other.bits
  }

  func contains(_ number: Int) -> Bool {
    bits & (1 << UInt64(number)) != 0
  }

  /// The smallest member that is `lowest` or more; nil when there is none, and for a `lowest` beyond 63.
  func first(from lowest: Int) -> Int? {
    guard lowest < 64 else { return nil }
    let rest = (bits >> UInt64(lowest)) << UInt64(lowest)
    return rest == 0 ? nil : rest.trailingZeroBitCount
  }

  var count: Int { bits.nonzeroBitCount }
  var numbers: [Int] { (0..<64).filter(contains) }
}
