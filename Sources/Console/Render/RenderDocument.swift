// Pages: about one thing, on the whole screen or beside a table.

import Foundation
import Terminal

func renderPage(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  guard let lines = state.page.layout else {
    if let failure = state.page.content.failure { return renderFailure(failure, state, in: layout.body, &frame) }
    return renderMiddle([("Loading\(state.loadingAge)...", Style(.info))], in: layout.body, &frame)
  }
  renderLines(lines, from: state.page.offset, state, in: layout.page, &frame)
  for row in 0..<layout.page.rows {
    let line = Rect(column: 0, row: layout.page.top + row, columns: layout.body.columns, rows: 1)
    if lines.lines.indices.contains(state.page.offset + row) { frame.target(line, .line(row)) }
  }
  renderCursor(state, layout, &frame)
}

/// The line under the cursor, and what a search has found.
private func renderCursor(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let row = layout.page.top + state.page.cursor - state.page.offset
  if layout.page.rowRange.contains(row) {
    let line = Rect(column: 0, row: row, columns: layout.body.columns, rows: 1)
    frame.restyle(line) {
      $0 = Style($0.role == .text ? .selection : $0.role, on: .selection, attributes: $0.attributes)
    }
  }
  guard let search = state.page.search else { return }
  for row in layout.page.rowRange { highlight(search.text, in: layout.page, row: row, &frame) }
}

func renderPreview(
  _ preview: Preview, _ state: ConsoleState, _ area: Rect, _ layout: ScreenLayout, _ frame: inout Frame
) {
  frame.verticalLine(at: area.origin, rows: area.rows)
  guard let inside = layout.preview else { return }
  let (top, rest) = inside.splitTop(1)
  frame.put(preview.document.title, at: top.origin, style: Style(.title), maxWidth: top.columns)
  renderLines(preview.layout, from: 0, state, in: rest.splitTop(1).rest, &frame)
}

func renderLines(
  _ layout: DocumentLayout, from start: Int, _ state: ConsoleState, in area: Rect, _ frame: inout Frame
) {
  for row in 0..<area.rows {
    guard layout.lines.indices.contains(start + row) else { break }
    let place = Point(column: area.left, row: area.top + row)
    let line = layout.lines[start + row]
    if case .node(let node) = line {
      let spans = layout.wrappedNodes[node.node].flatMap { node.part < 0 ? nil : $0[node.part] }
      frame.put(
        spans ?? layout.tree?.spans(of: node, layout.folds, width: layout.width) ?? [], at: place,
        maxWidth: area.columns)
    } else {
      renderLine(line, state, at: place, width: area.columns, &frame)
    }
  }
}

private func renderLine(
  _ line: DocumentLayout.Line, _ state: ConsoleState, at place: Point, width: Int, _ frame: inout Frame
) {
  switch line {
  case .blank, .node: break
  case .heading(let text):
    let used = frame.put(text, at: place, style: Style(.heading, on: .text), maxWidth: width)
    frame.horizontalLine(
      at: Point(column: place.column + used + 1, row: place.row), columns: max(0, min(width, 72) - used - 1))
  case .spans(let spans): frame.put(spans, at: place, maxWidth: width)
  case .moment(let name, let moment):
    frame.put(
      [
        name, Span(Words.relative(moment, to: state.ticking.moment), Style()),
        Span("  \(Words.dateTime(moment, in: state.zone)) \(Words.zoneName(state.zone))", Style(.dim)),
      ], at: place, maxWidth: width)
  case .due(let name, let moment): frame.put(dueSpans(name, moment, state), at: place, maxWidth: width)
  case .fireTime(let moment, let zone): renderFireTime(moment, zone, state, at: place, width: width, &frame)
  }
}

/// What is due waits for a paused queue, or for its turn.
private func dueSpans(_ name: Span, _ moment: Date, _ state: ConsoleState) -> [Span] {
  let time = Span("  \(Words.dateTime(moment, in: state.zone)) \(Words.zoneName(state.zone))", Style(.dim))
  // Neither now nor at its time: a paused queue sends nothing.
  if state.moment.isQueuePaused { return [name, Span("waits: the queue is paused", Style(.warning)), time] }
  let now = state.ticking.moment
  guard moment <= now else { return [name, Span(Words.relative(moment, to: now), Style()), time] }
  let since = Words.longSpan(now.timeIntervalSince(moment))
  return [name, Span("due for \(since)", Style(.info)), time]
}

/// The moment in the schedule's zone and in UTC; on a narrow line the zone goes first, which stands above anyway.
private func renderFireTime(
  _ moment: Date, _ zone: TimeZone, _ state: ConsoleState, at place: Point, width: Int, _ frame: inout Frame
) {
  let relative = DocumentLayout.nameSpan(Words.relative(moment, to: state.ticking.moment))
  let local = Words.dateTime(moment, in: zone)
  guard Words.zoneName(zone) != "UTC" else {
    frame.put([relative, Span("\(local) UTC", Style())], at: place, maxWidth: width)
    return
  }
  let utc = Span("  \(Words.dateTime(moment, in: .gmt)) UTC", Style(.dim))
  let full = [relative, Span("\(local) \(Words.zoneName(zone))", Style()), utc]
  let isTooWide = full.reduce(0) { $0 + TextWidth.of($1.text) } > width
  frame.put(isTooWide ? [relative, Span(local, Style()), utc] : full, at: place, maxWidth: width)
}
