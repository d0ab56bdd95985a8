// A chunk of tasks by column, for filters of the language.

import Foundation
import Operations

struct TaskTable: FilterTable, Sendable {
  static var kind: ResourceKind { .task }
  static var searched: [FilterField] { TaskRow.searched }

  private let chunk: TaskChunk
  private let texts: TaskTexts
  private var columns: [FilterField: FilterColumn] = [:]

  init(_ chunk: TaskChunk, _ texts: TaskTexts) { (self.chunk, self.texts) = (chunk, texts) }

  var count: Int { chunk.count }

  mutating func column(_ field: FilterField) -> FilterColumn {
    if let made = columns[field] { return made }
    let column = make(field)
    columns[field] = column
    return column
  }

  private func make(_ field: FilterField) -> FilterColumn {
    switch field {
    case .id: .texts(TextColumn(count: count) { chunk.ids[$0] })
    case .taskClass: .texts(chunk.classes.column(texts.classes))
    case .url: .texts(chunk.urls.column(texts.urls))
    case .code: .texts(statuses.mapped { Self.answer(in: $0).flatMap { TaskRow.code(of: $0) } ?? "" })
    case .dispatches: .numbers(chunk.dispatches.map(Double.init))
    case .responses: .numbers(chunk.responses.map(Double.init))
    case .status:
      .numbers(
        statuses.numbers { Self.answer(in: $0).flatMap { TaskRow.httpStatus(of: $0) }.map(Double.init) ?? .nan })
    case .created: .times(chunk.created)
    case .scheduled: .times(chunk.next)
    default: .absent
    }
  }

  /// Reading numbers and codes out of words takes long, and the words are few.
  private var statuses: TextColumn { chunk.statuses.column(texts.statuses) }

  /// The status of a task that was answered; nil where it was not.
  private static func answer(in status: String) -> String? { ["-", "running"].contains(status) ? nil : status }

  mutating func flags(_ flag: FilterFlag) -> [Bool] {
    (0..<count).map { TaskRow.has(flag, chunk.outcomes[$0], dispatches: chunk.dispatches[$0]) }
  }
}
