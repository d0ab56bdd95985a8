// Skins of k9s as themes. A skin names widgets, a theme names meanings, so each role takes the colour of the widget that
// means it most. What a skin leaves out k9s takes from its own defaults, and so does this. What could not be read in a
// theme, where colours meet that never meet in k9s, is made lighter or darker.

import Foundation
import Terminal
import Yams

/// A skin read as a theme, as text that `Theme.read` takes.
package struct ImportedSkin: Sendable {
  package let yaml: String
  package let warnings: [ThemeWarning]

  /// Reads `$XDG_DATA_HOME/k9s/skins/NAME.yaml`.
  ///
  /// - Throws: why it is no skin, with the line.
  package init(_ text: String, called name: String) throws(ThemeWarning) {
    let root: Node?
    do {
      root = try Parser(yaml: text, resolver: .basic).singleRoot()
    } catch {
      throw ThemeWarning(error, in: text)
    }
    guard let top = root?.mapping else { throw ThemeWarning(line: 1, text: "no list of keys, as a skin is") }
    guard let node = top["k9s"] else {
      throw ThemeWarning(line: top.first?.key.mark?.line ?? 1, text: "no key \"k9s\", under which a skin is")
    }
    guard let skin = node.mapping else {
      throw ThemeWarning(line: node.mark?.line ?? 1, text: "\"k9s\" has no keys of its own")
    }
    var reader = SkinReader(skin: skin, line: node.mark?.line ?? 1)
    reader.read()
    let isDark = reader.appearances[.text]?.background.isDark ?? true
    let head = ["# Imported from a skin of k9s.", "name: \(name)", "dark: \(isDark)", "", "roles:"]
    yaml = (head + Role.allCases.compactMap(reader.line)).joined(separator: "\n") + "\n"
    warnings = reader.warnings.sorted { $0.line < $1.line }
  }
}

/// Where a role finds its colours in a skin, the first that is there; what k9s takes else; and its attributes.
private struct SkinSource {
  var foreground: [String]
  var standard: String?
  var background: [String] = []
  var standardBackground: String?
  var attributes: Attributes = []

  static let table: [Role: SkinSource] = [
    .text: SkinSource(
      foreground: ["body.fgColor", "views.table.fgColor"], background: ["views.table.bgColor", "body.bgColor"]),
    .dim: SkinSource(foreground: ["frame.status.completedColor"], standard: "gray"),
    .title: SkinSource(foreground: ["frame.title.fgColor"], standard: "aqua", attributes: .bold),
    .accent: SkinSource(foreground: ["frame.title.highlightColor", "body.logoColor"], standard: "orange"),
    .heading: SkinSource(
      foreground: ["views.table.header.fgColor"], background: ["views.table.header.bgColor", "body.bgColor"],
      attributes: .bold),
    .border: SkinSource(foreground: ["frame.border.fgColor"], standard: "dodgerblue"),
    .selection: SkinSource(
      foreground: ["views.table.cursorFgColor"], standard: "black",
      background: ["views.table.cursorBgColor", "views.table.cursorColor"], standardBackground: "aqua",
      attributes: .bold),
    .marked: SkinSource(foreground: ["views.table.markColor"], standard: "darkgoldenrod", attributes: .bold),
    .header: SkinSource(foreground: ["info.sectionColor", "body.fgColor"], background: ["body.bgColor"]),
    .footer: SkinSource(foreground: ["frame.menu.fgColor", "body.fgColor"], background: ["body.bgColor"]),
    .key: SkinSource(foreground: ["frame.menu.keyColor"], standard: "dodgerblue", attributes: .bold),
    .success: SkinSource(foreground: ["frame.status.addColor"], standard: "limegreen"),
    .warning: SkinSource(foreground: ["frame.status.pendingColor"], standard: "darkorange"),
    .danger: SkinSource(foreground: ["frame.status.errorColor"], standard: "orangered", attributes: .bold),
    .info: SkinSource(foreground: ["frame.status.newColor"], standard: "lightskyblue"),
    .stale: SkinSource(foreground: ["frame.status.killColor"], standard: "mediumpurple", attributes: .italic),
    .match: SkinSource(
      foreground: ["frame.title.filterColor"], standard: "steelblue", attributes: [.bold, .underline]),
    .inputField: SkinSource(
      foreground: ["prompt.fgColor", "body.fgColor"], background: ["prompt.bgColor", "body.bgColor"],
      attributes: .underline),
    .overlay: SkinSource(
      foreground: ["dialog.fgColor", "body.fgColor"], background: ["dialog.bgColor", "body.bgColor"]),
    .badge: SkinSource(
      foreground: ["frame.crumbs.fgColor"], standard: "black",
      background: ["frame.crumbs.activeColor", "frame.crumbs.bgColor"], standardBackground: "orange",
      attributes: .bold),
    .protected: SkinSource(
      foreground: ["body.bgColor"], standard: "black", background: ["frame.status.errorColor"],
      standardBackground: "orangered", attributes: .bold),
    .field: SkinSource(foreground: ["views.yaml.keyColor"], standard: "steelblue"),
    .string: SkinSource(foreground: ["views.yaml.valueColor", "body.fgColor"]),
    .number: SkinSource(foreground: ["frame.title.counterColor"], standard: "papayawhip"),
    .literal: SkinSource(foreground: ["views.yaml.colonColor", "body.fgColor"]),
  ]
}

/// Looks colours up in a skin and collects remarks.
private struct SkinReader {
  let skin: Node.Mapping
  /// Where the skin begins.
  let line: Int
  private(set) var appearances: [Role: Appearance] = [:]
  private(set) var warnings: [ThemeWarning] = []
  private var told: Set<String> = []

