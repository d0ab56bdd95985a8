// The grammar of the filter language (DESIGN.md section 5):
//
//   any     = all { "|" all }
//   all     = term { blank term }
//   term    = { "!" } ( "(" any ")" | '"' text '"' | field operator value | word )
//
// A word that is the name of a flag is the flag, any other is a text to search for.

import CloudModel

/// A field as it was named, for errors that come later.
struct FilterMention: Equatable, Sendable {
  let field: FilterField
  let range: Range<Int>
}

struct FilterParser {
  private let source: FilterSource
  private let kind: ResourceKind?
  private var scanner: FilterScanner
  private var depth = 0
  /// The fields named, in order.
  private(set) var mentions: [FilterMention] = []

  /// Deeper groups are refused, so that hostile text can not exhaust the stack.
  private static let deepest = 100

  init(_ source: FilterSource, kind: ResourceKind?) {
    (self.source, self.kind, scanner) = (source, kind, FilterScanner(source))
  }

  /// Reads the whole text.
  mutating func parse() throws(FilterError) -> FilterNode {
    scanner.skipBlanks()
    if scanner.isAtEnd { return .all([]) }
    let node = try any()
    guard scanner.isAtEnd else { throw error(1, "this ) closes nothing", "Put it in quotes to search for it.") }
    return node
  }

  private mutating func any() throws(FilterError) -> FilterNode {
    var nodes = [try all()]
    while scanner.current == "|" {
      scanner.position += 1
      nodes.append(try all())
    }
    return .joined(any: nodes)
  }

  private mutating func all() throws(FilterError) -> FilterNode {
    var nodes: [FilterNode] = []
    scanner.skipBlanks()
    while let current = scanner.current, current != ")", current != "|" {
      nodes.append(try term(isFirst: nodes.isEmpty))
      scanner.skipBlanks()
    }
    guard !nodes.isEmpty else { throw nothingHere() }
    return .joined(all: nodes)
  }

  private func nothingHere() -> FilterError {
    switch (scanner.current, lastScalar) {
    case ("|"?, "|"?): error(1, "nothing stands between | and |", "One | means or.")
    case ("|"?, _): error(1, "nothing stands before |")
    case (_, "|"?): error(0, "nothing follows |")
    case (")"?, "("?): error(1, "the group is empty", "Put ( and ) in quotes to search for them.")
    case (")"?, _): error(1, "this ) closes nothing", "Put it in quotes to search for it.")
    default: error(0, "the group is not closed")
    }
  }

  /// The last scalar before here that is not blank.
  private var lastScalar: Unicode.Scalar? {
    source.scalars[..<scanner.position].last { !FilterScanner.isBlank($0) }
  }

  private mutating func term(isFirst: Bool) throws(FilterError) -> FilterNode {
    var isNegated = false
    while scanner.current == "!", scanner.comparison(at: scanner.position) == nil {
      isNegated.toggle()
      scanner.position += 1
      scanner.skipBlanks()
    }
    let node = try primary(isFirst: isFirst)
    return isNegated ? .negated(node) : node
  }

  private mutating func primary(isFirst: Bool) throws(FilterError) -> FilterNode {
    switch scanner.current {
    case nil, ")"?, "|"?: throw error(0, "nothing follows !")
    case "("?: return try group()
    case "\""?:
      let word = try scanner.value(.plain)
      try mustEnd(after: "the quote")
      return .text(FilterNeedle(word.text))
    default: break
    }
    let range = try scanner.word()
    guard let sign = scanner.comparison(at: scanner.position) else { return try bareWord(range, isFirst: isFirst) }
    if range.isEmpty { throw missingField(sign.length) }
    return try comparison(range, sign)
  }

  private mutating func group() throws(FilterError) -> FilterNode {
    let start = scanner.position
    depth += 1
    guard depth <= Self.deepest else { throw error(1, "groups are nested deeper than \(Self.deepest) levels") }
    scanner.position += 1
    let node = try any()
    guard scanner.current == ")" else { throw source.error(start..<start + 1, "the group is not closed") }
    scanner.position += 1
    depth -= 1
    try mustEnd(after: "the group")
    return node
  }

