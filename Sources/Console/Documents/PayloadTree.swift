// A JSON value as a list of nodes in the order in which they are shown, for folding, searching and copying. The order of
// keys and the spelling of numbers are those of the text.

import CloudModel
import Foundation
import Operations
import Terminal

/// A JSON value that is looked at. Made off the main loop: it may be a megabyte.
package final class PayloadTree: Equatable, Sendable {
  enum Kind: Equatable, Sendable { case object, list, string, number, literal }

  struct Node: Sendable {
    let kind: Kind
    let depth: Int32
    /// -1 for the outermost.
    let parent: Int32
    /// Its place among its siblings.
    let place: Int32
    let isLast: Bool
    /// Members or elements.
    let count: Int32
    /// Behind its last descendant.
    fileprivate(set) var end: Int32 = 0
    /// The name in quotes, sanitised; empty for elements of a list.
    let label: String
    /// Of a scalar, sanitised.
    let text: String

    /// Whether it can be folded.
    var isFoldable: Bool { count > 0 || isLong }
    var isLong: Bool { kind == .string && text.utf8.count > PayloadTree.longText }
  }

  /// A text of more bytes than this begins folded.
  static let longText = 400
  /// As much of a folded text is shown, and of an unfolded one.
  static let foldedColumns = 160
  static let mostOfText = 65_536

  let nodes: [Node]
  private let root: JSON
  /// What it was made of; two values with the same text are the same.
  let source: String
  /// What stands before its paths in the filter language: `body`; nil for a whole resource.
  let prefix: String?

  package init(_ json: JSON, source: String? = nil, prefix: String? = "body") {
    (root, self.prefix) = (json, prefix)
    self.source = source ?? json.compact
    var nodes: [Node] = []
    Self.add(json, label: "", at: (0, -1, 0), isLast: true, to: &nodes)
    self.nodes = nodes
  }

  var pretty: String { root.pretty }

  package static func == (left: PayloadTree, right: PayloadTree) -> Bool {
    left === right || left.source == right.source && left.prefix == right.prefix
  }

  private static func add(
    _ value: JSON, label: String, at position: (depth: Int32, parent: Int32, place: Int32), isLast: Bool,
    to nodes: inout [Node]
  ) {
    let own = nodes.count
    func node(_ kind: Kind, _ count: Int, _ text: String = "") -> Node {
      Node(
        kind: kind, depth: position.depth, parent: position.parent, place: position.place, isLast: isLast,
        count: Int32(clamping: count), label: label, text: text)
    }
    switch value {
    case .object(let object):
      nodes.append(node(.object, object.count))
      for (place, member) in object.enumerated() {
        add(
          member.value, label: sanitised(JSON.string(member.key).compact),
          at: (position.depth + 1, Int32(own), Int32(place)), isLast: place == object.count - 1, to: &nodes)
      }
    case .array(let elements):
      nodes.append(node(.list, elements.count))
      for (place, element) in elements.enumerated() {
        add(
          element, label: "", at: (position.depth + 1, Int32(own), Int32(place)), isLast: place == elements.count - 1,
          to: &nodes)
      }
    case .string: nodes.append(node(.string, 0, sanitised(value.compact)))
    case .number(let text): nodes.append(node(.number, 0, sanitised(text)))
    case .null, .bool: nodes.append(node(.literal, 0, value.compact))
    }
    nodes[own].end = Int32(nodes.count)
  }

  // MARK: Values and paths

  /// Values in it, itself included.
  package var nodeCount: Int { nodes.count }

  /// Names and places from the outermost value to a node.
  func path(to node: Int) -> [String] {
    var steps: [String] = []
    walk(to: node) { steps.append($0) }
    return steps
  }

  /// The value of a node.
  package func value(of node: Int) -> JSON { walk(to: node) { _ in } }

  @discardableResult
  private func walk(to node: Int, _ visit: (String) -> Void) -> JSON {
    var places: [Int] = []
    var current = nodes[node]
    while current.parent >= 0 {
      places.append(Int(current.place))
      current = nodes[Int(current.parent)]
    }
    var value = root
    for place in places.reversed() {
      switch value {
      case .object(let object):
        guard let member = object.dropFirst(place).first(where: { _ in true }) else { return value }
        visit(member.key)
        value = member.value
      case .array(let elements):
        visit(String(place))
        value = elements[place]
      default: return value
      }
    }
    return value
  }

  /// The path in the filter language.
  func spelledPath(to node: Int) -> String {
    prefix == nil ? FilterField.resource(path(to: node)).spelling : FilterField.body(path(to: node)).spelling
  }

  /// The filter of tasks with this value at its place. A body that is one scalar is compared as text.
  package func filter(to node: Int) -> String {
    let path = path(to: node)
    return Filter.text(.body(path), equals: path.isEmpty ? .string(source) : value(of: node))
  }

  /// What goes on the clipboard: a text without its quotes, anything larger indented.
  func copied(_ node: Int) -> String {
    let value = value(of: node)
    return value.string ?? value.pretty
  }

  /// The nodes around a node, the outermost first.
  func around(_ node: Int) -> [Int] {
    var list: [Int] = []
    var parent = nodes[node].parent
    while parent >= 0 {
      list.append(Int(parent))
      parent = nodes[Int(parent)].parent
    }
    return list.reversed()
  }
}
