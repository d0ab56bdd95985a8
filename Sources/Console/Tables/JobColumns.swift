// The columns of the jobs table.

import CloudModel
import Foundation
import Terminal

extension JobRow: TableRow {
  /// With a column for the location when there is more than one.
  static func columns(withLocation: Bool) -> [Column<JobRow>] {
    let location = Column<JobRow>(
      "LOCATION", width: .fixed(13), rank: 4, sort: .text { $0.name.parent.location },
      search: { $0.name.parent.location }, cell: { row, _ in CellText(row.name.parent.location, .dim) })
    return [nameColumn] + (withLocation ? [location] : []) + [
      scheduleColumn, zoneColumn, stateColumn, lastRunColumn, statusColumn, nextColumn,
    ]
  }

  private static let nameColumn = Column<JobRow>(
    "NAME", width: .flexible(24), rank: 0, sort: .text { $0.name.id }, search: { $0.name.id },
    cell: { row, _ in
      switch row.drift {
      case .changed?: CellText("~ \(row.name.id)", .warning)
      case .stale?: CellText("? \(row.name.id)", .warning)
      case nil: CellText(row.name.id, .accent)
      }
    })

  private static let scheduleColumn = Column<JobRow>(
    "SCHEDULE", width: .flexible(12), rank: 1, sort: .text { $0.schedule }, search: { $0.schedule },
    cell: { row, _ in CellText(row.schedule) })

  private static let zoneColumn = Column<JobRow>(
    "ZONE", width: .flexible(8), rank: 5, sort: .text { $0.zone }, search: { $0.zone },
    cell: { row, _ in CellText(row.zone.isEmpty ? "-" : row.zone, .dim) })

  private static let stateColumn = Column<JobRow>(
    "STATE", width: .fixed(9), rank: 3, sort: .text { $0.state }, search: { $0.state },
    cell: { row, _ in
      switch row.job.state {
      case .enabled?: CellText("enabled", .success)
      case .paused?: CellText("‖ paused", .warning)
      case .disabled?: CellText("disabled", .warning)
      case .updateFailed?: CellText("✗ update failed", .danger)
      default: CellText(row.state)
      }
    })

  private static let lastRunColumn = Column<JobRow>(
    "LAST RUN", .trailing, width: .fixed(9), rank: 4, sort: .age { $0.lastRun }, ticks: true,
    cell: { row, moment in
      guard let lastRun = row.lastRun else { return CellText("never", .dim) }
      return CellText(Words.span(moment.now.timeIntervalSince(lastRun)) + " ago")
    })

  private static let statusColumn = Column<JobRow>(
    "LAST STATUS", width: .flexible(13), rank: 2, sort: .text { $0.status }, search: { $0.status },
    cell: { row, _ in
      if row.isFailing { return CellText("✗ \(row.status)", .danger) }
      return row.status == "-" ? CellText("-", .dim) : CellText("✓ \(row.status)", .success)
    })

  private static let nextColumn = Column<JobRow>(
    "NEXT RUN", .trailing, width: .fixed(18), rank: 1, sort: .date { $0.next }, ticks: true,
    cell: { row, moment in
      guard let next = row.next else { return CellText(row.isPaused ? "paused" : "-", .dim) }
      let words = Words.countdown(to: next, from: moment.now)
      return CellText("\(words) · \(Words.shortMoment(next, from: moment.now, in: moment.zone))")
    })
}
