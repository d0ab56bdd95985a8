// Cutting the screen up never makes a rectangle that reaches outside of the one it was cut from.

import Terminal
import Testing

@Suite struct GeometryTests {
  let area = Rect(column: 2, row: 3, columns: 10, rows: 6)

  @Test func `the top, the bottom, the left and the right are cut off with the rest beside them`() {
    #expect(area.splitTop(2).top == Rect(column: 2, row: 3, columns: 10, rows: 2))
    #expect(area.splitTop(2).rest == Rect(column: 2, row: 5, columns: 10, rows: 4))
    #expect(area.splitBottom(1).bottom == Rect(column: 2, row: 8, columns: 10, rows: 1))
    #expect(area.splitBottom(1).rest == Rect(column: 2, row: 3, columns: 10, rows: 5))
    #expect(area.splitLeft(4).left == Rect(column: 2, row: 3, columns: 4, rows: 6))
    #expect(area.splitRight(4).right == Rect(column: 8, row: 3, columns: 4, rows: 6))
    #expect(area.splitRight(4).rest == Rect(column: 2, row: 3, columns: 6, rows: 6))
  }

  @Test(arguments: [-3, 0, 6, 7, 100])
  func `a cut of any size gives two parts that make up the whole`(count: Int) {
    let (top, rest) = area.splitTop(count)
    #expect(top.rows + rest.rows == area.rows)
    #expect(rest.bottom == area.bottom)
    let (bottom, above) = area.splitBottom(count)
    #expect(bottom.rows + above.rows == area.rows)
    #expect(bottom.bottom == area.bottom)
  }

  @Test func `an inset larger than the rectangle leaves an empty one inside of it`() {
    let inner = area.inset(by: 8)
    #expect(inner.isEmpty)
    #expect(area.inset(by: 1) == Rect(column: 3, row: 4, columns: 8, rows: 4))
  }

  @Test func `a centred rectangle is never larger than the one around it`() {
    #expect(area.centred(Size(columns: 4, rows: 2)) == Rect(column: 5, row: 5, columns: 4, rows: 2))
    #expect(area.centred(Size(columns: 40, rows: 20)) == area)
  }

  @Test func `rectangles that do not meet have an empty intersection`() {
    #expect(area.intersection(Rect(column: 50, row: 0, columns: 5, rows: 50)).isEmpty)
    #expect(
      area.intersection(Rect(column: 0, row: 0, columns: 5, rows: 5)) == Rect(column: 2, row: 3, columns: 3, rows: 2))
  }

  @Test func `a row outside of the rectangle is empty`() {
    #expect(area.row(5) == Rect(column: 2, row: 8, columns: 10, rows: 1))
    #expect(area.row(6).isEmpty)
    #expect(area.row(-1).isEmpty)
  }

  @Test func `negative sizes become zero`() {
    #expect(Size(columns: -1, rows: -5) == Size(columns: 0, rows: 0))
  }
}
