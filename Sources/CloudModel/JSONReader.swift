// The one JSON parser: a pull parser over UTF-8 bytes.
//
// Nouns are read straight from the bytes, without a tree in between: a page of
// 1,000 tasks takes 2 ms instead of the 18 ms of JSONDecoder (swift-notes.md,
// section 6). Trees (`JSON`) are read by the same code, so there is one set of
// rules. The grammar is RFC 8259, strictly: a console that guesses at broken
// JSON shows what nobody sent.

import Foundation

/// What is wrong with a JSON text, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One-based, in bytes for the column, as editors count ASCII text.
  package let line: Int
  package let column: Int
  package let reason: String

  package init(line: Int, column: Int, reason: String) {
    (self.line, self.column, self.reason) = (line, column, reason)
  }

  package var description: String { "line \(line), column \(column): \(reason)" }
}

/// Reads one JSON text from front to back. Each call consumes exactly one value.
package struct JSONReader: ~Copyable {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var depth = 0

  /// Deeper nesting is refused, so that hostile input cannot exhaust the stack.
  private static let deepest = 200

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Reads the whole of `data` with `body`; what follows the value may only be white space.
  package static func read<Value>(
    _ data: some Sequence<UInt8>, _ body: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    let result = data.withContiguousStorageIfAvailable { readAll($0, body) } ?? readAll(ContiguousArray(data), body)
    return try result.get()
  }

  private static func readAll<Value>(
    _ array: ContiguousArray<UInt8>, _ body: (inout JSONReader) throws(JSONError) -> Value
  ) -> Result<Value, JSONError> {
    array.withUnsafeBufferPointer { readAll($0, body) }
  }

  private static func readAll<Value>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (inout JSONReader) throws(JSONError) -> Value
  ) -> Result<Value, JSONError> {
    var reader = JSONReader(bytes: bytes)
    do throws(JSONError) {
      let value = try body(&reader)
      try reader.end()
      return .success(value)
    } catch {
      return .failure(error)
    }
  }

  // MARK: Values

  /// Reads any value as a tree.
  package mutating func value() throws(JSONError) -> JSON {
    switch peek() {
    case UInt8(ascii: "{"):
      var object = JSONObject()
      try members { key, reader throws(JSONError) in object[key] = try reader.value() }
      return .object(object)
    case UInt8(ascii: "["):
      var array: [JSON] = []
      try elements { reader throws(JSONError) in array.append(try reader.value()) }
      return .array(array)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try bool())
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    default: return .number(try numberText())
    }
  }

  /// Calls `body` for each member of an object; `body` must consume the value.
  package mutating func members(
    _ body: (String, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try open(UInt8(ascii: "{"), named: "an object")
    if close(UInt8(ascii: "}")) { return }
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key in double quotes") }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw failure("expected ':' after the key \"\(key)\"") }
      try body(key, &self)
    } while take(UInt8(ascii: ","))
    guard close(UInt8(ascii: "}")) else { throw failure("expected ',' or '}'") }
  }

  /// As `members`, passing over members whose value is null: to Google's APIs a null field is an unset one.
  package mutating func fields(
    _ body: (String, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try members { key, reader throws(JSONError) in
      if reader.peek() == UInt8(ascii: "n") { return try reader.literal("null") }
      try body(key, &reader)
    }
  }

  /// Calls `body` for each element of an array; `body` must consume the value.
  package mutating func elements(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
    try open(UInt8(ascii: "["), named: "a list")
    if close(UInt8(ascii: "]")) { return }
    repeat { try body(&self) } while take(UInt8(ascii: ","))
    guard close(UInt8(ascii: "]")) else { throw failure("expected ',' or ']'") }
  }

  /// Passes over one value of any kind.
  package mutating func skip() throws(JSONError) {
    switch peek() {
    case UInt8(ascii: "{"): try members { _, reader throws(JSONError) in try reader.skip() }
    case UInt8(ascii: "["): try elements { reader throws(JSONError) in try reader.skip() }
    default: _ = try value()
    }
  }

  package mutating func bool() throws(JSONError) -> Bool {
    switch peek() {
    case UInt8(ascii: "t"):
      try literal("true")
      return true
    case UInt8(ascii: "f"):
      try literal("false")
      return false
    default: throw failure("expected true or false")
    }
  }

  /// A whole number; proto3 JSON writes 64-bit ones as strings, so both spellings are read.
  package mutating func integer() throws(JSONError) -> Int {
    let start = position
    let text = peek() == UInt8(ascii: "\"") ? try string() : try numberText()
    guard let value = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
      position = start
      throw failure("expected a whole number")
    }
    return value
  }

  /// A number, or a number in quotes.
  package mutating func double() throws(JSONError) -> Double {
    let start = position
    let text = peek() == UInt8(ascii: "\"") ? try string() : try numberText()
    guard let value = Double(text) else {
      position = start
      throw failure("expected a number")
    }
    return value
  }

  /// A name of an open set. Google's Python clients send and accept the number of the name (`enum-encoding=int`);
  /// a number outside `names` is kept as its digits.
  package mutating func enumeration(_ names: [String]) throws(JSONError) -> String {
    if peek() == UInt8(ascii: "\"") { return try string() }
    let number = try integer()
    return names.indices.contains(number) ? names[number] : String(number)
  }

  /// A string with its escapes resolved. Broken UTF-8 is repaired with U+FFFD, a lone surrogate likewise.
  package mutating func string() throws(JSONError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("expected a string") }
    position += 1
    let start = position
    var end = start
    while end < bytes.count {
      switch bytes[end] {
      case UInt8(ascii: "\""):
        position = end + 1
        return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
      case UInt8(ascii: "\\"):
        position = end
        return try escapedString(from: start)
      case 0..<0x20:
        position = end
        throw failure("a control character inside a string must be escaped")
      default: end += 1
      }
    }
    position = end
    throw failure("the string is not closed")
  }

  /// A string that `body` reads in place. Where it has escapes, or `body` gives nil, it is left for `string`.
  mutating func plainString<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value?) -> Value? {
    guard peek() == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    var end = start
    while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\\") {
      if bytes[end] == UInt8(ascii: "\"") {
        guard let value = body(UnsafeBufferPointer(rebasing: bytes[start..<end])) else { return nil }
        position = end + 1
        return value
      }
      end += 1
    }
    return nil
  }

  // MARK: Grammar

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var text = ContiguousArray(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20:
        position -= 1
        throw failure("a control character inside a string must be escaped")
      default: text.append(byte)
      }
    }
    throw failure("the string is not closed")
  }

  private mutating func escape(into text: inout ContiguousArray<UInt8>) throws(JSONError) {
    guard position < bytes.count else { throw failure("the string is not closed") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeEscape()).utf8)
    default:
      position -= 1
      throw failure("unknown escape '\\\(Character(Unicode.Scalar(byte)))'")
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Character {
    let first = try hexadecimal()
    if (0xD800..<0xDC00).contains(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    {
      let mark = position
      position += 2
      let second = try hexadecimal()
      if (0xDC00..<0xE000).contains(second) {
        let scalar = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        return Unicode.Scalar(scalar).map(Character.init) ?? "\u{FFFD}"
      }
      position = mark
    }
    return Unicode.Scalar(first).map(Character.init) ?? "\u{FFFD}"
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure("\\u wants four hexadecimal digits") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw failure("\\u wants four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func numberText() throws(JSONError) -> String {
    skipSpace()
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let leading = current
    guard digits() > 0 else {
      position = start
      throw failure(start < bytes.count ? "expected a value" : "the text ends where a value was expected")
    }
    if leading == UInt8(ascii: "0"), position - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
      position = start
      throw failure("a number may not begin with 0")
    }
    if current == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw failure("expected a digit after the point") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw failure("expected a digit in the exponent") }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func literal(_ text: StaticString) throws(JSONError) {
    skipSpace()
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count,
      zip(bytes[position..<end], UnsafeBufferPointer(start: text.utf8Start, count: end - position))
        .allSatisfy({ $0 == $1 })
    else { throw failure("expected a value") }
    position = end
  }

  private mutating func open(_ bracket: UInt8, named name: String) throws(JSONError) {
    guard take(bracket) else { throw failure("expected \(name)") }
    depth += 1
    guard depth <= Self.deepest else { throw failure("nested deeper than \(Self.deepest) levels") }
  }

  private mutating func close(_ bracket: UInt8) -> Bool {
    guard take(bracket) else { return false }
    depth -= 1
    return true
  }

  private mutating func end() throws(JSONError) {
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the value") }
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func peek() -> UInt8? {
    skipSpace()
    return current
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// An error at the present position. Lines are counted only now: errors are rare, values are not.
  package func failure(_ reason: String) -> JSONError {
    let before = bytes[..<min(position, bytes.count)]
    let line = 1 + before.count { $0 == 0x0A }
    let column = 1 + position - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
    return JSONError(line: line, column: column, reason: reason)
  }
}

extension JSON {
  /// Parses a JSON text.
  package init(parsing data: some Sequence<UInt8>) throws(JSONError) {
    self = try JSONReader.read(data) { reader throws(JSONError) in try reader.value() }
  }

  /// Parses a JSON text.
  package init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}
