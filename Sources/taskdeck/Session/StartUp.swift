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
  private var environment = ProcessInfo.processInfo.environment
  /// The configuration was broken, and the person went on without it.
  private var lock: String?
  /// What is wrong with the theme was read.
  private var goesOnWithTheme = false
  /// What was typed here, which the next start will not know.
  private var typed: [String] = []

  init(_ options: GlobalOptions, _ console: ConsoleOptions) { (self.options, self.console) = (options, console) }

  mutating func run() async throws {
    guard let wiring = try await prepared() else { return }
    let words = typed.isEmpty ? nil : "For this session: \(typed.joined(separator: ", ")). \(Self.keeping)"
    try await ConsoleSession.run(wiring, options, console, notice: words)
  }

  private static let keeping = "A context in ~/.config/taskdeck/config.yaml, or gcloud config set, keeps it."

  /// The clients of a console that can begin; nil where the person left or has seen the demo.
  private mutating func prepared() async throws -> Wiring? {
    while true {
      let configuration: Configuration
      do throws(ConfigurationError) { configuration = try read() } catch {
        let obstacle = Obstacle(error)
        let answer = try await ask(obstacle)
        if answer == .goOn {
          let path = obstacle.file?.path ?? ""
          lock = "the configuration is broken (\(path)); mend it and start again, or :reload."
        }
        guard try await follow(answer, obstacle.file) else { return nil }
        continue
      }
      if !goesOnWithTheme, console.theme == nil, let wanted = configuration.theme,
        let obstacle = Obstacle(theme: wanted, ThemeFolder(environment).all)
      {
        let answer = try await ask(obstacle)
        if answer == .goOn { goesOnWithTheme = true }
        guard try await follow(answer, obstacle.file) else { return nil }
        continue
      }
      switch try await clients(usable(configuration)) {
      case .ready(let wiring): return wiring
      case .answered(let answer): guard try await follow(answer, nil) else { return nil }
      }
    }
  }

  private func read() throws(ConfigurationError) -> Configuration {
    lock == nil ? try .found(environment) : .none
  }

  /// Without a theme that is not there, once that was read.
  private func usable(_ configuration: Configuration) -> Configuration {
    var result = configuration
    if let theme = configuration.theme?.value.dark,
      !ThemeFolder(environment).all.contains(where: { $0.theme.name == theme })
    {
      result.theme = nil
    }
    return result
  }

  private enum Prepared {
    case ready(Wiring)
    case answered(StartAnswer)
  }

  /// Clients, or what the person said to that there are none.
  ///
  /// A metadata server is asked behind the page: on a laptop it does not answer for a second or more, and a console that
  /// shows nothing meanwhile seems to hang.
  private func clients(_ configuration: Configuration) async throws -> Prepared {
    let (options, lock, environment) = (options, lock, environment)
    var quick = environment
    quick["NO_GCE_CHECK"] = "1"
    let exit: Exit
    do throws(Exit) {
      return .ready(try Wiring(options, environment: quick, configuration: configuration, lock: lock))
    } catch {
      exit = error
    }
    let isOff = ["1", "true", "t", "y", "yes", "on"].contains(environment["NO_GCE_CHECK"]?.lowercased() ?? "")
    let run = FirstRun(environment, configuration)
    let mayHelp = exit.missing == .project && !run.hasCredentials || exit.mayBeMachine
    let metadata: StartLook.Outcome =
      isOff ? .notAsked("NO_GCE_CHECK is set") : mayHelp ? .asking : .notAsked("there are other credentials")
    let current = options.context ?? environment["TASKDECK_CONTEXT"]
    let contexts = configuration.contexts.map(\.name).filter { $0 != current }
    let obstacle = Obstacle(exit, run, contexts: contexts, metadata: metadata)
    guard metadata == .asking else { return .answered(try await ask(obstacle)) }
    let asked = Task.detached { () -> Result<Wiring, Exit> in
      do throws(Exit) {
        return .success(try Wiring(options, environment: environment, configuration: configuration, lock: lock))
      } catch {
        return .failure(error)
      }
    }
    return try await ask(obstacle, run, asked)
  }
}

