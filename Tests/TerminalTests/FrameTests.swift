// Drawing at and over the edges.

import Terminal
import Testing

@Suite struct FrameTests {
  var frame = Frame(size: Size(columns: 8, rows: 3))

  private func columns(of frame: Frame, row: Int) -> Int { frame.row(row).reduce(0) { $0 + $1.width } }

  @Test mutating func `a text stands where it was put and reports its columns`() {
    #expect(frame.put("abc", at: Point(column: 2, row: 1)) == 3)
    #expect(frame.text(row: 1) == "  abc   ")
    #expect(frame.put("漢字", at: Point(column: 0, row: 0)) == 4)
    #expect(frame.text(row: 0) == "漢字    ")
    #expect(frame.plainText == "漢字\n  abc\n")
  }

  @Test mutating func `a text over the right edge is cut there`() {
    frame.put("abcdefgh", at: Point(column: 5, row: 0))
    #expect(frame.text(row: 0) == "     abc")
    #expect(columns(of: frame, row: 0) == 8)
  }

  @Test mutating func `a wide character cut by the right edge leaves a blank`() {
    frame.put("a漢", at: Point(column: 6, row: 0))
    #expect(frame.text(row: 0) == "      a ")
    frame.put("漢", at: Point(column: 6, row: 1))
    #expect(frame.text(row: 1) == "      漢")
    #expect(frame[Point(column: 7, row: 1)].isContinuation)
  }

  @Test mutating func `a text that begins left of the frame shows its rest`() {
    frame.put("abcd", at: Point(column: -2, row: 0))
    #expect(frame.text(row: 0) == "cd      ")
    frame.put("漢字", at: Point(column: -1, row: 1))
    #expect(frame.text(row: 1) == " 字     ")
    #expect(columns(of: frame, row: 1) == 8)
  }

  @Test mutating func `a text that begins beyond the right edge changes nothing`() {
    let before = frame
    frame.put("beyond", at: Point(column: frame.size.columns, row: 0))
    frame.put("far beyond", at: Point(column: frame.size.columns + 40, row: 0), maxWidth: 4)
    #expect(frame == before)
  }

  @Test mutating func `drawing outside of the frame changes nothing`() {
    let before = frame
    for point in [Point(column: 0, row: -1), Point(column: 0, row: 3), Point(column: 8, row: 0)] {
      frame.put("abc漢", at: point)
    }
    frame.put("abc", at: Point(column: -3, row: 0))
    frame.fill(Rect(column: 9, row: 0, columns: 3, rows: 3), with: "x", style: Style())
    #expect(frame == before)
  }

  @Test mutating func `a text that begins behind the right edge, or ends before the left one, changes nothing`() {
    for (text, column) in [("", 12), ("a", 9), ("abc", 8), ("", -3), ("abc", -3), ("", 8)] {
      frame.put(text, at: Point(column: column, row: 1))
      frame.put(text, at: Point(column: column, row: 1), maxWidth: 0)
    }
    #expect(frame == Frame(size: Size(columns: 8, rows: 3)))
  }

  @Test mutating func `writing over half of a wide character blanks its other half`() {
    frame.put("漢字", at: Point(column: 1, row: 0))
    frame.put("x", at: Point(column: 2, row: 0))
    #expect(frame.text(row: 0) == "  x字   ")
    frame.put("漢字", at: Point(column: 1, row: 1))
    frame.put("字", at: Point(column: 2, row: 1))
    #expect(frame.text(row: 1) == "  字    ")
    frame.put("漢字", at: Point(column: 1, row: 2))
    frame.fill(Rect(column: 2, row: 2, columns: 2, rows: 1), with: "-", style: Style())
    #expect(frame.text(row: 2) == "  --    ")
    for row in 0..<3 { #expect(columns(of: frame, row: row) == 8) }
  }

  @Test mutating func `a text wider than its space ends in an ellipsis`() {
    #expect(frame.put("abcdef", at: Point(column: 1, row: 0), maxWidth: 4) == 4)
    #expect(frame.text(row: 0) == " abc…   ")
  }

  @Test mutating func `a control character becomes a dot`() {
    frame.put("a\u{1B}[2J", at: Point(column: 0, row: 0))
    #expect(frame.text(row: 0) == "a·[2J   ")
  }

  @Test mutating func `an aligned text fills its space`() {
    frame.fill(frame.bounds, with: "x", style: Style())
    frame.put("ab", at: Point(column: 1, row: 0), width: 6, alignment: .trailing)
    frame.put("ab", at: Point(column: 1, row: 1), width: 6, alignment: .centre)
    frame.put("abcdefgh", at: Point(column: 1, row: 2), width: 6, alignment: .leading)
    #expect(frame.plainText == "x    abx\nx  ab  x\nxabcde…x")
  }

  @Test mutating func `spans are cut together`() {
    let spans = [Span("ab", Style(.accent)), Span("cdef", Style(.dim)), Span("gh")]
    #expect(frame.put(spans, at: Point(column: 0, row: 0), maxWidth: 5) == 5)
    #expect(frame.text(row: 0) == "abcd…   ")
    #expect(frame[Point(column: 1, row: 0)].style == Style(.accent))
    #expect(frame[Point(column: 4, row: 0)].style == Style(.dim))
    #expect(frame.put(spans, at: Point(column: 0, row: 1), maxWidth: 8) == 8)
    #expect(frame.text(row: 1) == "abcdefgh")
    #expect(frame.put(spans, at: Point(column: 0, row: 2), maxWidth: 0) == 0)
    #expect(frame.text(row: 2) == "        ")
  }

  @Test mutating func `a box has its title in its top line and gives its inside`() {
    let inside = frame.box(frame.bounds, title: "Queues")
    #expect(frame.plainText == "┌ Que… ┐\n│      │\n└──────┘")
    #expect(inside == Rect(column: 1, row: 1, columns: 6, rows: 1))
  }

  @Test mutating func `an area too small for a box has none`() {
    let before = frame
    let area = Rect(column: 0, row: 0, columns: 8, rows: 1)
    #expect(frame.box(area, title: "x") == area)
    #expect(frame == before)
  }

  @Test mutating func `restyling changes the meaning and leaves the text`() {
    frame.put("漢字", at: Point(column: 0, row: 0), style: Style(.danger))
    frame.restyle(Rect(column: 0, row: 0, columns: 8, rows: 1)) { $0.surface = .selection }
    #expect(frame[Point(column: 1, row: 0)].style == Style(.danger, on: .selection))
    #expect(frame[Point(column: 7, row: 0)].style == Style(.text, on: .selection))
    #expect(frame.text(row: 0) == "漢字    ")
  }

  @Test func `an empty frame takes everything and shows nothing`() {
    var empty = Frame(size: Size(columns: 0, rows: 0))
    empty.put("abc", at: Point(column: 0, row: 0))
    empty.box(Rect(column: 0, row: 0, columns: 5, rows: 5))
    #expect(empty.plainText.isEmpty)
  }
}
