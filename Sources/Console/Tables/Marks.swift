// Marks: rows chosen one by one. A mark belongs to a row, not to a line, so it stays through refreshes, sorts and
// filters; and because a filter can hide marked rows, they are counted apart and said aloud.

/// The marked rows of one table.
package struct Marks: Equatable, Sendable {
  /// Their positions in the list that is shown.
  package internal(set) var rows = RowSet()
  /// How many of them the filter hides.
  package internal(set) var hidden = 0
  /// The row at which a range was begun.
  package internal(set) var rangeStart: Int32?
  /// All that match are to be marked once it is known which they are.
  var isAllWanted = false
  /// The list is still arriving, and all that match are to be marked when it is complete.
  var awaitsRest = false
  /// Goes up with each change, so that marks found again in a new list are known to be of these.
  var version = 0

  package var count: Int { rows.count }
  package var isEmpty: Bool { rows.isEmpty }

  /// `3 marked, 2 hidden by the filter`.
  package var words: String {
    "\(Words.count(count)) marked\(awaitsRest ? " so far" : "")"
      + (hidden == 0 ? "" : ", \(Words.count(hidden)) hidden by the filter")
  }
}

extension TableModel {
  /// The marked rows, in the order they came in.
  package var markedRows: MarkedRows<Row> { MarkedRows(rows: rows, positions: marks.rows) }

  func isMarked(at position: Int) -> Bool {
    visible.indices.contains(position) && marks.rows.contains(visible[position])
  }

  mutating func mark(_ action: Action) {
    switch action {
    case .markAll: markAll()
    case .markNone:
      (marks.rows, marks.rangeStart, marks.isAllWanted, marks.awaitsRest) = (RowSet(), nil, false, false)
    case .markRange: markRange()
    default:
      guard visible.indices.contains(cursor) else { return }
      let position = visible[cursor]
      if marks.rows.contains(position) { marks.rows.remove(position) } else { marks.rows.insert(position) }
      apply(.move(by: 1))
    }
    marks.version += 1
    countMarks()
  }

  /// What is there; the second time, while the list still arrives, also what will come.
  private mutating func markAll() {
    // What the screen shows is what the filter before chose: marking that would mark what was not asked for.
    guard !isArranging else { return marks.isAllWanted = true }
    if isPartial, !visible.isEmpty, marks.rows.count(among: visible) == visible.count { marks.awaitsRest = true }
    marks.rows.insert(contentsOf: visible)
  }

  /// The first time it begins a range, the second time it marks all between.
  private mutating func markRange() {
    guard visible.indices.contains(cursor) else { return }
    guard let start = marks.rangeStart, let first = visible.firstIndex(of: start) else {
      return marks.rangeStart = visible[cursor]
    }
    marks.rows.insert(contentsOf: visible[min(first, cursor)...max(first, cursor)])
    marks.rangeStart = nil
  }

  /// Counts what the filter hides.
  mutating func countMarks() {
    marks.hidden = marks.isEmpty ? 0 : marks.count - marks.rows.count(among: visible)
  }
}

/// The marked rows of a list, made one by one when they are asked for: there may be a million.
package struct MarkedRows<Row: TableRow>: Sequence, Sendable {
  let rows: Row.List
  let positions: RowSet

  package var count: Int { positions.count }

  package func makeIterator() -> some IteratorProtocol<Row> {
    positions.positions.lazy.map { rows[Int($0)] }.makeIterator()
  }
}
