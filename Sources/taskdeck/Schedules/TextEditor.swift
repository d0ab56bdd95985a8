// The person's own editor, on a file of its own.

import Foundation

enum TextEditor {
  /// The text as it was saved. $VISUAL and $EDITOR may hold arguments, so a shell splits them, as git does.
  static func edit(
    _ text: String, name: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) -> String {
    let editor = editor(environment)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)")
    let file = folder.appendingPathComponent(name)
    do {
      // 0700: a job's headers may hold secrets.
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      defer { remove(folder) }
      try Data(text.utf8).write(to: file)
      let status = run(editor, file.path)
      guard status == 0 else {
        throw Exit.refused(
          "Nothing was changed", reason: "The editor \(editor) ended with \(status).",
          remedy: "Set VISUAL or EDITOR to an editor that works here.")
      }
      return try String(contentsOf: file, encoding: .utf8)
    } catch let exit as Exit {
      throw exit
    } catch {
      throw .refused("The text cannot be edited", reason: error.localizedDescription, remedy: "Try again.")
    }
  }

  /// The file itself, which the person changes; what the editor ends with is the person's to see.
  static func open(_ path: String, environment: [String: String]) { _ = run(editor(environment), path) }

  private static func editor(_ environment: [String: String]) -> String {
    [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty } ?? "vi"
  }

  private static func remove(_ folder: URL) {
    do { try FileManager.default.removeItem(at: folder) } catch {
      Output.say("taskdeck: \(folder.path) could not be removed: \(error.localizedDescription)")
    }
  }

  private static func run(_ editor: String, _ path: String) -> Int32 {
    let line = ["/bin/sh", "-c", "\(editor) \"$1\"", "sh", path]
    var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var child = pid_t()
    let failed = posix_spawn(&child, "/bin/sh", nil, nil, words, environ)
    if failed != 0 { return 127 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
  }
}
