// Random schedules, judged by a slow and simple reference.

import Foundation
import Schedules
import Testing

@Suite struct `Random schedules` {
  private static let seeds = Array(UInt64(1)...12)
  private static let daysAhead = 2

  private func randomInstant(using generator: inout SeededGenerator) -> Date {
    Date(timeIntervalSince1970: Double(Int.random(in: 1_700_000_000...2_000_000_000, using: &generator)) + 0.25)
  }

  @Test(arguments: seeds) func `the next time is the first minute that matches`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for name in ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/Phoenix"] {
      for _ in 0..<6 {
        let cron = ReferenceCron.random(using: &generator)
        try compare(cron, after: randomInstant(using: &generator), in: try zone(name))
      }
    }
  }

  @Test(arguments: seeds) func `the next time is right around clock changes`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 1000)
    let names = [
      "America/New_York", "Europe/London", "Europe/Riga", "Australia/Lord_Howe", "Antarctica/Troll", "America/St_Johns",
      "Africa/Casablanca", "Pacific/Chatham", "America/Havana", "Asia/Beirut",
    ]
    for name in names {
      let zone = try zone(name)
      let some = randomInstant(using: &generator)
      let change = try #require(zone.nextDaylightSavingTimeTransition(after: some))
      let after = change + Double(Int.random(in: -7200...7200, using: &generator))
      for _ in 0..<3 {
        var cron = ReferenceCron.random(using: &generator)
        cron.fields[1] = ReferenceCron.random(field: 1, in: 0...4, using: &generator)
        cron.fields[2] = ReferenceCron.Field(text: "*", values: Set(1...31))
        try compare(cron, after: after, in: zone)
      }
    }
  }

  private func compare(_ cron: ReferenceCron, after: Date, in zone: TimeZone) throws {
    let found = try Schedule(cron.description).next(after: after, in: zone)
    let expected = cron.next(after: after, in: zone, lookingAhead: Self.daysAhead * 1440)
    if let expected {
      #expect(found == expected, "\(cron) in \(zone.identifier) after \(after.formatted(.iso8601))")
    } else {
      let horizon = after + Double(Self.daysAhead * 86_400)
      #expect(found.map { $0 >= horizon } ?? true, "\(cron) in \(zone.identifier) after \(after.formatted(.iso8601))")
    }
  }

  @Test(arguments: seeds) func `the next day is the first that matches within six years`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 2000)
    let clock = ReferenceClock(zone: .gmt)
    for _ in 0..<20 {
      var cron = ReferenceCron.random(using: &generator)
      cron.fields[0] = ReferenceCron.Field(text: "0", values: [0])
      cron.fields[1] = ReferenceCron.Field(text: "0", values: [0])
      let day = (randomInstant(using: &generator).timeIntervalSince1970 / 86_400).rounded(.down)
      let after = Date(timeIntervalSince1970: day * 86_400)
      let days = (1...2200).lazy.map { after + Double($0 * 86_400) }
      let expected = days.first { cron.matchesDay(clock.components(at: $0)) }
      let found = try Schedule(cron.description).next(after: after, in: .gmt)
      #expect(found == expected || (expected == nil && found.map { $0 > after + 2200 * 86_400 } ?? true), "\(cron)")
    }
  }

  @Test(arguments: seeds) func `times ascend, and each is the next of the one before`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 3000)
    let zone = try zone("Europe/Berlin")
    for _ in 0..<10 {
      let schedule = try Schedule(ReferenceCron.random(using: &generator).description)
      let after = randomInstant(using: &generator)
      let times = schedule.upcoming(20, after: after, in: zone)
      #expect(zip([after] + times, times).allSatisfy { $0 < $1 && schedule.next(after: $0, in: zone) == $1 })
    }
  }

  @Test(arguments: seeds) func `a window holds its start, every step and nothing else`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 4000)
    for _ in 0..<10 {
      let (from, to) = (Int.random(in: 0..<1440, using: &generator), Int.random(in: 0..<1440, using: &generator))
      let step = Int.random(in: 1...400, using: &generator)
      let schedule = try Schedule("every \(step) minutes from \(clockTime(from)) to \(clockTime(to))")
      let length = to >= from ? to - from : to + 1440 - from
      let day = (0...length).filter { $0 % step == 0 }
      let minutes = (-1...3).flatMap { date in day.map { date * 1440 + from + $0 } }
      let start = Date(timeIntervalSince1970: 1_800_000_000 - 1_800_000_000.truncatingRemainder(dividingBy: 86_400))
      let after = start + Double(Int.random(in: 0..<86_400, using: &generator))
      let expected = minutes.map { start + Double($0 * 60) }.filter { $0 > after }.prefix(5)
      #expect(
        schedule.upcoming(expected.count, after: after, in: .gmt) == Array(expected), "\(schedule) after \(after)")
    }
  }

  private func clockTime(_ minutes: Int) -> String {
    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  @Test(arguments: seeds) func `ordinal weekdays are those of the calendar`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 5000)
    let (words, names) = (
      ["1st", "second", "3rd", "fourth", "5th"], ["sun", "monday", "tue", "wed", "thu", "fri", "sat"]
    )
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for _ in 0..<5 {
      let ordinal = Int.random(in: 1...5, using: &generator)
      let weekday = Int.random(in: 1...7, using: &generator)
      let schedule = try Schedule("\(words[ordinal - 1]) \(names[weekday - 1]) of month 00:00")
      let after = try instant("2026-01-01T00:00:00Z") - 1
      let expected = (0..<1500).map { after + 1 + Double($0 * 86_400) }.filter {
        calendar.component(.weekday, from: $0) == weekday && calendar.component(.weekdayOrdinal, from: $0) == ordinal
      }
      #expect(schedule.upcoming(expected.count, after: after, in: .gmt) == expected)
    }
  }
}
