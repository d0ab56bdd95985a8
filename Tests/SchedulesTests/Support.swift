// Makers and readers shared by the schedule tests.

import Foundation
import Schedules
import Testing

/// A zone that the test names; a misspelling there fails the test.
func zone(_ name: String) throws -> TimeZone {
  try #require(TimeZones.zone(named: name), "no zone \(name)")
}

/// An instant written as RFC 3339.
func instant(_ text: String) throws -> Date {
  try Date(text, strategy: .iso8601)
}

/// Instants as RFC 3339 in UTC, which read better in a failure than dates do.
func written(_ dates: [Date]) -> [String] {
  dates.map { $0.formatted(.iso8601) }
}

/// Fire times of a schedule, as RFC 3339 in UTC.
func times(_ schedule: String, _ zoneName: String, after: String, count: Int = 3) throws -> [String] {
  written(try Schedule(schedule).upcoming(count, after: try instant(after), in: try zone(zoneName)))
}

/// The error of a schedule that must be refused.
func refusal(of text: String) throws -> ScheduleError {
  try #require(throws: ScheduleError.self) { try Schedule(text) }
}

/// SplitMix64: the same numbers for the same seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
