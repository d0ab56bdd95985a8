// The columns of the queues table.

import CloudModel
import Foundation
import Terminal

extension QueueRow: TableRow {
  package var isFailing: Bool { failing ?? 0 > 0 }

  /// With a column for the location when there is more than one.
  static func columns(withLocation: Bool) -> [Column<QueueRow>] {
    let location = Column<QueueRow>(
      "LOCATION", width: .fixed(13), rank: 2, sort: .text { $0.name.parent.location },
      search: { $0.name.parent.location }, cell: { row, _ in CellText(row.name.parent.location, .dim) })
    return [name] + (withLocation ? [location] : []) + [
      stateColumn, tasksColumn, lastMinute, failingColumn, oldestColumn, rate, concurrent, attempts,
    ]
  }

  private static let name = Column<QueueRow>(
    "NAME", width: .flexible(14), rank: 0, sort: .text { $0.name.id }, search: { $0.name.id },
    cell: { row, _ in CellText(row.name.id, .accent) })

  private static let stateColumn = Column<QueueRow>(
    "STATE", width: .fixed(9), rank: 1, sort: .text { $0.state }, search: { $0.state },
    cell: { row, _ in
      switch row.queue.state {
      case .running?: CellText("running", .success)
      case .paused?: CellText("‖ paused", .warning)
      case .disabled?: CellText("disabled", .warning)
      default: CellText(row.state, .text)
      }
    })

  private static let tasksColumn = Column<QueueRow>(
    "TASKS", .trailing, width: .fixed(9), rank: 0, sort: .number { $0.tasks.map(Double.init) }, startsDescending: true,
    cell: { row, _ in number(row.tasks, isExact: row.queue.stats != nil || row.survey?.isComplete ?? true) })

  private static let lastMinute = Column<QueueRow>(
    "LAST MIN", .trailing, width: .fixed(9), rank: 3, sort: .number { $0.dispatchedLastMinute.map(Double.init) },
    startsDescending: true, cell: { row, _ in number(row.dispatchedLastMinute) })

  private static let failingColumn = Column<QueueRow>(
    "FAILING", .trailing, width: .fixed(9), rank: 0, sort: .number { $0.failing.map(Double.init) },
    startsDescending: true,
    cell: { row, _ in
      guard let failing = row.failing, failing > 0 else { return number(row.failing, isExact: row.isFailingExact) }
      // An exclamation mark for a retry storm, which the queue's page explains.
      let glyph = RetryStorm(row) == nil ? "✗" : "!"
      return CellText("\(glyph) \(Words.count(failing))\(row.isFailingExact ? "" : "+")", .danger)
    })

  private static let oldestColumn = Column<QueueRow>(
    "OLDEST", .trailing, width: .fixed(7), rank: 4, sort: .age { $0.oldest },
    startsDescending: true, ticks: true,
    cell: { row, moment in
      guard let oldest = row.oldest else { return CellText(row.tasks == 0 ? "-" : "?", .dim) }
      return CellText(Words.span(moment.now.timeIntervalSince(oldest)))
    })

  private static let rate = Column<QueueRow>(
    "RATE", .trailing, width: .fixed(7), rank: 5, sort: .number { $0.queue.rateLimits.maxDispatchesPerSecond },
    startsDescending: true,
    cell: { row, _ in
      CellText(row.queue.rateLimits.maxDispatchesPerSecond.map { Words.number($0) + "/s" } ?? "-", .dim)
    })

  private static let concurrent = Column<QueueRow>(
    "CONCURRENT", .trailing, width: .fixed(11), rank: 6,
    sort: .number { $0.queue.rateLimits.maxConcurrentDispatches.map(Double.init) }, startsDescending: true,
    cell: { row, _ in
      CellText(row.queue.rateLimits.maxConcurrentDispatches.map { Words.count($0) } ?? "-", .dim)
    })

  private static let attempts = Column<QueueRow>(
    "ATTEMPTS", .trailing, width: .fixed(9), rank: 7,
    sort: .number { $0.queue.retryConfig.maxAttempts.map { $0 < 0 ? .infinity : Double($0) } }, startsDescending: true,
    cell: { row, _ in CellText(attemptLimit(row.queue), .dim) })

  /// -1 stands for no limit.
  static func attemptLimit(_ queue: Queue) -> String {
    queue.retryConfig.maxAttempts.map { $0 < 0 ? "no limit" : Words.count($0) } ?? "-"
  }

  /// `?` for what is not known, which is not the same as none.
  private static func number(_ value: Int?, isExact: Bool = true) -> CellText {
    guard let value else { return CellText("?", .dim) }
    return value == 0 ? CellText("0", .dim) : CellText(Words.count(value) + (isExact ? "" : "+"))
  }
}
