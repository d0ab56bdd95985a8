// What a terminal can show.
//
// Screens draw with all of Unicode and never ask. Where the locale says that the terminal reads other bytes than UTF-8,
// or its font has few glyphs, the driver puts a stand-in of the same width in a character's place, so that nothing
// moves and no byte beyond ASCII reaches a terminal that would print three wrong letters for it.

/// The characters that reach a terminal.
package enum Repertoire: Equatable, Sendable {
  /// Unicode.
  case unicode
  /// The Linux console: letters, but of the signs only those that its fonts of 256 or 512 glyphs have.
  case console
  case ascii

  /// What a terminal of this environment can show.
  ///
  /// The locale is the first of LC_ALL, LC_CTYPE and LANG that is set and not empty (POSIX, "Environment Variables").
  /// None at all is "C" to POSIX; but containers, cron and ssh set none, and the terminals behind them read UTF-8.
  ///
  /// - Parameter isUTF8: whether the C library's locale of a name encodes in UTF-8.
  package static func detect(environment: [String: String], isUTF8: (String) -> Bool) -> Repertoire {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    if let locale, !namesUTF8(locale), !isUTF8(locale) { return .ascii }
    let family = environment["TERM"]?.prefix { $0 != "-" } ?? ""
    if olderThanUnicode.contains(String(family)) { return .ascii }
    return family == "linux" ? .console : .unicode
  }

  /// A locale that says so needs not be installed: `LANG=de_DE.UTF-8` comes along with ssh.
  private static func namesUTF8(_ locale: String) -> Bool {
    let name = locale.lowercased()
    return name.contains(".utf-8") || name.contains(".utf8")
  }

  /// Families of terminals.
  static let olderThanUnicode: Set<String> = [
    "vt52", "vt100", "vt102", "vt220", "vt320", "vt420", "ansi", "cons25",
  ]

  /// A cell's text as this terminal can show it, in as many columns.
  package func text(_ text: String, width: Int) -> String {
    guard self != .unicode, text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    if let sign = Self.signs[text] {
      return self == .console && Self.consoleSigns.contains(text) ? text : sign
    }
    if self == .console { return text }
    let letter = text.unicodeScalars.first.flatMap(Self.plainLetter)
    return letter.map { String($0) + String(repeating: " ", count: max(0, width - 1)) }
      ?? String(repeating: "?", count: max(1, width))
  }

  /// The letter without its accents.
  private static func plainLetter(_ scalar: Unicode.Scalar) -> Character? {
    scalar.isASCII ? Character(scalar) : letters[Character(scalar)]
  }

  /// Those that the fonts of the Linux console have, which began as IBM's code page 437.
  private static let consoleSigns: Set<String> = [
    "─", "│", "┌", "┐", "└", "┘", "║", "━", "█", "▄", "▌", "░", "▲", "▼", "·", "•", "→", "≠",
  ]

  private static let signs = pairs(
    """
    ─- ━= │| ┃# ║| ┌+ ┐+ └+ ┘+ ├+ ┤+ ▲^ ▼v ▸> ▾v ●* ○o ✓+ ✗x ‖= …~ ·.  •* ‹< ›> →> ←< ≠! ≥> ≤< ×x ⏎$ ␛^ �?
    ▁_ ▂. ▃- ▄= ▅+ ▆* ▇% █# ▏: ▎: ▍: ▌* ▋* ▊* ▉* ░. ▒: ▓% –- —- ‘' ’' “" ”" «< »> ␡^
    """)

  private static let letters: [Character: Character] = {
    let accented =
      "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰğışĞŞăâțșßæœ"
    let plain =
      "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyyacelnszzACELNSZZcdenrstuzCDENRSTUZouOUgisGSaatssao"
    return Dictionary(zip(accented, plain)) { first, _ in first }
  }()

  private static func pairs(_ text: String) -> [String: String] {
    text.split(whereSeparator: \.isWhitespace).reduce(into: [:]) { table, pair in
      if let sign = pair.first, let other = pair.last { table[String(sign)] = String(other) }
    }
  }
}
