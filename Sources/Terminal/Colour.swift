// Colours as themes write them, and the nearest colour that a terminal has.
//
// The steps down (24 bits, 256, 16, 8, none) are computed, never written by hand in a theme: people write one theme
// and it works on every terminal.

/// A colour of a theme.
package enum Colour: Hashable, Sendable {
  /// Whatever the terminal's own foreground or background is; a transparent background stays transparent.
  case terminalDefault
  /// One of the terminal's 16 colours, which the person's own terminal theme defines.
  case named(ANSIColour)
  /// One of xterm's 256 colours.
  case indexed(UInt8)
  case rgb(UInt8, UInt8, UInt8)
}

/// The sixteen colours every colour terminal has, in the order of their numbers.
package enum ANSIColour: UInt8, CaseIterable, Hashable, Sendable {
  case black, red, green, yellow, blue, magenta, cyan, white
  case brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite

  /// The name in a theme file: `red`, `bright-red`.
  package var name: String {
    let base = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"][Int(rawValue % 8)]
    return rawValue < 8 ? base : "bright-\(base)"
  }
}

// MARK: - Reading and writing

extension Colour {
  /// A colour as a theme file writes it: `default`, `red`, `bright-red`, `208` (of the 256), `#ff8800` or `#f80`. Nil
  /// when it is none of these.
  package init?(_ text: String) {
    if let colour = Colour.hexadecimal(text) ?? Colour.named(text) {
      self = colour
    } else if let index = UInt8(text), text.first?.isNumber == true {
      self = .indexed(index)
    } else {
      return nil
    }
  }

  /// The colour as a theme file writes it.
  package var text: String {
    switch self {
    case .terminalDefault: "default"
    case .named(let colour): colour.name
    case .indexed(let index): String(index)
    case .rgb(let red, let green, let blue): "#" + [red, green, blue].map(Colour.twoDigits).joined()
    }
  }

  private static func named(_ text: String) -> Colour? {
    let name = text.lowercased()
    if name == "default" { return .terminalDefault }
    if name == "grey" || name == "gray" { return .named(.brightBlack) }
    return ANSIColour.allCases.first { $0.name == name }.map(Colour.named)
  }

  private static func hexadecimal(_ text: String) -> Colour? {
    guard text.hasPrefix("#") else { return nil }
    let digits = text.dropFirst().compactMap { $0.isASCII ? $0.hexDigitValue : nil }.map(UInt8.init)
    switch (digits.count, text.count) {
    case (3, 4): return .rgb(digits[0] * 17, digits[1] * 17, digits[2] * 17)
    case (6, 7): return .rgb(digits[0] * 16 + digits[1], digits[2] * 16 + digits[3], digits[4] * 16 + digits[5])
    default: return nil
    }
  }

  private static func twoDigits(_ value: UInt8) -> String {
    (value < 16 ? "0" : "") + String(value, radix: 16)
  }
}

// MARK: - The nearest colour

extension Colour {
  /// The nearest colour that a terminal of this depth has. On a terminal without colours that is its default.
  package func reduced(to depth: ColourDepth) -> Colour {
    switch (self, depth) {
    case (_, .monochrome): .terminalDefault
    case (.terminalDefault, _), (.rgb, .direct): self
    case (.named(let colour), _): Colour.indexed(colour.rawValue).reduced(to: depth)
    case (.indexed, .indexed256): self
    // The direct colours of terminfo keep the first eight numbers for the terminal's own colours, and only those.
    case (.indexed(let index), .direct) where index >= 8: Colour.rgb(of: index)
    case (.indexed(let index), _) where index < 16: .indexed(depth == .eight ? index % 8 : index)
    case (.indexed(let index), _): Colour.rgb(of: index).reduced(to: depth)
    case (.rgb(let red, let green, let blue), .indexed256): .indexed(Colour.nearest256(red, green, blue))
    case (.rgb(let red, let green, let blue), .sixteen): .indexed(Colour.nearest16(red, green, blue).rawValue)
    case (.rgb(let red, let green, let blue), .eight): .indexed(Colour.nearest16(red, green, blue).rawValue % 8)
    }
  }

