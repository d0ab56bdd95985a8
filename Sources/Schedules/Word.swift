// Pieces of a schedule that remember where they stood, so that an error can point at them.

/// A piece of a schedule's text.
struct Word: Equatable {
  let text: String
  /// Counted in characters from 1.
  let column: Int

  var length: Int { text.count }
  /// The column just behind the piece.
  var end: Int { column + length }
  var lowercased: String { text.lowercased() }

  func error(in schedule: String, _ reason: String, _ remedy: String? = nil) -> ScheduleError {
    ScheduleError(text: schedule, column: column, length: length, reason: reason, remedy: remedy)
  }

  /// The pieces between separators, the empty ones too ("1,,2" has three).
  func split(_ separator: Character, maxSplits: Int = .max) -> [Self] {
    var pieces: [Self] = []
    var place = column
    for piece in text.split(separator: separator, maxSplits: maxSplits, omittingEmptySubsequences: false) {
      pieces.append(Self(text: String(piece), column: place))
      place += piece.count + 1
    }
    return pieces
  }

  /// The pieces of a text between blanks.
  static func words(of text: String) -> [Self] {
    var words: [Self] = []
    var (current, column) = ("", 0)
    for character in text {
      column += 1
      if !character.isWhitespace {
        current.append(character)
      } else if !current.isEmpty {
        words.append(Self(text: current, column: column - current.count))
        current = ""
      }
    }
    if !current.isEmpty { words.append(Self(text: current, column: column - current.count + 1)) }
    return words
  }
}
