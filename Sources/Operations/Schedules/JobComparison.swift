// Two jobs, field by field, under the paths of the REST resource. The paths are
// also what an update mask names, so what is shown is what is patched.

import CloudModel
import Foundation
import Schedules

/// One field that differs. Values are for showing: a body is decoded, a default filled in.
package struct FieldChange: Equatable, Sendable {
  package var field: String
  /// nil where there is nothing.
  package var before: JSON?
  package var after: JSON?

  package init(_ field: String, _ before: JSON?, _ after: JSON?) {
    (self.field, self.before, self.after) = (field, before, after)
  }
}

/// Compares jobs as far as a client decides over them.
package struct JobComparison: Sendable {
  package enum Rule: Sendable {
    /// What means the same is the same: `@hourly` and `0 * * * *`, keys of a JSON body in another order, a default
    /// that is written out, a header that the service adds.
    case meaning
    /// Only what reads the same is the same.
    case spelling
  }

  private let before: Job
  private let after: Job
  private let rule: Rule

  package static func changes(_ before: Job, _ after: Job, by rule: Rule = .meaning) -> [FieldChange] {
    JobComparison(before: before, after: after, rule: rule).changes
  }

  private var changes: [FieldChange] {
    var changes: [FieldChange] = []
    if before.details != after.details { changes.append(change("description", before.details, after.details)) }
    if !isSameSchedule { changes.append(change("schedule", before.schedule, after.schedule)) }
    if !isSameZone { changes.append(change("timeZone", before.timeZone, after.timeZone)) }
    changes += targetChanges + retryChanges
    if let change = deadlineChange { changes.append(change) }
    // A state that one side leaves open is not compared.
    if let old = before.state, let new = after.state, old != new {
      changes.append(FieldChange("state", .string(old.rawValue), .string(new.rawValue)))
    }
    return changes
  }

  private func change(_ field: String, _ before: String, _ after: String) -> FieldChange {
    FieldChange(field, text(before), text(after))
  }

  private func text(_ value: String) -> JSON? {
    if value.isEmpty { return nil }
    return .string(value)
  }

  // MARK: Schedule

  private var isSameSchedule: Bool {
    if before.schedule == after.schedule { return true }
    guard rule == .meaning, let first = schedule(before), let second = schedule(after) else { return false }
    return first.isSame(as: second)
  }

  private func schedule(_ job: Job) -> Schedule? {
    // What cannot be read is compared as text.
    do { return try Schedule(job.schedule) } catch { return nil }
  }

  private var isSameZone: Bool {
    rule == .meaning ? TimeZones.areSame(before.timeZone, after.timeZone) : before.timeZone == after.timeZone
  }

  private var deadlineChange: FieldChange? {
    let (old, new) = (deadline(before), deadline(after))
    guard old != new else { return nil }
    return FieldChange("attemptDeadline", old.map { .string($0.protobuf) }, new.map { .string($0.protobuf) })
  }

  private func deadline(_ job: Job) -> Duration? {
    guard rule == .meaning else { return job.attemptDeadline }
    // "For Pub/Sub targets, this field is ignored."
    guard case .http = job.target else { return nil }
    return job.attemptDeadline.flatMap { $0 == .zero ? nil : $0 } ?? JobDefaults.attemptDeadline
  }

  // MARK: Retries

  private var retryChanges: [FieldChange] {
    let (old, new) = (retry(before), retry(after))
    var keys = old.keys
    for key in new.keys where !keys.contains(key) { keys.append(key) }
    return keys.compactMap { key in
      old[key] == new[key] ? nil : FieldChange("retryConfig.\(key)", old[key], new[key])
    }
  }

  private func retry(_ job: Job) -> JSONObject {
    let given = job.retryConfig?.json ?? JSONObject()
    guard rule == .meaning else { return given }
    var filled = JobDefaults.retry
    for (key, value) in given where value != .null { filled[key] = value }
    if filled["maxDoublings"]?.int == 0 { filled["maxDoublings"] = JobDefaults.retry["maxDoublings"] }
    return filled
  }

  // MARK: Target

  private var targetChanges: [FieldChange] {
    switch (before.target, after.target) {
    case (.http(let old), .http(let new)): return httpChanges(old, new)
    case (.pubsub(let old), .pubsub(let new)):
      return changes("pubsubTarget", old.json, new.json, bodies: ["data": (old.data, new.data)])
    case (.appEngine(let old), .appEngine(let new)):
      return changes("appEngineHttpTarget", old.json, new.json, bodies: ["body": (old.body, new.body)])
    case (.other, .other): return []
    default:
      return [before, after].compactMap { job in
        guard let (field, value) = job.targetMember else { return nil }
        return job == before ? FieldChange(field, value, nil) : FieldChange(field, nil, value)
      }
    }
  }

  private func httpChanges(_ old: HTTPTarget, _ new: HTTPTarget) -> [FieldChange] {
    var changes: [FieldChange] = []
    let path = "httpTarget."
    if old.url != new.url { changes.append(change(path + "uri", old.url, new.url)) }
    let (oldMethod, newMethod) = (old.method ?? standardMethod, new.method ?? standardMethod)
    if oldMethod != newMethod { changes.append(change(path + "httpMethod", oldMethod, newMethod)) }
    changes += headerChanges(path + "headers", old, new)
    if let change = bodyChange(path + "body", old.encodedBody, old.body, new.encodedBody, new.body) {
      changes.append(change)
    }
    return changes + tokenChanges(path, old.authorization, new.authorization)
  }

  private var standardMethod: String { rule == .meaning ? "POST" : "" }

  private func headerChanges(_ field: String, _ old: HTTPTarget, _ new: HTTPTarget) -> [FieldChange] {
    guard rule == .meaning else {
      return old.headers == new.headers ? [] : [FieldChange(field, object(old.headers), object(new.headers))]
    }
    let (first, second) = (ServiceHeaders.own(old), ServiceHeaders.own(new))
    guard ServiceHeaders.key(first) != ServiceHeaders.key(second) else { return [] }
    return [FieldChange(field, object(first), object(second))]
  }

  private func object(_ headers: [Header]) -> JSON? {
    if headers.isEmpty { return nil }
    return .object(JSONObject(headers.map { ($0.name, .string($0.value)) }))
  }

  private func bodyChange(
    _ field: String, _ oldText: String?, _ old: Data?, _ newText: String?, _ new: Data?
  ) -> FieldChange? {
    if rule == .spelling { return oldText == newText ? nil : FieldChange(field, shown(old), shown(new)) }
    let (first, second) = (old ?? Data(), new ?? Data())
    if first == second || BodyForm(first) == BodyForm(second) { return nil }
    return FieldChange(field, shown(old), shown(new))
  }

  private func shown(_ body: Data?) -> JSON? {
    guard let body, !body.isEmpty else { return nil }
    return BodyForm.shown(body)
  }

  /// Its parts where both have one, so that only the account or only the audience is patched.
  private func tokenChanges(_ path: String, _ old: Authorization?, _ new: Authorization?) -> [FieldChange] {
    if old == new { return [] }
    if case .oidc(let oldEmail, let oldAudience)? = old, case .oidc(let newEmail, let newAudience)? = new {
      return parts(path + "oidcToken", (oldEmail, newEmail), "audience", (oldAudience, newAudience))
    }
    if case .oauth(let oldEmail, let oldScope)? = old, case .oauth(let newEmail, let newScope)? = new {
      return parts(path + "oauthToken", (oldEmail, newEmail), "scope", (oldScope, newScope))
    }
    return [(old, true), (new, false)].compactMap { token, isOld in
      guard let token else { return nil }
      let (key, value) = token.json
      return isOld ? FieldChange(path + key, value, nil) : FieldChange(path + key, nil, value)
    }
  }

  private func parts(
    _ path: String, _ email: (String, String), _ name: String, _ detail: (String?, String?)
  ) -> [FieldChange] {
    var changes: [FieldChange] = []
    if email.0 != email.1 { changes.append(change("\(path).serviceAccountEmail", email.0, email.1)) }
    if detail.0 != detail.1 { changes.append(change("\(path).\(name)", detail.0 ?? "", detail.1 ?? "")) }
    return changes
  }

  private func changes(
    _ path: String, _ old: JSON, _ new: JSON, bodies: [String: (Data?, Data?)]
  ) -> [FieldChange] {
    var keys = old.object?.keys ?? []
    for key in new.object?.keys ?? [] where !keys.contains(key) { keys.append(key) }
    return keys.compactMap { key in
      guard old[key] != new[key] else { return nil }
      if let (first, second) = bodies[key] {
        return bodyChange("\(path).\(key)", old[key]?.string, first, new[key]?.string, second)
      }
      return FieldChange("\(path).\(key)", old[key], new[key])
    }
  }
}