// MARK: - Asking

extension StartUp {
  private enum Event: Sendable {
    case key(Key)
    /// The metadata server has answered, or has not.
    case settled(Result<Wiring, Exit>)
  }

  /// Shows a page until a key answers it.
  ///
  /// - Throws: the obstacle's own end where there is no terminal.
  private func ask(_ obstacle: Obstacle) async throws -> StartAnswer {
    guard case .answered(let answer) = try await ask(obstacle, nil, nil) else { return .quit }
    return answer
  }

  /// The same, while clients are made behind the page: when they are there it closes by itself.
  private func ask(
    _ obstacle: Obstacle, _ run: FirstRun?, _ asked: Task<Result<Wiring, Exit>, Never>?
  ) async throws -> Prepared {
    let terminal: CursesTerminal
    do throws(StartError) {
      terminal = try CursesTerminal(ScreenOptions(environment: environment, colours: !options.noColor))
    } catch {
      if let asked { return .ready(try await asked.value.get()) }
      // Nobody can answer: a theme that only lacks something is no reason not to say what a console needs.
      throw obstacle.exit ?? Exit(error)
    }
    defer { terminal.stop() }
    let theme = theme
    let (events, inlet) = AsyncStream.makeStream(of: Event.self)
    let keys = terminal.keys
    let typing = Task { for await key in keys { inlet.yield(.key(key)) } }
    let waiting = asked.map { asked in Task { inlet.yield(.settled(await asked.value)) } }
    defer {
      typing.cancel()
      waiting?.cancel()
      inlet.finish()
    }
    var page = obstacle.page
    for await event in events {
      switch event {
      case .key(let key): if let answer = page.press(key) { return .answered(answer) }
      case .settled(.success(let wiring)): return .ready(wiring)
      case .settled(.failure(let exit)):
        if let run { page.replace(Obstacle.document(exit, run, .nothing, hasContexts: run.hasContexts)) }
      }
      terminal.draw(page.frame(), theme: theme)
    }
    return .answered(.quit)
  }

  private var theme: Theme {
    let themes = ThemeFolder(environment).all.map(\.theme)
    return themes.first { $0.name == console.theme } ?? themes.first { $0.name == "dusk" } ?? .plain
  }

  /// Does what was answered; returns whether to look again.
  private mutating func follow(_ answer: StartAnswer, _ file: (path: String, line: Int)?) async throws -> Bool {
    switch answer {
    case .quit: return false
    case .again: environment = ProcessInfo.processInfo.environment
    case .goOn: break
    case .context(let name): options.context = name
    case .project(let id):
      options.project = id
      typed.append("project \(id)")
    case .locations(let text):
      options.location = [text]
      typed.append("location \(text)")
    case .gcloudLogin:
      // For contexts that are switched to as well, which read the environment again.
      setenv("TASKDECK_TOKEN_COMMAND", "gcloud auth print-access-token", 1)
      environment = ProcessInfo.processInfo.environment
      typed.append("gcloud's login")
    case .edit: if let file { try await TextEditor(environment: environment).open(file.path) }
    case .demo:
      var demo = DemoCommand()
      (demo.options, demo.console, demo.tasks, demo.noConsole) = (options, console, 3000, false)
      (demo.options.endpoint, demo.options.context) = (nil, nil)
      try await demo.run()
      return false
    }
    return true
  }
}

extension Exit {
  /// Whether the credentials that lack might be those of one of Google's machines.
  fileprivate var mayBeMachine: Bool { failure.title == Exit.noCredentialsTitle }

  /// Nothing was found at all, unlike credentials that are broken.
  static let noCredentialsTitle = "There are no credentials"
}
