// A program that gets the person's terminal: their editor.

import Foundation
import ReplayModel

package enum TerminalProgram {
  /// Runs it to its end, however long that takes, with the terminal of this process; gives its exit status, a signal as
  /// 128 and its number.
  package static func run(
    _ words: [String], environment: [String: String]
  ) async throws(RunFault) -> Int32 {
    var command = try ChildCommand(
      words, directory: FileManager.default.currentDirectoryPath, environment: environment)
    command.input = .terminal
    let process = try ChildProcess(command, timeout: .seconds(365 * 86400), grace: .seconds(3))
    let end = try await process.run { _ in }.get()
    return RunReport(end.end, seconds: end.seconds).status
  }
}

extension RunReport {
  fileprivate var status: Int32 {
    switch end {
    case .exited(let status): status
    case .signalled(let signal): 128 + signal
    case .answered, .neverRan, .timedOut, .cancelled: 130
    }
  }
}
