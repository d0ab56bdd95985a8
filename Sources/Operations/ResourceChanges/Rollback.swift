// Taking back a change of resources: what it was before is in the journal.

import CloudModel
import JournalModel

/// Works out what a rollback has to do.
package struct RollbackPlanner: Sendable {
  private let kind: ChangeKind
  private let journal: any ChangeJournal

  package init(_ kind: ChangeKind, journal: any ChangeJournal) { (self.kind, self.journal) = (kind, journal) }

  /// A rollback: the entry it takes back, and the changes it takes.
  package struct Plan: Equatable, Sendable {
    package var origin: JournalEntry
    package var changes: [ResourceChange]
  }

  /// The rollback of an entry; without a number, of the newest of this kind that was not taken back yet.
  package func plan(_ number: Int?, actingAs acting: Acting) async throws(OperationError) -> Plan {
    let kind = kind
    let entry = try await journaled { () async throws(JournalError) -> JournalEntry? in
      if let number { return try await journal.entry(number) }
      let entries = try await journal.entries()
      let undone = Set(entries.filter { $0.progress == .complete && $0.counts.failed == 0 }.compactMap(\.header.undoes))
      return entries.first {
        kind.actions.contains($0.header.action) && $0.header.action != kind.rollback && !undone.contains($0.number)
          && $0.header.acting.endpoint == acting.endpoint
      }
    }
    guard let entry else {
      throw .refused(
        .init(
          title: "There is nothing to take back",
          reason: "The journal has no change of a \(kind.noun) at \(acting.endpoint) that was not taken back.",
          remedy: "See: taskdeck journal list"))
    }
    try check(entry, acting)
    let made = try await journaled { () async throws(JournalError) in try await journal.changes(of: entry.number) }
    return Plan(origin: entry, changes: Self.reversed(made))
  }

  private func check(_ entry: JournalEntry, _ acting: Acting) throws(OperationError) {
    guard kind.actions.contains(entry.header.action) else {
      throw .wrong(
        .init(
          title: "The entry \(entry.number) cannot be rolled back",
          reason:
            "It is a \(entry.header.action), not one of \(kind.actions.map(\.rawValue).sorted().joined(separator: ", ")).",
          remedy: "Whatever it changed is taken back by: taskdeck journal undo \(entry.number)"))
    }
    guard entry.header.acting.endpoint == acting.endpoint else {
      throw .refused(
        .init(
          title: "The entry \(entry.number) is of another endpoint",
          reason: "It was made at \(entry.header.acting.endpoint), and this is \(acting.endpoint).",
          remedy: "Give the endpoint or the context it was made with."))
    }
    guard entry.progress != .running else {
      throw .refused(
        .init(
          title: "The entry \(entry.number) is being worked on", reason: "Another taskdeck is at it.",
          remedy: "Wait for it to finish."))
    }
  }

  /// What was done, or may have been: creations again first, what was created goes last.
  private static func reversed(_ made: [JournaledChange]) -> [ResourceChange] {
    let back = made.filter { $0.state == .done || $0.state == .sent }
      .map { ResourceChange(name: $0.name, before: $0.before, after: $0.after).reversed }
    return back.filter { $0.after != nil } + back.filter { $0.after == nil }
  }
}
