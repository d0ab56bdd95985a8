// Drawing the page of a replay.

import Foundation
import Terminal

/// Where things are on the page: two panes, or one below a line that names both.
struct ReplayAreas {
  let title: Rect
  let status: Rect
  let payload: Rect
  let output: Rect
  let divider: Rect?
  let isTwo: Bool

  init(_ layout: ScreenLayout, _ panel: ReplayPanel, _ state: ConsoleState) {
    let frame = layout.changeFrame
    title = frame.row(0)
    let lines = wrappedSpans(statusSpans(panel, state), width: max(1, frame.columns - 2)).count
    let split = frame.splitTop(3).rest.splitBottom(max(1, min(lines, frame.rows / 3)))
    status = split.bottom
    let body = split.rest
    isTwo = layout.size.columns >= ReplayPanel.columnsForTwo
    if isTwo {
      let (left, right) = body.splitLeft(body.columns * 2 / 5)
      payload = left.inset(columns: 1)
      divider = right.splitLeft(1).left
      output = right.splitLeft(1).rest.inset(columns: 1)
    } else {
      (payload, output, divider) = (body.inset(columns: 1), body.inset(columns: 1), nil)
    }
  }
}

func renderReplay(_ panel: ReplayPanel, _ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let areas = ReplayAreas(layout, panel, state)
  frame.fill(layout.changeFrame, style: Style(.text))
  renderTitle(panel, areas, &frame)
  guard let offer = panel.offer else { return renderWaiting(panel, layout, &frame) }
  renderHandler(panel, offer, areas, &frame)
  renderWarnings(panel, offer, areas, &frame)
  if let comparison = panel.comparison {
    renderComparison(comparison, panel, layout, areas, &frame)
  } else {
    if areas.isTwo || panel.pane == .payload, let text = panel.layout {
      renderLines(text, from: panel.payloadOffset, state, in: areas.payload, &frame)
    }
    if areas.isTwo || panel.pane == .output { renderOutput(panel, areas.output, &frame) }
    if let divider = areas.divider { frame.verticalLine(at: divider.origin, rows: divider.rows) }
  }
  let status = areas.status.inset(columns: 1)
  for (index, line) in wrappedSpans(statusSpans(panel, state), width: status.columns).prefix(status.rows).enumerated() {
    frame.put(line, at: status.row(index).origin, maxWidth: status.columns)
  }
}

private func renderTitle(_ panel: ReplayPanel, _ areas: ReplayAreas, _ frame: inout Frame) {
  frame.fill(areas.title, style: Style(.heading))
  let words = panel.offer?.title ?? (panel.isMany ? Words.count(panel.tasks.count, "task") : panel.tasks[0].id)
  let used = frame.put(
    "Run here: \(sanitised(words))", at: Point(column: areas.title.left + 1, row: areas.title.top),
    style: Style(.title, on: .heading), maxWidth: areas.title.columns - 2)
  frame.put(
    "the task stays in its queue", at: Point(column: areas.title.left + used + 4, row: areas.title.top),
    style: Style(.dim, on: .heading), maxWidth: max(0, areas.title.columns - used - 5))
}

private func renderWaiting(_ panel: ReplayPanel, _ layout: ScreenLayout, _ frame: inout Frame) {
  guard case .failed(let failure) = panel.stage else {
    return renderMiddle(
      [("Fetching it whole...", Style(.info)), ("Esc leaves.", Style(.dim))], in: layout.changeFrame, &frame)
  }
  renderMiddle(
    [
      ("✗ \(failure.title)", Style(.danger)), ("", Style()), (failure.reason, Style()), ("", Style()),
      (failure.remedy, Style(.info)),
    ], in: layout.changeFrame, &frame)
}

/// `Handler ‹django› 1 of 2  /srv/shop`; on a narrow terminal also which of the two sides is shown.
private func renderHandler(
  _ panel: ReplayPanel, _ offer: ReplayOffer, _ areas: ReplayAreas, _ frame: inout Frame
) {
  var spans: [Span] = []
  if !areas.isTwo {
    for (pane, word) in [(ReplayPanel.Pane.payload, "Payload"), (.output, panel.isMany ? "Results" : "Output")] {
      spans.append(Span(" \(word) ", Style(pane == panel.pane ? .selection : .dim)))
    }
    spans.append(Span("  ", Style()))
  }
  if offer.handlers.indices.contains(panel.handler) {
    let handler = offer.handlers[panel.handler]
    spans += [Span("Handler ", Style(.dim)), Span("‹ \(handler.name) ›", Style(.accent))]
    if offer.handlers.count > 1 {
      spans.append(Span(" \(panel.handler + 1) of \(offer.handlers.count)", Style(.dim)))
    }
    spans.append(Span("  \(handler.place)", Style(.dim)))
  } else {
    spans.append(Span("There is no handler: see `taskdeck tasks debug --help`.", Style(.warning)))
  }
  let place = Point(column: areas.title.left + 1, row: areas.title.top + 1)
  frame.put(spans, at: place, maxWidth: areas.title.columns - 2)
}

