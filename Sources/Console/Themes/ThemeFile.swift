// Theme files.
//
// A theme is never refused: whatever can not be read falls back to the role's stand-in and becomes a warning that names
// its line, because colours are no reason to keep a person from looking at a burning queue.

import CloudModel
import Foundation
import Terminal
import Yams

/// A remark about a theme file.
package struct ThemeWarning: Equatable, Sendable, CustomStringConvertible {
  /// From 1; 0 when it is about the file as a whole.
  package let line: Int
  package let text: String

  package init(line: Int, text: String) { (self.line, self.text) = (line, text) }

  package var description: String { line > 0 ? "line \(line): \(text)" : text }
}

extension Theme {
  /// Reads a theme file:
  ///
  ///     name: dusk
  ///     dark: true
  ///     palette:                       # free names, only there to be anchored
  ///       rose: &rose "#f2879b"
  ///     roles:
  ///       danger: {fg: *rose, bg: default, attrs: [bold]}
  ///
  /// `fg` and `bg` are what `Colour` reads; left out, they are the terminal's own.
  package static func read(_ yaml: String, called fallbackName: String) -> (theme: Theme, warnings: [ThemeWarning]) {
    var reader = ThemeReader(theme: Theme(name: fallbackName, isDark: true, appearances: [:]))
    do {
      // Without rules for plain scalars: only texts are asked for, and the rules are regular expressions that cost a start-up
      // some milliseconds.
      reader.read(try Parser(yaml: yaml, resolver: .basic).singleRoot())
    } catch let error as YamlError {
      return (named(fallbackName), [ThemeWarning(line: error.line, text: "not YAML: \(error.shortText)")])
    } catch {
      return (named(fallbackName), [ThemeWarning(line: 0, text: "could not be read: \(error)")])
    }
    return (reader.theme, reader.warnings.sorted { $0.line < $1.line })
  }

  /// The plain theme under another name, so that what was asked for is still found by its name.
  private static func named(_ name: String) -> Theme {
    var theme = Theme.plain
    theme.name = name
    return theme
  }
}

/// Collects a theme and the remarks about its file.
private struct ThemeReader {
  var theme: Theme
  var warnings: [ThemeWarning] = []

  private static let topKeys = ["name", "dark", "palette", "roles"]
  private static let roleKeys = ["fg", "bg", "attrs"]

  mutating func read(_ root: Node?) {
    guard let mapping = root?.mapping else {
      return warn(root, "a theme is a list of keys: name, dark, palette, roles")
    }
    for (key, value) in mapping {
      switch key.string {
      case "name": theme.name = value.string.map { sanitised($0) } ?? theme.name
      case "dark": readDark(value)
      case "palette": break
      case "roles": readRoles(value)
      default: warnUnknown(key, "key", among: Self.topKeys)
      }
    }
    let missing = Role.allCases.filter { theme.appearances[$0] == nil }
    for role in missing {
      let stand = role.fallback.map { "it looks like \"\($0.rawValue)\"" } ?? "it has the terminal's colours"
      warnings.append(
        ThemeWarning(line: mapping["roles"]?.mark?.line ?? 0, text: "no role \"\(role.rawValue)\": \(stand)"))
    }
  }

  private mutating func readDark(_ value: Node) {
    guard let isDark = value.bool else { return warn(value, "dark is true or false") }
    theme.isDark = isDark
  }

  private mutating func readRoles(_ value: Node) {
    guard let mapping = value.mapping else { return warn(value, "roles is a list of roles") }
    for (key, value) in mapping {
      guard let role = key.string.flatMap(Role.init(rawValue:)) else {
        warnUnknown(key, "role", among: Role.allCases.map(\.rawValue))
        continue
      }
      theme.appearances[role] = appearance(value, of: role)
    }
  }

  private mutating func appearance(_ node: Node, of role: Role) -> Appearance {
    var appearance = Appearance()
    guard let mapping = node.mapping else {
      if let colour = colour(node) { appearance.foreground = colour }
      return appearance
    }
    for (key, value) in mapping {
      switch key.string {
      case "fg": appearance.foreground = colour(value) ?? appearance.foreground
      case "bg": appearance.background = colour(value) ?? appearance.background
      case "attrs": appearance.attributes = attributes(value)
      default: warnUnknown(key, "key of role \"\(role.rawValue)\"", among: Self.roleKeys)
      }
    }
    return appearance
  }

  private mutating func colour(_ node: Node) -> Colour? {
    if let colour = node.scalar.flatMap({ Colour($0.string) }) { return colour }
    warn(
      node, "\"\(node.scalar?.string ?? "this")\" is no colour: write #rrggbb, a name like red, 0 to 255, or default")
    return nil
  }

  private mutating func attributes(_ node: Node) -> Attributes {
    var result: Attributes = []
    for item in node.sequence.map(Array.init) ?? [node] {
      if let name = item.string, let attribute = Attributes(name: name) {
        result.insert(attribute)
      } else {
        warnUnknown(item, "attribute", among: Attributes.names.map(\.name))
      }
    }
    return result
  }

  private mutating func warnUnknown(_ node: Node, _ what: String, among known: [String]) {
    let name = node.scalar?.string ?? "this"
    let nearest = Nearest.name(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    warn(node, "unknown \(what) \"\(name)\"\(nearest)")
  }

  private mutating func warn(_ node: Node?, _ text: String) {
    warnings.append(ThemeWarning(line: node?.mark?.line ?? 0, text: sanitised(text)))
  }
}

extension YamlError {
  /// From 1; 0 when the error has no place.
  fileprivate var line: Int {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    default: 0
    }
  }

  fileprivate var shortText: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    case .duplicatedKeysInMapping: "a key is there twice"
    default: "it can not be parsed"
    }
  }
}
