// Reading YAML files that people write: every value knows its line and column, and
// all that is wrong is told at once.
//
//     let plan = try YAMLReader.read(text, file: path) { root in
//       let top = root.mapping(keys: ["app", "schedules"])      // other keys are faults, with the nearest known one
//       return Plan(
//         app: top["app"]?.string,                              // a fault unless it is text
//         jobs: top["schedules"]?.items.compactMap(job) ?? [])  // a fault unless it is a list
//     }
//
// Getters give nil and remember a fault where the value is of another type; `node.fault("…")` adds one of your own.
// The closure runs to its end and its value is thrown away where there was a fault, so it need not care.

import Yams

package enum YAMLReader {
  /// Nodes with every alias written out. Ten lines of aliases of aliases can stand for a billion.
  static let mostNodes = 200_000
  static let deepest = 64

  /// Reads the one document of a file. An empty file is an empty mapping.
  ///
  /// - Parameters:
  ///   - file: its path, for messages, and relative paths in it are of its folder.
  ///   - home: what `~/` means in paths; nil leaves it as it is.
  /// - Throws: everything that is wrong in the file.
  package static func read<Value>(
    _ text: String, file: String, home: String? = nil, _ body: (YAMLNode) -> Value
  ) throws(FileFaults) -> Value {
    let collector = YAMLFaults(file: file, home: home)
    let root = try parse(text, file)
    if let root {
      var budget = mostNodes
      try measure(root, file, depth: 0, &budget)
    }
    let value = body(YAMLNode(root, collector))
    try collector.check()
    return value
  }

  private static func parse(_ text: String, _ file: String) throws(FileFaults) -> Node? {
    do {
      // No rules for plain scalars here: `YAMLNode` reads them where it knows what is wanted.
      return try Parser(yaml: text, resolver: .basic).singleRoot()
    } catch let error as YamlError {
      throw FileFaults(YAMLSyntax.fault(error, text, file))
    } catch {
      throw FileFaults(FileFault(at: FilePlace(file: file, line: 1, column: 1), "it cannot be read: \(error)"))
    }
  }

  private static func measure(_ node: Node, _ file: String, depth: Int, _ budget: inout Int) throws(FileFaults) {
    budget -= 1
    guard budget > 0, depth <= deepest else {
      let place = FilePlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
      let reason =
        depth > deepest
        ? "it is nested more than \(deepest) deep" : "with its aliases written out it has over \(mostNodes) values"
      throw FileFaults(FileFault(at: place, reason, remedy: "Write it simpler."))
    }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        try measure(key, file, depth: depth + 1, &budget)
        try measure(value, file, depth: depth + 1, &budget)
      }
    case .sequence(let sequence):
      for item in sequence { try measure(item, file, depth: depth + 1, &budget) }
    case .scalar, .alias: break
    }
  }
}

/// The faults of one file while it is read. It lives no longer than the call that reads the file.
final class YAMLFaults {
  let file: String
  let home: String?
  private var found: [FileFault] = []

  init(file: String, home: String?) { (self.file, self.home) = (file, home) }

  func add(_ fault: FileFault) {
    // A value that is read twice is wrong once.
    if !found.contains(fault) { found.append(fault) }
  }

  func check() throws(FileFaults) {
    if let first = found.first { throw FileFaults(first, Array(found.dropFirst())) }
  }
}
