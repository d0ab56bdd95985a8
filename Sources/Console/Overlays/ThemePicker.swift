// The list of themes; the one under the cursor is drawn with at once.

import Terminal

struct ThemePicker: Panel {
  var cursor: Int
  /// The theme to go back to.
  let before: String

  var scopes: [Scope] { [.picker] }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    let count = state.themes.count
    guard count > 0 else { return [] }
    cursor = max(0, min(count - 1, cursor + ConsoleState.distance(action, count)))
    return state.use(theme: state.themes[cursor].name)
  }

  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] {
    guard state.themes.indices.contains(line) else { return [] }
    cursor = line
    return state.use(theme: state.themes[line].name)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let area = layout.picker(max(1, state.themes.count))
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: "Theme", style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    for (index, theme) in state.themes.prefix(inside.rows).enumerated() {
      let rect = inside.row(index)
      let isCurrent = index == cursor
      frame.target(rect, .line(index))
      if isCurrent { frame.fill(rect, style: Style(.selection)) }
      let surface: Role = isCurrent ? .selection : .overlay
      let used = frame.put(
        theme.name, at: Point(column: rect.left + 1, row: rect.top), style: Style(isCurrent ? .selection : .overlay),
        maxWidth: rect.columns - 10)
      frame.put(
        theme.isDark ? "dark" : "light", at: Point(column: rect.left + max(used + 3, 20), row: rect.top),
        style: Style(.dim, on: surface), maxWidth: 5)
    }
  }
}

extension Action {
  static let pickerKeep = Action(
    "picker.keep", "Use", "Keep the theme under the cursor.", keys: ["Enter"], scope: .picker, footer: "use it"
  ) { state, _ in
    state.overlay = nil
    return []
  }
  static let pickerCancel = Action(
    "picker.cancel", "Cancel", "Go back to the theme before.", keys: ["Esc", "q", "T"], scope: .picker,
    footer: "cancel"
  ) { state, _ in
    guard let picker = state.panel(ThemePicker.self) else { return [] }
    state.overlay = nil
    return state.use(theme: picker.before)
  }

  static let pickerActions = [pickerKeep, pickerCancel]
}

extension ConsoleState {
  mutating func use(theme name: String) -> [Effect] {
    guard name != theme else { return [] }
    theme = name
    return [.useTheme(name)]
  }
}
