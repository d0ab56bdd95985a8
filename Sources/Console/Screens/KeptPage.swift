// What the journal keeps of one item of an entry: the task as it was before it was discarded, or the resource before and
// after.

import CloudModel
import Foundation
import JournalModel
import Terminal

struct KeptPage: PageScreen {
  let number: Int
  let position: Int

  var tab: Tab { .journal }
  var before: Screen? { Screen(EntryPage(number: number)) }
  var scopes: [Scope] { [.page] }
  func crumbs(_ state: ConsoleState) -> [String] { ["journal", String(number), "item \(position + 1)"] }
  func load(_ generation: Generation) -> Effect? { .loadKept(entry: number, position: position, generation) }
  func copies(_ state: ConsoleState) -> [Copy] { state.pushCopies }

  func neighbour(_ step: Int, _ state: ConsoleState) -> Screen? {
    let count = state.journal.rows.first { $0.number == number }?.entry.counts.planned ?? 0
    let next = position + step
    return (0..<count).contains(next) ? Screen(KeptPage(number: number, position: next)) : nil
  }
}

extension Scope {
  static let entry = Scope("entry", "On a journal entry", elsewhere: "only on the page of a journal entry")
}

extension Action {
  static let openKept = Action(
    "journal.open-item", "Contents", "Show what the journal keeps of this task or resource.", keys: ["Enter"],
    scope: .entry, footer: "contents", rank: 1, command: ["journal", "export"],
    refusal: { $0.page.item == nil ? "Put the cursor on one of the tasks." : nil }
  ) { state, _ in
    guard let page = state.screen.as(EntryPage.self), let item = state.page.item else { return [.bell] }
    return state.openKept(Screen(KeptPage(number: page.number, position: item)))
  }
}

extension ConsoleState {
  mutating func openKept(_ screen: Screen) -> [Effect] {
    let effects = show(screen)
    page = PageState()
    lanes[.page] = LaneState(isForced: true)
    return effects
  }
}

extension Document {
  /// A task of an entry.
  ///
  /// - Parameter task: as it was; nil where the entry kept nothing.
  package init(kept task: CloudTask?, _ item: JournalItem, of entry: JournalEntry) {
    var lines: [Line] = [
      .field("entry", "\(entry.number), \(sanitised(entry.header.action.rawValue))"),
      .field("state", item.shownState.word),
    ]
    if let name = item.restoredAs { lines.append(.field("put back as", sanitised(name.id), .success)) }
    if let error = item.error { lines.append(.field("error", sanitised(error), .danger)) }
    guard let task else {
      lines.append(.field("name", sanitised(item.name.description), .dim))
      lines.append(.note("The entry kept no contents, so there is nothing to show or to put back.", .warning))
      self.init(title: sanitised(item.name.id), sections: [Section("In the journal", lines: lines)])
      return
    }
    self.init(task)
    sections.insert(Section("In the journal", lines: lines), at: 0)
  }

  /// A job or a subscription of an entry.
  package init(kept change: JournaledChange, of entry: JournalEntry) {
    var lines: [Line] = [
      .field("entry", "\(entry.number), \(sanitised(entry.header.action.rawValue))"),
      .field("state", "\(change.verb) \(change.state.word)"), .field("name", sanitised(change.name), .dim),
    ]
    if let error = change.error { lines.append(.field("error", sanitised(error), .danger)) }
    func section(_ title: String, _ resource: JSON?, _ absent: String) -> Section {
      guard let resource else { return Section(title, lines: [.note(absent)]) }
      return Section(
        title,
        lines: resource.pretty.split(separator: "\n").map { .spans([Span(sanitised(String($0)), Style(.string))]) })
    }
    self.init(
      title: sanitised(change.id),
      sections: [
        Section("In the journal", lines: lines), section("Before", change.before, "It was not there."),
        section("After", change.after, "It was deleted."),
      ])
  }
}
