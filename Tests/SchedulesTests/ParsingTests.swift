// What is read, and how what is not read is refused.

import Foundation
import Schedules
import Testing

@Suite struct `Reading schedules` {
  @Test(arguments: [
    ("0 9 * * 1-5", Schedule.Kind.unixCron), ("  0\t9 * *   MON-FRI ", .unixCron), ("5 4 1 1 1", .unixCron),
    ("@hourly", .macro), ("@Daily", .macro), (" @yearly ", .macro),
    ("every 2 hours", .english), ("EVERY 5 Mins", .english), ("every 5mins", .english),
    ("1st,third MONDAY of quarter 9:15", .english), ("first monday 10:00", .english),
    ("1 , 15 of jan , jul 00:00", .english),
  ])
  func `the way of writing is told apart`(_ text: String, _ kind: Schedule.Kind) throws {
    let schedule = try Schedule(text)
    #expect(schedule.kind == kind)
    #expect(schedule.text == text)
    #expect("\(schedule)" == text)
  }

  @Test(arguments: [
    ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"),
    ("0 0 * * 7", "0 0 * * SUN"), ("0 0 * * 5-7", "0 0 * * 0,5,6"), ("0 0 * jan-mar *", "0 0 * 1,2,3 *"),
    ("5/20 * * * *", "5,25,45 * * * *"), ("0 0 * * 4-4/2", "0 0 * * 4,6"), ("*/90 * * * *", "0 * * * *"),
    ("every day 09:30", "30 9 * * *"), ("1st day of month 10:00", "0 10 1 * *"),
    ("5 of quarter 1:05", "5 1 5 1,4,7,10 *"),
    ("3,4 of 1st,3rd month of quarter 00:00", "0 0 3,4 1,3,4,6,7,9,10,12 *"),
    ("every sun,wednesday of jan,december 23:59", "59 23 * 1,12 0,3"),
  ])
  func `two ways of writing mean the same`(_ first: String, _ second: String) throws {
    let after = try instant("2026-11-21T03:30:00Z")
    let (left, right) = (try Schedule(first), try Schedule(second))
    #expect(written(left.upcoming(30, after: after, in: .gmt)) == written(right.upcoming(30, after: after, in: .gmt)))
    #expect(left.explanation == right.explanation)
  }

  @Test func `day of month and weekday are OR, but AND where one begins with a star`() throws {
    let after = "2026-11-21T00:00:00Z"
    #expect(
      try times("0 0 13 * 5", "UTC", after: after, count: 3)
        == ["2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z"])
    #expect(
      try times("0 0 */12 * 5", "UTC", after: after, count: 2) == ["2026-12-25T00:00:00Z", "2027-01-01T00:00:00Z"])
    #expect(
      try times("0 0 13 * */5", "UTC", after: after, count: 2) == ["2026-12-13T00:00:00Z", "2027-06-13T00:00:00Z"])
  }

  @Test func `schedules are equal when they are written the same`() throws {
    #expect(try Schedule("@hourly") == Schedule("@hourly"))
    #expect(try Schedule("0 * * * *") != Schedule("1 * * * *"))
  }
}

/// A schedule that must be refused, where, and with which words.
struct Refusal: Sendable, CustomTestStringConvertible {
  let text: String
  let column: Int
  let length: Int
  let says: String
  let remedy: String?

  init(_ text: String, _ column: Int, _ length: Int, _ says: String, _ remedy: String? = nil) {
    (self.text, self.column, self.length, self.says, self.remedy) = (text, column, length, says, remedy)
  }

  var testDescription: String { text.isEmpty ? "(empty)" : text }
}

