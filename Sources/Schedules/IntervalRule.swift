// "every N minutes" and "every N hours", the interval schedules of App Engine's English.
//
// The rules are those of groctimespecification.py: a plain interval counts from the previous run and drops the seconds;
// a window, and "synchronized" which is the window 00:00 to 23:59, counts elapsed time from each day's start of the
// window. One difference, on purpose: that file counts a 25-hour day as 1440 seconds and some, which is a slip.

/// A schedule that repeats after a fixed time.
struct IntervalRule: Equatable, Sendable {
  enum Unit: String, Equatable, Sendable {
    case minutes
    case hours

    var seconds: Int { self == .hours ? 3600 : 60 }
  }

  /// What the interval is counted from.
  enum Anchor: Equatable, Sendable {
    case previousRun
    case midnight
    /// Minutes of the day, both included. `to` may lie before `from`: the window then ends on the next day.
    case window(from: Int, to: Int)
  }

  var count: Int
  var unit: Unit
  var anchor: Anchor

  var seconds: Int { count * unit.seconds }

  /// The first run after `instant`. Without a window `instant` plays the previous run.
  func next(after instant: Int, on clock: ZoneClock) -> Int {
    switch anchor {
    case .previousRun: floorDivide(instant + seconds, 60) * 60
    case .midnight: next(after: instant, from: 0, to: 23 * 60 + 59, on: clock)
    case .window(let from, let to): next(after: instant, from: from, to: to, on: clock)
    }
  }

  private func next(after instant: Int, from: Int, to: Int, on clock: ZoneClock) -> Int {
    let opened = clock.latest(minuteOfDay: from, atOrBefore: instant)
    let opens = clock.earliest(minuteOfDay: from, after: instant)
    let due = opened + ((instant - opened) / seconds + 1) * seconds
    func isInWindow(_ moment: Int) -> Bool {
      let closed = clock.latest(minuteOfDay: to, atOrBefore: moment)
      return clock.latest(minuteOfDay: from, atOrBefore: moment) > closed || moment == closed
    }
    return due < opens && isInWindow(instant) && isInWindow(due) ? due : opens
  }
}

extension ZoneClock {
  /// The last instant up to `instant` at which the wall clock first shows this time of day.
  func latest(minuteOfDay: Int, atOrBefore instant: Int) -> Int {
    var day = floorDivide(local(at: instant), 86_400)
    while true {
      let found = firstInstant(ofLocal: day * 86_400 + minuteOfDay * 60)
      if found <= instant { return found }
      day -= 1
    }
  }

  /// The first instant after `instant` at which the wall clock first shows this time of day.
  func earliest(minuteOfDay: Int, after instant: Int) -> Int {
    var day = floorDivide(local(at: instant), 86_400)
    while true {
      let found = firstInstant(ofLocal: day * 86_400 + minuteOfDay * 60)
      if found > instant { return found }
      day += 1
    }
  }
}
