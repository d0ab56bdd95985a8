// Screens that show a text: the page about one thing, the log. What they show is in `state.page`.

import Foundation
import Terminal

/// A screen that shows a document.
protocol PageScreen: ScreenView {
  /// Asks for the document; nil where it is made from what is there.
  func load(_ generation: Generation) -> Effect?
  /// The document, where it is made from the state; nil leaves the page as it is.
  func document(_ state: ConsoleState) -> Dated<Document>?
}

extension PageScreen {
  var isPage: Bool { true }
  var scopes: [Scope] { [.page, .changing] }
  func load(_ generation: Generation) -> Effect? { nil }
  func document(_ state: ConsoleState) -> Dated<Document>? { nil }
  func lanes(_ state: ConsoleState) -> [Lane] { [.page] }
  func shownAt(_ state: ConsoleState) -> Date? { state.page.content.latest?.at }
  func failure(_ state: ConsoleState) -> Failure? { state.page.content.failure }

  func summary(_ state: ConsoleState) -> [Span] {
    let page = state.page
    var found: [Span] = []
    if let search = page.search { found = [Span(search.words, Style(search.places.isEmpty ? .danger : .match))] }
    guard let layout = page.layout else { return found }
    // Not the layout of the state, which asks for this summary's width.
    let rows = ScreenLayout(size: state.size, lineRows: max(1, messageLines(state).count)).page.rows
    guard layout.lines.count > rows else { return found }
    // Before the page is arranged its offset may lie beyond its end.
    let start = min(page.offset, layout.lines.count - rows)
    return found + [
      Span(
        (found.isEmpty ? "" : "  ")
          + "lines \(Words.count(start + 1))-\(Words.count(start + rows)) of \(Words.count(layout.lines.count))",
        Style(.dim))
    ]
  }

  func extent(_ state: ConsoleState, _ layout: ScreenLayout) -> ScrollExtent {
    ScrollExtent(offset: state.page.offset, height: layout.page.rows, count: state.page.layout?.lines.count ?? 0)
  }

  func move(_ action: Action, _ state: inout ConsoleState) {
    state.page.move(action, rows: ScreenLayout(state).page.rows)
  }

  func scroll(by lines: Int, _ state: inout ConsoleState) {
    state.page.turnWheel(lines, rows: ScreenLayout(state).page.rows)
  }

  func point(at line: Int, _ state: inout ConsoleState) { state.page.point(at: state.page.offset + line) }

  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout) {
    if let made = document(state) { state.page.take(made) }
    state.page.arrange(layout.page)
  }

  func addTicks(
    _ cells: inout TickedCells, from before: Moment, to after: Moment, _ state: ConsoleState, _ layout: ScreenLayout
  ) {
    let shown = state.page.offset..<state.page.offset + layout.page.rows
    state.page.layout?.addTicks(&cells, from: before.now, to: after.now, in: shown)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderPage(state, layout, &frame)
  }
}
