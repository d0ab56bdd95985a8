// What can be told about definitions before Cloud Scheduler says no, or, worse, says
// yes. Its own answer to most of these is "Schedule or time zone is invalid."

import CloudModel
import Foundation
import Schedules

/// Looks over definitions; every finding carries the place in the source.
struct ScheduleChecks {
  private let jobs: [DefinedJob]
  private let now: Date

  init(_ jobs: [DefinedJob], now: Date) {
    (self.jobs, self.now) = (jobs, now)
  }

  var findings: [Finding] { duplicates + sharedTargets + jobs.flatMap { JobChecks(job: $0, now: now).findings } }

  private var duplicates: [Finding] {
    var first: [JobName: DefinedJob] = [:]
    return jobs.compactMap { job in
      guard let other = first[job.name] else {
        first[job.name] = job
        return nil
      }
      return Finding(
        .error, job.name.id, job.definition.place, "this ID is taken already, at \(other.definition.place).")
    }
  }

  private var sharedTargets: [Finding] {
    var first: [String: DefinedJob] = [:]
    return jobs.compactMap { job in
      let key = "\(job.definition.method) \(job.url)"
      guard let other = first[key], other.name != job.name else {
        first[key] = first[key] ?? job
        return nil
      }
      return Finding(
        .warning, job.name.id, job.definition.place,
        "it has the same target as \(other.name.id) at \(other.definition.place): \(SecretMask.url(job.url)).")
    }
  }
}

/// One definition.
private struct JobChecks {
  let job: DefinedJob
  let now: Date

  private var definition: ScheduleDefinition { job.definition }

  var findings: [Finding] { timing + deadline + sizes + retries + address }

  private func error(_ message: String, at place: DefinitionPlace? = nil, excerpt: [String] = []) -> Finding {
    Finding(.error, job.name.id, place ?? definition.place, message, excerpt: excerpt)
  }

  private func warning(_ message: String, at place: DefinitionPlace? = nil) -> Finding {
    Finding(.warning, job.name.id, place ?? definition.timingPlace, message)
  }

  // MARK: Schedule and zone

  private var timing: [Finding] {
    let schedule: Schedule
    do { schedule = try Schedule(job.expression) } catch {
      return [badSchedule(error)] + (zoneFault.map { [$0] } ?? [])
    }
    if let fault = zoneFault { return [fault] }
    let name = definition.timeZone ?? ""
    let zone = TimeZones.isUTC(name) ? TimeZone.gmt : TimeZones.zone(named: name) ?? .gmt
    guard schedule.next(after: now, in: zone) != nil else {
      return [warning("\"\(job.expression)\" never fires: \(schedule.explanation).")]
    }
    return [tooOften(schedule, zone), skipped(schedule, zone)].compactMap(\.self)
  }

  private func badSchedule(_ fault: ScheduleError) -> Finding {
    let carets = String(repeating: " ", count: fault.column - 1) + String(repeating: "^", count: fault.length)
    let remedy = fault.remedy.map { " \($0)" } ?? ""
    return error(
      "column \(fault.column) of the schedule: \(fault.reason).\(remedy)", at: definition.timingPlace,
      excerpt: [fault.text, carets])
  }

  private var zoneFault: Finding? {
    guard let name = definition.timeZone, !TimeZones.isUTC(name), TimeZones.zone(named: name) == nil else { return nil }
    let near = TimeZones.nearest(to: name).prefix(3).joined(separator: ", ")
    return error("there is no time zone \"\(name)\"\(near.isEmpty ? "" : "; near it: \(near)").")
  }

  /// "Never two executions at once - the next waits": a job that may take much longer than its period falls behind.
  private func tooOften(_ schedule: Schedule, _ zone: TimeZone) -> Finding? {
    let limit = (definition.attemptDeadline ?? JobDefaults.attemptDeadline).inSeconds
    guard let gap = schedule.shortestGap(after: now, in: zone), limit >= 5 * gap else { return nil }
    return warning(
      "it fires every \(spanWords(gap)), and one attempt may take \(spanWords(limit)):"
        + " Cloud Scheduler never runs two at once, so runs would be late or left out.")
  }

  private func skipped(_ schedule: Schedule, _ zone: TimeZone) -> Finding? {
    guard let skipped = schedule.skippedTime(after: now, in: zone) else { return nil }
    let day = Timestamp(skipped.jump.addingTimeInterval(Double(zone.secondsFromGMT(for: skipped.jump)))).description
      .prefix(10)
    let (hour, minute) = (skipped.minuteOfDay / 60, skipped.minuteOfDay % 60)
    let clock = "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    let what = skipped.firesAfterJump ? "it fires when the clock has jumped, if at all" : "it does not fire that day"
    return warning("\(clock) does not exist on \(day) in \(zone.identifier), when clocks change: \(what).")
  }

  // MARK: Limits (cloudscheduler v1, google-apis.md section 1.5)

  private var deadline: [Finding] {
    guard let span = definition.attemptDeadline, span < .seconds(15) || span > .seconds(1800) else { return [] }
    return [error("the attempt deadline is \(span.protobuf); it must be between 15 s and 30 m.")]
  }

  private var sizes: [Finding] {
    var found: [Finding] = []
    if definition.body.count > 1_000_000 {
      found.append(error("the payload has \(definition.body.count) bytes; a job may have 1 MB in all."))
    }
    let headers = definition.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    if headers >= 80_000 { found.append(error("the headers have \(headers) bytes; less than 80 KB are allowed.")) }
    if definition.details.count > 500 {
      found.append(error("the description has \(definition.details.count) characters; 500 are allowed."))
    }
    for header in definition.headers where ServiceHeaders.isReplaced(header.name) {
      found.append(
        warning("Cloud Scheduler sets the header \(header.name) itself; it is left out.", at: definition.place))
    }
    return found
  }

  private var retries: [Finding] {
    let retries = definition.retries
    if let count = retries.count, !(0...5).contains(count) {
      return [error("\(count) retries: Cloud Scheduler allows 0 to 5.")]
    }
    let (least, most) = (retries.minBackoff ?? .seconds(5), retries.maxBackoff ?? .seconds(3600))
    if least > most {
      return [error("the shortest backoff, \(least.protobuf), is longer than the longest, \(most.protobuf).")]
    }
    if (retries.maxDoublings ?? 0) < 0 { return [error("max-doublings cannot be negative.")] }
    return []
  }

  private var address: [Finding] {
    if job.url.utf8.count > 2083 { return [error("the URL has more than 2083 characters.")] }
    guard let parts = URLComponents(string: job.url), ["http", "https"].contains(parts.scheme ?? ""),
      parts.host?.isEmpty == false
    else { return [error("\"\(SecretMask.url(job.url))\" is not a URL of http or https.")] }
    let hasBody = !definition.body.isEmpty
    if hasBody, !["POST", "PUT", "PATCH"].contains(definition.method) {
      return [error("a \(definition.method) request cannot have a payload.")]
    }
    return []
  }

  private func spanWords(_ seconds: Double) -> String {
    let whole = Int(seconds)
    if whole % 3600 == 0 { return "\(whole / 3600) h" }
    return whole % 60 == 0 ? "\(whole / 60) m" : "\(whole) s"
  }
}
