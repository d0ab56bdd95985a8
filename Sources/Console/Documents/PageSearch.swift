// Searching in a page: `/` on a page, then n and N. Folded parts are searched too, and unfolded where something is found.

import CloudModel
import Foundation
import Terminal

/// What is searched for on a page, and where it is.
struct PageSearch: Equatable, Sendable {
  /// A line of the document, or a value of the payload.
  enum Place: Equatable, Sendable {
    case line(Int)
    case node(Int)
  }

  let text: String
  private(set) var places: [Place] = []
  var current: Int?

  init(_ text: String, in document: Document) {
    self.text = text
    find(in: document)
  }

  /// `match 3 of 17`.
  var words: String {
    if places.isEmpty { return "no match" }
    guard let current else { return Words.count(places.count, "matche").replacing("1 matche", with: "1 match") }
    return "match \(Words.count(current + 1)) of \(Words.count(places.count))"
  }

  /// Looks again; the place that was found stays the current one where it is still there.
  mutating func find(in document: Document) {
    let old = current.map { places[$0] }
    places = []
    let filter = TextFilter(text)
    guard !filter.isEmpty else { return current = nil }
    var source = 0
    for section in document.sections {
      for line in section.lines {
        if case .tree(let tree) = line {
          // A name and its value are written together, so they can be searched for together.
          places += tree.places(of: filter, together: text.contains(":"))
        } else if filter.matches(line.text) {
          places.append(.line(source))
        }
        source += 1
      }
    }
    current = old.flatMap(places.firstIndex(of:)) ?? old.flatMap { _ in places.isEmpty ? nil : 0 }
  }

  /// The first place at or behind another one, from the top again where there is none.
  func first(from place: Place, in document: Document) -> Int? {
    guard !places.isEmpty else { return nil }
    let start = rank(place, document)
    return places.firstIndex { !(rank($0, document) < start) } ?? 0
  }

  /// Places in the order of the page: the tree's nodes stand where its line stands.
  private func rank(_ place: Place, _ document: Document) -> (Int, Int) {
    switch place {
    case .line(let source): (source, 0)
    case .node(let node): (document.treeLine, node)
    }
  }
}

extension Document {
  /// The number of the line that is the JSON value.
  fileprivate var treeLine: Int {
    var source = 0
    for section in sections {
      for line in section.lines {
        if case .tree = line { return source }
        source += 1
      }
    }
    return source
  }
}

extension PayloadTree {
  fileprivate func places(of filter: TextFilter, together: Bool) -> [PageSearch.Place] {
    var places: [PageSearch.Place] = []
    for (index, node) in nodes.enumerated() {
      if filter.matches(node.text) || filter.matches(node.label)
        || together && !node.label.isEmpty && filter.matches("\(node.label): \(node.text)")
      {
        places.append(.node(index))
      }
    }
    return places
  }
}

extension Document.Line {
  /// What is searched, and copied where there is nothing better.
  var text: String {
    switch self {
    case .field(let name, let value, _): "\(name) \(value)"
    case .moment(let name, let moment, let absent): "\(name) \(moment.map { Timestamp($0).description } ?? absent)"
    case .due(let name, let moment): "\(name) \(moment.map { Timestamp($0).description } ?? "-")"
    case .fireTime(let moment, _): Timestamp(moment).description
    case .spans(let spans): spans.map(\.text).joined()
    case .note(let text, _): text
    case .tree(let tree): tree.source
    }
  }
}

// MARK: - The line that is typed

/// The line that `/` opens on a page.
struct SearchLine: Panel {
  var line: TextField
  /// The page as it was before, for Esc.
  private let before: PageState

  init(_ state: ConsoleState) {
    line = TextField()
    before = state.page
  }

  var scopes: [Scope] { [.input] }
  var field: TextField? {
    get { line }
    set { line = newValue ?? line }
  }

  /// The first match from where the search began, after each letter.
  mutating func typed(_ state: inout ConsoleState) {
    state.page.restore(before)
    guard !line.text.isEmpty, let document = state.page.shown else { return state.page.search = nil }
    var search = PageSearch(line.text, in: document)
    search.current = search.first(from: before.place, in: document)
    state.page.search = search
    state.showMatch()
  }

  func endTyping(_ state: inout ConsoleState, isKept: Bool) -> [Effect] {
    state.overlay = nil
    if isKept, let search = state.page.search, !search.places.isEmpty { return [] }
    state.page.restore(before)
    guard isKept, !line.text.isEmpty else {
      state.page.search = nil
      return []
    }
    state.page.search = nil
    state.say("Nothing on this page matches \(line.text).", .warning)
    return [.bell]
  }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    state.screen.view.move(action, &state)
    return []
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let row = layout.line.top
    frame.fill(layout.line, style: Style(.inputField))
    frame.put("/", at: Point(column: 1, row: row), style: Style(.key, on: .inputField))
    let words = state.page.search?.words ?? "search this page"
    let room = max(8, layout.size.columns - 6 - TextWidth.of(words))
    renderField(line, in: Rect(column: 3, row: row, columns: room, rows: 1), &frame)
    frame.put(
      words, at: Point(column: layout.size.columns - 1 - TextWidth.of(words), row: row),
      style: Style(state.page.search?.places.isEmpty == true ? .danger : .dim, on: .inputField))
  }
}

extension ConsoleState {
  /// Puts the cursor on the current match.
  mutating func showMatch() {
    guard let search = page.search, let current = search.current, search.places.indices.contains(current) else {
      return
    }
    page.go(to: search.places[current], in: ScreenLayout(self).page)
  }

  /// The match after the current one, or before it.
  mutating func goToMatch(by step: Int) -> [Effect] {
    guard let search = page.search, !search.places.isEmpty else { return [.bell] }
    let count = search.places.count
    let next = (search.current ?? (step > 0 ? -1 : count)) + step
    page.search?.current = (next + count) % count
    if !(0..<count).contains(next) { say(step > 0 ? "On from the top." : "On from the end.") }
    showMatch()
    return []
  }
}

// MARK: - Showing what matched

/// Marks every place of a row where the cells read as a text, whatever the case of the letters.
func highlight(_ text: String, in area: Rect, row: Int, _ frame: inout Frame) {
  let wanted = sanitised(text).map { $0.lowercased() }
  let cells = frame.row(row).enumerated().filter { area.columnRange.contains($0.offset) && !$0.element.isContinuation }
  guard !wanted.isEmpty, cells.count >= wanted.count else { return }
  let texts = cells.map { $0.element.text.lowercased() }
  var place = 0
  while place + wanted.count <= texts.count {
    guard texts[place] == wanted[0], texts[place..<place + wanted.count].elementsEqual(wanted) else {
      place += 1
      continue
    }
    let (first, last) = (cells[place], cells[place + wanted.count - 1])
    let width = last.offset + last.element.width - first.offset
    frame.restyle(Rect(column: first.offset, row: row, columns: width, rows: 1)) { style in
      style = Style(.match, on: style.surface ?? (style.role == .selection ? .selection : nil), attributes: .underline)
    }
    place += wanted.count
  }
}
