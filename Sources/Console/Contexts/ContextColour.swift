// The colour of a context: the active tab, the badges and the lines between panes have it, so that two consoles side by
// side are told apart at a glance. The name stands beside it; a protected context has words and a frame besides.

import Terminal

/// A colour that a context is known by.
package enum ContextColour: Equatable, Sendable {
  case hue(Hue)
  /// The person's own, `#rrggbb`.
  case own(UInt8, UInt8, UInt8)

  /// Those that a configuration names.
  package enum Hue: String, CaseIterable, Sendable {
    case red, orange, yellow, green, cyan, blue, magenta
  }

  /// As a configuration file writes it; nil when it is no colour.
  package init?(_ text: String) {
    if let hue = Hue(rawValue: text.lowercased()) {
      self = .hue(hue)
    } else if case .rgb(let red, let green, let blue)? = Colour(text) {
      self = .own(red, green, blue)
    } else {
      return nil
    }
  }

  /// The colour of a context that was given none: the same on every machine. Red is left to protected contexts.
  package static func derived(from name: String) -> ContextColour {
    let hues = Hue.allCases.filter { $0 != .red }
    // FNV-1a, because Swift's own hash differs from run to run.
    let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return .hue(hues[Int(hash % UInt64(hues.count))])
  }
}

extension ContextColour.Hue {
  /// Light on a dark background, dark on a light one: both have a contrast of 4.5 and more to what themes put beside it.
  fileprivate func shade(onDark: Bool) -> (UInt8, UInt8, UInt8) {
    switch self {
    case .red: onDark ? (0xf7, 0x92, 0x9f) : (0xa3, 0x27, 0x3b)
    case .orange: onDark ? (0xf0, 0xa8, 0x75) : (0x8a, 0x45, 0x0c)
    case .yellow: onDark ? (0xeb, 0xd0, 0x7b) : (0x6b, 0x58, 0x00)
    case .green: onDark ? (0xa3, 0xd3, 0x91) : (0x2a, 0x66, 0x26)
    case .cyan: onDark ? (0x7f, 0xd1, 0xcb) : (0x0f, 0x64, 0x6a)
    case .blue: onDark ? (0x93, 0xbd, 0xf5) : (0x1d, 0x52, 0xa2)
    case .magenta: onDark ? (0xd9, 0xa8, 0xf5) : (0x77, 0x35, 0xa0)
    }
  }

  /// On a theme of the terminal's own colours, with a foreground that can be read on it.
  fileprivate var named: (background: ANSIColour, foreground: ANSIColour) {
    switch self {
    case .red: (.red, .brightWhite)
    case .orange, .yellow: (.yellow, .black)
    case .green: (.green, .black)
    case .cyan: (.cyan, .black)
    case .blue: (.blue, .brightWhite)
    case .magenta: (.magenta, .brightWhite)
    }
  }
}

extension Theme {
  /// The theme with a context's colour on badges and lines. A theme without colours stays as it is.
  package func tinted(_ colour: ContextColour?) -> Theme {
    guard let colour else { return self }
    let badge = appearance(of: .badge)
    let own = badge.background == .terminalDefault ? badge.foreground : badge.background
    var tinted = self
    switch (own, colour) {
    case (.terminalDefault, _): return self
    case (.named, .hue(let hue)):
      tinted.appearances[.badge] = Appearance(
        foreground: .named(hue.named.foreground), background: .named(hue.named.background), attributes: [.bold])
      tinted.appearances[.border] = Appearance(foreground: .named(hue.named.background))
    case (_, .hue(let hue)): tinted.tint(hue.shade(onDark: isDark))
    case (_, .own(let red, let green, let blue)): tinted.tint((red, green, blue))
    }
    return tinted
  }

  private mutating func tint(_ shade: (red: UInt8, green: UInt8, blue: UInt8)) {
    let colour = Colour.rgb(shade.red, shade.green, shade.blue)
    // Luma of ITU-R BT.601: the eye's weights of the three.
    let luma = (299 * Int(shade.red) + 587 * Int(shade.green) + 114 * Int(shade.blue)) / 1000
    let foreground: Colour = luma > 135 ? .rgb(0x10, 0x12, 0x18) : .rgb(0xff, 0xff, 0xff)
    appearances[.badge] = Appearance(foreground: foreground, background: colour, attributes: [.bold])
    appearances[.border] = Appearance(foreground: colour, background: appearance(of: .border).background)
  }
}
