// `B` in the real console: a task of the demo runs here, by the demo's own worker.

import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ReplayInTmuxTests {
  @Test func `B runs the task under the cursor here, and it stays in its queue`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    let shell = try await Shell(environment: ["XDG_STATE_HOME": folder.path])
    try await shell.run("\(Binary.path) demo --tasks 200")
    try await shell.wait("the queues with counts") { $0.contains("imports") && $0.contains("● live") }
    try await shell.press("j", "Enter")
    try await shell.wait(for: "ImportCustomer")
    try await shell.press("B")
    try await shell.wait("payload, metadata and handler") {
      $0.contains("Run here: ImportCustomer") && $0.contains("Metadata of the next attempt") && $0.contains("worker")
    }
    try await shell.press("Enter")
    try await shell.wait("the worker's answer") { $0.contains("HTTP/1.1 200") }
    try await shell.press("Escape")
    try await shell.wait("the task, still there") { !$0.contains("Run here") && $0.contains("ImportCustomer") }
    try await shell.press("C-c")
    try await shell.waitForPrompt()
  }
}
