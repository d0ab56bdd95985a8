// The console at work: keys, ticks and answers go into `update`, effects and
// frames come out. One owner of the state; everything else sends values.

import ArgumentParser
import CloudModel
import Console
import Curses
import Foundation
import Settings
import Synchronization
import Terminal

/// Flags of the console itself.
struct ConsoleOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Theme to draw with.", valueName: "name")) var theme: String?
  @Flag(
    inversion: .prefixedNo,
    help: "Take the mouse (default: yes, or as configured); with Shift it is the terminal's."
  ) var mouse: Bool?
}

/// One run of the console.
@MainActor
struct ConsoleSession {
  private let terminal: CursesTerminal
  private let inbox = Inbox<Message>()
  private var effects: EffectRunner
  private let options: GlobalOptions
  private let memory: MemoryFile
  /// The runner that tells the budget: that of the context on the screen.
  private let current: CurrentRunner
  private var state: ConsoleState
  private var theme: Theme
  /// Clients of the context that is being switched to.
  private let arriving = ArrivingClients()

  /// Opens the console and returns when the person leaves it.
  ///
  /// - Parameter notice: what to say first.
  /// - Throws: `Exit` where there is no terminal it could be shown on, or no theme of the wanted name.
  static func run(
    _ wiring: Wiring, _ options: GlobalOptions, _ console: ConsoleOptions, notice: String? = nil
  ) async throws {
    let configured = wiring.configuration.theme.map { Sourced($0.value.dark, from: $0.place.description) }
    let wanted = console.theme.map { Sourced($0, from: "--theme") } ?? configured
    let themes = try Self.themes(wanted: wanted)
    var console = console
    console.theme = wanted?.value
    let mouse = console.mouse ?? wiring.configuration.mouse?.value ?? true
    let terminal: CursesTerminal
    do throws(StartError) {
      let environment = ProcessInfo.processInfo.environment
      terminal = try CursesTerminal(
        ScreenOptions(environment: environment, mouse: mouse, colours: !options.noColor))
    } catch {
      throw Exit(error)
    }
    defer { terminal.stop() }
    var session = ConsoleSession(terminal, wiring, options, themes, console)
    if let notice { session.inbox.post(.notice(notice, .warning)) }
    let left = await session.loop()
    // On the screen that the person comes back to.
    terminal.stop()
    for line in left { Output.say(line) }
  }

  private init(
    _ terminal: CursesTerminal, _ wiring: Wiring, _ options: GlobalOptions, _ found: [ThemeFolder.Found],
    _ console: ConsoleOptions
  ) {
    (self.terminal, self.options) = (terminal, options)
    let themes = found.map(\.theme)
    memory = MemoryFile(environment: ProcessInfo.processInfo.environment)
    effects = EffectRunner(wiring, inbox, terminal, memory)
    current = CurrentRunner(effects)
    theme = themes.first { $0.name == console.theme } ?? themes[0]
    state = ConsoleState(
      context: ContextBadge(wiring), themes: themes, theme: theme.name,
      refresh: RefreshPolicy(callsPerMinute: wiring.listCalls),
      now: Date(), size: terminal.size, zone: .current, keys: wiring.keys, memory: memory.read())
    state.contexts = wiring.configuration.contexts.map(\.name)
    state.readsDefinitions = DefinitionSource.isFile(wiring.configuration)
    if let lock = wiring.lock { inbox.post(.notice("Read-only: \(lock)", .warning)) }
    for theme in found where theme.theme.name == state.theme {
      guard let first = theme.warnings.first else { continue }
      let more = theme.warnings.count > 1 ? " (and \(theme.warnings.count - 1) more)" : ""
      inbox.post(.notice("\(theme.file ?? theme.theme.name): \(first)\(more)", .warning))
    }
  }

  /// Shipped themes and the person's own.
  private static func themes(wanted: Sourced<String>?) throws(Exit) -> [ThemeFolder.Found] {
    let found = ThemeFolder(ProcessInfo.processInfo.environment).all
    guard let wanted, !found.contains(where: { $0.theme.name == wanted.value }) else { return found }
    let names = found.map(\.theme.name)
    let near = nearest(wanted.value, among: names).map { "Did you mean \($0)? " } ?? ""
    throw .usage(
      "There is no theme of that name", reason: "\(wanted.source): \(printable(wanted.value))",
      remedy: "\(near)The themes are \(names.joined(separator: ", ")).")
  }

  /// Returns what is left to be told when the screen is gone.
  private mutating func loop() async -> [String] {
    let (inbox, keys, current) = (inbox, terminal.keys, current)
    let typing = Task {
      for await key in keys { inbox.post(.key(key)) }
    }
    let ticking = Task { await tick(into: inbox, current) }
    effects.listen()
    defer {
      typing.cancel()
      ticking.cancel()
    }
    draw()
    for await _ in inbox.arrivals {
      for message in inbox.take() where await handle(message) { return await end() }
      draw()
    }
    return []
  }

