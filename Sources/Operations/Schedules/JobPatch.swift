// From one job to another in the calls that Cloud Scheduler has: a PATCH with the
// fields that change and no others, then a pause or a resume, because the state is
// no field that can be patched.

import CloudModel
import Foundation

/// The calls that make one job into another.
package struct JobPatch: Equatable, Sendable {
  package enum Turn: Sendable { case pause, resume }

  /// What is sent; its fields outside `mask` mean nothing.
  package var job: Job
  /// Paths of the fields that change; empty when none does.
  package var mask: [String]
  package var turn: Turn?

  /// `rule` says which differences count: a rollback brings back every character.
  package init(from before: Job, to after: Job, by rule: JobComparison.Rule = .meaning) {
    job = after
    let changes = JobComparison.changes(before, after, by: rule)
    let targets = ["httpTarget", "pubsubTarget", "appEngineHttpTarget"]
    // The targets are one choice of three: naming the new one takes the old one away.
    mask = changes.filter { $0.field != "state" && !(targets.contains($0.field) && $0.after == nil) }.map(\.field)
    if before.state == .updateFailed { mask = Self.everything(of: after) }
    switch (before.state, after.state) {
    case (.paused, .enabled?): turn = .resume
    case (let old, .paused?) where old != .paused: turn = .pause
    default: turn = nil
    }
  }

  /// "If this happens, retry the UpdateJob request until a successful response is received": with all of it.
  private static func everything(of job: Job) -> [String] {
    let target = job.targetMember.map { [$0.field] } ?? []
    return ["description", "schedule", "timeZone"] + target + ["retryConfig", "attemptDeadline"]
  }
}

extension Job {
  /// Takes over one field of another job, by its REST path.
  mutating func take(_ field: String, from other: Job) {
    switch field {
    case "description": details = other.details
    case "schedule": schedule = other.schedule
    case "timeZone": timeZone = other.timeZone
    case "attemptDeadline": attemptDeadline = other.attemptDeadline
    case "state": state = other.state
    case _ where field.hasPrefix("retryConfig."): retryConfig.take(String(field.dropFirst(12)), from: other.retryConfig)
    case _ where field.hasPrefix("httpTarget."): take(http: String(field.dropFirst(11)), from: other)
    default: target = other.target
    }
  }

  private mutating func take(http field: String, from other: Job) {
    guard case .http(var mine) = target, case .http(let wanted) = other.target else { return target = other.target }
    switch field {
    case "uri": mine.url = wanted.url
    case "httpMethod": mine.method = wanted.method
    case "headers": mine.headers = wanted.headers
    case "body": mine.encodedBody = wanted.encodedBody
    default: mine.authorization = wanted.authorization
    }
    target = .http(mine)
  }
}

extension JobRetryConfig? {
  fileprivate mutating func take(_ field: String, from other: JobRetryConfig?) {
    var config = self ?? JobRetryConfig()
    switch field {
    case "retryCount": config.retryCount = other?.retryCount
    case "maxRetryDuration": config.maxRetryDuration = other?.maxRetryDuration
    case "minBackoffDuration": config.minBackoffDuration = other?.minBackoffDuration
    case "maxBackoffDuration": config.maxBackoffDuration = other?.maxBackoffDuration
    case "maxDoublings": config.maxDoublings = other?.maxDoublings
    default: break
    }
    self = config
  }
}
