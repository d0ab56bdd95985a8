// An entry of the journal as a line of a table, and as a page.

import CloudModel
import Foundation
import JournalModel
import Terminal

/// What the journal table knows of one entry.
package struct JournalRow: Equatable, Sendable, TableRow {
  package let number: Int
  package let entry: JournalEntry
  /// Made at the endpoint that this console talks to; others can only be looked at here.
  package let isHere: Bool

  package init(_ entry: JournalEntry, isHere: Bool = true) {
    (number, self.entry, self.isHere) = (entry.number, entry, isHere)
  }

  package var id: String { String(number) }
  package var isFailing: Bool { entry.counts.failed > 0 || entry.progress == .interrupted }

  /// `imports`, or `undo of 3`.
  var subject: String {
    if entry.header.action.changesResources, entry.header.undoes == nil {
      return sanitised(
        entry.header.intent["source"]?.string
          ?? entry.header.intent["job"]?.string?.split(separator: "/").last.map(String.init) ?? "jobs")
    }
    if let undone = entry.header.undoes { return "entry \(undone)" }
    let queues = entry.header.intent["queues"]?.array?.compactMap(\.string) ?? []
    return sanitised(queues.compactMap { $0.split(separator: "/").last.map(String.init) }.joined(separator: ", "))
  }

  /// Why it cannot be undone; nil when it can be tried.
  var objectionToUndo: String? {
    if entry.header.action.changesResources { return isHere ? nil : elsewhere }
    if entry.header.action == .undo { return "Entry \(number) is itself an undo." }
    if !entry.header.action.keepsTasks { return "What entry \(number) did can not be undone." }
    if !entry.header.keepsContent { return "Entry \(number) kept nothing, so it cannot be undone." }
    return isHere ? nil : elsewhere
  }

  private var elsewhere: String {
    "Entry \(number) was made at another endpoint: \(sanitised(entry.header.acting.endpoint))."
  }

  /// Why it cannot be resumed; nil when it can be tried.
  var objectionToResume: String? {
    if entry.progress == .running { return "Entry \(number) is being worked on." }
    if entry.progress == .complete, entry.counts.failed == 0 { return "Entry \(number) is complete." }
    return isHere ? nil : elsewhere
  }
}

extension JournalRow {
  static let columns: [Column<JournalRow>] = [
    Column(
      "ENTRY", .trailing, width: .fixed(6), rank: 0, sort: .number { Double($0.number) }, startsDescending: true,
      search: { $0.id }, cell: { row, _ in CellText(row.id) }),
    Column(
      "ACTION", width: .flexible(12), rank: 0, sort: .text { $0.entry.header.action.rawValue },
      search: { sanitised($0.entry.header.action.rawValue) },
      cell: { row, _ in CellText(sanitised(row.entry.header.action.rawValue), row.isHere ? .accent : .dim) }),
    Column(
      "OF", width: .flexible(12), rank: 1, sort: .text { $0.subject }, search: { $0.subject },
      cell: { row, _ in CellText(row.subject, row.isHere ? .text : .dim) }),
    Column(
      "STATE", width: .fixed(13), rank: 0, sort: .text { $0.entry.progress.rawValue },
      search: { $0.entry.progress.rawValue }, cell: { row, _ in stateCell(row) }),
    count("PLANNED", rank: 2) { $0.planned },
    count("DONE", rank: 1) { max($0.discarded, $0.restored) },
    count("GONE", rank: 3) { $0.gone },
    count("FAILED", rank: 1, role: .danger) { $0.failed },
    count("BACK", rank: 3) { $0.restored },
    Column(
      "AGE", .trailing, width: .fixed(5), rank: 1, sort: .age { $0.entry.header.time.date }, startsDescending: false,
      ticks: true,
      cell: { row, moment in CellText(Words.span(moment.now.timeIntervalSince(row.entry.header.time.date))) }),
  ]

  private static func stateCell(_ row: JournalRow) -> CellText {
    switch row.entry.progress {
    case .running: CellText("▸ running", .info)
    case .interrupted: CellText("✗ interrupted", .danger)
    case .complete:
      CellText(row.entry.counts.failed > 0 ? "✗ some failed" : "✓ complete", row.isFailing ? .danger : .success)
    }
  }

  private static func count(
    _ title: String, rank: Int, role: Role = .text, _ value: @escaping @Sendable (JournalCounts) -> Int
  ) -> Column<JournalRow> {
    Column(
      title, .trailing, width: .fixed(8), rank: rank, sort: .number { Double(value($0.entry.counts)) },
      startsDescending: true,
      cell: { row, _ in
        let number = value(row.entry.counts)
        return CellText(Words.count(number), number == 0 ? .dim : role)
      })
  }
}

extension Document {
  /// The page about an entry, with its first items; `more` are not shown.
  package init(_ entry: JournalEntry, items: [JournalItem], more: Int) {
    let counts = entry.counts
    let overview: [Line] = [
      .field("Action", sanitised(entry.header.action.rawValue)), .field("State", entry.progress.rawValue),
      .moment("Time", entry.header.time.date), .field("Account", sanitised(entry.header.acting.account)),
      .field("Endpoint", sanitised(entry.header.acting.endpoint)),
      .field("Asked for", sanitised(entry.header.intent.compact)),
      .field("Planned", Words.count(counts.planned)), .field("Discarded", Words.count(counts.discarded)),
      .field("Gone", Words.count(counts.gone)),
      .field("Failed", Words.count(counts.failed), counts.failed > 0 ? .danger : .text),
      .field(
        "Not done", Words.count(counts.waiting + counts.sent), counts.waiting + counts.sent > 0 ? .warning : .text),
      .field("Put back", Words.count(counts.restored)),
    ]
    var lines = items.map(Self.line)
    if more > 0 { lines.append(.note("and \(Words.count(more)) more: taskdeck journal show \(entry.number)")) }
    self.init(
      title: "Journal entry \(entry.number)",
      sections: [Section("Entry", lines: overview)]
        + (lines.isEmpty ? [] : [Section("Tasks: Enter shows what is kept of one", .items, lines: lines)]))
  }

  private static func line(_ item: JournalItem) -> Line {
    let state = item.shownState
    let role: Role =
      switch state {
      case .planned, .sent: .warning
      case .discarded: .text
      case .gone: .dim
      case .failed: .danger
      case .restored: .success
      }
    let word = state.word.padding(toLength: 11, withPad: " ", startingAt: 0)
    var spans = [Span(word, Style(role)), Span(sanitised(item.name.id), Style())]
    if let name = item.restoredAs, name.id != item.name.id {
      spans.append(Span("  as \(sanitised(name.id))", Style(.dim)))
    }
    if let error = item.error { spans.append(Span("  \(sanitised(error))", Style(.danger))) }
    return .spans(spans)
  }
}
