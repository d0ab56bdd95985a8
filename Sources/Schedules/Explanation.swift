// What a schedule means, in words.
//
// The words come from the sets of minutes, hours and days, not from the text: "*/7" is not "every 7 minutes" (it fires
// after 4 at the end of the hour), and a sentence made from the text would repeat the mistake of the writer.

extension IntervalRule {
  var explanation: String {
    let every = Phrase.every(count, unit == .hours ? "hour" : "minute")
    switch anchor {
    case .previousRun: return "\(every), counted from the previous run"
    case .midnight: return "\(every), counted from midnight"
    case .window(let from, let to):
      let end = to < from ? "\(Phrase.clock(to)) the next day" : Phrase.clock(to)
      return "\(every) from \(Phrase.clock(from)) through \(end)"
    }
  }
}

extension CalendarRule {
  var explanation: String {
    let sentence = [TimeWords(rule: self).words, dayWords].filter { !$0.isEmpty }.joined(separator: ", ")
    return namesAnyDay ? sentence : "\(sentence): a date that never comes"
  }

  // MARK: Days

  private var dayWords: String {
    let isEveryMonth = months == Self.everyMonth
    let inMonths = isEveryMonth ? "" : monthsAlone
    switch dayLimits {
    case (false, false):
      let needsDays = TimeWords(rule: self).namesClockTimes
      return [needsDays ? "every day" : "", inMonths].filter { !$0.isEmpty }.joined(separator: " ")
    case (true, false):
      return dateWords
    case (false, true):
      return [onWeekdays, inMonths].filter { !$0.isEmpty }.joined(separator: ", ")
    case (true, true):
      return bothDayWords
    }
  }

  /// Whether the day of the month and the weekday restrict the days.
  private var dayLimits: (date: Bool, weekday: Bool) {
    let isAnyDate = daysOfMonth == Self.everyDayOfMonth
    let isAnyWeekday = weekdays == Self.everyWeekday
    switch dayChoice {
    case .both: return (!isAnyDate, !isAnyWeekday)
    case .either: return isAnyDate || isAnyWeekday ? (false, false) : (true, true)
    }
  }

  /// "on 25 December", "on days 1 and 15 of the month", "on day 1 of January and July".
  private var dateWords: String {
    let days = daysOfMonth.numbers
    if days.count == 1, months.count == 1 { return "on \(days[0]) \(monthWords)" }
    return "on \(days.count == 1 ? "day" : "days") \(Phrase.numbers(days)) of \(ofMonths)"
  }

  private var bothDayWords: String {
    if let ordinals = ordinalWeeks {
      let names = ordinals.map { Names.ordinals[$0 - 1] }
      return "on the \(Phrase.list(names)) \(weekdayWords(joinedBy: "and")) of \(ofMonths)"
    }
    let choice = weekdayWords(joinedBy: "or")
    switch dayChoice {
    case .either:
      let inMonths = months == Self.everyMonth ? "" : ", \(monthsAlone)"
      return "on \(daysOfMonth.count == 1 ? "day" : "days") \(Phrase.numbers(daysOfMonth.numbers)) of the month or on "
        + choice + inMonths
    case .both: return "\(dateWords), when that falls on \(choice)"
    }
  }

  /// The weeks whose days are all named, when the days are nothing but whole weeks of the month: "2nd" is days 8 to 14.
  private var ordinalWeeks: [Int]? {
    guard dayChoice == .both else { return nil }
    let weeks = (1...5).map { ordinal in (ordinal, NumberSet((ordinal * 7 - 6)...min(ordinal * 7, 31))) }
    let whole = weeks.filter { $0.1.bits & daysOfMonth.bits == $0.1.bits }
    let covered = whole.reduce(UInt64(0)) { $0 | $1.1.bits }
    return covered == daysOfMonth.bits ? whole.map(\.0) : nil
  }

  private var onWeekdays: String {
    let isOneRun = Phrase.runs(mondayFirst).count == 1 && mondayFirst.count > 2
    return "\(isOneRun ? "" : "on ")\(weekdayWords(joinedBy: "and"))"
  }

