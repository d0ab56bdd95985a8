// What lies over the screen: the help that is also a menu, and the theme picker.

import Foundation
import Terminal

/// The searchable list of all actions.
struct HelpState: Equatable, Sendable {
  /// The scopes of the screen below, which say what can be done from here.
  let scopes: [Scope]
  var search = TextField()
  var isTyping = false
  /// Position among the actions that the search lets through.
  var cursor = 0
  /// The first line on the screen.
  var offset = 0

  /// Rows of the overlay that are not part of the list: border, search line, gap, description, border.
  static let frameRows = 6

  init(scopes: [Scope]) { self.scopes = scopes }

  /// A line of the list.
  enum Line: Equatable {
    case heading(Scope)
    case action(Action)
  }

  /// The actions that the search lets through, by scope; those of the screen below come first.
  func actions(_ keys: KeyMap) -> [Action] {
    let words = search.text.lowercased().split(separator: " ")
    let order = scopes + Scope.allCases.filter { !scopes.contains($0) }
    return order.flatMap { scope in Action.allCases.filter { $0.info.scope == scope } }.filter { action in
      let info = action.info
      let text = "\(info.title) \(info.help) \(keys.names(for: action)) \(action.rawValue)".lowercased()
      return words.allSatisfy { text.contains($0) }
    }
  }

  func lines(_ keys: KeyMap) -> [Line] {
    var lines: [Line] = []
    var scope: Scope?
    for action in actions(keys) {
      if action.info.scope != scope { lines.append(.heading(action.info.scope)) }
      scope = action.info.scope
      lines.append(.action(action))
    }
    return lines
  }

  mutating func move(_ action: Action, height: Int, in state: ConsoleState) {
    let last = actions(state.keys).count - 1
    cursor = max(0, min(last, cursor + ConsoleState.distance(action, height)))
  }

  mutating func scrollToCursor(height: Int, in state: ConsoleState) {
    let height = max(1, height)
    let lines = lines(state.keys)
    let list = actions(state.keys)
    guard list.indices.contains(cursor), let line = lines.firstIndex(of: .action(list[cursor])) else {
      return offset = 0
    }
    // The heading above the first action of a scope is shown with it.
    let top = line > 0 && lines[line - 1] != .action(list[max(0, cursor - 1)]) ? line - 1 : line
    offset = min(max(offset, line - height + 1), top, max(0, lines.count - height))
    offset = max(0, offset)
  }
}

/// The list of themes; the one under the cursor is drawn with at once.
struct ThemePicker: Equatable, Sendable {
  var cursor: Int
  /// The theme to go back to.
  let before: String
}

extension ConsoleState {
  /// Why an action can not be done from here; nil when it can.
  func refusal(of action: Action, in scopes: [Scope]) -> String? {
    let scope = action.info.scope
    if scopes.contains(scope) { return nil }
    switch scope {
    case .table: return "only in a table"
    case .page: return "only on a page"
    case .input: return "only while typing"
    case .changing: return "only in a table or on a page"
    case .journal: return "only in the journal"
    case .help, .picker, .moving, .everywhere, .sheet, .plan, .confirm, .running, .outcome: return "not from here"
    }
  }

  mutating func performInHelp(_ action: Action) -> [Effect] {
    guard case .help(var help) = overlay else { return [] }
    switch action {
    case .helpSearch:
      help.isTyping = true
      overlay = .help(help)
    case .helpRun: return runFromHelp(help)
    default: overlay = .none
    }
    return []
  }

  private mutating func runFromHelp(_ help: HelpState) -> [Effect] {
    let actions = help.actions(keys)
    guard actions.indices.contains(help.cursor) else { return [.bell] }
    let action = actions[help.cursor]
    if refusal(of: action, in: help.scopes) != nil { return [.bell] }
    overlay = .none
    return perform(action)
  }

  mutating func performInPicker(_ action: Action) -> [Effect] {
    guard case .themes(let picker) = overlay else { return [] }
    overlay = .none
    if action == .pickerKeep { return [] }
    return use(theme: picker.before)
  }

  mutating func movePicker(_ action: Action) -> [Effect] {
    guard case .themes(var picker) = overlay, !themes.isEmpty else { return [] }
    picker.cursor = max(0, min(themes.count - 1, picker.cursor + Self.distance(action, themes.count)))
    overlay = .themes(picker)
    return use(theme: themes[picker.cursor].name)
  }

  private mutating func use(theme name: String) -> [Effect] {
    guard name != theme else { return [] }
    theme = name
    return [.useTheme(name)]
  }
}
