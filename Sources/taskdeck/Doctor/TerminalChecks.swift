// The terminal: what it calls itself, its size and colours, the locale, and the ways to a clipboard.

import Foundation
import Terminal

/// What the console will be shown on.
struct TerminalChecks {
  let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  var all: [Check] { [terminal, size, colours, locale, clipboard] }

  private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  // MARK: Kind

  private var terminal: Check {
    guard let term = value("TERM") else { return Self.noTerminal("TERM is not set") }
    if term == "dumb" { return Self.noTerminal("TERM is dumb: it cannot place the cursor") }
    guard isKnown(term) else {
      return Check(
        "terminal", .warn, "terminfo has no entry named \(term)",
        remedy: "Set TERM to what you use, such as xterm-256color, or install its entry (ncurses-term).")
    }
    let inside = value("TMUX") != nil ? " inside tmux" : value("STY") != nil ? " inside screen" : ""
    return Check("terminal", .ok, "\(term)\(inside)")
  }

  private static func noTerminal(_ reason: String) -> Check {
    Check(
      "terminal", .warn, reason, remedy: "The console needs a terminal such as xterm-256color; commands work without.")
  }

  /// terminfo(5): a file named after the terminal, in a folder named after its first letter, or that letter's number.
  private func isKnown(_ term: String) -> Bool {
    guard let first = term.unicodeScalars.first, !term.contains("/") else { return false }
    let own = [value("TERMINFO"), value("HOME").map { "\($0)/.terminfo" }].compactMap(\.self)
    let named = value("TERMINFO_DIRS")?.split(separator: ":").map(String.init) ?? []
    let folders = own + named + ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"]
    return folders.contains { folder in
      [String(first), String(first.value, radix: 16)].contains {
        FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(term)")
      }
    }
  }

  // MARK: Size and colours

  private var size: Check {
    var size = winsize()
    let answered = [STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO].contains {
      isatty($0) == 1 && ioctl($0, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    }
    guard answered else { return Check("terminal size", .ok, "not on a terminal: input and output are redirected") }
    let words = "\(size.ws_col) columns, \(size.ws_row) rows"
    return size.ws_col >= 80 && size.ws_row >= 24
      ? Check("terminal size", .ok, words)
      : Check("terminal size", .warn, words, remedy: "The console is made for 80x24 and more; it works from 40x10 on.")
  }

  private var colours: Check {
    if value("NO_COLOR") != nil { return Check("colours", .ok, "none, as NO_COLOR asks for") }
    let term = value("TERM") ?? ""
    if ["truecolor", "24bit"].contains(value("COLORTERM") ?? "") || term.hasSuffix("-direct") {
      return Check("colours", .ok, "24 bit")
    }
    if term.contains("256color") { return Check("colours", .ok, "256; COLORTERM=truecolor would say that it has more") }
    if term.hasPrefix("vt") { return Check("colours", .ok, "none: themes fall back to bold, underline and reverse") }
    return Check("colours", .ok, "16, or what terminfo says of \(term.isEmpty ? "the terminal" : term)")
  }

  private var locale: Check {
    // Of the three the first that is set decides (POSIX, Environment Variables).
    let found = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { name in value(name).map { (name, $0) } }.first
    guard let (name, locale) = found else { return Self.noLocale("none is set") }
    guard locale.lowercased().replacing("-", with: "").contains("utf8") else {
      return Self.noLocale("\(name)=\(locale) is not UTF-8")
    }
    return Check("locale", .ok, "\(name)=\(locale)")
  }

  private static func noLocale(_ reason: String) -> Check {
    Check(
      "locale", .warn, reason,
      remedy: "The console takes C.UTF-8 where there is one; set LANG to a UTF-8 locale, such as LANG=C.UTF-8.")
  }

  // MARK: Clipboard

  /// In the order in which the console tries them.
  private var clipboard: Check {
    let desktop =
      value("SSH_CONNECTION") != nil
      ? nil : value("WAYLAND_DISPLAY") != nil ? "wl-copy" : value("DISPLAY") != nil ? "xclip" : nil
    if let desktop, isInstalled(desktop) { return Check("clipboard", .ok, "with \(desktop)") }
    let lacking = desktop.map { "\($0) is not installed; " } ?? ""
    if value("TMUX") != nil { return Check("clipboard", .ok, "\(lacking)with tmux (load-buffer -w)") }
    let remedy = desktop.map { "Install \($0) if copies do not arrive." } ?? ""
    return Check(
      "clipboard", desktop == nil ? .ok : .warn, "\(lacking)through the terminal (OSC 52), if it allows that",
      remedy: remedy)
  }

  private func isInstalled(_ program: String) -> Bool {
    (value("PATH") ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }
}
