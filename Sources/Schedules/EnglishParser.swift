// App Engine's English schedules ("groc").
//
// The grammar is Groc.g of appengine-java-standard:
//   every N (hours|mins|minutes) [from HH:MM to HH:MM | synchronized]
//   (every | ordinals) (day | weekdays) [of (month | months | quarter | ordinals month of quarter)] HH:MM
//   days-of-month of (month | months | quarter | ordinals month of quarter) HH:MM

/// Reads an English schedule.
struct EnglishParser {
  let text: String
  private let tokens: [EnglishToken]
  private var position = 0

  init(_ text: String) {
    self.text = text
    tokens = EnglishToken.tokens(of: text)
  }

  func parse() throws(ScheduleError) -> Schedule.Rule {
    var parser = self
    let rule = try parser.schedule()
    try parser.expectEnd(after: rule)
    return rule
  }

  // MARK: Sentences

  private mutating func schedule() throws(ScheduleError) -> Schedule.Rule {
    switch peek?.kind {
    case .ordinal: return .calendar(try ordinalDays())
    case .number: return .calendar(try daysOfMonth())
    case .unreadable? where peek?.word.text.first?.isNumber == true:
      throw fault(peek, "\"\(peek?.word.text ?? "")\" is neither 1st to 5th nor a day of the month")
    default:
      try expect("every", "an English schedule begins with \"every\", \"1st\" or a day of the month")
      if case .number(let count)? = peek?.kind { return .interval(try interval(count)) }
      if let token = peek, token.word.text.first?.isNumber == true {
        throw fault(token, "\"\(token.word.text)\" is not a number from 1 to 99999")
      }
      return .calendar(try everyDays())
    }
  }

  private mutating func interval(_ count: Int) throws(ScheduleError) -> IntervalRule {
    let number = advance()
    guard count > 0 else { throw fault(number, "an interval of 0 never ends", "Write 1 or more.") }
    var rule = IntervalRule(count: count, unit: try unit(), anchor: .previousRun)
    if take("synchronized") {
      guard 86_400 % rule.seconds == 0 else {
        let reason = "\"synchronized\" wants an interval that divides 24 hours, which \(count) \(rule.unit) does not"
        throw fault(number, reason, "Choose another interval, or leave \"synchronized\" out.")
      }
      rule.anchor = .midnight
    } else if take("from") {
      let from = try time()
      try expect("to", "the window needs its end: from HH:MM to HH:MM")
      rule.anchor = .window(from: from, to: try time())
    }
    return rule
  }

  private mutating func everyDays() throws(ScheduleError) -> CalendarRule {
    var rule = Self.anyDay
    if !take("day") {
      if let token = peek, ["hour", "hours", "minute", "minutes", "min", "mins"].contains(token.text) {
        let unit = token.text.hasPrefix("h") ? "hours" : "minutes"
        throw fault(token, "\"every\" needs a number before \"\(token.text)\"", "Write \"every 1 \(unit)\".")
      }
      rule.weekdays = try weekdays()
    }
    return try finished(rule)
  }

  private mutating func ordinalDays() throws(ScheduleError) -> CalendarRule {
    var rule = Self.anyDay
    let ordinals = try list(\.ordinal, "an ordinal such as 1st belongs here")
    if take("day") {
      // Groc.g: "<ordinal> day means <ordinal> day of the month, not every day of the <ordinal> week".
      rule.daysOfMonth = NumberSet(ordinals)
    } else {
      rule.weekdays = try weekdays()
      rule.daysOfMonth = Self.weeks(ordinals)
    }
    return try finished(rule)
  }

  private mutating func daysOfMonth() throws(ScheduleError) -> CalendarRule {
    var rule = Self.anyDay
    let start = position
    let days = try list(\.number, "a day of the month belongs here")
    for (index, day) in days.enumerated() where !(1...31).contains(day) {
      // A comma stands between two days, so the day is every second token.
      throw fault(tokens[start + 2 * index], "\(day) is not a day of the month: those are 1 to 31")
    }
    rule.daysOfMonth = NumberSet(days)
    guard peek?.text == "of" else {
      throw fault(peek, "the months are missing: \"of\" belongs here", "Write \"of month\" or \"of jan,jul\".")
    }
    rule = try finished(rule)
    // groctimespecification.py refuses days that none of the months has.
    guard rule.namesAnyDay else { throw fault(tokens[start], "none of these months has such a day") }
    return rule
  }

  /// What ends every sentence with days: the months, unless left out, and the time.
  private mutating func finished(_ rule: CalendarRule) throws(ScheduleError) -> CalendarRule {
    var rule = rule
    if take("of") { rule.months = try months() }
    let time = try time()
    rule.hours = NumberSet([time / 60])
    rule.minutes = NumberSet([time % 60])
    return rule
  }

  // MARK: Parts

  private mutating func unit() throws(ScheduleError) -> IntervalRule.Unit {
    switch peek?.text {
    case "hours":
      advance()
      return .hours
    case "minutes", "mins":
      advance()
      return .minutes
    default:
      throw unknown(peek, "a unit is missing: hours, minutes or mins", among: ["hours", "minutes", "mins"])
    }
  }

  private mutating func weekdays() throws(ScheduleError) -> NumberSet {
    let names = Self.weekdaySpellings
    let values = try list({ names[$0.text] }, "a weekday or \"day\" belongs here", among: names.keys.sorted() + ["day"])
    return NumberSet(values)
  }

