// The five fields of unix-cron: their ranges and names.

/// One of the five fields.
enum CronField: Int, CaseIterable {
  case minute
  case hour
  case dayOfMonth
  case month
  case weekday

  /// Cloud Scheduler's documented ranges; 7 is Sunday as well.
  var range: ClosedRange<Int> {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .dayOfMonth: 1...31
    case .month: 1...12
    case .weekday: 0...7
    }
  }

  /// What a value of the field is called in an error.
  var noun: String {
    switch self {
    case .minute: "minute"
    case .hour: "hour"
    case .dayOfMonth: "day of the month"
    case .month: "month"
    case .weekday: "weekday"
    }
  }

  var nounWithArticle: String { self == .hour ? "an hour" : "a \(noun)" }

  /// The three-letter names, and the value of the first of them.
  private var naming: (first: Int, names: [String]) {
    switch self {
    case .minute, .hour, .dayOfMonth: (0, [])
    case .month: (1, Names.shortMonths)
    case .weekday: (0, Names.shortWeekdays)
    }
  }

  var names: [String] { naming.names }

  func value(named name: String) -> Int? {
    let (first, names) = naming
    return names.firstIndex(of: name.uppercased()).map { first + $0 }
  }

  /// How a value is written when a remedy is offered: by name where the person used names.
  func written(_ value: Int, byName: Bool) -> String {
    let (first, names) = naming
    let index = value % (self == .weekday ? 7 : 64) - first
    return byName && names.indices.contains(index) ? names[index] : String(value)
  }
}

/// English names, in full and as unix-cron writes them.
enum Names {
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  static let shortWeekdays = weekdays.map { $0.prefix(3).uppercased() }
  static let shortMonths = months.map { $0.prefix(3).uppercased() }
  static let ordinals = ["first", "second", "third", "fourth", "fifth"]
}
