// The filter of a subscription: which messages it gets, by their attributes
// (https://cloud.google.com/pubsub/docs/subscription-message-filter#filtering_syntax).
//
//   expression = term {AND term} | term {OR term}     no mixing without parentheses
//   term       = [NOT | -] (comparison | "(" expression ")")
//   comparison = attributes:KEY | attributes.KEY = VALUE | attributes.KEY != VALUE
//              | hasPrefix(attributes.KEY, VALUE)
//
// "If the message doesn't have the attribute, attributes.KEY != VALUE holds".

import CloudModel

/// A parsed filter.
indirect enum PubsubFilter: Equatable, Sendable {
  case has(String)
  case equals(String, String)
  case differs(String, String)
  case prefix(String, String)
  case not(PubsubFilter)
  case all([PubsubFilter])
  case any([PubsubFilter])

  /// "Maximum filter length: 256 bytes".
  static let longest = 256

  /// Throws INVALID_ARGUMENT with the column of what is wrong.
  init(_ text: String) throws(Refusal) {
    guard text.utf8.count <= Self.longest else { throw .badFilter("longer than 256 bytes", at: Self.longest + 1) }
    var parser = try FilterParser(text)
    self = try parser.whole()
  }

  func matches(_ attributes: JSONObject) -> Bool {
    switch self {
    case .has(let key): attributes[key] != nil
    case .equals(let key, let value): attributes[key]?.string == value
    case .differs(let key, let value): attributes[key]?.string != value
    case .prefix(let key, let value): attributes[key]?.string?.utf8.starts(with: value.utf8) == true
    case .not(let filter): !filter.matches(attributes)
    case .all(let filters): filters.allSatisfy { $0.matches(attributes) }
    case .any(let filters): filters.contains { $0.matches(attributes) }
    }
  }
}

/// One word or sign, with where it stands.
private struct FilterToken {
  enum Kind: Equatable {
    case word(String)
    case quoted(String)
    case sign(String)
    case end
  }

  let kind: Kind
  /// Counted from 1.
  let column: Int
}

private struct FilterParser {
  private let tokens: [FilterToken]
  private var position = 0

  init(_ text: String) throws(Refusal) { tokens = try Self.tokens(Array(text)) }

  mutating func whole() throws(Refusal) -> PubsubFilter {
    let filter = try expression()
    guard token.kind == .end else { throw unexpected("AND, OR or the end") }
    return filter
  }

  // MARK: Grammar

  private mutating func expression() throws(Refusal) -> PubsubFilter {
    let first = try term()
    guard case .word(let joint) = token.kind, joint == "AND" || joint == "OR" else { return first }
    var terms = [first]
    while token.kind == .word(joint) {
      position += 1
      terms.append(try term())
    }
    // "You can't mix AND and OR without parentheses".
    if token.kind == .word("AND") || token.kind == .word("OR") {
      throw .badFilter("AND and OR need parentheses to stand together", at: token.column)
    }
    return joint == "AND" ? .all(terms) : .any(terms)
  }

  private mutating func term() throws(Refusal) -> PubsubFilter {
    if token.kind == .word("NOT") || token.kind == .sign("-") {
      position += 1
      return .not(try term())
    }
    if accept("(") {
      let filter = try expression()
      try expect(")")
      return filter
    }
    return try comparison()
  }

  private mutating func comparison() throws(Refusal) -> PubsubFilter {
    if token.kind == .word("hasPrefix") {
      position += 1
      try expect("(")
      try attributes()
      try expect(".")
      let key = try text("an attribute's name")
      try expect(",")
      let value = try text("a value")
      try expect(")")
      return .prefix(key, value)
    }
    try attributes()
    if accept(":") { return .has(try text("an attribute's name")) }
    try expect(".")
    let key = try text("an attribute's name")
    if accept("!=") { return .differs(key, try text("a value")) }
    try expect("=")
    return .equals(key, try text("a value"))
  }

  private mutating func attributes() throws(Refusal) {
    guard token.kind == .word("attributes") else { throw unexpected("attributes, hasPrefix, NOT or '('") }
    position += 1
  }

  private mutating func text(_ what: String) throws(Refusal) -> String {
    switch token.kind {
    case .word(let text), .quoted(let text):
      position += 1
      return text
    default: throw unexpected(what)
    }
  }

  private mutating func accept(_ sign: String) -> Bool {
    guard token.kind == .sign(sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: String) throws(Refusal) {
    guard accept(sign) else { throw unexpected("'\(sign)'") }
  }

  private var token: FilterToken { tokens[position] }

  private func unexpected(_ wanted: String) -> Refusal { .badFilter("expected \(wanted)", at: token.column) }

  // MARK: Words

  private static func tokens(_ text: [Character]) throws(Refusal) -> [FilterToken] {
    var tokens: [FilterToken] = []
    var place = 0
    while place < text.count {
      let (start, letter) = (place, text[place])
      place += 1
      if letter.isWhitespace { continue }
      if letter == "\"" {
        tokens.append(FilterToken(kind: .quoted(try quoted(text, &place)), column: start + 1))
      } else if isWord(letter) {
        while place < text.count, isWord(text[place]) { place += 1 }
        tokens.append(FilterToken(kind: .word(String(text[start..<place])), column: start + 1))
      } else if letter == "!", place < text.count, text[place] == "=" {
        place += 1
        tokens.append(FilterToken(kind: .sign("!="), column: start + 1))
      } else if "().,:=-".contains(letter) {
        tokens.append(FilterToken(kind: .sign(String(letter)), column: start + 1))
      } else {
        throw .badFilter("unexpected \"\(letter)\"", at: start + 1)
      }
    }
    return tokens + [FilterToken(kind: .end, column: text.count + 1)]
  }

  private static func isWord(_ letter: Character) -> Bool { letter.isLetter || letter.isNumber || letter == "_" }

  /// After the opening quote; `\` keeps the character after it.
  private static func quoted(_ text: [Character], _ place: inout Int) throws(Refusal) -> String {
    let start = place
    var value = ""
    while place < text.count {
      let letter = text[place]
      place += 1
      if letter == "\"" { return value }
      if letter == "\\", place < text.count {
        value.append(text[place])
        place += 1
      } else {
        value.append(letter)
      }
    }
    throw .badFilter("a quoted text without its end", at: start)
  }
}