  private func weekdayWords(joinedBy conjunction: String) -> String {
    Phrase.numbers(mondayFirst, joinedBy: conjunction) { Names.weekdays[($0 + 1) % 7] }
  }

  /// Monday is 0 here, so that Saturday and Sunday stand together.
  private var mondayFirst: [Int] {
    weekdays.numbers.map { ($0 + 6) % 7 }.sorted()
  }

  private var monthsAlone: String {
    let isOneRun = Phrase.runs(months.numbers).count == 1 && months.count > 2
    return "\(isOneRun ? "from" : "in") \(monthWords)"
  }

  private var ofMonths: String {
    months == Self.everyMonth ? "the month" : monthWords
  }

  private var monthWords: String {
    Phrase.list(
      Phrase.runs(months.numbers).flatMap { run -> [String] in
        let names = run.map { Names.months[$0 - 1] }
        return run.count < 3 ? names : ["\(names[0]) through \(names[names.count - 1])"]
      })
  }
}

/// The part of an explanation that tells the time of day.
struct TimeWords {
  let rule: CalendarRule

  private var minutes: [Int] { rule.minutes.numbers }
  private var hours: [Int] { rule.hours.numbers }
  private var isEveryHour: Bool { rule.hours == CalendarRule.everyHour }

  /// Clock times are told one by one up to this many.
  private static let listed = 6

  /// True when the words are a list of clock times, which says nothing of the days.
  var namesClockTimes: Bool {
    !isEveryHour && spread == nil && minutes.count * hours.count <= Self.listed
  }

  var words: String {
    if isEveryHour { return everyHourWords }
    if let spread { return spread }
    if minutes.count * hours.count <= Self.listed {
      let times = hours.flatMap { hour in minutes.map { Phrase.clock(hour * 60 + $0) } }
      return "At \(Phrase.list(times))"
    }
    if minutes.count == 60 { return "Every minute of hours \(Phrase.numbers(hours))" }
    return "At \(minuteWords) of hours \(Phrase.numbers(hours))"
  }

  private var everyHourWords: String {
    if minutes == [0] { return "Every hour" }
    if let step = evenStep(minutes, of: 60) {
      let every = Phrase.every(step, "minute")
      return minutes[0] == 0 ? every : "\(every), from minute \(minutes[0]) of each hour"
    }
    return "At \(minuteWords) of every hour"
  }

  private var minuteWords: String {
    "\(minutes.count == 1 ? "minute" : "minutes") \(Phrase.numbers(minutes))"
  }

  /// Times that follow each other at one distance: through the whole day, or through a stretch of it.
  private var spread: String? {
    if minutes.count == 1, let step = evenStep(hours, of: 24) {
      let first = Phrase.clock(hours[0] * 60 + minutes[0])
      return first == "00:00" ? Phrase.every(step, "hour") : "\(Phrase.every(step, "hour")), from \(first)"
    }
    guard Phrase.runs(hours).count == 1, let first = hours.first, let last = hours.last else { return nil }
    if minutes.count == 1, hours.count > 3 {
      return "Every hour from \(Phrase.clock(first * 60 + minutes[0])) through \(Phrase.clock(last * 60 + minutes[0]))"
    }
    guard minutes.count * hours.count > 3, let step = evenStep(minutes, of: 60), let lastMinute = minutes.last
    else { return nil }
    let (start, end) = (Phrase.clock(first * 60 + minutes[0]), Phrase.clock(last * 60 + lastMinute))
    return "\(Phrase.every(step, "minute")) from \(start) through \(end)"
  }

  /// The step of a set that goes evenly around its whole range, such as 5, 20, 35, 50 around 60; nil for a single value.
  private func evenStep(_ numbers: [Int], of size: Int) -> Int? {
    guard let step = Phrase.commonStep(numbers), step * numbers.count == size else { return nil }
    return step
  }
}
