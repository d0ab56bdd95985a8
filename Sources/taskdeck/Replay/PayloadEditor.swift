// A payload in the person's own editor. What is not JSON comes back to the editor
// with the place of the fault, and is never lost.

import CloudModel
import Foundation
import LocalRun
import Operations
import ReplayModel

/// Opens `$VISUAL`, else `$EDITOR`, on a payload.
struct PayloadEditor: Sendable {
  let environment: [String: String]

  /// The edited text; nil when it was left as it was.
  ///
  /// - Parameter isJSON: whether it must be JSON when it comes back.
  /// - Throws: `Exit` when the editor is missing or fails, or the same text that is not JSON comes back twice.
  func edit(_ text: String, isJSON: Bool) async throws(Exit) -> String? {
    let file = try EditedFile(text, isJSON: isJSON)
    var (refused, current) = (String?.none, text)
    while true {
      try await open(file.path)
      let edited = try file.read()
      if edited == text {
        file.remove()
        return nil
      }
      guard isJSON, let fault = Self.fault(in: edited) else {
        file.remove()
        return edited
      }
      guard edited != refused else {
        throw .usage(
          "The payload is not JSON", reason: "\(fault.words), and it was left so.",
          remedy: "Your text is kept in \(file.path).")
      }
      (refused, current) = (edited, edited)
      Output.say("Not JSON: \(fault.words). Back to the editor; save it unchanged to give up.")
      try file.write(current, fault: fault)
    }
  }

  private static func fault(in text: String) -> JSONFault? {
    do {
      _ = try JSON(parsing: text)
      return nil
    } catch { return JSONFault(line: error.line, column: error.column, reason: error.reason) }
  }

  private func open(_ path: String) async throws(Exit) {
    let editor = try name()
    // As git does: "The value is meant to be interpreted by the shell when it is used" (git-var(1)), for it may have
    // arguments of its own.
    let words = ["/bin/sh", "-c", "\(editor) \"$@\"", editor, path]
    // Ctrl-C is the editor's while it is open.
    let endings = Endings()
    let status: Int32
    do { status = try await TerminalProgram.run(words, environment: environment) } catch {
      throw .refused(
        "The editor cannot be started", reason: "\(error)", remedy: "Set EDITOR to a program that is there.")
    }
    withExtendedLifetime(endings) {}
    if status == 127 || status == 126 {
      throw .refused(
        "There is no editor \(editor)", reason: "The shell could not start it (status \(status)). Nothing was run.",
        remedy: "Set VISUAL or EDITOR to an editor that is installed.")
    }
    guard status == 0 else {
      throw .refused(
        "The editor failed", reason: "\(editor) ended with status \(status). Nothing was run.",
        remedy: "Try again, or give the payload with --payload @FILE.")
    }
  }

  private func name() throws(Exit) -> String {
    if let named = [environment["VISUAL"], environment["EDITOR"]].compactMap({ $0 }).first(where: { !$0.isEmpty }) {
      return named
    }
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let usual = ["sensible-editor", "nano", "vi"].first { name in
      folders.contains { access("\($0)/\(name)", X_OK) == 0 }
    }
    guard let usual else {
      throw .refused(
        "There is no editor", reason: "Neither VISUAL nor EDITOR is set.",
        remedy: "Set EDITOR, or give the payload with --payload @FILE.")
    }
    return usual
  }
}

/// Where a text is no JSON.
private struct JSONFault {
  let line: Int
  let column: Int
  let reason: String

  var words: String { "line \(line), column \(column): \(reason)" }
}

/// The file that is edited, in a folder of its own that only this user can enter.
private struct EditedFile {
  private let folder: String
  let path: String
  /// Lines that are ours and not the payload's.
  private static let mark = "#! "

  init(_ text: String, isJSON: Bool) throws(Exit) {
    folder = NSTemporaryDirectory() + "taskdeck-edit-\(UUID().uuidString)"
    path = "\(folder)/payload.\(isJSON ? "json" : "txt")"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch { throw Self.refused(folder, error) }
    try write(text, fault: nil)
  }

  /// A fault is told in the first line, for an editor may have cleared the screen before anybody read it there. Its line
  /// is counted with that one, as the editor counts.
  func write(_ text: String, fault: JSONFault?) throws(Exit) {
    let head = fault.map { "\(Self.mark)line \($0.line + 1), column \($0.column): \($0.reason)\n" } ?? ""
    do { try Data((head + text).utf8).write(to: URL(fileURLWithPath: path)) } catch { throw Self.refused(path, error) }
  }

  func read() throws(Exit) -> String {
    do {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      guard text.hasPrefix(Self.mark) else { return text }
      return String(text.drop { $0 != "\n" }.dropFirst())
    } catch { throw Self.refused(path, error) }
  }

  func remove() {
    // What is left in a private folder of /tmp harms nobody.
    do { try FileManager.default.removeItem(atPath: folder) } catch { Output.say("\(folder) could not be removed.") }
  }

  private static func refused(_ path: String, _ error: any Error) -> Exit {
    .refused(
      "The payload cannot be edited", reason: "\(path): \(error.localizedDescription)",
      remedy: "Check TMPDIR, or give the payload with --payload @FILE.")
  }
}