  private func end() async -> [String] {
    effects.stop()
    return await effects.finish()
  }

  /// Returns true when the console is to end.
  private mutating func handle(_ message: Message) async -> Bool {
    if message == .key(.hangUp) { return true }
    if case .switched(let generation, nil) = message { return await enter(generation) }
    return await run(update(&state, message))
  }

  /// Returns true when the console is to end.
  private mutating func run(_ asked: [Effect]) async -> Bool {
    for effect in asked {
      switch effect {
      case .quit: return true
      case .switchContext(let name, let generation): makeClients(of: name, generation)
      case .useTheme(let name): theme = state.themes.first { $0.name == name } ?? theme
      default: effects.run(effect)
      }
    }
    return false
  }

  /// Makes the clients of another context away from the loop: a metadata server may be asked for seconds.
  private func makeClients(of name: String, _ generation: Generation) {
    var options = options
    if !name.isEmpty {
      (options.context, options.project, options.location) = (name, nil, [])
      (options.endpoint, options.impersonate) = (nil, nil)
    }
    let (inbox, wanted) = (inbox, options)
    Task.detached { [arriving] in
      do throws(Exit) {
        arriving.keep(try Wiring(wanted), generation)
        inbox.post(.switched(generation, nil))
      } catch {
        inbox.post(.switched(generation, error.failure))
      }
    }
  }

  /// The new context's clients, a state without anything of the old one, and the rest of the command there. Nothing,
  /// when the switch was called off meanwhile.
  private mutating func enter(_ generation: Generation) async -> Bool {
    guard let wiring = arriving.take(generation), let rest = state.awaitedSwitch(generation) else { return false }
    let old = effects
    old.stop()
    Task { await old.finish() }
    effects = EffectRunner(wiring, inbox, terminal, memory)
    current.runner.withLock { $0 = effects }
    effects.listen()
    let contexts = wiring.configuration.contexts.map(\.name)
    state = state.switched(
      to: ContextBadge(wiring), refresh: RefreshPolicy(callsPerMinute: wiring.listCalls),
      keys: wiring.keys)
    state.contexts = contexts
    state.readsDefinitions = DefinitionSource.isFile(wiring.configuration)
    return await run(state.run(line: rest) + update(&state, .tick(Date())))
  }

  private func draw() {
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    terminal.draw(frame, theme: theme.tinted(state.context.colour))
  }
}

/// A message at the start of every second of the clock on the wall, so that all ages tick together.
private func tick(into inbox: Inbox<Message>, _ current: CurrentRunner) async {
  while !Task.isCancelled {
    await current.runner.withLock { $0 }.postBudget()
    let now = Date()
    inbox.post(.tick(now))
    let second = now.timeIntervalSince1970
    let wait = second.rounded(.down) + 1 - second
    do { try await Task.sleep(for: .seconds(wait) + .milliseconds(2)) } catch { return }
  }
}

/// Clients on their way from where they are made to the loop.
private final class ArrivingClients: Sendable {
  private let made = Mutex<(generation: Generation, wiring: Wiring)?>(nil)

  func keep(_ wiring: Wiring, _ generation: Generation) { made.withLock { $0 = (generation, wiring) } }

  /// Those of a switch; nil when a later one has taken their place.
  func take(_ generation: Generation) -> Wiring? {
    made.withLock { made in
      guard made?.generation == generation else { return nil }
      defer { made = nil }
      return made?.wiring
    }
  }
}

/// The runner of the context on the screen, for the clock.
private final class CurrentRunner: Sendable {
  let runner: Mutex<EffectRunner>

  init(_ runner: EffectRunner) { self.runner = Mutex(runner) }
}

extension ContextBadge {
  init(_ wiring: Wiring) {
    let context = wiring.context
    let url = context.tasks.url.value
    let settings = context.name.flatMap { wiring.configuration.context(named: $0.value) }
    let host = url.range(of: "://").map { String(url[$0.upperBound...]) } ?? url
    self.init(
      project: context.project.value, locations: context.locations.value, endpoint: host, name: context.name?.value,
      isEmulator: context.tasks.isLoopback, isReadOnly: context.readOnly.value,
      isProtected: context.isProtected.value, colour: settings?.colour.flatMap { ContextColour($0.value) },
      lock: wiring.lock, serviceAccount: context.serviceAccount?.value,
      services: Services(
        tasks: Service(context.tasks), scheduler: Service(context.scheduler), pubsub: Service(context.pubsub)))
  }
}

extension ContextBadge.Service {
  fileprivate init(_ endpoint: ServiceEndpoint) { self.init(endpoint.url.value, isAnonymous: endpoint.isAnonymous) }
}
