// Cloud Scheduler v1: jobs.

import CloudModel
import Foundation

enum SchedulerAPI {
  static let service = "cloudscheduler.googleapis.com"
  private static let largestPage = 500

  static let methods: [APIMethod] = {
    let root = "/v1/projects/{project}/locations/{location}/jobs"
    let one = root + "/{job}"
    return [
      APIMethod("POST", root, body: .job, bodyField: "job", create),
      APIMethod("GET", root, query: .page, list),
      APIMethod("GET", one) { state, call throws(Refusal) in answer(try call.job(in: state), call) },
      APIMethod("PATCH", one, query: .updateMask, body: .job, bodyField: "job", patch),
      APIMethod("DELETE", one) { state, call throws(Refusal) in
        try state.deleteJob(try call.jobName())
        return .empty
      },
      APIMethod("POST", one + ":pause", body: .nameOnly) { state, call throws(Refusal) in
        try change(state, call) { job throws(Refusal) in try job.pause(at: call.now) }
      },
      APIMethod("POST", one + ":resume", body: .nameOnly) { state, call throws(Refusal) in
        try change(state, call) { job throws(Refusal) in try job.resume(at: call.now) }
      },
      APIMethod("POST", one + ":run", body: .nameOnly) { state, call throws(Refusal) in
        try change(state, call) { job throws(Refusal) in job.requestRun() }
      },
    ] + EncryptionAPI.schedulerMethods + OperationsAPI.all("v1", service: service)
  }()

  // MARK: Changes

  @Sendable private static func create(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let parent = try call.location(service: service)
    let name = try newName(call.body["name"]?.string ?? "", in: parent, state)
    let settings = try JobSettings(call.body, project: parent.project)
    let job = try state.createJob(name, settings, at: call.now)
    state.changed(job, at: call.now)
    // "create response = ... no scheduleTime yet", and no status (google-apis.md section 2.2).
    var answer = json(job)
    answer["scheduleTime"] = nil
    answer["status"] = nil
    return self.answer(answer, call)
  }

  private static func newName(
    _ text: String, in parent: LocationName, _ state: EmulatorState
  ) throws(Refusal) -> JobName {
    do {
      // "Optionally caller-specified in CreateJob"
      if text.isEmpty { return try JobName(parent: parent, id: String(state.randomID())) }
      let name = try JobName(text)
      guard name.parent == parent else { throw Refusal.jobName }
      return name
    } catch {
      throw .jobName
    }
  }

  @Sendable private static func patch(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let job = try call.job(in: state)
    let mask = try FieldMask(call.query["updateMask"]?.string, of: .job)
    let wish = mask.map { merged(call.body, into: job.settings.resource, $0) } ?? call.body
    job.change(try JobSettings(wish, project: job.name.parent.project), at: call.now)
    state.changed(job, at: call.now)
    return answer(job, call)
  }

  /// The targets are one choice of three: naming one in the mask replaces the one that was there.
  private static func merged(_ new: JSONObject, into old: JSONObject, _ mask: FieldMask) -> JSONObject {
    var result = mask.merge(new, into: old)
    let targets = ["httpTarget", "appEngineHttpTarget", "pubsubTarget"]
    let chosen = targets.filter { mask.names($0) && new[$0] != nil }
    guard !chosen.isEmpty else { return result }
    for target in targets where !chosen.contains(target) { result[target] = nil }
    return result
  }

  private static func change(
    _ state: EmulatorState, _ call: Call, _ body: (JobState) throws(Refusal) -> Void
  ) throws(Refusal) -> Answer {
    let job = try call.job(in: state)
    try body(job)
    state.changed(job, at: call.now)
    return answer(job, call)
  }

  // MARK: Answers

  @Sendable private static func list(_ state: EmulatorState, _ call: Call) throws(Refusal) -> Answer {
    let parent = try call.location(service: service)
    let size = try call.pageSize(largest: largestPage)
    let token = try PageToken(call.query["pageToken"]?.string, at: call.now)
    let page = PageToken.page(of: state.jobs(in: parent), after: token, size: size, at: call.now) { $0.name.id }
    var answer = JSONObject()
    if !page.items.isEmpty { answer["jobs"] = .array(page.items.map { .object(json($0)) }) }
    answer["nextPageToken"] = page.next.map(JSON.string)
    return self.answer(answer, call)
  }

  private static func answer(_ job: JobState, _ call: Call) -> Answer { answer(json(job), call) }

  private static func answer(_ object: JSONObject, _ call: Call) -> Answer {
    .json(call.numericEnums ? withNumericEnums(.object(object), states: State.jobNames) : .object(object))
  }

  private static func json(_ job: JobState) -> JSONObject {
    var object: JSONObject = ["name": .string(job.name.description)]
    object.merge(job.settings.resource)
    object["userUpdateTime"] = .string(job.userUpdateTime.text)
    object["state"] = .string(job.state.rawValue)
    object["status"] = RPCStatus(code: job.statusCode).json
    object["scheduleTime"] = job.scheduleTime.map { .string($0.text) }
    object["lastAttemptTime"] = job.lastAttempt.map { .string($0.text) }
    return object
  }
}

extension Call {
  fileprivate func jobName() throws(Refusal) -> JobName {
    let parent = try location(service: SchedulerAPI.service)
    do { return try JobName(parent: parent, id: variable("job")) } catch { throw .jobName }
  }

  fileprivate func job(in state: EmulatorState) throws(Refusal) -> JobState {
    guard let job = state.job(try jobName()) else { throw .jobAbsent }
    return job
  }
}
