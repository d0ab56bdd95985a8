// The contexts of the configuration files, to choose from. It belongs to no tab of its own: it is opened from wherever
// one is, and Esc goes back there.

import CloudModel
import Foundation
import Terminal

struct ContextsScreen: TableScreen {
  /// Where it was opened from.
  let tab: Tab

  var table: WritableKeyPath<ConsoleState, TableModel<ContextRow>> & Sendable { \.contextTable }
  var lane: Lane { .contexts }
  var noun: String { "context" }
  var viewName: String { ContextsScreen.viewName }
  var scopes: [Scope] { [.contexts, .table] }
  var before: Screen? { tab.screen }

  static let viewName = "contexts"

  func crumbs(_ state: ConsoleState) -> [String] { ["contexts"] }
  func loading(_ state: ConsoleState) -> String { "contexts" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    (
      "No contexts.",
      "Give places names under contexts: in a taskdeck.yaml here, or in config.yaml in ~/.config/taskdeck."
    )
  }

  func openRow(_ state: inout ConsoleState) -> [Effect] {
    guard let row = state.contextTable.current else { return [] }
    return state.goTo(context: row.name, then: "")
  }

  func preview(_ state: ConsoleState) -> Document? { state.contextTable.current.map { Document($0) } }

  func copies(_ state: ConsoleState) -> [Copy] {
    guard let row = state.contextTable.current else { return [] }
    return [
      Copy(title: "name", text: row.name),
      Copy(title: "flag", text: "--context \(row.name)"),
    ] + rowCopies(state)
  }
}

extension Lane {
  /// The configuration files, read again.
  static let contexts = Lane(name: "contexts", share: nil, isUnasked: { $0.contextTable.content.isUnasked }) {
    state, generation in
    state.contextTable.ask()
    return .loadContexts(generation)
  }
}

extension Scope {
  static let contexts = Scope("contexts", "Choosing a context", elsewhere: "only in the list of contexts")
  static let switching = Scope("switching", "On the way to a context")
}

extension Action {
  static let contexts = Action(
    "view.contexts", "Contexts", "Choose another context: project, locations, endpoint.", keys: ["W"],
    scope: .everywhere, command: ["contexts", "list"]
  ) { state, _ in state.showContexts() }

  static let contextUse = Action(
    "context.use", "Switch", "Look at the context under the cursor.", keys: ["Enter"], scope: .contexts,
    footer: "switch"
  ) { state, _ in state.screen.view.openRow(&state) }

  static let switchingCancel = Action(
    "switching.cancel", "Stay", "Stay in the context that is shown.", keys: ["Esc", "q", "Ctrl-C"], scope: .switching,
    footer: "stay here"
  ) { state, _ in
    let name = state.panel(SwitchingPanel.self)?.name ?? ""
    state.overlay = nil
    state.say("Still in \(state.context.name ?? state.context.project); not in \(name).")
    return []
  }

  static let contextActions = [contexts, contextUse, switchingCancel]
}

extension ConsoleState {
  mutating func showContexts() -> [Effect] {
    guard screen.as(ContextsScreen.self) == nil else { return [] }
    return show(Screen(ContextsScreen(tab: screen.tab)))
  }

  mutating func take(contexts answer: Result<[ContextRow], Failure>, _ generation: Generation) {
    guard awaits(generation, .contexts) else { return }
    switch answer {
    case .success(let rows):
      settle(.contexts, calls: 0)
      contexts = rows.map(\.name)
      let isFirst = contextTable.content.latest == nil
      let here = context.name
      contextTable.load(
        rows.map { row in
          var row = row
          row.isHere = row.name == here
          return row
        }, at: now)
      // The cursor begins where one is.
      guard isFirst,
        let place = contextTable.visible.indices.first(where: { position in
          contextTable.row(at: position)?.name == context.name
        })
      else { return }
      contextTable.apply(.move(by: place))
    case .failure(let failure):
      settle(.contexts, failure: failure)
      contextTable.fail(failure)
    }
  }
}
