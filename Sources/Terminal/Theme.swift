// From meanings to appearances.
//
// A theme may name few roles: each role has another one to fall back to, down to `text`. Severity is never told by
// colour alone, so the roles that carry it have a cue of their own on a terminal without colours.

/// How something looks.
package struct Appearance: Hashable, Sendable {
  package var foreground: Colour
  package var background: Colour
  package var attributes: Attributes

  package init(
    foreground: Colour = .terminalDefault, background: Colour = .terminalDefault, attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}

/// A named set of appearances.
package struct Theme: Equatable, Sendable {
  package var name: String
  /// Whether it is made for a dark background.
  package var isDark: Bool
  /// What it is made for: `dark` or `light`, or `any` where the terminal's own background shows through.
  package var surface: String {
    appearance(of: .text).background == .terminalDefault ? "any" : isDark ? "dark" : "light"
  }

  /// Roles that are missing take the appearance of `Role.fallback`.
  package var appearances: [Role: Appearance]

  package init(name: String, isDark: Bool, appearances: [Role: Appearance]) {
    self.name = name
    self.isDark = isDark
    self.appearances = appearances
  }

  /// A theme of the terminal's own colours, for when no other one could be read.
  package static let plain = Theme(
    name: "plain", isDark: true,
    appearances: [
      .text: Appearance(),
      .dim: Appearance(foreground: .named(.brightBlack)),
      .accent: Appearance(foreground: .named(.cyan), attributes: .bold),
      .selection: Appearance(attributes: .reverse),
      .header: Appearance(attributes: .reverse),
      .footer: Appearance(),
      .success: Appearance(foreground: .named(.green)),
      .warning: Appearance(foreground: .named(.yellow)),
      .danger: Appearance(foreground: .named(.red), attributes: .bold),
      .info: Appearance(foreground: .named(.blue)),
      .inputField: Appearance(attributes: .underline),
      .protected: Appearance(foreground: .named(.brightWhite), background: .named(.red), attributes: .bold),
    ])
}

// MARK: - What a cell looks like

extension Theme {
  /// The appearance of a role: the theme's own, or that of the role it falls back to.
  package func appearance(of role: Role) -> Appearance {
    if let appearance = appearances[role] { return appearance }
    guard let fallback = role.fallback else {
      // A selection nobody can see would be worse than one the theme did not ask for.
      return Appearance(attributes: role == .selection ? .reverse : [])
    }
    return appearance(of: fallback)
  }

  /// How a cell of a style looks on a terminal of a depth, with colours that the terminal has.
  ///
  /// Plain text takes the foreground of what it lies on; every other role keeps its own.
  package func appearance(of style: Style, depth: ColourDepth) -> Appearance {
    if depth == .monochrome { return Theme.withoutColours(style) }
    var result = appearance(of: style.role)
    if let surface = style.surface {
      let under = appearance(of: surface)
      result.background = under.background
      if style.role == .text { result = under }
      // A selection may be made by reversing alone.
      result.attributes.formUnion(under.attributes.intersection(.reverse))
    } else if result.background == .terminalDefault {
      result.background = appearance(of: .text).background
    }
    result.attributes.formUnion(style.attributes)
    if depth == .eight { result.attributes.formUnion(Theme.brightness(of: result.foreground)) }
    let wanted = result
    result.background = result.background.reduced(to: depth)
    result.foreground = wanted.foreground.reduced(to: depth, readAsOn: wanted.background, on: result.background)
    if isHiddenSelection(style, depth) { result.attributes.insert(.reverse) }
    return result
  }

  /// Whether a selection's own background is lost on the way down: the dark blue of a theme is the black of the Linux
  /// console, and nobody would see the cursor.
  private func isHiddenSelection(_ style: Style, _ depth: ColourDepth) -> Bool {
    guard style.role == .selection || style.surface == .selection else { return false }
    let (own, under) = (appearance(of: .selection).background, appearance(of: .text).background)
    return own != under && own.reduced(to: depth) == under.reduced(to: depth)
  }

  /// On eight colours the bright half of the sixteen is the same colour in bold.
  private static func brightness(of colour: Colour) -> Attributes {
    guard case .indexed(let index) = colour.reduced(to: .sixteen), index >= 8 else { return [] }
    return .bold
  }

  private static func withoutColours(_ style: Style) -> Appearance {
    let surface = style.surface.map { cue(of: $0).intersection(.reverse) } ?? []
    return Appearance(attributes: cue(of: style.role).union(surface).union(style.attributes))
  }

  /// The attributes that stand for a role's colour on a terminal without colours.
  ///
  /// Success, warning and danger differ from each other, from plain text, and still do so on a reversed selection. They
  /// use bold and underline only, because a VT100 has no dim.
  package static func cue(of role: Role) -> Attributes {
    switch role {
    case .text, .string, .number, .literal, .footer, .overlay: []
    case .dim, .border, .info: .dim
    case .stale: [.dim, .underline]
    case .title, .accent, .heading, .field, .marked, .key, .success: .bold
    case .warning, .match, .inputField: .underline
    case .danger: [.bold, .underline]
    case .selection, .header, .badge: .reverse
    case .protected: [.reverse, .bold]
    }
  }
}
