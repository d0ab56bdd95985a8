// The screen as a function of the state. It writes meanings; the theme says what they look like.

import CloudModel
import Foundation
import Terminal

/// Draws the state. The frame must have the state's size.
package func render(_ state: ConsoleState, into frame: inout Frame) {
  let layout = ScreenLayout(state)
  frame.fill(frame.bounds, style: Style(.text))
  frame.cursor = nil
  guard !layout.isTooSmall else { return renderTooSmall(&frame) }
  renderBar(state, layout, &frame)
  renderTabs(state, layout, &frame)
  renderBody(state, layout, &frame)
  renderScrollBar(state, layout, &frame)
  renderLine(state, layout, &frame)
  if let overlay = state.overlay, !overlay.leavesScreen { frame.forgetTargets() }
  renderFooter(state, layout, &frame)
  state.overlay?.render(state, layout, &frame)
}

private func renderTooSmall(_ frame: inout Frame) {
  let small = ScreenLayout.smallest
  let lines = DocumentLayout.wrap(
    "terminal too small (needs \(small.columns)x\(small.rows))", width: max(1, frame.size.columns))
  for (index, line) in lines.enumerated() {
    frame.put(line, at: Point(column: 0, row: index), style: Style(.warning), maxWidth: frame.size.columns)
  }
}

private func renderBody(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  state.screen.view.render(state, layout, &frame)
  if let area = layout.previewFrame, let preview = state.preview {
    renderPreview(preview, state, area, layout, &frame)
  }
}

/// Lines in the middle of an area.
func renderMiddle(_ lines: [(text: String, style: Style)], in area: Rect, _ frame: inout Frame) {
  let width = max(1, min(area.columns - 4, 76))
  let wrapped = lines.flatMap { line in
    DocumentLayout.wrap(line.text, width: width).map { (text: $0, style: line.style) }
  }
  let widest = wrapped.map { TextWidth.of($0.text) }.max() ?? 0
  let place = area.centred(Size(columns: widest, rows: wrapped.count))
  for (index, line) in wrapped.prefix(place.rows).enumerated() {
    frame.put(
      line.text, at: Point(column: place.left, row: place.top + index), style: line.style, maxWidth: place.columns)
  }
}

/// A failure as the whole content of an area: title, reason, remedy. Never an empty table, which would read as "none".
func renderFailure(_ failure: Failure, _ state: ConsoleState, in area: Rect, _ frame: inout Frame) {
  let again = state.keys.names(for: .refresh)
  renderMiddle(
    [
      ("✗ \(failure.title)", Style(.danger)), ("", Style()), (failure.reason, Style()), ("", Style()),
      (failure.remedy, Style(.info)),
      ([state.againWords, "\(again) tries again now."].compactMap(\.self).joined(separator: " "), Style(.dim)),
    ], in: area, &frame)
}

/// How much of the list or page is on the screen, and which part.
private func renderScrollBar(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
  let area = layout.gutter
  let isProtected = state.context.isProtected
  frame.fill(
    area, with: isProtected ? "║" : "│", style: isProtected ? Style(.protected) : Style(.border, on: .heading))
  let extent = state.screen.view.extent(state, layout)
  let (offset, height, count) = (extent.offset, extent.height, extent.count)
  guard count > height, area.rows > 0 else { return }
  let length = max(1, area.rows * height / count)
  let top = (area.rows - length) * min(offset, count - height) / (count - height)
  frame.fill(
    Rect(column: area.left, row: area.top + top, columns: 1, rows: length), with: isProtected ? "█" : "┃",
    style: isProtected ? Style(.protected) : Style(.dim, on: .heading))
}
