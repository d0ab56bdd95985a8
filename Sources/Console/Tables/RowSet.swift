// A set of rows by their positions, one bit each: a million marks are 125 KB, and marking them all is a few milliseconds.

/// Positions in a list of rows.
package struct RowSet: Equatable, Sendable {
  private var words: [UInt64] = []
  package private(set) var count = 0

  package init() {}

  /// - Parameter room: one more than the highest position that is expected.
  init(room: Int) { words = [UInt64](repeating: 0, count: (room + 63) / 64) }

  init(_ positions: [Int32], room: Int) {
    self.init(room: room)
    insert(contentsOf: positions)
  }

  package var isEmpty: Bool { count == 0 }

  package func contains(_ position: Int32) -> Bool {
    let word = Int(position) >> 6
    return word < words.count && words[word] >> (UInt64(position) & 63) & 1 == 1
  }

  mutating func insert(_ position: Int32) {
    let (word, bit) = (Int(position) >> 6, UInt64(1) << (UInt64(position) & 63))
    if word >= words.count { words += [UInt64](repeating: 0, count: word + 1 - words.count) }
    if words[word] & bit == 0 { count += 1 }
    words[word] |= bit
  }

  mutating func remove(_ position: Int32) {
    guard contains(position) else { return }
    words[Int(position) >> 6] &= ~(UInt64(1) << (UInt64(position) & 63))
    count -= 1
  }

  /// All of them, which must be valid for the room there is.
  mutating func insert(contentsOf positions: some Sequence<Int32>) {
    for position in positions { insert(position) }
  }

  /// How many of these are in it.
  func count(among positions: [Int32]) -> Int {
    if isEmpty { return 0 }
    return positions.reduce(0) { $0 + (contains($1) ? 1 : 0) }
  }

  /// Those of `positions` that are in it, in their order.
  func among(_ positions: [Int32]) -> [Int32] {
    if isEmpty { return [] }
    return words.withUnsafeBufferPointer { words in
      positions.filter { words[Int($0) >> 6] >> (UInt64($0) & 63) & 1 == 1 }
    }
  }

  /// Whether none of a slice of positions is in it.
  func isEmpty(in slice: Range<Int>) -> Bool {
    for word in slice.lowerBound >> 6..<min(words.count, (slice.upperBound + 63) >> 6) where words[word] != 0 {
      return false
    }
    return true
  }

  /// In ascending order.
  var positions: [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(count)
    for (index, word) in words.enumerated() {
      var left = word
      while left != 0 {
        result.append(Int32(truncatingIfNeeded: index << 6 + left.trailingZeroBitCount))
        left &= left - 1
      }
    }
    return result
  }
}
