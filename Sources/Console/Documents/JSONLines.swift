// JSON as coloured lines, two columns of indentation a level.

import CloudModel
import Foundation
import Terminal

/// Makes the lines of a JSON value.
package struct JSONLines {
  package private(set) var lines: [Document.Line] = []
  private var spans: [Span] = []

  package init(_ value: JSON) {
    write(value, depth: 0)
    endLine()
  }

  private mutating func write(_ value: JSON, depth: Int) {
    switch value {
    case .null: put("null", .literal)
    case .bool(let value): put(value ? "true" : "false", .literal)
    case .number(let text): put(text, .number)
    case .string: put(value.compact, .string)
    case .array(let elements):
      list("[", "]", elements, depth) { lines, element in lines.write(element, depth: depth + 1) }
    case .object(let object):
      list("{", "}", Array(object), depth) { lines, member in
        lines.put(JSON.string(member.key).compact, .field)
        lines.put(": ", .dim)
        lines.write(member.value, depth: depth + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ open: String, _ close: String, _ elements: [Element], _ depth: Int,
    _ write: (inout JSONLines, Element) -> Void
  ) {
    guard !elements.isEmpty else { return put(open + close, .dim) }
    put(open, .dim)
    for (index, element) in elements.enumerated() {
      if index > 0 { put(",", .dim) }
      startLine(depth + 1)
      write(&self, element)
    }
    startLine(depth)
    put(close, .dim)
  }

  private mutating func put(_ text: String, _ role: Role) { spans.append(Span(sanitised(text), Style(role))) }

  private mutating func startLine(_ depth: Int) {
    endLine()
    if depth > 0 { spans.append(Span(String(repeating: " ", count: depth * 2))) }
  }

  private mutating func endLine() {
    lines.append(.spans(spans))
    spans = []
  }
}
