// Skins of k9s as themes. A skin names widgets, a theme names meanings, so each role takes the colour of the widget that
// means it most; what a skin leaves out falls back as in any theme.

import Foundation
import Terminal
import Yams

/// A skin read as a theme, as text that `Theme.read` takes.
package struct ImportedSkin: Sendable {
  package let yaml: String
  package let warnings: [ThemeWarning]

  /// Reads `$XDG_DATA_HOME/k9s/skins/NAME.yaml`. Nil when the file is no skin.
  package init?(_ text: String, called name: String) {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch { return nil }
    guard let skin = root?.mapping?["k9s"]?.mapping else { return nil }
    var reader = SkinReader(skin: skin)
    let background = reader.colour("body.bgColor")
    let isDark = background.map { $0.isDark } ?? true
    var lines = ["# Imported from a skin of k9s.", "name: \(name)", "dark: \(isDark)", "", "roles:"]
    for role in Role.allCases {
      guard let entry = Self.table[role] else { continue }
      if let line = reader.line(role, entry) { lines.append(line) }
    }
    yaml = lines.joined(separator: "\n") + "\n"
    warnings = reader.warnings
  }

  /// Where a role finds its colours, the first that is there; and its attributes.
  struct Source {
    var foreground: [String]
    var background: [String] = []
    var attributes: [String] = []
  }

  private static let table: [Role: Source] = [
    .text: Source(
      foreground: ["views.table.fgColor", "body.fgColor"], background: ["views.table.bgColor", "body.bgColor"]),
    .dim: Source(foreground: ["frame.status.completedColor", "frame.menu.fgColor"]),
    .title: Source(foreground: ["frame.title.fgColor"], attributes: ["bold"]),
    .accent: Source(foreground: ["frame.title.highlightColor", "body.logoColor"]),
    .heading: Source(
      foreground: ["views.table.header.fgColor"], background: ["views.table.header.bgColor"], attributes: ["bold"]),
    .border: Source(foreground: ["frame.border.fgColor"]),
    .selection: Source(
      foreground: ["views.table.cursorFgColor"], background: ["views.table.cursorBgColor", "views.table.cursorColor"],
      attributes: ["bold"]),
    .marked: Source(foreground: ["views.table.markColor", "frame.status.modifyColor"], attributes: ["bold"]),
    .header: Source(foreground: ["info.sectionColor", "body.fgColor"], background: ["body.bgColor"]),
    .footer: Source(foreground: ["frame.menu.fgColor"], background: ["body.bgColor"]),
    .key: Source(foreground: ["frame.menu.keyColor"], attributes: ["bold"]),
    .success: Source(foreground: ["frame.status.addColor"]),
    .warning: Source(foreground: ["frame.status.pendingColor", "frame.status.modifyColor"]),
    .danger: Source(foreground: ["frame.status.errorColor"], attributes: ["bold"]),
    .info: Source(foreground: ["frame.status.newColor"]),
    .stale: Source(foreground: ["frame.status.killColor", "frame.status.modifyColor"], attributes: ["italic"]),
    .match: Source(foreground: ["frame.title.filterColor"], attributes: ["bold", "underline"]),
    .inputField: Source(foreground: ["prompt.fgColor"], background: ["prompt.bgColor"]),
    .overlay: Source(foreground: ["dialog.fgColor", "body.fgColor"], background: ["dialog.bgColor", "body.bgColor"]),
    .badge: Source(
      foreground: ["frame.crumbs.fgColor"], background: ["frame.crumbs.activeColor", "frame.crumbs.bgColor"],
      attributes: ["bold"]),
    .protected: Source(
      foreground: ["body.bgColor"], background: ["frame.status.errorColor"], attributes: ["bold"]),
    .field: Source(foreground: ["views.yaml.keyColor"]),
    .string: Source(foreground: ["views.yaml.valueColor"]),
    .number: Source(foreground: ["frame.title.counterColor"]),
    .literal: Source(foreground: ["views.yaml.colonColor"]),
  ]
}

/// Looks colours up in a skin and collects remarks.
private struct SkinReader {
  let skin: Node.Mapping
  var warnings: [ThemeWarning] = []
  private var asked: Set<String> = []

  init(skin: Node.Mapping) { self.skin = skin }

  /// Of a path such as `frame.title.fgColor`; case does not count, because skins do not agree on it.
  mutating func colour(_ path: String) -> Colour? {
    var node: Node? = .mapping(skin)
    for part in path.split(separator: ".") {
      node = node?.mapping?.first { $0.key.string?.lowercased() == part.lowercased() }?.value
    }
    guard let node, let text = node.scalar?.string else { return nil }
    // k9s writes "-" for what it inherits.
    if text == "-" || text.isEmpty { return nil }
    if let colour = NamedColours.colour(text) ?? Colour(text) { return colour }
    if asked.insert(path).inserted {
      warnings.append(
        ThemeWarning(
          line: node.mark?.line ?? 0, text: "\(path): \"\(sanitised(text))\" is no colour this program knows"))
    }
    return nil
  }

  mutating func line(_ role: Role, _ source: ImportedSkin.Source) -> String? {
    var parts: [String] = []
    if let foreground = first(source.foreground) { parts.append("fg: \(Self.written(foreground))") }
    if let background = first(source.background) { parts.append("bg: \(Self.written(background))") }
    if parts.isEmpty {
      warnings.append(
        ThemeWarning(line: 0, text: "the skin says nothing for \"\(role.rawValue)\"; it looks like another role"))
      return nil
    }
    if !source.attributes.isEmpty { parts.append("attrs: [\(source.attributes.joined(separator: ", "))]") }
    return "  \(role.rawValue): {\(parts.joined(separator: ", "))}"
  }

  private mutating func first(_ paths: [String]) -> Colour? {
    for path in paths {
      if let colour = colour(path) { return colour }
    }
    return nil
  }

  private static func written(_ colour: Colour) -> String {
    colour.text.hasPrefix("#") ? "\"\(colour.text)\"" : colour.text
  }
}

extension Colour {
  /// Darker than the middle of grey; the terminal's own is taken for dark.
  fileprivate var isDark: Bool {
    guard case .rgb(let red, let green, let blue) = self else { return true }
    return Int(red) * 3 + Int(green) * 6 + Int(blue) < 1280
  }
}
