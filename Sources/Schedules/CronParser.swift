// unix-cron, as Cloud Scheduler documents it.
//
// Where Google's page is silent, Debian's cron is followed, as the reference vectors do: a field that begins with "*"
// makes day of month and weekday combine by AND, "a/n" and "a-a/n" run from a to the end of the field's range, a range
// that runs backwards is refused, and 7 is Sunday.

/// Reads the five fields of unix-cron.
struct CronParser {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  func parse() throws(ScheduleError) -> CalendarRule {
    let words = Word.words(of: text)
    try checkCount(of: words)
    let minutes = try values(of: words[0], in: .minute)
    let hours = try values(of: words[1], in: .hour)
    let daysOfMonth = try values(of: words[2], in: .dayOfMonth)
    let months = try values(of: words[3], in: .month)
    let weekdays = try values(of: words[4], in: .weekday)
    let starred = words.map { $0.text.hasPrefix("*") }
    return CalendarRule(
      minutes: minutes, hours: hours, daysOfMonth: daysOfMonth, months: months,
      weekdays: Self.sundayAsZero(weekdays),
      dayChoice: starred[2] || starred[4] ? .both : .either,
      clockChange: starred[0] || starred[1] ? .asShown : .once)
  }

  private static func sundayAsZero(_ weekdays: NumberSet) -> NumberSet {
    NumberSet(bits: (weekdays.bits | weekdays.bits >> 7) & 0b111_1111)
  }

  // MARK: Terms

  private func values(of word: Word, in field: CronField) throws(ScheduleError) -> NumberSet {
    var values = NumberSet()
    for term in word.split(",") {
      values.formUnion(try self.term(term, in: field))
    }
    return values
  }

  /// `*`, `a`, `a-b`, each with or without `/n`.
  private func term(_ term: Word, in field: CronField) throws(ScheduleError) -> NumberSet {
    let parts = term.split("/", maxSplits: 1)
    let span = try span(parts[0], in: field)
    guard parts.count > 1 else { return NumberSet(span) }
    let step = try step(parts[1])
    // The reference vectors have "4-4/2" on weekdays fire on 4 and 6: one value with a step runs to the range's end.
    let last = span.count == 1 ? field.range.upperBound : span.upperBound
    return NumberSet(stride(from: span.lowerBound, through: last, by: step))
  }

  private func span(_ word: Word, in field: CronField) throws(ScheduleError) -> ClosedRange<Int> {
    if word.text == "*" { return field.range }
    let ends = word.split("-", maxSplits: 1)
    let first = try value(ends[0], in: field)
    guard ends.count > 1 else { return first...first }
    let last = try value(ends[1], in: field)
    guard first <= last else { throw backwards(word, first, last, in: field) }
    return first...last
  }

  private func step(_ word: Word) throws(ScheduleError) -> Int {
    guard !word.text.isEmpty else { throw word.error(in: text, "a step is missing after \"/\"") }
    guard Self.isNumber(word.text) else {
      throw word.error(in: text, "\"\(word.text)\" is not a step", "Write a number after \"/\", such as */15.")
    }
    let step = Int(word.text) ?? .max
    guard step > 0 else { throw word.error(in: text, "a step of 0 never advances", "Write a step of 1 or more.") }
    // A larger step names the first value only, whatever its size; this one keeps the addition from overflowing.
    return min(step, 64)
  }

  private func value(_ word: Word, in field: CronField) throws(ScheduleError) -> Int {
    if Self.isNumber(word.text) {
      guard let number = Int(word.text), field.range.contains(number) else { throw outOfRange(word, in: field) }
      return number
    }
    guard let named = field.value(named: word.text) else { throw CronFaults(text: text).unreadable(word, in: field) }
    return named
  }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { ("0"..."9").contains($0) }
  }

  // MARK: Faults

  private func outOfRange(_ word: Word, in field: CronField) -> ScheduleError {
    let range = field.range
    let reason = "\(field.noun) \(word.text) is out of range, which is \(range.lowerBound) to \(range.upperBound)"
    let isMidnight = field == .hour && word.text == "24"
    return word.error(in: text, reason, isMidnight ? "Midnight is hour 0." : nil)
  }

  private func backwards(_ word: Word, _ first: Int, _ last: Int, in field: CronField) -> ScheduleError {
    let byName = word.text.contains(where: \.isLetter)
    func write(_ value: Int) -> String { field.written(value, byName: byName) }
    let highest = field == .weekday ? 6 : field.range.upperBound
    let head = first == highest ? write(first) : "\(write(first))-\(write(highest))"
    let lowest = field.range.lowerBound
    let tail = last == lowest ? write(lowest) : "\(write(lowest))-\(write(last))"
    return word.error(in: text, "the range \(word.text) runs backwards", "Write \(head),\(tail).")
  }

  private func checkCount(of words: [Word]) throws(ScheduleError) {
    guard let last = words.last else {
      let remedy = "Write five fields, such as \"0 9 * * 1-5\", or English, such as \"every 2 hours\"."
      throw ScheduleError(text: text, column: 1, length: 1, reason: "the schedule is empty", remedy: remedy)
    }
    if words.count < 5 {
      let missing = CronField.allCases.dropFirst(words.count).map(\.noun)
      let reason = "unix-cron has five fields and this has \(words.count): missing \(Phrase.list(missing))"
      let remedy = "The fields are minute, hour, day of the month, month, weekday; * stands for every one."
      throw ScheduleError(text: text, column: last.end, length: 1, reason: reason, remedy: remedy)
    }
    if words.count > 5 { throw CronFaults(text: text).tooManyFields(words) }
  }
}