  /// The nearest colour that a terminal of this depth has, and that can be read on a reduced background as well as this
  /// colour can on the true one, up to what text needs: two steps to the nearest of 256 may lead towards each other.
  func reduced(to depth: ColourDepth, readAsOn background: Colour, on reduced: Colour) -> Colour {
    let nearest = self.reduced(to: depth)
    guard depth == .indexed256, case .rgb(let red, let green, let blue) = self,
      let before = Contrast.ratio(self, background)
    else { return nearest }
    let wanted = min(before, Contrast.ofText)
    if (Contrast.ratio(nearest, reduced) ?? wanted) >= wanted { return nearest }
    let candidates: ClosedRange<UInt8> = 16...255
    return candidates.filter { (Contrast.ratio(.indexed($0), reduced) ?? 0) >= wanted }
      .min {
        Colour.distance(Colour.rgb(of: $0), red, green, blue) < Colour.distance(Colour.rgb(of: $1), red, green, blue)
      }
      .map(Colour.indexed) ?? nearest
  }

  /// The levels of xterm's 6x6x6 colour cube (256colres.pl of the xterm sources).
  private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  /// xterm's own first sixteen (XTerm-col.ad); a person's theme may have others.
  private static let firstSixteen: [Colour] = [
    .rgb(0, 0, 0), .rgb(205, 0, 0), .rgb(0, 205, 0), .rgb(205, 205, 0), .rgb(0, 0, 238), .rgb(205, 0, 205),
    .rgb(0, 205, 205), .rgb(229, 229, 229), .rgb(127, 127, 127), .rgb(255, 0, 0), .rgb(0, 255, 0), .rgb(255, 255, 0),
    .rgb(92, 92, 255), .rgb(255, 0, 255), .rgb(0, 255, 255), .rgb(255, 255, 255),
  ]

  /// What xterm shows for one of its 256 colours.
  static func rgb(of index: UInt8) -> Colour {
    guard index >= 16 else { return firstSixteen[Int(index)] }
    if index >= 232 {
      let grey = 8 + (index - 232) * 10
      return .rgb(grey, grey, grey)
    }
    let place = Int(index) - 16
    return .rgb(cubeLevels[place / 36], cubeLevels[place / 6 % 6], cubeLevels[place % 6])
  }

  /// The nearest of xterm's colours 16 to 255 (the first 16 are not known to us).
  static func nearest256(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let candidates: ClosedRange<UInt8> = 16...255
    return candidates.min { distance(rgb(of: $0), red, green, blue) < distance(rgb(of: $1), red, green, blue) } ?? 16
  }

  private static func distance(_ colour: Colour, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    guard case .rgb(let otherRed, let otherGreen, let otherBlue) = colour else { return .max }
    let differences = [Int(otherRed) - Int(red), Int(otherGreen) - Int(green), Int(otherBlue) - Int(blue)]
    // The eye's weights of the three: a plain sum turns greys into blues.
    return zip(differences, [3, 4, 2]).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
  }

  /// The colour of the 16 with the same hue, whatever its strength: by plain distance every pastel would be white.
  static func nearest16(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> ANSIColour {
    let parts = [Int(red), Int(green), Int(blue)]
    let strongest = parts.max() ?? 0
    let weakest = parts.min() ?? 0
    let light = (strongest + weakest) / 2
    if strongest - weakest < 40 { return grey(light) }
    let middle = weakest + (strongest - weakest) / 2
    // One bit for each primary colour, as ANSI numbers them: red 1, green 2, blue 4.
    let bits = parts.enumerated().reduce(0) { $0 | ($1.element > middle ? 1 << $1.offset : 0) }
    return ANSIColour(rawValue: UInt8(light > 140 ? bits + 8 : bits)) ?? .white
  }

  private static func grey(_ light: Int) -> ANSIColour {
    switch light {
    case ..<64: .black
    case ..<140: .brightBlack
    case ..<210: .white
    default: .brightWhite
    }
  }
}
