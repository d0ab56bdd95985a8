// Help.

import Foundation
import Terminal

extension HelpState {
  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderHelp(self, state, layout, &frame)
  }
}

private func renderHelp(_ help: HelpState, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let area = layout.overlay
  frame.fill(area, style: Style(.overlay))
  let inside = frame.box(
    area, title: help.isPalette ? "Palette" : "Help: all keys", style: Style(.border, on: .overlay),
    titleStyle: Style(.title, on: .overlay)
  ).inset(columns: 1)
  let (top, rest) = inside.splitTop(1)
  renderSearch(help, state, in: top, &frame)
  let (bottom, list) = rest.splitTop(1).rest.splitBottom(3)
  renderHelpLines(help, state, HelpColumns(layout), in: list, &frame)
  let actions = help.actions(state.keys)
  guard actions.indices.contains(help.cursor) else { return }
  renderDescription(actions[help.cursor], help, state, in: bottom, &frame)
}

private func renderSearch(_ help: HelpState, _ state: ConsoleState, in area: Rect, _ frame: inout Frame) {
  frame.put("/", at: area.origin, style: Style(.key, on: .overlay))
  let field = Rect(column: area.left + 2, row: area.top, columns: max(0, area.columns - 2), rows: 1)
  if help.isTyping {
    frame.fill(field, style: Style(.inputField))
    renderField(help.search, in: field, &frame)
  } else {
    let text = help.search.text.isEmpty ? "search, Enter does it, Esc closes" : help.search.text
    frame.put(text, at: field.origin, style: Style(.dim, on: .overlay), maxWidth: field.columns)
  }
}

private func renderHelpLines(
  _ help: HelpState, _ state: ConsoleState, _ columns: HelpColumns, in area: Rect, _ frame: inout Frame
) {
  let lines = help.lines(state.keys, columns)
  let actions = help.actions(state.keys)
  if lines.isEmpty {
    frame.put("Nothing matches.", at: area.origin, style: Style(.warning, on: .overlay), maxWidth: area.columns)
  }
  for row in 0..<area.rows {
    guard lines.indices.contains(help.offset + row) else { break }
    let rect = area.row(row)
    switch lines[help.offset + row] {
    case .heading(let scope):
      frame.put(scope.title, at: rect.origin, style: Style(.heading, on: .overlay), maxWidth: rect.columns)
    case .action(let action, let part):
      frame.target(rect, .line(row))
      let isCurrent = actions.indices.contains(help.cursor) && actions[help.cursor] == action
      let look = HelpLook(
        surface: isCurrent ? .selection : .overlay, isPossible: state.refusal(of: action, in: help.below) == nil)
      if isCurrent { frame.fill(rect, style: Style(.selection)) }
      if part == 0 { renderNames(of: action, state, look, columns, in: rect, &frame) }
      let place = Point(column: rect.left + 2 + columns.keys + columns.title, row: rect.top)
      frame.put(columns.sentence(of: action)[part], at: place, style: look.text, maxWidth: columns.sentence)
    }
  }
}

/// How a line of the list looks.
private struct HelpLook {
  let surface: Role
  let isPossible: Bool

  var text: Style { Style(isPossible ? (surface == .selection ? .selection : .text) : .dim, on: surface) }
}

private func renderNames(
  of action: Action, _ state: ConsoleState, _ look: HelpLook, _ columns: HelpColumns, in rect: Rect,
  _ frame: inout Frame
) {
  let place = Point(column: rect.left + 2, row: rect.top)
  frame.put(
    state.keys.names(for: action), at: place, style: Style(.key, on: look.surface), maxWidth: max(0, columns.keys - 1))
  guard columns.title > 1 else { return }
  frame.put(
    action.title, at: Point(column: place.column + columns.keys, row: rect.top), style: look.text.adding(.bold),
    maxWidth: columns.title - 1)
}

/// About the action under the cursor: its title in the line, and why it can not be done, or its names elsewhere.
private func renderDescription(
  _ action: Action, _ help: HelpState, _ state: ConsoleState, in area: Rect, _ frame: inout Frame
) {
  frame.horizontalLine(at: area.origin, columns: area.columns, style: Style(.border, on: .overlay))
  frame.put(
    " \(action.title) ", at: Point(column: area.left + 1, row: area.top), style: Style(.title, on: .overlay),
    maxWidth: area.columns - 2)
  let refusal = state.refusal(of: action, in: help.below)
  let command = action.command.isEmpty ? "" : ", in a shell: taskdeck \(action.command.joined(separator: " "))"
  let text =
    refusal.map { "Not now: \($0)\($0.hasSuffix(".") ? "" : ".")" } ?? "In keys: \(action.rawValue)\(command)"
  for (index, line) in DocumentLayout.wrap(text, width: area.columns).prefix(2).enumerated() {
    frame.put(
      line, at: Point(column: area.left, row: area.top + 1 + index),
      style: Style(refusal == nil ? .dim : .warning, on: .overlay), maxWidth: area.columns)
  }
}
