// Whether a terminal is dark or light, for themes that come in two.
//
// Asked, most terminals answer with the colour of their background (OSC 11; XTerm Control Sequences, "Operating System
// Commands"). Some of those that do not, set COLORFGBG.

/// What is known of a terminal's background.
package enum Background {
  /// What COLORFGBG says, `15;0` or `0;default;15`: the last is the number of the background's colour. Nil when it says
  /// nothing.
  ///
  /// White, and the bright half but for its black, is light; that is how Vim reads it ('background').
  package static func isDark(environment: [String: String]) -> Bool? {
    guard let last = environment["COLORFGBG"]?.split(separator: ";").last, let number = UInt8(last), number < 16 else {
      return nil
    }
    return number < 7 || number == 8
  }

  /// Whether a terminal of this kind is asked: those that may print the question are not.
  package static func canBeAsked(environment: [String: String]) -> Bool {
    let family = environment["TERM"]?.prefix { $0 != "-" } ?? ""
    return family != "linux" && !Repertoire.olderThanUnicode.contains(String(family))
  }

  /// The question. The answer has the same form with the colour in place of the question mark.
  package static let question = "\u{1B}]11;?\u{1B}\\"

  /// Whether the bytes behind `ESC ] 11 ;` are a whole answer: it ends in BEL or `ESC \`.
  package static func isEnd(_ bytes: [UInt8]) -> Bool {
    bytes.last == 0x07 || bytes.suffix(2) == [0x1B, UInt8(ascii: "\\")]
  }

  /// More than `rgba:ffff/ffff/ffff/ffff` and its end.
  package static let longestAnswer = 40

  /// The colour in an answer, `rgb:1a1a/1d1d/2a2a` (X11, "RGB Device String Specification": one to four digits each).
  package static func colour(answer bytes: [UInt8]) -> Colour? {
    guard isEnd(bytes) else { return nil }
    let text = String(decoding: bytes.prefix { $0 != 0x07 && $0 != 0x1B }, as: UTF8.self)
    guard text.hasPrefix("rgb:") || text.hasPrefix("rgba:"), let colon = text.firstIndex(of: ":") else { return nil }
    let parts = text[text.index(after: colon)...].split(separator: "/", omittingEmptySubsequences: false)
    let values = parts.prefix(3).compactMap(level)
    return parts.count >= 3 && values.count == 3 ? .rgb(values[0], values[1], values[2]) : nil
  }

  private static func level(_ digits: Substring) -> UInt8? {
    guard (1...4).contains(digits.count), let value = Int(digits, radix: 16), value >= 0 else { return nil }
    return UInt8(value * 255 / ((1 << (4 * digits.count)) - 1))
  }
}

extension Colour {
  /// Its parts, as xterm shows it; nil for the terminal's own, which is not known.
  package var components: (red: UInt8, green: UInt8, blue: UInt8)? {
    switch self {
    case .terminalDefault: nil
    case .named(let colour): Colour.indexed(colour.rawValue).components
    case .indexed(let index): Colour.rgb(of: index).components
    case .rgb(let red, let green, let blue): (red, green, blue)
    }
  }

  /// Darker than the middle of grey. The terminal's own is taken for dark.
  package var isDark: Bool {
    components.map { Int($0.red) * 3 + Int($0.green) * 6 + Int($0.blue) < 1280 } ?? true
  }
}
