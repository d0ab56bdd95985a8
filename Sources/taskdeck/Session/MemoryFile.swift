// Where the console's memory is kept: `$XDG_STATE_HOME/taskdeck/console.json`, beside the journal.
//
// Several consoles may run at once, so a change is made to what the file holds at that moment, under a lock, and the
// file is replaced in one step.

import Console
import Foundation
import Synchronization

/// The file that outlives the session.
struct MemoryFile: Sendable {
  private let path: String
  private let queue = DispatchQueue(label: "taskdeck.memory")

  init(environment: [String: String]) {
    path = "\(StateFolder.path(environment))/console.json"
  }

  /// What is remembered; nothing, where there is no file or it is not one of ours.
  func read() -> Memory {
    guard let data = FileManager.default.contents(atPath: path) else { return Memory() }
    do { return try JSONDecoder().decode(Memory.self, from: data) } catch { return Memory() }
  }

  /// Writes one change, away from the loop. `onFailure` gets a sentence.
  func keep(_ change: Memory.Change, onFailure: @escaping @Sendable (String) -> Void) {
    queue.async {
      do { try write(change) } catch {
        onFailure("\(path) could not be written: \(error.localizedDescription)")
      }
    }
  }

  /// Waits until all is written.
  func finish() { queue.sync {} }

  private func write(_ change: Memory.Change) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let lock = open(folder.path + "/console.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    if lock >= 0 { flock(lock, LOCK_EX) }
    defer { if lock >= 0 { close(lock) } }
    var memory = read()
    memory.apply(change)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // In a file of its own until it is whole; readable by this person only, because filters may quote payloads.
    let fresh = "\(path).\(getpid())"
    try encoder.encode(memory).write(to: URL(fileURLWithPath: fresh))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fresh)
    guard rename(fresh, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}

/// Where this program keeps what it writes.
enum StateFolder {
  /// `$XDG_STATE_HOME/taskdeck` (XDG Base Directory Specification; a relative value is to be ignored).
  static func path(_ environment: [String: String]) -> String {
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return "\(state ?? "\(environment["HOME"] ?? NSHomeDirectory())/.local/state")/taskdeck"
  }
}
