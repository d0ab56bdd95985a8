// What comes out of a child's bytes: lines, colours, and nothing that acts.

import Testing

@testable import LocalRun

@Suite("Output of a child")
struct LineFilterTests {
  func lines(_ pieces: String...) -> [String] { lines(pieces.map { Array($0.utf8) }) }

  func lines(_ pieces: [[UInt8]]) -> [String] {
    var filter = LineFilter()
    return pieces.flatMap { filter.take($0[...]) } + filter.finish()
  }

  @Test("is cut at line ends, wherever the bytes are cut")
  func cutting() {
    #expect(lines("a\nb", "c\r\nd\r", "\ne") == ["a", "bc", "d", "e"])
    #expect(lines("10%\r20%\r\n") == ["10%", "20%"])
    #expect(lines("\n\n") == ["", ""])
  }

  @Test("keeps colours")
  func colours() {
    #expect(lines("\u{1B}[1;31mred\u{1B}[0m\u{1B}[38:5:1mx") == ["\u{1B}[1;31mred\u{1B}[0m\u{1B}[38:5:1mx"])
  }

  @Test(
    "loses what acts on a terminal",
    arguments: [
      "\u{1B}[2J", "\u{1B}[10;10H", "\u{1B}]0;title\u{07}", "\u{1B}]52;c;YQ==\u{1B}\\", "\u{1B}P+q544e\u{1B}\\",
      "\u{1B}c", "\u{1B}(0", "\u{1B}[?1049h", "\u{07}", "\u{08}", "\0", "\u{9B}2J", "\u{9D}0;t\u{07}", "\u{1B}[>4;1m",
      "\u{1B}[31!m", "\u{7F}", "\u{1B}^x\u{1B}\\",
    ])
  func control(sequence: String) {
    #expect(lines("a\(sequence)b") == ["ab"])
    // Byte by byte as well.
    #expect(lines(Array("a\(sequence)b".utf8).map { [$0] }) == ["ab"])
  }

  @Test("is not swallowed by a sequence without an end")
  func unfinished() {
    #expect(lines("a\u{1B}]0;title\nb") == ["a", "b"])
    #expect(lines("a\u{1B}[12\nb") == ["a", "b"])
    #expect(lines("a\u{1B}") == ["a"])
  }

  @Test("is cut where a line is longer than anybody reads, between characters")
  func longLines() {
    let found = lines(String(repeating: "é", count: 10_000))
    #expect(found.map(\.utf8.count).max() ?? 0 <= LineFilter.longestLine)
    #expect(found.joined() == String(repeating: "é", count: 10_000))
  }

  @Test("that is not UTF-8 becomes text all the same")
  func broken() {
    #expect(lines([[0x61, 0xFF, 0x62, 0xC2, 0x41]]) == ["a\u{FFFD}b\u{FFFD}A"])
    #expect(lines("\u{A0}") == ["\u{A0}"])
  }
}
