// The rows of a table as one value. Most tables hold an array; a queue's tasks may be a million, and are kept by column.

import Foundation

/// Rows of one kind, in the order they came in.
package protocol RowList: RandomAccessCollection, Equatable, Sendable where Element: TableRow, Index == Int {
  init()
  mutating func append(contentsOf rows: [Element])
  /// How many of these rows are failing.
  func failing(among positions: [Int32]) -> Int
  /// What a column is sorted by, of all rows.
  func keys(_ column: Column<Element>) -> SortKeys
  /// The IDs of all rows.
  var ids: FlatTexts { get }
  /// Bytes of a column's longest text.
  func longest(_ column: Column<Element>) -> Int
  /// Begins a run of a filter over the rows.
  func sweep(_ filter: RowFilter<Element>, _ columns: [Column<Element>], now: Date) -> any RowSweep
}

/// A run of one filter over the rows of a list, slice by slice, so that it can be called off and can tell how far it is.
package protocol RowSweep {
  /// Adds the rows of a slice that the filter shows. `asked` are those it is asked about; nil is all.
  mutating func sweep(_ slice: Range<Int>, asked: RowSet?, into shown: inout RowSet)
}

/// Rows of a slice; a multiple of 64, so that slices do not share a word of a set.
let sliceLength = 1024

/// What rows are sorted by.
package enum SortKeys {
  /// Not a number where a row has no value.
  case numbers([Double])
  case texts(FlatTexts)
}

/// Texts one after the other in one piece of memory.
package struct FlatTexts {
  private(set) var bytes: [UInt8] = []
  /// Where each ends.
  private(set) var ends: [UInt32] = []

  init() {}

  init(_ texts: some Sequence<String>) { for text in texts { append(text) } }

  mutating func reserve(_ count: Int, bytes size: Int) {
    ends.reserveCapacity(count)
    bytes.reserveCapacity(size)
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
    ends.append(UInt32(clamping: bytes.count))
  }

  mutating func append(_ texts: PackedTexts) {
    let start = UInt32(clamping: bytes.count)
    bytes.append(contentsOf: texts.bytes)
    for end in texts.ends { ends.append(start + end) }
  }
}

extension Array: RowList where Element: TableRow {
  package func failing(among positions: [Int32]) -> Int {
    // Through a pointer, because a generic row of an array is copied before it is asked.
    withUnsafeBufferPointer { rows in positions.reduce(0) { $0 + (rows[Int($1)].isFailing ? 1 : 0) } }
  }

  package func keys(_ column: Column<Element>) -> SortKeys {
    switch column.sort {
    case .number(let value): .numbers(map { value($0) ?? .nan })
    case .text(let text): .texts(FlatTexts(lazy.map(text)))
    }
  }

  package var ids: FlatTexts { FlatTexts(lazy.map(\.id)) }

  package func longest(_ column: Column<Element>) -> Int {
    guard let text = column.search else { return 0 }
    return withUnsafeBufferPointer { rows in rows.reduce(0) { Swift.max($0, text($1).utf8.count) } }
  }

  package func sweep(_ filter: RowFilter<Element>, _ columns: [Column<Element>], now: Date) -> any RowSweep {
    ArraySweep(rows: self, filter: filter, texts: columns.compactMap(\.search), now: now)
  }
}

/// Row by row: right for tables of some thousand rows.
private struct ArraySweep<Row: TableRow>: RowSweep {
  let rows: [Row]
  let filter: RowFilter<Row>
  let texts: [@Sendable (Row) -> String]
  let now: Date

  mutating func sweep(_ slice: Range<Int>, asked: RowSet?, into shown: inout RowSet) {
    rows.withUnsafeBufferPointer { rows in
      for place in slice where asked?.contains(Int32(place)) ?? true {
        if filter.matches(rows[place], texts, now: now) { shown.insert(Int32(place)) }
      }
    }
  }
}
