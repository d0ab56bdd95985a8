// Theme files.
//
// A theme is never refused: whatever can not be read falls back to the role's stand-in and becomes a warning that names
// its line, because colours are no reason to keep a person from looking at a burning queue.

import CloudModel
import Foundation
import Terminal
import Yams

/// A remark about a theme file.
package struct ThemeWarning: Error, Equatable, CustomStringConvertible {
  /// From 1; 1 when it is about the file as a whole.
  package let line: Int
  package let text: String

  package init(line: Int, text: String) { (self.line, self.text) = (line, text) }

  package var description: String { "line \(line): \(text)" }
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
    } catch {
      return (named(fallbackName), [ThemeWarning(error, in: yaml)])
    }
    // What is written wrongly is often why a role is missing, so it comes first.
    return (reader.theme, reader.warnings.sorted { $0.line < $1.line } + reader.missing)
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
  /// Of the roles that the file leaves out.
  var missing: [ThemeWarning] = []

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
    for role in Role.allCases where theme.appearances[role] == nil {
      let stand = role.fallback.map { "it looks like \"\($0.rawValue)\"" } ?? "it has the terminal's colours"
      missing.append(
        ThemeWarning(line: mapping["roles"]?.mark?.line ?? 1, text: "no role \"\(role.rawValue)\": \(stand)"))
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
    warnings.append(ThemeWarning(line: max(1, node?.mark?.line ?? 1), text: sanitised(text)))
  }
}

extension ThemeWarning {
  /// Why a file is not YAML.
  init(_ error: any Error, in yaml: String) {
    if let error = error as? YamlError {
      // What is missing at the end is noticed behind it.
      let last = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).lastIndex { !$0.isEmpty }
      self.init(
        line: max(1, min(error.line(in: yaml), (last ?? 0) + 1)), text: sanitised("not YAML: \(error.shortText)"))
    } else {
      self.init(line: 1, text: sanitised("could not be read: \(error)"))
    }
  }
}

extension YamlError {
  fileprivate func line(in yaml: String) -> Int {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    case .duplicatedKeysInMapping(let keys, let context): Self.again(keys, in: yaml, from: context.mark.line)
    // libyaml counts bytes, Yams hands the count on.
    case .reader(_, let offset, _, let yaml): yaml.utf8.prefix(offset ?? 0).count { $0 == UInt8(ascii: "\n") } + 1
    default: 1
    }
  }

  /// The line on which one of some keys stands for the second time; Yams tells only where their list begins.
  private static func again(_ keys: [String], in yaml: String, from first: Int) -> Int {
    var seen: Set<String> = []
    let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated().dropFirst(max(0, first - 1)) {
      let key = line.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)
      if keys.contains(key), !seen.insert(key).inserted { return index + 1 }
    }
    return first
  }

  fileprivate var shortText: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    case .duplicatedKeysInMapping(let keys, _): "twice in one list: \(keys.joined(separator: ", "))"
    case .reader(let problem, _, _, _): problem
    default: "it can not be parsed"
    }
  }
}
