// The system parameter `fields`: which part of an answer the caller wants to see,
// in the syntax of Google's partial responses: `name,queues(name,state),tasks/name`.

import CloudModel

/// A tree of field names; a name without children stands for all that is in it.
struct FieldSelection: Equatable {
  private var children: [String: FieldSelection] = [:]

  /// nil where everything is wanted.
  init?(_ text: String?) throws(Refusal) {
    guard let text, !text.isEmpty, text != "*" else { return nil }
    var rest = text[...]
    try read(&rest, depth: 0)
    guard rest.isEmpty else { throw .badFields(text) }
  }

  private init() {}

  /// Elements of lists are looked into as if they stood alone.
  func apply(to json: JSON) -> JSON {
    if children.isEmpty { return json }
    switch json {
    case .array(let elements): return .array(elements.map { apply(to: $0) })
    case .object(let members):
      return .object(
        JSONObject(
          members.compactMap { key, value in
            (children[key] ?? children["*"]).map { (key, $0.apply(to: value)) }
          }))
    default: return json
    }
  }

  // MARK: Reading

  /// A list up to its closing parenthesis, or to the end.
  private mutating func read(_ rest: inout Substring, depth: Int) throws(Refusal) {
    // Answers are never as deep as this.
    guard depth < 32 else { throw .badFields(String(rest)) }
    while true {
      try readPath(&rest, depth: depth)
      guard rest.first == "," else { return }
      rest.removeFirst()
    }
  }

  private mutating func readPath(_ rest: inout Substring, depth: Int) throws(Refusal) {
    let name = rest.prefix { !",/()".contains($0) }
    guard !name.isEmpty else { throw .badFields(String(rest)) }
    rest = rest[name.endIndex...]
    let key = camelCase(String(name))
    var child = children[key] ?? FieldSelection()
    let isWhole = children[key]?.children.isEmpty ?? false
    switch rest.first {
    case "/":
      rest.removeFirst()
      guard depth < 32 else { throw .badFields(String(rest)) }
      try child.readPath(&rest, depth: depth + 1)
    case "(":
      rest.removeFirst()
      try child.read(&rest, depth: depth + 1)
      guard rest.first == ")" else { throw .badFields(String(rest)) }
      rest.removeFirst()
    default: child = FieldSelection()
    }
    // What was asked for as a whole stays whole.
    children[key] = isWhole ? FieldSelection() : child
  }
}

extension Refusal {
  fileprivate static func badFields(_ text: String) -> Refusal {
    let violation: JSON = [
      "field": .string(text),
      "description": .string(
        "Error expanding 'fields' parameter. Cannot find matching fields for path '\(text)'."),
    ]
    return .invalid(
      "Request contains an invalid argument.",
      details: [["@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]]])
  }
}
