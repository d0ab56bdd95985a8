// How many colours a terminal has.

/// The steps a theme's colours are reduced to, from poor to rich.
package enum ColourDepth: Int, Comparable, CaseIterable, Sendable {
  /// No colours: meanings are told apart by bold, underline, reverse and dim.
  case monochrome
  /// The eight colours of the Linux console.
  case eight
  case sixteen
  case indexed256
  /// 24 bits, where terminfo itself says so.
  case direct

  package static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }

  /// The depth to draw with.
  ///
  /// NO_COLOR, set to anything but the empty string, means no colours (no-color.org). COLORTERM is not consulted for
  /// 24 bits: ncurses writes only the colours that terminfo describes, so what counts is whether the entry has direct
  /// colours (the RGB capability); COLORTERM does tell that a terminal with a poor entry has 256.
  ///
  /// - Parameters:
  ///   - environment: the process's environment.
  ///   - colours: terminfo's number of colours, negative or zero when it has none.
  ///   - isDirect: whether terminfo has the RGB capability.
  package static func detect(environment: [String: String], colours: Int, isDirect: Bool) -> ColourDepth {
    if let refused = environment["NO_COLOR"], !refused.isEmpty { return .monochrome }
    switch colours {
    case ..<8: return .monochrome
    case 8..<16: return .eight
    case 16..<256: return .sixteen
    default: return isDirect && colours > 256 ? .direct : .indexed256
    }
  }
}
