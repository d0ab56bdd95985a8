// The folder of the journal: whether undo will have what it needs, and whether others can read it.

import Console
import Foundation

/// What is kept on this machine.
struct StateChecks {
  private let folder: String
  private let environment: [String: String]

  init(_ environment: [String: String]) {
    (self.environment, folder) = (environment, StateFolder.path(environment))
  }

  var all: [Check] { [state, journal, room] }

  private var state: Check {
    guard exists(folder) else { return absentFolder }
    guard access(folder, W_OK | X_OK) == 0 else {
      return Check(
        "state folder", .fail, "\(folder) cannot be written: \(String(cString: strerror(errno)))",
        remedy: "Nothing is deleted without a journal: make it yours, or set XDG_STATE_HOME to a folder of yours.")
    }
    return Check("state folder", .ok, folder)
  }

  /// It is made by the first change, in the nearest folder that is there.
  private var absentFolder: Check {
    var nearest = URL(fileURLWithPath: folder).deletingLastPathComponent()
    while !exists(nearest.path), nearest.path != "/" { nearest.deleteLastPathComponent() }
    return access(nearest.path, W_OK | X_OK) == 0
      ? Check("state folder", .ok, "\(folder) is not there yet, and can be made")
      : Check(
        "state folder", .fail, "\(folder) is not there, and \(nearest.path) cannot be written",
        remedy: "Set XDG_STATE_HOME to a folder of yours.")
  }

  private var journal: Check {
    let path = "\(folder)/journal.db"
    guard exists(path) else { return Check("journal", .ok, "\(path) is not there yet: nothing was changed so far") }
    // What it holds are the payloads of tasks.
    for file in [path, "\(path)-wal", "\(path)-shm"] where exists(file) {
      guard let mode = mode(of: file), mode & 0o077 != 0 else { continue }
      return Check(
        "journal", .fail, "\(file) can be read by others (mode \(String(mode & 0o777, radix: 8)))",
        remedy: "Run: chmod 600 '\(file)'")
    }
    do throws(Exit) {
      _ = try Workbench.openJournal(environment)
      return Check("journal", .ok, path)
    } catch {
      return Check("journal", error.failure)
    }
  }

  /// A full disk is found out at the worst moment: half-way through a discard.
  private var room: Check {
    var facts = statvfs()
    guard statvfs(exists(folder) ? folder : "/", &facts) == 0 else {
      return Check("disk", .warn, "how full it is cannot be told: \(String(cString: strerror(errno)))")
    }
    let free = Int(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
    return free >= 100 << 20
      ? Check("disk", .ok, "\(Words.bytes(free)) free for the journal")
      : Check(
        "disk", .warn, "only \(Words.bytes(free)) free for the journal",
        remedy: "Make room, or set XDG_STATE_HOME to a folder on another disk.")
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func mode(of path: String) -> mode_t? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode : nil
  }
}
