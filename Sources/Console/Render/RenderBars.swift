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
  if let name = context.name { spans += [Span(" @\(name) ", Style(.badge)), Span(" ", plain)] }
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
  case .partial: return span("! partial", .warning)
  case .asOf(let moment): return span(age(moment).trimmingCharacters(in: .whitespaces), .stale)
  }
}

// MARK: - Tabs and breadcrumb

func renderTabs(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let row = layout.tabs.top
  let right = layout.size.columns
  let summary = state.screen.view.summary(state)
  let summaryWidth = summary.reduce(0) { $0 + TextWidth.of($1.text) }
  var column = 1
  for (tab, title) in tabTitles(state, beside: summaryWidth) {
    let isOpen = tab == state.screen.tab
    let used = frame.put(
      isOpen ? " \(title) " : title, at: Point(column: column, row: row), style: Style(isOpen ? .badge : .dim))
    frame.target(Rect(column: column, row: row, columns: used, rows: 1), .action(tab.action.rawValue))
    column += used + 1
  }
  let crumbRoom = max(0, right - column - 1 - summaryWidth - 2)
  frame.put(crumbSpans(state, room: crumbRoom), at: Point(column: column + 1, row: row), maxWidth: crumbRoom)
  frame.put(summary, at: Point(column: max(column, right - summaryWidth), row: row), maxWidth: right - column)
}

/// The tabs in as many letters as there is room for beside the place and the counts; the open one is always whole.
private func tabTitles(_ state: ConsoleState, beside summary: Int) -> [(Tab, String)] {
  func titles(letters: Int) -> [(Tab, String)] {
    Tab.all.map { tab in
      let title = tab == state.screen.tab ? tab.title : String(tab.title.prefix(letters))
      return (tab, title.isEmpty ? "\(tab.digit)" : "\(tab.digit) \(title)")
    }
  }
  func fits(_ titles: [(Tab, String)], beside crumbs: Int) -> Bool {
    titles.reduce(3) { $0 + TextWidth.of($1.1) + 1 } + 1 + crumbs + 2 + summary <= state.size.columns
  }
  let crumbs = state.screen.view.crumbs(state)
  // What is open has to be told, and where it is; the whole way to it only where the tabs are whole.
  let rooms = [crumbs[...], crumbs.suffix(2), crumbs.suffix(1)].map { TextWidth.of($0.joined(separator: " > ")) }
  if fits(titles(letters: .max), beside: rooms[0]) { return titles(letters: .max) }
  for room in [min(rooms[1], 30), min(rooms[2], 20)] {
    for letters in [Int.max, 6, 5, 4, 3] where fits(titles(letters: letters), beside: room) {
      return titles(letters: letters)
    }
  }
  return titles(letters: fits(titles(letters: 1), beside: 8) ? 1 : 0)
}

/// Where there is no room the first parts go: the top bar names the project anyway.
private func crumbSpans(_ state: ConsoleState, room: Int) -> [Span] {
  let isLocal = state.screen.tab == .journal
  var parts = (isLocal ? [] : [state.context.project]) + state.screen.view.crumbs(state)
  while parts.count > 1, TextWidth.of(parts.joined(separator: " > ")) > room { parts.removeFirst() }
  var spans: [Span] = []
  for (index, part) in parts.enumerated() {
    if index > 0 { spans.append(Span(" > ", Style(.dim))) }
    spans.append(Span(part, index == parts.count - 1 ? Style(.title) : Style(.dim)))
  }
  return spans
}

// MARK: - The line above the footer

func renderLine(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let lines = messageLines(state).prefix(layout.lineRows)
  if lines.isEmpty {
    if state.context.isProtected { return renderProtectedLine(state, layout, &frame) }
    return frame.horizontalLine(at: layout.line.origin, columns: layout.line.columns)
  }
  for (index, line) in lines.enumerated() {
    let row = layout.line.top - lines.count + 1 + index
    frame.put(line, at: Point(column: 1, row: row), maxWidth: layout.size.columns - 2)
  }
}

/// The lower side of a protected context's frame: heavy, and with words, for those who see no colours.
private func renderProtectedLine(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  frame.fill(layout.line, with: "━", style: Style(.protected))
  let name = state.context.name.map { "@\($0)" } ?? state.context.project
  frame.put(
    " PROTECTED \(name): changes want a name typed ", at: Point(column: 2, row: layout.line.top),
    style: Style(.protected), maxWidth: layout.size.columns - 4)
}

