// A shell in tmux, with the real binary on its path: what a person has in front of
// them. tmux judges what the program did to the terminal better than any parser of ours.

import Foundation
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
    return own.merging(["SWIFT_BACKTRACE": "enable=no", "TERM": "tmux-256color"].merging(more) { $1 }) { $1 }
  }

  static func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Finished {
    try run(path, arguments, Self.environment(environment))
  }

  static func run(_ program: String, _ arguments: [String], _ environment: [String: String]) throws -> Finished {
    // Files, not pipes: a pipe's end leaks into every process that is started at the same moment (Foundation sets no
    // close-on-exec), and a tmux server would then keep it open for ever.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, errors) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
    for file in [output, errors] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Finished(
      status: process.terminationStatus, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

/// A shell in a tmux pane of its own server.
final class Shell: Sendable {
  private let socket = "taskdeck-\(UUID().uuidString.prefix(8))"

  /// The prompt is a word that nothing else prints.
  init(columns: Int = 100, rows: Int = 30, environment: [String: String] = [:]) throws {
    let variables = Binary.environment(environment).merging(["PS1": "READY> "]) { $1 }.map { "\($0.key)=\($0.value)" }
    try tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env", "-i"] + variables
        + ["sh", "-i"])
  }

  deinit {
    // A server that is gone already is what is wanted.
    _ = try? tmux(["kill-server"])
  }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let result = try Binary.run(
      "/usr/bin/env", ["tmux", "-L", socket] + arguments, ProcessInfo.processInfo.environment)
    guard result.status == 0 else { throw ShellError(text: "tmux \(arguments): \(result.errors)") }
    return result.output
  }

  /// Types a line and presses Enter.
  func run(_ line: String) throws {
    try type(line)
    try press("Enter")
  }

  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

  /// Keys by tmux's names: `Enter`, `Escape`, `C-z`.
  func press(_ keys: String...) throws { for key in keys { try tmux(["send-keys", key]) } }

  /// A bracketed paste, as a terminal sends it to a program that asked for them.
  func paste(_ text: String) throws {
    try tmux(["set-buffer", text])
    try tmux(["paste-buffer", "-p"])
  }

  func resize(columns: Int, rows: Int) throws {
    try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

  /// The screen with its colours.
  func colouredScreen() throws -> String { try tmux(["capture-pane", "-p", "-e"]) }

  /// A tmux format, such as `#{alternate_on}`.
  func ask(_ format: String) throws -> String {
    try tmux(["display-message", "-p", format]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Waits until the screen is as wanted; fails with what it was.
  func wait(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: @Sendable (String) -> Bool
  ) async throws {
    let isThere = await eventually(within: .seconds(20)) { ((try? self.screen()).map(condition)) ?? false }
    try #require(
      isThere, "\(what) never came; the screen was:\n\((try? screen()) ?? "")", sourceLocation: sourceLocation)
  }

  func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await wait("\"\(text)\"", sourceLocation: sourceLocation) { $0.contains(text) }
  }

  /// Waits for the prompt at the end of the screen, with the terminal as it was before: no alternate screen, a cursor,
  /// no mouse reports.
  func waitForPrompt(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await wait("the prompt", sourceLocation: sourceLocation) { screen in
      screen.split(separator: "\n").last?.trimmingCharacters(in: .whitespaces) == "READY>"
    }
    #expect(
      try ask("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "0 1 0", sourceLocation: sourceLocation)
  }
}

struct ShellError: Error { let text: String }
