// What a key does here and now.

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  mutating func press(_ key: Key) -> [Effect] {
    switch key {
    case .resize(let size):
      self.size = size
      return []
    case .hangUp: return [.quit]
    case .paste(let text):
      paste(text)
      return []
    case .mouse(let mouse): return point(mouse)
    default: return dispatch(key)
    }
  }

  /// Text goes where text is typed. On a table it does nothing: a pasted page must not press its keys.
  private mutating func paste(_ text: String) {
    changeField { $0.insert(text) }
  }

  /// The scopes that get keys now, the innermost first.
  package var scopes: [Scope] {
    switch overlay {
    case .filter: [.input, .moving, .everywhere]
    case .help(let help): help.isTyping ? [.input, .moving, .everywhere] : [.help, .moving, .everywhere]
    case .themes: [.picker, .moving, .everywhere]
    case .discard: [.sheet, .moving, .everywhere]
    case .change(let change):
      change.scope == .confirm ? [.confirm, .input, .moving, .everywhere] : [change.scope, .moving, .everywhere]
    case .none:
      [screen.isPage ? .page : .table] + (screen.tab == .journal ? [.journal] : []) + [.changing, .moving, .everywhere]
    }
  }

  private var screenScopes: [Scope] {
    // The log is a page about no row: it has no payload and no next one.
    if case .log = screen { return [.moving, .everywhere] }
    return [screen.isPage ? .page : .table, .moving, .everywhere]
  }

  private var isTyping: Bool {
    switch overlay {
    case .filter: true
    case .help(let help): help.isTyping
    case .change(let change): change.scope == .confirm
    case .none, .themes, .discard: false
    }
  }

  private mutating func dispatch(_ key: Key) -> [Effect] {
    if isTyping, case .character(let character) = key {
      changeField { $0.insert(String(character)) }
      return []
    }
    if case .discard = overlay, case .character(let character) = key, let digit = character.wholeNumberValue {
      type(digit: digit)
      return []
    }
    guard let action = keys.action(for: key, in: scopes) else { return [] }
    // Under an overlay only what concerns the terminal itself still works.
    if overlay != .none, action.info.scope == .everywhere, ![.quit, .suspend, .redraw].contains(action) { return [] }
    return perform(action)
  }

  /// Does what an action says.
  mutating func perform(_ action: Action) -> [Effect] {
    switch action.info.scope {
    case .everywhere: return performAnywhere(action)
    case .moving:
      switch overlay {
      case .themes: return movePicker(action)
      case .discard: moveSheet(action)
      case .change: moveChange(action)
      case .none, .filter, .help: move(action)
      }
      return []
    case .table: return performOnTable(action)
    case .page: return performOnPage(action)
    case .input:
      type(action)
      // A filter that cannot be read is not kept: the field stays open and says why.
      if action == .inputKeep, case .filter = overlay { return [.bell] }
      return []
    case .help: return performInHelp(action)
    case .picker: return performInPicker(action)
    case .changing, .journal: return performChange(action)
    case .sheet: return performInSheet(action)
    case .plan, .confirm, .running, .outcome: return performInChange(action)
    }
  }

  private mutating func performAnywhere(_ action: Action) -> [Effect] {
    switch action {
    case .quit: return [.quit]
    case .suspend: return [.suspend]
    case .redraw: return [.redraw]
    case .back, .leave: return goBack(quits: action == .leave)
    case .readOnly: return toggleReadOnly()
    case .showQueues, .showTasks, .showJobs, .showJournal:
      return Tab.allCases.first { $0.action == action }.map { go(to: $0) } ?? []
    case .nextTab: return go(by: 1)
    case .previousTab: return go(by: -1)
    case .log: return showLog()
    case .refresh:
      for lane in activeLanes where lane != .survey { lanes[lane, default: LaneState()].isForced = true }
    case .live:
      isPaused.toggle()
      say(isPaused ? "Live refresh is off. r asks once, l starts again." : "Live refresh is on.")
    case .theme: overlay = .themes(ThemePicker(cursor: themes.firstIndex { $0.name == theme } ?? 0, before: theme))
    default: overlay = .help(HelpState(scopes: scopes))
    }
    return []
  }
}

// MARK: - Moving

extension ConsoleState {
  private mutating func move(_ action: Action) {
    if case .help(var help) = overlay {
      help.move(action, height: ScreenLayout(size: size).overlay.rows - HelpState.frameRows, in: self)
      overlay = .help(help)
    } else if screen.isPage {
      movePage(action)
    } else {
      moveTable(action)
    }
  }

  private mutating func moveTable(_ action: Action) {
    let height = ScreenLayout(size: size).tableRows
    switch action {
    case .first: editTable(.first)
    case .last: editTable(.last)
    default: editTable(.move(by: Self.distance(action, height)))
    }
  }

  private mutating func movePage(_ action: Action) {
    let height = ScreenLayout(size: size).page.rows
    switch action {
    case .first: page.offset = 0
    case .last: page.offset = .max
    default: page.offset += Self.distance(action, height)
    }
    page.wantsPayload = false
  }

  /// Lines that a key moves by.
  static func distance(_ action: Action, _ height: Int) -> Int {
    switch action {
    case .up: -1
    case .pageDown: max(1, height - 1)
    case .pageUp: -max(1, height - 1)
    case .halfDown: max(1, height / 2)
    case .halfUp: -max(1, height / 2)
    case .first: -1_000_000_000
    case .last: 1_000_000_000
    default: 1
    }
  }

  /// The mouse, where it is switched on: the wheel moves, a press puts the cursor on a row.
  private mutating func point(_ mouse: Mouse) -> [Effect] {
    let layout = ScreenLayout(size: size)
    guard overlay == .none else { return [] }
    switch mouse.action {
    case .wheelDown: (0..<3).forEach { _ in move(.down) }
    case .wheelUp: (0..<3).forEach { _ in move(.up) }
    case .press:
      guard !screen.isPage, layout.tableBody.contains(mouse.position) else { return [] }
      select(line: mouse.position.row - layout.tableBody.top)
    case .release: break
    }
    return []
  }

  private mutating func select(line: Int) {
    switch screen.tab {
    case .queues: queues.select(line: line)
    case .tasks: tasks.select(line: line)
    case .jobs: jobs.select(line: line)
    case .journal: journal.select(line: line)
    }
  }
}

// MARK: - Typing

extension ConsoleState {
  private mutating func changeField(_ change: (inout TextField) -> Void) {
    switch overlay {
    case .filter(var field):
      change(&field)
      overlay = .filter(field)
      if field.text != filterText { editTable(.filter(field.text, now)) }
    case .help(var help) where help.isTyping:
      change(&help.search)
      help.cursor = 0
      overlay = .help(help)
    case .change(var page):
      guard case .plan(var plan) = page.stage, var typed = plan.typed else { return }
      change(&typed)
      plan.typed = typed
      page.stage = .plan(plan)
      overlay = .change(page)
    case .none, .help, .themes, .discard: return
    }
  }

  private mutating func type(_ action: Action) {
    switch action {
    case .inputKeep, .inputClear:
      if action == .inputClear { changeField { $0 = TextField() } }
      if case .help(var help) = overlay {
        help.isTyping = false
        overlay = .help(help)
      } else if filterProblem == nil {
        overlay = .none
      }
    default: changeField { _ = $0.edit(action) }
    }
  }
}
