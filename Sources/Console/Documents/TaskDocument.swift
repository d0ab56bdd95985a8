// The page about one task.

import CloudModel
import Foundation
import Terminal

extension Document {
  /// The page of a task in the FULL view. Off the main loop: it decodes and formats the payload.
  package init(_ task: CloudTask) {
    let row = Self.row(of: task)
    var overview = Self.overview(row, queue: task.name.queue)
    overview.insert(contentsOf: Self.target(task), at: 1)
    overview.append(
      .field("deadline", task.dispatchDeadline.map { "\(Words.longSpan($0.inSeconds)) an attempt" } ?? "-"))
    overview.append(.field("name", sanitised(task.name.description), .dim))
    self.init(
      title: row.taskClass.isEmpty ? row.id : "\(row.taskClass) \(row.id)",
      sections: [
        Section("Task", lines: overview), Self.attempts(task), Payload.headerSection(task.headers),
        Payload.section(task.body, isKnown: task.view != "BASIC"),
      ], raw: task.json)
  }

  /// What a row already tells, for the moment until the full page arrives.
  init(_ row: TaskRow, in queue: QueueName) {
    var overview = Self.overview(row, queue: queue)
    if !row.url.isEmpty { overview.insert(.field("url", row.url), at: 1) }
    self.init(
      title: row.taskClass.isEmpty ? row.id : "\(row.taskClass) \(row.id)",
      sections: [Section("Task", lines: overview)])
  }

  /// The same with a section that says what is still on its way.
  static func waiting(_ row: TaskRow, in queue: QueueName) -> Document {
    var page = Document(row, in: queue)
    page.sections.append(Payload.section(nil, isKnown: false))
    return page
  }

  private static func row(of task: CloudTask) -> TaskRow {
    var maker = TaskRowMaker()
    return maker.row(of: task)
  }

  private static func overview(_ row: TaskRow, queue: QueueName) -> [Line] {
    [
      .field("class", row.taskClass.isEmpty ? "-" : row.taskClass, .accent),
      .field("queue", "\(queue.id)  (\(queue.parent.location))"),
      .field("last status", statusText(row.outcome, row.status), role(of: row.outcome)),
      .field("dispatched", times(Int(row.dispatches)), row.isFailing ? .danger : .text),
      .field("answered", times(Int(row.responses))),
      .due("next attempt", row.next),
      .moment("created", row.created),
    ]
  }

  private static func times(_ count: Int) -> String { count == 0 ? "never" : Words.count(count, "time") }

  static func role(of outcome: TaskRow.Outcome) -> Role {
    switch outcome {
    case .never: .dim
    case .running: .info
    case .succeeded: .success
    case .failed: .danger
    }
  }

  static func statusText(_ outcome: TaskRow.Outcome, _ status: String) -> String {
    switch outcome {
    case .never: "not dispatched yet"
    case .running: "▸ running"
    case .succeeded: "✓ \(status)"
    case .failed: "✗ \(status)"
    }
  }

  private static func target(_ task: CloudTask) -> [Line] {
    switch task.target {
    case .http(let target):
      [.field("request", "\(sanitised(target.method ?? "POST")) \(sanitised(target.url))")]
        + Payload.authorization(target.authorization)
    case .appEngine(let target):
      [.field("request", "\(sanitised(target.method ?? "POST")) \(sanitised(target.relativeURI))  (App Engine)")]
    case .other: [.field("request", "of a kind this program does not know", .warning)]
    }
  }

  private static func attempts(_ task: CloudTask) -> Section {
    var lines: [Line] = []
    if let first = task.firstAttempt { lines.append(.moment("first dispatched", first.dispatchTime?.date)) }
    if let last = task.lastAttempt { lines += attempt(last) }
    return Section("Attempts", .attempts, lines: lines.isEmpty ? [.note("Not dispatched yet.")] : lines)
  }

  private static func attempt(_ attempt: Attempt) -> [Line] {
    let (outcome, status) = TaskStatus.words(of: attempt)
    var lines: [Line] = [
      .moment("last scheduled", attempt.scheduleTime?.date), .moment("last dispatched", attempt.dispatchTime?.date),
      .moment("last answered", attempt.responseTime?.date, absent: "no answer"),
      .field("status", statusText(outcome, status), role(of: outcome)),
    ]
    if let sent = attempt.dispatchTime?.date, let answered = attempt.responseTime?.date {
      lines.append(.field("took", String(format: "%.3f s", answered.timeIntervalSince(sent))))
    }
    if let message = attempt.responseStatus?.message, !message.isEmpty {
      lines.append(.field("message", sanitised(message)))
    }
    return lines
  }
}
