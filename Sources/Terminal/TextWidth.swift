// How many columns a text takes.
//
// No two terminals agree on everything, so the rules here are the ones that every terminal, tmux and ncurses (which
// measures with glibc's wcwidth()) can be made to agree on: East Asian wide is two columns, combining marks and format
// characters none, an emoji sequence two. A grapheme cluster that is not an emoji and holds several spacing letters
// (Devanagari vowel signs, for example) takes the sum of them, as the terminal will draw it.

/// Display widths in terminal columns.
package enum TextWidth {
  /// The columns a cluster takes when a frame draws it. Control characters, which a frame draws as a visible dot, take
  /// one column; a combining mark without a letter takes none and is not drawn.
  package static func of(_ character: Character) -> Int {
    if let ascii = character.utf8.first, ascii < 0x80, character.utf8.count == 1 { return 1 }
    var columns = 0
    Cluster.forEachCell(of: character) { _, width in columns += width }
    return columns
  }

  /// The columns a text takes when a frame draws it.
  package static func of(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The text cut to a width. A text that is too wide ends in "…", which takes one of the columns.
  package static func clip(_ text: String, to columns: Int) -> String {
    guard columns > 0 else { return "" }
    // A text never has more columns than bytes: what takes two columns takes three bytes and more.
    if text.utf8.count <= columns || of(text) <= columns { return text }
    return prefix(of: text, columns: columns - 1) + "…"
  }

  /// The longest beginning of a text that fits the width.
  package static func prefix(of text: String, columns: Int) -> String {
    var used = 0
    var end = text.startIndex
    while end < text.endIndex {
      let width = of(text[end])
      guard used + width <= columns else { break }
      used += width
      end = text.index(after: end)
    }
    return String(text[..<end])
  }

  /// The columns of one code point: 0, 1 or 2. Same rule as glibc's wcwidth(), and 0 for control characters.
  package static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value < 0x20 || (0x7F...0x9F).contains(value) ? 0 : 1 }
    if WidthTable.isWide(value) { return 2 }
    // Hangul medial vowels and final consonants join the syllable before them.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    case .format: return visibleFormats.contains(value) ? 1 : 0
    default: return 1
    }
  }

  /// Format characters that have a shape: the Arabic number signs and their kin (glibc gives them one column).
  static let visibleFormats: Set<UInt32> = [
    0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
  ]
}
