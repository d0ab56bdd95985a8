// What a cell means, never a colour.
//
// A screen says "this is dangerous" and the theme says what danger looks like, so one theme file changes every screen
// and a screen can not invent a colour of its own.

/// The meaning of a cell. Theme files use these names.
package enum Role: String, CaseIterable, Hashable, Sendable {
  /// Ordinary text on the screen's own background.
  case text
  /// Text of less weight: units, separators, hints.
  case dim
  /// The name of a screen or of a dialog.
  case title
  /// What the eye should find first: the active tab, the current item's name.
  case accent
  /// Column headings of a table.
  case heading
  /// Lines around and between panes.
  case border
  /// The row under the cursor.
  case selection
  /// A row that the person marked.
  case marked
  /// The top bar.
  case header
  /// The bottom bar.
  case footer
  /// The cap of a key in the footer and in help.
  case key
  case success
  case warning
  case danger
  case info
  /// Data that is old, partial or refused.
  case stale
  /// The part of a text that a filter matched.
  case match
  /// Where text is typed.
  case inputField
  /// The surface of a dialog, menu or help page.
  case overlay
  /// A small label on a bar: read-only, emulator, the number of marks.
  case badge
  /// A protected context: the loud frame and its words.
  case protected
  /// The name of a field in a payload or a header.
  case field
  /// A string value in a payload.
  case string
  /// A number in a payload.
  case number
  /// true, false and null in a payload.
  case literal

  /// The role whose appearance stands in when a theme does not name this one; nil for `text`
  /// and for `selection`, which is then made by reversing.
  package var fallback: Role? {
    switch self {
    case .text, .selection: nil
    case .dim, .accent, .inputField, .overlay, .success, .warning, .danger, .info: .text
    case .title, .heading, .key: .accent
    case .border, .stale, .literal: .dim
    case .marked, .match, .number: .warning
    case .header, .footer: .overlay
    case .badge, .field: .info
    case .protected: .danger
    case .string: .success
    }
  }
}

/// How a cell is emphasised besides its colour.
package struct Attributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Attributes(rawValue: 1)
  package static let dim = Attributes(rawValue: 2)
  package static let underline = Attributes(rawValue: 4)
  package static let reverse = Attributes(rawValue: 8)
  package static let italic = Attributes(rawValue: 16)

  /// The names theme files use, in the order they are written.
  package static let names: [(name: String, attribute: Attributes)] = [
    ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse), ("italic", .italic),
  ]

  /// One attribute by its name in a theme file; nil when there is none of that name.
  package init?(name: String) {
    guard let known = Attributes.names.first(where: { $0.name == name }) else { return nil }
    self = known.attribute
  }
}

/// The whole meaning of a cell: what its text is, what it lies on, and how it is emphasised.
package struct Style: Hashable, Sendable {
  /// Gives the foreground, and the background unless `surface` does.
  package var role: Role
  /// The role whose background the cell has, for example `.selection` under a `.danger` text.
  package var surface: Role?
  /// Added to the attributes the theme gives the role.
  package var attributes: Attributes

  package init(_ role: Role = .text, on surface: Role? = nil, attributes: Attributes = []) {
    self.role = role
    self.surface = surface
    self.attributes = attributes
  }

  /// The same text on another surface.
  package func on(_ surface: Role?) -> Style { Style(role, on: surface, attributes: attributes) }

  /// The same with more emphasis.
  package func adding(_ more: Attributes) -> Style { Style(role, on: surface, attributes: attributes.union(more)) }
}
