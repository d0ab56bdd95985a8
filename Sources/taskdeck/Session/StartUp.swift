// From the command line to the console: what stands in the way is shown on a page with ways to go on. Where there is no
// terminal, and for all subcommands, it ends the program as ever.

import CloudModel
import Console
import Curses
import Foundation
import Settings
import Terminal

/// The start of the console.
@MainActor
struct StartUp {
  private var options: GlobalOptions
  private var console: ConsoleOptions
  private let environment = ProcessInfo.processInfo.environment
  /// The configuration was broken, and the person went on without it.
  private var lock: String?
  /// What is wrong with the theme was read.
  private var goesOnWithTheme = false

  init(_ options: GlobalOptions, _ console: ConsoleOptions) { (self.options, self.console) = (options, console) }

  mutating func run() async throws {
    while let (wiring, console) = try await prepared() {
      return try await ConsoleSession.run(wiring, options, console)
    }
  }

  /// The clients of a console that can begin; nil where the person left or has seen the demo.
  private mutating func prepared() async throws -> (Wiring, ConsoleOptions)? {
    while true {
      let configuration: Configuration
      do throws(ConfigurationError) { configuration = try read() } catch {
        guard try await takes(error) else { return nil }
        continue
      }
      if !goesOnWithTheme, let page = themePage(configuration) {
        guard try await takes(page) else { return nil }
        continue
      }
      do throws(Exit) {
        return (try Wiring(options, configuration: usable(configuration), lock: lock), console)
      } catch {
        guard try await takes(error, configuration) else { return nil }
      }
    }
  }

  private func read() throws(ConfigurationError) -> Configuration {
    lock == nil ? try .found(environment) : .none
  }

  /// Without a theme that is not there, once that was read.
  private func usable(_ configuration: Configuration) -> Configuration {
    var result = configuration
    if let theme = configuration.theme?.value.dark, !hasTheme(theme) { result.theme = nil }
    return result
  }

  private func hasTheme(_ name: String) -> Bool { ThemeFolder(environment).all.contains { $0.theme.name == name } }
}

// MARK: - What stands in the way

extension StartUp {
  private struct Obstacle {
    var page: StartPage
    /// What is thrown where nobody can answer.
    var exit: Exit?
    var file: (path: String, line: Int)?
  }

  /// A configuration that cannot be used. Returns whether to look again.
  private mutating func takes(_ error: ConfigurationError) async throws -> Bool {
    let (faults, file) = Self.faults(error)
    let words = [
      "e opens the file in your editor and looks again.",
      "Enter goes on with the defaults. Contexts are not known then, nor which of them are protected: everything is"
        + " read-only, and no key changes that.",
    ]
    let page = StartPage(
      Document(title: "The configuration cannot be used", faults: faults, then: words),
      choices: [
        (.character("e"), "edit", .edit), (.character("r"), "look again", .again),
        (.enter, "go on with the defaults, read-only", .goOn), (.character("q"), "quit", .quit),
      ], size: Size(columns: 80, rows: 24))
    let answer = try await ask(Obstacle(page: page, exit: Exit(error), file: file))
    if answer == .goOn { lock = "the configuration is broken (\(file.path)); mend it and start again, or :reload." }
    return try await follow(answer, file)
  }

  private static func faults(_ error: ConfigurationError) -> ([StartFault], (path: String, line: Int)) {
    func line(_ number: Int, of path: String) -> String? {
      guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else { return nil }
      let lines = String(decoding: data, as: UTF8.self).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      return lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
    }
    func fault(_ place: FilePlace, _ reason: String, _ remedy: String?) -> StartFault {
      StartFault(
        file: place.file, line: place.line, column: place.column, text: line(place.line, of: place.file),
        reason: reason, remedy: remedy)
    }
    switch error {
    case .faults(let faults):
      let first = faults.all.first?.place
      return (
        faults.all.map { fault($0.place, $0.reason, $0.remedy) }, (first?.file ?? "", first?.line ?? 1)
      )
    case .unreadable(let error):
      let fault = StartFault(
        file: error.source, line: 1, column: nil, text: nil, reason: error.reason, remedy: error.remedy)
      return ([fault], (error.source, 1))
    case .exposed(let place, let exposure):
      return (
        [fault(place, "it names a program to run, and \(exposure.path) \(exposure.reason)", exposure.remedy)],
        (place.file, place.line)
      )
    }
  }