@Suite struct `Refusing schedules` {
  static let cron = [
    Refusal("", 1, 1, "empty", "five fields"),
    Refusal("   ", 1, 1, "empty"),
    Refusal("0 9 * *", 8, 1, "this has 4: missing weekday", "* stands for every one"),
    Refusal("0 9", 4, 1, "missing day of the month, month and weekday"),
    Refusal("0 0 9 * * ?", 1, 1, "none for seconds", "\"0 9 * * *\""),
    Refusal("30 0 9 ? * MON 2026", 1, 2, "none for seconds", "\"0 9 * * MON\""),
    Refusal("0 9 * * 1-5 2026", 13, 4, "year", "\"0 9 * * 1-5\""),
    Refusal("1 2 3 4 5 6 7 8", 11, 5, "this has 8", "Remove \"6 7 8\""),
    Refusal("61 * * * *", 1, 2, "minute 61 is out of range, which is 0 to 59"),
    Refusal("0 24 * * *", 3, 2, "hour 24", "hour 0"),
    Refusal("0 0 0 * *", 5, 1, "day of the month 0"),
    Refusal("0 0 1,32 * *", 7, 2, "day of the month 32"),
    Refusal("0 0 * 13 *", 7, 2, "month 13"),
    Refusal("0 0 * * 8", 9, 1, "weekday 8"),
    Refusal("0 0 * * 1-9", 11, 1, "weekday 9"),
    Refusal("99999999999999999999 * * * *", 1, 20, "out of range"),
    Refusal("0 0 * * MUN", 9, 3, "\"MUN\" is not a weekday", "SUN or MON"),
    Refusal("0 0 * JAM *", 7, 3, "\"JAM\" is not a month", "JAN"),
    Refusal("0 0 * * Mon,Tuesday", 13, 7, "\"Tuesday\"", "write TUE"),
    Refusal("0 0 * * QQQQ", 9, 4, "\"QQQQ\"", "SUN, MON"),
    Refusal("0 JAN * * *", 3, 3, "\"JAN\" is not an hour", "0 to 23"),
    Refusal("  */0 * * * *", 5, 1, "step of 0", "1 or more"),
    Refusal("0 */ * * *", 5, 1, "step is missing"),
    Refusal("0 */x * * *", 5, 1, "\"x\" is not a step"),
    Refusal("0 */5/2 * * *", 5, 3, "\"5/2\" is not a step"),
    Refusal("0 22-3 * * *", 3, 4, "runs backwards", "22-23,0-3"),
    Refusal("0 23-0 * * *", 3, 4, "runs backwards", "23,0."),
    Refusal("0 0 * * FRI-MON", 9, 7, "runs backwards", "FRI-SAT,SUN-MON"),
    Refusal("0 0 * nov-feb *", 7, 7, "runs backwards", "NOV-DEC,JAN-FEB"),
    Refusal("0 0 L * *", 5, 1, "\"L\"", "28-31"),
    Refusal("0 0 15W * *", 7, 1, "\"W\"", "1-5"),
    Refusal("0 0 * * 5L", 10, 1, "\"L\""),
    Refusal("0 0 * * 5#2", 10, 1, "\"#\"", "2nd fri"),
    Refusal("0 0 ? * 1", 5, 1, "\"?\"", "Write *"),
    Refusal("H * * * *", 1, 1, "Jenkins"),
    Refusal("1,,2 * * * *", 3, 1, "a minute belongs here"),
    Refusal("0 1- * * *", 5, 1, "an hour belongs here"),
    Refusal("-5 * * * *", 1, 1, "a minute belongs here"),
    Refusal("*-5 * * * *", 1, 1, "stands alone"),
    Refusal("0 0 *5 * *", 5, 2, "stands alone"),
    Refusal("1-2-3 * * * *", 3, 3, "\"2-3\""),
    Refusal("0 9\u{301} * * *", 3, 1, "is not an hour"),
    Refusal("\u{663} * * * *", 1, 1, "is not a minute"),
    Refusal("@hourley", 1, 8, "not a known macro", "@hourly"),
    Refusal("  @sometimes", 3, 10, "not a known macro", "@midnight"),
    Refusal("@reboot", 1, 7, "@reboot"),
    Refusal("@every 5m", 1, 6, "@every", "every 5 minutes"),
    Refusal("@daily 09:00", 8, 5, "nothing may follow @daily"),
  ]

