// From styles to what ncurses draws them with.

import CNcurses
import Terminal

/// Looks styles up in a theme and keeps the colour pairs they need, which are made when first used.
struct Painter {
  private struct Colours: Hashable {
    let foreground: Int32
    let background: Int32
  }

  private struct Paint {
    let attributes: UInt32
    let pair: Int32
  }

  let depth: ColourDepth
  private(set) var theme: Theme?
  private var paints: [Style: Paint] = [:]
  private var pairs: [Colours: Int32] = [:]

  init(depth: ColourDepth) { self.depth = depth }

  /// Draws with another theme from now on.
  mutating func use(_ theme: Theme) {
    self.theme = theme
    paints = [:]
  }

  /// What is written next has this style.
  mutating func set(_ style: Style) {
    let paint = paint(for: style)
    cn_style(paint.attributes, paint.pair)
  }

  private mutating func paint(for style: Style) -> Paint {
    if let known = paints[style] { return known }
    let appearance = (theme ?? .plain).appearance(of: style, depth: depth)
    let paint = Paint(attributes: Painter.bits(appearance.attributes), pair: pair(for: appearance))
    paints[style] = paint
    return paint
  }

  private mutating func pair(for appearance: Appearance) -> Int32 {
    guard depth > .monochrome else { return 0 }
    // A terminal that can not go back to its own colours gets white on black instead.
    let hasDefaults = cn_has_default_colours()
    let colours = Colours(
      foreground: Painter.number(appearance.foreground) ?? (hasDefaults ? -1 : 7),
      background: Painter.number(appearance.background) ?? (hasDefaults ? -1 : 0))
    if hasDefaults, colours == Colours(foreground: -1, background: -1) { return 0 }
    if let known = pairs[colours] { return known }
    let next = Int32(pairs.count) + 1
    // The Linux console has 64 pairs: when they are used up, the terminal's own colours are readable at least.
    guard next < cn_pair_limit() else { return 0 }
    cn_define_pair(next, colours.foreground, colours.background)
    pairs[colours] = next
    return next
  }

  private static func number(_ colour: Colour) -> Int32? {
    switch colour {
    case .terminalDefault: nil
    case .named(let colour): Int32(colour.rawValue)
    case .indexed(let index): Int32(index)
    case .rgb(let red, let green, let blue): direct(Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
    }
  }

  /// The direct colours of terminfo: the number is the colour, but the first eight are the terminal's own, of which
  /// the first is black, and nobody can tell that from the seven faintest blues.
  private static func direct(_ value: Int32) -> Int32 { value < 8 ? 0 : value }

  private static func bits(_ attributes: Attributes) -> UInt32 {
    let table: [(Attributes, Int)] = [
      (.bold, CN_BOLD), (.dim, CN_DIM), (.underline, CN_UNDERLINE), (.reverse, CN_REVERSE), (.italic, CN_ITALIC),
    ]
    return table.reduce(0) { attributes.contains($1.0) ? $0 | UInt32($1.1) : $0 }
  }
}
