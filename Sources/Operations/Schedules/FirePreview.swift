// When a job fires, before and after a change of its schedule.

import CloudModel
import Foundation
import Schedules

/// The next fire times of a job, before and after a change.
package struct FirePreview: Equatable, Sendable {
  /// One side.
  package struct Side: Equatable, Sendable {
    package var times: [Date]
    /// nil when the job's zone is not known.
    package var zone: TimeZone?
    /// `24 times a day`; empty when the schedule cannot be read.
    package var frequency: String
    /// The schedule in words.
    package var words: String

    /// Those of the times that lie on a day on which the zone's clocks change.
    package var clockChanges: Set<Date> {
      guard let zone else { return [] }
      return Set(times.filter { TimeZones.hasClockChange(on: $0, in: zone) })
    }
  }

  package static let count = 5

  package var before: Side?
  package var after: Side

  package init(before: Job?, after: Job, now: Date) {
    let isSame = before.map { $0.schedule == after.schedule && $0.timeZone == after.timeZone } ?? false
    self.after = Self.side(of: after, now)
    self.before = isSame ? self.after : before.map { Self.side(of: $0, now) }
  }

  private static func side(of job: Job, _ now: Date) -> Side {
    let zone = TimeZones.isUTC(job.timeZone) ? TimeZone.gmt : TimeZones.zone(named: job.timeZone)
    let schedule: Schedule
    do { schedule = try Schedule(job.schedule) } catch {
      // A job may hold what this program cannot read; then there is nothing to foretell.
      return Side(times: [], zone: zone, frequency: "", words: "")
    }
    return Side(
      times: zone.map { schedule.upcoming(count, after: now, in: $0) } ?? [], zone: zone,
      frequency: schedule.frequency, words: schedule.explanation)
  }
}

extension Schedule {
  /// `never`, `once a day`, `24 times a day`, `twice a day on days it runs`.
  package var frequency: String {
    let runs = runsPerDay
    let often =
      switch runs {
      case 0: "never"
      case 1: "once a day"
      case 2: "twice a day"
      default: "\(runs) times a day"
      }
    return runs == 0 || isDaily ? often : "\(often), on days it runs"
  }
}
