// Marks: rows chosen one by one. A mark belongs to a row, not to a line, so it stays through refreshes, sorts and
// filters; and because a filter can hide marked rows, they are counted apart and said aloud.

/// The marked rows of one table.
package struct Marks: Equatable, Sendable {
  /// Their IDs.
  package internal(set) var ids: Set<String> = []
  /// How many of them the filter hides.
  package internal(set) var hidden = 0
  /// The row at which a range was begun.
  package internal(set) var rangeStart: String?

  package var count: Int { ids.count }
  package var isEmpty: Bool { ids.isEmpty }

  /// `3 marked, 2 hidden by the filter`.
  package var words: String {
    "\(Words.count(count)) marked" + (hidden == 0 ? "" : ", \(Words.count(hidden)) hidden by the filter")
  }
}

extension TableModel {
  mutating func mark(_ action: Action) {
    switch action {
    case .markAll:
      for position in visible.indices { row(at: position).map { _ = marks.ids.insert($0.id) } }
    case .markNone: marks = Marks()
    case .markRange: markRange()
    default:
      guard let id = current?.id else { return }
      if marks.ids.remove(id) == nil { marks.ids.insert(id) }
      apply(.move(by: 1))
    }
    countMarks()
  }

  /// The first time it begins a range, the second time it marks all between.
  private mutating func markRange() {
    guard let id = current?.id else { return }
    guard let start = marks.rangeStart, let first = visible.indices.first(where: { row(at: $0)?.id == start }) else {
      return marks.rangeStart = id
    }
    for position in min(first, cursor)...max(first, cursor) {
      row(at: position).map { _ = marks.ids.insert($0.id) }
    }
    marks.rangeStart = nil
  }

  /// Counts what the filter hides. Rows that are gone lose their marks when a complete list says so.
  mutating func countMarks() {
    guard !marks.isEmpty else { return marks.hidden = 0 }
    let shown = visible.indices.reduce(0) { count, position in
      count + (row(at: position).map { marks.ids.contains($0.id) } ?? false ? 1 : 0)
    }
    marks.hidden = marks.count - shown
  }

  mutating func dropMarksOfRowsThatAreGone() {
    guard !marks.isEmpty else { return }
    marks.ids.formIntersection(rows.lazy.map(\.id))
  }
}
