// The help, which is also a menu: every action with its keys, searched as one types.

import Foundation
import Terminal

/// Where the parts of an action stand in the list.
struct HelpColumns {
  let keys: Int
  let title: Int
  let sentence: Int

  /// Where there is little room the sentence says what the title would.
  init(_ layout: ScreenLayout) {
    let width = max(0, layout.overlay.columns - 4)
    keys = width >= 88 ? 18 : min(14, width / 3)
    title = width >= 88 ? 17 : 0
    sentence = max(1, width - 2 - keys - title)
  }

  func sentence(of action: Action) -> [String] { DocumentLayout.wrap(action.help, width: sentence) }
}

/// The searchable list of all actions.
struct HelpState: Panel {
  /// The scopes of the screen below, which say what can be done from here.
  let below: [Scope]
  var search = TextField()
  var isTyping = false
  /// Opened to be typed into: Enter does at once what is under the cursor.
  var isPalette = false
  /// Position among the actions that the search lets through.
  var cursor = 0
  /// The first line on the screen.
  var offset = 0

  /// Rows of the overlay that are not part of the list: border, search line, gap, title, two lines about it, border.
  static let frameRows = 7

  init(scopes: [Scope]) { below = scopes }

  var scopes: [Scope] { isTyping ? [.searching, .input] : [.help] }
  var field: TextField? {
    get { isTyping ? search : nil }
    set { search = newValue ?? search }
  }

  mutating func typed(_ state: inout ConsoleState) { cursor = 0 }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    let height = ScreenLayout(state).overlay.rows - Self.frameRows
    let last = actions(state.keys).count - 1
    cursor = max(0, min(last, cursor + ConsoleState.distance(action, height)))
    return []
  }

  /// Lines on the screen are headings too, which are no place for the cursor.
  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] {
    let lines = lines(state.keys, HelpColumns(ScreenLayout(state)))
    guard lines.indices.contains(offset + line), case .action(let action, _) = lines[offset + line] else { return [] }
    (cursor, isTyping) = (actions(state.keys).firstIndex(of: action) ?? cursor, false)
    return []
  }

  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout) {
    scrollToCursor(height: layout.overlay.rows - Self.frameRows, in: state, HelpColumns(layout))
  }

  /// A line of the list.
  enum Line: Equatable {
    case heading(Scope)
    /// An action, or a further line of its sentence.
    case action(Action, part: Int)
  }

  /// The actions that the search lets through, by scope; those of the screen below come first.
  func actions(_ keys: KeyMap) -> [Action] {
    let words = search.text.lowercased().split(separator: " ")
    let order = below + Scope.allCases.filter { !below.contains($0) }
    return order.flatMap { scope in Action.allCases.filter { $0.scope == scope } }.filter { action in
      let text = "\(action.title) \(action.help) \(keys.names(for: action)) \(action.rawValue)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  func lines(_ keys: KeyMap, _ columns: HelpColumns) -> [Line] {
    var lines: [Line] = []
    var scope: Scope?
    for action in actions(keys) {
      if action.scope != scope { lines.append(.heading(action.scope)) }
      scope = action.scope
      lines += columns.sentence(of: action).indices.map { .action(action, part: $0) }
    }
    return lines
  }

  mutating func scrollToCursor(height: Int, in state: ConsoleState, _ columns: HelpColumns) {
    let height = max(1, height)
    let lines = lines(state.keys, columns)
    let list = actions(state.keys)
    guard list.indices.contains(cursor), let line = lines.firstIndex(of: .action(list[cursor], part: 0)) else {
      return offset = 0
    }
    let last = line + columns.sentence(of: list[cursor]).count - 1
    // The heading above the first action of a scope is shown with it.
    let top = line > 0 && lines[line - 1] == .heading(list[cursor].scope) ? line - 1 : line
    offset = min(max(offset, last - height + 1), top, max(0, lines.count - height))
    offset = max(0, offset)
  }
}

extension Action {
  static let helpRun = Action(
    "help.run", "Do it", "Do what is under the cursor.", keys: ["Enter"], scope: .help, footer: "do it"
  ) { state, _ in state.runFromHelp() }
  static let helpSearch = Action(
    "help.search", "Search", "Search the keys.", keys: ["/"], scope: .help, footer: "search"
  ) { state, _ in
    guard var help = state.panel(HelpState.self) else { return [] }
    help.isTyping = true
    state.overlay = help
    return []
  }
  static let helpClose = Action(
    "help.close", "Close", "Close the help.", keys: ["Esc", "q", "?", "F1"], scope: .help, footer: "close"
  ) { state, _ in
    state.overlay = nil
    return []
  }

  static let searchRun = Action(
    "help.do", "Do it", "Do what is under the cursor.", keys: ["Enter"], scope: .searching, footer: "do it"
  ) { state, _ in state.runFromHelp() }
  static let searchEnd = Action(
    "help.back", "Back", "Show all keys again, or close the palette.", keys: ["Esc"], scope: .searching,
    footer: "back"
  ) { state, _ in
    guard var help = state.panel(HelpState.self) else { return [] }
    (help.isTyping, help.search, help.cursor) = (false, TextField(), 0)
    state.overlay = help.isPalette ? nil : help
    return []
  }

  static let helpActions = [helpRun, helpSearch, helpClose, searchRun, searchEnd]
}

extension ConsoleState {
  /// Why an action can not be done from here; nil when it can.
  func refusal(of action: Action, in scopes: [Scope]) -> String? {
    scopes.contains(action.scope) ? refusal(of: action) : action.scope.elsewhere
  }

  fileprivate mutating func runFromHelp() -> [Effect] {
    guard let help = panel(HelpState.self) else { return [] }
    let actions = help.actions(keys)
    guard actions.indices.contains(help.cursor) else { return [.bell] }
    let action = actions[help.cursor]
    if let refusal = refusal(of: action, in: help.below) {
      say("\(action.title): \(refusal)\(refusal.hasSuffix(".") ? "" : ".")", .warning)
      return [.bell]
    }
    overlay = nil
    return action.run(&self, action)
  }
}