  private mutating func months() throws(ScheduleError) -> NumberSet {
    if take("month") { return CalendarRule.everyMonth }
    if take("quarter") { return Self.quarters(startingAt: [1]) }
    if case .ordinal? = peek?.kind { return try monthsOfQuarter() }
    let names = Self.monthSpellings
    let known = names.keys.sorted() + ["month", "quarter"]
    let values = try list({ names[$0.text] }, "a month, \"month\" or \"quarter\" belongs here", among: known)
    return NumberSet(values.map { $0 + 1 })
  }

  private mutating func monthsOfQuarter() throws(ScheduleError) -> NumberSet {
    let start = position
    let ordinals = try list(\.ordinal, "an ordinal such as 1st belongs here")
    for (index, ordinal) in ordinals.enumerated() where ordinal > 3 {
      throw fault(tokens[start + 2 * index], "a quarter has three months: 1st, 2nd and 3rd")
    }
    try expect("month", "\"month of quarter\" belongs here")
    try expect("of", "\"of quarter\" belongs here")
    try expect("quarter", "\"quarter\" belongs here")
    return Self.quarters(startingAt: ordinals)
  }

  private mutating func time() throws(ScheduleError) -> Int {
    if case .time(let minutes)? = peek?.kind {
      advance()
      return minutes
    }
    if let token = peek, token.text.contains(":") {
      throw fault(token, "\"\(token.word.text)\" is not a time of day", "Write 00:00 to 23:59.")
    }
    throw fault(peek, "a time of day is missing", "Write it as HH:MM, such as 09:00.")
  }

  private mutating func list(
    _ value: (EnglishToken) -> Int?, _ reason: String, among known: [String] = []
  ) throws(ScheduleError) -> [Int] {
    var values: [Int] = []
    repeat {
      guard let token = peek, let found = value(token) else { throw unknown(peek, reason, among: known) }
      values.append(found)
      advance()
    } while take(",")
    return values
  }

  // MARK: Tokens

  private var peek: EnglishToken? {
    tokens.indices.contains(position) ? tokens[position] : nil
  }

  @discardableResult private mutating func advance() -> EnglishToken {
    defer { position += 1 }
    return tokens[position]
  }

  private mutating func take(_ word: String) -> Bool {
    guard peek?.text == word else { return false }
    advance()
    return true
  }

  private mutating func expect(_ word: String, _ reason: String) throws(ScheduleError) {
    guard take(word) else { throw unknown(peek, reason, among: [word]) }
  }

  private func expectEnd(after rule: Schedule.Rule) throws(ScheduleError) {
    guard let token = peek else { return }
    if case .interval = rule, case .time = token.kind {
      let remedy = "Write \"every day \(token.text)\", or a window: from 09:00 to 17:00."
      throw fault(token, "an interval has no time of day", remedy)
    }
    throw fault(token, "\"\(token.word.text)\" is one word too many")
  }

  // MARK: Faults

  /// A fault at a token; just behind the last one where the token is missing.
  private func fault(_ token: EnglishToken?, _ reason: String, _ remedy: String? = nil) -> ScheduleError {
    if let token { return token.word.error(in: text, reason, remedy) }
    let column = tokens.last?.word.end ?? 1
    return ScheduleError(text: text, column: column, length: 1, reason: reason, remedy: remedy)
  }

  private func unknown(_ token: EnglishToken?, _ reason: String, among known: [String]) -> ScheduleError {
    guard let token else { return fault(nil, reason) }
    let nearest = Spelling.nearest(to: token.text, among: known).first
    let remedy = nearest.map { "Did you mean \"\($0)\"?" }
    return fault(token, "\"\(token.word.text)\" is not expected: \(reason)", remedy)
  }
}

// MARK: - Values of words

extension EnglishParser {
  /// Every day of every month; App Engine skips a time that a clock change skips and repeats what it repeats.
  private static let anyDay = CalendarRule(
    minutes: NumberSet(), hours: NumberSet(), daysOfMonth: CalendarRule.everyDayOfMonth,
    months: CalendarRule.everyMonth, weekdays: CalendarRule.everyWeekday, dayChoice: .both, clockChange: .asShown)

  private static let weekdaySpellings = spellings(of: Names.weekdays)
  private static let monthSpellings = spellings(of: Names.months)

  /// Groc.g knows each name in full and by its first three letters.
  private static func spellings(of names: [String]) -> [String: Int] {
    var spellings: [String: Int] = [:]
    for (value, name) in names.enumerated() {
      spellings[name.lowercased()] = value
      spellings[name.prefix(3).lowercased()] = value
    }
    return spellings
  }

  /// The first Monday is the Monday among days 1 to 7, the second the one among 8 to 14, and so on.
  private static func weeks(_ ordinals: [Int]) -> NumberSet {
    NumberSet(ordinals.flatMap { ordinal in (ordinal * 7 - 6)...min(ordinal * 7, 31) })
  }

  private static func quarters(startingAt months: [Int]) -> NumberSet {
    NumberSet(months.flatMap { [$0, $0 + 3, $0 + 6, $0 + 9] })
  }
}

extension EnglishToken {
  fileprivate var ordinal: Int? {
    if case .ordinal(let value) = kind { value } else { nil }
  }

  fileprivate var number: Int? {
    if case .number(let value) = kind { value } else { nil }
  }
}
