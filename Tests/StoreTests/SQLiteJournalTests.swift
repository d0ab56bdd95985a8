import CloudModel
import Foundation
import GRDB
import JournalModel
import Testing

@testable import Store

@Suite struct SQLiteJournalTests {
  private func path() -> String {
    NSTemporaryDirectory() + "taskdeck-tests/" + UUID().uuidString + "/state/journal.db"
  }

  private func header(at seconds: Int64 = 1_790_000_000) -> JournalHeader {
    JournalHeader(
      action: .discard, time: Timestamp(seconds: seconds),
      acting: Acting(context: "c", account: "a@x", endpoint: "http://h"), key: 7, intent: [:])
  }

  private func items(_ count: Int, bytes: Int = 500) throws -> [PlannedItem] {
    let queue = try QueueName("projects/p/locations/l/queues/q")
    var noise: UInt64 = 88
    return try (0..<count).map { index in
      let content = Data(
        (0..<bytes).map { _ in
          noise = noise &* 6_364_136_223_846_793_005 &+ 1
          return UInt8(noise >> 56)
        })
      return PlannedItem(name: try TaskName(queue: queue, id: "t\(index)"), content: content)
    }
  }

  /// A sealed entry that is given up, complete or not.
  private func entry(
    in journal: SQLiteJournal, at seconds: Int64 = 1_790_000_000, items count: Int = 3, isComplete: Bool = true
  ) async throws -> Int {
    let entry = try await journal.open(header(at: seconds))
    try await journal.append(try items(count), to: entry)
    try await journal.seal(entry, plan: [:])
    if isComplete { try await journal.close(entry, at: Timestamp(seconds: seconds)) }
    await journal.release(entry)
    return entry
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
  }

