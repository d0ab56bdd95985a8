// Cloud Scheduler in memory, with faults on demand.

import CloudModel
import Foundation
import Operations
import Synchronization

/// Keeps jobs as the service does: it fills in what it fills in, and merges what a mask names.
final class FakeJobService: JobService {
  /// What happens to a call, decided by its number, its verb and the job's ID.
  enum Fate { case pass, refuse(Status), lostBefore, lostAfter }

  private struct State {
    var jobs: [JobName: Job]
    var calls: [String] = []
  }

  private let state: Mutex<State>
  private let fate: @Sendable (String, String) -> Fate
  let refusalOfChanges: APIError?

  init(
    _ jobs: [Job], refusal: APIError? = nil, fate: @escaping @Sendable (String, String) -> Fate = { _, _ in .pass }
  ) {
    state = Mutex(State(jobs: Dictionary(uniqueKeysWithValues: jobs.map { ($0.name, $0) })))
    refusalOfChanges = refusal
    self.fate = fate
  }

  var all: [String: Job] { state.withLock { Dictionary(uniqueKeysWithValues: $0.jobs.map { ($0.key.id, $0.value) }) } }
  /// The changing calls: `create shop--A`.
  var calls: [String] { state.withLock { $0.calls } }

  func put(_ job: Job) { state.withLock { $0.jobs[job.name] = job } }
  func remove(_ id: String) { state.withLock { $0.jobs[jobName(id)] = nil } }

  func jobs(in parent: LocationName) async throws(APIError) -> [Job] {
    state.withLock { $0.jobs.values.sorted { $0.name.id < $1.name.id } }
  }

  func job(_ name: JobName) async throws(APIError) -> Job {
    guard let job = state.withLock({ $0.jobs[name] }) else { throw error(.notFound, name) }
    return job
  }

  func create(_ job: Job) async throws(APIError) -> Job {
    try change("create", job.name) { jobs throws(APIError) in
      if jobs[job.name] != nil { throw self.error(.alreadyExists, job.name) }
      var made = job
      made.state = .enabled
      jobs[job.name] = made
      return made
    }
  }

  func update(_ job: Job, mask: [String]) async throws(APIError) -> Job {
    try change("update \(mask.joined(separator: ","))", job.name) { jobs throws(APIError) in
      guard let there = jobs[job.name] else { throw self.error(.notFound, job.name) }
      var made = merged(job, into: there, mask)
      if made.state == .updateFailed { made.state = .enabled }
      jobs[job.name] = made
      return made
    }
  }

  func delete(_ name: JobName) async throws(APIError) {
    _ = try change("delete", name) { jobs throws(APIError) in
      guard let there = jobs.removeValue(forKey: name) else { throw self.error(.notFound, name) }
      return there
    }
  }

  func pause(_ name: JobName) async throws(APIError) -> Job { try turn("pause", name, .paused) }
  func resume(_ name: JobName) async throws(APIError) -> Job { try turn("resume", name, .enabled) }
  func run(_ name: JobName) async throws(APIError) -> Job { try turn("run", name, nil) }

  private func turn(_ verb: String, _ name: JobName, _ new: CloudModel.State?) throws(APIError) -> Job {
    try change(verb, name) { jobs throws(APIError) in
      guard var there = jobs[name] else { throw self.error(.notFound, name) }
      if let new { there.state = new }
      jobs[name] = there
      return there
    }
  }

  private func change(
    _ verb: String, _ name: JobName, _ body: (inout [JobName: Job]) throws(APIError) -> Job
  ) throws(APIError) -> Job {
    let call = "\(verb) \(name.id)"
    state.withLock { $0.calls.append(call) }
    let fate = fate(verb, name.id)
    switch fate {
    case .refuse(let status): throw error(status, name)
    case .lostBefore: throw lost(name)
    case .pass, .lostAfter: break
    }
    let result = state.withLock { state in
      Result { () throws(APIError) in try body(&state.jobs) }
    }
    let job = try result.get()
    if case .lostAfter = fate { throw lost(name) }
    return job
  }

  private func merged(_ new: Job, into old: Job, _ mask: [String]) -> Job {
    guard var object = old.json.object else { return old }
    for path in mask {
      let keys = path.split(separator: ".").map(String.init)
      object = Self.copy(keys[...], from: new.json.object ?? [:], to: object)
    }
    return Job(json: .object(object)) ?? old
  }

  private static func copy(_ keys: ArraySlice<String>, from new: JSONObject, to old: JSONObject) -> JSONObject {
    guard let key = keys.first else { return old }
    var old = old
    guard keys.count > 1 else {
      old[key] = new[key]
      return old
    }
    let inner = copy(keys.dropFirst(), from: new[key]?.object ?? [:], to: old[key]?.object ?? [:])
    old[key] = .object(inner)
    return old
  }

  private func error(_ status: Status, _ name: JobName) -> APIError {
    APIError(
      kind: .refused, status: status, httpStatus: status.httpStatus, message: "said the test",
      resource: name.description, endpoint: "http://127.0.0.1:1")
  }

  private func lost(_ name: JobName) -> APIError {
    APIError(
      kind: .unreachable, status: .unavailable, message: "the connection was lost", resource: name.description,
      endpoint: "http://127.0.0.1:1", mayHaveBeenDone: true)
  }
}
