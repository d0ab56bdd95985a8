// The list of themes; the one under the cursor is drawn with at once.

import Terminal

struct ThemePicker: Panel {
  var cursor: Int
  /// The first line on the screen.
  var offset = 0
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
    guard state.themes.indices.contains(offset + line) else { return [] }
    cursor = offset + line
    return state.use(theme: state.themes[cursor].name)
  }

  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout) {
    let height = max(1, layout.picker(max(1, state.themes.count)).inset(by: 2).rows)
    offset = max(0, min(max(offset, cursor - height + 1), cursor, state.themes.count - height))
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let area = layout.picker(max(1, state.themes.count))
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: "Theme", style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    for (line, theme) in state.themes.dropFirst(offset).prefix(inside.rows).enumerated() {
      let rect = inside.row(line)
      let isCurrent = offset + line == cursor
      frame.target(rect, .line(line))
      if isCurrent { frame.fill(rect, style: Style(.selection)) }
      let surface: Role = isCurrent ? .selection : .overlay
      let used = frame.put(
        theme.name, at: Point(column: rect.left + 1, row: rect.top), style: Style(isCurrent ? .selection : .overlay),
        maxWidth: rect.columns - 10)
      frame.put(
        theme.surface, at: Point(column: rect.left + max(used + 3, 20), row: rect.top),
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

/// A theme for dark terminals and another one for light ones.
package struct ThemePair: Equatable, Sendable {
  let dark: String
  let light: String

  /// Nil where both are the same: nothing has to be found out then.
  package init?(dark: String, light: String) {
    guard dark != light else { return nil }
    (self.dark, self.light) = (dark, light)
  }
}

extension ConsoleState {
  /// Takes the theme that goes with the terminal's background, unless the person has chosen another one meanwhile or is
  /// about to.
  package mutating func follow(_ background: Colour, _ pair: ThemePair?) -> [Effect] {
    guard let pair, [pair.dark, pair.light].contains(theme), panel(ThemePicker.self) == nil else { return [] }
    return use(theme: background.isDark ? pair.dark : pair.light)
  }

  /// Draws with another theme from now on; nothing when there is none of that name.
  package mutating func use(theme name: String) -> [Effect] {
    guard name != theme, themes.contains(where: { $0.name == name }) else { return [] }
    theme = name
    return [.useTheme(name)]
  }
}
