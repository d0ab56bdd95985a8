// A filter asked of a whole table at once, column by column. Asking row by row takes a microsecond a row, most of it for
// handing over values; a column of numbers is compared in a fraction of that, and of texts that repeat only the few
// different ones are looked at.

import Foundation

/// One field of all rows.
package enum FilterColumn: Sendable {
  /// No row has it.
  case absent
  /// Not a number where a row lacks it.
  case numbers([Double])
  /// In seconds since 2001 (Foundation's reference date); not a number where a row lacks it.
  case times([Double])
  /// Empty where a row lacks it.
  case texts(TextColumn)
}

/// Rows whose fields can be had by column.
package protocol FilterTable {
  static var kind: ResourceKind { get }
  static var searched: [FilterField] { get }
  var count: Int { get }
  /// A field of all rows; asked for once a filter.
  mutating func column(_ field: FilterField) -> FilterColumn
  mutating func flags(_ flag: FilterFlag) -> [Bool]
}

extension Filter {
  /// For each row whether the filter holds.
  package func marks<Table: FilterTable>(in table: inout Table, now: Date) -> [Bool] {
    var sweep = FilterSweep(table: table, now: now)
    defer { table = sweep.table }
    return sweep.marks(root, [Bool](repeating: true, count: table.count))
  }
}

/// One run of a filter over a table.
private struct FilterSweep<Table: FilterTable> {
  var table: Table
  let now: Date

  /// Which of the rows `asked` for match.
  mutating func marks(_ node: FilterNode, _ asked: [Bool]) -> [Bool] {
    switch node {
    case .all(let nodes): return nodes.reduce(asked) { left, node in marks(node, left) }
    case .any(let nodes):
      var (result, left) = ([Bool](repeating: false, count: asked.count), asked)
      for node in nodes {
        let found = marks(node, left)
        for place in found.indices where found[place] { (result[place], left[place]) = (true, false) }
      }
      return result
    case .not(let node):
      let found = marks(node, asked)
      return asked.indices.map { asked[$0] && !found[$0] }
    case .flag(let flag) where flag.isKnown(for: Table.kind):
      let flags = table.flags(flag)
      return asked.indices.map { asked[$0] && flags[$0] }
    case .flag(let flag): return marks(needle: flag.needle, asked)
    case .text(let needle): return marks(needle: needle, asked)
    case .test(let test): return marks(test, asked)
    }
  }

  private mutating func marks(needle: FilterNeedle, _ asked: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: asked.count)
    for field in Table.searched {
      switch table.column(field) {
      case .texts(let column): column.mark(asked, in: &result) { !$0.isEmpty && needle.isPart(of: $0) }
      case .numbers(let numbers) where needle.mayBeNumber:
        Self.mark(numbers, asked, in: &result) { needle.isPart(of: filterNumberText($0)) }
      case .absent, .numbers, .times: continue
      }
    }
    return result
  }

  private mutating func marks(_ test: FilterTest, _ asked: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: asked.count)
    let (matcher, now) = (test.matcher, now.timeIntervalSinceReferenceDate)
    switch test.read {
    case .age:
      guard case .times(let births) = table.column(Table.kind.birth) else { break }
      Self.mark(births, asked, in: &result) { matcher.accepts(.duration(now - $0)) }
    case .eta:
      guard case .times(let dues) = table.column(.scheduled) else { break }
      Self.mark(dues, asked, in: &result) { matcher.accepts(.duration($0 - now)) }
    default: mark(table.column(test.read), matcher, asked, in: &result)
    }
    return result
  }

  private func mark(_ column: FilterColumn, _ matcher: FilterMatcher, _ asked: [Bool], in result: inout [Bool]) {
    switch column {
    case .absent: break
    case .numbers(let numbers):
      if case .interval(let interval) = matcher {
        Self.mark(numbers, asked, in: &result, where: interval.contains)
      } else {
        Self.mark(numbers, asked, in: &result) { matcher.accepts(.number($0)) }
      }
    case .times(let times):
      Self.mark(times, asked, in: &result) {
        matcher.accepts(.time(Date(timeIntervalSinceReferenceDate: $0)))
      }
    case .texts(let column): column.mark(asked, in: &result) { !$0.isEmpty && matcher.accepts(.text($0)) }
    }
  }

  private static func mark(
    _ values: [Double], _ asked: [Bool], in result: inout [Bool], where accepts: (Double) -> Bool
  ) {
    for place in values.indices where asked[place] && !values[place].isNaN && accepts(values[place]) {
      result[place] = true
    }
  }
}
