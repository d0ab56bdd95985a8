// The journal, and the page about one of its entries.

import Foundation
import Terminal

struct JournalScreen: TableScreen {
  var table: WritableKeyPath<ConsoleState, TableModel<JournalRow>> & Sendable { \.journal }
  var tab: Tab { .journal }
  var lane: Lane { .journal }
  var noun: String { "change" }
  var failingWord: String { "unfinished" }
  var scopes: [Scope] { [.table, .journal, .changing] }

  func crumbs(_ state: ConsoleState) -> [String] { ["journal"] }
  func loading(_ state: ConsoleState) -> String { "the journal" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    ("Nothing was changed yet.", "Every discard is written here before it begins.")
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    state.journal.current.map { entryCopies($0, state) + rowCopies(state) } ?? []
  }

  func preview(_ state: ConsoleState) -> Document? {
    state.journal.current.map { Document($0.entry, items: [], more: 0) }
  }

  func opened(_ state: ConsoleState) -> OpenedPage? {
    state.journal.current.map {
      OpenedPage(
        screen: Screen(EntryPage(number: $0.number)),
        document: Document($0.entry, items: [], more: $0.entry.counts.planned), at: shownAt(state))
    }
  }
}

struct EntryPage: PageScreen {
  let number: Int

  var tab: Tab { .journal }
  var before: Screen? { .journal }
  var scopes: [Scope] { [.entry, .page, .journal, .changing] }
  func crumbs(_ state: ConsoleState) -> [String] { ["journal", String(number)] }
  func lanes(_ state: ConsoleState) -> [Lane] { [.page, .journal] }
  func load(_ generation: Generation) -> Effect? { .loadEntry(number, generation) }

  func copies(_ state: ConsoleState) -> [Copy] {
    state.journal.rows.first { $0.number == number }.map { entryCopies($0, state) } ?? []
  }
}

private func entryCopies(_ row: JournalRow, _ state: ConsoleState) -> [Copy] {
  EquivalentCommands(context: state.context).entry(row.number, canUndo: row.objectionToUndo == nil)
    + [
      Copy(title: "entry", text: String(row.number)),
      Copy(title: "what was asked", text: row.entry.header.intent.compact),
    ]
}

extension Screen {
  static let journal = Screen(JournalScreen())
}
