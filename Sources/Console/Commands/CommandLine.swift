// The line that `:` opens: go anywhere by name.

import CloudModel
import Foundation
import Terminal

/// A command while it is typed.
struct CommandLine: Panel {
  var line = TypedLine()
  /// Why it was not done.
  var problem: String?

  init(_ state: ConsoleState, typed: String = "") {
    line = TypedLine(typed)
    line.changed(offers: Command.offers(for: line.field, state))
  }

  var scopes: [Scope] { [.command, .input] }
  var field: TextField? {
    get { line.field }
    set { line.field = newValue ?? line.field }
  }

  mutating func typed(_ state: inout ConsoleState) {
    line.changed(offers: Command.offers(for: line.field, state))
    problem = nil
  }

  mutating func complete(by step: Int, _ state: inout ConsoleState) { line.complete(by: step) }
  mutating func recall(by step: Int, _ state: inout ConsoleState) { line.recall(state.memory.commands, by: step) }

  mutating func take(offer index: Int, _ state: inout ConsoleState) { line.choose(index) }

  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect] {
    state.overlay = nil
    let text = line.field.text.trimmingCharacters(in: .whitespaces)
    guard isKept, !text.isEmpty else { return [] }
    switch state.run(command: text) {
    case .success(let effects): return effects + state.remember(.command(text))
    case .failure(let failure):
      var open = self
      open.problem = failure.reason
      state.overlay = open
      return [.bell]
    }
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let row = layout.line.top
    frame.fill(layout.line, style: Style(.inputField))
    frame.put(":", at: Point(column: 1, row: row), style: Style(.key, on: .inputField))
    renderField(line.field, in: Rect(column: 3, row: row, columns: layout.size.columns - 4, rows: 1), &frame)
    guard let problem else { return renderOffers(line, in: layout.offers, &frame) }
    frame.fill(layout.offers, style: Style(.overlay))
    frame.put(
      "✗ \(problem)", at: Point(column: 3, row: layout.offers.top), style: Style(.danger, on: .overlay),
      maxWidth: layout.size.columns - 4)
  }
}

extension Scope {
  static let command = Scope("command", "On the command line", elsewhere: "only on the command line")
}

extension Action {
  static let commandEarlier = Action(
    "command.earlier", "Earlier", "The command before.", keys: ["Up"], scope: .command
  ) { state, _ in state.recallCommand(by: 1) }
  static let commandLater = Action(
    "command.later", "Later", "The command after.", keys: ["Down"], scope: .command
  ) { state, _ in state.recallCommand(by: -1) }

  static let commandActions = [commandEarlier, commandLater]
}

extension ConsoleState {
  fileprivate mutating func recallCommand(by step: Int) -> [Effect] {
    guard var line = panel(CommandLine.self) else { return [] }
    line.recall(by: step, &self)
    overlay = line
    return []
  }
}
