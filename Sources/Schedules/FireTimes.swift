// From wall-clock times to the instants at which a job fires, across clock changes.
//
// Google's page only warns that jobs in skipped or repeated hours "may or may not run unexpectedly", so Debian's cron is
// followed: a schedule whose minute or hour begins with "*" runs by the clock as shown, one with fixed hours and
// minutes runs once for each time it names. English schedules follow App Engine's groctimespecification.py.

extension CalendarRule {
  /// The first instant after `instant` at which the schedule fires; nil when it never does.
  func next(after instant: Int, on clock: ZoneClock) -> Int? {
    switch clockChange {
    case .asShown: nextAsShown(after: instant, on: clock)
    case .once: nextOnce(after: instant, on: clock)
    }
  }

  private func nextOnce(after instant: Int, on clock: ZoneClock) -> Int? {
    var local = clock.local(at: instant)
    while let candidate = next(afterLocal: local) {
      let found = clock.firstInstant(ofLocal: candidate)
      // In the second pass of a repeated hour, the rest of that hour has fired already.
      if found > instant { return found }
      local = candidate
    }
    return nil
  }

  private func nextAsShown(after instant: Int, on clock: ZoneClock) -> Int? {
    var local = clock.local(at: instant)
    if let ahead = clock.repeatAhead(of: instant) {
      if let candidate = next(afterLocal: local), candidate < ahead.instant + ahead.offsetBefore {
        return candidate - ahead.offsetBefore
      }
      local = ahead.instant + ahead.offsetAfter - 1
    }
    while let candidate = next(afterLocal: local) {
      switch clock.instants(ofLocal: candidate) {
      case .one(let found): return found
      case .twice(let first, let second): return first > instant ? first : second
      case .skipped(let jump): local = clock.local(at: jump) - 1
      }
    }
    return nil
  }
}

extension ZoneClock {
  /// When the wall clock first shows `local`; the moment after the jump when it never does.
  func firstInstant(ofLocal local: Int) -> Int {
    switch instants(ofLocal: local) {
    case .one(let instant): instant
    case .twice(let first, _): first
    case .skipped(let jump): jump
    }
  }
}
