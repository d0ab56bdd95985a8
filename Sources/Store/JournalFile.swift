// The journal holds payloads of other people's customers, so nobody but its owner
// may read it.

import Foundation
import JournalModel

/// The file's place and permissions.
enum JournalFile {
  /// Creates the folder (0700) and the file (0600) unless they are there.
  static func prepare(_ path: String) throws(JournalError) {
    // Not NSString's deletingLastPathComponent, which traps on a path of one letter.
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw JournalError(.denied, path: path, reason: "\(folder) cannot be created: \(error.localizedDescription)")
      }
    }
    // Only a file that is new may be opened and closed here: closing one that SQLite has open elsewhere in this process
    // would drop its locks (https://sqlite.org/howtocorrupt.html, section 2.2).
    let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if file >= 0 {
      Glibc.close(file)
    } else if errno != EEXIST {
      throw JournalError(.denied, path: path, reason: "\(path): \(String(cString: strerror(errno)))")
    }
  }

  /// Takes away what others may do with the files. Those of someone else are left as they are.
  static func tighten(_ path: String) throws(JournalError) {
    for file in [path, path + "-wal", path + "-shm"] {
      var status = stat()
      guard stat(file, &status) == 0, status.st_mode & 0o077 != 0, status.st_uid == geteuid() else { continue }
      guard chmod(file, 0o600) == 0 else {
        throw JournalError(.denied, path: path, reason: "\(file): \(String(cString: strerror(errno)))")
      }
    }
  }
}
