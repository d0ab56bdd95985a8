// Reading the journal.

import CloudModel
import Foundation
import GRDB
import JournalModel

extension SQLiteJournal {
  /// A sealed entry; throws `.missing` for others.
  package func entry(_ number: Int) async throws(JournalError) -> JournalEntry {
    let locks = locks
    return try await read { db in
      let sql = "SELECT * FROM journal WHERE number = ? AND plan IS NOT NULL"
      guard let row = try Row.fetchOne(db, sql: sql, arguments: [number]) else { throw Self.missing(number) }
      return try Self.entry(row, Self.counts(number, db)[number], locks)
    }
  }

  /// Sealed entries, the newest first.
  package func entries() async throws(JournalError) -> [JournalEntry] {
    let locks = locks
    return try await read { db in
      let counts = try Self.counts(nil, db)
      return try Row.fetchAll(db, sql: "SELECT * FROM journal WHERE plan IS NOT NULL ORDER BY number DESC").map { row in
        try Self.entry(row, counts[row["number"]], locks)
      }
    }
  }

  private static func entry(_ row: Row, _ counts: JournalCounts?, _ locks: EntryLocks) throws -> JournalEntry {
    let number: Int = row["number"]
    let closed: String? = row["closed"]
    let header = JournalHeader(
      action: JournalAction(rawValue: row["action"]),
      time: Timestamp(seconds: row["seconds"], nanoseconds: row["nanoseconds"]),
      acting: Acting(context: row["context"], account: row["account"], endpoint: row["endpoint"]),
      key: UInt64(bitPattern: row["key"]), intent: try json(row["intent"]), undoes: row["undoes"],
      keepsContent: row["keepsContent"])
    return JournalEntry(
      number: number, header: header, plan: try json(row["plan"]),
      progress: closed != nil ? .complete : locks.isHeld(number) ? .running : .interrupted,
      counts: counts ?? JournalCounts())
  }

  private static func json(_ text: String) throws(JournalError) -> JSON {
    do { return try JSON(parsing: text) } catch { throw JournalError(.corrupt, reason: "Not JSON: \(error)") }
  }

  /// By entry, of all of them when `number` is nil.
  private static func counts(_ number: Int?, _ db: Database) throws -> [Int: JournalCounts] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT entry, state, COUNT(*) AS count, COUNT(restoredAs) AS restored FROM item
        \(number == nil ? "" : "WHERE entry = ?") GROUP BY entry, state
        """, arguments: number.map { [$0] } ?? [])
    var counts: [Int: JournalCounts] = [:]
    for row in rows {
      let count: Int = row["count"]
      let entry: Int = row["entry"]
      counts[entry, default: JournalCounts()].add(count, restored: row["restored"], in: try state(row["state"]))
    }
    try countChanges(of: number, into: &counts, db)
    return counts
  }

  private static func state(_ number: Int) throws(JournalError) -> ItemState {
    guard let state = ItemState(rawValue: number) else {
      throw JournalError(.corrupt, reason: "There is no item state \(number).")
    }
    return state
  }

  /// Items after a position, in the order of the plan; `states` are the recorded ones, all of them when nil.
  package func items(
    of entry: Int, in states: Set<ItemState>?, after position: Int, limit: Int
  ) async throws(JournalError) -> [JournalItem] {
    let list = (states ?? Set(ItemState.allCases)).map { String($0.rawValue) }.sorted().joined(separator: ", ")
    return try await read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT item.*, queue.name AS queueName FROM item JOIN queue ON queue.id = item.queue
          WHERE entry = ? AND position > ? AND state IN (\(list)) ORDER BY position LIMIT ?
          """, arguments: [entry, position, limit])
      var queues: [Int64: QueueName] = [:]
      var items: [JournalItem] = []
      while let row = try rows.next() { items.append(try Self.item(row, &queues)) }
      return items
    }
  }

  private static func item(_ row: Row, _ queues: inout [Int64: QueueName]) throws -> JournalItem {
    let number: Int64 = row["queue"]
    let queue = try queues[number] ?? QueueName(row["queueName"] as String)
    queues[number] = queue
    let restoredAs: String? = row["restoredAs"]
    return JournalItem(
      position: row["position"], name: try TaskName(queue: queue, id: row["id"]), state: try state(row["state"]),
      error: row["error"], restoredAs: try restoredAs.map { try TaskName($0) }, origin: row["origin"])
  }

  /// What is kept of the items at these positions; positions without content are left out.
  package func contents(of entry: Int, at positions: [Int]) async throws(JournalError) -> [Int: Data] {
    try await read { db in
      var contents: [Int: Data] = [:]
      var block: (range: Range<Int>, items: [Data?]) = (0..<0, [])
      for position in positions.sorted() {
        if !block.range.contains(position) {
          guard let found = try Self.block(of: entry, holding: position, db) else { continue }
          block = (found.first..<found.first + found.count, try found.unpacked())
          guard block.range.contains(position) else { continue }
        }
        contents[position] = block.items[position - block.range.lowerBound]
      }
      return contents
    }
  }

  private static func block(of entry: Int, holding position: Int, _ db: Database) throws -> ContentBlock? {
    let sql = "SELECT * FROM content WHERE entry = ? AND first <= ? ORDER BY first DESC LIMIT 1"
    return try Row.fetchOne(db, sql: sql, arguments: [entry, position]).map { row in
      ContentBlock(first: row["first"], count: row["count"], size: row["size"], data: row["data"])
    }
  }

  /// The items of this task in sealed entries that keep content, the newest entry first.
  package func items(ofTask id: String) async throws(JournalError) -> [(entry: Int, item: JournalItem)] {
    try await read { db in
      var queues: [Int64: QueueName] = [:]
      return try Row.fetchAll(
        db,
        sql: """
          SELECT item.*, queue.name AS queueName FROM item JOIN queue ON queue.id = item.queue
          JOIN journal ON journal.number = item.entry
          WHERE item.id = ? AND journal.keepsContent AND journal.plan IS NOT NULL ORDER BY entry DESC, position
          """, arguments: [id]
      ).map { row in (row["entry"], try Self.item(row, &queues)) }
    }
  }
}

