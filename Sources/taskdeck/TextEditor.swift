// A text in the person's own editor: a payload, a job, a line of a form. What cannot be used comes back to the editor
// with the place of the fault, and is never lost.

import CloudModel
import Console
import Foundation
import LocalRun
import Operations
import ReplayModel

/// Why an edited text cannot be used, and where.
struct TextFault: Error, Equatable {
  var line: Int?
  var column: Int?
  let reason: String

  init(_ reason: String) { self.reason = reason }

  init(_ error: JSONError) { (line, column, reason) = (error.line, error.column, error.reason) }

  /// Why a text is no JSON; nil when it is.
  static func json(in text: String) -> TextFault? {
    do throws(JSONError) { _ = try JSON(parsing: text) } catch { return TextFault(error) }
    return nil
  }

  /// `below` lines were put above the text since it was looked at.
  func words(below lines: Int = 0) -> String {
    guard let line, let column else { return reason }
    return "line \(line + lines), column \(column): \(reason)"
  }
}

/// Opens `$VISUAL`, else `$EDITOR`, on a text.
struct TextEditor: Sendable {
  let environment: [String: String]

  init(environment: [String: String] = ProcessInfo.processInfo.environment) { self.environment = environment }

  /// The edited text; nil when it was left as it was.
  ///
  /// - Parameters:
  ///   - name: the file's, whose end tells the editor what it is.
  ///   - fault: why a text cannot be used.
  /// - Throws: `Exit` when the editor is missing or fails, or the same unusable text comes back twice
  ///   (without a terminal: any two).
  func edit(
    _ text: String, name: String, fault: @Sendable (String) -> TextFault? = { _ in nil }
  ) async throws(Exit) -> String? {
    let file = try EditedFile(text, name: name)
    var refused: String?
    while true {
      try await open(file.path)
      let edited = Self.trimmed(try file.read(), like: text)
      if edited == text {
        file.remove()
        return nil
      }
      guard let found = fault(edited) else {
        file.remove()
        return edited
      }
      // A script in the place of an editor may spoil its text further each time, with nobody there to end it.
      guard edited != refused, refused == nil || isatty(STDIN_FILENO) != 0 else {
        throw .usage(
          "What came from the editor cannot be used", reason: "\(printable(found.words())), and it was left so.",
          remedy: "Your text is kept in \(file.path).")
      }
      refused = edited
      Output.say(printable("\(found.words()). Back to the editor; save it unchanged to give up."))
      try file.write(edited, fault: found)
    }
  }

  /// POSIX editors end the last line, which the text did not do.
  private static func trimmed(_ edited: String, like text: String) -> String {
    text.hasSuffix("\n") || !edited.hasSuffix("\n") ? edited : String(edited.dropLast())
  }

  /// For the console: the failure in words.
  static func edited(_ text: String, name: String) async -> Result<String?, Failure> {
    let safe = String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    let isJSON = TextFault.json(in: text) == nil && text.first.map { "{[".contains($0) } ?? false
    do throws(Exit) {
      return .success(try await TextEditor().edit(text, name: safe + (isJSON ? ".json" : ".txt")))
    } catch { return .failure(error.failure) }
  }

  /// The file itself, which the person changes.
  func open(_ path: String) async throws(Exit) {
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
        "There is no editor \(editor)", reason: "The shell could not start it (status \(status)). Nothing was done.",
        remedy: "Set VISUAL or EDITOR to an editor that is installed.")
    }
    guard status == 0 else {
      throw .refused(
        "The editor failed", reason: "\(editor) ended with status \(status). Nothing was done.",
        remedy: "Try again, or set VISUAL or EDITOR to an editor that works here.")
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
        remedy: "Set EDITOR.")
    }
    return usual
  }
}

/// The file that is edited, in a folder of its own that only this user can enter.
private struct EditedFile {
  private let folder: String
  let path: String
  /// Lines that are ours and not the payload's.
  private static let mark = "#! "

  init(_ text: String, name: String) throws(Exit) {
    folder = NSTemporaryDirectory() + "taskdeck-edit-\(UUID().uuidString)"
    path = "\(folder)/\(name)"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch { throw Self.refused(folder, error) }
    try write(text, fault: nil)
  }

  /// A fault is told in the first line, for an editor may have cleared the screen before anybody read it there. Its line
  /// is counted with that one, as the editor counts.
  func write(_ text: String, fault: TextFault?) throws(Exit) {
    let head = fault.map { "\(Self.mark)\(printable($0.words(below: 1)))\n" } ?? ""
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
      "The text cannot be edited", reason: "\(path): \(error.localizedDescription)",
      remedy: "Check TMPDIR.")
  }
}