  /// What is wrong with the theme that the files ask for; nil when nothing is.
  private func themePage(_ configuration: Configuration) -> Obstacle? {
    guard console.theme == nil, let wanted = configuration.theme else { return nil }
    let found = ThemeFolder(environment).all.first { $0.theme.name == wanted.value.dark }
    let faults: [StartFault]
    let file: (path: String, line: Int)
    if let found {
      guard let first = found.warnings.first, let path = found.file else { return nil }
      file = (path, first.line)
      faults = found.warnings.map {
        StartFault(file: path, line: $0.line, column: nil, text: nil, reason: $0.text, remedy: nil)
      }
    } else {
      let names = ThemeFolder(environment).all.map(\.theme.name)
      file = (wanted.place.file, wanted.place.line)
      faults = [
        StartFault(
          file: file.path, line: file.line, column: wanted.place.column, text: nil,
          reason: "there is no theme named \"\(wanted.value.dark)\"",
          remedy: "The themes are \(names.joined(separator: ", ")).")
      ]
    }
    let page = StartPage(
      Document(
        title: found == nil ? "The theme is not there" : "The theme has faults", faults: faults,
        then: ["e opens the file in your editor and looks again; Enter goes on with what there is."]),
      choices: [
        (.character("e"), "edit", .edit), (.enter, "go on", .goOn), (.character("q"), "quit", .quit),
      ], size: Size(columns: 80, rows: 24))
    let exit = Exit.usage(
      "There is no theme of that name", reason: "\(wanted.place): \(printable(wanted.value.dark))",
      remedy: faults.first?.remedy ?? "")
    return Obstacle(page: page, exit: found == nil ? exit : nil, file: file)
  }

  private mutating func takes(_ obstacle: Obstacle) async throws -> Bool {
    let answer = try await ask(obstacle)
    if answer == .goOn { goesOnWithTheme = true }
    return try await follow(answer, obstacle.file)
  }

  /// No project, no location, no credentials, or others that cannot be used.
  private mutating func takes(_ exit: Exit, _ configuration: Configuration) async throws -> Bool {
    let names = options.context == nil ? configuration.contexts.map(\.name).prefix(9) : []
    let contexts = names.enumerated().map { index, name in
      (key: Key.character(Character(String(index + 1))), word: "@\(name)", answer: StartAnswer.context(name))
    }
    let page = StartPage(
      Document(
        title: exit.failure.title, reason: exit.failure.reason, remedy: exit.failure.remedy,
        looked: FirstRun.looked(environment, configuration)),
      choices: contexts + [
        (.character("d"), "open the demo", .demo), (.character("r"), "look again", .again),
        (.character("q"), "quit", .quit),
      ], size: Size(columns: 80, rows: 24))
    return try await follow(try await ask(Obstacle(page: page, exit: exit)), nil)
  }
}

// MARK: - Asking

extension StartUp {
  /// Shows a page until a key answers it.
  ///
  /// - Throws: the obstacle's own end where there is no terminal.
  private func ask(_ obstacle: Obstacle) async throws -> StartAnswer {
    let terminal: CursesTerminal
    do throws(StartError) {
      terminal = try CursesTerminal(ScreenOptions(environment: environment, colours: !options.noColor))
    } catch {
      // Nobody can answer: a theme that only lacks something is no reason not to say what a console needs.
      throw obstacle.exit ?? Exit(error)
    }
    defer { terminal.stop() }
    let themes = ThemeFolder(environment).all.map(\.theme)
    let theme = themes.first { $0.name == console.theme } ?? themes.first { $0.name == "dusk" } ?? .plain
    var page = obstacle.page
    for await key in terminal.keys {
      if let answer = page.press(key) { return answer }
      terminal.draw(page.frame(), theme: theme)
    }
    return .quit
  }

  /// Does what was answered; returns whether to look again.
  private mutating func follow(_ answer: StartAnswer, _ file: (path: String, line: Int)?) async throws -> Bool {
    switch answer {
    case .quit: return false
    case .again, .goOn: return true
    case .context(let name):
      options.context = name
      return true
    case .edit:
      if let file { try await TextEditor(environment: environment).open(file.path) }
      return true
    case .demo:
      var demo = DemoCommand()
      (demo.options, demo.console, demo.tasks, demo.noConsole) = (options, console, 3000, false)
      (demo.options.endpoint, demo.options.context) = (nil, nil)
      try await demo.run()
      return false
    }
  }
}
