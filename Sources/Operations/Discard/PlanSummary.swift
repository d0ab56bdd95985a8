// What a person is shown before anything is discarded.

import CloudModel
import Foundation

/// How a task's last dispatch ended.
package enum LastStatus: Hashable, Sendable, CustomStringConvertible {
  case neverDispatched
  /// Dispatched, and no answer is recorded.
  case unanswered
  case http(Int)
  case code(Status)

  package init(_ task: CloudTask) {
    guard let attempt = task.lastAttempt, let status = attempt.responseStatus else {
      self = task.dispatchCount == 0 ? .neverDispatched : .unanswered
      return
    }
    self = attempt.httpStatus.map(LastStatus.http) ?? .code(status.status)
  }

  package var description: String {
    switch self {
    case .neverDispatched: "never dispatched"
    case .unanswered: "no answer"
    case .http(let status): "HTTP \(status)"
    case .code(let status): status.rawValue
    }
  }
}

/// Counts and extremes of the planned tasks.
package struct PlanSummary: Sendable {
  /// One task, as an example.
  package struct Sample: Equatable, Sendable {
    package var name: TaskName
    package var taskClass: String?
    package var dispatchCount: Int
    package var createTime: Timestamp?
    package var lastStatus: LastStatus
    /// The first bytes of the body.
    package var bodyStart: Data?
  }

  package private(set) var count = 0
  /// Tasks without an HTTP URL count under nil.
  package private(set) var byClass: [String?: Int] = [:]
  package private(set) var byStatus: [LastStatus: Int] = [:]
  package private(set) var oldest: Timestamp?
  package private(set) var newest: Timestamp?
  package private(set) var samples: [Sample] = []
  /// Bytes of content, uncompressed.
  package var bytes = 0
  /// Being handled while the plan was made.
  package private(set) var dispatching = 0
  /// Never dispatched, and not before a time to come.
  package private(set) var scheduled = 0

  package static let sampleCount = 5
  private static let sampleBytes = 200

  /// Finding class and status takes a search in a text, and a million tasks have few different ones.
  private var classes = Memo<String?>()
  private var statuses = Memo<LastStatus>()

  package init() {}

  mutating func add(_ task: CloudTask, now: Timestamp) {
    count += 1
    byClass[task.url.flatMap { classes[$0, { task.taskClass }] }, default: 0] += 1
    byStatus[status(of: task), default: 0] += 1
    if let created = task.createTime {
      oldest = min(oldest ?? created, created)
      newest = max(newest ?? created, created)
    }
    if isDispatching(task, now: now) { dispatching += 1 }
    if task.dispatchCount == 0, let time = task.scheduleTime, time > now { scheduled += 1 }
    if samples.count < Self.sampleCount { samples.append(sample(task)) }
  }

  private mutating func status(of task: CloudTask) -> LastStatus {
    guard let message = task.lastAttempt?.responseStatus?.message, !message.isEmpty else { return LastStatus(task) }
    return statuses[message, { LastStatus(task) }]
  }

  private func sample(_ task: CloudTask) -> Sample {
    Sample(
      name: task.name, taskClass: task.taskClass, dispatchCount: task.dispatchCount, createTime: task.createTime,
      lastStatus: LastStatus(task), bodyStart: task.body.map { $0.prefix(Self.sampleBytes) })
  }

  /// For the journal.
  package var json: JSON {
    var object: JSONObject = ["planned": .integer(count)]
    object["classes"] = counts(byClass.map { ($0.key ?? "", $0.value) })
    object["statuses"] = counts(byStatus.map { ($0.key.description, $0.value) })
    object["oldest"] = oldest.map { .string($0.description) }
    object["newest"] = newest.map { .string($0.description) }
    object["bytes"] = .integer(bytes)
    return .object(object)
  }

  private func counts(_ pairs: [(String, Int)]) -> JSON {
    .object(JSONObject(pairs.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { ($0.0, .integer($0.1)) }))
  }
}

/// Remembers what was made of texts, as long as there are not too many different ones.
private struct Memo<Value: Sendable>: Sendable {
  private static var most: Int { 1000 }
  private var values: [String: Value] = [:]

  subscript(text: String, make: () -> Value) -> Value {
    mutating get {
      if let value = values[text] { return value }
      if values.count >= Self.most { values = [:] }
      let value = make()
      values[text] = value
      return value
    }
  }
}

/// Whether an attempt went out that can still be running: it has no answer, and its deadline (600 s unless the task says
/// otherwise) has not passed.
private func isDispatching(_ task: CloudTask, now: Timestamp) -> Bool {
  guard let attempt = task.lastAttempt ?? task.firstAttempt, attempt.responseTime == nil,
    attempt.responseStatus == nil, let start = attempt.dispatchTime, task.dispatchCount > 0
  else { return false }
  guard task.lastAttempt != nil || task.responseCount == 0 else { return false }
  return Double(now.seconds - start.seconds) <= (task.dispatchDeadline ?? .seconds(600)).inSeconds
}