/// What Cloud Scheduler fills in (google-apis.md section 2.2).
enum JobDefaults {
  static let attemptDeadline = Duration.seconds(180)
  static let retry: JSONObject = [
    "retryCount": 0, "maxRetryDuration": "0s", "minBackoffDuration": "5s", "maxBackoffDuration": "3600s",
    "maxDoublings": 5,
  ]
  /// "older jobs 16"
  static let olderDoublings = 16
}

extension Job {
  /// The target's field and its value.
  package var targetMember: (field: String, value: JSON)? {
    switch target {
    case .http(let target): ("httpTarget", target.json(urlKey: "uri"))
    case .pubsub(let target): ("pubsubTarget", target.json)
    case .appEngine(let target): ("appEngineHttpTarget", target.json)
    case .other: nil
    }
  }
}

extension Authorization {
  /// The field of a target that holds it, and its value.
  fileprivate var json: (key: String, value: JSON) {
    var object: JSONObject = ["serviceAccountEmail": .string(serviceAccountEmail)]
    switch self {
    case .oidc(_, let audience):
      object["audience"] = audience.map(JSON.string)
      return ("oidcToken", .object(object))
    case .oauth(_, let scope):
      object["scope"] = scope.map(JSON.string)
      return ("oauthToken", .object(object))
    }
  }
}
