// The emulator's state in one SQLite file.
//
// WAL with synchronous=NORMAL: a commit is handed to the operating system before
// it is answered, so it outlives the process however that dies (kill -9 included),
// and the file is never corrupt. Only when the machine itself loses its power may
// the latest commits be missing (https://sqlite.org/pragma.html#pragma_synchronous).
// The journal, which guards other people's tasks, pays for more; an emulator's
// tasks are not worth an fsync for each of them.

import Foundation
import GRDB
import JournalModel

/// A file that one emulator at a time has.
package final class EmulatorFile: EmulatorStorage {
  private let path: String
  private let database: DatabaseQueue

  /// "TDEM", where SQLite keeps what kind of file it is (https://sqlite.org/pragma.html#pragma_application_id).
  private static let applicationID: Int64 = 0x5444_454D

  /// Opens the file, and creates it (0600) with its folder when it is not there. `mostPages` keeps it from growing
  /// beyond so many pages of 4 KiB.
  package init(path: String, mostPages: Int? = nil) throws(EmulatorDataError) {
    self.path = path
    do {
      try JournalFile.prepare(path)
      database = try DatabaseQueue(path: path, configuration: Self.configuration(path, mostPages))
      try Self.migrate(database, path)
      try JournalFile.tighten(path)
    } catch {
      throw Self.translated(error, path)
    }
  }

  private static func configuration(_ path: String, _ mostPages: Int?) -> Configuration {
    var configuration = Configuration()
    configuration.label = "emulator data"
    configuration.prepareDatabase { db in
      // For as long as the process lives: a second emulator would dispatch the same tasks. The kernel drops the lock with
      // the process.
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
      // Before anything is written: a foreign file stays as it is.
      try check(db, path)
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
      if let mostPages { try db.execute(sql: "PRAGMA max_page_count = \(mostPages)") }
    }
    return configuration
  }

  private static func check(_ db: Database, _ path: String) throws {
    let kind = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    // A process that dies while it makes a new file leaves one without tables.
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard kind != applicationID, tables > 0 else { return }
    throw EmulatorDataError(.foreign, path: path, reason: "It is a database of another program.")
  }

  private static func migrate(_ database: DatabaseQueue, _ path: String) throws {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("emulator") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      for table in NumberedRecords.allCases {
        try db.execute(sql: "CREATE TABLE \(table) (number INTEGER PRIMARY KEY, content BLOB NOT NULL)")
      }
      for table in NamedRecords.allCases {
        try db.execute(sql: "CREATE TABLE \(table) (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID")
      }
    }
    if try database.read({ db in try migrator.hasBeenSuperseded(db) }) {
      throw EmulatorDataError(.newer, path: path, reason: "It has tables that this version does not know.")
    }
    try migrator.migrate(database)
  }

  // MARK: EmulatorStorage

  package func forEach(
    _ table: NumberedRecords, _ body: (Int64, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError) {
    try read("SELECT number, content FROM \(table) ORDER BY number") { row throws(EmulatorDataError) in
      try body(row[0], Self.content(row))
    }
  }

  package func forEach(
    _ table: NamedRecords, _ body: (String, [UInt8]) throws(EmulatorDataError) -> Void
  ) throws(EmulatorDataError) {
    try read("SELECT name, content FROM \(table) ORDER BY name") { row throws(EmulatorDataError) in
      try body(row[0], Self.content(row))
    }
  }

  private static func content(_ row: Row) -> [UInt8] {
    let data: Data = row[1]
    return Array(data)
  }

  private func read(_ sql: String, _ body: (Row) throws(EmulatorDataError) -> Void) throws(EmulatorDataError) {
    do {
      try database.read { db in
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { try body(row) }
      }
    } catch {
      throw Self.translated(error, path)
    }
  }

  package func commit(_ changes: EmulatorChanges, _ ended: @escaping @Sendable (EmulatorDataError?) -> Void) {
    database.asyncWrite { db in
      try Self.write(changes, db)
    } completion: { [path] _, result in
      switch result {
      case .success: ended(nil)
      case .failure(let error): ended(Self.translated(error, path))
      }
    }
  }

  package func close() {
    // GRDB closes when the last reference goes, in any case; an error here would say that a statement is still open.
    do { try database.close() } catch { return }
  }

  private static func write(_ changes: EmulatorChanges, _ db: Database) throws {
    if changes.clears {
      // Without a condition SQLite frees the pages of a table at once, whatever is in it.
      for table in NumberedRecords.allCases { try db.execute(sql: "DELETE FROM \(table)") }
      for table in NamedRecords.allCases { try db.execute(sql: "DELETE FROM \(table)") }
    }
    for (table, records) in changes.numbered { try write(records, "\(table)", "number", db) }
    for (table, records) in changes.named { try write(records, "\(table)", "name", db) }
  }

  /// In ascending order, so that new records are added at the end of the table and not between one another.
  private static func write<Key: DatabaseValueConvertible & Comparable>(
    _ records: [Key: [UInt8]?], _ table: String, _ key: String, _ db: Database
  ) throws {
    let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO \(table) (\(key), content) VALUES (?, ?)")
    let remove = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(key) = ?")
    for (key, content) in records.sorted(by: { $0.key < $1.key }) {
      if let content {
        try put.execute(arguments: [key, Data(content)])
      } else {
        try remove.execute(arguments: [key])
      }
    }
  }

  /// SQLite's result codes by what a person can do about them (https://sqlite.org/rescode.html).
  private static func translated(_ error: any Error, _ path: String) -> EmulatorDataError {
    switch error {
    case let error as EmulatorDataError: return error
    case let error as JournalError: return EmulatorDataError(.denied, path: path, reason: error.reason)
    case let error as DatabaseError:
      let kind: EmulatorDataError.Kind =
        switch error.resultCode {
        case .SQLITE_NOTADB: .foreign
        case .SQLITE_CORRUPT: .corrupt
        case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse
        case .SQLITE_FULL: .full
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .denied
        default: .failed
        }
      return EmulatorDataError(kind, path: path, reason: error.message ?? error.resultCode.description)
    default: return EmulatorDataError(.failed, path: path, reason: error.localizedDescription)
    }
  }
}
