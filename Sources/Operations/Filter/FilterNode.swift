// A filter once it is read. Each test carries its matcher, so that nothing is prepared again while rows go by.

import CloudModel
import Foundation

/// A filter, or a part of one.
indirect enum FilterNode: Equatable, Sendable {
  /// All hold; of nothing, everything.
  case all([FilterNode])
  case any([FilterNode])
  case not(FilterNode)
  case flag(FilterFlag)
  /// A text to search for.
  case text(FilterNeedle)
  case test(FilterTest)

  /// All of `nodes`, without a group inside that says the same.
  static func joined(all nodes: [FilterNode]) -> FilterNode {
    let flat = nodes.flatMap { node in
      if case .all(let inner) = node { inner } else { [node] }
    }
    return flat.count == 1 ? flat[0] : .all(flat)
  }

  /// Any of `nodes`, without a group inside that says the same.
  static func joined(any nodes: [FilterNode]) -> FilterNode {
    let flat = nodes.flatMap { node in
      if case .any(let inner) = node { inner } else { [node] }
    }
    return flat.count == 1 ? flat[0] : .any(flat)
  }

  /// The opposite; twice is none.
  static func negated(_ node: FilterNode) -> FilterNode {
    if case .not(let inner) = node { inner } else { .not(node) }
  }

  /// Every test, in the order they are written.
  var tests: [FilterTest] {
    switch self {
    case .all(let nodes), .any(let nodes): nodes.flatMap(\.tests)
    case .not(let node): node.tests
    case .test(let test): [test]
    case .flag, .text: []
    }
  }

  /// The same filter with cheap tests before dear ones. Tests have no effects, so their order can not be seen.
  var ordered: FilterNode {
    switch self {
    case .all(let nodes): .all(Self.ordered(nodes))
    case .any(let nodes): .any(Self.ordered(nodes))
    case .not(let node): .not(node.ordered)
    case .flag, .text, .test: self
    }
  }

  private static func ordered(_ nodes: [FilterNode]) -> [FilterNode] {
    let ranked = nodes.map(\.ordered).enumerated().map { (cost: $1.cost, place: $0, node: $1) }
    return ranked.sorted { ($0.cost, $0.place) < ($1.cost, $1.place) }.map(\.node)
  }

  private var cost: Int {
    switch self {
    case .flag: 1
    case .test(let test): test.cost
    case .text: 30
    case .not(let node): node.cost
    case .all(let nodes), .any(let nodes): nodes.reduce(0) { $0 + $1.cost }
    }
  }
}

/// How a value is compared.
enum FilterComparison: String, CaseIterable, Sendable {
  case glob = ":"
  case pattern = "~"
  case equal = "="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  var isOrder: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    case .glob, .pattern, .equal: false
    }
  }
}

/// What a field is compared with, as it was meant: two spellings of one value are equal.
enum FilterOperand: Equatable, Sendable {
  /// A text, glob or regular expression.
  case text(String)
  case number(Double)
  /// A whole day in UTC when `isDay`.
  case time(Timestamp, isDay: Bool)
  /// In nanoseconds.
  case duration(Int64)
}

/// A comparison of one field.
struct FilterTest: Equatable, Sendable {
  let field: FilterField
  let comparison: FilterComparison
  let operand: FilterOperand
  let matcher: FilterMatcher
  /// The field that is asked for: `name` is the ID or the full name, as the value tells.
  let read: FilterField

  init(field: FilterField, comparison: FilterComparison, operand: FilterOperand, matcher: FilterMatcher) {
    (self.field, self.comparison, self.operand, self.matcher) = (field, comparison, operand, matcher)
    if field == .name, case .text(let text) = operand, !text.contains("/") { read = .id } else { read = field }
  }

  /// Roughly the time it takes, in units of a comparison of numbers.
  fileprivate var cost: Int {
    switch field {
    case .body: 1000
    case .resource: 500
    case .name where read == .name: 50
    default: matcher.cost
    }
  }
}

/// A range of numbers. Every comparison of numbers, times and durations is one.
struct FilterInterval: Equatable, Sendable {
  var low = -Double.infinity
  var high = Double.infinity
  var holdsLow = true
  var holdsHigh = true

  /// The values that compare with `value` as asked.
  init(_ comparison: FilterComparison, _ value: Double) {
    switch comparison {
    case .glob, .equal, .pattern: (low, high) = (value, value)
    case .less: (high, holdsHigh) = (value, false)
    case .lessOrEqual: high = value
    case .greater: (low, holdsLow) = (value, false)
    case .greaterOrEqual: low = value
    }
  }

  /// The values that compare with the stretch from `start` to just before `end` as asked.
  init(_ comparison: FilterComparison, from start: Double, to end: Double) {
    switch comparison {
    case .glob, .equal, .pattern: (low, high, holdsHigh) = (start, end, false)
    case .less: (high, holdsHigh) = (start, false)
    case .lessOrEqual: (high, holdsHigh) = (end, false)
    case .greater: low = end
    case .greaterOrEqual: low = start
    }
  }

  func contains(_ value: Double) -> Bool {
    (holdsLow ? value >= low : value > low) && (holdsHigh ? value <= high : value < high)
  }
}

/// Decides whether a value is as asked.
enum FilterMatcher: Equatable, Sendable {
  /// Numbers as they are, times in seconds since 2001 (Foundation's reference date), durations in seconds.
  case interval(FilterInterval)
  case exact(String)
  case glob(FilterGlob)
  case pattern(FilterPattern)
  /// Equal to a JSON value that may be written so.
  case literal(String)
  /// A JSON value that is, or spells, a number, a time or a duration.
  case openInterval(FilterInterval, of: FilterType)

  fileprivate var cost: Int {
    switch self {
    case .interval: 2
    case .exact: 4
    case .glob: 8
    case .pattern: 20
    case .literal, .openInterval: 40
    }
  }
}
