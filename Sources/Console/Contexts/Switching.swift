// From context to context. The state is made anew: no row, plan or answer of the old context can be mixed up with the new
// one's, because there is no place where both could be.
//
// While the clients of the new context are made, which may take a few seconds where a metadata server is asked, a panel
// holds the keys: nothing can be planned or changed in a context that is about to go. An open plan or a running change
// holds them as well, so that a switch never leaves one behind.

import CloudModel
import Foundation
import Terminal

/// On the way to another context.
struct SwitchingPanel: Panel {
  let name: String
  /// What is to be done there.
  let rest: String
  let generation: Generation

  var scopes: [Scope] { [.switching] }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let text = "Going to \(name)..."
    let stay = "\(state.keys.names(for: .switchingCancel)) stays in \(state.context.name ?? state.context.project)"
    let width = max(TextWidth.of(text), TextWidth.of(stay)) + 4
    let area = layout.body.centred(Size(columns: min(width, layout.size.columns - 2), rows: 4))
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(area, title: "Context", style: Style(.border, on: .overlay)).inset(columns: 1)
    frame.put(text, at: inside.row(0).origin, style: Style(.info, on: .overlay), maxWidth: inside.columns)
    frame.put(stay, at: inside.row(1).origin, style: Style(.dim, on: .overlay), maxWidth: inside.columns)
  }
}

extension ConsoleState {
  /// The state in another context: what belongs to the person stays, what belongs to the old context is gone. Answers
  /// that still come from there carry numbers that nobody waits for.
  package func switched(to context: ContextBadge, refresh: RefreshPolicy, keys: KeyMap) -> ConsoleState {
    var next = ConsoleState(
      context: context, themes: themes, theme: theme, refresh: refresh, now: now, size: size, zone: zone, keys: keys,
      memory: memory)
    (next.contexts, next.lastGeneration, next.log) = (contexts, lastGeneration, log)
    // Work that is under way must not be taken for work of the next context's tasks.
    next.tasks.lastWork = tasks.lastWork
    next.isPaused = isPaused
    next.say("Now in \(context.name ?? context.project).")
    return next
  }

  /// What is to be done in the context that a switch leads to; nil when that switch was called off.
  package func awaitedSwitch(_ generation: Generation) -> String? {
    guard let panel = panel(SwitchingPanel.self), panel.generation == generation else { return nil }
    return panel.rest
  }

  /// What was to be done in the new context; what can not be done is said.
  package mutating func run(line: String) -> [Effect] {
    guard !line.isEmpty else { return [] }
    switch run(command: line) {
    case .success(let effects): return effects
    case .failure(let problem):
      say("\(line): \(problem.reason)", .danger)
      return [.bell]
    }
  }

  /// A switch that came to nothing: everything is as it was.
  mutating func take(switching failure: Failure, _ generation: Generation) {
    guard awaitedSwitch(generation) != nil else { return }
    overlay = nil
    say(
      "Still in \(context.name ?? context.project). \(failure.title): \(failure.reason) \(failure.remedy)", .danger,
      seconds: 30)
  }

  func switching(to name: String) -> Result<Void, CommandProblem> {
    guard contexts.contains(name) else {
      return .failure(CommandProblem(Command.unknown("context", name, among: contexts)))
    }
    return .success(())
  }

  mutating func goTo(context name: String, then rest: String) -> [Effect] {
    let generation = nextGeneration()
    overlay = SwitchingPanel(name: name, rest: rest, generation: generation)
    return [.switchContext(name, generation)]
  }
}

extension Command {
  static let context = Command(
    "ctx", ["context", "contexts"], arguments: "[NAME]", help: "Look at another context; without a name, choose one.",
    words: { $0.contexts }
  ) { state, arguments in
    guard let name = arguments.words.first ?? arguments.context else { return .success(state.showContexts()) }
    return state.switching(to: name).map { state.goTo(context: name, then: "") }
  }

  /// The same context, with what the configuration files say now.
  static let reload = Command("reload", help: "Read the configuration files again.") { state, _ in
    .success(state.goTo(context: state.context.name ?? "", then: ""))
  }
}
