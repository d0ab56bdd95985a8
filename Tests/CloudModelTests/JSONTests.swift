// The JSON reader is checked against Foundation's on texts both must agree
// about, and on its own for what Foundation loses.

import CloudModel
import Foundation
import Testing

@Suite struct JSONTests {
  @Test func `order of keys and spelling of numbers survive a round trip`() throws {
    let text = #"{"b":1.50,"a":[1e3,-0,12345678901234567890],"slash":"a/b","nothing":null}"#
    #expect(try JSON(parsing: text).compact == text)
  }

  @Test func `a repeated key keeps its place and its last value`() throws {
    #expect(try JSON(parsing: #"{"a":1,"b":2,"a":3}"#).compact == #"{"a":3,"b":2}"#)
  }

  @Test(arguments: [
    (#""\u00e7\u00E3o""#, "ção"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"),
    (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"),
  ])
  func `escapes are resolved`(text: String, value: String) throws {
    #expect(try JSON(parsing: text) == .string(value))
  }

  @Test func `broken UTF-8 is repaired, not refused`() throws {
    #expect(try JSON(parsing: [0x22, 0xFF, 0x61, 0x22]) == .string("\u{FFFD}a"))
  }

  @Test(arguments: [
    ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\" 1}", 1, 6), ("{\n  \"a\": tru\n}", 2, 8), ("[1] x", 1, 5),
    ("01", 1, 1), ("1.", 1, 3), ("1e", 1, 3), ("-", 1, 1), ("\"a", 1, 3), ("\"\\x\"", 1, 3), ("{a:1}", 1, 2),
    ("[1 2]", 1, 4), ("nul", 1, 1), ("\"\\u12\"", 1, 4), ("<html>", 1, 1), ("{\"a\":1,}", 1, 8), ("\"a\nb\"", 1, 3),
  ])
  func `an error names its line and column`(text: String, line: Int, column: Int) {
    #expect {
      try JSON(parsing: text)
    } throws: { error in
      guard let error = error as? JSONError else { return false }
      return (error.line, error.column) == (line, column)
    }
  }

  @Test func `nesting has a limit, so that hostile text cannot exhaust the stack`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSON(parsing: deep) }
  }

  @Test func `control characters leave escaped`() {
    #expect(JSON.string("\u{1}\u{7F}\u{1B}").compact == #""\u0001\u007f\u001b""#)
  }

  @Test func `pretty text is indented by two`() throws {
    let value = try JSON(parsing: #"{"a":[1,{"b":[]}],"c":{}}"#)
    #expect(
      value.pretty == """
        {
          "a": [
            1,
            {
              "b": []
            }
          ],
          "c": {}
        }
        """)
  }

  /// Random trees printed by this code must mean the same to Foundation's parser, and the other way round.
  @Test func `Foundation reads what is printed here, and this code what Foundation prints`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let tree = randomTree(depth: 4, &random)
      let theirs = try JSONSerialization.jsonObject(with: tree.data, options: .fragmentsAllowed)
      let back = try JSONSerialization.data(withJSONObject: [theirs], options: [])
      let again = try JSON(parsing: back)
      #expect(sorted(again) == sorted(.array([tree])))
    }
  }

  @Test func `random bytes never crash the reader`() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("{}[]\",:\\u0123456789eE+-.truefalsn \n\u{1}".utf8) + [0xFF, 0xC3]
    for _ in 0..<20_000 {
      let length = Int.random(in: 0..<24, using: &random)
      let text = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let accepted = Result { try JSON(parsing: text) }
      if case .success(let value) = accepted { #expect((try? JSON(parsing: value.compact)) == value) }
    }
  }

  private func randomTree(depth: Int, _ random: inout some RandomNumberGenerator) -> JSON {
    switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .integer(Int.random(in: -1_000_000...1_000_000, using: &random))
    case 3: .string(String((0..<5).map { _ in "aé\"\\/\n😀\u{1}".randomElement(using: &random) ?? "a" }))
    case 4: .array((0..<3).map { _ in randomTree(depth: depth - 1, &random) })
    default: .object(JSONObject((0..<3).map { ("k\($0)", randomTree(depth: depth - 1, &random)) }))
    }
  }

  /// Foundation does not keep the order of keys, so trees are compared without it.
  private func sorted(_ value: JSON) -> JSON {
    switch value {
    case .array(let elements): .array(elements.map(sorted))
    case .object(let object):
      .object(JSONObject(object.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
    default: value
    }
  }
}
