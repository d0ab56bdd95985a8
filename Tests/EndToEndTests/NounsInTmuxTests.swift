// Queues, topics, tasks and what the journal keeps, in the real console.

import CloudModel
import Emulator
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct NounsInTmuxTests {
  /// The demo, with a journal of its own and an editor that always writes the same.
  private func inDemo(
    tasks: Int = 200, _ body: (Shell, _ folder: URL) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let editor = folder.appendingPathComponent("editor")
    try Data("#!/bin/sh\nprintf '{\\n  \"from\": \"editor\"\\n}\\n' > \"$1\"\n".utf8).write(to: editor)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor.path)
    let environment = ["XDG_STATE_HOME": folder.path, "EDITOR": editor.path, "VISUAL": ""]
    let shell = try await Shell(columns: 110, rows: 34, environment: environment)
    try await shell.run("\(Binary.path) demo --tasks \(tasks)")
    try await shell.wait("the queues with counts") { $0.contains("imports") && $0.contains("● live") }
    if tasks == 200 {
      // All that the demo puts there: what comes while something is planned would change the story.
      try await shell.wait("a queue that is filled") { $0.firstMatch(of: /imports +‖ paused +68\b/) != nil }
    }
    try await body(shell, folder)
    try FileManager.default.removeItem(at: folder)
  }

  private func leave(_ shell: Shell) async throws {
    try await shell.press("C-c")
    try await shell.waitForPrompt()
  }

  @Test func `a queue with tasks is deleted through a plan, and the journal shows what was in it`() async throws {
    try await inDemo { shell, _ in
      try await shell.press("j", "DC")
      try await shell.wait("the plan") {
        $0.contains("Delete the queue imports and its") && $0.contains("Can be undone")
      }
      try await shell.type("imports")
      try await shell.press("Enter")
      try await shell.wait(for: "The queue imports and")
      #expect(try await shell.screen().contains("deleted"))
      try await shell.press("Enter", "1")
      try await shell.wait("the other queues") { $0.contains("orders") && !$0.contains("imports") }
      try await shell.press("7")
      try await shell.wait(for: "delete-queue")
      try await shell.press("Enter")
      try await shell.wait(for: "Enter shows what is kept of one")
      try await shell.press("G", "Enter")
      try await shell.wait("the task as it was") { $0.contains("In the journal") && $0.contains("ImportCustomer") }
      try await shell.press("G")
      try await shell.wait("its payload") { $0.contains("\"customer\"") }
      try await leave(shell)
    }
  }

  @Test func `a task is made in a form, its payload in the editor`() async throws {
    try await inDemo { shell, _ in
      try await shell.press("j", "N")
      try await shell.wait(for: "New task in imports")
      try await shell.type("http://127.0.0.1:9/Edited")
      try await shell.press("Tab", "C-o")
      try await shell.wait("the editor's text, with its line ends") { $0.contains("{⏎  \"from\": \"editor\"⏎}") }
      try await shell.press("Enter")
      try await shell.wait("the plan") {
        $0.contains("Create a task in imports") && $0.contains("\"from\": \"editor\"")
      }
      try await shell.press("a")
      try await shell.wait(for: "is created")
      try await shell.press("Enter", "/")
      try await shell.type("class:Edited")
      try await shell.press("Enter", "Enter", "p")
      try await shell.wait(for: "\"from\": \"editor\"")
      try await leave(shell)
    }
  }

  @Test func `limits of a queue are changed through before and after`() async throws {
    try await inDemo { shell, _ in
      try await shell.press("j", "e")
      try await shell.wait(for: "Limits of imports")
      try await shell.press("C-u")
      try await shell.type("x7")
      try await shell.press("Enter")
      try await shell.wait(for: "✗ \"x7\" is not taken")
      try await shell.press("C-u")
      try await shell.type("7")
      try await shell.press("Enter")
      try await shell.wait(for: "100 -> 7")
      try await shell.press("a")
      try await shell.wait("the new rate") { $0.contains("imports is changed") && $0.contains(" 7/s") }
      try await leave(shell)
    }
  }

  @Test func `q while a discard runs asks first, and the shell is told what is left`() async throws {
    try await inDemo(tasks: 30000) { shell, _ in
      // The demo fills its queues while one looks; thousands take longer to discard than a key to press.
      try await shell.wait("thousands of tasks") { $0.firstMatch(of: /imports +‖ paused +[2-9],\d{3}/) != nil }
      try await shell.press("j", "X")
      try await shell.wait("the plan") { $0.contains("Type imports and press Enter") }
      try await shell.type("imports")
      try await shell.press("Enter", "q")
      try await shell.wait(for: "Quit? Calls under way are waited for")
      try await shell.press("q")
      try await shell.waitForPrompt()
      let told = try await shell.screen().replacing("\n", with: " ")
      #expect(told.contains("are not done. Journal entry 1 knows"), "\(told)")
      #expect(told.contains("taskdeck journal resume 1"))
      try await shell.run("clear; \(Binary.path) journal show 1 | head -8")
      try await shell.wait(for: "interrupted")
    }
  }

  @Test func `a replay is edited, run twice, compared and enqueued again`() async throws {
    try await inDemo { shell, _ in
      try await shell.press("j", "Enter")
      try await shell.wait(for: "ImportCustomer")
      try await shell.press("B")
      try await shell.wait(for: "Metadata of the next attempt")
      try await shell.press("Enter")
      try await shell.wait(for: "HTTP/1.1 200")
      try await shell.press("e")
      try await shell.wait(for: "Changed:")
      try await shell.press("r")
      try await shell.wait("the second answer") { $0.contains("HTTP/1.1 ") && $0.contains("Changed:") }
      try await shell.wait("an end") { $0.contains("succeeded") || $0.contains("failed") }
      // Both ends look alike, so it is asked for until the second run is there to be compared.
      let isCompared = await eventually(within: .seconds(20)) {
        do {
          try await shell.press("=")
          return try await !shell.screen().contains("Metadata")
        } catch { return false }
      }
      #expect(isCompared)
      try await shell.wait("both payloads") { $0.contains("from") && $0.contains("editor") }
      try await shell.press("Escape", "N")
      try await shell.wait(for: "Enqueued as")
      try await shell.press("q")
      try await shell.wait(for: "LAST STATUS")
      try await leave(shell)
    }
  }

  // MARK: Pub/Sub

  private func inPubsub(_ body: (Shell) async throws -> Void) async throws {
    var configuration = EmulatorConfiguration()
    configuration.queues = []
    let emulator = try await EmulatorServer.start(configuration)
    for (path, content) in [
      ("topics/orders", "{}"), ("subscriptions/reader", #"{"topic":"projects/local/topics/orders"}"#),
    ] {
      let made = try await Binary.run(
        "/usr/bin/env",
        ["curl", "-sSf", "-X", "PUT", "\(emulator.url)/v1/projects/local/\(path)", "-d", content], Binary.environment())
      #expect(made.status == 0, "\(made.errors)")
    }
    let shell = try await Shell(columns: 100)
    try await shell.run("\(Binary.path) --endpoint \(emulator.url)")
    try await shell.wait(for: "No queues.")
    try await shell.press("5")
    try await shell.wait(for: "reader")
    try await body(shell)
    try await leave(shell)
    await emulator.stop()
  }

  @Test func `a message is published and seen where it waits`() async throws {
    try await inPubsub { shell in
      try await shell.press("N")
      try await shell.wait(for: "Message to orders")
      try await shell.type(#"{"order":7}"#)
      try await shell.press("Tab")
      try await shell.type("tenant=acme")
      try await shell.press("Enter")
      try await shell.wait("the plan") { $0.contains("Publish to orders") && $0.contains("reader") }
      try await shell.press("a")
      try await shell.wait(for: "Published to orders as")
      try await shell.press("m")
      try await shell.wait("the message") { $0.contains("\"order\": 7") && $0.contains("tenant") }
      try await shell.press("Escape")
      try await shell.wait(for: "SUBSCRIPTION")
    }
  }

  @Test func `a topic is created and deleted, and its subscriptions are named before`() async throws {
    try await inPubsub { shell in
      try await shell.press("C")
      try await shell.type("fresh")
      try await shell.press("Enter")
      try await shell.wait(for: "Create the topic fresh")
      try await shell.press("a")
      try await shell.wait("the topic that nobody reads") { $0.contains("unread") && $0.contains("fresh is created") }
      try await shell.press("G", "DC")
      try await shell.wait("the plan") { $0.contains("Delete the topic orders") && $0.contains("reader") }
      try await shell.type("orders")
      try await shell.press("Enter")
      try await shell.wait(for: "The topic orders is deleted")
      try await shell.wait("the subscription without one") { $0.contains("_deleted-topic_") }
    }
  }

  // MARK: What reaches the terminal

  @Test func `no escape sequence of a payload, a header or an error reaches the terminal`() async throws {
    var configuration = EmulatorConfiguration()
    configuration.queues = [try QueueName("projects/local/locations/us-central1/queues/default")]
    let emulator = try await EmulatorServer.start(configuration)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let evil = "\u{1B}]52;c;aGFjaw==\u{7}\u{1B}]0;owned\u{7}\u{1B}[2J\u{9D}0;x\u{9C}\u{9B}31m\u{202E}"
    let file = folder.appendingPathComponent("payload")
    for (id, body) in [("text", Data(evil.utf8)), ("json", JSON.object(["evil \(evil)": .string(evil)]).data)] {
      try body.write(to: file)
      let pushed = try await Binary.run([
        "tasks", "push", "default", "--url=http://127.0.0.1:9/x", "--name=\(id)", "--in=5h",
        "--payload=@\(file.path)", "--endpoint=\(emulator.url)",
      ])
      #expect(pushed.status == 0, "\(pushed.errors)")
    }
    let shell = try await Shell(environment: ["XDG_STATE_HOME": folder.path])
    let written = folder.appendingPathComponent("written")
    try await shell.record(into: written.path)
    try await shell.run("\(Binary.path) --endpoint \(emulator.url)")
    try await shell.wait(for: "default")
    try await shell.press("Enter")
    try await shell.wait(for: "json")
    for _ in 1...2 {
      try await shell.press("Enter", "p")
      try await shell.wait(for: "Payload (")
      try await shell.wait(for: "owned")
      try await shell.press("v")
      try await shell.wait(for: "Raw: the resource")
      try await shell.press("v", "c")
      try await shell.wait(for: "push (curl)")
      // Each Escape is waited for: one with a key behind it is Alt.
      try await shell.press("Escape")
      try await shell.wait("no menu") { !$0.contains("push (curl)") }
      try await shell.press("D", "Enter")
      try await shell.wait(for: "nothing is changed yet")
      try await shell.press("Escape")
      try await shell.wait("no plan") { !$0.contains("nothing is changed yet") }
      try await shell.press("Escape")
      try await shell.wait(for: "LAST STATUS")
      try await shell.press("j")
    }
    try await shell.type("/")
    try await shell.paste(evil)
    try await shell.press("C-c")
    try await shell.waitForPrompt()
    let bytes = try Data(contentsOf: written)
    #expect(bytes.count > 1000)
    for sequence in ["\u{1B}]", "owned\u{7}", "aGFjaw==\u{7}", "\u{9D}", "\u{9B}31m", "\u{202E}"] {
      #expect(bytes.range(of: Data(sequence.utf8)) == nil, "\(sequence.debugDescription) was written")
    }
    try FileManager.default.removeItem(at: folder)
    await emulator.stop()
  }
}
