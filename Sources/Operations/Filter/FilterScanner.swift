// Where words and values of a filter begin and end.

import CloudModel

/// A value or a word as it was read.
struct FilterWord: Sendable {
  /// Quotes removed, escapes resolved (in patterns: left to the pattern).
  let scalars: [Unicode.Scalar]
  /// Where each of `scalars` stands in the source.
  let places: [Int]
  /// All of it in the source, quotes included.
  let range: Range<Int>
  let isQuoted: Bool

  var text: String { filterText(scalars) }

  /// The place in the source of a part of `scalars`.
  func place(of part: Range<Int>) -> Range<Int> {
    guard part.lowerBound < places.count else { return range.upperBound..<range.upperBound }
    let end = part.isEmpty ? places[part.lowerBound] : places[min(part.upperBound, places.count) - 1] + 1
    return places[part.lowerBound]..<end
  }
}

/// Reads words from a filter text.
struct FilterScanner {
  /// How a value is written.
  enum Mode {
    /// Backslashes mean themselves; in quotes they begin an escape.
    case plain
    /// Backslashes belong to the glob.
    case glob
    /// As glob; brackets and groups may hold `|`, `(` and `)`.
    case pattern
  }

  let source: FilterSource
  var position = 0

  init(_ source: FilterSource) { self.source = source }

  var isAtEnd: Bool { position >= source.scalars.count }
  var current: Unicode.Scalar? { scalar(at: position) }

  func scalar(at place: Int) -> Unicode.Scalar? { place < source.scalars.count ? source.scalars[place] : nil }

