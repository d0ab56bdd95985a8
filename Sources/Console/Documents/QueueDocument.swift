// The page about one queue.

import CloudModel
import Foundation
import Terminal

extension Document {
  /// The page of a queue, from what the list told and the last pass over its tasks.
  init(_ row: QueueRow) {
    self.init(title: row.name.id, sections: [Self.overview(row), Self.classes(row), Self.limits(row.queue)])
  }

  private static func overview(_ row: QueueRow) -> Section {
    let failing = row.failing.map { "\($0 > 0 ? "✗ " : "")\(Words.count($0))\(row.isFailingExact ? "" : " or more")" }
    var lines: [Line] = [
      .field("state", row.state.lowercased(), row.isPaused ? .warning : .success),
      .field("tasks", row.tasks.map { Words.count($0) } ?? "?"),
      .field("failing", failing ?? "? not counted yet", row.isFailing ? .danger : .dim),
      .moment("oldest", row.oldest),
      .field("last minute", row.dispatchedLastMinute.map { "\(Words.count($0)) dispatched" } ?? "?"),
    ]
    if let running = row.queue.stats?.concurrentDispatchesCount ?? row.survey?.running {
      lines.append(.field("running now", Words.count(running)))
    }
    if let rate = row.queue.stats?.effectiveExecutionRate {
      lines.append(.field("allowed rate", Words.number(rate) + " a second"))
    }
    lines.append(.moment("last purged", row.queue.purgeTime?.date, absent: "never"))
    lines.append(.field("name", sanitised(row.name.description), .dim))
    return Section("Queue", lines: lines)
  }

  private static func classes(_ row: QueueRow) -> Section {
    guard let survey = row.survey else {
      let text = row.tasks == 0 ? "No tasks." : "The tasks have not been counted yet."
      return Section("Tasks by class", .attempts, lines: [.note(text)])
    }
    var lines: [Line] = survey.classes.prefix(12).map(tally)
    if survey.classes.count > 12 { lines.append(.note("and \(survey.classes.count - 12) more")) }
    if lines.isEmpty { lines = [.note("No tasks.")] }
    lines.append(.moment("counted", survey.at))
    if !survey.isComplete { lines.append(.note("Only the first pages were counted, to stay within the list budget.")) }
    return Section("Tasks by class", .attempts, lines: lines)
  }

  private static func tally(_ tally: QueueSurvey.ClassTally) -> Line {
    let name = tally.name.isEmpty ? "-" : tally.name
    let label = TextWidth.clip(name, to: 24)
    var spans = [
      Span(label + String(repeating: " ", count: 25 - TextWidth.of(label)), Style(.accent)),
      Span(Words.count(tally.tasks, "task"), Style()),
    ]
    if tally.failing > 0 {
      spans.append(Span("  ✗ \(Words.count(tally.failing)) failing, \(tally.status)", Style(.danger)))
    }
    return .spans(spans)
  }

  private static func limits(_ queue: Queue) -> Section {
    let (rate, retry) = (queue.rateLimits, queue.retryConfig)
    return Section(
      "Limits and retries", .schedule,
      lines: [
        .field("rate", rate.maxDispatchesPerSecond.map { Words.number($0) + " a second" } ?? "-"),
        .field("burst", rate.maxBurstSize.map { Words.count($0) } ?? "-"),
        .field("concurrent", rate.maxConcurrentDispatches.map { Words.count($0) } ?? "-"),
        .field("attempts", QueueRow.attemptLimit(queue)),
        .field("backoff", "\(duration(retry.minBackoff)) to \(duration(retry.maxBackoff))"),
        .field("doublings", retry.maxDoublings.map { Words.count($0) } ?? "-"),
        .field("retry for", limit(retry.maxRetryDuration)),
      ])
  }

  /// Nothing and zero both mean that no time is too long (discovery documents, `maxRetryDuration`).
  static func limit(_ duration: Duration?) -> String {
    duration.map { $0 == .zero ? "no limit" : Self.duration($0) } ?? "no limit"
  }

  static func duration(_ duration: Duration?) -> String {
    guard let duration else { return "-" }
    let seconds = duration.inSeconds
    return seconds == seconds.rounded() ? Words.longSpan(seconds) : "\(Words.number(seconds))s"
  }
}
