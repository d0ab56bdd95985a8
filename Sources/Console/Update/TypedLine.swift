// A line that is typed into with help: offers that Tab goes through, and what was typed earlier.

import Terminal

/// One way to go on with what is typed.
struct Offer: Equatable, Sendable {
  /// What it replaces, in characters of the text.
  var range: Range<Int>
  var text: String
  /// A few words of explanation.
  var detail = ""
}

/// A field with offers and a history.
struct TypedLine: Equatable, Sendable {
  var field: TextField
  /// Ways to go on from what was typed last, best first.
  private(set) var offers: [Offer] = []
  /// The offer that is in the field now.
  private(set) var choice: Int?
  /// What was typed before Tab put an offer in its place, or before history was looked at.
  private var typed: TextField
  /// Which line of the history is in the field.
  private var recalled: Int?

  init(_ text: String = "") {
    field = TextField(text)
    typed = field
  }

  /// What was typed is different now, and so are the ways to go on.
  mutating func changed(offers: [Offer]) {
    (self.offers, choice, recalled, typed) = (offers, nil, nil, field)
  }

  /// Puts the next offer into the field, or the one before.
  mutating func complete(by step: Int) {
    guard !offers.isEmpty else { return }
    let next = choice.map { $0 + step } ?? (step > 0 ? 0 : offers.count - 1)
    let place = (next + offers.count) % offers.count
    choice = place
    field = typed.replacing(offers[place].range, with: offers[place].text)
  }

  /// Puts an offer into the field.
  mutating func choose(_ index: Int) {
    guard offers.indices.contains(index) else { return }
    (choice, field) = (index, typed.replacing(offers[index].range, with: offers[index].text))
  }

  /// Puts an earlier line into the field (a positive step), or a later one; after the last comes what was typed.
  mutating func recall(_ history: [String], by step: Int) {
    let place = (recalled ?? -1) + step
    guard place < history.count else { return }
    recalled = place < 0 ? nil : place
    field = place < 0 ? typed : TextField(history[place])
    (choice, offers) = (nil, [])
  }
}

/// Draws offers in one row: as many as fit, the one in the field among them, and its explanation.
func renderOffers(_ line: TypedLine, in area: Rect, _ frame: inout Frame) {
  guard !line.offers.isEmpty else { return }
  frame.fill(area, style: Style(.overlay))
  let shown = line.choice ?? 0
  let detail = line.offers[shown].detail
  let detailWidth = min(TextWidth.of(detail), area.columns / 2)
  let right = area.right - detailWidth - 3
  // The offers before the chosen one that fit with it are shown too, so that the row does not jump at each Tab.
  var first = shown
  var used = TextWidth.of(line.offers[shown].text) + 2
  while first > 0, used + TextWidth.of(line.offers[first - 1].text) + 2 < right - area.left {
    first -= 1
    used += TextWidth.of(line.offers[first].text) + 2
  }
  var column = area.left + 3
  for index in first..<line.offers.count {
    let text = line.offers[index].text
    guard column + TextWidth.of(text) < right || index == first else { break }
    let style = index == line.choice ? Style(.selection) : Style(.accent, on: .overlay)
    let used = frame.put(
      text, at: Point(column: column, row: area.top), style: style, maxWidth: max(0, right - column))
    frame.target(Rect(column: column, row: area.top, columns: used, rows: 1), .offer(index))
    column += used + 2
  }
  frame.put(
    detail, at: Point(column: area.right - detailWidth - 1, row: area.top), style: Style(.dim, on: .overlay),
    maxWidth: detailWidth)
}