  mutating func skipBlanks() {
    while let current, Self.isBlank(current) { position += 1 }
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  /// Blanks, groups and alternatives end what is not in quotes.
  private static func ends(_ scalar: Unicode.Scalar) -> Bool {
    isBlank(scalar) || scalar == "(" || scalar == ")" || scalar == "|"
  }

  // MARK: Operators

  /// The comparison at a place, and whether a `!` negates it.
  func comparison(at place: Int) -> (comparison: FilterComparison, isNegated: Bool, length: Int)? {
    let sign = scalar(at: place).map(String.init) ?? ""
    let next = scalar(at: place + 1).map(String.init) ?? ""
    if sign == "!" {
      guard let comparison = FilterComparison(rawValue: next), !comparison.isOrder else { return nil }
      return (comparison, true, 2)
    }
    if next == "=", let comparison = FilterComparison(rawValue: sign + next) { return (comparison, false, 2) }
    return FilterComparison(rawValue: sign).map { ($0, false, 1) }
  }

  // MARK: Words

  /// Passes over a field name or a free word: up to a blank, a group, a quote or an operator. A quoted part after a
  /// point belongs to it (`body."a key".b`).
  mutating func word() throws(FilterError) -> Range<Int> {
    let start = position
    while let current, !Self.ends(current), comparison(at: position) == nil {
      if current == "\"" {
        guard position > start, scalar(at: position - 1) == "." else { break }
        _ = try quoted(.plain)
      } else {
        position += 1
      }
    }
    return start..<position
  }

  /// Reads a value in quotes or up to its end.
  mutating func value(_ mode: Mode) throws(FilterError) -> FilterWord {
    if current == "\"" { return try quoted(mode) }
    let start = position
    switch mode {
    case .plain: passPlain()
    case .glob: try passGlob()
    case .pattern: try passPattern()
    }
    return bare(start..<position, mode)
  }

  private mutating func passPlain() {
    while let current, !Self.ends(current), current != "\"" { position += 1 }
  }

  private mutating func passGlob() throws(FilterError) {
    while let current, !Self.ends(current), current != "\"" {
      if current == "\\" { try passEscape() } else { position += 1 }
    }
  }

  private mutating func passPattern() throws(FilterError) {
    var depth = 0
    var isInBrackets = false
    while let current, !Self.isBlank(current) {
      switch current {
      case "\\":
        try passEscape()
        continue
      case "[": isInBrackets = true
      case "]": isInBrackets = false
      case "(" where !isInBrackets: depth += 1
      case ")" where !isInBrackets:
        if depth == 0 { return }
        depth -= 1
      case "|" where !isInBrackets && depth == 0: return
      default: break
      }
      position += 1
    }
  }

  private mutating func passEscape() throws(FilterError) {
    guard position + 1 < source.scalars.count else {
      throw source.error(
        position..<position + 1, "a backslash at the end escapes nothing", "Write \\\\ for a backslash.")
    }
    position += 2
  }

  /// A word of a bare range; `\"` is a quote in patterns, bare or not, so that both spellings are one value.
  private func bare(_ range: Range<Int>, _ mode: Mode) -> FilterWord {
    let places = mode == .plain ? Array(range) : range.filter { !isEscapedQuote(at: $0, from: range.lowerBound) }
    return FilterWord(scalars: places.map { source.scalars[$0] }, places: places, range: range, isQuoted: false)
  }

  /// Whether the backslash at `place` does nothing but escape a quote.
  private func isEscapedQuote(at place: Int, from start: Int) -> Bool {
    guard scalar(at: place) == "\\", scalar(at: place + 1) == "\"" else { return false }
    let before = source.scalars[start..<place].reversed().prefix { $0 == "\\" }
    return before.count.isMultiple(of: 2)
  }

  // MARK: Quotes

  private mutating func quoted(_ mode: Mode) throws(FilterError) -> FilterWord {
    let start = position
    var (scalars, places): ([Unicode.Scalar], [Int]) = ([], [])
    position += 1
    while let current {
      let place = position
      switch current {
      case "\"":
        position += 1
        return FilterWord(scalars: scalars, places: places, range: start..<position, isQuoted: true)
      case "\\":
        let meant = mode == .plain ? [try escape()] : patternEscape()
        scalars += meant
        places += meant.indices.map { place + (mode == .plain ? 0 : $0) }
      default:
        scalars.append(current)
        places.append(place)
        position += 1
      }
    }
    throw source.error(start..<source.scalars.count, "the quote is not closed", "Write \\\" for a quote inside quotes.")
  }

  /// `\"` is a quote; other escapes are kept for the pattern.
  private mutating func patternEscape() -> [Unicode.Scalar] {
    defer { position = min(position + 2, source.scalars.count) }
    guard let next = scalar(at: position + 1) else { return ["\\"] }
    return next == "\"" ? [next] : ["\\", next]
  }

  private mutating func escape() throws(FilterError) -> Unicode.Scalar {
    let start = position
    position += 2
    switch scalar(at: start + 1) {
    case "\""?: return "\""
    case "\\"?: return "\\"
    case "n"?: return "\n"
    case "r"?: return "\r"
    case "t"?: return "\t"
    case "u"?: return try unicodeEscape(from: start)
    default:
      let end = min(start + 2, source.scalars.count)
      throw source.error(
        start..<end, "\(source.text(of: start..<end)) is not an escape", "Write \\\\ for a backslash.")
    }
  }

  private mutating func unicodeEscape(from start: Int) throws(FilterError) -> Unicode.Scalar {
    let digits = source.scalars[min(position + 1, source.scalars.count)...].prefix { $0 != "}" && $0 != "\"" }
    guard current == "{", (1...6).contains(digits.count), scalar(at: digits.endIndex) == "}",
      let number = UInt32(filterText(digits), radix: 16), let scalar = Unicode.Scalar(number)
    else {
      throw source.error(
        start..<min(position, source.scalars.count), "\\u wants a code point in braces", "For example \\u{e9}.")
    }
    position = digits.endIndex + 1
    return scalar
  }

  // MARK: What needs no quotes

  /// Whether `text` can stand as a free word.
  static func isBareWord(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first != "!", !FilterParser.isReserved(text), isPlainText(text) else {
      return false
    }
    return consumesAll(text) { scanner throws(FilterError) in _ = try scanner.word() }
  }

  /// Whether `text` can stand after `=`.
  static func isBareValue(_ text: String) -> Bool {
    startsBare(text) && isPlainText(text)
      && consumesAll(text) { scanner throws(FilterError) in _ = try scanner.value(.plain) }
  }

  /// Whether `text` can stand after `:`.
  static func isBareGlob(_ text: String) -> Bool {
    startsBare(text) && consumesAll(text) { scanner throws(FilterError) in _ = try scanner.value(.glob) }
  }

  /// Whether `text` can stand after `~`.
  static func isBarePattern(_ text: String) -> Bool {
    startsBare(text) && consumesAll(text) { scanner throws(FilterError) in _ = try scanner.value(.pattern) }
  }

  private static func startsBare(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return first != "\"" && !isOperator(first)
  }

  /// Hidden scalars are better seen as escapes, and those need quotes.
  private static func isPlainText(_ text: String) -> Bool {
    !text.unicodeScalars.contains(where: FilterPrinter.isHidden)
  }

  private static func consumesAll(
    _ text: String, _ pass: (inout FilterScanner) throws(FilterError) -> Void
  ) -> Bool {
    var scanner = FilterScanner(FilterSource(text))
    do throws(FilterError) { try pass(&scanner) } catch { return false }
    return scanner.isAtEnd
  }

  /// Letters of which operators are made; a bare value can not begin with one.
  static func isOperator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "=" || scalar == "~" || scalar == "<" || scalar == ">" || scalar == ":"
  }
}
