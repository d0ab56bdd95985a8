// What is wrong with a schedule, and where.
//
// Cloud Scheduler itself answers every mistake with "Schedule or time zone is invalid." Saying which character, and
// what to write instead, is the reason the schedule is parsed here before it is sent.

/// A schedule that cannot be read: the place, the reason and, where there is one, what to write instead.
package struct ScheduleError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The schedule as it was written.
  package let text: String
  /// Where the fault begins, counted in characters from 1. One past the end when something is missing there.
  package let column: Int
  /// How many characters are at fault; at least 1.
  package let length: Int
  /// Why it is refused: a sentence without the full stop.
  package let reason: String
  /// What to write instead: a full sentence.
  package let remedy: String?

  /// Describes a fault. `column` counts from 1; a `length` under 1 is taken as 1, so that a caret can always be drawn.
  package init(text: String, column: Int, length: Int, reason: String, remedy: String? = nil) {
    self.text = text
    self.column = column
    self.length = max(1, length)
    self.reason = reason
    self.remedy = remedy
  }

  /// The fault in one line, with its column.
  package var description: String {
    let fault = "column \(column): \(reason)."
    return remedy.map { "\(fault) \($0)" } ?? fault
  }
}