private func renderWarnings(
  _ panel: ReplayPanel, _ offer: ReplayOffer, _ areas: ReplayAreas, _ frame: inout Frame
) {
  let place = Point(column: areas.title.left + 1, row: areas.title.top + 2)
  let width = areas.title.columns - 2
  if let question = panel.question {
    frame.put("\(question) Enter sends, Esc calls it off.", at: place, style: Style(.danger), maxWidth: width)
  } else if let warning = offer.warnings.first {
    frame.put("! \(warning)", at: place, style: Style(.danger), maxWidth: width)
  } else if !offer.changes.isEmpty {
    frame.put("Changed: \(offer.changes.joined(separator: "; "))", at: place, style: Style(.warning), maxWidth: width)
  }
}

private func renderComparison(
  _ lines: [String], _ panel: ReplayPanel, _ layout: ScreenLayout, _ areas: ReplayAreas, _ frame: inout Frame
) {
  let area = layout.changeFrame.splitTop(3).rest.splitBottom(1).rest.inset(columns: 1)
  for row in 0..<area.rows where lines.indices.contains(panel.outputOffset + row) {
    frame.put(
      lines[panel.outputOffset + row], at: Point(column: area.left, row: area.top + row), style: Style(.text),
      maxWidth: area.columns)
  }
}

private func renderOutput(_ panel: ReplayPanel, _ area: Rect, _ frame: inout Frame) {
  if panel.outputCount == 0 {
    let words =
      if case .running = panel.stage { "It has written nothing yet." } else { "Enter runs it; its output comes here." }
    frame.put(words, at: area.origin, style: Style(.dim), maxWidth: area.columns)
    return
  }
  for row in 0..<area.rows {
    let index = panel.outputOffset + row
    let place = Point(column: area.left, row: area.top + row)
    if panel.isMany {
      guard panel.rows.indices.contains(index) else { break }
      renderRow(panel.rows[index], at: place, width: area.columns, &frame)
    } else {
      guard panel.lines.indices.contains(index) else { break }
      let line = panel.lines[index]
      frame.put([Span(stamp(line.seconds), Style(.dim))] + line.spans, at: place, maxWidth: area.columns)
    }
  }
}

/// Seconds since the run began, always as wide.
private func stamp(_ seconds: Double) -> String {
  let text = String(format: "%.2f", seconds)
  return String(repeating: " ", count: max(0, 7 - text.count)) + text + "  "
}

private func renderRow(_ row: ReplayRow, at place: Point, width: Int, _ frame: inout Frame) {
  func padded(_ text: String, _ columns: Int) -> String {
    let clipped = TextWidth.clip(text, to: columns)
    return clipped + String(repeating: " ", count: columns - TextWidth.of(clipped) + 2)
  }
  frame.put(
    [
      Span(padded(row.outcome, 9), Style(row.role)), Span(padded(row.time, 8), Style(.dim)),
      Span(padded(row.taskClass, 18), Style(.accent)), Span(padded(row.id, 20), Style(.text)),
      Span(row.why, Style(.dim)),
    ], at: place, maxWidth: width)
}

/// How the run stands, and what came of it.
private func statusSpans(_ panel: ReplayPanel, _ state: ConsoleState) -> [Span] {
  var spans: [Span] = []
  switch panel.stage {
  case .running where panel.asksToLeave:
    spans = [Span("It still runs. q again ends it and leaves; Esc goes on watching it.", Style(.warning))]
  case .running(let isStopping):
    spans = [
      Span(isStopping ? "Stopping it..." : "▸ Running. \(state.keys.names(for: .replayStop)) stops it.", Style(.info))
    ]
  case .ended(let end):
    spans = [Span(end.words, Style(end.role))]
    if let result = end.result { spans += [Span("  result ", Style(.dim)), Span(result, Style(.text))] }
    if let failure = end.failure { spans.append(Span("  \(failure.title): \(failure.reason)", Style(.text))) }
  case .failed(let failure): spans = [Span("✗ \(failure.title): \(failure.reason)", Style(.danger))]
  case .ready: spans = [Span("Nothing has run yet.", Style(.dim))]
  case .loading: break
  }
  return spans
}
