// A filter over rows. The row answers for fields, the filter for everything else, so that slim rows of a table and full
// resources are filtered by one set of rules.

import CloudModel
import Foundation

/// What a row says of a field.
package enum FilterValue: Sendable {
  /// The resource does not have it. Every comparison with it is false, so that its negation is true.
  case absent
  case text(String)
  case number(Double)
  case time(Date)
  /// In seconds.
  case duration(Double)
  case json(JSON)
  /// Values of which any may be meant, such as a header that occurs twice.
  case texts([String])

  /// `absent` for nil.
  package static func text(_ text: String?) -> FilterValue { text.map { .text($0) } ?? .absent }
  package static func number(_ number: Int?) -> FilterValue { number.map { .number(Double($0)) } ?? .absent }
  package static func number(_ number: Double?) -> FilterValue { number.map { .number($0) } ?? .absent }
  package static func time(_ time: Date?) -> FilterValue { time.map { .time($0) } ?? .absent }
  package static func time(_ time: Timestamp?) -> FilterValue { time.map { .time($0.date) } ?? .absent }
  package static func duration(_ duration: Duration?) -> FilterValue {
    duration.map { .duration($0.inSeconds) } ?? .absent
  }
}

/// A row that filters can be asked of.
package protocol Filterable {
  static var kind: ResourceKind { get }
  /// The value of a field. `age`, `eta` are never asked for: they are computed from `created` (queues: `oldest`, jobs:
  /// `lastRun`) and `scheduled`.
  func value(of field: FilterField) -> FilterValue
  /// Whether a condition of `FilterFlag.known(for:)` holds.
  func has(_ flag: FilterFlag) -> Bool
  /// The fields that free words are looked for in: texts that a person sees.
  static var searched: [FilterField] { get }
  /// Whether rows of this type know the field at all. Where they do not, `absent` would be a lie: ask
  /// `Filter.fields(unknownTo:)` before filtering.
  static func holds(_ field: FilterField) -> Bool
}

extension Filterable {
  package static var searched: [FilterField] { kind.searched }
  package static func holds(_ field: FilterField) -> Bool { true }
}

extension ResourceKind {
  /// The texts a person sees of a resource. Bodies and headers are not among them: `body:*word*` says so.
  package var searched: [FilterField] {
    switch self {
    case .task: [.id, .taskClass, .url, .queue, .status, .code, .message]
    case .queue: [.id, .state, .location]
    case .job: [.id, .description, .schedule, .zone, .state, .url, .topic, .code, .location]
    }
  }
}

extension FilterNode {
  func holds<Row: Filterable>(_ row: Row, now: Date) -> Bool {
    switch self {
    case .all(let nodes):
      for node in nodes where !node.holds(row, now: now) { return false }
      return true
    case .any(let nodes):
      for node in nodes where node.holds(row, now: now) { return true }
      return false
    case .not(let node): return !node.holds(row, now: now)
    case .flag(let flag): return Self.holds(flag, row)
    case .text(let needle): return Self.finds(needle, row)
    case .test(let test): return test.holds(row, now: now)
    }
  }

  /// A flag of other resources is a text like any other.
  private static func holds<Row: Filterable>(_ flag: FilterFlag, _ row: Row) -> Bool {
    flag.isKnown(for: Row.kind) ? row.has(flag) : finds(flag.needle, row)
  }

  private static func finds<Row: Filterable>(_ needle: FilterNeedle, _ row: Row) -> Bool {
    for field in Row.searched {
      switch row.value(of: field) {
      case .text(let text): if needle.isPart(of: text) { return true }
      case .number(let number): if needle.mayBeNumber, needle.isPart(of: filterNumberText(number)) { return true }
      case .texts(let texts): if texts.contains(where: needle.isPart) { return true }
      case .absent, .time, .duration, .json: continue
      }
    }
    return false
  }
}

extension FilterTest {
  func holds<Row: Filterable>(_ row: Row, now: Date) -> Bool {
    switch read {
    case .age:
      guard case .time(let birth) = row.value(of: Row.kind.birth) else { return false }
      return matcher.accepts(.duration(now.timeIntervalSince(birth)))
    case .eta:
      guard case .time(let due) = row.value(of: .scheduled) else { return false }
      return matcher.accepts(.duration(due.timeIntervalSince(now)))
    default: return matcher.accepts(row.value(of: read))
    }
  }
}

extension FilterMatcher {
  func accepts(_ value: FilterValue) -> Bool {
    switch value {
    case .absent: false
    case .text(let text): accepts(text)
    case .number(let number): accepts(number) || accepts(digitsOf: number)
    case .time(let time): accepts(time.timeIntervalSinceReferenceDate)
    case .duration(let seconds): accepts(seconds)
    case .json(let json): accepts(json)
    case .texts(let texts): texts.contains { accepts($0) }
    }
  }

  private func accepts(_ text: String) -> Bool {
    switch self {
    case .exact(let wanted): text == wanted
    case .glob(let glob): glob.matches(text)
    case .pattern(let pattern): pattern.matches(text)
    case .literal, .openInterval: accepts(JSON.string(text))
    case .interval: false
    }
  }

  private func accepts(_ number: Double) -> Bool {
    if case .interval(let interval) = self { interval.contains(number) } else { false }
  }

  /// `status:50?` is about how a number is written.
  private func accepts(digitsOf number: Double) -> Bool {
    if case .glob(let glob) = self { glob.matches(filterNumberText(number)) } else { false }
  }

  private func accepts(_ json: JSON) -> Bool {
    switch self {
    case .literal(let text): json.isWritten(text)
    case .openInterval(let interval, let type): json.position(as: type).map(interval.contains) ?? false
    case .glob, .pattern, .exact: accepts(json.filterText)
    case .interval: false
    }
  }
}

extension JSON {
  /// The value as a text to search: a string without its quotes, anything else as it is written.
  fileprivate var filterText: String {
    if case .string(let text) = self { text } else { compact }
  }

  /// Whether `text` is a way to write the value: `123` is the number and the string.
  fileprivate func isWritten(_ text: String) -> Bool {
    guard case .number(let digits) = self, digits != text else { return filterText == text }
    if Self.isWhole(digits), Self.isWhole(text) {
      // Doubles would make neighbours of large whole numbers equal; those beyond 64 bits are compared as spelled.
      guard let first = Int64(digits), let second = Int64(text) else { return false }
      return first == second
    }
    guard let first = Double(digits), let second = FilterOperandReader.number(text) else { return false }
    return first == second
  }

  private static func isWhole(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Where the value stands on the scale of a type; proto3 JSON writes 64-bit numbers, times and durations as strings.
  fileprivate func position(as type: FilterType) -> Double? {
    switch (type, self) {
    case (.time, .string(let text)): Timestamp(text)?.date.timeIntervalSinceReferenceDate
    case (.duration, .string(let text)): Duration(protobuf: text)?.inSeconds
    case (.number, .number(let text)), (.number, .string(let text)): FilterOperandReader.number(text)
    default: nil
    }
  }
}
