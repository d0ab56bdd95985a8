// The four jobs in the real console, by somebody who has read nothing: a key is pressed only where the tabs or the footer
// offer it with its word, and at most five lead to the plan or the result.

import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct NewcomerInTmuxTests {
  /// Somebody who reads the screen and counts keys.
  private struct Newcomer {
    let shell: Shell
    var keys = 0

    /// The demo, in a terminal of 80x24 and a home where nothing was done yet.
    init(in folder: URL) async throws {
      shell = try await Shell(environment: ["XDG_STATE_HOME": folder.path])
      try await shell.run("\(Binary.path) demo --tasks 200")
      try await shell.wait("the queues with counts") { $0.contains("imports") && $0.contains("● live") }
    }

    /// Presses a key once the tabs or the footer offer it.
    mutating func follow(_ key: String, _ word: String) async throws {
      try await shell.wait("\(key) \(word) in the tabs or the footer") { screen in
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
        let bars = [lines.dropFirst().first, lines.last { !$0.isEmpty }].compactMap { $0 }
        return bars.contains { " \($0) ".contains(" \(key) \(word) ") }
      }
      try await press(key)
    }

    mutating func press(_ key: String) async throws {
      try await shell.press(key)
      keys += 1
    }

    /// What the walk was for, reached with few keys.
    func arrive(at what: String, _ texts: String...) async throws {
      try await shell.wait(what) { screen in texts.allSatisfy(screen.contains) }
      #expect(keys <= 5)
      try await shell.press("C-c")
      try await shell.waitForPrompt()
    }
  }

  private func walk(_ steps: (inout Newcomer) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    var newcomer = try await Newcomer(in: folder)
    try await steps(&newcomer)
  }

  @Test func `browse: what a task carries and how it went`() async throws {
    try await walk { newcomer in
      try await newcomer.press("j")
      try await newcomer.follow("Enter", "open")
      try await newcomer.shell.wait(for: "ImportCustomer")
      try await newcomer.follow("Enter", "open")
      try await newcomer.shell.wait(for: "Attempts")
      try await newcomer.follow("p", "payload")
      try await newcomer.arrive(at: "the payload", "\"customer\"")
    }
  }

  @Test func `discard: the plan that says what will go`() async throws {
    try await walk { newcomer in
      try await newcomer.press("j")
      try await newcomer.follow("Enter", "open")
      try await newcomer.shell.wait(for: "ImportCustomer")
      try await newcomer.follow("D", "discard")
      try await newcomer.shell.wait(for: "Its class: ImportCustomer")
      try await newcomer.follow("Enter", "plan it")
      try await newcomer.arrive(at: "the plan", "nothing is changed yet", "Discard 1 task of imports", "Cancel")
    }
  }

  @Test func `replay: what the task does on this machine`() async throws {
    try await walk { newcomer in
      try await newcomer.press("j")
      try await newcomer.follow("Enter", "open")
      try await newcomer.shell.wait(for: "ImportCustomer")
      try await newcomer.follow("B", "run here")
      try await newcomer.shell.wait(for: "Run here: ImportCustomer")
      try await newcomer.follow("Enter", "run")
      try await newcomer.arrive(at: "the result", "HTTP/1.1 200", "succeeded")
    }
  }

  @Test func `schedule preview: what an apply would change`() async throws {
    try await walk { newcomer in
      try await newcomer.follow("4", "Schedule")
      try await newcomer.shell.wait(for: "[+] shop--WeeklyStockCount")
      try await newcomer.follow("a", "apply")
      try await newcomer.arrive(at: "the plan", "nothing is changed yet", "shop--WeeklyStockCount", "Cancel")
    }
  }
}
