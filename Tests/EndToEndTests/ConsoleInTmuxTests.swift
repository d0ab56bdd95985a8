// The real binary in a real terminal.

import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ConsoleInTmuxTests {
  private let demo = "\(Binary.path) demo --tasks 200"

  @Test func `the demo opens, moves and is left with the terminal as it was`() async throws {
    let shell = try await Shell()
    try await shell.run(
      "stty -a > before; \(demo); echo left with $?; stty -a > after; cmp before after && rm before after")
    try await shell.wait(for: "webhooks")
    try await shell.wait("counts that move") { screen in screen.contains("✗") }
    try await shell.press("q")
    try await shell.wait(for: "left with 0")
    try await shell.waitForPrompt()
    #expect(try await !shell.screen().contains("differ"))
  }

  @Test func `a queue opens, a task opens, and back again`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "imports")
    try await shell.press("j", "Enter")
    try await shell.wait(for: "ImportCustomer")
    try await shell.press("Enter")
    try await shell.wait(for: "\"customer\"")
    try await shell.press("Escape")
    try await shell.wait("the list of tasks") { $0.contains("LAST STATUS") }
    try await shell.press("q")
    try await shell.wait("the list of queues") { $0.contains("LAST MIN") }
  }

  @Test func `a filter narrows the rows and Esc takes it off`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    try await shell.type("/web")
    try await shell.wait("only webhooks") { $0.contains("webhooks") && !$0.contains("imports") }
    try await shell.press("Enter", "Escape")
    try await shell.wait(for: "imports")
  }

  @Test func `help lists the keys and closes`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    try await shell.press("?")
    try await shell.wait(for: "Columns right")
    try await shell.press("Escape")
    try await shell.wait("the help gone") { !$0.contains("Columns right") }
  }

  @Test func `jobs show their schedules and next runs`() async throws {
    let shell = try await Shell(columns: 120)
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    try await shell.press("3")
    try await shell.wait(for: "every 2 hours")
    try await shell.press("Enter")
    try await shell.wait(for: "0 0 * * 1-5")
  }

  @Test func `a resize is followed, down to a terminal that is too small and up again`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    try await shell.resize(columns: 39, rows: 9)
    try await shell.wait(for: "too small")
    try await shell.resize(columns: 200, rows: 50)
    try await shell.wait("the preview of a wide screen") { $0.contains("Limits and retries") }
    try await shell.resize(columns: 80, rows: 24)
    try await shell.wait("80 columns") { screen in
      screen.contains("webhooks") && screen.split(separator: "\n").allSatisfy { $0.count <= 80 }
    }
  }

  @Test func `Ctrl-Z gives the terminal to the shell and fg brings the console back`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    try await shell.press("C-z")
    try await shell.waitForPrompt()
    try await shell.run("fg")
    try await shell.wait("the console again") { $0.contains("webhooks") && !$0.contains("READY>") }
    try await shell.press("q")
    try await shell.waitForPrompt()
  }

  @Test(arguments: [("TERM", "143"), ("HUP", "129"), ("INT", "130")])
  func `a signal restores the terminal and ends with its status`(signal: String, status: String) async throws {
    let shell = try await Shell()
    try await shell.run("\(demo); echo ended with $?")
    try await shell.wait(for: "webhooks")
    let pane = try await shell.ask("#{pane_pid}")
    _ = try await Binary.run("/usr/bin/env", ["pkill", "-\(signal)", "-P", pane, "taskdeck"], Binary.environment())
    try await shell.wait(for: "ended with \(status)")
    try await shell.waitForPrompt()
  }

  @Test func `a crash restores the terminal`() async throws {
    let shell = try await Shell()
    try await shell.run("\(demo); echo ended with $?")
    try await shell.wait(for: "webhooks")
    let pane = try await shell.ask("#{pane_pid}")
    _ = try await Binary.run("/usr/bin/env", ["pkill", "-SEGV", "-P", pane, "taskdeck"], Binary.environment())
    try await shell.wait(for: "ended with 139")
    try await shell.waitForPrompt()
  }

  @Test func `NO_COLOR writes no colour, and failures are still told apart`() async throws {
    let shell = try await Shell(environment: ["NO_COLOR": "1"])
    try await shell.run(demo)
    try await shell.wait("failures") { $0.contains("✗") }
    let colours = try await shell.colouredScreen().matches(of: /\u{1B}\[[0-9;]*(3[0-7]|38|4[0-7]|48|9[0-7])[;m]/)
    #expect(colours.isEmpty)
  }

  @Test(arguments: ["dusk", "dawn"])
  func `each theme starts`(theme: String) async throws {
    let shell = try await Shell()
    try await shell.run("\(demo) --theme \(theme)")
    try await shell.wait(for: "webhooks")
    #expect(try await shell.colouredScreen().contains("[48;5;"))
  }

  @Test func `a paste onto the table does nothing`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    try await shell.paste("qqq/x\nq")
    try await shell.press("j", "Enter")
    try await shell.wait(for: "ImportCustomer")
  }

  @Test func `the mouse opens a queue and goes to a tab, and is given back at the end`() async throws {
    let shell = try await Shell()
    try await shell.run(demo)
    try await shell.wait(for: "webhooks")
    #expect(try await shell.ask("#{mouse_any_flag}") == "1")
    let row = try await shell.row(of: "imports")
    // A press and a release as xterm reports them, twice.
    for _ in 1...2 { try await shell.type("\u{1B}[<0;4;\(row)M\u{1B}[<0;4;\(row)m") }
    try await shell.wait(for: "ImportCustomer")
    try await shell.type("\u{1B}[<0;3;2M\u{1B}[<0;3;2m")
    try await shell.wait("the queues again") { $0.contains("LAST MIN") }
    try await shell.press("q")
    try await shell.waitForPrompt()
  }

  @Test func `--no-mouse leaves the mouse to the terminal`() async throws {
    let shell = try await Shell()
    try await shell.run("\(demo) --no-mouse")
    try await shell.wait(for: "webhooks")
    #expect(try await shell.ask("#{mouse_any_flag}") == "0")
  }

  @Test func `an endpoint where nothing listens is said in the middle of the screen`() async throws {
    let shell = try await Shell()
    try await shell.run("\(Binary.path) --endpoint http://127.0.0.1:9")
    try await shell.wait(for: "No answer from http://127.0.0.1:9")
    #expect(try await shell.screen().contains("taskdeck emulator"))
    try await shell.press("q")
    try await shell.waitForPrompt()
  }

  @Test func `when the emulator goes away the rows stay, marked as old`() async throws {
    let (shell, other) = (try await Shell(), try await Shell())
    try await other.run("\(Binary.path) demo --no-console --tasks 100")
    try await other.wait(for: "listening on ")
    let url = try #require(try await other.screen().firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)).output
    try await shell.run("\(Binary.path) --endpoint \(url)")
    try await shell.wait(for: "webhooks")
    try await other.press("C-c")
    try await other.waitForPrompt()
    try await shell.wait("an age beside the rows") { $0.contains("as of") && $0.contains("webhooks") }
    try await shell.press("q")
    try await shell.waitForPrompt()
  }

  @Test func `an unknown terminal and a missing one are refused with the commands to use instead`() async throws {
    let shell = try await Binary.run(["demo"])
    #expect(shell.status == 64)
    #expect(shell.errors.contains("needs a terminal"))
    #expect(shell.errors.contains("taskdeck tasks list"))
  }

  @Test func `TERM=dumb is refused in words, and leaves the screen alone`() async throws {
    let shell = try await Shell(environment: ["TERM": "dumb"])
    try await shell.run("\(demo); echo ended with $?")
    try await shell.wait(for: "ended with 64")
    #expect(try await shell.screen().contains("subcommands"))
  }
}
