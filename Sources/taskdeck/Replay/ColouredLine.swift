// A line of a handler's output for a terminal: its colours, and nothing else of it
// that could act.

import Foundation
import ReplayModel
import Terminal

/// Prints lines of output.
struct LinePrinter: Sendable {
  let keepsColours: Bool

  init(_ options: GlobalOptions, file: Int32) {
    let environment = ProcessInfo.processInfo.environment
    let isAsked = !options.noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    keepsColours = isatty(file) == 1 && isAsked
  }

  func text(_ line: OutputLine) -> String {
    guard line.text.utf8.contains(0x1B) else { return sanitised(line.text) }
    var (result, rest) = ("", line.text[...])
    while let match = rest.firstMatch(of: /\u{1B}\[[0-9;:]*m/) {
      result += sanitised(String(rest[..<match.range.lowerBound]))
      if keepsColours { result += match.0 }
      rest = rest[match.range.upperBound...]
    }
    result += sanitised(String(rest))
    return keepsColours ? result + "\u{1B}[0m" : result
  }
}
