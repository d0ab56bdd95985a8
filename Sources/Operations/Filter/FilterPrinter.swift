// Filters back to text, in one spelling: what is saved, shown and compared.

import CloudModel

extension Filter {
  /// The test that a field has a value, as a person would type it.
  package static func text(_ field: FilterField, equals value: JSON) -> String {
    let text = value.string ?? value.compact
    return "\(field.spelling)=\(FilterScanner.isBareValue(text) ? text : FilterPrinter.quoted(text))"
  }
}

enum FilterPrinter {
  static func text(of node: FilterNode) -> String {
    switch node {
    case .all(let nodes): nodes.map(member).joined(separator: " ")
    case .any(let nodes): nodes.map(text(of:)).joined(separator: " | ")
    case .not(let node): negated(node)
    case .flag(let flag): flag.rawValue
    case .text(let needle): word(needle.text)
    case .test(let test): text(of: test, operator: test.comparison.rawValue)
    }
  }

  /// Blank binds closer than `|`, so only alternatives need a group.
  private static func member(_ node: FilterNode) -> String {
    if case .any = node { "(\(text(of: node)))" } else { text(of: node) }
  }

  private static func negated(_ node: FilterNode) -> String {
    switch node {
    case .test(let test) where test.comparison == .equal: text(of: test, operator: "!=")
    case .all, .any: "!(\(text(of: node)))"
    case .not, .flag, .text, .test: "!" + text(of: node)
    }
  }

  private static func text(of test: FilterTest, operator sign: String) -> String {
    test.field.spelling + sign + value(of: test)
  }

  private static func value(of test: FilterTest) -> String {
    switch test.operand {
    case .number(let number): filterNumberText(number)
    case .time(let time, let isDay): isDay ? String(time.description.prefix(10)) : time.description
    case .duration(let nanoseconds): duration(nanoseconds)
    case .text(let text):
      switch test.comparison {
      case .pattern: FilterScanner.isBarePattern(text) ? text : quotedPattern(text)
      case .glob: FilterScanner.isBareGlob(text) ? text : quotedPattern(text)
      default: FilterScanner.isBareValue(text) ? text : quoted(text)
      }
    }
  }

  private static func word(_ text: String) -> String {
    FilterFlag(rawValue: text) == nil && FilterScanner.isBareWord(text) ? text : quoted(text)
  }

  /// `1d2h3m4.5s`.
  static func duration(_ nanoseconds: Int64) -> String {
    guard nanoseconds != 0 else { return "0s" }
    var rest = nanoseconds.magnitude
    var text = nanoseconds < 0 ? "-" : ""
    for (unit, size) in [("d", 86400), ("h", 3600), ("m", 60)] as [(String, UInt64)] {
      let count = rest / (size * 1_000_000_000)
      rest %= size * 1_000_000_000
      if count > 0 { text += "\(count)\(unit)" }
    }
    if rest > 0 { text += seconds(rest) }
    return text
  }

  private static func seconds(_ nanoseconds: UInt64) -> String {
    let (whole, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard fraction > 0 else { return "\(whole)s" }
    var digits = String(String(fraction + 1_000_000_000).dropFirst())
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)s"
  }

  /// In quotes, with escapes; what a terminal might act on is escaped too.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if isHidden(scalar) {
          out += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  /// In quotes, escapes left to the glob or regular expression.
  private static func quotedPattern(_ text: String) -> String {
    var out = "\"".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "\"" { out.append("\\") }
      out.append(scalar)
    }
    out.append("\"")
    return String(out)
  }

  /// Controls, and marks that change how the text around them is shown.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
    default: false
    }
  }
}

/// A number in its shortest spelling; whole ones without a fraction.
func filterNumberText(_ number: Double) -> String {
  if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
  return String(number)
}
