// A Cloud Scheduler job (cloudscheduler v1 `Job`).

import Foundation

/// When Cloud Scheduler tries a failed run again.
package struct JobRetryConfig: Equatable, Sendable {
  package var retryCount: Int?
  package var maxRetryDuration: Duration?
  package var minBackoffDuration: Duration?
  package var maxBackoffDuration: Duration?
  package var maxDoublings: Int?
  package var unknown = JSONObject()

  package init() {}

  package init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "retryCount": retryCount = try reader.integer()
      case "maxRetryDuration": maxRetryDuration = try reader.duration()
      case "minBackoffDuration": minBackoffDuration = try reader.duration()
      case "maxBackoffDuration": maxBackoffDuration = try reader.duration()
      case "maxDoublings": maxDoublings = try reader.integer()
      default: unknown[key] = try reader.value()
      }
    }
  }

  package var json: JSONObject {
    var object = JSONObject()
    if let retryCount, retryCount != 0 { object["retryCount"] = .integer(retryCount) }
    object["maxRetryDuration"] = maxRetryDuration.map { .string($0.protobuf) }
    object["minBackoffDuration"] = minBackoffDuration.map { .string($0.protobuf) }
    object["maxBackoffDuration"] = maxBackoffDuration.map { .string($0.protobuf) }
    object["maxDoublings"] = maxDoublings.map(JSON.integer)
    object.merge(unknown)
    return object
  }
}

/// A job. Fields that this program does not know are kept in `unknown` and printed again.
package struct Job: Equatable, Sendable {
  package enum Target: Equatable, Sendable {
    case http(HTTPTarget)
    case pubsub(PubsubTarget)
    case appEngine(AppEngineTarget)
    /// A kind that this program does not know (kept in `unknown`).
    case other
  }

  package var name: JobName
  package var details = ""
  package var target: Target = .other
  package var schedule = ""
  package var timeZone = ""
  package var userUpdateTime: Timestamp?
  package var state: State?
  /// Of the last attempt; code -1 before the first.
  package var status: RPCStatus?
  /// The next time it fires.
  package var scheduleTime: Timestamp?
  package var lastAttemptTime: Timestamp?
  package var retryConfig: JobRetryConfig?
  package var attemptDeadline: Duration?
  package var unknown = JSONObject()

  package init(name: JobName) { self.name = name }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    var name: JobName?
    var job = Job(name: .placeholder)
    try reader.fields { key, reader throws(JSONError) in
      if key == "name" {
        name = try reader.name { text throws(NameError) in try JobName(text) }
      } else {
        try job.read(key, &reader)
      }
    }
    guard let name else { throw reader.failure("a job without a name") }
    job.name = name
    self = job
  }

  private mutating func read(_ key: String, _ reader: inout JSONReader) throws(JSONError) {
    switch key {
    case "description": details = try reader.string()
    case "httpTarget": target = .http(try HTTPTarget(&reader))
    case "pubsubTarget": target = .pubsub(try PubsubTarget(&reader))
    case "appEngineHttpTarget": target = .appEngine(try AppEngineTarget(&reader))
    case "schedule": schedule = try reader.string()
    case "timeZone": timeZone = try reader.string()
    case "userUpdateTime": userUpdateTime = try reader.timestamp()
    case "state": state = State(rawValue: try reader.enumeration(State.jobNames))
    case "status": status = try RPCStatus(&reader)
    case "scheduleTime": scheduleTime = try reader.timestamp()
    case "lastAttemptTime": lastAttemptTime = try reader.timestamp()
    case "retryConfig": retryConfig = try JobRetryConfig(&reader)
    case "attemptDeadline": attemptDeadline = try reader.duration()
    default: unknown[key] = try reader.value()
    }
  }

  /// The resource as the REST API spells it.
  package var json: JSON {
    var object: JSONObject = ["name": .string(name.description)]
    if !details.isEmpty { object["description"] = .string(details) }
    switch target {
    case .http(let target): object["httpTarget"] = target.json(urlKey: "uri")
    case .pubsub(let target): object["pubsubTarget"] = target.json
    case .appEngine(let target): object["appEngineHttpTarget"] = target.json
    case .other: break
    }
    if !schedule.isEmpty { object["schedule"] = .string(schedule) }
    if !timeZone.isEmpty { object["timeZone"] = .string(timeZone) }
    object["userUpdateTime"] = userUpdateTime.map { .string($0.description) }
    object["state"] = state.map { .string($0.rawValue) }
    object["status"] = status?.json
    object["scheduleTime"] = scheduleTime.map { .string($0.description) }
    object["lastAttemptTime"] = lastAttemptTime.map { .string($0.description) }
    object["retryConfig"] = (retryConfig?.json).map { .object($0) }
    object["attemptDeadline"] = attemptDeadline.map { .string($0.protobuf) }
    object.merge(unknown)
    return .object(object)
  }

  /// The HTTP URI, when the job has one.
  package var url: String? {
    guard case .http(let target) = target else { return nil }
    return target.url
  }

  /// The class that the job's URI names, as for tasks.
  package var taskClass: String? { url.flatMap(taskClassName) }
}

extension JobName {
  /// Stands in until the name of a job being read has been reached.
  fileprivate static let placeholder = JobName(
    unchecked: LocationName(uncheckedProject: "-", location: "-"), id: "-")
}
