// Replays in the journal's file.

import CloudModel
import Foundation
import JournalModel
import ReplayModel
import Testing

@testable import Store

@Suite("The history of replays")
struct ReplayHistoryTests {
  @Test("keeps payload and output, and knows which handler ran a class last")
  func history() async throws {
    let folder = NSTemporaryDirectory() + "taskdeck-replays-\(UUID().uuidString)"
    defer { do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) } }
    let journal = try SQLiteJournal(path: "\(folder)/journal.db")
    var record = ReplayRecord(
      time: Timestamp(seconds: 1, nanoseconds: 0), context: "prod", endpoint: "e", task: "t", taskClass: "A",
      handler: "web", kind: "http", outcome: "succeeded", httpStatus: 200, seconds: 0.25, result: ["x": 1],
      payload: Data("{}".utf8), lines: [OutputLine(.output, seconds: 0.5, text: "hello")])
    record.number = try await journal.remember(record)
    #expect(try await journal.replay(record.number) == record)
    record.handler = "django"
    _ = try await journal.remember(record)
    #expect(try await journal.lastHandler(ofClass: "A") == "django")
    #expect(try await journal.lastHandler(ofClass: "B") == nil)
    #expect(try await journal.replays(taskClass: "A", limit: 10).map(\.handler) == ["django", "web"])
    await #expect(throws: JournalError.self) { try await journal.replay(99) }
    try journal.close()
  }
}