extension SQLiteJournal {
  /// Items of the entry whose tasks, by name, undos of other discards have put back, or have yet to.
  package func restoredElsewhere(_ entry: Int) async throws(JournalError) -> [RestoredElsewhere] {
    let (planned, sent, restored) = (
      ItemState.planned.rawValue, ItemState.sent.rawValue, ItemState.restored.rawValue
    )
    return try await read { db in
      try Row.fetchAll(
        db,
        // The order of the joins matters: what was ever put back has an index, and is little. An undo from before this
        // entry put back what the entry then found.
        sql: """
          SELECT own.position, undo.number AS undo, undo.undoes AS entry, back.origin
          FROM item AS own
          CROSS JOIN item AS back INDEXED BY itemRestored 
            ON back.queue = own.queue AND back.id = own.id AND back.entry > own.entry
          CROSS JOIN journal AS undo ON undo.number = back.entry
          CROSS JOIN journal AS discard ON discard.number = undo.undoes
          WHERE own.entry = ? AND own.restoredAs IS NULL AND back.restoredAs IS NOT NULL
            AND back.state IN (\(sent), \(restored)) AND undo.undoes <> own.entry AND discard.action <> ?
          UNION ALL
          SELECT own.position, undo.number, undo.undoes, back.origin
          FROM journal AS undo
          CROSS JOIN journal AS discard ON discard.number = undo.undoes
          CROSS JOIN item AS back ON back.entry = undo.number
          CROSS JOIN item AS own ON own.entry = ? AND own.queue = back.queue AND own.id = back.id
          WHERE undo.plan IS NOT NULL AND undo.closed IS NULL AND undo.number > own.entry AND back.state = \(planned)
            AND own.restoredAs IS NULL AND undo.undoes <> own.entry AND discard.action <> ?
          """,
        arguments: [entry, JournalAction.importTasks.rawValue, entry, JournalAction.importTasks.rawValue]
      ).map { row in
        RestoredElsewhere(position: row["position"], undo: row["undo"], entry: row["entry"], origin: row["origin"])
      }
    }
  }
}

extension JournalCounts {
  fileprivate mutating func add(_ count: Int, restored names: Int, in state: ItemState) {
    planned += count
    switch state {
    case .planned: waiting += count
    case .sent: sent += count
    case .discarded:
      discarded += count
      restored += names
    case .gone:
      gone += count
      restored += names
    case .failed: failed += count
    case .restored: restored += count
    }
  }
}
