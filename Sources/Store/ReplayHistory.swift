// The history of replays. It records no change, so it has a table of its own
// beside the journal's, and a short memory: the newest some hundreds.

import CloudModel
import Foundation
import GRDB
import JournalModel
import ReplayModel

extension Schema {
  static func createReplays(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE replay (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          seconds INTEGER NOT NULL,
          nanoseconds INTEGER NOT NULL,
          class TEXT,
          task TEXT NOT NULL,
          handler TEXT NOT NULL,
          head TEXT NOT NULL,
          size INTEGER NOT NULL,
          data BLOB NOT NULL
        );
        CREATE INDEX replayByClass ON replay (class, number);
        """)
  }
}

extension SQLiteJournal {
  /// Replays that are kept.
  package static let mostReplays = 500

  /// Writes a replay down and gives its number. The oldest beyond `mostReplays` go.
  package func remember(_ record: ReplayRecord) async throws(JournalError) -> Int {
    let body: JSON = [
      "result": record.result ?? .null, "payload": .string(record.payload.base64EncodedString()),
      "lines": .array(record.lines.map(\.json)),
    ]
    guard let block = try ContentBlock.pack([body.data], first: 0).first else {
      throw JournalError(.failed, path: path, reason: "A replay without content.")
    }
    return try await write { db in
      try db.execute(
        sql: """
          INSERT INTO replay (seconds, nanoseconds, class, task, handler, head, size, data)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          record.time.seconds, record.time.nanoseconds, record.taskClass, record.task, record.handler,
          JSON.object(record.json).compact, block.size, block.data,
        ])
      let number = Int(db.lastInsertedRowID)
      try db.execute(sql: "DELETE FROM replay WHERE number <= ?", arguments: [number - Self.mostReplays])
      return number
    }
  }

  /// The newest replays, without what they wrote; of one task or class only, where one is given.
  package func replays(task: String? = nil, taskClass: String? = nil, limit: Int) async throws(JournalError)
    -> [ReplayRecord]
  {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT number, head FROM replay WHERE (?1 IS NULL OR task = ?1) AND (?2 IS NULL OR class = ?2)
          ORDER BY number DESC LIMIT ?3
          """, arguments: [task, taskClass, limit]
      ).map { try Self.record($0) }
    }
  }

  /// One replay with all that is kept of it; throws `.missing` when there is none of that number.
  package func replay(_ number: Int) async throws(JournalError) -> ReplayRecord {
    try await read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM replay WHERE number = ?", arguments: [number]) else {
        throw JournalError(.missing, reason: "There is no replay \(number).")
      }
      var record = try Self.record(row)
      let block = ContentBlock(first: 0, count: 1, size: row["size"], data: row["data"])
      let body = try Self.parsed(try block.unpacked().first.flatMap { $0 } ?? Data())
      if let result = body["result"], result != .null { record.result = result }
      record.payload = body["payload"]?.string.flatMap(decodeBase64) ?? Data()
      record.lines = body["lines"]?.array?.compactMap(OutputLine.init(json:)) ?? []
      return record
    }
  }

  /// The handler that ran the class last.
  package func lastHandler(ofClass taskClass: String) async throws(JournalError) -> String? {
    try await read { db in
      let sql = "SELECT handler FROM replay WHERE class = ? ORDER BY number DESC LIMIT 1"
      return try String.fetchOne(db, sql: sql, arguments: [taskClass])
    }
  }

  private static func parsed(_ data: Data) throws(JournalError) -> JSON {
    do { return try JSON(parsing: data) } catch { throw JournalError(.corrupt, reason: "Not JSON: \(error)") }
  }

  private static func record(_ row: Row) throws(JournalError) -> ReplayRecord {
    let text: String = row["head"]
    let head = try parsed(Data(text.utf8))
    func string(_ key: String) -> String { head[key]?.string ?? "" }
    var record = ReplayRecord(
      time: Timestamp(string("time")) ?? Timestamp(seconds: 0, nanoseconds: 0), context: string("context"),
      endpoint: string("endpoint"), task: string("task"), taskClass: head["class"]?.string, handler: string("handler"),
      kind: string("kind"), outcome: string("outcome"), httpStatus: head["httpStatus"]?.int,
      exitStatus: head["exitStatus"]?.int, seconds: head["seconds"]?.double ?? 0,
      peakMemory: head["peakMemory"]?.int, payload: Data(), isEdited: head["edited"]?.bool ?? false, lines: [])
    record.number = row["number"]
    return record
  }
}
