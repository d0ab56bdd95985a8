// Dates that come seldom or never.

import Foundation
import Schedules
import Testing

@Suite struct `Rare dates` {
  @Test(arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 31 FEB *", "0 0 30-31 2 */1", "* * 31 4/20 *"])
  func `an impossible date never fires`(_ text: String) throws {
    let schedule = try Schedule(text)
    let after = try instant("2026-01-01T00:00:00Z")
    #expect(schedule.next(after: after, in: .gmt) == nil)
    #expect(schedule.upcoming(3, after: after, in: .gmt).isEmpty)
    #expect(schedule.explanation.hasSuffix("a date that never comes"))
  }

  @Test func `an impossible date fires all the same where a weekday will do`() throws {
    #expect(try times("0 0 30 2 1", "UTC", after: "2026-01-01T00:00:00Z", count: 1) == ["2026-02-02T00:00:00Z"])
  }

  @Test func `29 February waits for the leap year`() throws {
    #expect(
      try times("0 0 29 2 *", "UTC", after: "2026-11-21T00:00:00Z", count: 2)
        == ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"])
  }

  @Test func `29 February keeps 2000`() throws {
    #expect(try times("0 0 29 2 *", "UTC", after: "1997-01-01T00:00:00Z", count: 1) == ["2000-02-29T00:00:00Z"])
  }

  @Test func `29 February leaves out 2100`() throws {
    #expect(try times("0 0 29 2 *", "UTC", after: "2096-03-01T00:00:00Z", count: 1) == ["2104-02-29T00:00:00Z"])
  }

  @Test func `29 February on a given weekday may be forty years away`() throws {
    // Step-star fields combine by AND: days 1 and 29 of February that are Saturdays ("*/6" is Sunday and Saturday).
    #expect(
      try times("0 0 */28 2 */6", "UTC", after: "2076-03-01T00:00:00Z", count: 40)
        .filter { $0.contains("-02-29") }.first == "2088-02-29T00:00:00Z")
    #expect(
      try times("5th sat of feb 00:00", "UTC", after: "2076-03-01T00:00:00Z", count: 2)
        == ["2116-02-29T00:00:00Z", "2144-02-29T00:00:00Z"])
  }

  @Test func `English refuses days that none of its months has`() throws {
    #expect(try refusal(of: "30 of feb 09:00").column == 1)
    #expect(
      try times("31,28 of feb 09:00", "UTC", after: "2026-01-01T00:00:00Z", count: 1) == ["2026-02-28T09:00:00Z"])
  }

  @Test func `times before 1970 are found`() throws {
    #expect(try times("0 12 * * MON", "UTC", after: "1969-07-20T20:17:40Z", count: 1) == ["1969-07-21T12:00:00Z"])
  }

  @Test(arguments: [Double.infinity, -.infinity, .nan, 1e300, 3e11, -1e11])
  func `a moment outside the calendar has no next time`(_ seconds: Double) throws {
    let moment = Date(timeIntervalSince1970: seconds)
    #expect(try Schedule("* * * * *").next(after: moment, in: .gmt) == nil)
    #expect(try Schedule("every 5 minutes").next(after: moment, in: .gmt) == nil)
  }

  @Test func `asking for no times gives none`() throws {
    #expect(try times("* * * * *", "UTC", after: "2026-01-01T00:00:00Z", count: 0).isEmpty)
  }

  @Test func `the next time is after the moment asked for, however close`() throws {
    let noon = try instant("2026-01-01T12:00:00Z")
    let schedule = try Schedule("0 12 * * *")
    #expect(schedule.next(after: noon - 0.001, in: .gmt) == noon)
    #expect(schedule.next(after: noon, in: .gmt) == noon + 86_400)
    #expect(schedule.next(after: noon + 0.001, in: .gmt) == noon + 86_400)
  }
}
