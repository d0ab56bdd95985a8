// gcloud's configuration files: INI as Python's configparser reads it, which is
// what gcloud itself reads them with.

/// Sections and their properties.
struct INIFile: Equatable {
  /// By section, then by name in lower case.
  private(set) var sections: [String: [String: String]] = [:]

  /// What is wrong with a file, and on which line (from 1).
  struct Fault: Error, Equatable {
    var line: Int
    var reason: String
  }

  init(_ text: String) throws(Fault) {
    var section: String?
    var name: String?
    // To Swift a CR LF is one character, and a newline like any other.
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.drop(while: \.isWhitespace)
      if words.isEmpty || words.first == "#" || words.first == ";" { continue }
      if line.first?.isWhitespace == true, let section, let name {
        // An indented line goes on with the value above.
        sections[section]?[name]?.append("\n\(trimmed(words))")
      } else if words.first == "[" {
        section = try Self.title(words, line: index + 1)
        name = nil
        sections[section ?? "", default: [:]] = sections[section ?? ""] ?? [:]
      } else {
        guard let section else { throw Fault(line: index + 1, reason: "a property stands before the first [section]") }
        name = try take(words, into: section, line: index + 1)
      }
    }
  }

  private static func title(_ words: Substring, line: Int) throws(Fault) -> String {
    guard let end = words.firstIndex(of: "]"), words.index(after: words.startIndex) < end else {
      throw Fault(line: line, reason: "a [section] has no end or no name")
    }
    return String(words[words.index(after: words.startIndex)..<end])
  }

  private mutating func take(_ words: Substring, into section: String, line: Int) throws(Fault) -> String {
    guard let sign = words.firstIndex(where: { $0 == "=" || $0 == ":" }), sign > words.startIndex else {
      throw Fault(line: line, reason: "\"\(trimmed(words))\" is neither a [section] nor a name = value")
    }
    let name = trimmed(words[..<sign]).lowercased()
    guard sections[section]?[name] == nil else {
      throw Fault(line: line, reason: "\(name) is in [\(section)] twice")
    }
    sections[section, default: [:]][name] = trimmed(words[words.index(after: sign)...])
    return name
  }

  subscript(section: String, name: String) -> String? { sections[section]?[name] }
}

private func trimmed(_ text: Substring) -> String {
  var text = text.drop(while: \.isWhitespace)
  while text.last?.isWhitespace == true { text.removeLast() }
  return String(text)
}
