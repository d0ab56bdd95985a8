// The line that `/` opens, on the line above the footer.

import Terminal

/// The filter while it is typed.
struct FilterLine: Panel {
  var text: TextField

  init(_ text: String) { self.text = TextField(text) }

  var scopes: [Scope] { [.input] }
  var field: TextField? {
    get { text }
    set { text = newValue ?? text }
  }

  mutating func typed(_ state: inout ConsoleState) {
    if text.text != state.filterText { state.editTable(.filter(text.text, state.now)) }
  }

  /// A filter that cannot be read is not kept: the field stays open and says why.
  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect] {
    if state.filterProblem == nil {
      state.overlay = nil
      return []
    }
    return isKept ? [.bell] : []
  }

  /// The rows are moved through while their filter is typed.
  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    state.screen.view.move(action, &state)
    return []
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let row = layout.line.top
    frame.fill(layout.line, style: Style(.inputField))
    frame.put("/", at: Point(column: 1, row: row), style: Style(.key, on: .inputField))
    let count = state.filterProblem.map { "✗ \($0.words)" } ?? state.matchCount
    let wanted = layout.size.columns - 6 - max(16, TextWidth.of(text.text) + 1)
    let shown = TextWidth.clip(count, to: max(10, wanted))
    let role: Role = state.filterProblem == nil ? .dim : .danger
    let room = max(8, layout.size.columns - 6 - TextWidth.of(shown))
    renderField(text, in: Rect(column: 3, row: row, columns: room, rows: 1), &frame)
    frame.put(
      shown, at: Point(column: layout.size.columns - 1 - TextWidth.of(shown), row: row),
      style: Style(role, on: .inputField))
  }
}
