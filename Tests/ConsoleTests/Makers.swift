// Queues, tasks and jobs for stories, made from the JSON that the services send.

import CloudModel
import Console
import Foundation
import Testing

/// The moment every story starts at: 2026-11-21 12:00:00 UTC, a Saturday.
let noon = Date(timeIntervalSince1970: 1_795_262_400)

func location(_ id: String = "us-central1") -> LocationName {
  valid { () throws(NameError) in try LocationName(project: "acme", location: id) }
}

func queueName(_ id: String, in place: String = "us-central1") -> QueueName {
  valid { () throws(NameError) in try QueueName(parent: location(place), id: id) }
}

func taskName(_ id: String, in queue: String = "orders") -> TaskName {
  valid { () throws(NameError) in try TaskName(queue: queueName(queue), id: id) }
}

func jobName(_ id: String) -> JobName {
  valid { () throws(NameError) in try JobName(parent: location(), id: id) }
}

private func valid<Name>(_ make: () throws(NameError) -> Name) -> Name {
  do { return try make() } catch { fatalError("the story has a bad name: \(error)") }
}

/// A queue row; `tasks` is the service's own count.
func queue(
  _ id: String, tasks: Int? = 0, state: State = .running, in place: String = "us-central1", lastMinute: Int = 0
) -> QueueRow {
  var queue = Queue(name: queueName(id, in: place))
  queue.state = state
  queue.rateLimits.maxDispatchesPerSecond = 500
  queue.rateLimits.maxConcurrentDispatches = 1000
  queue.retryConfig.maxAttempts = 100
  queue.retryConfig.minBackoff = .milliseconds(100)
  queue.retryConfig.maxBackoff = .seconds(3600)
  if let tasks {
    var stats = QueueStats()
    stats.tasksCount = tasks
    stats.executedLastMinuteCount = lastMinute
    queue.stats = stats
  }
  return QueueRow(queue)
}

/// A task as the service knows it.
func cloudTask(
  _ id: String, _ taskClass: String = "SendWelcome", in queue: String = "orders", tries: Int = 0, http: Int? = nil,
  code: Int = 14, age: TimeInterval = 60, next: TimeInterval = 30, body: String? = nil, headers: [Header] = []
) -> CloudTask {
  var task = CloudTask(name: taskName(id, in: queue))
  var target = HTTPTarget(url: "https://app.example.com/tasks/\(taskClass)")
  target.method = "POST"
  target.headers = headers
  target.encodedBody = body.map { Data($0.utf8).base64EncodedString() }
  task.target = .http(target)
  task.createTime = Timestamp(noon.addingTimeInterval(-age))
  task.scheduleTime = Timestamp(noon.addingTimeInterval(next))
  task.dispatchCount = tries
  if tries > 0 {
    var attempt = Attempt()
    attempt.dispatchTime = Timestamp(noon.addingTimeInterval(-10))
    if let http {
      attempt.responseTime = Timestamp(noon.addingTimeInterval(-9.75))
      let status = Status(number: code)
      attempt.responseStatus = RPCStatus(
        code: code, message: "\(status.rawValue)(\(code)): HTTP status code \(http)")
      task.responseCount = tries
    }
    task.lastAttempt = attempt
    task.firstAttempt = attempt
  }
  return task
}

/// A task row.
func task(
  _ id: String, _ taskClass: String = "SendWelcome", tries: Int = 0, http: Int? = nil, code: Int = 14,
  age: TimeInterval = 60, next: TimeInterval = 30
) -> TaskRow {
  var maker = TaskRowMaker()
  return maker.row(of: cloudTask(id, taskClass, tries: tries, http: http, code: code, age: age, next: next))
}

/// A job as the service knows it.
func cloudJob(
  _ id: String, schedule: String = "0 9 * * 1-5", zone: String = "America/New_York", state: State = .enabled,
  code: Int? = 0, lastRun: TimeInterval? = 3600, next: TimeInterval? = 7200
) -> Job {
  var job = Job(name: jobName(id))
  job.schedule = schedule
  job.timeZone = zone
  job.state = state
  job.status = code.map { RPCStatus(code: $0) }
  job.lastAttemptTime = lastRun.map { Timestamp(noon.addingTimeInterval(-$0)) }
  job.scheduleTime = next.map { Timestamp(noon.addingTimeInterval($0)) }
  var target = HTTPTarget(url: "https://app.example.com/tasks/Digest")
  target.method = "POST"
  target.encodedBody = Data(#"{"report":"daily"}"#.utf8).base64EncodedString()
  job.target = .http(target)
  return job
}

func job(
  _ id: String, schedule: String = "0 9 * * 1-5", zone: String = "America/New_York", state: State = .enabled,
  code: Int? = 0, lastRun: TimeInterval? = 3600, next: TimeInterval? = 7200
) -> JobRow {
  JobRow(
    cloudJob(id, schedule: schedule, zone: zone, state: state, code: code, lastRun: lastRun, next: next), now: noon)
}

let refused = Failure(
  title: "acme could not be read", reason: "The service account lacks cloudtasks.queues.list.",
  remedy: "Ask for the role Cloud Tasks Viewer.")

let unreachable = Failure(
  .unreachable, title: "No answer from 127.0.0.1:8123", reason: "Connection refused.",
  remedy: "Is the emulator running?")

let tooMany = Failure(
  .slowedDown, title: "Too many calls", reason: "Quota exceeded for LIST requests.", remedy: "Wait a minute.")
