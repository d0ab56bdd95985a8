// Time as the emulator keeps it: a whole number of microseconds, which is what
// the services store and what a heap of a million due times can afford.

import CloudModel
import Foundation
import Schedules

/// A point in time, in microseconds since 1970.
struct Moment: Hashable, Comparable, Sendable {
  let microseconds: Int64

  init(microseconds: Int64) { self.microseconds = microseconds }

  init(_ timestamp: Timestamp) {
    microseconds = timestamp.seconds * 1_000_000 + Int64(timestamp.nanoseconds / 1000)
  }

  init(_ date: Date) { self.init(Timestamp(date)) }

  var timestamp: Timestamp {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return rest >= 0
      ? Timestamp(seconds: seconds, nanoseconds: Int32(rest * 1000))
      : Timestamp(seconds: seconds - 1, nanoseconds: Int32((rest + 1_000_000) * 1000))
  }

  var date: Date { timestamp.date }

  /// The JSON spelling.
  var text: String { timestamp.description }

  static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }

  static func + (moment: Moment, duration: Duration) -> Moment {
    Moment(microseconds: moment.microseconds + duration.microseconds)
  }

  static func - (moment: Moment, duration: Duration) -> Moment {
    Moment(microseconds: moment.microseconds - duration.microseconds)
  }

  static func - (left: Moment, right: Moment) -> Duration {
    .microseconds(left.microseconds - right.microseconds)
  }

  /// RFC 3339 with the offset that `zone` has at that moment: `2026-12-31T16:00:00-08:00`.
  func text(in zone: TimeZone) -> String {
    let offset = zone.secondsFromGMT(for: date)
    let local = Timestamp(seconds: timestamp.seconds + Int64(offset), nanoseconds: timestamp.nanoseconds).description
    let minutes = abs(offset) / 60
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    return local.dropLast() + (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
  }
}

extension Duration {
  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}

extension TimeZones {
  /// Where the service's messages tell the time.
  static let pacific = zone(named: "America/Los_Angeles") ?? .gmt
}
