// From bytes to keys, pastes and back to bytes, without a terminal.

import Terminal
import Testing

@testable import Curses

@Suite struct KeyDecoderTests {
  private func keys(_ pieces: [Input]...) -> [Key] {
    var decoder = KeyDecoder()
    return pieces.flatMap { piece in
      var rest = piece[...]
      return decoder.keys { rest.popFirst() ?? .nothing }
    }
  }

  private func bytes(_ text: String) -> [Input] { text.utf8.map(Input.byte) }

  @Test func `letters, control characters and wide letters are keys`() {
    #expect(keys(bytes("aé漢👍")) == [.character("a"), .character("é"), .character("漢"), .character("👍")])
    #expect(keys(bytes("\u{04}\u{1C}\u{00}\u{1F}")) == ["Ctrl-D", "Ctrl-\\", "Ctrl-Space", "Ctrl-_"])
    #expect(keys(bytes("\r\n\t\u{08}\u{7F}")) == [.enter, .enter, .tab, .backspace, .backspace])
  }

  @Test func `a character whose bytes come in two reads is one key`() {
    let character = bytes("漢")
    for cut in 1..<character.count {
      #expect(keys(Array(character[..<cut]), Array(character[cut...])) == [.character("漢")])
    }
  }

  @Test func `broken UTF-8 is shown and harms nothing after it`() {
    #expect(keys([.byte(0x80)], bytes("a")) == [.character("�"), .character("a")])
    #expect(keys([.byte(0xE6)], bytes("a")) == [.character("�"), .character("a")])
    #expect(keys([.byte(0xE6)], bytes("é")) == [.character("�"), .character("é")])
    #expect(keys([.byte(0xFF), .byte(0x80), .byte(0x80), .byte(0x80)]).allSatisfy { $0 == .character("�") })
  }

  @Test func `Esc is Esc, alone and before another key`() {
    #expect(keys([.byte(0x1B)]) == [.escape])
    #expect(keys(bytes("\u{1B}q")) == [.escape, .character("q")])
    #expect(keys(bytes("\u{1B}\u{1B}")) == [.escape, .escape])
    #expect(keys([.byte(0x1B), .key(.up)]) == [.escape, .up])
    #expect(keys(bytes("\u{1B}[")) == [.escape, .character("[")])
    #expect(keys(bytes("\u{1B}O")) == [.escape, .character("O")])
    #expect(keys(bytes("\u{1B}é")) == [.escape, .character("é")])
  }

  @Test func `an unknown sequence leaves none of its letters behind`() {
    #expect(keys(bytes("\u{1B}[57;2ux")) == [.character("x")])
    #expect(keys(bytes("\u{1B}[<64;3;4Mx")) == [.character("x")])
    #expect(keys(bytes("\u{1B}[I\u{1B}[O")) == [])
  }

  @Test func `the numeric keypad types digits`() {
    #expect(keys(bytes("\u{1B}Oq\u{1B}Oy\u{1B}OM\u{1B}Ok")) == ["1", "9", .enter, "+"])
  }

  @Test func `keys nobody asked for are left out`() {
    #expect(keys([.unknown, .key(.home), .unknown]) == [.home])
  }
}

@Suite struct MouseReportTests {
  @Test(arguments: [
    ("0;1;1M", Mouse(.press, at: Point(column: 0, row: 0))),
    ("0;300;7m", Mouse(.release, at: Point(column: 299, row: 6))),
    ("64;5;5M", Mouse(.wheelUp, at: Point(column: 4, row: 4))),
    ("65;5;5M", Mouse(.wheelDown, at: Point(column: 4, row: 4))),
  ])
  func `presses, releases and the wheel are read`(report: String, mouse: Mouse) {
    #expect(MouseReport.sgr(Array(report.utf8)) == mouse)
  }

  @Test(arguments: [
    "4;1;1M", "8;1;1M", "16;1;1M", "1;1;1M", "2;1;1M", "32;1;1M", "66;1;1M", "0;0;1M", "0;1M", "0;1;1", "", "x;1;1M",
    "0;-1;1M",
    "0;99999999999999999999;1M",
  ])
  func `Shift, other buttons, motion and what is broken mean nothing`(report: String) {
    #expect(MouseReport.sgr(Array(report.utf8)) == nil)
  }

  @Test func `terminals without the newer reports send three bytes`() {
    #expect(MouseReport.x10([32, 33, 35]) == Mouse(.press, at: Point(column: 0, row: 2)))
    #expect(MouseReport.x10([35, 33, 35]) == Mouse(.release, at: Point(column: 0, row: 2)))
    #expect(MouseReport.x10([96, 40, 40]) == Mouse(.wheelUp, at: Point(column: 7, row: 7)))
    #expect(MouseReport.x10([36, 33, 35]) == nil)
    #expect(MouseReport.x10([32, 33]) == nil)
    #expect(MouseReport.x10([32, 10, 35]) == nil)
  }
}

@Suite struct PasteScannerTests {
  private func text(_ pasted: String) -> String {
    var scanner = PasteScanner()
    var rest = Array((pasted + "\u{1B}[201~tail").utf8)[...]
    while scanner.wanted > 0 {
      let taken = rest.prefix(scanner.wanted)
      scanner.feed(taken)
      rest = rest.dropFirst(taken.count)
    }
    #expect(String(decoding: rest, as: UTF8.self) == "tail")
    return scanner.text
  }

  @Test(arguments: [
    "", "q", "three words here", "漢字 é 👍", "\u{1B}[A", "\u{1B}\u{1B}[201", "\u{1B}[20\u{1B}[2", "D\u{4}X",
  ])
  func `everything up to the end mark is text, and nothing behind it is read`(pasted: String) {
    #expect(text(pasted) == pasted)
  }

  @Test func `carriage returns become line feeds`() {
    #expect(text("a\rb\r\nc\n\rd") == "a\nb\nc\n\nd")
  }

  @Test func `what no one means to paste is dropped at the limit`() {
    var scanner = PasteScanner()
    scanner.feed(repeatElement(UInt8(ascii: "a"), count: PasteScanner.limit + 5))
    #expect(scanner.text.utf8.count == PasteScanner.limit)
  }
}

@Suite struct EmissionTests {
  /// wcwidth() of a C library that does not know the newest emoji.
  private func columns(_ scalar: Unicode.Scalar) -> Int {
    scalar.value == 0x1FAE8 ? -1 : TextWidthOfC.of(scalar)
  }

  /// The few widths these tests need, written down and not taken from the code that is tested.
  private enum TextWidthOfC {
    static func of(_ scalar: Unicode.Scalar) -> Int {
      switch scalar.value {
      case 0x301, 0x200D, 0xFE0F, 0x20E3: 0
      case 0x6F22, 0x1F468, 0x1F469, 0x1F44D, 0x1F3FD: 2
      default: 1
      }
    }
  }

  @Test(arguments: [
    ("a", "a"), ("─", "─"), ("漢", "漢"), ("e\u{301}", "e\u{301}"), ("👨‍👩‍👨", "👨"), ("👍🏽", "👍"), ("🇩🇪", "🇩🇪"),
    ("❤️", "❤ "), ("1️⃣", "1\u{20E3} "), ("\u{1FAE8}", "� "),
  ])
  func `a cell is sent as something every terminal gives the same columns`(text: String, sent: String) {
    var frame = Frame(size: Size(columns: 4, rows: 1))
    frame.put(text, at: Point(column: 0, row: 0))
    #expect(Emission.text(of: frame[Point(column: 0, row: 0)], for: .unicode, columns: columns) == sent)
  }
}
