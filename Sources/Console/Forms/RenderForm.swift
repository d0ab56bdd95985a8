// Drawing a form: a line for each field, what is wrong below its field, and at the end what the field wants.

import Foundation
import Terminal

extension Form {
  private static let problemRows = 2

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let columns = min(100, layout.size.columns - 2)
    let wrapped = problem.map { DocumentLayout.wrap("✗ \(sanitised($0.reason))", width: columns - 6) } ?? []
    let trouble = Array(wrapped.prefix(Self.problemRows))
    let rows = fields.count + Self.problemRows + 6
    let area = layout.body.centred(Size(columns: columns, rows: min(rows, layout.body.rows)))
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: sanitised(title), style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    let hintRows = inside.rows > 6 ? 2 : inside.rows > 3 ? 1 : 0
    let (hints, list) = inside.splitBottom(hintRows)
    renderFields(trouble, in: list, &frame)
    for (index, line) in hintLines(width: inside.columns).prefix(hintRows).enumerated() {
      let row = hints.row(index)
      frame.put(line, at: row.origin, style: Style(.dim, on: .overlay), maxWidth: row.columns)
    }
  }

  private func hintLines(width: Int) -> [String] {
    DocumentLayout.wrap(fields[cursor].hint + sizeWords, width: width)
  }

  /// What cannot be seen of a long text is said.
  private var sizeWords: String {
    let text = fields[cursor].text.text
    guard fields[cursor].text.kind == .payload, text.utf8.count > 60 || text.contains("\n") else { return "" }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
    return " \(Words.count(lines, "line")), \(Words.bytes(text.utf8.count))."
  }

  /// Scrolled so that the field under the cursor and what is wrong with it are there.
  private func renderFields(_ trouble: [String], in area: Rect, _ frame: inout Frame) {
    var lines: [(field: Int, words: String?)] = []
    for index in fields.indices {
      lines.append((index, nil))
      if problem?.field == index { lines += trouble.map { (index, $0) } }
    }
    let last = lines.lastIndex { $0.field == cursor } ?? 0
    let first = max(0, min(last - area.rows + 1, lines.count - area.rows))
    for (place, line) in lines.dropFirst(first).prefix(area.rows).enumerated() {
      let row = area.row(place)
      if let words = line.words {
        frame.put(words, at: Point(column: row.left + 2, row: row.top), style: Style(.danger, on: .overlay))
      } else {
        renderField(line.field, in: row, &frame)
      }
    }
  }

  private func renderField(_ index: Int, in row: Rect, _ frame: inout Frame) {
    let label = min(row.columns / 2, (fields.map { TextWidth.of($0.label) }.max() ?? 0) + 2)
    frame.target(row, .line(index))
    frame.put(
      fields[index].label, at: row.origin, style: Style(index == cursor ? .accent : .dim, on: .overlay),
      maxWidth: label)
    let place = row.splitLeft(label).rest
    frame.fill(place, style: Style(.inputField))
    if index == cursor {
      Console.renderField(fields[index].text, in: place, &frame)
    } else {
      frame.put(
        fields[index].text.beginning(columns: place.columns), at: place.origin, style: Style(.inputField),
        maxWidth: place.columns)
    }
  }
}
