// The console at work: keys, ticks and answers go into `update`, effects and
// frames come out. One owner of the state; everything else sends values.

import ArgumentParser
import Console
import Curses
import Foundation
import Settings
import Terminal
import Themes

/// Flags of the console itself.
struct ConsoleOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Theme to draw with.", valueName: "name")) var theme: String?
  @Flag(help: "Report the mouse: click and scroll.") var mouse = false
}

/// One run of the console.
@MainActor
struct ConsoleSession {
  private let terminal: CursesTerminal
  private let inbox = Inbox<Message>()
  private let effects: EffectRunner
  private var state: ConsoleState
  private var theme: Theme

  /// Opens the console and returns when the person leaves it.
  ///
  /// - Throws: `Exit` where there is no terminal it could be shown on, or no theme of the wanted name.
  static func run(_ wiring: Wiring, _ options: GlobalOptions, _ console: ConsoleOptions) async throws {
    let configured = wiring.configuration.theme.map { Sourced($0.value.dark, from: $0.place.description) }
    let wanted = console.theme.map { Sourced($0, from: "--theme") } ?? configured
    let themes = try Self.themes(wanted: wanted)
    var console = console
    console.theme = wanted?.value
    let terminal: CursesTerminal
    do throws(StartError) {
      let environment = ProcessInfo.processInfo.environment
      terminal = try CursesTerminal(
        ScreenOptions(environment: environment, mouse: console.mouse, colours: !options.noColor))
    } catch {
      throw Exit(error)
    }
    defer { terminal.stop() }
    var session = ConsoleSession(terminal, wiring, themes, console)
    await session.loop()
  }

  private init(_ terminal: CursesTerminal, _ wiring: Wiring, _ themes: [Theme], _ console: ConsoleOptions) {
    self.terminal = terminal
    let memory = MemoryFile(environment: ProcessInfo.processInfo.environment)
    effects = EffectRunner(wiring, inbox, terminal, memory)
    theme = themes.first { $0.name == console.theme } ?? themes[0]
    state = ConsoleState(
      context: ContextBadge(wiring.context), themes: themes, theme: theme.name,
      refresh: RefreshPolicy(callsPerMinute: wiring.listCalls),
      now: Date(), size: terminal.size, zone: .current, keys: wiring.keys, memory: memory.read())
    state.contexts = wiring.configuration.contexts.map(\.name)
    state.readsDefinitions = DefinitionSource.isFile(wiring.configuration)
  }

  /// Shipped themes; a person's own come with the configuration file.
  private static func themes(wanted: Sourced<String>?) throws(Exit) -> [Theme] {
    let themes = ShippedThemes.all.map { Theme.read($0.yaml, called: $0.name).theme }
    guard let wanted, !themes.contains(where: { $0.name == wanted.value }) else { return themes }
    throw .usage(
      "There is no theme of that name",
      reason: "\(wanted.source): \(printable(wanted.value))",
      remedy: "The themes are \(themes.map(\.name).joined(separator: " and ")).")
  }

  private mutating func loop() async {
    let (inbox, keys, effects) = (inbox, terminal.keys, effects)
    let typing = Task {
      for await key in keys { inbox.post(.key(key)) }
    }
    let ticking = Task { await tick(into: inbox, effects) }
    effects.listen()
    defer {
      typing.cancel()
      ticking.cancel()
      effects.stop()
    }
    draw()
    for await _ in inbox.arrivals {
      for message in inbox.take() where await handle(message) { return await effects.finish() }
      draw()
    }
  }

  /// Returns true when the console is to end.
  private mutating func handle(_ message: Message) async -> Bool {
    if message == .key(.hangUp) { return true }
    for effect in update(&state, message) {
      switch effect {
      case .quit: return true
      case .useTheme(let name): theme = state.themes.first { $0.name == name } ?? theme
      default: effects.run(effect)
      }
    }
    return false
  }

  private func draw() {
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    terminal.draw(frame, theme: theme)
  }
}

/// A message at the start of every second of the clock on the wall, so that all ages tick together.
private func tick(into inbox: Inbox<Message>, _ effects: EffectRunner) async {
  while !Task.isCancelled {
    await effects.postBudget()
    let now = Date()
    inbox.post(.tick(now))
    let second = now.timeIntervalSince1970
    let wait = second.rounded(.down) + 1 - second
    do { try await Task.sleep(for: .seconds(wait) + .milliseconds(2)) } catch { return }
  }
}

extension ContextBadge {
  init(_ context: Context) {
    let url = context.tasks.url.value
    let host = url.range(of: "://").map { String(url[$0.upperBound...]) } ?? url
    self.init(
      project: context.project.value, locations: context.locations.value, endpoint: host, name: context.name?.value,
      isEmulator: context.tasks.isLoopback, isReadOnly: context.readOnly.value,
      isProtected: context.isProtected.value)
  }
}
