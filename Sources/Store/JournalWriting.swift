// Writing the journal. Each method is one transaction.

import CloudModel
import Foundation
import GRDB
import JournalModel

extension SQLiteJournal {
  /// Opens an entry that nobody sees until it is sealed; the caller owns it.
  package func open(_ header: JournalHeader) async throws(JournalError) -> Int {
    let locks = locks
    return try await write { db in
      try db.execute(
        sql: """
          INSERT INTO journal (action, seconds, nanoseconds, context, account, endpoint, key, intent, undoes, keepsContent)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          header.action.rawValue, header.time.seconds, header.time.nanoseconds, header.acting.context,
          header.acting.account, header.acting.endpoint, Int64(bitPattern: header.key), header.intent.compact,
          header.undoes, header.keepsContent,
        ])
      let number = Int(db.lastInsertedRowID)
      // Inside the transaction: from the moment another process can see the entry, it is owned.
      try locks.take(number)
      return number
    }
  }

  /// Adds items at the end of the plan. They are on the disk once the entry is sealed: with synchronous=NORMAL the log
  /// is written and not yet synced, and the sync of a later commit covers all of it.
  package func append(_ items: [PlannedItem], to entry: Int) async throws(JournalError) {
    if items.isEmpty { return }
    try await unsynced { db in
      guard let first = try Int.fetchOne(db, sql: "SELECT total FROM journal WHERE number = ?", arguments: [entry])
      else { throw Self.missing(entry) }
      try Self.insert(items, first: first, entry, db)
      for block in try ContentBlock.pack(items.map(\.content), first: first) {
        try db.cachedStatement(sql: "INSERT INTO content (entry, first, count, size, data) VALUES (?, ?, ?, ?, ?)")
          .execute(arguments: [entry, block.first, block.count, block.size, block.data])
      }
      try db.execute(
        sql: "UPDATE journal SET total = ? WHERE number = ?", arguments: [first + items.count, entry])
    }
  }

  private func unsynced(_ body: @Sendable @escaping (Database) throws -> Void) async throws(JournalError) {
    do {
      try await database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        let result = Result {
          try db.inTransaction(.immediate) {
            try body(db)
            return .commit
          }
        }
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try result.get()
      }
    } catch { throw translated(error) }
  }

  private static func insert(_ items: [PlannedItem], first: Int, _ entry: Int, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: "INSERT INTO item (entry, position, queue, id, origin) VALUES (?, ?, ?, ?, ?)")
    var queues: [QueueName: Int64] = [:]
    for (index, item) in items.enumerated() {
      let queue = try queues[item.name.queue] ?? queueNumber(item.name.queue, db)
      queues[item.name.queue] = queue
      try statement.execute(arguments: [entry, first + index, queue, item.name.id, item.origin])
    }
  }

  private static func queueNumber(_ queue: QueueName, _ db: Database) throws -> Int64 {
    try db.execute(sql: "INSERT OR IGNORE INTO queue (name) VALUES (?)", arguments: [queue.description])
    let number = try Int64.fetchOne(db, sql: "SELECT id FROM queue WHERE name = ?", arguments: [queue.description])
    guard let number else { throw JournalError(.corrupt, reason: "A queue that was just written is not there.") }
    return number
  }

  /// Completes the plan; when it returns, the entry with all its content is on the disk.
  package func seal(_ entry: Int, plan: JSON) async throws(JournalError) {
    try await write { db in try Self.seal(entry, plan, db) }
  }

  private static func seal(_ entry: Int, _ plan: JSON, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE journal SET plan = ? WHERE number = ? AND plan IS NULL", arguments: [plan.compact, entry])
    guard db.changesCount == 1 else { throw missing(entry) }
  }

  /// Completes the plan of an undo. Throws `.outrun` and seals nothing when an undo of another entry that is none of
  /// `known` has come to hold tasks of the same names meanwhile. One transaction: of two that are sealed at the same
  /// time, in whatever processes, the second sees the first.
  package func seal(undo entry: Int, plan: JSON, knowing known: Set<Int>) async throws(JournalError) {
    try await write { db in
      let others = try Int.fetchAll(
        db,
        sql: """
          SELECT number FROM journal WHERE plan IS NOT NULL AND undoes IS NOT NULL
          AND undoes <> (SELECT undoes FROM journal WHERE number = ?)
          """, arguments: [entry])
      for other in others where !known.contains(other) {
        guard try Self.share(entry, other, db) else { continue }
        throw JournalError(.outrun, reason: "Entry \(other) began to put some of them back, from another discard.")
      }
      try Self.seal(entry, plan, db)
    }
  }

  private static func share(_ entry: Int, _ other: Int, _ db: Database) throws -> Bool {
    let sql = """
      SELECT EXISTS (SELECT 1 FROM item AS own JOIN item AS back ON back.queue = own.queue AND back.id = own.id
      WHERE own.entry = ? AND back.entry = ?)
      """
    return try Bool.fetchOne(db, sql: sql, arguments: [entry, other]) ?? false
  }

  /// Removes an entry that was never sealed and gives it up.
  package func abandon(_ entry: Int) async throws(JournalError) {
    try await write { db in
      guard try Bool.fetchOne(db, sql: "SELECT plan IS NULL FROM journal WHERE number = ?", arguments: [entry]) == true
      else { return }
      try Schema.remove(entry, db)
    }
    await release(entry)
  }

  /// Takes an entry for one run; throws `.owned` while another run, here or in another process, has it.
  package func claim(_ entry: Int) async throws(JournalError) {
    _ = try await self.entry(entry)
    try locks.take(entry)
  }

  package func release(_ entry: Int) async { locks.release(entry) }

  /// Writes all of the changes or none. In an undo, an item that becomes restored is marked so in its origin as well.
  package func change(_ changes: [ItemChange], of entry: Int) async throws(JournalError) {
    if changes.isEmpty { return }
    try await write { db in
      var rest = changes[...]
      while let first = rest.first {
        let alike = rest.prefix(Self.countAlike(rest))
        rest = rest.dropFirst(alike.count)
        if alike.count > 1 {
          try Self.set(first.state, from: first.position, alike.count, entry, db)
        } else {
          try Self.write(first, entry, db)
        }
      }
    }
  }

  /// How many of the first changes say no more than that items in a row are in the same state: those of a window that
  /// is about to be sent, and of a batch that was deleted.
  private static func countAlike(_ changes: ArraySlice<ItemChange>) -> Int {
    guard let first = changes.first, first.state != .restored else { return 1 }
    let alike = zip(changes, first.position...).prefix { change, position in
      change.position == position && change.state == first.state && change.error == nil && change.restoredAs == nil
    }
    return max(1, alike.count)
  }

  private static func set(_ state: ItemState, from first: Int, _ count: Int, _ entry: Int, _ db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE item SET state = ?, error = NULL, restoredAs = NULL WHERE entry = ? AND position BETWEEN ? AND ?
        """
    ).execute(arguments: [state.rawValue, entry, first, first + count - 1])
    guard db.changesCount == count else { throw missing(entry) }
  }

  private static func write(_ change: ItemChange, _ entry: Int, _ db: Database) throws {
    let name = change.restoredAs?.description
    try db.cachedStatement(
      sql: "UPDATE item SET state = ?, error = ?, restoredAs = ? WHERE entry = ? AND position = ?"
    ).execute(arguments: [change.state.rawValue, change.error, name, entry, change.position])
    guard db.changesCount == 1 else { throw missing(entry) }
    if change.state == .restored { try markOrigin(of: change.position, entry, name, db) }
  }

  private static func markOrigin(of position: Int, _ entry: Int, _ name: String?, _ db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE item SET restoredAs = ?
        WHERE entry = (SELECT undoes FROM journal WHERE number = ?)
          AND position = (SELECT origin FROM item WHERE entry = ? AND position = ?)
        """
    ).execute(arguments: [name, entry, entry, position])
  }

  /// Says that every item has its outcome.
  package func close(_ entry: Int, at time: Timestamp) async throws(JournalError) {
    try await write { db in
      try db.execute(sql: "UPDATE journal SET closed = ? WHERE number = ?", arguments: [time.description, entry])
    }
  }

  static func missing(_ entry: Int) -> JournalError {
    JournalError(.missing, reason: "Entry \(entry) is not in the journal.")
  }
}
