// The page about one queue.

import CloudModel
import Foundation
import Terminal

extension Document {
  /// The page of a queue, from what the list told and the last pass over its tasks.
  init(_ row: QueueRow, _ history: QueueHistory? = nil) {
    let first = Self.overview(row, history ?? QueueHistory())
    let rest = row.survey.map { [Self.groups(row, $0), Self.due($0)] } ?? [Self.uncounted(row)]
    self.init(title: row.name.id, sections: [first] + rest + [Self.limits(row.queue)], raw: row.queue.json)
  }

  private static func overview(_ row: QueueRow, _ history: QueueHistory) -> Section {
    let failing = row.failing.map { "\($0 > 0 ? "✗ " : "")\(Words.count($0))\(row.isFailingExact ? "" : " or more")" }
    var lines: [Line] = [
      .field("state", row.state.lowercased(), row.isPaused ? .warning : .success),
      .field("tasks", row.tasks.map { Words.count($0) } ?? "?"),
      .field("failing", failing ?? "? not counted yet", row.isFailing ? .danger : .dim),
      .moment("oldest", row.oldest),
      .field("last minute", row.dispatchedLastMinute.map { "\(Words.count($0)) dispatched" } ?? "?"),
      .field("backlog", backlog(row, history)),
    ]
    lines += trends(history)
    if let storm = RetryStorm(row) { lines.insert(.note("! Retry storm: \(storm.words).", .danger), at: 0) }
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

  /// What was seen since the console began to look.
  private static func trends(_ history: QueueHistory) -> [Line] {
    guard history.samples.count > 1 else { return [] }
    func line(_ name: String, _ values: [Int?], _ role: Role) -> Line {
      .spans([
        DocumentLayout.nameSpan(name), Span(Sparkline.text(values), Style(role)),
        Span("  \(values.last.flatMap { $0 }.map { Words.count($0) } ?? "?") now", Style(.dim)),
      ])
    }
    return [
      line("dispatches a min", history.samples.map(\.dispatched), .info),
      line("failing trend", history.samples.map(\.failing), .danger),
    ]
  }

  /// When it will be empty, as far as can be told.
  private static func backlog(_ row: QueueRow, _ history: QueueHistory) -> String {
    guard let tasks = row.tasks else { return "?" }
    if tasks == 0 { return "none" }
    if row.isPaused { return "\(Words.count(tasks, "task")), waiting: the queue is paused" }
    if let growth = history.growth, growth < 0 {
      return "gone in about \(Words.longSpan(Double(tasks) * 60 / -growth))"
    }
    if let growth = history.growth, growth > 0 { return "grows by \(Words.number(growth.rounded(.up))) a minute" }
    guard let rate = row.dispatchedLastMinute, rate > 0 else {
      return "\(Words.count(tasks, "task")), none dispatched lately"
    }
    return "about \(Words.longSpan(Double(tasks) * 60 / Double(rate))) at the last minute's rate"
  }

  private static func uncounted(_ row: QueueRow) -> Section {
    let text = row.tasks == 0 ? "No tasks." : "The tasks have not been counted yet."
    return Section("Tasks by class and last status", .attempts, lines: [.note(text)])
  }

  private static func groups(_ row: QueueRow, _ survey: QueueSurvey) -> Section {
    var lines: [Line] = survey.groups.prefix(12).map { group in
      let name = group.taskClass.isEmpty ? "-" : TextWidth.clip(group.taskClass, to: 22)
      let status = TextWidth.clip(statusText(group.outcome, group.status), to: 24)
      let share = survey.tasks > 0 ? Double(group.tasks) / Double(survey.tasks) : 0
      return .spans([
        Span(padded(name, 23), Style(.accent)), Span(padded(status, 25), Style(role(of: group.outcome))),
        Span(padded(Words.count(group.tasks), -7), Style(group.failing > 0 ? .danger : .text)),
        Span(padded("\(Int((share * 100).rounded()))%", -5), Style(.dim)),
        Span("  " + Sparkline.bar(share, columns: 10), Style(group.failing > 0 ? .danger : .dim)),
      ])
    }
    let more = survey.tasks - survey.groups.prefix(12).reduce(0) { $0 + $1.tasks }
    if more > 0 { lines.append(.note("and \(Words.count(more, "task")) of other classes and statuses")) }
    if lines.isEmpty { lines = [.note("No tasks.")] }
    lines.append(.moment("counted", survey.at))
    if !survey.isComplete { lines.append(.note("Only the first pages were counted, to stay within the list budget.")) }
    return Section("Tasks by class and last status: f opens them", .attempts, lines: lines)
  }

  /// When the next attempts are due.
  private static func due(_ survey: QueueSurvey) -> Section {
    let most = survey.due.max() ?? 0
    let lines: [Line] = zip(QueueSurvey.dueSpans, survey.due).map { span, count in
      .spans([
        DocumentLayout.nameSpan(span.name), Span(padded(Words.count(count), -7), Style(count == 0 ? .dim : .text)),
        Span("  " + Sparkline.bar(most == 0 ? 0 : Double(count) / Double(most), columns: 24), Style(.info)),
      ])
    }
    return Section("Next attempts, when counted", lines: lines)
  }

  /// With blanks behind it, or before it where the width is negative.
  private static func padded(_ text: String, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - TextWidth.of(text)))
    return width < 0 ? blanks + text : text + blanks
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
