// The lines of a JSON value: what is folded, and how each line is written.

import Foundation
import Terminal

/// What of a JSON value is folded.
package struct PayloadFolds: Equatable, Sendable {
  /// Lists and objects so deep, and deeper, are folded; the outermost has depth 0.
  private(set) var level: Int
  /// Those that are the other way round; long texts are folded unless they are among them.
  private(set) var exceptions: Set<Int> = []

  init(level: Int = .max) { self.level = max(0, level) }

  func isFolded(_ node: Int, _ facts: PayloadTree.Node) -> Bool {
    guard facts.isFoldable else { return false }
    return (facts.kind == .string || facts.depth >= level) != exceptions.contains(node)
  }

  mutating func toggle(_ node: Int) {
    if exceptions.remove(node) == nil { exceptions.insert(node) }
  }
}

extension PayloadTree {
  /// A line.
  struct Row: Equatable, Sendable {
    let node: Int
    /// 0 is the first line, the next ones are its wrapped rest; -1 is the closing bracket.
    let part: Int
  }

  /// A value of more lines than this is not shown whole at first.
  private static let mostLines = 2000

  /// Folded as far as it must be to be looked at.
  var usualFolds: PayloadFolds { PayloadFolds(level: usualLevel) }

  private var usualLevel: Int {
    if nodes.count <= Self.mostLines { return .max }
    var counts: [Int] = []
    for node in nodes {
      let depth = Int(node.depth)
      while counts.count <= depth { counts.append(0) }
      counts[depth] += 1
    }
    var shown = 0
    for (depth, count) in counts.enumerated() {
      shown += count
      if shown > Self.mostLines { return max(1, depth - 1) }
    }
    return .max
  }

  /// The depth of the deepest list or object that holds something.
  var deepest: Int { nodes.reduce(0) { $1.count > 0 ? max($0, Int($1.depth)) : $0 } }

  /// Calls back with each line that is not hidden in a fold.
  func forEachRow(_ folds: PayloadFolds, _ body: (Row) -> Void) {
    var open: [Int] = []
    var node = 0
    while node < nodes.count {
      close(&open, before: node, body)
      body(Row(node: node, part: 0))
      let facts = nodes[node]
      if folds.isFolded(node, facts) {
        node = Int(facts.end)
      } else {
        if facts.count > 0 { open.append(node) }
        node += 1
      }
    }
    close(&open, before: node, body)
  }

  private func close(_ open: inout [Int], before node: Int, _ body: (Row) -> Void) {
    while let last = open.last, Int(nodes[last].end) <= node {
      body(Row(node: last, part: -1))
      open.removeLast()
    }
  }

  // MARK: Text

  /// What is left of the text on its second line and below.
  static let hanging = 4

  /// Two columns a level, as far as the line allows.
  func indentation(_ node: Int, width: Int) -> Int { min(Int(nodes[node].depth) * 2, max(0, width / 2)) }

  /// Whether a line is short enough in bytes, of which no text has fewer than columns.
  func surelyFits(_ node: Int, in width: Int) -> Bool {
    let facts = nodes[node]
    return indentation(node, width: width) + facts.label.utf8.count + facts.text.utf8.count + 24 <= width
  }

  /// The text of a line that is not wrapped.
  func spans(of row: Row, _ folds: PayloadFolds, width: Int) -> [Span] {
    let facts = nodes[row.node]
    let blanks = String(repeating: " ", count: indentation(row.node, width: width))
    let comma = Span(facts.isLast ? "" : ",", Style(.dim))
    if row.part < 0 { return [Span(blanks + "  " + (facts.kind == .object ? "}" : "]"), Style(.dim)), comma] }
    let isFolded = folds.isFolded(row.node, facts)
    let marker = facts.isFoldable ? (isFolded ? "▸ " : "▾ ") : "  "
    var spans = [Span(blanks + marker, Style(.dim))]
    if !facts.label.isEmpty { spans += [Span(facts.label, Style(.field)), Span(": ", Style(.dim))] }
    return spans + value(facts, isFolded: isFolded, comma)
  }

  private func value(_ facts: Node, isFolded: Bool, _ comma: Span) -> [Span] {
    switch facts.kind {
    case .object, .list:
      let (open, close) = facts.kind == .object ? ("{", "}") : ("[", "]")
      if facts.count == 0 { return [Span(open + close, Style(.dim)), comma] }
      guard isFolded else { return [Span(open, Style(.dim))] }
      let noun = facts.kind == .object ? "member" : "element"
      return [
        Span(open + "…" + close, Style(.dim)), comma, Span("  \(Words.count(Int(facts.count), noun))", Style(.info)),
      ]
    case .string: return text(facts, isFolded: isFolded) + [comma]
    case .number: return [Span(facts.text, Style(.number)), comma]
    case .literal: return [Span(facts.text, Style(.literal)), comma]
    }
  }

  /// What is not shown of a long text is said.
  private func text(_ facts: Node, isFolded: Bool) -> [Span] {
    guard facts.isLong else { return [Span(facts.text, Style(.string))] }
    let size = Words.bytes(facts.text.utf8.count - 2)
    if isFolded {
      let start = TextWidth.prefix(of: facts.text, columns: Self.foldedColumns)
      return [Span(start + "…", Style(.string)), Span("  \(size)", Style(.info))]
    }
    guard facts.text.utf8.count > Self.mostOfText else { return [Span(facts.text, Style(.string))] }
    return [
      Span(Self.beginning(of: facts.text, bytes: Self.mostOfText) + "…", Style(.string)),
      Span("  the first \(Words.bytes(Self.mostOfText)) of \(size)", Style(.info)),
    ]
  }

  /// At most so many bytes, and no half of a character.
  static func beginning(of text: String, bytes: Int) -> String {
    guard let end = text.utf8.index(text.startIndex, offsetBy: bytes, limitedBy: text.endIndex) else { return text }
    var edge = end
    while edge > text.startIndex, edge.samePosition(in: text) == nil { edge = text.utf8.index(before: edge) }
    return String(text[..<edge])
  }
}
