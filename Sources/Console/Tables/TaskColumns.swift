// The columns of the tasks table.

import Foundation
import Terminal

extension TaskRow: TableRow {
  package typealias List = TaskRows

  static let columns: [Column<TaskRow>] = [
    classColumn, idColumn, tries, answers, statusColumn, age, nextColumn,
  ]

  private static let classColumn = Column<TaskRow>(
    "CLASS", width: .flexible(14), rank: 0, sort: .text { $0.taskClass }, field: .taskClass, search: { $0.taskClass },
    cell: { row, _ in row.taskClass.isEmpty ? CellText("-", .dim) : CellText(row.taskClass, .accent) })

  private static let idColumn = Column<TaskRow>(
    "ID", width: .flexible(12), rank: 1, sort: .text { $0.id }, field: .id, search: { $0.id },
    cell: { row, _ in CellText(row.id) })

  private static let tries = Column<TaskRow>(
    "TRIES", .trailing, width: .fixed(6), rank: 0, sort: .number { Double($0.dispatches) }, startsDescending: true,
    field: .dispatches,
    cell: { row, _ in
      let role: Role = row.dispatches == 0 ? .dim : row.isFailing ? .danger : .text
      return CellText(Words.count(Int(row.dispatches)), role)
    })

  private static let answers = Column<TaskRow>(
    "ANSWERS", .trailing, width: .fixed(8), rank: 4, sort: .number { Double($0.responses) }, startsDescending: true,
    field: .responses,
    cell: { row, _ in CellText(Words.count(Int(row.responses)), row.responses == 0 ? .dim : .text) })

  private static let statusColumn = Column<TaskRow>(
    "LAST STATUS", width: .flexible(17), rank: 2, sort: .text { $0.status }, field: .status, search: { $0.status },
    cell: { row, _ in
      switch row.outcome {
      case .never: CellText(row.status, .dim)
      case .running: CellText("▸ \(row.status)", .info)
      case .succeeded: CellText("✓ \(row.status)", .success)
      case .failed: CellText("✗ \(row.status)", .danger)
      }
    })

  private static let age = Column<TaskRow>(
    "AGE", .trailing, width: .fixed(5), rank: 3, sort: .age { $0.created },
    startsDescending: true, field: .created, ticks: true,
    cell: { row, moment in
      CellText(row.created.map { Words.span(moment.now.timeIntervalSince($0)) } ?? "-")
    })

  private static let nextColumn = Column<TaskRow>(
    "NEXT", .trailing, width: .fixed(6), rank: 3, sort: .date { $0.next }, field: .scheduled, ticks: true,
    cell: { row, moment in
      guard row.outcome != .running, let next = row.next else { return CellText("-", .dim) }
      let words = Words.countdown(to: next, from: moment.now)
      guard words == "now" else { return CellText(words) }
      return moment.isQueuePaused ? CellText("paused", .warning) : CellText(words, .info)
    })
}
