// Skipped and repeated hours, said one by one. New York: 02:00 is skipped on 8 March 2026, 01:00 to 02:00 is repeated on
// 1 November.

import Foundation
import Schedules
import Testing

@Suite struct `Clock changes` {
  @Test func `a fixed time in the gap fires when the clock has jumped`() throws {
    #expect(
      try times("30 2 * * *", "America/New_York", after: "2026-03-08T00:00:00Z", count: 2)
        == ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"])
  }

  @Test func `fixed times in the gap fire once together`() throws {
    #expect(
      try times("0,20,40 2,3 * * *", "America/New_York", after: "2026-03-08T06:59:00Z", count: 3)
        == ["2026-03-08T07:00:00Z", "2026-03-08T07:20:00Z", "2026-03-08T07:40:00Z"])
  }

  @Test func `a fixed time in the repeated hour fires the first time only`() throws {
    #expect(
      try times("30 1 * * *", "America/New_York", after: "2026-11-01T00:00:00Z", count: 2)
        == ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"])
  }

  @Test func `a fixed time does not fire between the two passes`() throws {
    #expect(
      try times("30 1 * * *", "America/New_York", after: "2026-11-01T06:10:00Z", count: 1) == ["2026-11-02T06:30:00Z"])
  }

  @Test func `a starred minute skips the gap`() throws {
    #expect(
      try times("*/30 2 * * *", "America/New_York", after: "2026-03-08T00:00:00Z", count: 1) == ["2026-03-09T06:00:00Z"]
    )
  }

  @Test func `a starred hour fires in both passes`() throws {
    #expect(
      try times("30 * * * *", "America/New_York", after: "2026-11-01T05:00:00Z", count: 3)
        == ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"])
  }

  @Test func `a starred minute begins the second pass at its start`() throws {
    #expect(
      try times("*/20 1 * * *", "America/New_York", after: "2026-11-01T05:40:00Z", count: 2)
        == ["2026-11-01T06:00:00Z", "2026-11-01T06:20:00Z"])
  }

  @Test func `a day that a zone leaves out is one long gap`() throws {
    // Samoa went from 29 to 31 December 2011 by crossing the date line.
    #expect(
      try times("0 9 * * *", "Pacific/Apia", after: "2011-12-29T20:00:00Z", count: 2)
        == ["2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"])
    #expect(
      try times("*/30 9 * * *", "Pacific/Apia", after: "2011-12-29T20:00:00Z", count: 1) == ["2011-12-30T19:00:00Z"])
  }

  @Test func `English skips a time in the gap`() throws {
    #expect(
      try times("every day 02:30", "America/New_York", after: "2026-03-08T00:00:00Z", count: 1)
        == ["2026-03-09T06:30:00Z"])
  }

  @Test func `English fires a repeated time twice`() throws {
    #expect(
      try times("every day 01:30", "America/New_York", after: "2026-11-01T00:00:00Z", count: 3)
        == ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"])
  }

  @Test func `a synchronized interval counts elapsed time and begins anew at midnight`() throws {
    // 1 November has 25 hours: its second step of twelve hours ends at 23:00 EST, an hour before midnight.
    #expect(
      try times("every 12 hours synchronized", "America/New_York", after: "2026-11-01T03:00:00Z", count: 4) == [
        "2026-11-01T04:00:00Z", "2026-11-01T16:00:00Z", "2026-11-02T04:00:00Z", "2026-11-02T05:00:00Z",
      ])
  }

  @Test func `a window that begins in the gap begins after it`() throws {
    #expect(
      try times("every 30 minutes from 02:15 to 04:00", "America/New_York", after: "2026-03-08T06:00:00Z", count: 3)
        == ["2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z"])
  }

  @Test func `a plain interval takes no notice of clocks`() throws {
    #expect(
      try times("every 2 hours", "America/New_York", after: "2026-03-08T06:10:40Z", count: 2)
        == ["2026-03-08T08:10:00Z", "2026-03-08T10:10:00Z"])
  }
}
