// From context to context. The state is made anew: no row, plan or answer of the old context can be mixed up with the new
// one's, because there is no place where both could be.

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  /// The state in another context: what belongs to the person stays, what belongs to the old context is gone. Answers
  /// that still come from there carry numbers that nobody waits for.
  package func switched(to context: ContextBadge, refresh: RefreshPolicy, keys: KeyMap) -> ConsoleState {
    var next = ConsoleState(
      context: context, themes: themes, theme: theme, refresh: refresh, now: now, size: size, zone: zone, keys: keys,
      memory: memory)
    (next.contexts, next.lastGeneration, next.log) = (contexts, lastGeneration, log)
    next.tasks.lastWork = tasks.lastWork
    next.say("Now in \(context.name ?? context.project).")
    return next
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
}

extension Command {
  static let context = Command(
    "ctx", ["context"], arguments: "NAME", help: "Look at another context.", words: { $0.contexts }
  ) { state, arguments in
    guard let name = arguments.words.first else {
      let known = state.contexts.joined(separator: ", ")
      return .failure(
        CommandProblem(known.isEmpty ? "no context is configured; contexts: in taskdeck.yaml" : "there are \(known)"))
    }
    return state.switching(to: name, then: "")
  }
}

extension ConsoleState {
  func switching(to name: String, then rest: String) -> Result<[Effect], CommandProblem> {
    guard contexts.contains(name) else {
      return .failure(CommandProblem(Command.unknown("context", name, among: contexts)))
    }
    return .success([.switchContext(name, then: rest)])
  }
}
