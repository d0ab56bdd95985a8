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
  var left = barLeft(state, surface)
  // Where there is no room for everything the program's name goes first: nobody asks for it.
  if left.reduce(0, { $0 + TextWidth.of($1.text) }) > room { left.removeFirst(2) }
  frame.put(left, at: Point(column: 1, row: 0), maxWidth: max(0, room))
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
    spans.append(Span("   \(state.budget.shown)/\(limit) list calls a minute", Style(surface)))
    if state.budget.putOff > 0 { spans.append(Span(", \(Words.count(state.budget.putOff)) put off", Style(surface))) }
  }
  // Without seconds: a screen on which nothing happens sends nothing.
  spans.append(Span("  \(Words.minute(state.now, in: state.zone))", Style(surface)))
  return spans
}

private func freshnessSpans(_ state: ConsoleState, _ surface: Role) -> [Span] {
  func age(_ moment: Date?) -> String {
    moment.map { " as of \(Words.span(state.ticking.moment.timeIntervalSince($0))) ago" } ?? ""
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
  let counts = countsPlace(state) == .tabs ? state.screen.view.summary(state) : []
  let countsWidth = width(of: counts)
  var column = 1
  for (tab, title) in tabTitles(state, beside: countsWidth) {
    let isOpen = tab == state.screen.tab
    let used = frame.put(
      isOpen ? " \(title) " : title, at: Point(column: column, row: row), style: Style(isOpen ? .badge : .dim))
    frame.target(Rect(column: column, row: row, columns: used, rows: 1), .action(tab.action.rawValue))
    column += used + 1
  }
  let crumbRoom = max(0, right - column - 1 - (counts.isEmpty ? 1 : countsWidth + 2))
  frame.put(crumbSpans(state, room: crumbRoom), at: Point(column: column + 1, row: row), maxWidth: crumbRoom)
  frame.put(counts, at: Point(column: max(column, right - countsWidth), row: row), maxWidth: right - column)
}

private func width(of spans: [Span]) -> Int { spans.reduce(0) { $0 + TextWidth.of($1.text) } }

/// Whole names, or digits alone but for the open one: half a name tells nobody anything.
private func tabTitles(_ state: ConsoleState, beside counts: Int) -> [(Tab, String)] {
  let whole = Tab.all.map { ($0, "\($0.digit) \($0.title)") }
  if tabsFit(state, beside: counts, crumbs: 1) { return whole }
  return whole.map { tab, title in (tab, tab == state.screen.tab ? title : "\(tab.digit)") }
}

/// Whether the names of the tabs, the end of the place and the counts have room in one line.
private func tabsFit(_ state: ConsoleState, beside counts: Int, crumbs: Int) -> Bool {
  let titles = Tab.all.reduce(3) { $0 + TextWidth.of("\($1.digit) \($1.title)") + 1 }
  let place = min(
    10 + 10 * crumbs, TextWidth.of(state.screen.view.crumbs(state).suffix(crumbs).joined(separator: " > ")))
  return titles + 1 + place + (counts == 0 ? 1 : counts + 2) <= state.size.columns
}

/// Where the counts of the screen are told.
enum CountsPlace {
  /// At the right of the tabs.
  case tabs
  /// Above the footer, where the tabs need their line for themselves.
  case line
  case nowhere
}

func countsPlace(_ state: ConsoleState) -> CountsPlace {
  if state.overlay?.coversScreen == true { return .nowhere }
  if tabsFit(state, beside: width(of: state.screen.view.summary(state)), crumbs: 2) { return .tabs }
  guard state.overlay?.field != nil else { return .line }
  // The line is typed into. Marks that the filter hides are told whatever it costs.
  return state.marks.hidden > 0 ? .tabs : .nowhere
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
  let bottom = BottomLines(state)
  let lines = bottom.lines.suffix(layout.lineRows)
  if lines.isEmpty {
    if state.context.isProtected {
      renderProtectedLine(state, layout, &frame)
    } else {
      frame.horizontalLine(at: layout.line.origin, columns: layout.line.columns)
    }
  }
  for (index, line) in lines.enumerated() {
    let row = layout.line.top - lines.count + 1 + index
    frame.put(line, at: Point(column: 1, row: row), maxWidth: layout.size.columns - 2)
  }
  guard !bottom.counts.isEmpty else { return }
  let row = layout.line.top - (bottom.countsHaveRow ? layout.lineRows - 1 : 0)
  let left = max(0, layout.size.columns - width(of: bottom.counts) - 2)
  frame.put(
    [Span(" ", Style())] + bottom.counts + [Span(" ", Style())], at: Point(column: left, row: row),
    maxWidth: layout.size.columns - left)
}

/// What stands above the footer: messages, and the counts where they have no room beside the tabs.
struct BottomLines {
  let lines: [[Span]]
  let counts: [Span]
  /// The counts have a row above the messages, which leave no room for them.
  let countsHaveRow: Bool

  init(_ state: ConsoleState) {
    let lines = messageLines(state)
    let counts = countsPlace(state) == .line ? state.screen.view.summary(state) : []
    let words = protectedWords(state)
    let left = lines.last.map(width(of:)) ?? (state.context.isProtected ? TextWidth.of(words) + 1 : 0)
    (self.lines, self.counts) = (lines, counts)
    countsHaveRow = !counts.isEmpty && left > 0 && left + 3 + width(of: counts) > state.size.columns - 1
  }

  var rows: Int { max(1, lines.count) + (countsHaveRow ? 1 : 0) }
}

/// The lower side of a protected context's frame: heavy, and with words, for those who see no colours.
private func renderProtectedLine(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  frame.fill(layout.line, with: "━", style: Style(.protected))
  frame.put(
    protectedWords(state), at: Point(column: 2, row: layout.line.top), style: Style(.protected),
    maxWidth: layout.size.columns - 4)
}

private func protectedWords(_ state: ConsoleState) -> String {
  " PROTECTED \(state.context.name.map { "@\($0)" } ?? state.context.project): changes want a name typed "
}

/// What is said above the footer, in as many lines as it needs: the end of a failure says what to do.
func messageLines(_ state: ConsoleState) -> [[Span]] {
  let spans = lineSpans(state)
  return spans.isEmpty ? [] : wrappedSpans(spans, width: state.size.columns - 2)
}

/// Spans in at most four lines, broken at blanks.
func wrappedSpans(_ spans: [Span], width: Int) -> [[Span]] {
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
    let age = Words.span(state.ticking.moment.timeIntervalSince(shown))
    let again = state.againWords.map { " \($0)" } ?? ""
    return [
      Span("✗ \(failure.title): ", Style(.danger)), Span(failure.reason, Style()),
      Span("  \(failure.remedy)", Style(.info)), Span("  What is shown is \(age) old.\(again)", Style(.stale)),
    ]
  }
  let partial = partialSpans(state)
  if let words = state.waitingWords { return [Span("\(words)  ", Style(.warning))] + partial }
  if let notice = state.notice { return [Span(notice.text, Style(notice.role))] }
  if !partial.isEmpty { return partial }
  // Under a sheet or a plan Esc does something else.
  guard !state.filterText.isEmpty, !state.screen.isPage, state.overlay == nil else { return [] }
  let key = state.keys.names(for: .back)
  return [
    Span("filter ", Style(.dim)), Span(state.filterText, Style(.match)), Span("  \(key) clears it", Style(.dim)),
  ]
}