  // MARK: Words

  private mutating func bareWord(_ range: Range<Int>, isFirst: Bool) throws(FilterError) -> FilterNode {
    try mustEnd(after: "the word")
    let text = source.text(of: range)
    if Self.isReserved(text), let meaning = misuse(of: text, isFirst: isFirst) {
      throw source.error(
        range, "\(text) is not a word of this language", meaning + ", and quotes to search for the text.")
    }
    return FilterFlag(rawValue: text).map(FilterNode.flag) ?? .text(FilterNeedle(text))
  }

  /// Words that other filter languages have. Taken for texts, they would quietly change what is selected, so between
  /// terms they are refused.
  static func isReserved(_ text: String) -> Bool {
    ["and", "or", "not", "&", "&&"].contains(text.lowercased())
  }

  /// What to write instead; nil where the word can only be a text.
  private func misuse(of text: String, isFirst: Bool) -> String? {
    var ahead = scanner
    ahead.skipBlanks()
    let isLast = ahead.isAtEnd || ahead.current == ")" || ahead.current == "|"
    switch text.lowercased() {
    case "not": return isLast ? nil : "Write ! for not"
    case "or": return isFirst || isLast ? nil : "Write | for or"
    default: return isFirst || isLast ? nil : "Write a blank for and"
    }
  }

  /// A term ends where something separates it from the next.
  private func mustEnd(after what: String) throws(FilterError) {
    guard let current = scanner.current, !FilterScanner.isBlank(current), current != ")", current != "|" else { return }
    throw error(1, "a blank is missing after \(what)", "Put a value with blanks, quotes, ( ) or | in quotes.")
  }

  // MARK: Comparisons

  private func missingField(_ length: Int) -> FilterError {
    let sign = source.text(of: scanner.position..<scanner.position + length)
    return error(
      length, "no field stands before \(sign)",
      "Write field\(sign)value without blanks, or quotes to search for the text.")
  }

  private mutating func comparison(
    _ range: Range<Int>, _ sign: (comparison: FilterComparison, isNegated: Bool, length: Int)
  ) throws(FilterError) -> FilterNode {
    let field = try FilterFieldReader(source: source, kind: kind).field(range)
    mentions.append(FilterMention(field: field, range: range))
    let start = scanner.position
    scanner.position += sign.length
    try checkOperator(start..<scanner.position)
    let word = try value(of: sign.comparison, start..<scanner.position)
    let reader = FilterOperandReader(source: source, field: field, comparison: sign.comparison, sign: start)
    let test = FilterNode.test(try reader.test(word))
    return sign.isNegated ? .not(test) : test
  }

  private func checkOperator(_ sign: Range<Int>) throws(FilterError) {
    guard let next = scanner.current, FilterScanner.isOperator(next) else { return }
    let wrong = source.text(of: sign.lowerBound..<sign.upperBound + 1)
    let meant = [
      "==": "=", "=~": "~", "=>": ">=", "=<": "<=", "<>": "!=", ":=": "=", "~=": "~", "::": ":", "!==": "!=",
    ][wrong]
    throw source.error(
      sign.lowerBound..<sign.upperBound + 1, "there is no operator \(wrong)",
      meant.map { "Write \($0), or put a value that begins so in quotes." }
        ?? "Put a value that begins so in quotes.")
  }

  private mutating func value(of comparison: FilterComparison, _ sign: Range<Int>) throws(FilterError) -> FilterWord {
    let mode: FilterScanner.Mode =
      switch comparison {
      case .pattern: .pattern
      case .glob: .glob
      default: .plain
      }
    let word = try scanner.value(mode)
    guard word.isQuoted || !word.scalars.isEmpty else {
      throw source.error(
        scanner.position..<scanner.position, "a value is missing after \(source.text(of: sign))",
        scanner.isAtEnd ? nil : "Write it without blanks, or in quotes.")
    }
    try mustEnd(after: "the value")
    return word
  }

  private func error(_ length: Int, _ reason: String, _ remedy: String? = nil) -> FilterError {
    let start = scanner.position
    return source.error(start..<min(start + length, source.scalars.count), reason, remedy)
  }
}
