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

  static let inputActions = [
    inputKeep, inputClear, inputLeft, inputRight, inputStart, inputEnd, inputDelete, inputDeleteForward,
    inputDeleteWord, inputDeleteAll,
  ]

  private static let editing: @Sendable (inout ConsoleState, Action) -> [Effect] = { state, action in
    state.changeField { _ = $0.edit(action) }
    return []
  }

  private static let ending: @Sendable (inout ConsoleState, Action) -> [Effect] = { state, action in
    if action == .inputClear { state.changeField { $0 = TextField() } }
    return state.overlay?.endTyping(&state, isKept: action == .inputKeep) ?? []
  }
}
