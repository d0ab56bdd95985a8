// The JSON that changes and the journal answer (DESIGN.md section 5). Key names
// and their order are a contract.

import CloudModel
import Foundation
import JournalModel

/// Builders of outcome objects.
package enum Outcomes {
  /// `tasks discard --dry-run`, and a discard that matched nothing.
  package static func discard(_ plan: DiscardPlan) -> JSON {
    [
      "journal": .null, "planned": .integer(plan.names.count), "names": names(plan.names), "discarded": [], "gone": [],
      "failed": [],
    ]
  }

  /// `tasks discard` and `journal resume` of a discard. Items whose outcome could not be found out count as failed.
  package static func discard(_ entry: JournalEntry, _ journal: any Journal) async throws(JournalError) -> JSON {
    var lists = Lists()
    try await journal.forEachPage(of: entry.number) { page in for item in page { lists.add(item) } }
    return [
      "journal": .integer(entry.number), "planned": .integer(entry.counts.planned), "names": .array(lists.names),
      "discarded": .array(lists.discarded), "gone": .array(lists.gone), "failed": .array(lists.failed),
    ]
  }

  /// `journal undo` and `journal resume` of an undo.
  package static func undo(
    _ entry: JournalEntry, skipped: [PassedOver] = [], _ journal: any Journal
  ) async throws(JournalError) -> JSON {
    var lists = Lists()
    try await journal.forEachPage(of: entry.number) { page in for item in page { lists.add(item) } }
    return [
      "journal": .integer(entry.number), "undoes": entry.header.undoes.map(JSON.integer) ?? .null,
      "restored": .array(lists.restored), "skipped": passedOver(skipped), "failed": .array(lists.failed),
    ]
  }

  /// `journal undo --dry-run`, and an undo with nothing to put back: with the names that would be.
  package static func undo(_ plan: RestorePlan) -> JSON {
    [
      "journal": .null, "undoes": .integer(plan.origin.number), "planned": .integer(plan.names.count),
      "names": names(plan.names), "restored": [], "skipped": passedOver(plan.skipped), "failed": [],
    ]
  }

  /// `journal list`.
  package static func list(_ entries: [JournalEntry]) -> JSON { .array(entries.map { .object(row($0)) }) }

  /// The head of `journal show`, and an object of `journal list`.
  package static func row(_ entry: JournalEntry) -> JSONObject {
    let counts = entry.counts
    var row: JSONObject = [
      "journal": .integer(entry.number), "time": .string(entry.header.time.description),
      "action": .string(entry.header.action.rawValue), "context": .string(entry.header.acting.context),
      "account": .string(entry.header.acting.account), "state": .string(entry.progress.rawValue),
      "planned": .integer(counts.planned), "discarded": .integer(counts.discarded), "gone": .integer(counts.gone),
      "failed": .integer(counts.failed), "restored": .integer(counts.restored),
    ]
    // Jobs and the like are neither discarded nor gone.
    if entry.header.action.changesResources { row["changed"] = .integer(counts.changed) }
    return row
  }

  /// Calls `body` with each item of `journal show`.
  package static func forEachItem(
    of entry: JournalEntry, _ journal: any Journal, _ body: (JSON) -> Void
  ) async throws(JournalError) {
    try await journal.forEachPage(of: entry.number) { page in for item in page { body(.object(object(item))) } }
    for change in try await journal.changes(of: entry.number) { body(ChangeReport.item(change)) }
  }

  /// `journal export`: one object for the entry, then one for each item with the task as it was, given to `write` one by
  /// one, so that memory holds no more than some hundreds.
  package static func export(
    _ entry: JournalEntry, _ journal: any Journal, write: (JSON) -> Void
  ) async throws(JournalError) {
    var head = row(entry)
    head["endpoint"] = .string(entry.header.acting.endpoint)
    head["undoes"] = entry.header.undoes.map(JSON.integer)
    head["intent"] = entry.header.intent
    head["plan"] = entry.plan
    write(.object(head))
    try await journal.forEachPage(of: entry.number) { page async throws(JournalError) in
      let contents = try await journal.contents(of: entry.number, at: page.map(\.position))
      for item in page { write(exported(item, contents[item.position], of: entry.number)) }
    }
    for change in try await journal.changes(of: entry.number) {
      write(ChangeReport.exported(change, of: entry.number))
    }
  }

  private static func exported(_ item: JournalItem, _ content: Data?, of number: Int) -> JSON {
    var line: JSONObject = ["journal": .integer(number)]
    line.merge(object(item))
    if let content {
      // Content that is not JSON cannot come from here; a damaged one is still worth having.
      do { line["task"] = try JSON(parsing: content) } catch {
        line["task"] = .string(String(decoding: content, as: UTF8.self))
      }
    }
    return .object(line)
  }

  static func object(_ item: JournalItem) -> JSONObject {
    [
      "name": .string(item.name.description), "state": .string(item.shownState.word),
      "error": item.error.map(JSON.string) ?? .null,
      "restoredAs": item.restoredAs.map { .string($0.description) } ?? .null,
    ]
  }

  private static func names(_ names: FrozenNames) -> JSON { .array(names.map { .string($0.description) }) }

  static func passedOver(_ list: [PassedOver]) -> JSON {
    .array(list.map { ["name": .string($0.name.description), "reason": .string($0.reason)] })
  }
}

/// Items by outcome.
private struct Lists {
  var names: [JSON] = []
  var discarded: [JSON] = []
  var gone: [JSON] = []
  var failed: [JSON] = []
  var restored: [JSON] = []

  mutating func add(_ item: JournalItem) {
    let name = JSON.string(item.name.description)
    names.append(name)
    switch item.state {
    case .discarded: discarded.append(name)
    case .gone: gone.append(name)
    case .restored:
      restored.append(["name": name, "restoredAs": item.restoredAs.map { .string($0.description) } ?? .null])
    case .failed: failed.append(["name": name, "error": .string(item.error ?? "")])
    case .sent where item.error != nil: failed.append(["name": name, "error": .string(item.error ?? "")])
    case .planned, .sent: break
    }
  }
}
