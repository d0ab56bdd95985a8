// Screens that show a table: most of what they do follows from the table.

import Foundation
import Terminal

/// A screen that shows a table.
protocol TableScreen: ScreenView {
  associatedtype Row: TableRow
  /// Where the state keeps the table.
  var table: WritableKeyPath<ConsoleState, TableModel<Row>> & Sendable { get }
  var lane: Lane { get }
  /// One row: `queue`.
  var noun: String { get }
  /// The rows that `isFailing`, in the summary: `failing`.
  var failingWord: String { get }
  /// What its columns are remembered under.
  var viewName: String { get }
  /// What is loaded: `queues of acme`.
  func loading(_ state: ConsoleState) -> String
  /// What is said where there are no rows: a title and a sentence.
  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String)
}

extension TableScreen {
  var isPage: Bool { false }
  var scopes: [Scope] { [.table, .changing] }
  var failingWord: String { "failing" }
  var viewName: String { tab.name }
  func lanes(_ state: ConsoleState) -> [Lane] { [lane] }
  func shownAt(_ state: ConsoleState) -> Date? { state[keyPath: table].content.latest?.at }
  func failure(_ state: ConsoleState) -> Failure? { state[keyPath: table].content.failure }
  func summary(_ state: ConsoleState) -> [Span] {
    tableSummary(state[keyPath: table], noun, failing: failingWord)
  }

  func extent(_ state: ConsoleState, _ layout: ScreenLayout) -> ScrollExtent {
    ScrollExtent(
      offset: state[keyPath: table].offset, height: layout.tableRows, count: state[keyPath: table].visible.count)
  }

  func move(_ action: Action, _ state: inout ConsoleState) {
    let height = ScreenLayout(state).tableRows
    switch action {
    case .first: edit(.first, &state)
    case .last: edit(.last, &state)
    default: edit(.move(by: ConsoleState.distance(action, height)), &state)
    }
  }

  func scroll(by lines: Int, _ state: inout ConsoleState) {
    edit(.wheel(lines, height: ScreenLayout(state).tableRows), &state)
  }

  func point(at line: Int, _ state: inout ConsoleState) { edit(.select(line: line), &state) }

  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout) {
    state[keyPath: table].scrollToCursor(height: layout.tableRows)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderTable(state[keyPath: table], TableWords(self, state), state, layout, &frame)
  }

  func addTicks(
    _ cells: inout TickedCells, from before: Moment, to after: Moment, _ state: ConsoleState, _ layout: ScreenLayout
  ) {
    state[keyPath: table].addTicks(&cells, from: before, to: after, in: layout)
  }

  func edit(_ edit: TableEdit, _ state: inout ConsoleState) { state[keyPath: table].apply(edit) }
  func restore(_ view: Memory.View, _ state: inout ConsoleState) { state[keyPath: table].restore(view) }
  func filterText(_ state: ConsoleState) -> String { state[keyPath: table].filter }
  func filterProblem(_ state: ConsoleState) -> FilterProblem? { state[keyPath: table].filterProblem }
  func isPartial(_ state: ConsoleState) -> Bool { state[keyPath: table].isPartial }
  func marks(_ state: ConsoleState) -> Marks { state[keyPath: table].marks }

  func matchCount(_ state: ConsoleState) -> String {
    let model = state[keyPath: table]
    let all = Words.count(model.count)
    guard model.isFiltering else { return "\(Words.count(model.visible.count)) of \(all)" }
    return model.foundSoFar.map { "\(Words.count($0)) so far of \(all)" } ?? "looking through \(all)"
  }
}

extension ConsoleState {
  /// ` C creates one.`, with the key as it is now; nothing where it would be refused.
  func offer(_ action: Action, _ words: String) -> String {
    refusal(of: action) == nil ? " \(keys.names(for: action)) \(words)." : ""
  }
}

/// What a table says when it has no rows to show.
struct TableWords {
  var loading: String
  /// Said instead of "nothing matches" while that is not known yet.
  var looking: String?
  var title: String
  var sentence: String

  init(_ screen: some TableScreen, _ state: ConsoleState) {
    loading = screen.loading(state)
    if screen.tab == .tasks, let look = state.currentLook, look.found == nil {
      looking = look.failure.map { "\($0.title): \($0.reason)" } ?? "Looking into each task..."
    }
    (title, sentence) = screen.emptyWords(state)
  }
}

func tableSummary<Row>(_ table: TableModel<Row>, _ noun: String, failing failingWord: String) -> [Span] {
  guard table.content.latest != nil else { return [] }
  var spans: [Span] = []
  if !table.marks.isEmpty {
    spans += [Span(table.marks.words, Style(table.marks.hidden > 0 ? .danger : .marked)), Span("  ", Style())]
  }
  let count = Words.count(table.count, noun)
  switch (table.failingCount, table.applied.isEmpty) {
  case (0, true): spans.append(Span(count, Style(.dim)))
  case (let failing, true): spans.append(Span("✗ \(Words.count(failing)) of \(count) \(failingWord)", Style(.danger)))
  case (let failing, false):
    if failing > 0 { spans.append(Span("✗ \(Words.count(failing)) \(failingWord)  ", Style(.danger))) }
    let shown = "\(Words.count(table.visible.count)) of \(Words.count(table.count)) shown"
    spans.append(Span(shown, Style(.match)))
  }
  if table.isArranging, !table.isFiltering { spans.append(Span("  sorting...", Style(.info))) }
  if table.isFiltering { spans.append(Span("  filtering...", Style(.info))) }
  if table.isPartial, table.content.failure == nil {
    spans.append(Span("  loading \(Words.count(table.arriving.count))...", Style(.info)))
  }
  return spans
}
