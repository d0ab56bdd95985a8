// The bars above and below: where we are, how fresh it is, what can be done.

import CloudModel
import Foundation
import Terminal

// MARK: - Top bar

func renderBar(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let surface: Role = state.context.isProtected ? .protected : .header
  frame.fill(layout.bar, style: Style(surface))
  let right = barRight(state, surface, wide: layout.size.columns >= 100)
  let rightWidth = right.reduce(0) { $0 + TextWidth.of($1.text) }
  let room = layout.size.columns - rightWidth - 2
  frame.put(barLeft(state, surface), at: Point(column: 1, row: 0), maxWidth: max(0, room))
  frame.put(right, at: Point(column: layout.size.columns - rightWidth, row: 0))
}

private func barLeft(_ state: ConsoleState, _ surface: Role) -> [Span] {
  let context = state.context
  let plain = Style(surface)
  var spans = [Span("taskdeck", plain.adding(.bold)), Span("  ", plain)]
  if let name = context.name { spans += [Span("@\(name)", plain.adding(.bold)), Span("  ", plain)] }
  if context.isProtected { spans += [Span("PROTECTED", plain.adding(.bold)), Span("  ", plain)] }
  if context.isReadOnly { spans += [Span(" read-only ", Style(.badge)), Span("  ", plain)] }
  if context.isEmulator { spans += [Span(" emulator ", Style(.badge)), Span("  ", plain)] }
  spans.append(Span(context.project, plain.adding(.bold)))
  spans.append(Span("  \(locationText(context.locations))  \(context.endpoint)", plain))
  return spans
}

private func locationText(_ locations: [String]) -> String {
  guard locations.count > 2 else { return locations.joined(separator: ", ") }
  return "\(locations[0]) and \(locations.count - 1) more"
}

private func barRight(_ state: ConsoleState, _ surface: Role, wide: Bool) -> [Span] {
  var spans = freshnessSpans(state, surface)
  if wide, let limit = state.refresh.callsPerMinute {
    spans.append(Span("   \(state.budget.spent)/\(limit) list calls a minute", Style(surface)))
    if state.budget.putOff > 0 { spans.append(Span(", \(Words.count(state.budget.putOff)) put off", Style(surface))) }
  }
  spans.append(Span("  \(Words.clock(state.now, in: state.zone))", Style(surface)))
  return spans
}

private func freshnessSpans(_ state: ConsoleState, _ surface: Role) -> [Span] {
  func age(_ moment: Date?) -> String {
    moment.map { " as of \(Words.span(state.now.timeIntervalSince($0))) ago" } ?? ""
  }
  func span(_ text: String, _ role: Role) -> [Span] {
    // On a loud surface colours of their own would drown.
    [Span(text, surface == .protected ? Style(surface) : Style(role, on: surface))]
  }
  switch state.freshness {
  case .nothing: return []
  case .live: return span("● live", .success)
  case .paused(let moment): return span("‖ paused\(age(moment))", .warning)
  case .slowedDown(let moment): return span("slowed down\(age(moment))", .warning)
  case .stale(let moment): return span("✗ stale\(age(moment))", .danger)
  case .asOf(let moment): return span(age(moment).trimmingCharacters(in: .whitespaces), .stale)
  }
}

// MARK: - Tabs and breadcrumb

func renderTabs(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let row = layout.tabs.top
  var column = 1
  for (index, tab) in Tab.allCases.enumerated() {
    let isActive = tab == state.screen.tab
    let style = isActive ? Style(.badge) : Style(.dim)
    column += frame.put(" \(index + 1) \(tab.title) ", at: Point(column: column, row: row), style: style)
  }
  let summary = summarySpans(state)
  let summaryWidth = summary.reduce(0) { $0 + TextWidth.of($1.text) }
  let right = layout.size.columns
  let crumbRoom = max(0, right - column - 2 - summaryWidth - 2)
  frame.put(crumbSpans(state, room: crumbRoom), at: Point(column: column + 2, row: row), maxWidth: crumbRoom)
  frame.put(summary, at: Point(column: max(column + 1, right - summaryWidth), row: row), maxWidth: right - column - 1)
}

