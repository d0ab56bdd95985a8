// A shell in tmux, with the real binary on its path: what a person has in front of
// them. tmux judges what the program did to the terminal better than any parser of ours.

import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Runs a program to its end and returns what it said.
struct Finished {
  let status: Int32
  let output: String
  let errors: String
}

/// The binary under test, built beside the test bundle.
enum Binary {
  static let path = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("taskdeck").path

  /// Nothing of the caller's cloud settings may leak in.
  static func environment(_ more: [String: String] = [:]) -> [String: String] {
    let kept = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"]
    let own = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
    // A folder that is nowhere: nor may the caller's own contexts.
    let fixed = ["SWIFT_BACKTRACE": "enable=no", "TERM": "tmux-256color", "XDG_CONFIG_HOME": "/nonexistent"]
    return own.merging(fixed.merging(more) { $1 }) { $1 }
  }

  static func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Finished {
    try await run(path, arguments, Self.environment(environment))
  }

  static func run(
    _ program: String, _ arguments: [String], _ environment: [String: String]
  ) async throws -> Finished {
    let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let result = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)), output: .string(limit: 16 << 20),
      error: .string(limit: 1 << 20))
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Finished(status: status, output: result.standardOutput, errors: result.standardError)
  }
}

/// A shell in a tmux pane of its own server.
final class Shell: Sendable {
  private let socket = "taskdeck-\(UUID().uuidString.prefix(8))"

  /// The prompt is a word that nothing else prints.
  init(columns: Int = 100, rows: Int = 30, environment: [String: String] = [:]) async throws {
    let variables = Binary.environment(environment).merging(["PS1": "READY> "]) { $1 }.map { "\($0.key)=\($0.value)" }
    try await tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env", "-i"] + variables
        + ["sh", "-i"])
  }

  deinit {
    // Started and not waited for: it outlives this process if need be. A server that is gone already is what is wanted.
    let ending = Process()
    ending.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    ending.arguments = ["tmux", "-L", socket, "kill-server"]
    ending.standardError = FileHandle.nullDevice
    try? ending.run()
  }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    let result = try await Binary.run(
      "/usr/bin/env", ["tmux", "-L", socket] + arguments, ProcessInfo.processInfo.environment)
    guard result.status == 0 else { throw ShellError(text: "tmux \(arguments): \(result.errors)") }
    return result.output
  }

  /// Types a line and presses Enter.
  func run(_ line: String) async throws {
    try await type(line)
    try await press("Enter")
  }

  func type(_ text: String) async throws { try await tmux(["send-keys", "-l", text]) }

  /// Keys by tmux's names: `Enter`, `Escape`, `C-z`.
  func press(_ keys: String...) async throws { for key in keys { try await tmux(["send-keys", key]) } }

  /// A bracketed paste, as a terminal sends it to a program that asked for them.
  func paste(_ text: String) async throws {
    try await tmux(["set-buffer", text])
    try await tmux(["paste-buffer", "-p"])
  }

  /// From now on, all bytes that are written to the terminal go into a file too.
  func record(into path: String) async throws { try await tmux(["pipe-pane", "-O", "cat > '\(path)'"]) }

  func resize(columns: Int, rows: Int) async throws {
    try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  func screen() async throws -> String { try await tmux(["capture-pane", "-p"]) }

  /// The row, from 1, in which a text first stands.
  func row(of text: String) async throws -> Int {
    let rows = try await screen().split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(rows.firstIndex { $0.contains(text) }) + 1
  }

  /// The screen with its colours.
  func colouredScreen() async throws -> String { try await tmux(["capture-pane", "-p", "-e"]) }

  /// A tmux format, such as `#{alternate_on}`.
  func ask(_ format: String) async throws -> String {
    try await tmux(["display-message", "-p", format]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Waits until the screen is as wanted; fails with what it was.
  func wait(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: @Sendable (String) -> Bool
  ) async throws {
    let isThere = await eventually(within: .seconds(20)) { ((try? await self.screen()).map(condition)) ?? false }
    if isThere { return }
    let shown = try await screen()
    try #require(Bool(false), "\(what) never came; the screen was:\n\(shown)", sourceLocation: sourceLocation)
  }

  func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await wait("\"\(text)\"", sourceLocation: sourceLocation) { $0.contains(text) }
  }

  /// Waits for the prompt at the end of the screen, with the terminal as it was before: no alternate screen, a cursor,
  /// no mouse reports.
  func waitForPrompt(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await wait("the prompt", sourceLocation: sourceLocation) { screen in
      screen.split(separator: "\n").last?.trimmingCharacters(in: .whitespaces).hasSuffix("READY>") == true
    }
    #expect(
      try await ask("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "0 1 0", sourceLocation: sourceLocation)
  }
}

struct ShellError: Error { let text: String }
