// Jobs as resources that can be changed, over a port that has one method for each
// call of Cloud Scheduler.

import CloudModel
import Foundation

/// The calls of Cloud Scheduler.
package protocol JobService: Sendable {
  /// Why every change will be refused; nil when changes are possible.
  var refusalOfChanges: APIError? { get }
  func jobs(in parent: LocationName) async throws(APIError) -> [Job]
  func job(_ name: JobName) async throws(APIError) -> Job
  func create(_ job: Job) async throws(APIError) -> Job
  func update(_ job: Job, mask: [String]) async throws(APIError) -> Job
  func delete(_ name: JobName) async throws(APIError)
  func pause(_ name: JobName) async throws(APIError) -> Job
  func resume(_ name: JobName) async throws(APIError) -> Job
  func run(_ name: JobName) async throws(APIError) -> Job
}

/// A service whose changes are all refused, below every caller.
package struct ReadOnlyJobService: JobService {
  private let base: any JobService
  private let endpoint: String
  private let source: String

  /// `source` says in the user's words what makes it read-only.
  package init(_ base: any JobService, endpoint: String, source: String) {
    (self.base, self.endpoint, self.source) = (base, endpoint, source)
  }

  package var refusalOfChanges: APIError? { refusal(of: "") }

  package func jobs(in parent: LocationName) async throws(APIError) -> [Job] { try await base.jobs(in: parent) }
  package func job(_ name: JobName) async throws(APIError) -> Job { try await base.job(name) }
  package func create(_ job: Job) async throws(APIError) -> Job { throw refusal(of: job.name.description) }
  package func update(_ job: Job, mask: [String]) async throws(APIError) -> Job {
    throw refusal(of: job.name.description)
  }
  package func delete(_ name: JobName) async throws(APIError) { throw refusal(of: name.description) }
  package func pause(_ name: JobName) async throws(APIError) -> Job { throw refusal(of: name.description) }
  package func resume(_ name: JobName) async throws(APIError) -> Job { throw refusal(of: name.description) }
  package func run(_ name: JobName) async throws(APIError) -> Job { throw refusal(of: name.description) }

  private func refusal(of resource: String) -> APIError {
    APIError.readOnly(resource: resource, endpoint: endpoint, source: source)
  }
}

/// Jobs as the executor of changes knows them.
package struct JobResources: ResourceService {
  /// One list costs a call for 500 jobs, so beyond a few it is the cheaper way to read them.
  private static let readOneByOne = 3

  private let service: any JobService

  package init(_ service: any JobService) { self.service = service }

  package var refusalOfChanges: APIError? { service.refusalOfChanges }

  package func current(_ names: [String]) async throws(APIError) -> [String: JSON] {
    let wanted = names.compactMap(Self.name)
    if wanted.count <= Self.readOneByOne { return try await read(wanted) }
    var found: [String: JSON] = [:]
    let asked = Set(wanted)
    for parent in Set(wanted.map(\.parent)) {
      for job in try await service.jobs(in: parent) where asked.contains(job.name) {
        found[job.name.description] = job.json
      }
    }
    return found
  }

  private func read(_ names: [JobName]) async throws(APIError) -> [String: JSON] {
    var found: [String: JSON] = [:]
    for name in names {
      do throws(APIError) { found[name.description] = try await service.job(name).json } catch {
        if error.status != .notFound { throw error }
      }
    }
    return found
  }

  package func make(_ change: ResourceChange, exactly: Bool) async throws(APIError) {
    guard let name = Self.name(change.name) else { return }
    switch (change.before.flatMap(Job.init(json:)), change.after.flatMap(Job.init(json:))) {
    case (nil, let wanted?):
      _ = try await service.create(wanted)
      if wanted.state == .paused { _ = try await service.pause(name) }
    case (let found?, let wanted?):
      let patch = JobPatch(from: found, to: wanted, by: exactly ? .spelling : .meaning)
      if !patch.mask.isEmpty { _ = try await service.update(patch.job, mask: patch.mask) }
      switch patch.turn {
      case .pause: _ = try await service.pause(name)
      case .resume: _ = try await service.resume(name)
      case nil: break
      }
    case (_?, nil): try await service.delete(name)
    case (nil, nil): break
    }
  }

  package func differences(from current: JSON?, to wanted: JSON?, exactly: Bool) -> [String] {
    switch (current.flatMap(Job.init(json:)), wanted.flatMap(Job.init(json:))) {
    case (nil, nil): []
    case (nil, _): ["it is not there"]
    case (_, nil): ["it is there"]
    case (let found?, let wanted?):
      JobComparison.changes(found, wanted, by: exactly ? .spelling : .meaning).map(\.field)
    }
  }

  private static func name(_ text: String) -> JobName? {
    // Names in a journal or a plan were names of jobs when they were written.
    do { return try JobName(text) } catch { return nil }
  }
}

extension Job {
  /// A job from its resource; nil when it is none.
  package init?(json: JSON) {
    do { self = try JSONReader.read(json.data) { reader throws(JSONError) in try Job(&reader) } } catch { return nil }
  }
}
