// A job in the person's editor: JSON of the fields that can be changed, with its
// body decoded.

import CloudModel
import Foundation
import Operations
import Schedules

enum JobEditing {
  /// The job after it was edited. What cannot be used opens again, after its reason was said.
  static func edited(_ job: Job) async throws(Exit) -> Job {
    let edited = try await TextEditor().edit(shown(job), name: "\(job.name.id).json") { text in
      if let fault = TextFault.json(in: text) { return fault }
      do throws(Fault) { _ = try read(text, over: job) } catch { return TextFault(error.reason) }
      return nil
    }
    guard let edited else { return job }
    do throws(Fault) { return try read(edited, over: job) } catch {
      throw .usage("That is not a job", reason: printable("\(error.reason)."), remedy: "Mend it and try again.")
    }
  }

  struct Fault: Error, Equatable {
    let reason: String
  }

  private static let outputOnly = ["name", "userUpdateTime", "state", "status", "scheduleTime", "lastAttemptTime"]
  /// Where a target keeps its bytes, in base64.
  private static let bodies = [("httpTarget", "body"), ("appEngineHttpTarget", "body"), ("pubsubTarget", "data")]

  // MARK: Shown

  static func shown(_ job: Job) -> String {
    var object = job.json.object ?? [:]
    for key in outputOnly { object[key] = nil }
    for (key, body) in bodies {
      guard var target = object[key]?.object, let payload = payload(target[body]?.string) else { continue }
      target[body] = nil
      target["payload"] = payload
      object[key] = .object(target)
    }
    return JSON.object(object).pretty + "\n"
  }

  /// JSON, or text; nil for bytes that are neither, which stay in base64. A JSON string would read as text.
  private static func payload(_ base64: String?) -> JSON? {
    guard let base64, let data = Data(base64Encoded: base64) else { return nil }
    do {
      let json = try JSON(parsing: data)
      return json.string == nil ? json : nil
    } catch {
      return String(data: data, encoding: .utf8).map(JSON.string)
    }
  }

  // MARK: Read

  static func read(_ text: String, over job: Job) throws(Fault) -> Job {
    var object: JSONObject
    do throws(JSONError) { object = try JSON(parsing: text).object ?? [:] } catch {
      throw Fault(reason: error.description)
    }
    if object.isEmpty { throw Fault(reason: "It is not a JSON object with the fields of a job") }
    if let key = outputOnly.first(where: { object[$0] != nil }) {
      throw Fault(reason: "\(key) cannot be edited here\(key == "state" ? "; see jobs pause and jobs resume" : "")")
    }
    try checkNames(object, over: job.json.object ?? [:])
    for (key, body) in bodies { object[key] = try target(object[key], body, was: job.json[key]) }
    object["name"] = .string(job.name.description)
    object["state"] = job.state.map { .string($0.rawValue) }
    let data = JSON.object(object).data
    let edited: Job
    do throws(JSONError) {
      edited = try JSONReader.read(data) { reader throws(JSONError) in try Job(&reader) }
    } catch {
      throw Fault(reason: error.reason)
    }
    try checkTimes(edited, over: job)
    return edited
  }

  /// A target with its payload as bytes again; one that is as it was keeps its spelling.
  private static func target(_ json: JSON?, _ body: String, was old: JSON?) throws(Fault) -> JSON? {
    guard var target = json?.object, let wanted = target["payload"] else { return json }
    if target[body] != nil { throw Fault(reason: "It has a payload and a \(body): one of them is enough") }
    let before = old?[body]?.string
    target["payload"] = nil
    target[body] =
      wanted == payload(before)
      ? before.map(JSON.string) : .string((wanted.string.map { Data($0.utf8) } ?? wanted.data).base64EncodedString())
    return .object(target)
  }

  // MARK: Checks

  private static let names: [String?: [String]] = [
    nil: [
      "description", "httpTarget", "pubsubTarget", "appEngineHttpTarget", "schedule", "timeZone", "retryConfig",
      "attemptDeadline",
    ],
    "httpTarget": ["uri", "httpMethod", "headers", "payload", "body", "oidcToken", "oauthToken"],
    "appEngineHttpTarget": ["httpMethod", "appEngineRouting", "relativeUri", "headers", "payload", "body"],
    "pubsubTarget": ["topicName", "payload", "data", "attributes"],
    "retryConfig": [
      "retryCount", "maxRetryDuration", "minBackoffDuration", "maxBackoffDuration", "maxDoublings",
    ],
  ]

  /// A field that is neither known nor was there is a slip of the pen; the service would refuse it in its own words.
  private static func checkNames(_ object: JSONObject, over old: JSONObject) throws(Fault) {
    try check(object, nil, old)
    for case (let key, .object(let inner)) in object.map({ ($0.key, $0.value) }) {
      try check(inner, key, old[key]?.object ?? [:])
    }
  }

  private static func check(_ object: JSONObject, _ parent: String?, _ old: JSONObject) throws(Fault) {
    guard let known = names[parent] else { return }
    for name in object.keys where !known.contains(name) && old[name] == nil {
      let near = nearest(name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
      throw Fault(reason: "\"\(name)\" is no field of \(parent ?? "a job")\(near)")
    }
  }

  private static func checkTimes(_ edited: Job, over job: Job) throws(Fault) {
    if edited.schedule != job.schedule {
      do throws(ScheduleError) { _ = try Schedule(edited.schedule) } catch {
        throw Fault(reason: "Column \(error.column) of the schedule: \(error.reason)")
      }
    }
    if edited.timeZone != job.timeZone, !TimeZones.isUTC(edited.timeZone), TimeZones.zone(named: edited.timeZone) == nil
    {
      let near = TimeZones.nearest(to: edited.timeZone).first.map { "; did you mean \($0)?" } ?? ""
      throw Fault(reason: "There is no time zone \"\(edited.timeZone)\"\(near)")
    }
  }
}
