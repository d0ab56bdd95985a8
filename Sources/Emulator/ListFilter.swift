// The `filter` of ListQueues: comparisons of fields, joined by AND
// (https://cloud.google.com/logging/docs/view/advanced_filters, of which
// ListQueues documents the operators `<= < >= > != = :`).

import CloudModel
import Foundation

/// A conjunction of comparisons such as `state: PAUSED`.
struct ListFilter {
  private struct Term {
    let path: [String]
    let sign: String
    let value: String
  }

  private let terms: [Term]

  /// An absent or empty filter matches everything.
  init(_ text: String?) throws(Refusal) {
    var terms: [Term] = []
    for part in (text ?? "").replacingOccurrences(of: " AND ", with: "\n").split(separator: "\n") {
      terms.append(try Self.term(part.trimmingCharacters(in: .whitespaces)))
    }
    self.terms = terms
  }

  func matches(_ json: JSON) -> Bool { terms.allSatisfy { Self.holds($0, json) } }

  private static func term(_ text: String) throws(Refusal) -> Term {
    for sign in ["<=", ">=", "!=", "<", ">", "=", ":"] {
      guard let range = text.range(of: sign) else { continue }
      let path = text[..<range.lowerBound].trimmingCharacters(in: .whitespaces)
      let value = text[range.upperBound...].trimmingCharacters(in: .whitespaces)
        .trimmingCharacters(in: ["\""])
      guard !path.isEmpty, !value.isEmpty else { break }
      return Term(path: path.split(separator: ".").map { camelCase(String($0)) }, sign: sign, value: value)
    }
    // Our words.
    throw .invalid("Invalid filter: \"\(text)\" is not a comparison of a field with a value.")
  }

  private static func holds(_ term: Term, _ json: JSON) -> Bool {
    let found = term.path.reduce(Optional(json)) { value, key in value?[key] }
    guard let found else { return term.sign == "!=" }
    if let number = found.double, let wanted = Double(term.value) { return compare(number, wanted, term.sign) }
    let text = found.string ?? found.compact
    if term.sign == ":" { return text.range(of: term.value, options: .caseInsensitive) != nil }
    return compare(text, term.value, term.sign)
  }

  private static func compare<Value: Comparable>(_ left: Value, _ right: Value, _ sign: String) -> Bool {
    switch sign {
    case "<=": left <= right
    case ">=": left >= right
    case "<": left < right
    case ">": left > right
    case "!=": left != right
    default: left == right
    }
  }
}
