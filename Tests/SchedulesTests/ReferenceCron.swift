// A second cron, slow and simple, to judge the first one by.
//
// It shares no code with the engine: expressions are generated together with the sets they stand for, wall-clock times
// come from Foundation's Calendar, and time passes minute by minute as it does for a cron daemon.

import Foundation

/// A random unix-cron expression and what it means.
struct ReferenceCron: Sendable, CustomStringConvertible {
  var fields: [Field]

  /// The text of a field and the values it names.
  struct Field: Sendable {
    var text: String
    var values: Set<Int>
    var isStarred: Bool { text.hasPrefix("*") }
  }

  var description: String { fields.map(\.text).joined(separator: " ") }

  func matches(_ time: DateComponents) -> Bool {
    guard let minute = time.minute, let hour = time.hour else { return false }
    return fields[0].values.contains(minute) && fields[1].values.contains(hour) && matchesDay(time)
  }

  func matchesDay(_ time: DateComponents) -> Bool {
    guard let day = time.day, let month = time.month, let weekday = time.weekday else { return false }
    let isDate = fields[2].values.contains(day)
    // Foundation counts Sunday as 1; cron writes it 0 or 7.
    let isWeekday = fields[4].values.contains(weekday - 1) || (weekday == 1 && fields[4].values.contains(7))
    let isDay = fields[2].isStarred || fields[4].isStarred ? isDate && isWeekday : isDate || isWeekday
    return isDay && fields[3].values.contains(month)
  }

  /// Debian's rule: hours and minutes without "*" are fixed times, which clock changes neither drop nor repeat.
  var isFixed: Bool { !fields[0].isStarred && !fields[1].isStarred }

  // MARK: Generation

  static let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]

  static func random(using generator: inout SeededGenerator) -> Self {
    Self(fields: ranges.indices.map { random(field: $0, in: ranges[$0], using: &generator) })
  }

  static func random(field: Int, in allowed: ClosedRange<Int>, using generator: inout SeededGenerator) -> Field {
    if Int.random(in: 0..<3, using: &generator) == 0, allowed == ranges[field] {
      return Field(text: "*", values: Set(allowed))
    }
    let terms = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
      term(field: field, in: allowed, using: &generator)
    }
    return Field(
      text: terms.map(\.text).joined(separator: ","), values: terms.reduce(into: []) { $0.formUnion($1.values) })
  }

  private static func term(
    field: Int, in allowed: ClosedRange<Int>, using generator: inout SeededGenerator
  ) -> Field {
    let low = Int.random(in: allowed, using: &generator)
    let high = Int.random(in: low...allowed.upperBound, using: &generator)
    let step = Int.random(in: 1...max(2, allowed.count), using: &generator)
    let names = (name(low, in: field, using: &generator), name(high, in: field, using: &generator))
    switch Int.random(in: 0..<5, using: &generator) {
    case 0 where allowed == ranges[field]:
      return Field(text: "*/\(step)", values: every(step, of: allowed))
    case 1:
      return Field(text: "\(names.0)-\(names.1)", values: Set(low...high))
    case 2 where low < high:
      return Field(text: "\(names.0)-\(names.1)/\(step)", values: every(step, of: low...high))
    case 3:
      return Field(text: "\(names.0)/\(step)", values: every(step, of: low...ranges[field].upperBound))
    default:
      return Field(text: names.0, values: [low])
    }
  }

  private static func every(_ step: Int, of range: ClosedRange<Int>) -> Set<Int> {
    Set(range.filter { ($0 - range.lowerBound) % step == 0 })
  }

  private static func name(_ value: Int, in field: Int, using generator: inout SeededGenerator) -> String {
    let months = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    let weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "7"]
    guard field > 2, Bool.random(using: &generator) else { return String(value) }
    let name = field == 3 ? months[value] : weekdays[value]
    return Bool.random(using: &generator) ? name : name.lowercased()
  }

  // MARK: Waiting

  /// The first minute after `after` at which a cron daemon would start the job, looking `minutes` ahead.
  func next(after: Date, in zone: TimeZone, lookingAhead minutes: Int) -> Date? {
    let clock = ReferenceClock(zone: zone)
    let lookBack = 2 * 1440
    let start = (after.timeIntervalSince1970 / 60).rounded(.down) * 60 - Double(lookBack * 60)
    var latest: Int?
    for minute in 0...(lookBack + minutes) {
      let instant = Date(timeIntervalSince1970: start + Double(minute * 60))
      let shown = clock.components(at: instant)
      let local = clock.minutes(of: shown)
      var fires = matches(shown)
      if isFixed, let last = latest {
        let skipped = local > last + 1 ? (last + 1)..<local : local..<local
        fires = local > last && (fires || skipped.contains { matches(clock.components(ofLocal: $0)) })
      }
      latest = max(latest ?? local, local)
      if fires, instant > after { return instant }
    }
    return nil
  }
}

/// Wall clocks by Foundation's Calendar.
struct ReferenceClock {
  private var calendar = Calendar(identifier: .gregorian)
  private var universal = Calendar(identifier: .gregorian)

  init(zone: TimeZone) {
    calendar.timeZone = zone
    universal.timeZone = .gmt
  }

  func components(at instant: Date) -> DateComponents {
    calendar.dateComponents([.year, .month, .day, .hour, .minute, .weekday], from: instant)
  }

  /// Minutes since 1970 as the wall clock counts them.
  func minutes(of components: DateComponents) -> Int {
    var plain = components
    plain.weekday = nil
    return universal.date(from: plain).map { Int($0.timeIntervalSince1970 / 60) } ?? .min
  }

  func components(ofLocal minutes: Int) -> DateComponents {
    let date = Date(timeIntervalSince1970: Double(minutes * 60))
    return universal.dateComponents([.year, .month, .day, .hour, .minute, .weekday], from: date)
  }
}
