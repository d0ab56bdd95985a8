// The page about one Cloud Scheduler job, with its schedule in words and the times it fires next.

import CloudModel
import Foundation
import Schedules
import Terminal

extension Document {
  private static let fireTimesShown = 5

  /// The page of a job. `now` is where the next fire times are counted from.
  init(_ row: JobRow, now: Date) {
    let job = row.job
    self.init(
      title: row.name.id,
      sections: [Self.overview(row), Self.schedule(row, now: now), Self.target(job), Self.retries(job)]
        + Self.request(job), raw: job.json)
  }

  private static func overview(_ row: JobRow) -> Section {
    let status = row.status == "-" ? "never run" : (row.isFailing ? "✗ " : "✓ ") + row.status
    let statusRole: Role = row.isFailing ? .danger : row.status == "-" ? .dim : .success
    var lines: [Line] = []
    if !row.job.details.isEmpty { lines.append(.field("description", sanitised(row.job.details))) }
    lines += [
      .field("state", row.state.lowercased(), row.job.state == .enabled ? .success : .warning),
      .moment("last run", row.lastRun, absent: "never"), .field("last status", status, statusRole),
    ]
    if let message = row.job.status?.message, !message.isEmpty { lines.append(.field("message", sanitised(message))) }
    lines += [
      .moment("next run", row.next, absent: row.isPaused ? "not while paused" : "-"),
      .moment("changed", row.job.userUpdateTime?.date), .field("name", sanitised(row.name.description), .dim),
    ]
    return Section("Job", lines: lines)
  }

  private static func schedule(_ row: JobRow, now: Date) -> Section {
    var lines: [Line] = [
      .field("expression", row.schedule, .accent), .field("zone", row.zone.isEmpty ? "-" : row.zone),
    ]
    switch FireTimes.schedule(of: row.job) {
    case .failure(let error): lines.append(.note("This program can not read it: \(sanitised(error.reason))", .warning))
    case .success(let schedule):
      lines.append(.field("in words", sanitised(schedule.explanation)))
      lines += fireTimes(schedule, row, now)
    }
    return Section("Schedule", .schedule, lines: lines)
  }

  private static func fireTimes(_ schedule: Schedule, _ row: JobRow, _ now: Date) -> [Line] {
    guard let zone = FireTimes.zone(of: row.job) else { return [.note("No time zone has this name.", .warning)] }
    let times = schedule.upcoming(fireTimesShown, after: now, in: zone)
    if times.isEmpty { return [.note("It never fires.", .warning)] }
    let note: [Line] = row.isPaused ? [.note("Paused: it would fire at these times.", .warning)] : []
    return note + times.map { .fireTime($0, zone) }
  }

  private static func target(_ job: Job) -> Section {
    var lines: [Line] =
      switch job.target {
      case .http(let target):
        [.field("request", "\(sanitised(target.method ?? "POST")) \(sanitised(target.url))")]
          + Payload.authorization(target.authorization)
      case .appEngine(let target):
        [.field("request", "\(sanitised(target.method ?? "POST")) \(sanitised(target.relativeURI))  (App Engine)")]
      case .pubsub(let target): [.field("topic", sanitised(target.topicName))]
      case .other: [.field("target", "of a kind this program does not know", .warning)]
      }
    lines.append(.field("deadline", duration(job.attemptDeadline)))
    return Section("Target", lines: lines)
  }

  private static func retries(_ job: Job) -> Section {
    guard let retry = job.retryConfig else { return Section("Retries", lines: [.note("None.")]) }
    return Section(
      "Retries",
      lines: [
        .field("count", Words.count(retry.retryCount ?? 0)),
        .field("backoff", "\(duration(retry.minBackoffDuration)) to \(duration(retry.maxBackoffDuration))"),
        .field("doublings", retry.maxDoublings.map { Words.count($0) } ?? "-"),
        .field("retry for", limit(retry.maxRetryDuration)),
      ])
  }

  private static func request(_ job: Job) -> [Section] {
    switch job.target {
    case .http(let target):
      [Payload.headerSection(target.headers), Payload.section(target.body, isKnown: true)]
    case .appEngine(let target):
      [Payload.headerSection(target.headers), Payload.section(target.body, isKnown: true)]
    case .pubsub(let target):
      [
        Payload.headerSection(target.attributes, title: "Attributes"),
        Payload.section(target.data, isKnown: true),
      ]
    case .other: []
    }
  }
}
