// Actions on what is shown: moving, tables, pages.

import Terminal

extension Action {
  static let down = Action("move.down", "Down", "One line down.", keys: ["j", "Down"], scope: .moving, run: moving)
  static let up = Action("move.up", "Up", "One line up.", keys: ["k", "Up"], scope: .moving, run: moving)
  static let pageDown = Action(
    "move.page-down", "Page down", "One screen down.", keys: ["PgDn", "Ctrl-F"], scope: .moving, run: moving)
  static let pageUp = Action(
    "move.page-up", "Page up", "One screen up.", keys: ["PgUp", "Ctrl-B"], scope: .moving, run: moving)
  package static let halfDown = Action(
    "move.half-down", "Half down", "Half a screen down.", keys: ["Ctrl-D"], scope: .moving, run: moving)
  static let halfUp = Action(
    "move.half-up", "Half up", "Half a screen up.", keys: ["Ctrl-U"], scope: .moving, run: moving)
  static let first = Action(
    "move.first", "First", "To the first line.", keys: ["g", "Home"], scope: .moving, run: moving)
  static let last = Action("move.last", "Last", "To the last line.", keys: ["G", "End"], scope: .moving, run: moving)

  static let movingActions = [down, up, pageDown, pageUp, halfDown, halfUp, first, last]

  private static let moving: @Sendable (inout ConsoleState, Action) -> [Effect] = { state, action in
    guard var overlay = state.overlay else {
      state.screen.view.move(action, &state)
      return []
    }
    let effects = overlay.move(action, &state)
    state.overlay = overlay
    return effects
  }
}

extension Action {
  /// What is about the row under the cursor is not offered where the table is empty.
  private static let noRow: @Sendable (ConsoleState) -> String? = { state in
    let view = state.screen.view
    guard !view.isPage, view.extent(state, ScreenLayout(state)).count == 0 else { return nil }
    return "There is no row here."
  }

  package static let open = Action(
    "row.open", "Open", "A queue opens its tasks; a task or a job opens its page.", keys: ["Enter"], scope: .table,
    footer: "open", rank: 1, command: ["tasks", "show"], refusal: noRow
  ) { state, _ in
    state.screen.view.openRow(&state)
  }

  static let describe = Action(
    "row.describe", "Describe", "The page about the row under the cursor.", keys: ["d"], scope: .table,
    footer: "describe", rank: 7, command: ["queues", "show"], refusal: noRow
  ) { state, _ in state.openPage() }

  static let payload = Action(
    "row.payload", "Payload", "The page about the row, at its payload.", keys: ["p"], scope: .table,
    refusal: { $0.screen == .queues ? "A queue has no payload; its tasks have." : nil }
  ) { state, _ in
    let effects = state.openPage()
    state.page.wantsPayload = state.screen.view.isPage
    return effects
  }

  package static let filter = Action(
    "table.filter", "Filter", "Keep rows that match: words, or class:Sync* dispatches>=5 status:503 age>1h.",
    keys: ["/"], scope: .table, footer: "filter", rank: 2
  ) { state, _ in
    state.overlay = FilterLine(state)
    return []
  }

  static let mark = Action(
    "mark.row", "Mark", "Mark the row, or take its mark away.", keys: ["Space"], scope: .table, footer: "mark", rank: 6,
    refusal: noRow, run: marking)
  static let markRange = Action(
    "mark.range", "Mark range", "Begin a range here; the second time, mark all rows between.", keys: ["V"],
    scope: .table, run: marking)
  static let markAll = Action(
    "mark.all", "Mark all", "Mark all rows that the filter shows.", keys: ["*"], scope: .table, run: marking)
  static let markNone = Action(
    "mark.none", "No marks", "Take away all marks.", keys: ["Ctrl-\\"], scope: .table, run: marking)

  static let sortNext = Action(
    "sort.next", "Sort right", "Sort by the next column.", keys: [">"], scope: .table, footer: "sort", rank: 8
  ) { state, _ in
    state.editTable(.sortBy(1, width: ScreenLayout(state).table.columns))
    return state.rememberTable()
  }
  static let sortPrevious = Action(
    "sort.previous", "Sort left", "Sort by the column before.", keys: ["<"], scope: .table
  ) { state, _ in
    state.editTable(.sortBy(-1, width: ScreenLayout(state).table.columns))
    return state.rememberTable()
  }
  static let sortReverse = Action(
    "sort.reverse", "Reverse", "Turn the order around.", keys: ["="], scope: .table
  ) { state, _ in
    state.editTable(.reverseSort)
    return state.rememberTable()
  }

  static let tableActions = [
    open, describe, payload, filter, mark, markRange, markAll, markNone, sortNext, sortPrevious, sortReverse,
  ]

  private static let marking: @Sendable (inout ConsoleState, Action) -> [Effect] = { state, action in
    state.editTable(.mark(action))
    if action == .markAll { state.sayWhatIsMarked() }
    if action == .markNone { state.notice = nil }
    if state.marks.rangeStart != nil, action == .markRange {
      state.say("A range begins here. Move, and \(state.keys.names(for: .markRange)) marks all between.")
    }
    return []
  }
}

extension ConsoleState {
  /// "All" is said with a number, and only where it is all.
  fileprivate mutating func sayWhatIsMarked() {
    let count = Words.count(marks.count - marks.hidden)
    let match = filterText.isEmpty ? "" : " that match"
    if marks.isAllWanted {
      say("All that match are marked as soon as it is known which they are.")
    } else if marks.awaitsRest {
      say("\(count)\(match) are marked, and the rest\(match.isEmpty ? "" : " that matches") when the list is complete.")
    } else if isTablePartial {
      let key = keys.names(for: .markAll)
      say("Marked the \(count)\(match) that have arrived. \(key) again marks all when the list is complete.", .warning)
    } else if marks.count > marks.hidden {
      say("All \(count)\(match) are marked.")
    }
  }
}
