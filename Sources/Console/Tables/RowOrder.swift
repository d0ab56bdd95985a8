// Orders of many rows.
//
// Comparing strings in a comparison sort takes 100 ms there. A radix sort of eight bytes at a time takes a few: numbers
// are one pass of eight bytes, and texts go on with the next eight bytes only among those that were equal so far. It
// works on buffers without bounds checks, because it is most of what a keystroke costs; all indices are made here.

/// A row's position and the eight bytes it is sorted by.
private struct KeyedRow {
  var key: UInt64
  var row: Int32
}

/// Stable orders of rows. Each takes the positions in some order and returns them sorted; equal ones keep their order.
enum RowOrder {
  /// By what a column is sorted by.
  static func sorted(_ rows: [Int32], by keys: SortKeys, descending: Bool) -> [Int32] {
    switch keys {
    case .numbers(let numbers): sorted(rows, byNumbers: numbers, descending: descending)
    case .texts(let texts): sorted(rows, byTexts: texts, descending: descending)
    }
  }

  /// By number; rows without one come last in both directions.
  private static func sorted(_ rows: [Int32], byNumbers numbers: [Double], descending: Bool) -> [Int32] {
    var keyed = rows.map { KeyedRow(key: key(numbers[Int($0)], descending: descending), row: $0) }
    sort(&keyed) { sorter in sorter.sort(0, sorter.rows.count) }
    return keyed.map(\.row)
  }

  /// By text, ASCII letters without regard to their case. `texts` are those of all positions.
  static func sorted(_ rows: [Int32], byTexts texts: FlatTexts, descending: Bool) -> [Int32] {
    var keyed = rows.map { KeyedRow(key: 0, row: $0) }
    texts.bytes.withUnsafeBufferPointer { bytes in
      texts.ends.withUnsafeBufferPointer { ends in
        let flat = FlatBytes(bytes: bytes, ends: ends)
        let depth = flat.commonPrefix
        sort(&keyed) { sorter in
          sorter.sortTexts(0, sorter.rows.count, texts: flat, from: depth, flip: descending ? .max : 0)
        }
      }
    }
    return keyed.map(\.row)
  }

  private static func sort(_ keyed: inout [KeyedRow], _ body: (RadixSorter) -> Void) {
    var spare = keyed
    keyed.withUnsafeMutableBufferPointer { rows in
      spare.withUnsafeMutableBufferPointer { spare in body(RadixSorter(rows: rows, spare: spare)) }
    }
  }

  /// IEEE 754 doubles are ordered like their bits once negative ones are inverted and positive ones moved above them.
  private static func key(_ value: Double, descending: Bool) -> UInt64 {
    guard !value.isNaN else { return .max }
    let bits = value.bitPattern
    let ordered = bits >> 63 == 1 ? ~bits : bits | 1 << 63
    return min(descending ? ~ordered : ordered, .max - 1)
  }
}

/// Texts one after the other, without bounds checks.
private struct FlatBytes {
  let bytes: UnsafeBufferPointer<UInt8>
  let ends: UnsafeBufferPointer<UInt32>

  func range(_ row: Int) -> (start: Int, end: Int) { (row == 0 ? 0 : Int(ends[row - 1]), Int(ends[row])) }

  /// How many bytes all texts begin with alike: they need not be looked at.
  var commonPrefix: Int {
    guard !ends.isEmpty else { return 0 }
    var common = range(0).end
    for row in 0..<ends.count where common > 0 {
      let (start, end) = range(row)
      var same = 0
      while same < common, start + same < end, folded(bytes[start + same]) == folded(bytes[same]) { same += 1 }
      common = same
    }
    return common
  }

  /// The eight bytes of a text from a place on, big-endian, filled up with zeros.
  func chunk(of row: Int, at depth: Int) -> UInt64 {
    let (start, end) = range(row)
    var chunk: UInt64 = 0
    for place in start + depth..<start + depth + 8 {
      chunk = chunk << 8 | UInt64(place < end ? folded(bytes[place]) : 0)
    }
    return chunk
  }
}

/// Sorts parts of a buffer with the help of another one of the same size.
private struct RadixSorter {
  let rows: UnsafeMutableBufferPointer<KeyedRow>
  let spare: UnsafeMutableBufferPointer<KeyedRow>

  private static let digitBits = 11
  private static let buckets = 1 << 11

  /// By the bytes of the texts from `depth` on. `flip` turns the order around.
  func sortTexts(_ start: Int, _ end: Int, texts: FlatBytes, from depth: Int, flip: UInt64) {
    var isEnd = true
    for place in start..<end {
      let chunk = texts.chunk(of: Int(rows[place].row), at: depth)
      // A chunk that ends in a zero byte is the last one: sanitised texts hold no NUL.
      if chunk & 0xFF != 0 { isEnd = false }
      rows[place].key = chunk ^ flip
    }
    sort(start, end)
    if isEnd { return }
    var first = start
    while first < end {
      let key = rows[first].key
      var next = first + 1
      while next < end, rows[next].key == key { next += 1 }
      if next - first > 1, (key ^ flip) & 0xFF != 0 {
        sortTexts(first, next, texts: texts, from: depth + 8, flip: flip)
      }
      first = next
    }
  }

  /// By key, least significant digit first, so that each pass keeps what the ones before it did.
  func sort(_ start: Int, _ end: Int) {
    if end - start < 64 { return insertionSort(start, end) }
    var differing: UInt64 = 0
    for place in start..<end { differing |= rows[place].key ^ rows[start].key }
    var (from, to) = (rows, spare)
    for shift in stride(from: 0, to: 64, by: Self.digitBits) where differing >> shift & UInt64(Self.buckets - 1) != 0 {
      Self.distribute(from, to, start, end, shift)
      swap(&from, &to)
    }
    guard from.baseAddress != rows.baseAddress else { return }
    for place in start..<end { rows[place] = from[place] }
  }

  private static func distribute(
    _ from: UnsafeMutableBufferPointer<KeyedRow>, _ to: UnsafeMutableBufferPointer<KeyedRow>, _ start: Int, _ end: Int,
    _ shift: Int
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: buckets) { places in
      places.initialize(repeating: 0)
      let mask = UInt64(buckets - 1)
      for place in start..<end { places[Int(truncatingIfNeeded: from[place].key >> shift & mask)] += 1 }
      var next = start
      for bucket in 0..<buckets {
        let count = places[bucket]
        places[bucket] = next
        next += count
      }
      for place in start..<end {
        let bucket = Int(truncatingIfNeeded: from[place].key >> shift & mask)
        to[places[bucket]] = from[place]
        places[bucket] += 1
      }
    }
  }

  private func insertionSort(_ start: Int, _ end: Int) {
    guard end - start > 1 else { return }
    for place in start + 1..<end {
      let row = rows[place]
      var hole = place
      while hole > start, rows[hole - 1].key > row.key {
        rows[hole] = rows[hole - 1]
        hole -= 1
      }
      rows[hole] = row
    }
  }
}

/// An ASCII letter in its lower case; any other byte as it is.
@inline(__always)
func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
