// Actions while something is typed.

import Terminal

extension Action {
  static let inputKeep = Action(
    "input.keep", "Keep", "Keep what is typed and go on.", keys: ["Enter"], scope: .input, footer: "keep", run: ending)
  static let inputClear = Action(
    "input.clear", "Clear", "Forget what is typed.", keys: ["Esc"], scope: .input, footer: "clear", run: ending)
  static let inputLeft = Action(
    "input.left", "Left", "One character left.", keys: ["Left"], scope: .input, run: editing)
  static let inputRight = Action(
    "input.right", "Right", "One character right.", keys: ["Right"], scope: .input, run: editing)
  static let inputStart = Action(
    "input.start", "Start", "To the start.", keys: ["Home", "Ctrl-A"], scope: .input, run: editing)
  static let inputEnd = Action(
    "input.end", "End", "To the end.", keys: ["End", "Ctrl-E"], scope: .input, run: editing)
  static let inputDelete = Action(
    "input.delete", "Delete", "Delete the character before.", keys: ["Backspace"], scope: .input, run: editing)
  static let inputDeleteForward = Action(
    "input.delete-forward", "Delete after", "Delete the character after.", keys: ["Delete"], scope: .input,
    run: editing)
  static let inputDeleteWord = Action(
    "input.delete-word", "Delete word", "Delete the word before.", keys: ["Ctrl-W"], scope: .input,
    footer: "delete word", run: editing)
  static let inputDeleteAll = Action(
    "input.delete-all", "Delete all", "Delete everything typed.", keys: ["Ctrl-U"], scope: .input, run: editing)

  static let inputComplete = Action(
    "input.complete", "Complete", "Put the next way to go on into the line.", keys: ["Tab"], scope: .input,
    footer: "complete"
  ) { state, _ in state.onPanel { $0.complete(by: 1, &$1) } }
  static let inputCompleteBack = Action(
    "input.complete-back", "Complete back", "Put the way before into the line.", keys: ["Shift-Tab"], scope: .input
  ) { state, _ in state.onPanel { $0.complete(by: -1, &$1) } }
  static let inputEarlier = Action(
    "input.earlier", "Earlier", "What was typed here before.", keys: ["Ctrl-P"], scope: .input, footer: "earlier"
  ) { state, _ in state.onPanel { $0.recall(by: 1, &$1) } }
  static let inputLater = Action(
    "input.later", "Later", "What was typed here after that.", keys: ["Ctrl-N"], scope: .input
  ) { state, _ in state.onPanel { $0.recall(by: -1, &$1) } }

  static let inputActions = [
    inputKeep, inputClear, inputComplete, inputCompleteBack, inputEarlier, inputLater, inputLeft, inputRight,
    inputStart, inputEnd, inputDelete, inputDeleteForward,
    inputDeleteWord, inputDeleteAll,
  ]

  private static let editing: @Sendable (inout ConsoleState, Action) -> [Effect] = { state, action in
    state.changeField { _ = $0.edit(action) }
    return []
  }

  private static let ending: @Sendable (inout ConsoleState, Action) -> [Effect] = { state, action in
    if action == .inputClear { state.changeField { _ = $0.edit(.inputDeleteAll) } }
    return state.overlay?.endTyping(&state, isKept: action == .inputKeep) ?? []
  }
}

extension ConsoleState {
  /// Changes the panel, which may change the state.
  fileprivate mutating func onPanel(_ change: (inout any Panel, inout ConsoleState) -> Void) -> [Effect] {
    guard var panel = overlay else { return [] }
    change(&panel, &self)
    overlay = panel
    return []
  }
}