/// What is said above the footer, in as many lines as it needs: the end of a failure says what to do.
func messageLines(_ state: ConsoleState) -> [[Span]] {
  let spans = lineSpans(state)
  return spans.isEmpty ? [] : wrapped(spans, width: state.size.columns - 2)
}

/// Spans in at most four lines, broken at blanks.
private func wrapped(_ spans: [Span], width: Int) -> [[Span]] {
  if spans.reduce(0, { $0 + TextWidth.of($1.text) }) <= width { return [spans] }
  var lines: [[Span]] = [[]]
  var used = 0
  for span in spans {
    for word in span.text.split(separator: " ") {
      let text = used == 0 ? String(word) : " " + word
      if used > 0, used + TextWidth.of(text) > width {
        lines.append([Span(String(word), span.style)])
        used = TextWidth.of(String(word))
      } else {
        lines[lines.count - 1].append(Span(text, span.style))
        used += TextWidth.of(text)
      }
    }
  }
  return Array(lines.prefix(4))
}

private func lineSpans(_ state: ConsoleState) -> [Span] {
  if let failure = state.shownFailure, let shown = state.shownAt {
    let age = Words.span(state.now.timeIntervalSince(shown))
    return [
      Span("✗ \(failure.title): ", Style(.danger)), Span(failure.reason, Style()),
      Span("  \(failure.remedy)", Style(.info)), Span("  What is shown is \(age) old.", Style(.stale)),
    ]
  }
  if let notice = state.notice { return [Span(notice.text, Style(notice.role))] }
  if let lane = state.activeLanes.first, let partial = state.partials[lane] {
    return [
      Span("! \(partial.title): ", Style(.warning)), Span(partial.reason, Style()),
      Span("  \(partial.remedy)", Style(.info)),
    ]
  }
  // Under a sheet or a plan Esc does something else.
  guard !state.filterText.isEmpty, !state.screen.isPage, state.overlay == nil else { return [] }
  let key = state.keys.names(for: .back)
  return [
    Span("filter ", Style(.dim)), Span(state.filterText, Style(.match)), Span("  \(key) clears it", Style(.dim)),
  ]
}

// MARK: - Footer

func renderFooter(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  frame.fill(layout.footer, style: Style(.footer))
  let hints = footerHints(state)
  // Help and the way out have a place of their own at the right, and are never cut.
  let fixed = hints.suffix(state.overlay == nil ? 2 : 1)
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
  let area = Rect(column: place.column, row: place.row, columns: hintWidth(hint) - 1, rows: 1)
  frame.target(area, .action(hint.action.rawValue))
  let width = frame.put(hint.keys, at: place, style: Style(.key, on: .footer))
  frame.put(" \(hint.word)", at: Point(column: place.column + width, row: place.row), style: Style(.footer))
  return hintWidth(hint)
}

private struct FooterHint {
  let action: Action
  let keys: String
  let word: String
}

private func hintWidth(_ hint: FooterHint) -> Int { TextWidth.of(hint.keys) + 1 + TextWidth.of(hint.word) + 2 }

/// The keys worth knowing here, from the registry; help and the way out come last and are never cut.
private func footerHints(_ state: ConsoleState) -> [FooterHint] {
  let shown = state.overlay == nil ? state.screenScopes : [state.scopes[0]]
  let isJournal = state.screen.tab == .journal
  let own = Action.allCases.filter { action in
    // An inner scope may have taken its key.
    let isHidden = state.keys.keys(for: action).first.map { state.keys.action(for: $0, in: shown) != action } ?? true
    return shown.contains(action.scope) && action.footer != nil && !isHidden
      && (action.scope != .page || action.refusal(state) == nil)
      && !(isJournal && [.discard, .mark].contains(action))
  }
  let hasOverlay = state.overlay != nil
  let general: [Action] = hasOverlay ? [] : [.refresh, .theme, .live, .help, .leave]
  return (own.stableSorted(by: \.rank) + general).compactMap { action in
    guard var word = action.footer, let key = state.keys.keys(for: action).first else { return nil }
    if action == .leave, !state.canGoBack { word = "quit" }
    if action == .live { word = state.isPaused ? "live on" : "live off" }
    // One hint for both directions.
    let keys = action == .sortNext ? "< >" : key.name
    return FooterHint(action: action, keys: keys, word: word)
  }
}

extension Array {
  /// In the order of a number; equal ones stay as they were.
  fileprivate func stableSorted(by number: (Element) -> Int) -> [Element] {
    enumerated().sorted { (number($0.element), $0.offset) < (number($1.element), $1.offset) }.map(\.element)
  }
}
