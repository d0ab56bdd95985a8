// Sizes, points and rectangles of the character grid.
//
// Columns count from the left edge and rows from the top edge, both from zero. A rectangle never has a negative size:
// a layout that runs out of room gets an empty rectangle and draws nothing, so no screen needs a "too small" case.

/// A number of columns and rows.
package struct Size: Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  /// Negative numbers become zero.
  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// Whether nothing fits.
  package var isEmpty: Bool { columns == 0 || rows == 0 }
}

/// A place in the grid, counted from the top left corner, which is (0, 0).
package struct Point: Hashable, Sendable {
  package var column: Int
  package var row: Int

  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// A rectangle of cells.
package struct Rect: Hashable, Sendable {
  package var origin: Point
  package var size: Size

  package init(origin: Point, size: Size) {
    self.origin = origin
    self.size = size
  }

  /// A rectangle from its left column, top row, and size; negative sizes become zero.
  package init(column: Int, row: Int, columns: Int, rows: Int) {
    self.init(origin: Point(column: column, row: row), size: Size(columns: columns, rows: rows))
  }

  package var left: Int { origin.column }
  package var top: Int { origin.row }
  package var columns: Int { size.columns }
  package var rows: Int { size.rows }
  /// One past the last column.
  package var right: Int { origin.column + size.columns }
  /// One past the last row.
  package var bottom: Int { origin.row + size.rows }
  package var isEmpty: Bool { size.isEmpty }
  /// The rows it covers.
  package var rowRange: Range<Int> { top..<bottom }
  /// The columns it covers.
  package var columnRange: Range<Int> { left..<right }

  package func contains(_ point: Point) -> Bool {
    columnRange.contains(point.column) && rowRange.contains(point.row)
  }

  /// The part both have; empty (at this rectangle's origin) when they do not meet.
  package func intersection(_ other: Rect) -> Rect {
    let left = max(self.left, other.left)
    let top = max(self.top, other.top)
    let columns = min(self.right, other.right) - left
    let rows = min(self.bottom, other.bottom) - top
    guard columns > 0, rows > 0 else { return Rect(origin: origin, size: Size(columns: 0, rows: 0)) }
    return Rect(column: left, row: top, columns: columns, rows: rows)
  }
}

// MARK: - Cutting a rectangle up

extension Rect {
  /// Smaller by that many columns at the left and at the right, and rows at the top and at the bottom.
  package func inset(columns: Int = 0, rows: Int = 0) -> Rect {
    Rect(
      column: left + min(columns, self.columns), row: top + min(rows, self.rows),
      columns: self.columns - 2 * columns, rows: self.rows - 2 * rows)
  }

  /// Smaller by the same number of cells on each side.
  package func inset(by cells: Int) -> Rect { inset(columns: cells, rows: cells) }

  /// The first rows, and what is below them. Asking for more rows than there are gives all of them.
  package func splitTop(_ count: Int) -> (top: Rect, rest: Rect) {
    let taken = min(max(0, count), rows)
    return (
      Rect(column: left, row: top, columns: columns, rows: taken),
      Rect(column: left, row: top + taken, columns: columns, rows: rows - taken)
    )
  }

  /// The last rows, and what is above them.
  package func splitBottom(_ count: Int) -> (bottom: Rect, rest: Rect) {
    let (rest, bottom) = splitTop(rows - min(max(0, count), rows))
    return (bottom, rest)
  }

  /// The first columns, and what is right of them.
  package func splitLeft(_ count: Int) -> (left: Rect, rest: Rect) {
    let taken = min(max(0, count), columns)
    return (
      Rect(column: left, row: top, columns: taken, rows: rows),
      Rect(column: left + taken, row: top, columns: columns - taken, rows: rows)
    )
  }

  /// The last columns, and what is left of them.
  package func splitRight(_ count: Int) -> (right: Rect, rest: Rect) {
    let (rest, right) = splitLeft(columns - min(max(0, count), columns))
    return (right, rest)
  }

  /// A rectangle of that size in the middle of this one, no larger than this one.
  package func centred(_ wanted: Size) -> Rect {
    let columns = min(wanted.columns, self.columns)
    let rows = min(wanted.rows, self.rows)
    return Rect(
      column: left + (self.columns - columns) / 2, row: top + (self.rows - rows) / 2, columns: columns, rows: rows)
  }

  /// One row of it, counted from its top; empty when it has no such row.
  package func row(_ index: Int) -> Rect {
    guard index >= 0, index < rows else { return Rect(column: left, row: top, columns: columns, rows: 0) }
    return Rect(column: left, row: top + index, columns: columns, rows: 1)
  }
}
