// Tables: only the rows on the screen are looked at.

import Foundation
import Terminal

func renderTable<Row>(
  _ table: TableModel<Row>, _ words: TableWords, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
) {
  let area = layout.table
  let columns = table.placed(in: area.columns)
  guard table.content.latest != nil else { return renderWithoutRows(table, words, state, layout.body, &frame) }
  renderHeadings(table, columns, area, &frame)
  if table.visible.isEmpty { return renderEmpty(table, words, state, layout.body.splitTop(1).rest, &frame) }
  let moment = state.moment
  for line in 0..<layout.tableRows {
    let position = table.offset + line
    guard let row = table.row(at: position) else { break }
    let rect = layout.tableBody.row(line)
    frame.target(rect, .line(line))
    renderRow(row, table, columns, moment, isCurrent: position == table.cursor, rect, &frame)
    if table.isMarked(at: position) {
      frame.put("▌", at: rect.origin, style: Style(.marked, on: position == table.cursor ? .selection : nil))
    } else if table.marks.rangeStart == table.visible[position] {
      frame.put("┌", at: rect.origin, style: Style(.marked, on: position == table.cursor ? .selection : nil))
    }
  }
}

// MARK: - Rows

private func renderHeadings<Row>(
  _ table: TableModel<Row>, _ columns: [PlacedColumn], _ area: Rect, _ frame: inout Frame
) {
  frame.fill(Rect(column: 0, row: area.top, columns: frame.size.columns, rows: 1), style: Style(.heading))
  for placed in columns {
    let column = table.columns[placed.index]
    let isSorted = column.title == table.sort.title
    let arrow = isSorted ? (table.sort.isDescending ? "▼" : "▲") : ""
    // Beside a number the arrow stands left of the title, so that titles stay above the last digits.
    let title = column.alignment == .trailing ? arrow + column.title : column.title + arrow
    let place = Rect(column: area.left + placed.left, row: area.top, columns: placed.width, rows: 1)
    frame.target(place, .heading(placed.index))
    frame.put(
      title, at: place.origin, width: placed.width,
      alignment: column.alignment, style: Style(.heading, attributes: isSorted ? .underline : []))
  }
}

private func renderRow<Row>(
  _ row: Row, _ table: TableModel<Row>, _ columns: [PlacedColumn], _ moment: Moment, isCurrent: Bool, _ rect: Rect,
  _ frame: inout Frame
) {
  let surface: Role? = isCurrent ? .selection : nil
  if isCurrent { frame.fill(rect, style: Style(.selection)) }
  for placed in columns {
    let column = table.columns[placed.index]
    let cell = column.cell(row, moment)
    var style = Style(
      isCurrent && cell.role == .text ? .selection : cell.role, on: surface, attributes: cell.attributes)
    if !table.flash.cells.isEmpty, table.flash.cells[row.id]?.contains(placed.index) == true {
      style = style.changed
    }
    let place = Point(column: rect.left + placed.left, row: rect.top)
    frame.put(cell.text, at: place, width: placed.width, alignment: column.alignment, style: style)
    if column.search != nil, !table.applied.isEmpty, table.applied.condition == nil {
      highlight(table.applied.text, cell, placed, column.alignment, place, surface, &frame)
    }
  }
}

/// Shows what the filter matched. Texts beyond ASCII are found by the filter too, but not coloured.
private func highlight(
  _ filter: String, _ cell: CellText, _ placed: PlacedColumn, _ alignment: Alignment, _ place: Point, _ surface: Role?,
  _ frame: inout Frame
) {
  // A glyph before the text takes one column and more than one byte.
  let glyph = cell.text.utf8.first.map { $0 < 0x80 } ?? true ? "" : String(cell.text.prefix(2))
  let text = String(cell.text.dropFirst(glyph.count))
  guard let range = TextFilter(filter).asciiRange(in: text) else { return }
  let shift = glyph.count + (alignment == .trailing ? max(0, placed.width - TextWidth.of(cell.text)) : 0)
  let start = shift + range.lowerBound
  let end = min(placed.width, shift + range.upperBound)
  guard start < end else { return }
  frame.restyle(Rect(column: place.column + start, row: place.row, columns: end - start, rows: 1)) { style in
    style = Style(.match, on: surface)
  }
}

// MARK: - No rows

private func renderWithoutRows<Row>(
  _ table: TableModel<Row>, _ words: TableWords, _ state: ConsoleState, _ area: Rect, _ frame: inout Frame
) {
  switch table.content {
  case .failed(let failure, _): renderFailure(failure, state, in: area, &frame)
  case .unasked, .loading, .loaded:
    renderMiddle(
      [
        ("Loading \(words.loading)...", Style(.info)),
        ("from \(state.context.endpoint)\(state.loadingAge)", Style(.dim)),
      ], in: area, &frame)
  }
}

private func renderEmpty<Row>(
  _ table: TableModel<Row>, _ words: TableWords, _ state: ConsoleState, _ area: Rect, _ frame: inout Frame
) {
  if let looking = words.looking {
    return renderMiddle([(looking, Style(.info)), (table.applied.text, Style(.dim))], in: area, &frame)
  }
  if !table.applied.isEmpty {
    let key = state.keys.names(for: .back)
    return renderMiddle(
      [
        ("Nothing matches \"\(table.applied.text)\".", Style(.warning)),
        ("\(Words.count(table.count)) are hidden. \(key) clears the filter.", Style(.dim)),
      ], in: area, &frame)
  }
  renderMiddle([(words.title, Style(.title)), (words.sentence, Style(.dim))], in: area, &frame)
}
