// A Cloud Scheduler job as a line of a table.

import CloudModel
import Foundation
import Schedules
import Terminal

/// What the jobs table knows of one job. Jobs are few, so the noun itself is kept for the page about it.
package struct JobRow: Equatable, Sendable {
  package let name: JobName
  package let job: Job
  /// The full resource name.
  package let id: String
  package let schedule: String
  package let zone: String
  package let state: String
  package let lastRun: Date?
  /// `OK`, the status in words, or `-` before the first run.
  package let status: String
  package let isFailing: Bool
  /// As the service says, else computed; nil while the job does not fire.
  package let next: Date?
  /// How it differs from its definition; nil when it does not, or nobody has looked.
  package var drift: JobDrift?

  /// Makes the row. `now` is where the next run is counted from when the service does not tell it.
  package init(_ job: Job, now: Date) {
    name = job.name
    self.job = job
    id = job.name.description
    schedule = sanitised(job.schedule)
    zone = sanitised(job.timeZone)
    state = sanitised(job.state?.rawValue ?? "-")
    lastRun = job.lastAttemptTime?.date
    (status, isFailing) = Self.words(of: job)
    next = Self.next(of: job, now: now)
  }

  package var isPaused: Bool { job.state == .paused }

  /// Code -1 stands for "no run yet" (google-apis.md, real outputs of describe).
  private static func words(of job: Job) -> (String, Bool) {
    guard let status = job.status, status.code != -1 else { return (job.lastAttemptTime == nil ? "-" : "OK", false) }
    return status.code == 0 ? ("OK", false) : (sanitised(status.status.rawValue), true)
  }

  private static func next(of job: Job, now: Date) -> Date? {
    guard job.state == nil || job.state == .enabled else { return nil }
    if let time = job.scheduleTime?.date { return time }
    return FireTimes.upcoming(of: job, count: 1, now: now).first
  }
}

/// The schedule of a job, read leniently: a console shows also what it can not read.
enum FireTimes {
  static func schedule(of job: Job) -> Result<Schedule, ScheduleError> {
    Result { () throws(ScheduleError) in try Schedule(job.schedule) }
  }

  /// The zone the schedule is read in; Cloud Scheduler takes UTC when a job names none.
  static func zone(of job: Job) -> TimeZone? {
    job.timeZone.isEmpty ? .gmt : TimeZones.zone(named: job.timeZone)
  }

  /// The next fire times; none when schedule or zone can not be read.
  static func upcoming(of job: Job, count: Int, now: Date) -> [Date] {
    guard case .success(let schedule) = schedule(of: job), let zone = zone(of: job) else { return [] }
    return schedule.upcoming(count, after: now, in: zone)
  }
}
