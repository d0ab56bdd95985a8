// How many jobs fire in each quarter of an hour of the coming day, before and after
// a plan: what a table of cron fields does not show.

import CloudModel
import Foundation
import Schedules

/// A day of fire times.
package struct FireStrip: Equatable, Sendable {
  package static let cells = 96
  package static let cell: TimeInterval = 900

  /// The start of the first cell: the quarter of an hour that is going on.
  package let start: Date
  /// Jobs that fire in each cell.
  package let before: [Int]
  package let after: [Int]

  package init(_ plan: SchedulePlan, now: Date) {
    let start = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / Self.cell).rounded(.down) * Self.cell)
    self.start = start
    // Foreign jobs fire too, but are none of this plan's business.
    let kept = plan.unchanged + plan.stale
    let same = Self.count(kept, from: start)
    before = Self.sum(same, Self.count(plan.updated.map(\.before) + plan.deleted, from: start))
    after = Self.sum(same, Self.count(plan.updated.map(\.after) + plan.added.map(\.job), from: start))
  }

  private static func sum(_ first: [Int], _ second: [Int]) -> [Int] { zip(first, second).map(+) }

  private static func count(_ jobs: [Job], from start: Date) -> [Int] {
    var counts = [Int](repeating: 0, count: cells)
    for job in jobs where job.state == nil || job.state == .enabled {
      let zone = TimeZones.isUTC(job.timeZone) ? TimeZone.gmt : TimeZones.zone(named: job.timeZone)
      let schedule: Schedule
      // A schedule that cannot be read has no times to show; the page says so where it shows the job.
      do { schedule = try Schedule(job.schedule) } catch { continue }
      guard let zone else { continue }
      add(schedule, zone, from: start, to: &counts)
    }
    return counts
  }

  private static func add(_ schedule: Schedule, _ zone: TimeZone, from start: Date, to counts: inout [Int]) {
    var moment = start.addingTimeInterval(-1)
    while let next = schedule.next(after: moment, in: zone) {
      let place = Int(next.timeIntervalSince(start) / cell)
      guard place < cells else { return }
      counts[place] += 1
      // The rest of the cell says nothing new.
      moment = start.addingTimeInterval(Double(place + 1) * cell - 1)
    }
  }
}
