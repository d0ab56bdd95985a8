// One Cloud Scheduler job: when it fires, its attempts and its retries. Time is
// an argument; runs are values handed back to the owner of the state.
//
// "Cloud Scheduler will never allow two simultaneously outstanding executions":
// an execution here is one firing with all its retries, and the next one waits.

import CloudModel
import Foundation
import Schedules

/// A run of a job that has to be sent now.
struct JobOrder: Sendable, Equatable {
  let job: JobName
  /// Distinguishes a job from one of the same name before it.
  let incarnation: UInt64
  /// The time it was scheduled for; the same for every retry of one execution.
  let scheduledFor: Moment
}

/// A job.
final class JobState {
  let name: JobName
  let incarnation: UInt64
  private(set) var settings: JobSettings
  private(set) var state = State.enabled
  private(set) var userUpdateTime: Moment
  private(set) var lastAttempt: Moment?
  /// -1 before the first attempt has ended.
  private(set) var statusCode = -1
  var wakeAt: Moment?

  private var next: Moment?
  private var execution: Execution?
  private var runRequested = false

  private struct Execution {
    let scheduledFor: Moment
    let began: Moment
    var attempts = 0
    /// nil while an attempt is in flight.
    var retryAt: Moment?
  }

  init(name: JobName, incarnation: UInt64, settings: JobSettings, now: Moment) {
    (self.name, self.incarnation, self.settings, userUpdateTime) = (name, incarnation, settings, now)
    next = settings.next(after: now)
  }

  /// What `scheduleTime` shows: "this may be a retry of a previously failed attempt or the next execution time".
  var scheduleTime: Moment? { execution?.retryAt ?? next }

  // MARK: Changes

  func change(_ settings: JobSettings, at now: Moment) {
    self.settings = settings
    userUpdateTime = now
    next = state == .enabled ? settings.next(after: now) : nil
  }

  func pause(at now: Moment) throws(Refusal) {
    guard state == .enabled else { throw .jobNotEnabled }
    state = .paused
    userUpdateTime = now
    next = nil
    // A retry that waits is not made any more; an attempt in flight goes on to its end.
    if execution?.retryAt != nil { execution = nil }
  }

  func resume(at now: Moment) throws(Refusal) {
    guard state == .paused else { throw .jobNotPaused }
    state = .enabled
    userUpdateTime = now
    next = settings.next(after: now)
  }

  /// Runs as soon as no execution is outstanding, whatever the state.
  func requestRun() { runRequested = true }

  // MARK: Runs

  func nextEvent(at now: Moment) -> Moment? {
    if let execution { return execution.retryAt }
    return runRequested ? now : next
  }

  func takeDue(at now: Moment) -> JobOrder? {
    if let retryAt = execution?.retryAt {
      return retryAt <= now ? attempt(at: now) : nil
    }
    guard execution == nil else { return nil }
    if runRequested {
      runRequested = false
      execution = Execution(scheduledFor: now, began: now)
      return attempt(at: now)
    }
    guard let due = next, due <= now else { return nil }
    next = settings.next(after: now)
    execution = Execution(scheduledFor: due, began: now)
    return attempt(at: now)
  }

  private func attempt(at now: Moment) -> JobOrder? {
    execution?.attempts += 1
    execution?.retryAt = nil
    lastAttempt = now
    return execution.map { JobOrder(job: name, incarnation: incarnation, scheduledFor: $0.scheduledFor) }
  }

  // MARK: The data file

  var record: JSONObject {
    var record: JSONObject = [
      "incarnation": .integer(Int(incarnation)), "resource": .object(settings.resource),
      "state": .string(state.rawValue), "userUpdateTime": userUpdateTime.json, "statusCode": .integer(statusCode),
      "runRequested": .bool(runRequested),
    ]
    record["lastAttempt"] = lastAttempt?.json
    record["next"] = next?.json
    if let execution {
      record["scheduledFor"] = execution.scheduledFor.json
      record["began"] = execution.began.json
      record["attempts"] = .integer(execution.attempts)
      record["retryAt"] = execution.retryAt?.json
    }
    return record
  }

  /// An attempt that was under way when the process ended has no outcome, and is made again.
  init(name: JobName, record: JSONObject, now: Moment) throws {
    guard let number = record["incarnation"]?.int, let resource = record["resource"]?.object,
      let state = record["state"]?.string, let updated = Moment(json: record["userUpdateTime"])
    else { throw RecordError() }
    (self.name, incarnation, userUpdateTime) = (name, UInt64(number), updated)
    settings = try JobSettings(resource, project: name.parent.project)
    self.state = State(rawValue: state)
    statusCode = record["statusCode"]?.int ?? -1
    runRequested = record["runRequested"]?.bool ?? false
    lastAttempt = Moment(json: record["lastAttempt"])
    next = Moment(json: record["next"])
    if let scheduledFor = Moment(json: record["scheduledFor"]), let began = Moment(json: record["began"]) {
      execution = Execution(
        scheduledFor: scheduledFor, began: began, attempts: record["attempts"]?.int ?? 1,
        retryAt: Moment(json: record["retryAt"]) ?? now)
    }
  }

  // MARK: The end of an attempt

  /// Books the end of an attempt.
  func finish(_ outcome: JobOutcome, at now: Moment) {
    guard let ended = execution else { return }
    statusCode = outcome.code
    guard outcome != .succeeded, state == .enabled, settings.allowsRetry(ended.attempts, age: now - ended.began) else {
      execution = nil
      // "the next scheduled execution time might be skipped if the retries continue through that time"
      if ended.attempts > 1, let due = next, due <= now { next = settings.next(after: now) }
      return
    }
    execution?.retryAt = now + settings.retry.delay(beforeRetry: ended.attempts)
  }
}

/// How an attempt of a job ended.
enum JobOutcome: Equatable, Sendable {
  case succeeded
  /// With a google.rpc.Code.
  case failed(Int)

  init(_ outcome: Outcome) { self = outcome.isSuccess ? .succeeded : .failed(outcome.status.code) }

  var code: Int {
    switch self {
    case .succeeded: 0
    case .failed(let code): code
    }
  }
}