  init(skin: Node.Mapping, line: Int) { (self.skin, self.line) = (skin, line) }

  mutating func read() {
    for role in Role.allCases {
      guard let source = SkinSource.table[role] else { continue }
      appearances[role] = Appearance(
        foreground: first(source.foreground)?.colour ?? source.standard.flatMap(Self.colour(named:))
          ?? .terminalDefault,
        background: first(source.background)?.colour ?? source.standardBackground.flatMap(Self.colour(named:))
          ?? .terminalDefault,
        attributes: source.attributes)
    }
    showSelection()
    for role in Role.allCases { makeReadable(role) }
  }

  /// A role as a line of a theme.
  func line(of role: Role) -> String? {
    guard let look = appearances[role] else { return nil }
    var parts = ["fg: \(Self.written(look.foreground))"]
    if SkinSource.table[role]?.background.isEmpty == false { parts.append("bg: \(Self.written(look.background))") }
    let names = Attributes.names.filter { look.attributes.contains($0.attribute) }.map(\.name)
    if !names.isEmpty { parts.append("attrs: [\(names.joined(separator: ", "))]") }
    return "  \(role.rawValue): {\(parts.joined(separator: ", "))}"
  }

  // MARK: Looking up

  /// The colour at a path such as `frame.title.fgColor`, and its line; case does not count, because skins do not agree
  /// on it.
  private mutating func first(_ paths: [String]) -> (colour: Colour, line: Int, path: String)? {
    for path in paths {
      guard let node = node(path) else { continue }
      let line = node.mark?.line ?? self.line
      guard let text = node.scalar?.string else {
        tell(path, line, "a colour is a word or \"#rrggbb\"")
        continue
      }
      // k9s writes "-" for what it inherits.
      if text == "-" || text.isEmpty { continue }
      if let colour = Self.colour(named: text) { return (colour, line, path) }
      tell(path, line, "\"\(sanitised(text))\" is no colour this program knows")
    }
    return nil
  }

  private func node(_ path: String) -> Node? {
    path.split(separator: ".").reduce(Node.mapping(skin)) { node, part in
      node?.mapping?.first { $0.key.string?.lowercased() == part.lowercased() }?.value
    }
  }

  private mutating func tell(_ path: String, _ line: Int, _ words: String) {
    guard told.insert(path).inserted else { return }
    warnings.append(ThemeWarning(line: max(1, line), text: "\(path): \(words)"))
  }

  /// The names that the terminal's own sixteen have in k9s, which stand for whatever the terminal makes of them.
  private static let sixteen: [String: ANSIColour] = [
    "black": .black, "maroon": .red, "green": .green, "olive": .yellow, "navy": .blue, "purple": .magenta,
    "teal": .cyan, "silver": .white, "gray": .brightBlack, "grey": .brightBlack, "red": .brightRed,
    "lime": .brightGreen, "yellow": .brightYellow, "blue": .brightBlue, "fuchsia": .brightMagenta,
    "aqua": .brightCyan, "white": .brightWhite,
  ]

  private static func colour(named text: String) -> Colour? {
    sixteen[text.lowercased()].map(Colour.named) ?? NamedColours.colour(text) ?? Colour(text)
  }

  private static func written(_ colour: Colour) -> String {
    colour.text.hasPrefix("#") ? "\"\(colour.text)\"" : colour.text
  }

  // MARK: Mending

  /// In k9s the row under the cursor has the row's own colour as its background, so skins may well give the cursor the
  /// background of everything else.
  private mutating func showSelection() {
    guard let text = appearances[.text], var selection = appearances[.selection] else { return }
    let ratio = Contrast.ratio(selection.background, text.background)
    guard selection.background == text.background || ratio.map({ $0 < 1.2 }) == true else { return }
    let place = first(["views.table.cursorBgColor", "views.table.cursorColor"])
    tell(
      place?.path ?? "views.table", place?.line ?? line,
      "the row under the cursor would look like all others; it has the colour of the text behind it")
    // Reversed where the text's colour is not known.
    if text.foreground == .terminalDefault { selection.attributes.insert(.reverse) }
    (selection.foreground, selection.background) = (text.background, text.foreground)
    if text.foreground == .terminalDefault { selection.foreground = .terminalDefault }
    appearances[.selection] = selection
  }

  private mutating func makeReadable(_ role: Role) {
    guard let look = appearances[role], let source = SkinSource.table[role] else { return }
    let surface = source.background.isEmpty ? appearances[.text]?.background ?? .terminalDefault : look.background
    let wanted = role == .border ? 1.5 : role == .dim ? 3 : 4.5
    if [.badge, .protected].contains(role), Contrast.ratio(look.foreground, surface).map({ $0 < wanted }) ?? true {
      let ink = surface == .terminalDefault ? surface : Contrast.ink(on: surface)
      appearances[role]?.foreground = ink
      if ink == .terminalDefault { appearances[role]?.attributes.insert(.reverse) }
      return
    }
    let better = Contrast.readable(look.foreground, on: surface, atLeast: wanted)
    guard better != look.foreground else { return }
    appearances[role]?.foreground = better
    guard let place = first(source.foreground), place.colour == look.foreground else { return }
    // Once for each colour: a skin names it for many widgets.
    guard told.insert("\(look.foreground.text) on \(surface.text)").inserted else { return }
    let words = "\(look.foreground.text) is hard to read on \(surface.text); it becomes \(better.text)"
    tell(place.path, place.line, words)
  }
}