/// Where there is no room the first parts go: the top bar names the project anyway.
private func crumbSpans(_ state: ConsoleState, room: Int) -> [Span] {
  var parts = [state.context.project]
  switch state.screen {
  case .queues: parts += ["queues"]
  case .queue(let name): parts += ["queues", name.id]
  case .tasks: parts += ["queues"] + (state.openQueue.map { [$0.id] } ?? [])
  case .task(let name): parts += ["queues", name.queue.id, sanitised(name.id)]
  case .jobs: parts += ["jobs"]
  case .job(let name): parts += ["jobs", name.id]
  case .log: parts += ["requests"]
  case .journal: parts = ["journal"]
  case .entry(let number): parts = ["journal", String(number)]
  }
  while parts.count > 1, TextWidth.of(parts.joined(separator: " > ")) > room { parts.removeFirst() }
  var spans: [Span] = []
  for (index, part) in parts.enumerated() {
    if index > 0 { spans.append(Span(" > ", Style(.dim))) }
    spans.append(Span(part, index == parts.count - 1 ? Style(.title) : Style(.dim)))
  }
  return spans
}

private func summarySpans(_ state: ConsoleState) -> [Span] {
  switch state.screen {
  case .queues: tableSummary(state.queues, "queue", failing: "failing")
  case .tasks: state.openQueue == nil ? [] : tableSummary(state.tasks, "task", failing: "failing")
  case .jobs: tableSummary(state.jobs, "job", failing: "failing")
  case .journal: tableSummary(state.journal, "change", failing: "unfinished")
  case .queue, .task, .job, .entry, .log: pageSummary(state)
  }
}

private func tableSummary<Row>(_ table: TableModel<Row>, _ noun: String, failing: String) -> [Span] {
  guard table.content.latest != nil else { return [] }
  var spans: [Span] = []
  if !table.marks.isEmpty {
    spans += [Span(table.marks.words, Style(table.marks.hidden > 0 ? .danger : .marked)), Span("  ", Style())]
  }
  if table.failingCount > 0 {
    spans += [Span("✗ \(Words.count(table.failingCount)) \(failing)", Style(.danger)), Span("  ", Style())]
  }
  if !table.applied.isEmpty {
    spans.append(Span("\(Words.count(table.visible.count)) of \(Words.count(table.count))", Style(.match)))
  } else {
    spans.append(Span(Words.count(table.count, noun), Style(.dim)))
  }
  if table.isPartial, table.content.failure == nil {
    spans.append(Span("  loading \(Words.count(table.arriving.count))...", Style(.info)))
  }
  return spans
}

private func pageSummary(_ state: ConsoleState) -> [Span] {
  guard let layout = state.page.layout else { return [] }
  let rows = ScreenLayout(size: state.size).page.rows
  guard layout.lines.count > rows else { return [] }
  let end = min(layout.lines.count, state.page.offset + rows)
  return [
    Span(
      "lines \(Words.count(state.page.offset + 1))-\(Words.count(end)) of \(Words.count(layout.lines.count))",
      Style(.dim))
  ]
}

// MARK: - The line above the footer

func renderLine(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let place = Point(column: 1, row: layout.line.top)
  let room = layout.size.columns - 2
  if case .filter(let field) = state.overlay { return renderFilterField(field, state, layout, &frame) }
  let spans = lineSpans(state)
  if spans.isEmpty { return frame.horizontalLine(at: layout.line.origin, columns: layout.line.columns) }
  frame.put(spans, at: place, maxWidth: room)
}

private func lineSpans(_ state: ConsoleState) -> [Span] {
  if let failure = state.shownFailure, let shown = state.shownAt {
    let age = Words.span(state.now.timeIntervalSince(shown))
    return [
      Span("✗ \(failure.title): ", Style(.danger)), Span(failure.reason, Style()),
      Span("  What is shown is \(age) old.", Style(.stale)),
    ]
  }
  if let notice = state.notice { return [Span(notice.text, Style(notice.role))] }
  if let lane = state.activeLanes.first, let partial = state.partials[lane] {
    return [Span("! \(partial.title): ", Style(.warning)), Span(partial.reason, Style())]
  }
  // Under a sheet or a plan Esc does something else.
  guard !state.filterText.isEmpty, !state.screen.isPage, state.overlay == .none else { return [] }
  let key = state.keys.names(for: .back)
  return [
    Span("filter ", Style(.dim)), Span(state.filterText, Style(.match)), Span("  \(key) clears it", Style(.dim)),
  ]
}