  @Test func `a caller that was called off can still write down where it stands`() async throws {
    let journal = try SQLiteJournal(path: path())
    let number = try await entry(in: journal, isComplete: false)
    let work = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await journal.change([ItemChange(0, .discarded)], of: number)
      return try await journal.entry(number).counts.discarded
    }
    #expect(try await work.value == 1)
  }

  // MARK: The file

  @Test func `nobody else may read the file, its helpers and its folder`() async throws {
    let path = path()
    let journal = try SQLiteJournal(path: path)
    _ = try await entry(in: journal)
    for file in [path, path + "-wal", path + "-shm", path + "-runs"] { #expect(try mode(file) == 0o600, "\(file)") }
    #expect(try mode((path as NSString).deletingLastPathComponent) == 0o700)
  }

  @Test func `a file that others may read is tightened`() async throws {
    let path = path()
    try SQLiteJournal(path: path).close()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    _ = try SQLiteJournal(path: path)
    #expect(try mode(path) == 0o600)
  }

  @Test func `what is sealed is there after opening it again`() async throws {
    let path = path()
    let planned = try items(200)
    let number: Int
    do {
      let journal = try SQLiteJournal(path: path)
      number = try await journal.open(header())
      try await journal.append(planned, to: number)
      try await journal.seal(number, plan: ["planned": 200])
      try journal.close()
    }
    let again = try SQLiteJournal(path: path)
    let read = try await again.entry(number)
    #expect(read.header == header() && read.counts.planned == 200 && read.progress == .interrupted)
    let contents = try await again.contents(of: number, at: Array(0..<200))
    #expect((0..<200).allSatisfy { contents[$0] == planned[$0].content })
  }

  @Test func `it writes ahead and syncs every commit`() async throws {
    let journal = try SQLiteJournal(path: path())
    let pragmas = try await journal.read { db in
      try ["journal_mode", "synchronous", "auto_vacuum"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
    }
    #expect(pragmas == ["wal", "2", "2"])
    _ = try await entry(in: journal)
    #expect(try await journal.read { db in try Int.fetchOne(db, sql: "PRAGMA synchronous") } == 2)
  }

  @Test func `alike tasks take little room`() async throws {
    let journal = try SQLiteJournal(path: path())
    let number = try await journal.open(header())
    let queue = try QueueName("projects/p/locations/l/queues/q")
    let text = #"{"httpRequest":{"url":"https://app.example.com/tasks/SendMail","headers":{"A":"b"}},"id":"#
    let alike = try (0..<1000).map { index in
      PlannedItem(name: try TaskName(queue: queue, id: "\(index)"), content: Data("\(text)\(index)}".utf8))
    }
    try await journal.append(alike, to: number)
    let sizes = try await journal.read { db in
      try ["size", "LENGTH(data)"].map { try Int.fetchOne(db, sql: "SELECT SUM(\($0)) FROM content") ?? 0 }
    }
    #expect(sizes[1] > 0 && sizes[1] * 5 < sizes[0])
  }

  // MARK: What goes wrong

  @Test func `a file that is no journal is refused and left alone`() throws {
    let path = path()
    try SQLiteJournal(path: path).close()
    let text = Data(String(repeating: "this is not a database\n", count: 500).utf8)
    try text.write(to: URL(fileURLWithPath: path))
    #expect { try SQLiteJournal(path: path) } throws: { ($0 as? JournalError)?.kind == .corrupt }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
  }

  @Test func `damaged pages are an error with a remedy, not a crash`() async throws {
    let path = path()
    var journal: SQLiteJournal? = try SQLiteJournal(path: path)
    if let journal { _ = try await entry(in: journal, items: 500) }
    try journal?.close()
    journal = nil
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in 8192..<bytes.count { bytes[index] = 0xA5 }
    try bytes.write(to: URL(fileURLWithPath: path))
    await #expect {
      let damaged = try SQLiteJournal(path: path)
      _ = try await damaged.items(of: 1, in: nil, after: -1, limit: 1000)
      _ = try await damaged.contents(of: 1, at: Array(0..<500))
    } throws: { error in
      (error as? JournalError).map { $0.kind == .corrupt && !$0.remedy.isEmpty } ?? false
    }
  }

  @Test func `a full disk refuses, and what was there stays`() async throws {
    let path = path()
    let journal = try SQLiteJournal(path: path, options: .init(mostPages: 64))
    let first = try await entry(in: journal)
    let number = try await journal.open(header())
    await #expect { try await journal.append(try items(2000), to: number) } throws: {
      ($0 as? JournalError)?.kind == .full
    }
    try await journal.abandon(number)
    #expect(try await journal.entries().map(\.number) == [first])
    #expect(try await journal.read { db in try Int.fetchOne(db, sql: "PRAGMA synchronous") } == 2)
  }

  @Test func `a writer that holds the file makes us wait, then say so`() async throws {
    let path = path()
    let journal = try SQLiteJournal(path: path, options: .init(busyTimeout: .milliseconds(50)))
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN EXCLUSIVE") }
    await #expect { try await journal.open(header()) } throws: { ($0 as? JournalError)?.kind == .locked }
    try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
    #expect(try await journal.open(header()) == 1)
  }

  @Test func `reading waits for no writer`() async throws {
    let path = path()
    _ = try await entry(in: try SQLiteJournal(path: path))
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
    let reader = try SQLiteJournal(path: path, options: .init(busyTimeout: .zero))
    #expect(try await reader.entries().count == 1)
    try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
  }

  @Test func `a journal of a newer version is refused`() throws {
    let path = path()
    try SQLiteJournal(path: path).close()
    let other = try DatabaseQueue(path: path)
    try other.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')") }
    try other.close()
    #expect { try SQLiteJournal(path: path) } throws: { ($0 as? JournalError)?.kind == .newer }
  }

  @Test func `a folder that cannot be made is said so`() {
    #expect { try SQLiteJournal(path: "/proc/nowhere/journal.db") } throws: { ($0 as? JournalError)?.kind == .denied }
  }

  // MARK: Several at once

  @Test func `an entry that another taskdeck works on is running, and not to be had`() async throws {
    let path = path()
    let (one, two) = (try SQLiteJournal(path: path), try SQLiteJournal(path: path))
    let number = try await one.open(header())
    try await one.append(try items(2), to: number)
    try await one.seal(number, plan: [:])
    #expect(try await two.entry(number).progress == .running)
    await #expect { try await two.claim(number) } throws: { ($0 as? JournalError)?.kind == .owned }
    await one.release(number)
    try await two.claim(number)
    await #expect { try await one.claim(number) } throws: { ($0 as? JournalError)?.kind == .owned }
  }

  @Test func `a plan whose process died is cleared away, a living one stays`() async throws {
    let path = path()
    let one = try SQLiteJournal(path: path)
    let (dead, alive) = (try await one.open(header()), try await one.open(header()))
    try await one.append(try items(10), to: dead)
    await one.release(dead)
    let two = try SQLiteJournal(path: path)
    await #expect { try await two.seal(dead, plan: [:]) } throws: { ($0 as? JournalError)?.kind == .missing }
    try await two.seal(alive, plan: [:])
    #expect(try await two.entries().map(\.number) == [alive])
  }

  @Test func `a new journal may be opened by several at once`() async throws {
    let path = path()
    let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try await SQLiteJournal(path: path).open(header()) } }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(!numbers.isEmpty)
  }

  @Test func `several writers do not lose a change`() async throws {
    let path = path()
    let journals = try (0..<4).map { _ in try SQLiteJournal(path: path) }
    let number = try await entry(in: journals[0], items: 400, isComplete: false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, journal) in journals.enumerated() {
        group.addTask {
          for position in stride(from: index, to: 400, by: 4) {
            try await journal.change([ItemChange(position, .discarded)], of: number)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await journals[3].entry(number).counts.discarded == 400)
  }

  // MARK: Retention

  @Test func `old entries go, and their room with them`() async throws {
    let path = path()
    let journal = try SQLiteJournal(path: path)
    let old = try await entry(in: journal, at: 1000, items: 2000)
    let young = try await entry(in: journal, at: 5000)
    let before = try await journal.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") }
    let pruned = try await journal.prune(.init(since: Timestamp(seconds: 2000)))
    #expect(pruned.removed == [old] && pruned.bytes > 900_000 && pruned.kept.isEmpty)
    #expect(try await journal.entries().map(\.number) == [young])
    let after = try await journal.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") }
    #expect(try #require(after) * 4 < (try #require(before)))
  }

  @Test func `the oldest go until the rest fits`() async throws {
    let journal = try SQLiteJournal(path: path())
    var entries: [Int] = []
    for index in 0..<4 { entries.append(try await entry(in: journal, at: Int64(index), items: 100)) }
    let pruned = try await journal.prune(.init(bytes: 120_000))
    #expect(pruned.removed == Array(entries[0..<2]))
  }

  @Test("what is young stays although there is too much, and what somebody is about to undo stays although it is old")
  func spared() async throws {
    let path = path()
    let journal = try SQLiteJournal(path: path)
    var entries: [Int] = []
    for time in [1000, 2000, 8000, 9000] { entries.append(try await entry(in: journal, at: Int64(time), items: 100)) }
    let other = try SQLiteJournal(path: path)
    try await other.claim(entries[0])
    let retention = SQLiteJournal.Retention(
      since: Timestamp(seconds: 3000), bytes: 1, sparing: Timestamp(seconds: 8500))
    let pruned = try await journal.prune(retention)
    #expect(pruned.kept == [entries[0]] && pruned.removed == [entries[1], entries[2]])
    #expect(try await journal.entries().map(\.number) == [entries[3], entries[0]])
  }

  @Test func `entries with open ends stay`() async throws {
    let journal = try SQLiteJournal(path: path())
    let interrupted = try await entry(in: journal, isComplete: false)
    let origin = try await entry(in: journal)
    var undo = header()
    (undo.action, undo.undoes) = (.undo, origin)
    let number = try await journal.open(undo)
    try await journal.seal(number, plan: [:])
    let pruned = try await journal.prune(.init(since: Timestamp(seconds: 9_000_000_000)))
    #expect(pruned.removed.isEmpty && pruned.kept == [interrupted, origin, number])
  }
}
