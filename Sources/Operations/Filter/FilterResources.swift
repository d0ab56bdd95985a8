// Tasks, queues and jobs as rows that filters can be asked of.

import CloudModel
import Foundation

/// How the last dispatch of a task ended.
enum TaskOutcome {
  case never, running, succeeded, failed

  init(_ task: CloudTask) {
    guard let attempt = task.lastAttempt else {
      self = task.dispatchCount > 0 ? .running : .never
      return
    }
    guard let answer = attempt.responseStatus else {
      self = attempt.dispatchTime == nil ? .never : .running
      return
    }
    self = answer.code == 0 ? .succeeded : .failed
  }
}

/// A JSON body, parsed when first asked for and at most once.
private final class BodyCache {
  private let body: Data?
  /// Nil when there is no body, or it is not JSON.
  private(set) lazy var json: JSON? = body.flatMap(Self.parsed)

  init(_ body: Data?) { self.body = body }

  private static func parsed(_ body: Data) -> JSON? {
    do throws(JSONError) { return try JSON(parsing: body) } catch { return nil }
  }

  func value(at path: [String]) -> FilterValue {
    guard !path.isEmpty else { return .text(body.map { String(decoding: $0, as: UTF8.self) }) }
    return json?.value(at: path).map { .json($0) } ?? .absent
  }
}

extension JSON {
  /// The value at a path of member names and list positions.
  fileprivate func value(at path: [String]) -> JSON? {
    path.reduce(self as JSON?) { value, step in
      switch value {
      case .object(let object)?: object[step]
      case .array?: Int(step).flatMap { value?[$0] }
      default: nil
      }
    }
  }
}

private func values(of name: String, in headers: [Header], foldsCase: Bool) -> FilterValue {
  let matching = headers.filter { foldsCase ? $0.name.lowercased() == name : $0.name == name }.map(\.value)
  return matching.isEmpty ? .absent : .texts(matching)
}

/// A member of fields this program does not know, as a number or duration where it is one.
private func number(_ path: [String], in object: JSONObject) -> FilterValue {
  .number(JSON.object(object).value(at: path)?.double)
}

private func duration(_ path: [String], in object: JSONObject) -> FilterValue {
  .duration(JSON.object(object).value(at: path)?.string.flatMap { Duration(protobuf: $0) })
}

struct TaskFields: Filterable {
  private let task: CloudTask
  private let body: BodyCache

  static var kind: ResourceKind { .task }

  init(_ task: CloudTask) { (self.task, body) = (task, BodyCache(task.body)) }

  func has(_ flag: FilterFlag) -> Bool {
    let outcome = TaskOutcome(task)
    switch flag {
    case .never: return outcome == .never
    case .running: return outcome == .running
    case .ok: return outcome == .succeeded
    // Cloud Tasks deletes a task that succeeded, so one that is dispatched again has failed before.
    case .failing: return outcome == .failed || outcome != .succeeded && task.dispatchCount > 1
    case .paused, .disabled, .enabled: return false
    }
  }

  func value(of field: FilterField) -> FilterValue {
    switch field {
    case .id: .text(task.name.id)
    case .name: .text(task.name.description)
    case .queue: .text(task.name.queue.id)
    case .location: .text(task.name.queue.parent.location)
    case .project: .text(task.name.queue.parent.project)
    case .taskClass: .text(task.taskClass)
    case .dispatches: .number(task.dispatchCount)
    case .responses: .number(task.responseCount)
    case .body(let path): body.value(at: path)
    case .header(let name): values(of: name, in: task.headers, foldsCase: true)
    case .resource(let path): task.json.value(at: path).map { .json($0) } ?? .absent
    default: request(field) ?? attempt(field) ?? time(field) ?? retry(field) ?? .absent
    }
  }

