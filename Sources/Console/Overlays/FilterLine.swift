// The line that `/` opens, on the line above the footer: the filter language with offers, what was filtered by before,
// and saved filters.

import CloudModel
import Foundation
import Operations
import Terminal

/// The filter while it is typed.
struct FilterLine: Panel {
  var line: TypedLine
  /// Enter was pressed, and what is wrong stands in the way.
  var isRefused = false

  init(_ state: ConsoleState) {
    line = TypedLine(state.filterText)
    line.changed(offers: state.filterOffers(line.field))
  }

  var scopes: [Scope] { [.filtering, .input] }
  var field: TextField? {
    get { line.field }
    set { line.field = newValue ?? line.field }
  }

  mutating func typed(_ state: inout ConsoleState) {
    apply(&state)
    line.changed(offers: state.filterOffers(line.field))
    isRefused = false
  }

  mutating func complete(by step: Int, _ state: inout ConsoleState) {
    line.complete(by: step)
    apply(&state)
  }

  mutating func recall(by step: Int, _ state: inout ConsoleState) {
    line.recall(state.memory.filters[state.tableName] ?? [], by: step)
    apply(&state)
  }

  var leavesScreen: Bool { true }

  mutating func take(offer index: Int, _ state: inout ConsoleState) {
    line.choose(index)
    apply(&state)
  }

  private func apply(_ state: inout ConsoleState) {
    if line.field.text != state.filterText { state.editTable(.filter(line.field.text, state.now)) }
  }

  /// A filter that cannot be read is not kept: the field stays open and says why.
  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect] {
    if isKept, state.needsLook {
      state.overlay = nil
      return state.remember(.filter(state.tableName, line.field.text)) + state.lookIntoTasks()
    }
    guard state.filterProblem == nil else {
      var open = self
      open.isRefused = true
      if isKept { state.overlay = open }
      return isKept ? [.bell] : []
    }
    state.overlay = nil
    guard isKept, !line.field.text.isEmpty else { return [] }
    return state.remember(.filter(state.tableName, line.field.text))
  }

  /// The rows are moved through while their filter is typed; Up and Down are for what was typed before.
  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    state.screen.view.move(action, &state)
    return []
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let row = layout.line.top
    frame.fill(layout.line, style: Style(.inputField))
    frame.put("/", at: Point(column: 1, row: row), style: Style(.key, on: .inputField))
    renderOffers(line, in: layout.offers, &frame)
    guard let problem = state.filterProblem, !isUnfinished(problem) else {
      return renderBeside(state.filterProblem, state, layout, &frame)
    }
    // The place that is wrong is under-lined, and what is wrong with it stands above the line.
    renderField(line.field, in: Rect(column: 3, row: row, columns: layout.size.columns - 4, rows: 1), &frame)
    renderProblem(problem, layout, &frame)
  }

  /// The filter is right as far as it goes, and there are ways to go on: those help more than the error.
  private func isUnfinished(_ problem: FilterProblem) -> Bool {
    !isRefused && !line.offers.isEmpty && problem.column.map { $0 > line.field.text.count } ?? false
      && line.field.cursor == line.field.text.count
  }

  /// The field, and at the right how many rows match, or what the filter lacks.
  private func renderBeside(
    _ problem: FilterProblem?, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
  ) {
    let row = layout.line.top
    let wanted = layout.size.columns - 6 - max(16, TextWidth.of(line.field.text) + 1)
    let shown = TextWidth.clip(problem.map { "✗ \($0.words)" } ?? state.matchCount, to: max(10, wanted))
    let room = max(8, layout.size.columns - 6 - TextWidth.of(shown))
    renderField(line.field, in: Rect(column: 3, row: row, columns: room, rows: 1), &frame)
    frame.put(
      shown, at: Point(column: layout.size.columns - 1 - TextWidth.of(shown), row: row),
      style: Style(problem == nil ? .dim : .danger, on: .inputField))
  }

  /// `^ column 12: ...` with the caret above the column, or before it where there is no room.
  private func renderProblem(_ problem: FilterProblem, _ layout: ScreenLayout, _ frame: inout Frame) {
    let area = layout.offers
    frame.fill(area, style: Style(.overlay))
    let words = "✗ \(problem.words)"
    let width = TextWidth.of(words)
    var place = Point(column: area.left + 3, row: area.top)
    if let column = problem.column {
      let caret = min(area.right - 2, area.left + 3 + column - 1)
      frame.put("▾", at: Point(column: caret, row: area.top), style: Style(.danger, on: .overlay))
      place.column = caret + 2 + width < area.right ? caret + 2 : max(area.left + 1, caret - 1 - width)
      if place.column + width > caret, place.column < caret { place.column = area.left + 1 }
      frame.put(
        words, at: place, style: Style(.danger, on: .overlay),
        maxWidth: place.column < caret ? max(10, caret - place.column) : area.right - place.column - 1)
      return
    }
    // It is right, and can be answered in another way.
    frame.put(problem.words, at: place, style: Style(.info, on: .overlay), maxWidth: area.columns - 4)
  }
}

