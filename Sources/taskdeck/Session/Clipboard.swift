// The clipboard, by whatever way there is: a program of the desktop, tmux, or the terminal itself (OSC 52).

import Console
import Curses
import Foundation
import Subprocess

/// Copies texts.
struct Clipboard: Sendable {
  let environment: [String: String]
  let terminal: CursesTerminal

  /// Bytes of base64 that every terminal in use takes in one OSC 52; stock xterm drops what is longer without a word.
  static let longest = 74_994

  /// Returns what to tell: how it was copied, or why it was not.
  func copy(_ text: String) async -> Result<String, Failure> {
    if let program = desktopProgram, await run(program, text) { return .success("with \(program[0])") }
    if environment["TMUX"] != nil {
      // tmux drops an OSC 52 from inside unless it is told otherwise; this asks it directly, and it tells the terminal.
      if await run(["tmux", "load-buffer", "-w", "-"], text) { return .success("with tmux") }
    }
    let encoded = Data(text.utf8).base64EncodedString()
    guard encoded.utf8.count <= Self.longest else {
      return .failure(
        Failure(
          title: "That is too large to copy", reason: "Terminals take \(Words.bytes(Self.longest * 3 / 4)) at most.",
          remedy: "Print it with `taskdeck tasks show`, or write it with :export."))
    }
    terminal.send(isInScreen ? Self.throughScreen(encoded) : "\u{1B}]52;c;\(encoded)\u{7}")
    return .success("through the terminal")
  }

  private var isInScreen: Bool { environment["STY"] != nil && environment["TMUX"] == nil }

  /// GNU screen hands on what stands in a device control string, of 768 bytes at most (its manual, "Control Sequences").
  static func throughScreen(_ encoded: String) -> String {
    let bytes = Array("\u{1B}]52;c;\(encoded)\u{7}".utf8)
    return stride(from: 0, to: bytes.count, by: 700).map { start in
      "\u{1B}P" + String(decoding: bytes[start..<min(bytes.count, start + 700)], as: UTF8.self) + "\u{1B}\\"
    }.joined()
  }

  /// Over SSH the desktop's programs, if they are there at all, would copy on the wrong machine.
  private var desktopProgram: [String]? {
    guard environment["SSH_CONNECTION"] == nil else { return nil }
    if environment["WAYLAND_DISPLAY"] != nil { return ["wl-copy"] }
    return environment["DISPLAY"] != nil ? ["xclip", "-selection", "clipboard"] : nil
  }

  private func run(_ program: [String], _ text: String) async -> Bool {
    do {
      let result = try await Subprocess.run(
        .name(program[0]), arguments: Arguments(Array(program.dropFirst())), input: .string(text), output: .discarded,
        error: .discarded)
      return result.terminationStatus.isSuccess
    } catch {
      // Not installed, or no display: the next way is tried.
      return false
    }
  }
}
