// The text of a cell as it is sent to the terminal.
//
// Terminals disagree about the width of emoji sequences: xterm draws the family 👨‍👩‍👧 in six columns, kitty in two, and
// ncurses, which counts with wcwidth(), believes in six. One disagreement shifts the rest of the row. So what is sent
// has one width everywhere: a sequence is sent as its first picture, and a base whose own width is smaller than its
// cell is followed by a blank.

import Terminal

enum Emission {
  /// The bytes to send for a cell.
  ///
  /// - Parameters:
  ///   - repertoire: what the terminal can show.
  ///   - columns: wcwidth(): the columns of a code point, negative when the C library does not know it.
  static func text(of cell: Cell, for repertoire: Repertoire, columns: (Unicode.Scalar) -> Int) -> String {
    let text = cell.text.utf8.count <= 1 ? cell.text : repertoire.text(cell.text, width: cell.width)
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    let scalars = text.unicodeScalars
    guard let base = scalars.first else { return "" }
    let width = columns(base)
    if isFlag(scalars), width == 1 { return text }
    let padding = String(repeating: " ", count: max(0, cell.width - max(1, width)))
    // A code point that is younger than the C library, or that it gives more room than we do.
    guard width >= 1, width <= cell.width else { return "�" + padding }
    return withMarks(base, scalars.dropFirst(), columns) + padding
  }

  /// Two regional indicators, of one column each for every terminal.
  private static func isFlag(_ scalars: String.UnicodeScalarView) -> Bool {
    scalars.count == 2 && scalars.allSatisfy { (0x1F1E6...0x1F1FF).contains($0.value) }
  }

  /// The base with its combining marks, up to the first code point that has columns or joins another picture.
  private static func withMarks(
    _ base: Unicode.Scalar, _ rest: Substring.UnicodeScalarView, _ columns: (Unicode.Scalar) -> Int
  ) -> String {
    var result = String(Character(base))
    for scalar in rest {
      guard columns(scalar) == 0, scalar.value != 0x200D else { break }
      if scalar.properties.isVariationSelector { continue }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