extension Scope {
  static let filtering = Scope("filtering", "While a filter is typed", elsewhere: "only while a filter is typed")
}

extension Action {
  static let filterEarlier = Action(
    "filter.earlier", "Earlier", "The filter before.", keys: ["Up"], scope: .filtering
  ) { state, _ in state.recallFilter(by: 1) }
  static let filterLater = Action(
    "filter.later", "Later", "The filter after.", keys: ["Down"], scope: .filtering
  ) { state, _ in state.recallFilter(by: -1) }
  static let filterSave = Action(
    "filter.save", "Save", "Keep the filter and give it a name, by which / and :filter find it again.",
    keys: ["Ctrl-S"], scope: .filtering, footer: "save"
  ) { state, _ in
    guard let line = state.panel(FilterLine.self), !line.line.field.text.isEmpty else { return [.bell] }
    let effects = line.endTyping(&state, isKept: true)
    // One that is not understood stays open and says why.
    guard state.overlay == nil else { return effects }
    state.overlay = CommandLine(state, typed: "save ")
    return effects
  }

  static let filteringActions = [filterEarlier, filterLater, filterSave]
}

extension ConsoleState {
  fileprivate mutating func recallFilter(by step: Int) -> [Effect] {
    guard var line = panel(FilterLine.self) else { return [] }
    line.recall(by: step, &self)
    overlay = line
    return []
  }

  /// Ways to go on with a filter: saved ones first, then the language's.
  func filterOffers(_ field: TextField) -> [Offer] {
    let whole = 0..<field.text.count
    let saved = (memory.savedFilters[tableName] ?? [:]).sorted { $0.key < $1.key }.filter { name, text in
      text != field.text && (field.text.isEmpty || name.lowercased().hasPrefix(field.text.lowercased()))
    }.map { Offer(range: whole, text: $1, detail: "saved as \($0)") }
    guard screen == .tasks else { return saved }
    let classes = tasks.rows.classes.sorted()
    let statuses = Set(tasks.rows.statuses.compactMap { TaskRow.httpStatus(of: $0) }).sorted()
    let suggestions = FilterCompletion.suggestions(
      for: field.text, cursor: field.cursor, kind: .task, knownClasses: Array(classes.prefix(200)),
      statusCodes: statuses)
    // What the rows hold comes first; the rest is found out by looking into each task.
    let offers = suggestions.prefix(90).map { suggestion in
      (isSlow: Self.wantsLook(suggestion.text), suggestion)
    }
    return saved
      + offers.filter { !$0.isSlow }.map { Offer(range: $1.range, text: $1.text, detail: $1.detail) }
      + offers.filter(\.isSlow).map {
        Offer(range: $1.range, text: $1.text, detail: "\($1.detail); Enter looks into each task")
      }
  }

  /// Whether a field is one that the rows of the table do not hold; a name alone is tried with values of each type.
  private static func wantsLook(_ text: String) -> Bool {
    guard let sign = text.last, ":=<>~".contains(sign) else { return text.hasSuffix(".") }
    for value in ["x", "1", "1h", "2026-01-01", "OK"] {
      do throws(FilterError) {
        return !(try Filter(text + value, for: .task)).fields(unknownTo: TaskRow.self).isEmpty
      } catch { continue }
    }
    return true
  }
}
