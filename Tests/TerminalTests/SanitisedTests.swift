// Hostile text.

import Testing

@testable import Terminal

@Suite struct SanitisedTests {
  @Test(arguments: [
    ("plain text", "plain text"),
    ("\u{1B}[2J\u{1B}]0;owned\u{7}", "␛[2J␛]0;owned␇"),
    ("a\tb", "a b"),
    ("a\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g", "a⏎b⏎c⏎d⏎e⏎f⏎g"),
    ("\u{0}\u{1}\u{7F}", "␀␁␡"),
    ("\u{9B}31m\u{90}", "�31m�"),
    ("user\u{202E}gpj.exe", "user�gpj.exe"),
    ("\u{2066}a\u{2069}\u{200E}\u{200F}\u{61C}", "�a����"),
    ("pay\u{200B}pal\u{2060}\u{FEFF}", "paypal"),
    ("soft\u{AD}hyphen", "softhyphen"),
    ("tag\u{E0041}\u{E0042}", "tag"),
    ("\u{FFFE}", "�"),
    ("\u{FFF9}a\u{FFFB}", "�a�"),
    ("a\u{FE00}", "a"),
    ("\u{3164}", ""),
    ("👨‍👩‍👧 🇩🇪 ❤️ 1️⃣ 👍🏽", "👨‍👩‍👧 🇩🇪 ❤️ 1️⃣ 👍🏽"),
    ("a\u{200D}b", "ab"),
    ("e\u{301} 漢字 한글 العربية हिन्दी", "e\u{301} 漢字 한글 العربية हिन्दी"),
  ])
  func `what could act on a terminal is shown or taken out`(text: String, shown: String) {
    #expect(sanitised(text) == shown)
  }

  @Test func `a letter keeps four of a thousand accents`() {
    let zalgo = "a" + String(repeating: "\u{301}", count: 1000) + "b"
    #expect(sanitised(zalgo).unicodeScalars.count == 6)
  }

  @Test func `an emoji can not be made longer than the longest real one`() {
    let chain = "👩" + String(repeating: "\u{200D}👩", count: 500)
    #expect(sanitised(chain).unicodeScalars.count <= 16)
  }

  @Test func `broken UTF-8 is repaired`() {
    #expect(sanitised(bytes: [0x61, 0xFF, 0x62, 0xE6, 0xBC]) == "a�b�")
  }

  @Test func `sanitising twice changes nothing more`() {
    for text in ["\u{1B}[31m\u{202E}x", "a\nb", "👩\u{200B}\u{200D}💻", "a\u{200B}\u{301}"] {
      #expect(sanitised(sanitised(text)) == sanitised(text))
    }
  }

  /// A small generator with a seed, so that a failure can be repeated (SplitMix64).
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// Text of the kinds that break screens: random bytes, and random code points out of the awkward blocks.
  private static func awkwardText(_ random: inout Generator) -> String {
    if Bool.random(using: &random) {
      return String(decoding: (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self)
    }
    let blocks: [ClosedRange<UInt32>] = [
      0x00...0x9F, 0x300...0x36F, 0x600...0x61F, 0x900...0x97F, 0x1100...0x11FF, 0x200B...0x206F, 0x4E00...0x4E20,
      0xFE00...0xFE0F, 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0x1F466...0x1F469, 0xE0000...0xE007F, 0xFFF0...0xFFFF,
    ]
    let scalars = (0..<40).compactMap { _ in
      blocks.randomElement(using: &random).flatMap { Unicode.Scalar(UInt32.random(in: $0, using: &random)) }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private func isHarmless(_ cell: Cell) -> Bool {
    cell.text.unicodeScalars.allSatisfy { scalar in
      Visibility.of(scalar) == .shown || scalar.value == 0x200D || scalar.value == 0xFE0F
    } && cell.text.unicodeScalars.count <= 16
  }

  @Test(arguments: [true, false])
  func `no text makes a harmful cell or a row of another width`(isSanitised: Bool) {
    var random = Generator(state: 2026)
    for _ in 0..<3000 {
      let raw = SanitisedTests.awkwardText(&random)
      let text = isSanitised ? sanitised(raw) : raw
      var frame = Frame(size: Size(columns: 30, rows: 1))
      let used = frame.put(text, at: Point(column: Int.random(in: -3...28, using: &random), row: 0))
      frame.put(text, at: Point(column: Int.random(in: 0...28, using: &random), row: 0), maxWidth: 7)
      #expect(used == TextWidth.of(text))
      #expect(TextWidth.of(TextWidth.clip(text, to: 7)) <= 7)
      #expect(frame.row(0).allSatisfy(isHarmless), "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
      #expect(frame.row(0).reduce(0) { $0 + $1.width } == 30)
      if isSanitised { #expect(text.unicodeScalars.allSatisfy { !$0.properties.isBidiControl }) }
    }
  }
}
