// What a schedule means beside its next times: whether two are the same, how often one fires, and the times that a
// clock change takes away.

import Foundation

extension Schedule {
  /// Whether both fire at the same times, however they are written: `@hourly` and `0 * * * *`.
  package func isSame(as other: Schedule) -> Bool { rule == other.rule }

  /// How often it fires on a day on which it fires, clock changes aside.
  package var runsPerDay: Int {
    switch rule {
    case .calendar(let rule): rule.namesAnyDay ? rule.minutes.count * rule.hours.count : 0
    case .interval(let rule): rule.runsPerDay
    }
  }

  /// Whether it fires on every day, so that `runsPerDay` says all.
  package var isDaily: Bool {
    switch rule {
    case .calendar(let rule):
      rule.daysOfMonth == CalendarRule.everyDayOfMonth && rule.months == CalendarRule.everyMonth
        && rule.weekdays == CalendarRule.everyWeekday
    case .interval(let rule): rule.seconds <= 86400
    }
  }

  /// The shortest time between two of the next runs; nil when there are not two.
  package func shortestGap(after: Date, in zone: TimeZone) -> TimeInterval? {
    let times = upcoming(12, after: after, in: zone)
    return zip(times, times.dropFirst()).map { $1.timeIntervalSince($0) }.min()
  }

  /// A time of day that the schedule names and the clock does not show.
  package struct SkippedTime: Equatable, Sendable {
    /// When the clock jumps.
    package let jump: Date
    /// What the clock would have shown, in minutes of the day.
    package let minuteOfDay: Int
    /// Whether it fires once the clock has jumped, rather than not at all that day.
    package let firesAfterJump: Bool
  }

  /// The first time within a year that a clock change skips. Schedules that run at most of the hours lose nothing that
  /// matters, so for them there is none.
  package func skippedTime(after: Date, in zone: TimeZone) -> SkippedTime? {
    guard case .calendar(let rule) = rule, rule.hours.count <= 6 else { return nil }
    var moment = after
    for _ in 0..<4 {
      guard let jump = zone.nextDaylightSavingTimeTransition(after: moment),
        jump.timeIntervalSince(after) < 366 * 86400
      else { return nil }
      let before = zone.secondsFromGMT(for: jump.addingTimeInterval(-1))
      let gained = zone.secondsFromGMT(for: jump) - before
      let local = Int(jump.timeIntervalSince1970) + before
      if gained > 0, let named = rule.next(afterLocal: local - 60), named < local + gained {
        return SkippedTime(
          jump: jump, minuteOfDay: (named - floorDivide(named, 86400) * 86400) / 60,
          firesAfterJump: rule.clockChange == .once)
      }
      moment = jump
    }
    return nil
  }
}

extension IntervalRule {
  fileprivate var runsPerDay: Int {
    let day = 24 * 60
    switch anchor {
    case .previousRun, .midnight: return max(1, day * 60 / max(1, seconds))
    case .window(let from, let to):
      let minutes = to >= from ? to - from : to + day - from
      return minutes * 60 / max(1, seconds) + 1
    }
  }
}

extension TimeZones {
  /// Known spellings of one zone: Cloud Scheduler shows "UTC" as it was given, and "Etc/UTC" by default.
  package static func areSame(_ first: String, _ second: String) -> Bool {
    first == second || (isUTC(first) && isUTC(second))
  }

  /// Whether a name means UTC; nothing at all does too, because it is the default.
  package static func isUTC(_ name: String) -> Bool {
    ["", "utc", "etc/utc", "uct", "etc/uct", "universal", "etc/universal", "zulu", "etc/zulu"].contains(
      name.lowercased())
  }

  /// Whether the clocks of a zone change on the day, as that zone counts days, to which a moment belongs.
  package static func hasClockChange(on moment: Date, in zone: TimeZone) -> Bool {
    let offset = zone.secondsFromGMT(for: moment)
    let local = Int(moment.timeIntervalSince1970.rounded(.down)) + offset
    let midnight = floorDivide(local, 86400) * 86400
    // The day's ends, each by the offset of the moment: off by the change itself, which is never at midnight's other side.
    let start = Date(timeIntervalSince1970: Double(midnight - offset))
    return zone.secondsFromGMT(for: start) != zone.secondsFromGMT(for: start.addingTimeInterval(86399))
  }
}
