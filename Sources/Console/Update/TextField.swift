// A line that is typed into.

import Terminal

/// A text and the place where the next character goes.
struct TextField: Equatable, Sendable {
  /// How much a field holds, in bytes, and whether it is shown as it is.
  enum Kind: Equatable, Sendable {
    /// A filter, a name, a command: what is longer is a paste gone wrong, and is cut.
    case line
    /// A URL or a description: longer, and nothing of it may be lost unseen, so what does not fit is refused.
    case long
    /// What is sent as it is: line ends and whatever a paste holds are kept.
    case payload

    /// "size: stored proto must be at most 1,048,569 bytes" (google-apis.md section 1.5): what base64 leaves of it.
    var limit: Int {
      switch self {
      case .line: 1000
      case .long: 20_000
      case .payload: 700_000
      }
    }
  }

  private(set) var text: String
  /// In characters from the start.
  private(set) var cursor: Int
  let kind: Kind
  /// Something that was typed or pasted did not fit.
  private(set) var isFull = false

  init(_ text: String = "", _ kind: Kind = .line) {
    (self.text, self.kind) = (text, kind)
    cursor = text.count
  }

  /// Typed or pasted. In a line, line ends become blanks, and what may not be shown is taken out.
  mutating func insert(_ more: String) {
    let added = fitting(kind == .payload ? more.replacing("\r\n", with: "\n").replacing("\r", with: "\n") : flat(more))
    let before = text.count
    text.insert(contentsOf: added, at: index(cursor))
    // A combining mark joins the character before it.
    cursor = min(text.count, cursor + max(0, text.count - before))
  }

  private func flat(_ more: String) -> String {
    sanitised(more.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  private mutating func fitting(_ more: String) -> String {
    let room = max(0, kind.limit - text.utf8.count)
    isFull = more.utf8.count > room
    guard isFull else { return more }
    guard kind == .line else { return "" }
    var (kept, used) = ("", 0)
    for character in more {
      used += character.utf8.count
      if used > room { break }
      kept.append(character)
    }
    return kept
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
    case .inputDeleteAll: self = TextField("", kind)
    default: return false
    }
    isFull = false
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

// MARK: - Drawing

extension TextField {
  /// What fits into so many columns, with the cursor in it, and the cursor's column there. Only what is near the cursor
  /// is looked at: a payload may be long.
  func shown(columns: Int) -> (text: String, cursor: Int) {
    let place = index(cursor)
    var (before, used) = ([String](), 0)
    var start = place
    while start > text.startIndex {
      let previous = text.index(before: start)
      let piece = sanitised(String(text[previous]))
      if used + TextWidth.of(piece) > max(0, columns - 1) { break }
      used += TextWidth.of(piece)
      before.append(piece)
      start = previous
    }
    var (line, width) = (before.reversed().joined(), used)
    for character in text[place...] {
      let piece = sanitised(String(character))
      width += TextWidth.of(piece)
      if width > columns { break }
      line += piece
    }
    return (line, used)
  }

  /// The beginning, for a field that is not typed into.
  func beginning(columns: Int) -> String {
    TextWidth.clip(sanitised(String(text.prefix(columns + 1))), to: columns)
  }
}

/// A text being typed, scrolled so that its cursor is inside.
func renderField(_ field: TextField, in area: Rect, _ frame: inout Frame) {
  let (text, cursor) = field.shown(columns: area.columns)
  frame.put(text, at: area.origin, style: Style(.inputField), maxWidth: area.columns)
  frame.cursor = Point(column: area.left + cursor, row: area.top)
}
