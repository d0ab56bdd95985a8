// What goes to standard output: tables for people, JSON for programs.
// Words (progress, warnings, failures) go to standard error, elsewhere.

import CloudModel
import Foundation
import Terminal

/// One column of a printed table.
struct TableColumn<Row> {
  enum Alignment { case leading, trailing }

  let title: String
  let alignment: Alignment
  let text: (Row) -> String

  init(_ title: String, _ alignment: Alignment = .leading, _ text: @escaping (Row) -> String) {
    (self.title, self.alignment, self.text) = (title, alignment, text)
  }
}

/// Prints rows as they arrive, in one of the three formats.
///
/// In JSON a list is one array; a list that breaks off half-way is left open, so that nobody takes it for complete.
struct ListPrinter<Row> {
  let format: OutputFormat
  let columns: [TableColumn<Row>]
  /// Appends a row in JSON.
  let encode: (Row, inout [UInt8]) -> Void
  /// nil when standard output is not a terminal: then lines are printed in full.
  let terminalWidth: Int?
  let write: ([UInt8]) -> Void

  /// A table is printed when all of it is there, so that its columns fit all rows: for lists of several locations.
  var holdsTable = false
  private var held: [Row] = []
  private var widths: [Int]?
  private var count = 0

  init(
    format: OutputFormat, terminalWidth: Int?, columns: [TableColumn<Row>],
    encode: @escaping (Row, inout [UInt8]) -> Void, write: @escaping ([UInt8]) -> Void
  ) {
    self.format = format
    self.columns = columns
    self.encode = encode
    self.terminalWidth = terminalWidth
    self.write = write
  }

  mutating func print(_ rows: [Row]) {
    switch format {
    case .table where holdsTable: held += rows
    case .table: printTable(rows)
    case .json:
      var out: [UInt8] = []
      for row in rows {
        out += (count == 0 ? "[\n" : ",\n").utf8
        encode(row, &out)
        count += 1
      }
      write(out)
    case .jsonl:
      var out: [UInt8] = []
      for row in rows {
        encode(row, &out)
        out.append(UInt8(ascii: "\n"))
      }
      write(out)
    }
  }

  mutating func finish() {
    flush()
    switch format {
    case .table: if widths == nil { printHeader() }
    case .json: write(Array((count == 0 ? "[]\n" : "\n]\n").utf8))
    case .jsonl: break
    }
  }

  /// Prints what is held: after a failure it is all there will be.
  mutating func flush() {
    if !held.isEmpty { printTable(held) }
    held = []
  }

  /// Widths are settled by the first rows, so that a long list can be printed as it streams in.
  private mutating func printTable(_ rows: [Row]) {
    // An empty page says nothing about widths.
    if rows.isEmpty { return }
    let cells = rows.map { row in columns.map { sanitised($0.text(row)) } }
    let isFirst = widths == nil
    let widths = self.widths ?? fitting(cells)
    self.widths = widths
    let lines = (isFirst ? [columns.map(\.title)] : []) + cells
    write(Array(lines.map { line($0, widths) + "\n" }.joined().utf8))
  }

  private func printHeader() { write(Array((line(columns.map(\.title), fitting([])) + "\n").utf8)) }

  private func fitting(_ cells: [[String]]) -> [Int] {
    columns.indices.map { index in
      cells.reduce(TextWidth.of(columns[index].title)) { max($0, TextWidth.of($1[index])) }
    }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = columns.indices.map { index in
      let gap = String(repeating: " ", count: max(0, widths[index] - TextWidth.of(cells[index])))
      return columns[index].alignment == .trailing ? gap + cells[index] : cells[index] + gap
    }
    let text = String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    return terminalWidth.map { TextWidth.clip(text, to: $0) } ?? text
  }
}

/// Remote text made safe for a terminal.
func printable(_ text: String) -> String { sanitised(text) }

/// Where a command's data goes.
struct Output {
  let format: OutputFormat

  func list<Row>(_ columns: [TableColumn<Row>], json: @escaping (Row) -> JSON) -> ListPrinter<Row> {
    list(columns) { json($0).write(into: &$1) }
  }

  /// For long lists: without a tree for each row.
  func list<Row>(
    _ columns: [TableColumn<Row>], encode: @escaping (Row, inout [UInt8]) -> Void
  ) -> ListPrinter<Row> {
    ListPrinter(
      format: format, terminalWidth: Self.terminalWidth(), columns: columns, encode: encode,
      write: { FileHandle.standardOutput.write(Data($0)) })
  }

  /// One object: JSON as it is, or the lines made for people.
  func show(_ json: JSON, lines: () -> [String]) {
    switch format {
    case .table: Self.write(lines().map { $0 + "\n" }.joined())
    case .json: Self.write(json.pretty + "\n")
    case .jsonl: Self.write(json.compact + "\n")
    }
  }

  /// One object with long lists, written as they come.
  func stream() -> JSONStream {
    JSONStream(isPretty: format != .jsonl) { FileHandle.standardOutput.write(Data($0)) }
  }

  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  /// Words for the person, on standard error.
  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  private static func terminalWidth() -> Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}
