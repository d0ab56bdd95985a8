// One schedule engine for the console and the emulator.
//
// Both must agree to the second on when a job fires, so there is one parser and one clock. What Cloud Scheduler accepts
// in `schedule` is unix-cron or App Engine's English; the macros are crontab(5)'s and common in definitions.

import Foundation

/// A parsed Cloud Scheduler schedule.
package struct Schedule: Equatable, Sendable, CustomStringConvertible {
  /// The three ways to write a schedule.
  package enum Kind: Equatable, Sendable {
    /// Five fields: minute, hour, day of the month, month, weekday.
    case unixCron
    /// `@hourly` and its like.
    case macro
    /// App Engine's English, such as "every 2 hours" and "1st monday of month 09:00".
    case english
  }

  /// When a schedule fires, however it was written.
  enum Rule: Equatable, Sendable {
    case calendar(CalendarRule)
    case interval(IntervalRule)
  }

  /// The schedule as it was written.
  package let text: String
  /// How it was written.
  package let kind: Kind
  let rule: Rule

  /// Reads a schedule: unix-cron, a macro or English. Blanks around it and between its fields do not matter, nor does
  /// case.
  /// - Throws: `ScheduleError` with the column of the fault.
  package init(_ text: String) throws(ScheduleError) {
    self.text = text
    kind = Self.kind(of: text)
    switch kind {
    case .unixCron: rule = .calendar(try CronParser(text).parse())
    case .macro: rule = .calendar(try Macro.rule(for: text))
    case .english: rule = try EnglishParser(text).parse()
    }
  }

  package var description: String { text }

  /// The first time after `after` at which the schedule fires in `zone`; nil when it never does, and for an `after`
  /// outside the years 1 to 9999. An English interval without a window counts from `after`, as from the previous run.
  package func next(after: Date, in zone: TimeZone) -> Date? {
    let seconds = after.timeIntervalSince1970
    guard Self.years1To9999.contains(seconds) else { return nil }
    let instant = Int(seconds.rounded(.down))
    let clock = ZoneClock(zone: zone)
    let found: Int? =
      switch rule {
      case .calendar(let calendar): calendar.next(after: instant, on: clock)
      case .interval(let interval): interval.next(after: instant, on: clock)
      }
    return found.map { Date(timeIntervalSince1970: Double($0)) }
  }

  /// The next `count` times after `after`; fewer when the schedule ends before, none when it never fires.
  package func upcoming(_ count: Int, after: Date, in zone: TimeZone) -> [Date] {
    var times: [Date] = []
    var previous = after
    while times.count < count, let time = next(after: previous, in: zone) {
      times.append(time)
      previous = time
    }
    return times
  }

  /// What the schedule means, in plain English: "At 03:00, Monday through Friday". The time zone is not part of it.
  package var explanation: String {
    switch rule {
    case .calendar(let calendar): calendar.explanation
    case .interval(let interval): interval.explanation
    }
  }

  private static let years1To9999 = -62_135_596_800.0...253_402_300_799.0

  /// English is what has a time of day, "every" or "of", or does not begin like a cron field; the rest is unix-cron.
  private static func kind(of text: String) -> Kind {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace)
    guard let first = words.first else { return .unixCron }
    if first.hasPrefix("@") { return .macro }
    let saysEnglish = text.contains(":") || words.contains("every") || words.contains("of")
    if saysEnglish { return .english }
    // "first monday" and "evry 5 minutes" are English with a fault; "61 9 1 1" is unix-cron with one.
    return text.contains("*") || !first.contains(where: \.isLetter) || words.count == 5 ? .unixCron : .english
  }
}
