// A line that is typed into.

import Terminal

/// A text and the place where the next character goes.
struct TextField: Equatable, Sendable {
  private(set) var text: String
  /// In characters from the start.
  private(set) var cursor: Int

  /// More than this is never a filter, only a paste gone wrong.
  private static let longest = 200

  init(_ text: String = "") {
    self.text = text
    cursor = text.count
  }

  /// Typed or pasted: line ends become blanks, and what may not be shown is taken out.
  mutating func insert(_ more: String) {
    let clean = sanitised(more.split(whereSeparator: \.isNewline).joined(separator: " "))
    let added = String(clean.prefix(max(0, Self.longest - text.count)))
    text.insert(contentsOf: added, at: index(cursor))
    // A combining mark joins the character before it.
    cursor = min(text.count, cursor + added.count)
  }

  /// Does what an action of the scope `.input` says; returns false for any other one.
  mutating func edit(_ action: Action) -> Bool {
    switch action {
    case .inputLeft: cursor = max(0, cursor - 1)
    case .inputRight: cursor = min(text.count, cursor + 1)
    case .inputStart: cursor = 0
    case .inputEnd: cursor = text.count
    case .inputDelete: remove(from: cursor - 1, to: cursor)
    case .inputDeleteForward: remove(from: cursor, to: cursor + 1)
    case .inputDeleteWord: remove(from: wordStart, to: cursor)
    case .inputDeleteAll: self = TextField()
    default: return false
    }
    return true
  }

  /// The same with a part replaced, and the cursor behind it. Parts are counted in characters.
  func replacing(_ range: Range<Int>, with more: String) -> TextField {
    let range = range.clamped(to: 0..<text.count)
    var copy = self
    copy.remove(from: range.lowerBound, to: range.upperBound)
    copy.cursor = range.lowerBound
    copy.insert(more)
    return copy
  }

  /// The text before the cursor.
  var beforeCursor: String { String(text.prefix(cursor)) }

  private func index(_ position: Int) -> String.Index { text.index(text.startIndex, offsetBy: position) }

  private mutating func remove(from start: Int, to end: Int) {
    guard start >= 0, end <= text.count, start < end else { return }
    text.removeSubrange(index(start)..<index(end))
    cursor = start
  }

  private var wordStart: Int {
    let before = text.prefix(cursor)
    let blanks = before.reversed().prefix { $0 == " " }.count
    return cursor - blanks - before.dropLast(blanks).reversed().prefix { $0 != " " }.count
  }
}
