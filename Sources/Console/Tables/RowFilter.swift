// What a table's filter means. Plain words are looked for in what the cells show; tables whose rows can be asked for
// fields read the filter language (DESIGN.md section 5), and keep the last good filter while one is half typed.

import Foundation
import Operations

/// Why a filter text is not applied.
package struct FilterProblem: Equatable, Sendable {
  /// One-based, in characters; nil where the text is right but the rows cannot answer it.
  package var column: Int?
  package var reason: String

  /// `column 5: ...`.
  package var words: String { (column.map { "column \($0): " } ?? "") + reason }
}

/// A filter that can be applied to rows.
package struct RowFilter<Row: TableRow>: Sendable {
  package let text: String
  /// Set when the text says more than a plain word.
  let condition: (@Sendable (Row, Date) -> Bool)?
  /// The same for a chunk of tasks at once, which is faster.
  private(set) var sweep: (@Sendable (TaskTable, Date) -> [Bool])?

  /// Plain words of which each must be in one of a row's texts; looked for together, which is fast.
  let words: [String]

  init(plain text: String) { self.init(text, words: text.isEmpty ? [] : [text]) }

  init(_ text: String, words: [String]) { (self.text, self.words, condition) = (text, words, nil) }

  init(
    _ text: String, _ condition: @escaping @Sendable (Row, Date) -> Bool,
    sweep: (@Sendable (TaskTable, Date) -> [Bool])? = nil
  ) {
    (self.text, words, self.condition, self.sweep) = (text, [], condition, sweep)
  }

  var isEmpty: Bool { text.isEmpty }

  /// Whether it shows nothing that `other` hides, as the next letter of a word does. Expressions are not looked into.
  func narrows(_ other: RowFilter) -> Bool {
    if other.isEmpty { return true }
    guard condition == nil, other.condition == nil, (words + other.words).allSatisfy(TextFilter.isASCII) else {
      return false
    }
    return other.words.allSatisfy { old in words.contains { $0.lowercased().contains(old.lowercased()) } }
  }

  /// For one row; tables with many rows have faster ways for plain words.
  func matches(_ row: Row, _ texts: [@Sendable (Row) -> String], now: Date) -> Bool {
    if let condition { return condition(row, now) }
    return words.allSatisfy { word in
      let needle = TextFilter(word)
      return texts.contains { needle.matches($0(row)) }
    }
  }
}

extension TableRow {
  package static func filter(_ text: String) -> Result<RowFilter<Self>, FilterRefusal> { .success(.init(plain: text)) }
}

/// A filter text that is refused.
package struct FilterRefusal: Error, Equatable, Sendable {
  package var problem: FilterProblem
}

extension TaskRow {
  /// Plain words are looked for in the cells, which is fast; anything more is an expression.
  package static func filter(_ text: String) -> Result<RowFilter<TaskRow>, FilterRefusal> {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    let isExpression = trimmed.contains { "\":=~<>!|()*?\\".contains($0) }
    let words = trimmed.split(separator: " ").map(String.init)
    if !isExpression, !FilterFlag.known(for: .task).contains(where: { words.contains($0.rawValue) }) {
      return .success(RowFilter(trimmed, words: words))
    }
    do throws(FilterError) {
      let filter = try Filter(text, for: .task)
      let unknown = filter.fields(unknownTo: TaskRow.self)
      guard unknown.isEmpty else { return .failure(FilterRefusal(problem: unanswered(unknown))) }
      return .success(
        RowFilter(text) { row, now in
          filter.matches(row, now: now)
        } sweep: { table, now in
          var table = table
          return filter.marks(in: &table, now: now)
        })
    } catch {
      return .failure(FilterRefusal(problem: FilterProblem(column: error.column, reason: error.reason)))
    }
  }

  private static func unanswered(_ fields: [String]) -> FilterProblem {
    FilterProblem(
      column: nil,
      reason: "this list does not hold \(fields.joined(separator: ", ")): Enter looks into each task")
  }
}

extension TaskRow: Filterable {
  package static var kind: ResourceKind { .task }
  /// What its cells show.
  package static var searched: [FilterField] { [.taskClass, .id, .status, .code] }

  package static func holds(_ field: FilterField) -> Bool {
    switch field {
    case .id, .taskClass, .url, .dispatches, .responses, .status, .code, .created, .scheduled: true
    default: false
    }
  }

  package func value(of field: FilterField) -> FilterValue {
    switch field {
    case .id: .text(id)
    case .taskClass: taskClass.isEmpty ? .absent : .text(taskClass)
    case .url: url.isEmpty ? .absent : .text(url)
    case .dispatches: .number(Int(dispatches))
    case .responses: .number(Int(responses))
    case .status: .number(httpStatus)
    case .code: .text(code)
    case .created: .time(created)
    case .scheduled: .time(next)
    default: .absent
    }
  }

  package func has(_ flag: FilterFlag) -> Bool { Self.has(flag, outcome, dispatches: dispatches) }

  static func has(_ flag: FilterFlag, _ outcome: Outcome, dispatches: Int32) -> Bool {
    switch flag {
    case .never: outcome == .never
    case .running: outcome == .running
    case .ok: outcome == .succeeded
    case .failing: outcome == .failed || outcome != .succeeded && dispatches > 1
    case .paused, .disabled, .enabled: false
    }
  }

  /// Of `503 UNAVAILABLE`.
  var httpStatus: Int? {
    guard outcome == .failed || outcome == .succeeded else { return nil }
    return Self.httpStatus(of: status)
  }

  static func httpStatus(of status: String) -> Int? { status.split(separator: " ").first.flatMap { Int($0) } }

  private var code: String? {
    guard outcome == .failed || outcome == .succeeded else { return nil }
    return Self.code(of: status)
  }

  static func code(of status: String) -> String? {
    status == "DEADLINE" ? "DEADLINE_EXCEEDED" : status.split(separator: " ").last.map(String.init)
  }
}
