// The regular expressions of filters against ICU's, and against the patterns ICU can not do in time.

import Foundation
import Testing

@testable import Operations

struct FilterPatternTests {
  @Test(arguments: [
    ("", "anything", true), ("^$", "", true), ("^$", "a", false), ("a.c", "xabcx", true), ("a.c", "a\nc", false),
    ("(?s)a.c", "a\nc", true), ("(?i)SEND", "resend", true), ("(?i)straße", "STRAßE", true), ("(?i)Ä", "ä", true),
    ("(?i:a)B", "AB", true), ("(?i:a)B", "Ab", false), ("[^a-c]", "abc", false), ("[]x]", "]", true),
    ("[a-]", "-", true), ("[\\d_]+$", "a1_2", true), ("x{2,3}y", "xxy", true), ("^x{2,3}y", "xy", false),
    ("a{,3}", "a{,3}", true), ("a{b", "a{b", true), ("\\bapp\\b", "the app.", true), ("\\bapp\\b", "apple", false),
    ("\\Bpp", "app", true), ("\\x2f\\u00e9\\x{1F600}", "/é😀", true), ("^.$", "é", true), ("^.$", "😀", true),
    ("[à-ü]", "é", true), ("[^é]", "é", false), ("[😀-😂]", "😁", true), ("(?P<n>a)(?<m>b)", "ab", true),
    ("[[:alpha:]]+[[:digit:]]", "ab1", true), ("\\.", "a", false), ("(a|b|)c$", "c", true), ("\\A\\d+\\z", "12", true),
  ])
  func `an expression finds what it says`(pattern: String, text: String, expected: Bool) throws {
    let pattern = try FilterPattern(pattern)
    #expect(pattern.matches(text) == expected)
    #expect(pattern.matchesSlowly(text) == expected)
  }

  @Test func `random expressions agree with ICU`() throws {
    var random = SplitMix(state: 5)
    let atoms = [
      "a", "b", "c", ".", "[ab]", "[^a]", "\\d", "\\w", "(a|bc)", "(?:b*c)", "^", "$", "\\b", "é", "(ab|a)", "1",
    ]
    let counts = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?"]
    var matched = 0
    for _ in 0..<400 {
      let source = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        let atom = random.pick(atoms)
        return atom == "^" || atom == "$" || atom == "\\b" ? atom : atom + random.pick(counts)
      }.joined(separator: random.chance(15) ? "|" : "")
      let pattern = try FilterPattern(source)
      let peer = try NSRegularExpression(pattern: source)
      for _ in 0..<12 {
        let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in random.pick(["a", "b", "c", "1", "é", "-"]) }
          .joined()
        // ICU takes é for a word character.
        if source.contains("\\b") || source.contains("\\w"), text.contains("é") { continue }
        let expected = peer.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        if expected { matched += 1 }
        #expect(pattern.matches(text) == expected, "\(source) in \(text)")
        #expect(pattern.matchesSlowly(text) == expected, "\(source) in \(text), slowly")
      }
    }
    #expect(matched > 500)
  }

  @Test func `patterns that never end elsewhere end here`() throws {
    let text = String(repeating: "a", count: 5000) + "!"
    for source in ["(a+)+$", "(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){10}$"] {
      #expect(try !FilterPattern(source).matches(text), "\(source)")
    }
  }

  /// The table for it would have more than 2^12 states.
  @Test func `an expression too large for a table is run as it is`() throws {
    let pattern = try FilterPattern("(a|b)*a(a|b){12}c")
    #expect(!pattern.isPrepared)
    #expect(pattern.matches("bbabababbababbac"))
    #expect(!pattern.matches("bbbbbbbbbbbbbbbbbbbbbbbc"))
  }

  @Test(arguments: ["((((a{1000}){1000}){1000}){1000})", "(((((){1000}){1000}){1000}){1000})", "[^a]{1000}"])
  func `an expression of monstrous size is refused at once`(source: String) {
    #expect(throws: FilterPatternError.self) { try FilterPattern(source) }
  }

  /// All scalars around the borders of UTF-8's lengths.
  @Test func `ranges of scalars are ranges of bytes`() throws {
    let borders: [UInt32] = [0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF]
    var random = SplitMix(state: 3)
    for _ in 0..<200 {
      let ends = [random.pick(borders), random.pick(borders)].map {
        min($0 + UInt32.random(in: 0...70, using: &random), 0x10FFFF)
      }
      let range = min(ends[0], ends[1])...max(ends[0], ends[1])
      let sequences = UTF8Ranges.sequences(range)
      for value in borders.flatMap({ [$0, $0 &- 1, $0 &+ 40] }) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        let bytes = Array(String(scalar).utf8)
        let count = sequences.count { $0.count == bytes.count && zip($0, bytes).allSatisfy { $0.contains($1) } }
        #expect(count == (range.contains(value) ? 1 : 0), "\(value) in \(range)")
      }
    }
  }
}
