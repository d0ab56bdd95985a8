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
    guard let layout = state.page.layout else { return [] }
    let rows = ScreenLayout(state).page.rows
    guard layout.lines.count > rows else { return [] }
    let end = min(layout.lines.count, state.page.offset + rows)
    return [
      Span(
        "lines \(Words.count(state.page.offset + 1))-\(Words.count(end)) of \(Words.count(layout.lines.count))",
        Style(.dim))
    ]
  }

  func extent(_ state: ConsoleState, _ layout: ScreenLayout) -> ScrollExtent {
    ScrollExtent(offset: state.page.offset, height: layout.page.rows, count: state.page.layout?.lines.count ?? 0)
  }

  func move(_ action: Action, _ state: inout ConsoleState) {
    switch action {
    case .first: state.page.offset = 0
    case .last: state.page.offset = .max
    default: state.page.offset += ConsoleState.distance(action, ScreenLayout(state).page.rows)
    }
    state.page.wantsPayload = false
  }

  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout) {
    if let made = document(state) {
      if state.page.content.latest?.value != made.value { state.page.layout = nil }
      state.page.content = .loaded(made)
    }
    state.page.arrange(layout.page)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderPage(state, layout, &frame)
  }
}

/// What a page says, and where it is scrolled to.
struct PageState: Equatable, Sendable {
  var content: Loaded<Document> = .unasked
  var layout: DocumentLayout?
  var offset = 0
  /// How many requests the log's page is made of.
  var requests: Int?
  /// Scroll to the payload once it is there.
  var wantsPayload = false

  mutating func arrange(_ area: Rect) {
    guard let document = content.latest?.value else { return }
    if layout?.width != area.columns { layout = DocumentLayout(document, width: area.columns) }
    if wantsPayload, case .loaded = content, let start = layout?.start(of: .payload) {
      offset = start
      wantsPayload = false
    }
    let last = max(0, (layout?.lines.count ?? 0) - area.rows)
    offset = max(0, min(offset, last))
  }
}
