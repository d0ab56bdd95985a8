// Numbers and times as people read them in a hurry: 12s, 3m, 4h, 2d, 2,104.

import CloudModel
import Foundation

/// Ways to write numbers and times.
package enum Words {
  /// With thousands separators: 2,104.
  package static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    guard digits.count > 3 else { return String(value) }
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A count and its noun: `1 task`, `2,104 tasks`.
  package static func count(_ value: Int, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// A span of time in its largest unit, rounded down: 12s, 3m, 4h, 2d. What lies in the future counts as 0s.
  package static func span(_ seconds: TimeInterval) -> String {
    guard seconds < 1e11 else { return "ages" }
    let whole = max(0, Int(seconds))
    switch whole {
    case ..<60: return "\(whole)s"
    case ..<3600: return "\(whole / 60)m"
    case ..<172_800: return "\(whole / 3600)h"
    default: return "\(count(whole / 86400))d"
    }
  }

  /// The same with its second unit, for pages with room: `3m 12s`, `4h 5m`, `2d 3h`.
  package static func longSpan(_ seconds: TimeInterval) -> String {
    guard seconds < 1e11 else { return "ages" }
    let whole = max(0, Int(seconds))
    func two(_ large: Int, _ unit: String, _ small: Int, _ other: String) -> String {
      small == 0 ? "\(count(large))\(unit)" : "\(count(large))\(unit) \(small)\(other)"
    }
    switch whole {
    case ..<60: return "\(whole)s"
    case ..<3600: return two(whole / 60, "m", whole % 60, "s")
    case ..<86400: return two(whole / 3600, "h", whole / 60 % 60, "m")
    default: return two(whole / 86400, "d", whole / 3600 % 24, "h")
    }
  }

  /// How long it is until a moment, rounded up; `now` when it has come.
  package static func countdown(to moment: Date, from now: Date) -> String {
    let seconds = moment.timeIntervalSince(now).rounded(.up)
    return seconds <= 0 ? "now" : span(seconds)
  }

  /// `3m 12s ago`, `in 4h 5m`, `now`.
  package static func relative(_ moment: Date, to now: Date) -> String {
    let seconds = moment.timeIntervalSince(now)
    if seconds >= 1 { return "in \(longSpan(seconds.rounded(.up)))" }
    return seconds > -1 ? "now" : "\(longSpan(-seconds)) ago"
  }

  /// `14:05:09` in a zone.
  package static func clock(_ moment: Date, in zone: TimeZone) -> String {
    String(local(moment, zone).dropFirst(11).prefix(8))
  }

  /// `2026-11-21 14:05:09` in a zone.
  package static func dateTime(_ moment: Date, in zone: TimeZone) -> String {
    let text = local(moment, zone)
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
  }

  /// `14:05` when it is within a day, `Mon 14:05` within a week, else the date.
  package static func shortMoment(_ moment: Date, from now: Date, in zone: TimeZone) -> String {
    let text = local(moment, zone)
    let minute = text.dropFirst(11).prefix(5)
    let distance = abs(moment.timeIntervalSince(now))
    if distance < 86400 { return String(minute) }
    if distance < 6 * 86400 { return "\(weekday(moment, zone)) \(minute)" }
    return String(text.prefix(10))
  }

  /// `UTC`, or the zone's own name.
  package static func zoneName(_ zone: TimeZone) -> String {
    ["GMT", "UTC", "Etc/UTC", "Etc/GMT"].contains(zone.identifier) ? "UTC" : zone.identifier
  }

  /// A size in bytes: `312 bytes`, `4.2 KB`.
  package static func bytes(_ count: Int) -> String {
    if count < 1000 { return self.count(count, "byte") }
    let kilo = Double(count) / 1000
    if kilo < 1000 { return String(format: "%.1f KB", kilo) }
    return kilo < 1_000_000 ? String(format: "%.1f MB", kilo / 1000) : String(format: "%.1f GB", kilo / 1_000_000)
  }

  /// A rate or a limit without a needless fraction: 500, 0.5.
  package static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return count(Int(value)) }
    return abs(value) < 10 ? String(format: "%.2g", value) : String(format: "%.1f", value)
  }

  private static func local(_ moment: Date, _ zone: TimeZone) -> String {
    let offset = zone.secondsFromGMT(for: moment)
    return Timestamp(seconds: Int64(moment.timeIntervalSince1970.rounded(.down)) + Int64(offset)).description
  }

  private static func weekday(_ moment: Date, _ zone: TimeZone) -> String {
    let local = moment.timeIntervalSince1970.rounded(.down) + Double(zone.secondsFromGMT(for: moment))
    let days = Int((local / 86400).rounded(.down))
    // 1970-01-01 was a Thursday.
    return ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((days % 7) + 7) % 7]
  }
}