  static let english = [
    Refusal("every", 6, 1, "a weekday or \"day\""),
    Refusal("every hour", 7, 4, "needs a number", "every 1 hours"),
    Refusal("every minute", 7, 6, "needs a number", "every 1 minutes"),
    Refusal("every day", 10, 1, "time of day is missing", "HH:MM"),
    Refusal("every 24 hours 09:00", 16, 5, "no time of day", "every day 09:00"),
    Refusal("every 5 hour", 9, 4, "\"hour\"", "\"hours\""),
    Refusal("every 5", 8, 1, "unit is missing"),
    Refusal("evry 5 minutes", 1, 4, "\"evry\"", "\"every\""),
    Refusal("hello", 1, 5, "\"hello\""),
    Refusal("1st funday of every month 10:12", 5, 6, "\"funday\"", "\"sunday\""),
    Refusal("1st monday of every month 10:12", 15, 5, "\"every\""),
    Refusal("1st monday of janury 10:12", 15, 6, "\"janury\"", "\"january\""),
    Refusal("every 0 minutes", 7, 1, "interval of 0"),
    Refusal("every 100000 minutes", 7, 6, "1 to 99999"),
    Refusal("every 5 hours synchronized", 7, 1, "divides 24 hours"),
    Refusal("every 25 hours synchronized", 7, 2, "divides 24 hours"),
    Refusal("every 5 minutes from 10:00", 27, 1, "needs its end"),
    Refusal("every 5 minutes from 10:00 till 11:00", 28, 4, "\"till\""),
    Refusal("every 5 minutes from 25:00 to 26:00", 22, 5, "\"25:00\""),
    Refusal("every 5 minutes from 10:00 to", 30, 1, "time of day is missing"),
    Refusal("every 5 minutes on monday", 17, 2, "one word too many"),
    Refusal("every day 9:5", 11, 3, "not a time of day"),
    Refusal("every day 24:00", 11, 5, "not a time of day", "23:59"),
    Refusal("every day 09:60", 11, 5, "not a time of day"),
    Refusal("every day 09:00 please", 17, 6, "\"please\""),
    Refusal("32 of month 10:00", 1, 2, "32 is not a day"),
    Refusal("1,0 of month 10:00", 3, 1, "0 is not a day"),
    Refusal("1, of month 10:00", 4, 2, "\"of\""),
    Refusal("31 of feb,apr 10:00", 1, 2, "none of these months"),
    Refusal("10 of month", 12, 1, "time of day is missing"),
    Refusal("10 month 10:00", 4, 5, "\"of\" belongs here", "of month"),
    Refusal("1st,2nd month 00:00", 9, 5, "\"month\""),
    Refusal("6th monday of month 10:00", 1, 3, "1st to 5th"),
    Refusal("1st monday of 4th month of quarter 09:00", 15, 3, "three months"),
    Refusal("1st monday of 1st month of year 09:00", 28, 4, "\"year\""),
  ]

  @Test(arguments: cron + english) func `the fault is pointed at`(_ refusal: Refusal) throws {
    let error = try SchedulesTests.refusal(of: refusal.text)
    #expect(error.text == refusal.text)
    #expect((error.column, error.length) == (refusal.column, refusal.length))
    #expect(error.reason.contains(refusal.says), "\(error.reason)")
    if let remedy = refusal.remedy {
      #expect(error.remedy?.contains(remedy) == true, "\(error.remedy ?? "no remedy")")
    }
  }

  @Test(arguments: cron + english) func `every error is a line with a column inside the text or just behind it`(
    _ refusal: Refusal
  ) throws {
    let error = try SchedulesTests.refusal(of: refusal.text)
    #expect(error.description.hasPrefix("column \(error.column): "))
    #expect(!error.description.contains("\n"))
    #expect(error.column >= 1 && error.column <= refusal.text.count + 1)
    #expect(error.length >= 1 && error.column + error.length <= refusal.text.count + 2)
  }

  @Test func `no text crashes the reader`() {
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "*", "/", "-", ",", " ", "0", "9", "59", "61", "MON", "jan", "L", "#", "?", "@", "every ", "day ", " of ",
      "month ",
      "1st ", "09:00", ":", "hours", "mins", " synchronized", " from ", " to ", "é", "👩‍👩‍👧", "\n", "99999",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 1...8, using: &generator)
      let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
      do {
        _ = try Schedule(text).explanation
        accepted += 1
      } catch {
        #expect(error.column >= 1 && error.column <= text.count + 1, "\(text)")
      }
    }
    #expect(accepted > 0)
  }
}
