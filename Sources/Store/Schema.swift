// The tables, by migration. A migration that has been released is never edited.

import Foundation
import GRDB
import JournalModel

/// The tables of the journal.
enum Schema {
  static func migrate(_ queue: DatabaseQueue) throws {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("journal") { db in
      // AUTOINCREMENT: a number that people have seen is never given to another entry.
      try db.execute(
        sql: """
          CREATE TABLE journal (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            action TEXT NOT NULL,
            seconds INTEGER NOT NULL,
            nanoseconds INTEGER NOT NULL,
            context TEXT NOT NULL,
            account TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            key INTEGER NOT NULL,
            intent TEXT NOT NULL,
            undoes INTEGER,
            keepsContent INTEGER NOT NULL,
            total INTEGER NOT NULL DEFAULT 0,
            plan TEXT,
            closed TEXT
          );
          CREATE TABLE queue (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
          CREATE TABLE item (
            entry INTEGER NOT NULL,
            position INTEGER NOT NULL,
            queue INTEGER NOT NULL,
            id TEXT NOT NULL,
            origin INTEGER,
            state INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            restoredAs TEXT,
            PRIMARY KEY (entry, position)
          ) WITHOUT ROWID;
          CREATE TABLE content (
            entry INTEGER NOT NULL,
            first INTEGER NOT NULL,
            count INTEGER NOT NULL,
            size INTEGER NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (entry, first)
          );
          """)
    }
    migrator.registerMigration("restored items by name") { db in
      try db.execute(sql: "CREATE INDEX itemRestored ON item (queue, id) WHERE restoredAs IS NOT NULL")
    }
    migrator.registerMigration("changes", migrate: createChanges)
    migrator.registerMigration("replays", migrate: createReplays)
    let isCurrent = try queue.read { db in
      if try migrator.hasBeenSuperseded(db) {
        throw JournalError(.newer, reason: "It has tables that this version does not know.")
      }
      return try migrator.hasCompletedMigrations(db)
    }
    // Opening a journal to read it waits for no writer.
    if !isCurrent { try migrator.migrate(queue) }
  }

  static func remove(_ number: Int, _ db: Database) throws {
    for sql in [
      "DELETE FROM content WHERE entry = ?", "DELETE FROM item WHERE entry = ?", "DELETE FROM change WHERE entry = ?",
      "DELETE FROM journal WHERE number = ?",
    ] { try db.execute(sql: sql, arguments: [number]) }
  }
}
