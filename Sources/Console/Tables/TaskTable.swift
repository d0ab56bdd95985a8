// Tasks by column, for filters of the language: each column is made when a filter first asks for it, and kept while the
// filter is typed.

import Foundation
import Operations

struct TaskTable: FilterTable, Sendable {
  static var kind: ResourceKind { .task }
  static var searched: [FilterField] { TaskRow.searched }

  let rows: [TaskRow]
  private var columns: [FilterField: FilterColumn] = [:]

  init(_ rows: [TaskRow]) { self.rows = rows }

  var count: Int { rows.count }

  mutating func column(_ field: FilterField) -> FilterColumn {
    if let made = columns[field] { return made }
    let column = make(field)
    columns[field] = column
    return column
  }

  private func make(_ field: FilterField) -> FilterColumn {
    rows.withUnsafeBufferPointer { make(field, $0) }
  }

  /// Through a pointer, so that no row is copied to be asked.
  private func make(_ field: FilterField, _ rows: UnsafeBufferPointer<TaskRow>) -> FilterColumn {
    switch field {
    case .id: .texts(TextColumn(count: count) { rows[$0].id })
    case .taskClass: .texts(TextColumn(count: count) { rows[$0].taskClass })
    case .url: .texts(TextColumn(count: count) { rows[$0].url })
    case .code: .texts(statuses(rows).mapped { Self.answer(in: $0).flatMap { TaskRow.code(of: $0) } ?? "" })
    case .dispatches: .numbers(rows.map { Double($0.dispatches) })
    case .responses: .numbers(rows.map { Double($0.responses) })
    case .status:
      .numbers(
        statuses(rows).numbers { Self.answer(in: $0).flatMap { TaskRow.httpStatus(of: $0) }.map(Double.init) ?? .nan })
    case .created: .times(rows.map { $0.created?.timeIntervalSinceReferenceDate ?? .nan })
    case .scheduled: .times(rows.map { $0.next?.timeIntervalSinceReferenceDate ?? .nan })
    default: .absent
    }
  }

  /// Reading numbers and codes out of words takes long, and the words are few.
  private func statuses(_ rows: UnsafeBufferPointer<TaskRow>) -> TextColumn {
    TextColumn(count: count) { rows[$0].status }
  }

  /// The status of a task that was answered; nil where it was not.
  private static func answer(in status: String) -> String? { ["-", "running"].contains(status) ? nil : status }

  mutating func flags(_ flag: FilterFlag) -> [Bool] { rows.map { $0.has(flag) } }
}