private func renderFilterField(
  _ field: TextField, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame
) {
  let row = layout.line.top
  frame.fill(layout.line, style: Style(.inputField))
  frame.put("/", at: Point(column: 1, row: row), style: Style(.key, on: .inputField))
  let count = state.filterProblem.map { "✗ \($0.words)" } ?? matchCount(state)
  let wanted = layout.size.columns - 6 - max(16, TextWidth.of(field.text) + 1)
  let shown = TextWidth.clip(count, to: max(10, wanted))
  let role: Role = state.filterProblem == nil ? .dim : .danger
  let room = max(8, layout.size.columns - 6 - TextWidth.of(shown))
  renderField(field, in: Rect(column: 3, row: row, columns: room, rows: 1), &frame)
  frame.put(
    shown, at: Point(column: layout.size.columns - 1 - TextWidth.of(shown), row: row),
    style: Style(role, on: .inputField))
}

private func matchCount(_ state: ConsoleState) -> String {
  func text<Row>(_ table: TableModel<Row>) -> String {
    "\(Words.count(table.visible.count)) of \(Words.count(table.count))"
  }
  switch state.screen.tab {
  case .queues: return text(state.queues)
  case .tasks: return text(state.tasks)
  case .jobs: return text(state.jobs)
  case .journal: return text(state.journal)
  }
}

/// A text being typed, scrolled so that its cursor is inside.
func renderField(_ field: TextField, in area: Rect, _ frame: inout Frame) {
  let before = TextWidth.of(field.beforeCursor)
  let skipped = max(0, before - area.columns + 1)
  var shown = Substring(field.text)
  var dropped = 0
  while dropped < skipped, let first = shown.first {
    dropped += TextWidth.of(first)
    shown = shown.dropFirst()
  }
  let text = TextWidth.prefix(of: String(shown), columns: area.columns)
  frame.put(text, at: area.origin, style: Style(.inputField))
  frame.cursor = Point(column: area.left + before - dropped, row: area.top)
}

// MARK: - Footer

func renderFooter(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  frame.fill(layout.footer, style: Style(.footer))
  let hints = footerHints(state)
  // Help and the way out have a place of their own at the right, and are never cut.
  let fixed = hints.suffix(state.overlay == .none ? 2 : 1)
  let fixedWidth = fixed.reduce(-2) { $0 + hintWidth($1) }
  let right = max(1, layout.size.columns - fixedWidth)
  var column = 1
  for hint in hints.dropLast(fixed.count) where column + hintWidth(hint) <= right {
    column += renderHint(hint, at: Point(column: column, row: layout.footer.top), &frame)
  }
  column = right
  for hint in fixed { column += renderHint(hint, at: Point(column: column, row: layout.footer.top), &frame) }
}

/// Draws a hint and returns the columns it takes with the gap after it.
private func renderHint(_ hint: FooterHint, at place: Point, _ frame: inout Frame) -> Int {
  let width = frame.put(hint.keys, at: place, style: Style(.key, on: .footer))
  frame.put(" \(hint.word)", at: Point(column: place.column + width, row: place.row), style: Style(.footer))
  return hintWidth(hint)
}

private struct FooterHint {
  let keys: String
  let word: String
}

private func hintWidth(_ hint: FooterHint) -> Int { TextWidth.of(hint.keys) + 1 + TextWidth.of(hint.word) + 2 }

/// The keys worth knowing here, from the registry; help and the way out come last and are never cut.
private func footerHints(_ state: ConsoleState) -> [FooterHint] {
  let inner = state.scopes[0]
  var shown = [inner]
  if state.overlay == .none { shown += state.scopes.filter { $0 == .journal || $0 == .changing } }
  let isJournal = state.screen.tab == .journal
  let own = Action.allCases.filter { action in
    shown.contains(action.info.scope) && action.info.footer != nil
      && !(isJournal && [.discard, .mark].contains(action))
  }
  let hasOverlay = state.overlay != .none
  // On a narrow terminal sorting goes before the changes do.
  let general: [Action] = hasOverlay ? [] : [.refresh, .theme, .live, .help, .leave]
  let ordered = own.filter { $0 != .sortNext } + own.filter { $0 == .sortNext } + general
  return ordered.compactMap { action in
    guard var word = action.info.footer, let key = state.keys.keys(for: action).first else { return nil }
    if action == .leave, [.queues, .jobs, .journal].contains(state.screen) { word = "quit" }
    if action == .live { word = state.isPaused ? "live on" : "live off" }
    // One hint for both directions.
    let keys = action == .sortNext ? "< >" : key.name
    return FooterHint(keys: keys, word: word)
  }
}
