// Why the console can not start here.

/// A terminal the console can not be shown on. Nothing was written to it.
package enum StartError: Error, Equatable, Sendable {
  /// Standard input or output is a pipe or a file.
  case notATerminal
  /// TERM is not set.
  case noTerminalType
  /// terminfo has no entry of that name.
  case unknownTerminalType(String)
  /// The terminal can not move its cursor (TERM=dumb).
  case noCursorAddressing(String)
  /// ncurses, the thread or the eventfd could not be set up.
  case failed

  package var title: String {
    switch self {
    case .notATerminal: "The console needs a terminal."
    case .noTerminalType: "The kind of terminal is not known."
    case .unknownTerminalType(let name): "The terminal type \(name) is not known here."
    case .noCursorAddressing(let name): "A terminal of type \(name) can not show the console."
    case .failed: "The terminal could not be set up."
    }
  }

  package var reason: String {
    switch self {
    case .notATerminal: "Standard input or standard output is a file or a pipe."
    case .noTerminalType: "TERM is not set."
    case .unknownTerminalType: "The terminfo database has no entry of that name."
    case .noCursorAddressing: "It can not place the cursor."
    case .failed: "The system refused a file descriptor or a thread."
    }
  }

  package var remedy: String {
    switch self {
    case .notATerminal: "Use the subcommands in scripts, for example: taskdeck tasks list QUEUE -o json"
    case .noTerminalType, .unknownTerminalType: "Set TERM to what you use, for example: TERM=xterm-256color taskdeck"
    case .noCursorAddressing: "Open taskdeck in another terminal, or use its subcommands here."
    case .failed: "Close programs or raise the limits (ulimit -n, ulimit -u), then try again."
    }
  }
}
