// Instants and wall clocks: what a zone's clock shows, and when it shows it.
//
// Only secondsFromGMT is asked of Foundation (20-130 ns). A clock change is found by comparing the offset a day before
// with the offset a day after and then halving: this finds every change of offset, also those that are no daylight
// saving (Pacific/Apia had no 30 December 2011), and needs no list of changes.

import Foundation

/// A time zone, in whole seconds since 1970.
struct ZoneClock {
  /// The instants at which a wall clock shows a given time.
  enum Instants: Equatable {
    case one(Int)
    case twice(first: Int, second: Int)
    /// The clock jumps over this time, at `jump`.
    case skipped(jump: Int)
  }

  /// The end of a stretch of wall-clock time that is about to be repeated.
  struct Repeat: Equatable {
    var instant: Int
    var offsetBefore: Int
    var offsetAfter: Int
  }

  let zone: TimeZone

  /// Seconds east of Greenwich at an instant.
  func offset(at instant: Int) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
  }

  /// What the wall clock shows at an instant, as local seconds.
  func local(at instant: Int) -> Int {
    instant + offset(at: instant)
  }

  /// When the wall clock shows `local`.
  func instants(ofLocal local: Int) -> Instants {
    // No offset reaches a day, so these two lie surely before and after the instants sought. Two changes between them
    // that cancel out would go unseen; no zone has had two within three days since 1990.
    let before = offset(at: local - Self.day)
    let after = offset(at: local + Self.day)
    guard before != after else { return .one(local - before) }
    let early = local - before
    let late = local - after
    switch (offset(at: early) == before, offset(at: late) == after) {
    case (true, true): return .twice(first: min(early, late), second: max(early, late))
    case (true, false): return .one(early)
    case (false, true): return .one(late)
    case (false, false): return .skipped(jump: change(after: late, through: early))
    }
  }

  /// The coming clock change, when what the clock shows now will be shown once more after it.
  func repeatAhead(of instant: Int) -> Repeat? {
    let before = offset(at: instant)
    let after = offset(at: instant + Self.day)
    guard after < before else { return nil }
    let limit = instant + (before - after)
    guard offset(at: limit) == after else { return nil }
    return Repeat(instant: change(after: instant, through: limit), offsetBefore: before, offsetAfter: after)
  }

  /// The first instant with the offset of `limit`, given that the offset changes once in between.
  private func change(after start: Int, through limit: Int) -> Int {
    let target = offset(at: limit)
    var (before, found) = (start, limit)
    while found - before > 1 {
      let middle = before + (found - before) / 2
      if offset(at: middle) == target { found = middle } else { before = middle }
    }
    return found
  }

  private static let day = 86_400
}
