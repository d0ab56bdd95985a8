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
  renderHelpLines(help, state, in: list, &frame)
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

private func renderHelpLines(_ help: HelpState, _ state: ConsoleState, in area: Rect, _ frame: inout Frame) {
  let lines = help.lines(state.keys)
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
    case .action(let action):
      frame.target(rect, .line(row))
      let isCurrent = actions.indices.contains(help.cursor) && actions[help.cursor] == action
      renderHelpAction(action, help, state, isCurrent: isCurrent, in: rect, &frame)
    }
  }
}

private func renderHelpAction(
  _ action: Action, _ help: HelpState, _ state: ConsoleState, isCurrent: Bool, in rect: Rect, _ frame: inout Frame
) {
  let surface: Role = isCurrent ? .selection : .overlay
  if isCurrent { frame.fill(rect, style: Style(.selection)) }
  let refusal = state.refusal(of: action, in: help.below)
  let keysWidth = min(18, rect.columns / 3)
  let text = Style(refusal == nil ? (isCurrent ? .selection : .text) : .dim, on: surface)
  let place = Point(column: rect.left + 2, row: rect.top)
  frame.put(
    state.keys.names(for: action), at: place, style: Style(.key, on: surface), maxWidth: max(0, keysWidth - 1))
  let rest = Point(column: place.column + keysWidth, row: rect.top)
  let room = max(0, rect.right - rest.column)
  let titleWidth = min(16, room)
  frame.put(action.title, at: rest, style: text.adding(.bold), maxWidth: titleWidth)
  frame.put(
    action.help, at: Point(column: rest.column + titleWidth, row: rect.top), style: text,
    maxWidth: max(0, room - titleWidth))
}

private func renderDescription(
  _ action: Action, _ help: HelpState, _ state: ConsoleState, in area: Rect, _ frame: inout Frame
) {
  frame.horizontalLine(at: area.origin, columns: area.columns, style: Style(.border, on: .overlay))
  var text = action.help
  if let refusal = state.refusal(of: action, in: help.below) {
    text = "Not now: \(refusal)\(refusal.hasSuffix(".") ? "" : ".") \(action.help)"
  }
  if !action.command.isEmpty { text += "  taskdeck \(action.command.joined(separator: " "))" }
  for (index, line) in DocumentLayout.wrap(text, width: area.columns).prefix(2).enumerated() {
    frame.put(
      line, at: Point(column: area.left, row: area.top + 1 + index), style: Style(.overlay), maxWidth: area.columns)
  }
}
