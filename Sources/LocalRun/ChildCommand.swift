// What a child process is to be: its program, its words, its environment and
// where its standard input comes from.

import Foundation
import ReplayModel

/// A program to start.
struct ChildCommand: Sendable {
  enum Input: Sendable {
    case nothing
    case bytes(Data)
    /// The person's terminal, with standard output and standard error as well.
    case terminal
  }

  /// Where the program is.
  var path: String
  /// The name it is called by, then its arguments.
  var words: [String]
  var directory: String
  var environment: [String: String]
  var input: Input = .nothing
  /// What it can read from descriptor 3; it may then write an answer to descriptor 4, apart from all that is printed.
  var request: Data?

  /// Finds the program: by path, a relative one from `directory`, or by the PATH that the child gets.
  ///
  /// - Throws: `RunFault` when the folder or the program is not there.
  init(_ words: [String], directory: String, environment: [String: String]) throws(RunFault) {
    guard Self.isFolder(directory) else { throw .folderMissing(directory) }
    guard let name = words.first, !name.isEmpty else { throw .programMissing("", reason: "no program is named") }
    (self.words, self.directory, self.environment) = (words, directory, environment)
    path = try Self.find(name, directory, environment["PATH"])
  }

  private static func find(_ name: String, _ directory: String, _ searchPath: String?) throws(RunFault) -> String {
    if name.contains("/") {
      let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else {
        throw .programMissing(path, reason: "there is no such file")
      }
      guard isProgram(path) else {
        throw .programMissing(path, reason: "it is not executable")
      }
      return path
    }
    let folders = (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    let found = folders.lazy.map { "\($0)/\(name)" }.first(where: isProgram)
    guard let found else { throw .programMissing(name, reason: "no folder of PATH has it") }
    return found
  }

  /// Foundation says yes of every file to root, where the system says no of one without any x bit.
  private static func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 && !isFolder(path) }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
