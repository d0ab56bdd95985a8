// Columns of texts, against what terminals do with them.

import Testing

@testable import Terminal

@Suite struct TextWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("ｆｕｌｌ", 8), ("ﾊﾝ", 2), ("한글", 4), ("각", 2),
    ("─│┌", 3), ("…", 1), ("·", 1), ("→", 1), ("😀", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🧑🏻‍❤️‍💋‍🧑🏼", 2), ("🇩🇪", 2),
    ("🇩", 1), ("❤️", 2), ("❤", 1), ("1️⃣", 2), ("#️⃣", 2), ("⌚", 2), ("क्षि", 3), ("กำ", 2), ("עברית", 5), ("؀", 1),
    ("\u{301}", 0), ("\u{200B}", 0), ("a\u{200D}b", 2), ("\u{FEFF}a", 1), ("\u{AD}", 0), ("𝒳", 1), ("𠀀", 2),
  ])
  func `a text takes the columns that a terminal gives it`(text: String, columns: Int) {
    #expect(TextWidth.of(text) == columns, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
  }

  @Test func `what a frame shows as a dot takes one column`() {
    for text in ["\u{1B}", "\u{7F}", "\u{9B}", "\u{202E}", "\u{2028}"] { #expect(TextWidth.of(text) == 1) }
  }

  @Test func `code points have the width of wcwidth`() {
    #expect(TextWidth.of("\u{1B}" as Unicode.Scalar) == 0)
    #expect(TextWidth.of("\u{301}" as Unicode.Scalar) == 0)
    #expect(TextWidth.of("\u{1160}" as Unicode.Scalar) == 0)
    #expect(TextWidth.of("\u{1100}" as Unicode.Scalar) == 2)
    #expect(TextWidth.of("\u{FFFD}" as Unicode.Scalar) == 1)
  }

  @Test func `the wide ranges are ascending and disjoint`() {
    let table = WidthTable.wide
    #expect(table.allSatisfy { $0.first <= $0.last })
    #expect(zip(table, table.dropFirst()).allSatisfy { $0.last < $1.first })
    #expect(table.allSatisfy { WidthTable.isWide($0.first) && WidthTable.isWide($0.last) })
    #expect(table.first?.first == 0x1100)
  }

  @Test(arguments: [
    ("orders", 6, "orders"), ("orders", 5, "orde…"), ("orders", 1, "…"), ("orders", 0, ""), ("orders", -1, ""),
    ("漢字かな", 8, "漢字かな"), ("漢字かな", 7, "漢字か…"), ("漢字かな", 6, "漢字…"), ("👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"),
    ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
  ])
  func `a clipped text ends in an ellipsis and never takes more than its columns`(
    text: String, columns: Int, clipped: String
  ) {
    #expect(TextWidth.clip(text, to: columns) == clipped)
    #expect(TextWidth.of(TextWidth.clip(text, to: columns)) <= max(0, columns))
  }
}
