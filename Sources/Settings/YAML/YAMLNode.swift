// One value of a YAML file: asked for a type, it gives that or remembers a fault.
//
// Plain scalars are read as YAML 1.2's core schema reads them, with YAML 1.1's yes, no, on and off, and only where
// the type is asked for: `project: 12345` is the text that was written.

import CloudModel
import Foundation
import Yams

/// A value and its place. Use it inside the closure of `YAMLReader.read` only.
package struct YAMLNode {
  /// nil is an empty document.
  private let node: Node?
  private let faults: YAMLFaults

  init(_ node: Node?, _ faults: YAMLFaults) { (self.node, self.faults) = (node, faults) }

  package var place: FilePlace {
    FilePlace(file: faults.file, line: node?.mark?.line ?? 1, column: node?.mark?.column ?? 1)
  }

  /// Remembers that this value is wrong.
  package func fault(_ reason: String, remedy: String? = nil) {
    faults.add(FileFault(at: place, reason, remedy: remedy))
  }

  /// Remembers that this name is not one of those known, and names the nearest.
  package func unknown(_ what: String, _ name: String, among known: some Sequence<String>) {
    let near = nearest(name, among: known)
    fault(
      "unknown \(what) \"\(name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      remedy: near.map { "Write \($0)." } ?? "There are: \(known.joined(separator: ", ")).")
  }

  // MARK: What it is

  package var isMapping: Bool { node?.mapping != nil }
  package var isList: Bool { node?.sequence != nil }

  /// Nothing after the colon, `~` or `null`.
  package var isNull: Bool {
    guard let scalar = node?.scalar else { return node == nil }
    return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private func wanted(_ what: String) {
    let found =
      switch node {
      case .mapping: "a mapping"
      case .sequence: "a list"
      case .scalar(let scalar) where !isNull: "\"\(scalar.string.prefix(40))\""
      default: "nothing"
      }
    fault("\(what) is wanted here, not \(found)")
  }

  // MARK: One value

  /// Text that is not empty; numbers and such as they were written.
  package var string: String? {
    guard let text = text(else: "text") else { return nil }
    if !text.isEmpty { return text }
    wanted("text")
    return nil
  }

  /// Text, perhaps empty.
  package var text: String? { text(else: "text") }

  private func text(else what: String) -> String? {
    guard let scalar = node?.scalar, !isNull else {
      wanted(what)
      return nil
    }
    return scalar.string
  }

  /// `true` or `false`, not in quotes.
  package var bool: Bool? {
    if let scalar = node?.scalar, scalar.style == .plain {
      switch scalar.string.lowercased() {
      case "true", "yes", "on": return true
      case "false", "no", "off": return false
      default: break
      }
    }
    wanted("true or false")
    return nil
  }

  /// A whole number of a range.
  package func integer(in range: ClosedRange<Int>) -> Int? {
    if let scalar = node?.scalar, scalar.style == .plain, let number = Int(scalar.string), range.contains(number) {
      return number
    }
    wanted("a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  /// `30s`, `10m`, `1h30m`, or a number of seconds.
  package var span: Duration? {
    if let scalar = node?.scalar, let span = Duration(span: scalar.string) { return span }
    wanted("a span of time such as 30s, 10m or 1h30m")
    return nil
  }

  /// A number of bytes: `500MB`, `2GiB`, or plain bytes.
  package var bytes: Int? {
    let units = [
      "": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
    ]
    if let text = node?.scalar?.string {
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      let unit = text.dropFirst(digits.count).drop { $0 == " " }
      if let number = Int(digits), let scale = units[String(unit)], number <= Int.max / scale { return number * scale }
    }
    wanted("a number of bytes such as 500MB or 2GiB")
    return nil
  }

  /// One of some words.
  package func word<Word: RawRepresentable & CaseIterable>(_ what: String, as: Word.Type) -> Word?
  where Word.RawValue == String {
    guard let text = string else { return nil }
    if let word = Word(rawValue: text) { return word }
    unknown(what, text, among: Word.allCases.map(\.rawValue))
    return nil
  }

  /// The path of a file or folder. A relative one is of this file's folder, `~/` of the home.
  package var path: String? { string.map(resolved) }

  /// A program: a path where it has a slash, else a name to look for on PATH.
  package var program: String? { string.map { $0.contains("/") ? resolved($0) : $0 } }

  private func resolved(_ path: String) -> String {
    if path.hasPrefix("~/"), let home = faults.home { return home + path.dropFirst() }
    if path.hasPrefix("/") { return path }
    let folder = URL(fileURLWithPath: faults.file).deletingLastPathComponent()
    return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
  }

  // MARK: Several values

  /// The values of a list.
  package var items: [YAMLNode] {
    guard let sequence = node?.sequence else {
      wanted("a list")
      return []
    }
    return sequence.map { YAMLNode($0, faults) }
  }

  /// A list of texts, or one alone.
  package var strings: [String] {
    if isMapping {
      wanted("a list of texts")
      return []
    }
    return (isList ? items : [self]).compactMap(\.string)
  }

  /// The pairs of a mapping whose keys are free names, in the order of the file; none where nothing is written. `<<`
  /// takes in another mapping's.
  package var entries: [(name: String, key: YAMLNode, value: YAMLNode)] {
    guard let node, !isNull else { return [] }
    guard case .mapping(let mapping) = node else {
      wanted("a mapping")
      return []
    }
    var own: [(name: String, key: YAMLNode, value: YAMLNode)] = []
    var taken: [(name: String, key: YAMLNode, value: YAMLNode)] = []
    for (key, value) in mapping {
      let (key, value) = (YAMLNode(key, faults), YAMLNode(value, faults))
      if key.isMerge {
        for source in value.isList ? value.items : [value] { taken += source.entries }
      } else if let name = key.string {
        own.append((name, key, value))
      }
    }
    for entry in taken where !own.contains(where: { $0.name == entry.name }) { own.append(entry) }
    return own
  }

  private var isMerge: Bool { node?.scalar.map { $0.style == .plain && $0.string == "<<" } ?? false }

  /// A mapping of which every key must be one of `keys`.
  package func mapping(keys: [String], what: String = "key") -> YAMLMapping {
    let entries = entries
    let unknown = entries.filter { !keys.contains($0.name) }
    for entry in unknown { entry.key.unknown(what, entry.name, among: keys) }
    return YAMLMapping(node: self, entries: entries, hasUnknownKeys: !unknown.isEmpty)
  }

  /// A mapping of names to texts.
  package var dictionary: [String: String] {
    entries.reduce(into: [:]) { result, entry in result[entry.name] = entry.value.text }
  }

  // MARK: Anything

  /// The value as JSON. Numbers keep their spelling where JSON has it.
  package var json: JSON {
    switch node {
    case .mapping: .object(JSONObject(entries.map { ($0.name, $0.value.json) }))
    case .sequence: .array(items.map(\.json))
    case .scalar(let scalar) where scalar.style == .plain: plain(scalar.string)
    case .scalar(let scalar): .string(scalar.string)
    default: .null
    }
  }

  private func plain(_ text: String) -> JSON {
    if isNull { return .null }
    switch text {
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".inf", "-.inf", "+.inf", ".nan", ".NaN", ".Inf":
      fault("JSON has no \(text)")
      return .null
    default: return isJSONNumber(text) ? .number(text) : .string(text)
    }
  }
}

/// The grammar of RFC 8259 section 6.
private func isJSONNumber(_ text: String) -> Bool {
  var rest = text.utf8[...]
  func digits() -> Int {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    return digits.count
  }
  if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
  let leadsWithZero = rest.first == UInt8(ascii: "0")
  let whole = digits()
  guard whole == 1 || whole > 1 && !leadsWithZero else { return false }
  if rest.first == UInt8(ascii: ".") {
    rest = rest.dropFirst()
    guard digits() > 0 else { return false }
  }
  if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    guard digits() > 0 else { return false }
  }
  return rest.isEmpty
}

/// The pairs of a mapping, by key.
package struct YAMLMapping {
  /// The mapping itself.
  package let node: YAMLNode
  package let entries: [(name: String, key: YAMLNode, value: YAMLNode)]
  fileprivate let hasUnknownKeys: Bool

  /// Where it begins.
  package var place: FilePlace { node.place }

  /// The value of a key; nil where the key is not there.
  package subscript(key: String) -> YAMLNode? { entries.first { $0.name == key }?.value }

  /// The value of a key that has to be there. Beside an unknown key, which it may be meant by, nothing more is said.
  package func required(_ key: String, else reason: String, remedy: String? = nil) -> YAMLNode? {
    if let value = self[key] { return value }
    if !hasUnknownKeys { node.fault(reason, remedy: remedy) }
    return nil
  }

  /// The place of a key, else of the mapping.
  package func place(of key: String) -> FilePlace { entries.first { $0.name == key }?.key.place ?? place }
}
