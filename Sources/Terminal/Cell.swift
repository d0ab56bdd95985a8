// One cell of the grid.

/// What one column of one row shows. Only a `Frame` makes cells, so a cell never holds a control character.
package struct Cell: Equatable, Sendable {
  /// One grapheme cluster, or as much of one as is drawn in one place; empty in the second column of a wide one.
  package let text: String
  /// The columns it takes: 1 or 2, and 0 for the second column of a wide one.
  package let width: Int
  package internal(set) var style: Style

  init(text: String, width: Int, style: Style) {
    self.text = text
    self.width = width
    self.style = style
  }

  static func blank(_ style: Style) -> Cell { Cell(text: " ", width: 1, style: style) }
  static func continuation(_ style: Style) -> Cell { Cell(text: "", width: 0, style: style) }

  /// Whether this is the second column of the wide character before it.
  package var isContinuation: Bool { width == 0 }
}

/// The 95 printable ASCII characters as cell texts, so that drawing plain text builds no strings.
enum ASCIITexts {
  static let first: UInt8 = 0x20
  static let last: UInt8 = 0x7E
  static let texts: [String] = (first...last).map { String(Character(Unicode.Scalar($0))) }
}
