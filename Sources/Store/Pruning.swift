// Retention. What goes, goes as a whole entry: a trash without its record, or a
// record of tasks that are nowhere, would both mislead.

import CloudModel
import Foundation
import GRDB
import JournalModel

extension SQLiteJournal {
  /// How long and how much is kept.
  package struct Retention: Sendable {
    /// Entries from before this time go.
    package var since: Timestamp?
    /// The oldest entries go until the trash takes no more than this many bytes on disk.
    package var bytes: Int?
    /// Entries from this time on stay, however large they are.
    package var sparing: Timestamp?

    package init(since: Timestamp? = nil, bytes: Int? = nil, sparing: Timestamp? = nil) {
      (self.since, self.bytes, self.sparing) = (since, bytes, sparing)
    }
  }

  /// What pruning did.
  package struct Pruned: Equatable, Sendable {
    /// Numbers of the entries that went.
    package var removed: [Int]
    /// Bytes of trash that went.
    package var bytes: Int
    /// Entries that were due and stay: they are running, were interrupted, or an undo of theirs was.
    package var kept: [Int]
  }

  /// Removes what is due. Entries with open ends stay, because only the journal knows what became of their tasks.
  package func prune(_ retention: Retention) async throws(JournalError) -> Pruned {
    let entries = try await ages()
    let open = Set(entries.filter { !$0.isClosed }.flatMap { [$0.number, $0.undoes].compactMap { $0 } })
    let sizes = try await sizes()
    var total = sizes.values.reduce(0, +)
    var pruned = Pruned(removed: [], bytes: 0, kept: [])
    for entry in entries where retention.sparing.map({ entry.time < $0 }) ?? true {
      let isOld = retention.since.map { entry.time < $0 } ?? false
      let size = sizes[entry.number] ?? 0
      guard isOld || retention.bytes.map({ total > $0 && size > 0 }) ?? false else { continue }
      guard !open.contains(entry.number), try await remove(entry.number) else {
        pruned.kept.append(entry.number)
        continue
      }
      total -= size
      pruned.removed.append(entry.number)
      pruned.bytes += size
    }
    if !pruned.removed.isEmpty { try await giveBackSpace() }
    return pruned
  }

  /// An entry, as far as its age matters.
  private struct Age: Sendable {
    let number: Int
    let time: Timestamp
    let undoes: Int?
    /// Every item has its outcome.
    let isClosed: Bool
  }

  /// Sealed entries, the oldest first. Items are not counted: there may be millions.
  private func ages() async throws(JournalError) -> [Age] {
    try await read { db in
      let sql =
        "SELECT number, seconds, nanoseconds, undoes, closed FROM journal WHERE plan IS NOT NULL ORDER BY number"
      return try Row.fetchAll(db, sql: sql).map { row in
        let closed: String? = row["closed"]
        return Age(
          number: row["number"], time: Timestamp(seconds: row["seconds"], nanoseconds: row["nanoseconds"]),
          undoes: row["undoes"], isClosed: closed != nil)
      }
    }
  }

  /// False when somebody is about to undo it, here or in another process.
  private func remove(_ number: Int) async throws(JournalError) -> Bool {
    do throws(JournalError) { try locks.take(number) } catch {
      if error.kind == .owned { return false }
      throw error
    }
    defer { locks.release(number) }
    try await write { db in try Schema.remove(number, db) }
    return true
  }

  /// Bytes of trash by entry.
  private func sizes() async throws(JournalError) -> [Int: Int] {
    try await read { db in
      var sizes: [Int: Int] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT entry, SUM(LENGTH(data)) AS size FROM content GROUP BY entry") {
        sizes[row["entry"]] = row["size"]
      }
      return sizes
    }
  }

  private func giveBackSpace() async throws(JournalError) {
    do {
      try await database.writeWithoutTransaction { db in
        // Reading its rows is what makes it go on to the end.
        _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum")
        try db.checkpoint(.truncate)
      }
    } catch { throw translated(error) }
  }
}
