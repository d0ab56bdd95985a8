import CloudModel
import Foundation
import JournalModel
import Operations
import Testing

/// What every journal does, whatever it is made of.
@Suite struct JournalContractTests {
  private func header(_ action: JournalAction = .discard, undoes: Int? = nil) -> JournalHeader {
    JournalHeader(
      action: action, time: Timestamp(seconds: epoch.seconds, nanoseconds: 1000), acting: acting, key: .max - 1,
      intent: ["class": "A"], undoes: undoes)
  }

  private func items(_ count: Int) -> [PlannedItem] {
    (0..<count).map { PlannedItem(name: taskName("t\($0)"), content: Data("content \($0)".utf8)) }
  }

  private func sealed(_ journal: any Journal, _ count: Int = 3) async throws -> Int {
    let entry = try await journal.open(header())
    try await journal.append(items(count), to: entry)
    try await journal.seal(entry, plan: ["planned": .integer(count)])
    return entry
  }

  @Test(arguments: JournalKind.allCases)
  func `an entry is seen once it is sealed`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await journal.open(header())
    try await journal.append(items(2), to: entry)
    #expect(try await journal.entries().isEmpty)
    await #expect(throws: JournalError.self) { try await journal.entry(entry) }
    try await journal.seal(entry, plan: ["planned": 2])
    let read = try await journal.entry(entry)
    #expect(read.header == header() && read.plan == ["planned": 2] && read.counts.planned == 2)
    #expect(try await journal.entries() == [read])
  }

  @Test(arguments: JournalKind.allCases)
  func `an entry is running, then interrupted, then complete`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await sealed(journal)
    #expect(try await journal.entry(entry).progress == .running)
    await journal.release(entry)
    #expect(try await journal.entry(entry).progress == .interrupted)
    try await journal.close(entry, at: epoch)
    #expect(try await journal.entry(entry).progress == .complete)
  }

  @Test(arguments: JournalKind.allCases)
  func `an entry has one owner`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await sealed(journal)
    await #expect { try await journal.claim(entry) } throws: { ($0 as? JournalError)?.kind == .owned }
    await journal.release(entry)
    await journal.release(entry)
    try await journal.claim(entry)
    await #expect { try await journal.claim(99) } throws: { ($0 as? JournalError)?.kind == .missing }
  }

  @Test(arguments: JournalKind.allCases)
  func `an abandoned entry leaves nothing, and its number does not come back`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await journal.open(header())
    try await journal.append(items(2), to: entry)
    try await journal.abandon(entry)
    await #expect(throws: JournalError.self) { try await journal.seal(entry, plan: .null) }
    #expect(try await journal.contents(of: entry, at: [0, 1]).isEmpty)
    #expect(try await journal.open(header()) > entry)
  }

  @Test(arguments: JournalKind.allCases)
  func `items come in the order of the plan, by state and by page`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await sealed(journal, 5)
    try await journal.change([ItemChange(1, .sent), ItemChange(3, .failed, error: "no")], of: entry)
    let all = try await journal.items(of: entry, in: nil, after: -1, limit: 10)
    #expect(all.map(\.state) == [.planned, .sent, .planned, .failed, .planned])
    #expect(all[3].error == "no" && all.map(\.name.id) == ["t0", "t1", "t2", "t3", "t4"])
    let planned = try await journal.items(of: entry, in: [.planned], after: 0, limit: 1)
    #expect(planned.map(\.position) == [2])
    let counts = try await journal.entry(entry).counts
    #expect(counts.waiting == 3 && counts.sent == 1 && counts.failed == 1 && counts.settled == 1)
  }

  @Test(arguments: JournalKind.allCases)
  func `a change of an item that is not there changes none`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await sealed(journal)
    await #expect(throws: JournalError.self) {
      try await journal.change([ItemChange(0, .gone), ItemChange(7, .gone)], of: entry)
    }
    #expect(try await journal.entry(entry).counts.gone == 0)
  }

  @Test(
    "changes of items in a row, and of others among them, reach the items they name", arguments: JournalKind.allCases)
  func changesInRows(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await sealed(journal, 12)
    try await journal.change((0..<12).map { ItemChange($0, .sent, error: $0 == 3 ? "lost" : nil) }, of: entry)
    let outcomes =
      [ItemChange(0, .discarded), ItemChange(1, .discarded), ItemChange(2, .gone), ItemChange(4, .failed, error: "no")]
      + [7, 6, 5, 9, 10, 11].map { ItemChange($0, .discarded) }
    try await journal.change(outcomes, of: entry)
    let items = try await journal.items(of: entry, in: nil, after: -1, limit: 20)
    let expected: [ItemState] = [
      .discarded, .discarded, .gone, .sent, .failed, .discarded, .discarded, .discarded, .sent, .discarded, .discarded,
      .discarded,
    ]
    #expect(items.map(\.state) == expected)
    #expect(items.map(\.error) == (0..<12).map { $0 == 3 ? "lost" : $0 == 4 ? "no" : nil })
    // A row that reaches beyond the end changes none of it.
    await #expect(throws: JournalError.self) {
      try await journal.change((10..<14).map { ItemChange($0, .gone) }, of: entry)
    }
    #expect(try await journal.entry(entry).counts.gone == 1)
  }

  @Test(arguments: JournalKind.allCases)
  func `content comes back byte for byte`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let entry = try await journal.open(header())
    var contents: [Data?] = (0..<300).map { index in index % 7 == 0 ? nil : Data((0..<index).map { UInt8($0 & 0xFF) }) }
    contents.append(Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }))
    for chunk in [contents[0..<120], contents[120..<121], contents[121...]] {
      let planned = chunk.enumerated().map { PlannedItem(name: taskName("t\(chunk.startIndex + $0)"), content: $1) }
      try await journal.append(planned, to: entry)
    }
    try await journal.seal(entry, plan: .null)
    let read = try await journal.contents(of: entry, at: Array(0...400))
    #expect((0..<contents.count).allSatisfy { read[$0] == contents[$0] })
    #expect(try await journal.contents(of: entry, at: [5]) == [5: Data([0, 1, 2, 3, 4])])
  }

  @Test(arguments: JournalKind.allCases)
  func `what an undo restores is restored in its origin`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let origin = try await sealed(journal)
    try await journal.change([ItemChange(1, .discarded), ItemChange(2, .discarded)], of: origin)
    let undo = try await journal.open(header(.undo, undoes: origin))
    try await journal.append([PlannedItem(name: taskName("t2"), origin: 2)], to: undo)
    try await journal.seal(undo, plan: .null)
    try await journal.change([ItemChange(0, .sent, restoredAs: taskName("new"))], of: undo)
    #expect(try await journal.entry(origin).counts.restored == 0)
    try await journal.change([ItemChange(0, .restored, restoredAs: taskName("new"))], of: undo)
    let items = try await journal.items(of: origin, in: nil, after: -1, limit: 10)
    #expect(items.map(\.shownState) == [.planned, .discarded, .restored])
    #expect(items[2].restoredAs == taskName("new") && items[2].state == .discarded)
    #expect(try await journal.entry(origin).counts.restored == 1)
    #expect(try await journal.entry(undo).counts.restored == 1)
    #expect(try await journal.items(of: undo, in: nil, after: -1, limit: 1)[0].origin == 2)
  }

  @Test(arguments: JournalKind.allCases)
  func `a task is found by its ID, in the newest entry first`(kind: JournalKind) async throws {
    let journal = try kind.make()
    let (first, second) = (try await sealed(journal), try await sealed(journal))
    let found = try await journal.items(ofTask: "t1")
    #expect(found.map(\.entry) == [second, first])
    #expect(found[0].item.name == taskName("t1"))
  }
}
