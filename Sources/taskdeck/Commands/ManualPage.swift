// The manual page in the man macros (groff_man(7)).

import CloudModel
import Console

/// When the page last said something new, as .TH wants it.
private let pageDate = "2026-11-21"

/// Writes the page.
struct ManualPage {
  private(set) var text = ""
  /// Options that the root has: they are explained once.
  private var common: Set<String> = []

  /// - Parameter description: ArgumentParser's dump of the command line.
  init(_ description: JSON) {
    guard let root = description["command"] else { return }
    text = ".TH TASKDECK 1 \"\(pageDate)\" \"taskdeck \(Self.escaped(programVersion))\" \"User Commands\"\n"
    // No word is parted at the end of a line: names of commands and actions are searched for in the reader.
    line(".nh")
    section("NAME")
    line("taskdeck \\- a console for Google Cloud Tasks, Cloud Scheduler and Pub/Sub")
    section("SYNOPSIS")
    line(".B taskdeck\n[\\fIoptions\\fR] [\\fIcommand\\fR]")
    section("DESCRIPTION")
    paragraph(root["abstract"]?.string ?? "")
    paragraph(root["discussion"]?.string ?? "")
    let options = Self.options(of: root)
    common = Set(options.map(Self.names))
    section("OPTIONS")
    paragraph("Accepted before and after the command.")
    options.forEach { option($0) }
    section("COMMANDS")
    Self.commands(of: root).forEach { command($0, path: []) }
    keys()
    closing()
  }

  private static func options(of command: JSON) -> [JSON] {
    (command["arguments"]?.array ?? []).filter {
      $0["shouldDisplay"]?.bool ?? true && $0["kind"]?.string != "positional"
    }
  }

  private static func commands(of command: JSON) -> [JSON] {
    (command["subcommands"]?.array ?? []).filter { $0["commandName"]?.string != "help" }
  }

  private mutating func command(_ command: JSON, path: [String]) {
    let path = path + [command["commandName"]?.string ?? ""]
    let inner = Self.commands(of: command)
    if inner.isEmpty {
      let positional = (command["arguments"]?.array ?? []).filter { $0["kind"]?.string == "positional" }
      let usage = positional.map { argument in
        let name = Self.escaped((argument["valueName"]?.string ?? "").uppercased())
        let shown = argument["isRepeating"]?.bool == true ? "\(name)..." : name
        return argument["isOptional"]?.bool == true ? "[\\fI\(shown)\\fR]" : "\\fI\(shown)\\fR"
      }
      line(".SS \"\(Self.escaped(path.joined(separator: " ")))\"")
      line(".B taskdeck \(Self.escaped(path.joined(separator: " ")))")
      if !usage.isEmpty { line(usage.joined(separator: " ")) }
      paragraph(command["abstract"]?.string ?? "")
      paragraph(command["discussion"]?.string ?? "")
      for argument in positional { option(argument) }
      for own in Self.options(of: command) where !common.contains(Self.names(of: own)) { option(own) }
    }
    inner.forEach { self.command($0, path: path) }
  }

  private static func names(of option: JSON) -> String {
    (option["names"]?.array ?? []).compactMap { name in
      name["name"]?.string.map { (name["kind"]?.string == "long" ? "--" : "-") + $0 }
    }.joined(separator: ", ")
  }

  private mutating func option(_ option: JSON) {
    let value = (option["valueName"]?.string ?? "").uppercased()
    let names = Self.names(of: option)
    var term = names.isEmpty ? "\\fI\(Self.escaped(value))\\fR" : "\\fB\(Self.escaped(names))\\fR"
    if !names.isEmpty, option["kind"]?.string == "option" { term += " \\fI\(Self.escaped(value))\\fR" }
    line(".TP\n\(term)")
    let help = option["abstract"]?.string ?? option["discussion"]?.string ?? ""
    let standard = option["defaultValue"]?.string.map { " (default: \($0))" } ?? ""
    running(help + standard)
  }

  private mutating func keys() {
    let map = KeyMap()
    section("KEYS")
    paragraph(
      "The names in parentheses are those that the configuration's keys: gives other keys to;"
        + " \"<disabled>\" takes an action off the keyboard.")
    for scope in Scope.allCases {
      line(".SS \"\(Self.escaped(scope.title))\"")
      for action in Action.allCases where action.scope == scope {
        line(".TP\n\\fB\(Self.escaped(map.names(for: action)))\\fR")
        running("\(action.help) (\(action.rawValue))")
      }
    }
  }

  private mutating func closing() {
    section("FILES")
    let files = [
      ("$XDG_CONFIG_HOME/taskdeck/config.yaml", "Contexts, handlers, keys; never written by the program."),
      ("taskdeck.yaml", "The same of one project, found upward from the working directory; it wins."),
      ("$XDG_STATE_HOME/taskdeck/journal.db", "The journal of changes and the contents they took away."),
      ("$XDG_STATE_HOME/taskdeck/console.json", "Filters, commands and views that the console remembers."),
    ]
    for (path, help) in files {
      line(".TP\n.I \(Self.escaped(path))")
      running(help)
    }
    section("EXIT STATUS")
    let statuses = [
      ("0", "Done; so is a filter that matched nothing."), ("1", "The world refused, or something failed."),
      ("2", "Differences were found, with --exit-code."), ("3", "Some steps failed, others are done."),
      ("64", "What was written is wrong: command, flag, value, filter, schedule or file."), ("130", "Interrupted."),
    ]
    for (status, help) in statuses {
      line(".TP\n.B \(status)")
      running(help)
    }
    section("SEE ALSO")
    line(".BR gcloud (1)")
  }

  private var endsInHeading: Bool { text.split(separator: "\n").last?.hasPrefix(".S") ?? true }

  private mutating func section(_ title: String) { line(".SH \(title)") }

  private mutating func paragraph(_ words: String) {
    guard !words.isEmpty else { return }
    // Behind a section's title it would be empty, which mandoc warns of.
    if !endsInHeading { line(".PP") }
    for (index, part) in words.split(separator: "\n", omittingEmptySubsequences: true).enumerated() {
      if index > 0 { line(".br") }
      running(String(part))
    }
  }

  /// Running text, in lines that editors and mail take: a page is source too (groff_man_style(7)).
  private mutating func running(_ words: String) {
    var row = ""
    for word in words.split(separator: " ") {
      let word = Self.escaped(String(word))
      if !row.isEmpty, row.utf8.count + 1 + word.utf8.count > 78 {
        line(row)
        row = ""
      }
      row += row.isEmpty ? word : " " + (word.hasPrefix("\\&") ? String(word.dropFirst(2)) : word)
    }
    if !row.isEmpty { line(row) }
  }

  private mutating func line(_ words: String) { text += words + "\n" }

  /// A backslash begins an escape, a point or an apostrophe at the start of a line a request (groff(7)).
  private static func escaped(_ words: String) -> String {
    let plain = words.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\n", with: " ")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
