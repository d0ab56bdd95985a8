// Names of time zones: what Cloud Scheduler would take, and what may be meant otherwise.

import Foundation
import Schedules
import Testing

@Suite struct `Time zone names` {
  @Test(arguments: ["UTC", "utc", "Utc", "Etc/UTC", "GMT", "Zulu"]) func `UTC has several names`(_ name: String) throws
  {
    #expect(try zone(name).secondsFromGMT(for: instant("2026-07-01T00:00:00Z")) == 0)
  }

  @Test(arguments: [
    ("Europe/Riga", 3), ("America/New_York", -4), ("US/Pacific", -7), ("Asia/Calcutta", 5), ("Asia/Kolkata", 5),
    ("EST", -5), ("Etc/GMT+5", -5), ("America/Argentina/Buenos_Aires", -3), ("Japan", 9), ("Europe/Kyiv", 3),
  ])
  func `IANA names and links are known`(_ name: String, _ hours: Int) throws {
    #expect(try zone(name).secondsFromGMT(for: instant("2026-07-01T00:00:00Z")) / 3600 == hours)
  }

  @Test(arguments: [
    "", " ", "PST", "PDT", "JST", "IST", "GMT+3", "UTC+3", "+05:30", "Mars/Base", "america/new_york", "Europe/Londno",
    "SystemV/EST5", "Europe/", "/", "../../etc/passwd", "Europe/Riga ",
  ])
  func `anything else is refused`(_ name: String) {
    #expect(TimeZones.zone(named: name) == nil)
  }

  @Test(arguments: [
    ("Europe/Londno", "Europe/London"), ("america/new_york", "America/New_York"), ("New York", "America/New_York"),
    ("PST", "America/Los_Angeles"), ("Kolkatta", "Asia/Kolkata"), ("America/Kolkata", "Asia/Kolkata"),
    ("UTC+3", "Etc/GMT-3"), ("GMT-05:00", "Etc/GMT+5"), ("Etc/UCT1", "Etc/UTC"), ("riga", "Europe/Riga"),
  ])
  func `a near name is offered first`(_ text: String, _ name: String) {
    #expect(TimeZones.nearest(to: text).first == name, "\(TimeZones.nearest(to: text))")
  }

  @Test(arguments: ["Londn", "PST", "UTC-11", "amsterdam", "Tokio", "kiev"])
  func `what is offered is accepted`(_ text: String) {
    let names = TimeZones.nearest(to: text)
    #expect(!names.isEmpty && names.count <= 5)
    #expect(names.allSatisfy { TimeZones.zone(named: $0) != nil }, "\(names)")
  }

  @Test(arguments: ["", "xyzzyxyzzy", "UTC+99"]) func `nothing is offered for nonsense`(_ text: String) {
    #expect(TimeZones.nearest(to: text).isEmpty, "\(TimeZones.nearest(to: text))")
  }
}
