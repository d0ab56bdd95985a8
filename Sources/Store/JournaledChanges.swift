// Resources of journaled changes: the table, and reading and writing it.

import CloudModel
import Foundation
import GRDB
import JournalModel

extension Schema {
  static func createChanges(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE change (
          entry INTEGER NOT NULL,
          position INTEGER NOT NULL,
          name TEXT NOT NULL,
          before TEXT,
          after TEXT,
          state INTEGER NOT NULL DEFAULT 0,
          error TEXT,
          PRIMARY KEY (entry, position)
        ) WITHOUT ROWID
        """)
  }
}

extension SQLiteJournal {
  /// Adds resources to the plan of an entry that is not sealed yet.
  package func append(_ changes: [JournaledChange], to entry: Int) async throws(JournalError) {
    try await write { db in
      let statement = try db.cachedStatement(
        sql: "INSERT INTO change (entry, position, name, before, after) VALUES (?, ?, ?, ?, ?)")
      for change in changes {
        try statement.execute(
          arguments: [entry, change.position, change.name, change.before?.compact, change.after?.compact])
      }
    }
  }

  /// Writes all of the outcomes or none; they are on the disk when it returns.
  package func settle(_ outcomes: [ChangeOutcome], of entry: Int) async throws(JournalError) {
    if outcomes.isEmpty { return }
    try await write { db in
      let statement = try db.cachedStatement(
        sql: "UPDATE change SET state = ?, error = ? WHERE entry = ? AND position = ?")
      for outcome in outcomes {
        try statement.execute(arguments: [outcome.state.rawValue, outcome.error, entry, outcome.position])
        guard db.changesCount == 1 else { throw Self.missing(entry) }
      }
    }
  }

  /// The resources of a change in the order of the plan.
  package func changes(of entry: Int) async throws(JournalError) -> [JournaledChange] {
    try await read { db in
      let sql = "SELECT * FROM change WHERE entry = ? ORDER BY position"
      return try Row.fetchAll(db, sql: sql, arguments: [entry]).map { row in
        guard let state = ChangeState(rawValue: row["state"]) else {
          throw JournalError(.corrupt, reason: "There is no state \(row["state"] as Int) of a change.")
        }
        return JournaledChange(
          position: row["position"], name: row["name"], before: try Self.resource(row["before"]),
          after: try Self.resource(row["after"]), state: state, error: row["error"])
      }
    }
  }

  private static func resource(_ text: String?) throws -> JSON? {
    guard let text else { return nil }
    do { return try JSON(parsing: text) } catch { throw JournalError(.corrupt, reason: "Not JSON: \(error)") }
  }

  /// How many resources of each entry are where.
  static func countChanges(of number: Int?, into counts: inout [Int: JournalCounts], _ db: Database) throws {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT entry, state, COUNT(*) AS count FROM change
        \(number == nil ? "" : "WHERE entry = ?") GROUP BY entry, state
        """, arguments: number.map { [$0] } ?? [])
    for row in rows {
      let count: Int = row["count"]
      var entry = counts[row["entry"]] ?? JournalCounts()
      entry.planned += count
      switch ChangeState(rawValue: row["state"]) {
      case .planned: entry.waiting += count
      case .sent: entry.sent += count
      case .done: entry.changed += count
      case .failed: entry.failed += count
      case nil: throw JournalError(.corrupt, reason: "There is no state \(row["state"] as Int) of a change.")
      }
      counts[row["entry"]] = entry
    }
  }
}
