// The journal and its trash in one SQLite file, which may be shared by several
// taskdecks at once.
//
// WAL, so that `journal list` reads while a discard writes; synchronous=FULL, so
// that a commit is on the disk when it returns (https://sqlite.org/wal.html,
// "Performance Considerations": in WAL mode NORMAL loses the last commits when
// the power goes). Before a task is deleted, that is the point.

import CloudModel
import Foundation
import GRDB
import JournalModel

/// A journal in a file. It has the shape of the port `Journal` of Operations.
package final class SQLiteJournal: Sendable {
  /// What can be set from outside.
  package struct Options: Sendable {
    /// How long to wait for another process's write.
    package var busyTimeout: Duration
    /// The file does not grow beyond so many pages of 4 KiB; nil for no limit but the disk's.
    package var mostPages: Int?

    package init(busyTimeout: Duration = .seconds(10), mostPages: Int? = nil) {
      (self.busyTimeout, self.mostPages) = (busyTimeout, mostPages)
    }
  }

  package let path: String
  let database: DatabaseQueue
  let locks: EntryLocks

  /// Opens the file, and creates it with its folder when it is not there: 0600 in a new folder 0700. Staged plans of
  /// processes that have died are removed.
  package init(path: String, options: Options = Options()) throws(JournalError) {
    self.path = path
    try JournalFile.prepare(path)
    locks = try EntryLocks(path: path + "-runs")
    do {
      // One at a time: SQLite turns a new file to WAL without waiting for others (it answers "locked" at once), and the
      // migrator looks which tables are there before it begins to write.
      database = try locks.alone {
        let queue = try DatabaseQueue(path: path, configuration: Self.configuration(options))
        try Schema.migrate(queue)
        return queue
      }
    } catch {
      throw Self.translated(error, path)
    }
    try JournalFile.tighten(path)
    try removeAbandoned()
  }

  private static func configuration(_ options: Options) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(options.busyTimeout.inSeconds)
    configuration.label = "journal"
    configuration.prepareDatabase { db in
      // Set before the first table, so that pruning gives space back to the disk; later it would only ask for a lock.
      if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
      }
      // Not GRDB's journalMode: it turns synchronous to NORMAL, and writes whenever it opens.
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
      if let pages = options.mostPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
    return configuration
  }

  /// Closes the file and gives up every entry; what comes after throws.
  package func close() throws(JournalError) {
    locks.releaseAll()
    do { try database.close() } catch { throw translated(error) }
  }

  // MARK: Access

  // In tasks of their own: GRDB gives up in a cancelled task, and a run that was called off still has to write down where
  // it stands.

  func write<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(JournalError)
    -> Value
  {
    let database = database
    do { return try await Task { try await database.write(body) }.value } catch { throw translated(error) }
  }

  func read<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws(JournalError) -> Value
  {
    let database = database
    do { return try await Task { try await database.read(body) }.value } catch { throw translated(error) }
  }

  func translated(_ error: any Error) -> JournalError { Self.translated(error, path) }

  /// SQLite's result codes by what a person can do about them (https://sqlite.org/rescode.html).
  private static func translated(_ error: any Error, _ path: String) -> JournalError {
    if var error = error as? JournalError {
      error.path = path
      return error
    }
    guard let error = error as? DatabaseError else {
      return JournalError(.failed, path: path, reason: error.localizedDescription)
    }
    let kind: JournalError.Kind =
      switch error.resultCode {
      case .SQLITE_FULL: .full
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .denied
      default: .failed
      }
    return JournalError(kind, path: path, reason: "\(path): \(error.message ?? error.resultCode.description)")
  }

  private func removeAbandoned() throws(JournalError) {
    do {
      let sql = "SELECT number FROM journal WHERE plan IS NULL"
      let staged = try database.read { db in try Int.fetchAll(db, sql: sql) }
      guard staged.contains(where: { !locks.isHeld($0) }) else { return }
      try database.write { db in
        for number in try Int.fetchAll(db, sql: sql) where !locks.isHeld(number) { try Schema.remove(number, db) }
      }
    } catch { throw translated(error) }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
