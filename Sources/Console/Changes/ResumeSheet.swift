// The plan of a resume: what of an entry is not done, from the entry itself. The names are those that were frozen and
// confirmed when the entry was opened; none is added.

import Foundation
import JournalModel
import Operations
import Terminal

extension PlanSheet {
  init(resuming row: JournalRow, openKey: String) {
    let title = "Resume journal entry \(row.number): \(row.entry.header.action) \(row.subject)"
    self.init(
      title: sanitised(title), document: Document(resuming: row, title: title, openKey: openKey), names: FrozenNames(),
      confirmation: row.subject.isEmpty ? row.id : row.subject)
    // The entry names its tasks; here they are only counted.
    changesResources = true
  }
}

extension Document {
  fileprivate init(resuming row: JournalRow, title: String, openKey: String) {
    let (counts, header) = (row.entry.counts, row.entry.header)
    let parts = [
      (counts.waiting, "whose turn had not come: done now"),
      (counts.sent, "sent, with an outcome that is not known: looked at, and done where they were not"),
      (counts.failed, "that failed: tried again"),
    ]
    let lines = parts.filter { $0.0 > 0 }.map { number, words -> Line in
      .spans([Span("\(Words.count(number))  ", Style(.number)), Span(words, Style())])
    }
    let settled = counts.planned - counts.waiting - counts.sent - counts.failed
    self.init(
      title: sanitised(title),
      sections: [
        Section("Plan", lines: lines.isEmpty ? [.note("Nothing is left of it but its end.")] : lines),
        Section(
          "Of the entry",
          lines: [
            .moment("Begun", header.time.date), .field("Asked for", sanitised(header.intent.compact)),
            .field("Endpoint", sanitised(header.acting.endpoint)),
            .field("Already done", "\(Words.count(max(0, settled))) of \(Words.count(counts.planned))"),
            .note("Nothing is added to what was confirmed then. Esc, then \(openKey), shows each name."),
          ]),
      ])
  }
}
