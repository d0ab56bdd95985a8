// The words of App Engine's English, as the lexer of Groc.g cuts them (appengine-java-standard).

/// A word of an English schedule.
struct EnglishToken: Equatable {
  enum Kind: Equatable {
    case word
    /// `1st`, `2nd`, `third`: 1 to 5.
    case ordinal(Int)
    case number(Int)
    /// Minutes of the day. Groc.g takes one or two digits for the hour, 0 to 23, and two for the minute.
    case time(Int)
    case comma
    /// Anything else, such as "25:00" or "6th".
    case unreadable
  }

  let kind: Kind
  let word: Word

  /// Lower-cased, as the grammar's words are.
  var text: String { word.lowercased }

  static func tokens(of text: String) -> [Self] {
    let characters = Array(text)
    var tokens: [Self] = []
    var index = 0
    while index < characters.count {
      let start = index
      defer { index = max(index, start + 1) }
      guard !characters[start].isWhitespace else { continue }
      index = end(of: characters, from: start)
      let word = Word(text: String(characters[start..<index]), column: start + 1)
      tokens.append(Self(kind: kind(of: word.lowercased), word: word))
    }
    return tokens
  }

  /// Letters run together, so do digits with ":" and with the letters of an ordinal; "5mins" is two words.
  private static func end(of characters: [Character], from start: Int) -> Int {
    func run(from index: Int, while isMember: (Character) -> Bool) -> Int {
      characters[index...].firstIndex { !isMember($0) } ?? characters.count
    }
    if characters[start].isLetter { return run(from: start, while: \.isLetter) }
    guard characters[start].isNumber else { return start + 1 }
    let digits = run(from: start) { $0.isNumber || $0 == ":" }
    let letters = run(from: digits, while: \.isLetter)
    let suffix = String(characters[digits..<letters]).lowercased()
    return ["st", "nd", "rd", "th"].contains(suffix) ? letters : digits
  }

  private static func kind(of text: String) -> Kind {
    if text == "," { return .comma }
    if let ordinal = ordinals[text] { return .ordinal(ordinal) }
    guard let first = text.first, !first.isLetter else { return .word }
    if let minutes = timeOfDay(text) { return .time(minutes) }
    // Groc.g reads at most five digits.
    if text.count <= 5, text.allSatisfy(\.isASCII), let number = Int(text) { return .number(number) }
    return .unreadable
  }

  private static func timeOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2, text.allSatisfy(\.isASCII),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  private static let ordinals = [
    "1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "5th": 5, "fifth": 5,
  ]
}
