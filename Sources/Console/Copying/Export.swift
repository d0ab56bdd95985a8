// What a table shows, as a file: JSON with an honest `complete`, or CSV.

import CloudModel
import Foundation

/// An export that is to be written. Making the text of many rows takes time and memory, so it is made by whoever writes
/// it, piece by piece.
package struct Export: Equatable, Sendable {
  package let path: String
  package let rows: Int
  /// Why it does not hold everything; nil when it does.
  package let gap: String?
  /// Makes the bytes, in pieces.
  package let write: @Sendable (_ output: @escaping ([UInt8]) -> Void) -> Void

  /// All of it.
  package var text: String {
    var all: [UInt8] = []
    write { all += $0 }
    return String(decoding: all, as: UTF8.self)
  }

  package static func == (left: Export, right: Export) -> Bool {
    (left.path, left.rows, left.gap) == (right.path, right.rows, right.gap)
  }
}

extension TableScreen {
  /// What the table shows now: the filter's rows in the order of the sort, the columns that are chosen.
  func export(to path: String, _ state: ConsoleState) -> Export {
    let (model, moment) = (state[keyPath: table], state.moment)
    let columns = model.shownColumns
    let gap = gap(model, state)
    let facts: JSONObject = [
      "table": .string(tab.name), "context": .string(state.context.name ?? ""),
      "project": .string(state.context.project), "endpoint": .string(state.context.endpoint),
      "queue": tab == .tasks ? state.openQueue.map { .string($0.description) } ?? .null : .null,
      "filter": .string(model.applied.text), "asOf": shownAt(state).map { .string(Timestamp($0).description) } ?? .null,
      "complete": .bool(gap == nil), "gap": gap.map(JSON.string) ?? .null,
    ]
    let isCSV = path.lowercased().hasSuffix(".csv")
    return Export(path: path, rows: model.visible.count, gap: gap) { output in
      let rows = model.visible.indices.lazy.compactMap { model.row(at: $0) }.map { row in
        columns.map { ($0.title, $0.cell(row, moment).text) }
      }
      if isCSV {
        Self.csv(columns.map(\.title), rows.map { $0.map(\.1) }, gap, output)
      } else {
        Self.json(facts, rows, output)
      }
    }
  }

  private func gap(_ model: TableModel<Row>, _ state: ConsoleState) -> String? {
    if let failure = model.content.failure { return "\(failure.title): \(failure.reason)" }
    if model.isArranging { return "the filter or the sort was still under way" }
    if model.isPartial { return "the list was still arriving" }
    if model.content.latest == nil { return "nothing has been loaded" }
    if tab == .tasks, let look = state.currentLook, look.found == nil {
      return look.failure.map { "\($0.title): \($0.reason)" } ?? "the tasks were still being looked into"
    }
    return state.partials[lane].map { "\($0.title): \($0.reason)" }
  }

  private static func json(
    _ facts: JSONObject, _ rows: some Sequence<[(String, String)]>, _ output: @escaping ([UInt8]) -> Void
  ) {
    var stream = JSONStream(isPretty: true, output: output)
    for fact in facts { stream.put(fact.key, fact.value) }
    stream.beginList("rows")
    for row in rows { stream.add(.object(row.reduce(into: JSONObject()) { $0[$1.0] = .string($1.1) })) }
    stream.endList()
    stream.end()
  }

  /// RFC 4180. A first cell that a spreadsheet would take for a formula gets an apostrophe.
  private static func csv(
    _ titles: [String], _ rows: some Sequence<[String]>, _ gap: String?, _ output: ([UInt8]) -> Void
  ) {
    func cell(_ text: String) -> String {
      let safe = text.first.map { "=+-@".contains($0) && text != "-" } ?? false ? "'" + text : text
      return safe.contains { ",\"\n\r".contains($0) } ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
    var piece = Array((gap.map { "# incomplete: \($0)\r\n" } ?? "").utf8)
    piece += (titles.map(cell).joined(separator: ",") + "\r\n").utf8
    for row in rows {
      piece += (row.map(cell).joined(separator: ",") + "\r\n").utf8
      guard piece.count >= 1 << 16 else { continue }
      output(piece)
      piece.removeAll(keepingCapacity: true)
    }
    output(piece)
  }
}

extension Command {
  static let export = Command(
    "export", arguments: "FILE.json|FILE.csv", help: "Write what the table shows to a file."
  ) { state, arguments in
    // What begins with a slash looks like a filter, and is a path here.
    let words = (arguments.words + (arguments.filter.map { ["/\($0)"] } ?? [])).joined(separator: " ")
    let path = words.trimmingCharacters(in: .whitespaces)
    guard path.hasSuffix(".json") || path.hasSuffix(".csv") else {
      return .failure(CommandProblem("export wants a file that ends in .json or .csv"))
    }
    guard let table = state.screen.view as? any TableScreen else {
      return .failure(CommandProblem("only a table can be exported"))
    }
    return .success([.export(table.export(to: path, state))])
  }
}
