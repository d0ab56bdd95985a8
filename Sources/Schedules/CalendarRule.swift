// Which minutes of which days a schedule names: both unix-cron and English schedules with a time of day become this.
//
// Nothing here knows a time zone. Times are "local seconds": what the wall clock shows, counted from 1970-01-01 00:00
// as if that clock were never changed. ZoneClock turns them into instants.

/// The minutes, hours, days and months at which a schedule fires, on a wall clock.
struct CalendarRule: Equatable, Sendable {
  /// How the day of the month and the weekday are combined.
  enum DayChoice: Equatable, Sendable {
    /// A day must be in both. Also when one of them is unrestricted.
    case both
    /// A day in either will do.
    case either
  }

  /// What happens to wall-clock times that a clock change skips or repeats.
  enum ClockChange: Equatable, Sendable {
    /// Every instant at which the clock shows a named time: skipped times do not fire, repeated ones fire twice.
    case asShown
    /// Every named time once: skipped times fire when the clock has jumped, repeated ones only the first time.
    case once
  }

  var minutes: NumberSet
  var hours: NumberSet
  var daysOfMonth: NumberSet
  var months: NumberSet
  /// 0 is Sunday, 6 is Saturday.
  var weekdays: NumberSet
  var dayChoice: DayChoice
  var clockChange: ClockChange

  static let everyMinute = NumberSet(0...59)
  static let everyHour = NumberSet(0...23)
  static let everyDayOfMonth = NumberSet(1...31)
  static let everyMonth = NumberSet(1...12)
  static let everyWeekday = NumberSet(0...6)

  /// The first named wall-clock time after `local`; nil when no such date ever comes.
  func next(afterLocal local: Int) -> Int? {
    let minute = floorDivide(local, 60) + 1
    let day = floorDivide(minute, Self.minutesInDay)
    if names(dayNumber: day), let found = nextMinuteOfDay(from: minute - day * Self.minutesInDay) {
      return (day * Self.minutesInDay + found) * 60
    }
    guard let found = nextDay(from: day + 1), let first = nextMinuteOfDay(from: 0) else { return nil }
    return (found * Self.minutesInDay + first) * 60
  }

  /// False for dates such as 30 February.
  var namesAnyDay: Bool { nextDay(from: 0) != nil }

  private func names(dayNumber: Int) -> Bool {
    let date = CivilDate(dayNumber: dayNumber)
    guard months.contains(date.month) else { return false }
    return days(inMonth: date.month, of: date.year).contains(date.day)
  }

  private func nextMinuteOfDay(from minuteOfDay: Int) -> Int? {
    let hour = minuteOfDay / 60
    if hours.contains(hour), let minute = minutes.first(from: minuteOfDay % 60) {
      return hour * 60 + minute
    }
    guard let laterHour = hours.first(from: hour + 1), let minute = minutes.first(from: 0) else { return nil }
    return laterHour * 60 + minute
  }

  private func nextDay(from dayNumber: Int) -> Int? {
    let start = CivilDate(dayNumber: dayNumber)
    var (year, month, lowest) = (start.year, start.month, start.day)
    // One full cycle of the calendar holds every date on every weekday: what is not found in it never comes.
    while year <= start.year + 400 {
      if months.contains(month), let day = days(inMonth: month, of: year).first(from: lowest) {
        return CivilDate(year: year, month: month, day: day).dayNumber
      }
      lowest = 1
      if let later = months.first(from: month + 1) {
        month = later
      } else {
        year += 1
        month = months.first(from: 1) ?? 1
      }
    }
    return nil
  }

  /// The named days of one month.
  private func days(inMonth month: Int, of year: Int) -> NumberSet {
    let length = CivilDate.daysInMonth(month, of: year)
    let existing = (UInt64(1) << UInt64(length + 1)) - 2
    let firstWeekday = CivilDate.weekday(ofDayNumber: CivilDate(year: year, month: month, day: 1).dayNumber)
    let byWeekday = Self.days(on: weekdays, firstWeekday: firstWeekday)
    switch dayChoice {
    case .both: return NumberSet(bits: daysOfMonth.bits & byWeekday & existing)
    case .either: return NumberSet(bits: (daysOfMonth.bits | byWeekday) & existing)
    }
  }

  /// Bits 1 to 35 for the days of a month that begins on `firstWeekday`: the week, turned to begin there, five times.
  private static func days(on weekdays: NumberSet, firstWeekday: Int) -> UInt64 {
    let shift = UInt64(firstWeekday)
    let week = (weekdays.bits >> shift | weekdays.bits << (7 - shift)) & 0b111_1111
    let fiveWeeks: UInt64 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28
    return (week * fiveWeeks) << 1
  }

  private static let minutesInDay = 1440
}