  private func request(_ field: FilterField) -> FilterValue? {
    switch (field, task.target) {
    case (.url, .http(let target)): .text(target.url)
    case (.url, .appEngine(let target)): .text(target.relativeURI)
    case (.method, .http(let target)): .text(target.method)
    case (.method, .appEngine(let target)): .text(target.method)
    case (.account, .http(let target)): .text(target.authorization?.serviceAccountEmail)
    default: nil
    }
  }

  private func attempt(_ field: FilterField) -> FilterValue? {
    switch field {
    case .status: .number(task.lastAttempt?.httpStatus)
    case .code: .text(task.lastAttempt?.responseStatus?.status.rawValue)
    case .message: .text(task.lastAttempt?.responseStatus?.message)
    case .dispatched: .time(task.lastAttempt?.dispatchTime)
    case .answered: .time(task.lastAttempt?.responseTime)
    case .firstDispatched: .time(task.firstAttempt?.dispatchTime)
    default: nil
    }
  }

  private func time(_ field: FilterField) -> FilterValue? {
    switch field {
    case .created: .time(task.createTime)
    case .scheduled: .time(task.scheduleTime)
    case .deadline: .duration(task.dispatchDeadline)
    default: nil
    }
  }

  /// A task's own retry settings, new in v2.
  private func retry(_ field: FilterField) -> FilterValue? {
    switch field {
    case .maxAttempts: number(["retryConfig", "maxAttempts"], in: task.unknown)
    case .doublings: number(["retryConfig", "maxDoublings"], in: task.unknown)
    case .retryDuration: duration(["retryConfig", "maxRetryDuration"], in: task.unknown)
    case .minBackoff: duration(["retryConfig", "minBackoff"], in: task.unknown)
    case .maxBackoff: duration(["retryConfig", "maxBackoff"], in: task.unknown)
    default: nil
    }
  }
}

struct QueueFields: Filterable {
  private let queue: Queue

  static var kind: ResourceKind { .queue }

  init(_ queue: Queue) { self.queue = queue }

  func has(_ flag: FilterFlag) -> Bool {
    switch flag {
    case .paused: queue.state == .paused
    case .running: queue.state == .running
    case .disabled: queue.state == .disabled
    case .never, .failing, .ok, .enabled: false
    }
  }

  func value(of field: FilterField) -> FilterValue {
    switch field {
    case .id, .queue: .text(queue.name.id)
    case .name: .text(queue.name.description)
    case .location: .text(queue.name.parent.location)
    case .project: .text(queue.name.parent.project)
    case .state: .text(queue.state?.rawValue)
    case .purged: .time(queue.purgeTime)
    case .method: .text(queue.unknown["httpTarget"]?["httpMethod"]?.string)
    case .account: account
    case .resource(let path): queue.json.value(at: path).map { .json($0) } ?? .absent
    default: limit(field) ?? retry(field) ?? traffic(field) ?? .absent
    }
  }

  private var account: FilterValue {
    let target = queue.unknown["httpTarget"]
    return .text((target?["oidcToken"] ?? target?["oauthToken"])?["serviceAccountEmail"]?.string)
  }

  private func limit(_ field: FilterField) -> FilterValue? {
    switch field {
    case .rate: .number(queue.rateLimits.maxDispatchesPerSecond)
    case .burst: .number(queue.rateLimits.maxBurstSize)
    case .concurrent: .number(queue.rateLimits.maxConcurrentDispatches)
    default: nil
    }
  }

  private func retry(_ field: FilterField) -> FilterValue? {
    switch field {
    case .maxAttempts: .number(queue.retryConfig.maxAttempts)
    case .retryDuration: .duration(queue.retryConfig.maxRetryDuration)
    case .minBackoff: .duration(queue.retryConfig.minBackoff)
    case .maxBackoff: .duration(queue.retryConfig.maxBackoff)
    case .doublings: .number(queue.retryConfig.maxDoublings)
    default: nil
    }
  }

