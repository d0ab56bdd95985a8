// A discard and its undo in the real console, on the demo's emulator, with a journal of its own.

import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct DiscardInTmuxTests {
  /// Runs `body` on the demo's queue `imports`, which is paused: nothing in it moves by itself.
  private func inImports(_ body: (Shell) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      let shell = try await Shell(environment: ["XDG_STATE_HOME": folder.path])
      try await shell.run("\(Binary.path) demo --tasks 200")
      try await shell.wait("the queues with counts") { $0.contains("imports") && $0.contains("● live") }
      try await shell.press("j", "Enter")
      try await shell.wait(for: "ImportCustomer")
      try await body(shell)
      try await shell.press("C-c")
      try await shell.waitForPrompt()
    } catch {
      try FileManager.default.removeItem(at: folder)
      throw error
    }
    try FileManager.default.removeItem(at: folder)
  }

  @Test func `a class is discarded through its plan, and put back through another`() async throws {
    try await inImports { shell in
      try await shell.press("D")
      try await shell.wait(for: "Its class: ImportCustomer")
      try await shell.press("j", "Enter")
      try await shell.wait("the plan") { $0.contains("nothing is changed yet") && $0.contains("Can be undone") }
      #expect(try await shell.screen().contains("Discard "))
      try await shell.press("Tab", "Enter")
      try await shell.wait(for: "tasks discarded")
      #expect(try await shell.screen().contains("entry 1, complete"))
      try await shell.press("Enter")
      try await shell.wait("an empty table") { !$0.contains("ImportCustomer") }
      try await shell.press("z")
      try await shell.wait("the undo's plan") { $0.contains("Put back") && $0.contains("Names, frozen") }
      try await shell.press("a")
      try await shell.wait(for: "tasks put back")
      try await shell.press("Enter")
      try await shell.wait("the tasks again") { $0.contains("ImportCustomer") }
      try await shell.press("@")
      try await shell.wait("both entries") { $0.contains("undo") && $0.contains("discard") }
      try await shell.press("Enter")
      try await shell.wait(for: "restored")
    }
  }

  @Test func `a plan that is called off changes nothing and leaves no entry`() async throws {
    try await inImports { shell in
      try await shell.press("D", "Enter")
      try await shell.wait(for: "nothing is changed yet")
      try await shell.press("Enter")
      try await shell.wait(for: "Called off. Nothing was changed.")
      #expect(try await shell.screen().contains("ImportCustomer"))
      try await shell.press("@")
      try await shell.wait(for: "Nothing was changed yet.")
    }
  }

  @Test func `Ctrl-R makes the console read-only, with a badge, and D is refused`() async throws {
    try await inImports { shell in
      try await shell.press("C-r")
      try await shell.wait(for: "read-only")
      try await shell.press("D")
      try await shell.wait(for: "nothing can be changed here")
      try await shell.press("C-r", "D")
      try await shell.wait(for: "Discard from imports")
      try await shell.press("Escape")
    }
  }
}