/// What could not be had of what is on the screen.
private func partialSpans(_ state: ConsoleState) -> [Span] {
  guard let lane = state.activeLanes.first, let partial = state.partials[lane] else { return [] }
  return [
    Span("! \(partial.title): ", Style(.warning)), Span(partial.reason, Style()),
    Span("  \(partial.remedy)", Style(.info)),
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
  let hasOverlay = state.overlay != nil
  // Whoever searches the help wants none of the ways to edit a line.
  let panel = state.overlay?.scopes
  let shown = panel?.first == .searching ? [.searching] : panel ?? state.screenScopes
  // Whether what is marked can be changed is asked of every mark: of many, only when a key asks.
  let asksMarks = state.tasks.marks.count <= 1000
  let own = Action.allCases.filter { action in
    guard shown.contains(action.scope), action.footer != nil else { return false }
    // An inner scope may have taken its key.
    guard let key = state.keys.keys(for: action).first, state.keys.action(for: key, in: shown) == action else {
      return false
    }
    if state.screen.tab == .journal, action == .mark { return false }
    if hasOverlay { return action.scope != .outcome || action.refusal(state) == nil }
    return (!asksMarks && action.scope != .page) || state.refusal(of: action) == nil
  }
  let general: [Action] = hasOverlay ? [] : [.refresh, .theme, .live, .help, .leave]
  // Over a screen Esc is the way out.
  let ranked = own.stableSorted(by: \.rank).stableSorted { hasOverlay && isWayOut($0, state) ? 1 : 0 }
  return (ranked + general).compactMap { action in
    guard var word = action.footer, let key = state.keys.keys(for: action).first else { return nil }
    if action == .leave, !state.canGoBack { word = "quit" }
    if action == .live { word = state.isPaused ? "live on" : "live off" }
    // One hint for both directions.
    let keys = action == .sortNext ? "< >" : key.name
    return FooterHint(action: action, keys: keys, word: word)
  }
}

private func isWayOut(_ action: Action, _ state: ConsoleState) -> Bool {
  state.keys.keys(for: action).contains { $0.name == "Esc" }
}

extension Array {
  /// In the order of a number; equal ones stay as they were.
  fileprivate func stableSorted(by number: (Element) -> Int) -> [Element] {
    enumerated().sorted { (number($0.element), $0.offset) < (number($1.element), $1.offset) }.map(\.element)
  }
}