  private func traffic(_ field: FilterField) -> FilterValue? {
    switch field {
    case .tasks: .number(queue.stats?.tasksCount)
    case .oldest: .time(queue.stats?.oldestEstimatedArrivalTime)
    case .executed: .number(queue.stats?.executedLastMinuteCount)
    case .dispatching: .number(queue.stats?.concurrentDispatchesCount)
    case .effectiveRate: .number(queue.stats?.effectiveExecutionRate)
    default: nil
    }
  }
}

struct JobFields: Filterable {
  private let job: Job
  private let body: BodyCache

  static var kind: ResourceKind { .job }

  init(_ job: Job) {
    self.job = job
    body =
      switch job.target {
      case .http(let target): BodyCache(target.body)
      case .appEngine(let target): BodyCache(target.body)
      case .pubsub(let target): BodyCache(target.data)
      case .other: BodyCache(nil)
      }
  }

  func has(_ flag: FilterFlag) -> Bool {
    switch flag {
    case .paused: job.state == .paused
    case .enabled: job.state == .enabled
    case .failing: answer.map { $0.code != 0 } ?? false
    case .never, .running, .ok, .disabled: false
    }
  }

  /// Code -1 is what the service shows before the first run.
  private var answer: RPCStatus? { job.status.flatMap { $0.code == -1 ? nil : $0 } }

  func value(of field: FilterField) -> FilterValue {
    switch field {
    case .id: .text(job.name.id)
    case .name: .text(job.name.description)
    case .location: .text(job.name.parent.location)
    case .project: .text(job.name.parent.project)
    case .taskClass: .text(job.taskClass)
    case .state: .text(job.state?.rawValue)
    case .description: .text(job.details)
    case .schedule: .text(job.schedule)
    case .zone: .text(job.timeZone)
    case .body(let path): body.value(at: path)
    case .resource(let path): job.json.value(at: path).map { .json($0) } ?? .absent
    default: target(field) ?? run(field) ?? retry(field) ?? .absent
    }
  }

  private func target(_ field: FilterField) -> FilterValue? {
    switch job.target {
    case .http(let target):
      switch field {
      case .url: .text(target.url)
      case .method: .text(target.method)
      case .account: .text(target.authorization?.serviceAccountEmail)
      case .header(let name): values(of: name, in: target.headers, foldsCase: true)
      default: nil
      }
    case .appEngine(let target):
      switch field {
      case .url: .text(target.relativeURI)
      case .method: .text(target.method)
      case .header(let name): values(of: name, in: target.headers, foldsCase: true)
      default: nil
      }
    case .pubsub(let target):
      switch field {
      case .topic: .text(target.topicName)
      case .attribute(let name): values(of: name, in: target.attributes, foldsCase: false)
      default: nil
      }
    case .other: nil
    }
  }

  private func run(_ field: FilterField) -> FilterValue? {
    switch field {
    case .status: .number(httpStatus)
    // A job that ran and has no status succeeded: proto3 JSON leaves an OK out.
    case .code: answer.map { .text($0.status.rawValue) } ?? (hasRun ? .text(Status.ok.rawValue) : .absent)
    case .message: .text(answer?.message)
    case .scheduled: .time(job.scheduleTime)
    case .lastRun: .time(job.lastAttemptTime)
    case .updated: .time(job.userUpdateTime)
    case .deadline: .duration(job.attemptDeadline)
    default: nil
    }
  }

  private var hasRun: Bool { job.status == nil && job.lastAttemptTime != nil }

  private var httpStatus: Int? {
    var attempt = Attempt()
    attempt.responseStatus = answer
    return attempt.httpStatus
  }

  private func retry(_ field: FilterField) -> FilterValue? {
    switch field {
    case .retries: .number(job.retryConfig.map { $0.retryCount ?? 0 })
    case .retryDuration: .duration(job.retryConfig?.maxRetryDuration)
    case .minBackoff: .duration(job.retryConfig?.minBackoffDuration)
    case .maxBackoff: .duration(job.retryConfig?.maxBackoffDuration)
    case .doublings: .number(job.retryConfig?.maxDoublings)
    default: nil
    }
  }
}
