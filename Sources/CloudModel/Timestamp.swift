// google.protobuf.Timestamp and Duration in their JSON spelling
// (https://protobuf.dev/programming-guides/json/): RFC 3339 in UTC with 0, 3, 6
// or 9 fractional digits, and seconds with an `s`.

import Foundation

/// A point in time with nanoseconds, as the APIs give it. `Date` would round.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  package let seconds: Int64
  /// 0..<1,000,000,000, counted forward from `seconds`.
  package let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    (self.seconds, self.nanoseconds) = (seconds, nanoseconds)
  }

  /// Rounded to the microsecond, which is what the services store.
  package init(_ date: Date) {
    let micros = Int64((date.timeIntervalSince1970 * 1e6).rounded())
    let seconds = micros >= 0 ? micros / 1_000_000 : (micros - 999_999) / 1_000_000
    self.init(seconds: seconds, nanoseconds: Int32((micros - seconds * 1_000_000) * 1000))
  }

  /// Reads RFC 3339; any offset is accepted, as Google's services do.
  package init?(_ text: String) {
    var text = text
    guard let parsed = text.withUTF8(Self.parse) else { return nil }
    self = parsed
  }

  package var date: Date { Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9) }

  /// The time without its fraction of a second.
  package var wholeSeconds: Timestamp { Timestamp(seconds: seconds) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  /// RFC 3339 in UTC.
  package var description: String {
    var out: [UInt8] = []
    out.reserveCapacity(30)
    write(into: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends `description`. Digit by digit: interpolation makes a dozen strings, and a page of tasks has thousands of
  /// times.
  func write(into out: inout [UInt8]) {
    let days = Int(seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400)
    let time = Int(seconds) - days * 86400
    let (year, month, day) = Self.civil(days: days)
    if (0...9999).contains(year) { Self.append(year, digits: 4, to: &out) } else { out += String(year).utf8 }
    for (separator, value) in [(UInt8(ascii: "-"), month), (UInt8(ascii: "-"), day), (UInt8(ascii: "T"), time / 3600)] {
      out.append(separator)
      Self.append(value, digits: 2, to: &out)
    }
    for value in [time / 60 % 60, time % 60] {
      out.append(UInt8(ascii: ":"))
      Self.append(value, digits: 2, to: &out)
    }
    appendFraction(Int(nanoseconds), to: &out)
    out.append(UInt8(ascii: "Z"))
  }

  private static func append(_ value: Int, digits: Int, to out: inout [UInt8]) {
    var divisor = (1..<digits).reduce(1) { product, _ in product * 10 }
    while divisor > 0 {
      out.append(UInt8(truncatingIfNeeded: 0x30 + value / divisor % 10))
      divisor /= 10
    }
  }

  fileprivate static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard text.count >= 20, text[4] == 0x2D, text[7] == 0x2D, text[10] | 0x20 == 0x74, text[13] == 0x3A,
      text[16] == 0x3A,
      let year = number(text, 0..<4), let month = number(text, 5..<7), (1...12).contains(month),
      let day = number(text, 8..<10), (1...31).contains(day), let hour = number(text, 11..<13), hour < 24,
      let minute = number(text, 14..<16), minute < 60, let second = number(text, 17..<19), second <= 60
    else { return nil }
    var end = 19
    var nanoseconds = 0
    if text[end] == 0x2E {
      let start = end + 1
      end = start
      while end < text.count, (0x30...0x39).contains(text[end]) { end += 1 }
      guard (1...9).contains(end - start), let fraction = number(text, start..<end) else { return nil }
      nanoseconds = (end - start..<9).reduce(fraction) { value, _ in value * 10 }
    }
    guard let offset = offset(text, from: end) else { return nil }
    let days = days(year: year, month: month, day: day)
    guard civil(days: days) == (year, month, day) else { return nil }
    let seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
    return Timestamp(seconds: Int64(seconds), nanoseconds: Int32(nanoseconds))
  }

  /// `Z`, `z` or `+hh:mm` to the end of the text, in seconds east of UTC.
  private static func offset(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    if text.count == start + 1, text[start] | 0x20 == 0x7A { return 0 }
    guard text.count == start + 6, text[start] == 0x2B || text[start] == 0x2D, text[start + 3] == 0x3A,
      let hours = number(text, start + 1..<start + 3), let minutes = number(text, start + 4..<start + 6), hours < 24,
      minutes < 60
    else { return nil }
    return (text[start] == 0x2B ? 1 : -1) * (hours * 3600 + minutes * 60)
  }

  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
      guard (0x30...0x39).contains(text[index]) else { return nil }
      value = value * 10 + Int(text[index] - 0x30)
    }
    return value
  }

  // Day counts of the proleptic Gregorian calendar by 400-year eras
  // (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let calendarMonth = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0), calendarMonth, dayOfYear - (153 * month + 2) / 5 + 1)
  }
}

/// `.123`, `.123456` or `.123456789`; nothing for zero.
private func appendFraction(_ nanoseconds: Int, to out: inout [UInt8]) {
  guard nanoseconds != 0 else { return }
  out.append(UInt8(ascii: "."))
  var divisor = 100_000_000
  // The first digit that is left out.
  let last = nanoseconds % 1_000_000 == 0 ? 100_000 : nanoseconds % 1000 == 0 ? 100 : 0
  while divisor > last {
    out.append(UInt8(truncatingIfNeeded: 0x30 + nanoseconds / divisor % 10))
    divisor /= 10
  }
}

private func fractionText(_ nanoseconds: Int) -> String {
  var out: [UInt8] = []
  appendFraction(nanoseconds, to: &out)
  return String(decoding: out, as: UTF8.self)
}

extension Duration {
  /// Reads proto3 JSON (`3.500s`, `-1s`).
  package init?(protobuf text: String) {
    guard text.last == "s" else { return nil }
    let negative = text.first == "-"
    let parts = text.dropLast().dropFirst(negative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let seconds = Int64(parts[0]), seconds <= 315_576_000_000
    else { return nil }
    var nanoseconds: Int64 = 0
    if parts.count == 2 {
      guard parts[1].count <= 9, let fraction = Int64(parts[1]) else { return nil }
      nanoseconds = (parts[1].count..<9).reduce(fraction) { value, _ in value * 10 }
    }
    let sign: Int64 = negative ? -1 : 1
    self = .seconds(sign * seconds) + .nanoseconds(sign * nanoseconds)
  }

  /// proto3 JSON: `3600s`, `0.100s`.
  package var protobuf: String {
    let (seconds, attoseconds) = components
    let nanoseconds = Int(attoseconds / 1_000_000_000)
    let sign = seconds < 0 || nanoseconds < 0 ? "-" : ""
    return "\(sign)\(seconds.magnitude)\(fractionText(abs(nanoseconds)))s"
  }

  /// In seconds, as a floating-point number.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

extension JSONReader {
  /// A google.protobuf.Timestamp.
  package mutating func timestamp() throws(JSONError) -> Timestamp {
    if let value = plainString(Timestamp.parse) { return value }
    let text = try string()
    guard let value = Timestamp(text) else { throw failure("\"\(text)\" is not a time like 2026-01-02T03:04:05Z") }
    return value
  }

  /// A google.protobuf.Duration.
  package mutating func duration() throws(JSONError) -> Duration {
    let text = try string()
    guard let value = Duration(protobuf: text) else { throw failure("\"\(text)\" is not a duration like 3.5s") }
    return value
  }
}
