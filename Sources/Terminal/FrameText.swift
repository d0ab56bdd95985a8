// Text, alignment, lines and boxes on a frame.

/// A piece of text of one style.
package struct Span: Equatable, Sendable {
  package var text: String
  package var style: Style

  package init(_ text: String, _ style: Style = Style()) {
    self.text = text
    self.style = style
  }
}

/// Where a text stands in a wider space.
package enum Alignment: Equatable, Sendable {
  case leading, centre, trailing
}

// MARK: - Text

extension Frame {
  /// Writes a text and returns the columns it takes.
  ///
  /// With `maxWidth` a text that is wider is cut and ends in "…"; without it, the frame's right edge cuts it. A control
  /// character, which should have been sanitised away, shows as "·". Outside of the frame nothing is drawn.
  @discardableResult
  package mutating func put(_ text: String, at point: Point, style: Style = Style(), maxWidth: Int? = nil) -> Int {
    let text = maxWidth.map { TextWidth.clip(text, to: $0) } ?? text
    guard point.row >= 0, point.row < size.rows else { return TextWidth.of(text) }
    if setASCII(text, column: point.column, row: point.row, style: style) { return text.utf8.count }
    var column = point.column
    for character in text {
      Cluster.forEachCell(of: character) { cell, width in
        set(cell, width: width, column: column, row: point.row, style: style)
        column += width
      }
    }
    return column - point.column
  }

  /// Writes pieces one after the other, cut together to `maxWidth` with "…", and returns the columns they take.
  @discardableResult
  package mutating func put(_ spans: [Span], at point: Point, maxWidth: Int? = nil) -> Int {
    var used = 0
    for span in clipped(spans, to: maxWidth) {
      used += put(span.text, at: Point(column: point.column + used, row: point.row), style: span.style)
    }
    return used
  }

  /// Writes a text aligned in a space of `width` columns, which it fills with blanks of its style. A text that is wider
  /// is cut and ends in "…".
  package mutating func put(
    _ text: String, at point: Point, width: Int, alignment: Alignment, style: Style = Style()
  ) {
    fill(Rect(origin: point, size: Size(columns: width, rows: 1)), style: style)
    let text = TextWidth.clip(text, to: width)
    let room = max(0, width - TextWidth.of(text))
    let indent =
      switch alignment {
      case .leading: 0
      case .centre: room / 2
      case .trailing: room
      }
    put(text, at: Point(column: point.column + indent, row: point.row), style: style)
  }

  private func clipped(_ spans: [Span], to maxWidth: Int?) -> [Span] {
    guard let maxWidth, spans.reduce(0, { $0 + TextWidth.of($1.text) }) > maxWidth else { return spans }
    var room = maxWidth - 1
    var result: [Span] = []
    for span in spans where room >= 0 {
      let width = TextWidth.of(span.text)
      let fits = width <= room
      let text = fits ? span.text : TextWidth.prefix(of: span.text, columns: room) + (maxWidth > 0 ? "…" : "")
      result.append(Span(text, span.style))
      room = fits ? room - width : -1
    }
    return result
  }
}

// MARK: - Lines and boxes

extension Frame {
  /// A horizontal line.
  package mutating func horizontalLine(at point: Point, columns: Int, style: Style = Style(.border)) {
    fill(Rect(origin: point, size: Size(columns: columns, rows: 1)), with: "─", style: style)
  }

  /// A vertical line.
  package mutating func verticalLine(at point: Point, rows: Int, style: Style = Style(.border)) {
    fill(Rect(origin: point, size: Size(columns: 1, rows: rows)), with: "│", style: style)
  }

  /// A box around an area, with a title in its top line, and the area inside of it. The inside is not filled. An area
  /// of less than two columns or rows has no box.
  @discardableResult
  package mutating func box(
    _ area: Rect, title: String = "", style: Style = Style(.border), titleStyle: Style? = nil
  ) -> Rect {
    guard area.columns >= 2, area.rows >= 2 else { return area }
    let last = Point(column: area.right - 1, row: area.bottom - 1)
    horizontalLine(at: area.origin, columns: area.columns, style: style)
    horizontalLine(at: Point(column: area.left, row: last.row), columns: area.columns, style: style)
    verticalLine(at: area.origin, rows: area.rows, style: style)
    verticalLine(at: Point(column: last.column, row: area.top), rows: area.rows, style: style)
    put("┌", at: area.origin, style: style)
    put("┐", at: Point(column: last.column, row: area.top), style: style)
    put("└", at: Point(column: area.left, row: last.row), style: style)
    put("┘", at: last, style: style)
    if !title.isEmpty, area.columns > 4 {
      let place = Point(column: area.left + 1, row: area.top)
      let text = TextWidth.clip(title, to: area.columns - 4)
      put(" \(text) ", at: place, style: titleStyle ?? Style(.title, on: style.surface))
    }
    return area.inset(by: 1)
  }
}
