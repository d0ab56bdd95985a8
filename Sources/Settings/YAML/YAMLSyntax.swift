// libYAML's own errors, with a place and without its jargon.

import Yams

enum YAMLSyntax {
  static func fault(_ error: YamlError, _ text: String, _ file: String) -> FileFault {
    func at(_ mark: Mark, _ reason: String, remedy: String? = nil) -> FileFault {
      FileFault(at: FilePlace(file: file, line: mark.line, column: mark.column), reason, remedy: remedy)
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return at(mark, "it is not YAML: \(problem)", remedy: remedy(for: problem))
    case .duplicatedKeysInMapping(let names, let context):
      return duplicate(names.first ?? "", first: context.mark, text, file)
    case .reader(let problem, let offset, _, _):
      return FileFault(at: place(offset ?? 0, in: text, file), "it is not YAML: \(problem)")
    default:
      return FileFault(at: FilePlace(file: file, line: 1, column: 1), "it is not YAML: \(error)")
    }
  }

  private static func remedy(for problem: String) -> String? {
    if problem.contains("tab") || problem.contains("cannot start any token") { return "Indent with blanks, not tabs." }
    if problem.contains("mapping values are not allowed") {
      return "Put text that holds a colon and a blank in quotes."
    }
    return nil
  }

  /// Yams tells where a key stands first; what a person looks for is where it stands again.
  private static func duplicate(_ name: String, first: Mark, _ text: String, _ file: String) -> FileFault {
    let again = again(name, after: first, text)
    return FileFault(
      at: FilePlace(file: file, line: again.line, column: again.column),
      "the key \"\(name)\" is there twice, first in line \(first.line)", remedy: "Leave one of them.")
  }

  private static func again(_ name: String, after first: Mark, _ text: String) -> (line: Int, column: Int) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated().dropFirst(first.line - 1) {
      for column in columns(of: name, in: Array(line.unicodeScalars)) {
        // In a block all keys of one mapping are at one column; in braces they may share the line.
        if index + 1 == first.line ? column > first.column : column == first.column { return (index + 1, column) }
      }
    }
    return (first.line, first.column)
  }

  /// The columns at which a line has the name as a key.
  private static func columns(of name: String, in line: [Unicode.Scalar]) -> [Int] {
    let spellings = [name, "\"\(name)\"", "'\(name)'"].map { Array($0.unicodeScalars) }
    return line.indices.filter { start in
      guard start == 0 || " {,-\t".unicodeScalars.contains(line[start - 1]) else { return false }
      return spellings.contains { spelling in
        line[start...].starts(with: spelling)
          && line[(start + spelling.count)...].first { !" \t".unicodeScalars.contains($0) } == ":"
      }
    }.map { $0 + 1 }
  }

  private static func place(_ offset: Int, in text: String, _ file: String) -> FilePlace {
    let before = text.prefix(offset)
    let line = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return FilePlace(file: file, line: max(1, line.count), column: (line.last?.unicodeScalars.count ?? 0) + 1)
  }
}
