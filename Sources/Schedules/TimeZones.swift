// Names of time zones.
//
// Cloud Scheduler takes names of the tz database and answers anything else with "Schedule or time zone is invalid."
// Foundation is more lenient: ICU also knows "PST", "JST" or "GMT+3", which are not in that database and must not pass.

import Foundation

/// Names of the IANA time zone database.
package enum TimeZones {
  /// The zone of an IANA name, links such as "US/Eastern" included; "utc" may be written in any case. nil for any other
  /// text: abbreviations, offsets, misspellings.
  package static func zone(named name: String) -> TimeZone? {
    if name.uppercased() == "UTC" { return TimeZone(identifier: "UTC") }
    let isRegional = name.contains("/") && !name.hasPrefix("SystemV/")
    guard isRegional || namesWithoutRegion.contains(name) else { return nil }
    return TimeZone(identifier: name)
  }

  /// Known names that may be meant by a text that is none, best first, at most five: "PDT" and "new york" find theirs
  /// as well as "Europe/Londno".
  package static func nearest(to text: String) -> [String] {
    let wanted = text.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: " ", with: "_")
    var found: [String] = []
    let abbreviation = TimeZone.abbreviationDictionary[wanted.uppercased()]
    let same = known.filter { $0.lowercased() == wanted.lowercased() }
    let sameCity = known.filter { city(of: $0) == city(of: wanted) }
    let similar = Spelling.nearest(to: wanted, among: known, limit: 5)
    let similarCity = similarCities(to: wanted)
    let certain = [abbreviation, fixedOffset(wanted)].compactMap(\.self)
    for name in certain + same + sameCity + similar + similarCity where !found.contains(name) {
      found.append(name)
    }
    return Array(found.prefix(5))
  }

  /// "UTC+3" is Etc/GMT-3: the tz database counts hours west of Greenwich, as POSIX does.
  private static func fixedOffset(_ text: String) -> String? {
    var rest = text.uppercased()
    for prefix in ["UTC", "GMT"] where rest.hasPrefix(prefix) { rest.removeFirst(prefix.count) }
    if rest.hasSuffix(":00") { rest.removeLast(3) }
    guard let sign = rest.first, "+-".contains(sign), let hours = Int(rest.dropFirst()), hours > 0 else { return nil }
    let name = "Etc/GMT\(sign == "+" ? "-" : "+")\(hours)"
    return TimeZone(identifier: name) == nil ? nil : name
  }

  private static func similarCities(to wanted: String) -> [String] {
    let cities = known.map(city)
    return Spelling.nearest(to: city(of: wanted), among: cities, limit: 3).flatMap { near in
      known.filter { city(of: $0) == near }
    }
  }

  private static func city(of name: String) -> String {
    name.split(separator: "/").last.map { $0.lowercased() } ?? ""
  }

  /// Foundation's list lacks the links of the tz database; those that people write are added.
  private static let known: [String] =
    ["UTC", "Etc/UTC"] + TimeZone.knownTimeZoneIdentifiers.filter { $0 != "GMT" && $0 != "UTC" }
    + links + namesWithoutRegion.sorted().filter { $0 != "UTC" }

  private static let links = [
    "Asia/Kolkata", "Asia/Saigon", "Asia/Tel_Aviv", "Australia/Canberra", "Australia/NSW", "Australia/Queensland",
    "Australia/Victoria", "Brazil/East", "Canada/Atlantic", "Canada/Central", "Canada/Eastern", "Canada/Mountain",
    "Canada/Pacific", "US/Alaska", "US/Arizona", "US/Central", "US/Eastern", "US/Hawaii", "US/Mountain", "US/Pacific",
  ]

  /// The names of the tz database that have no region (its files northamerica, europe, backward and etcetera).
  private static let namesWithoutRegion: Set<String> = [
    "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0", "GMT-0",
    "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya",
    "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK",
    "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
  ]
}
