// The picture that a screen draws and the driver shows.
//
// A frame is a value: screens are tested by comparing what they drew, without a terminal. Whatever is written is cut
// at the frame's edges, and a wide character that would be cut in half leaves a blank instead, so that each row is
// always exactly as wide as the frame.

/// A grid of styled cells, and where the cursor is.
package struct Frame: Equatable, Sendable {
  package let size: Size
  /// Where the cursor is shown, in an input field for example; nil hides it.
  package var cursor: Point?
  private(set) var cells: [Cell]
  var pointerAreas: [PointerArea] = []

  /// A blank frame.
  package init(size: Size, style: Style = Style()) {
    self.size = size
    cells = Array(repeating: .blank(style), count: size.columns * size.rows)
  }

  /// The whole area.
  package var bounds: Rect { Rect(column: 0, row: 0, columns: size.columns, rows: size.rows) }

  /// The cell at a point. Outside of the frame everything is blank.
  package subscript(point: Point) -> Cell {
    bounds.contains(point) ? cells[index(point.column, point.row)] : .blank(Style())
  }

  /// The cells of one row, from left to right; empty when there is no such row.
  package func row(_ row: Int) -> ArraySlice<Cell> {
    guard row >= 0, row < size.rows else { return [] }
    return cells[row * size.columns..<(row + 1) * size.columns]
  }

  /// The text of one row, for tests and for copying, as wide as the frame.
  package func text(row: Int) -> String { self.row(row).map(\.text).joined() }

  /// The text of all rows, each without its trailing blanks, joined by line feeds.
  package var plainText: String {
    (0..<size.rows).map { row in
      let text = text(row: row)
      return String(text.dropLast(text.reversed().prefix { $0 == " " }.count))
    }.joined(separator: "\n")
  }

  private func index(_ column: Int, _ row: Int) -> Int { row * size.columns + column }
}

// MARK: - Filling

extension Frame {
  /// Overwrites an area with blanks of a style.
  package mutating func fill(_ area: Rect, style: Style) {
    fill(area, with: " ", style: style)
  }

  /// Overwrites an area with one character of a style. A character that does not take exactly one column becomes a
  /// blank.
  package mutating func fill(_ area: Rect, with character: Character, style: Style) {
    let area = bounds.intersection(area)
    guard !area.isEmpty else { return }
    let cell = filler(character, style)
    for row in area.rowRange {
      freeEdges(row: row, columns: area.columnRange)
      for column in area.columnRange { cells[index(column, row)] = cell }
    }
  }

  /// Changes the styles in an area and leaves its text, to lay a selection over a drawn row for example.
  package mutating func restyle(_ area: Rect, _ change: (inout Style) -> Void) {
    let area = bounds.intersection(area)
    guard !area.isEmpty else { return }
    for row in area.rowRange {
      for column in area.columnRange { change(&cells[index(column, row)].style) }
    }
  }

  private func filler(_ character: Character, _ style: Style) -> Cell {
    var parts: [(String, Int)] = []
    Cluster.forEachCell(of: character) { parts.append(($0, $1)) }
    guard parts.count == 1, parts[0].1 == 1 else { return .blank(style) }
    return Cell(text: parts[0].0, width: 1, style: style)
  }
}

// MARK: - Writing cells

extension Frame {
  /// Writes one cell, where it fits. The row must be inside; the column may be outside on either side.
  mutating func set(_ text: String, width: Int, column: Int, row: Int, style: Style) {
    guard column < size.columns, column + width > 0 else { return }
    freeEdges(row: row, columns: max(0, column)..<min(size.columns, column + width))
    guard column >= 0, column + width <= size.columns else {
      // Half of a wide character: the half that is inside is a blank.
      cells[index(column < 0 ? 0 : column, row)] = .blank(style)
      return
    }
    cells[index(column, row)] = Cell(text: text, width: width, style: style)
    if width == 2 { cells[index(column + 1, row)] = .continuation(style) }
  }

  /// Blanks the outer halves of wide characters that are about to lose their inner half.
  private mutating func freeEdges(row: Int, columns: Range<Int>) {
    guard !columns.isEmpty else { return }
    let first = index(columns.lowerBound, row)
    if cells[first].isContinuation, columns.lowerBound > 0 { cells[first - 1] = .blank(cells[first - 1].style) }
    guard columns.upperBound < size.columns else { return }
    let after = index(columns.upperBound, row)
    if cells[after].isContinuation { cells[after] = .blank(cells[after].style) }
  }

  /// Writes printable ASCII, the common case, without looking at grapheme clusters. Returns false, with nothing done,
  /// when the text is something else.
  mutating func setASCII(_ text: String, column: Int, row: Int, style: Style) -> Bool {
    let bytes = text.utf8
    guard bytes.allSatisfy({ $0 >= ASCIITexts.first && $0 <= ASCIITexts.last }) else { return false }
    // Nothing of it is inside; a range of what is would have its ends the wrong way round.
    guard column < size.columns, column + bytes.count > 0 else { return true }
    let columns = max(0, column)..<min(size.columns, column + bytes.count)
    freeEdges(row: row, columns: columns)
    let texts = ASCIITexts.texts
    var place = index(columns.lowerBound, row)
    for byte in bytes.dropFirst(columns.lowerBound - column).prefix(columns.count) {
      cells[place] = Cell(text: texts[Int(byte - ASCIITexts.first)], width: 1, style: style)
      place += 1
    }
    return true
  }
}
