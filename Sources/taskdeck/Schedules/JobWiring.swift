// Cloud Scheduler as the operations know it, behind the switch that refuses changes.

import CloudAPI
import CloudModel
import Foundation
import Operations

/// The client as a port.
struct CloudJobService: JobService {
  let client: SchedulerClient

  var refusalOfChanges: APIError? { nil }

  func jobs(in parent: LocationName) async throws(APIError) -> [Job] { try await client.jobPages(in: parent).all() }
  func job(_ name: JobName) async throws(APIError) -> Job { try await client.job(name) }
  func create(_ job: Job) async throws(APIError) -> Job { try await client.create(job) }
  func update(_ job: Job, mask: [String]) async throws(APIError) -> Job { try await client.update(job, mask: mask) }
  func delete(_ name: JobName) async throws(APIError) { try await client.delete(name) }
  func pause(_ name: JobName) async throws(APIError) -> Job { try await client.pause(name) }
  func resume(_ name: JobName) async throws(APIError) -> Job { try await client.resume(name) }
  func run(_ name: JobName) async throws(APIError) -> Job { try await client.run(name) }
}

/// The service behind the switch. It is asked at every call, so turning it stops a run that is under way.
struct SwitchedJobService: JobService {
  let base: any JobService
  let refusing: ReadOnlyJobService
  let readOnly: ReadOnlySwitch

  private var current: any JobService { readOnly.isOn ? refusing : base }

  var refusalOfChanges: APIError? { current.refusalOfChanges }

  func jobs(in parent: LocationName) async throws(APIError) -> [Job] { try await current.jobs(in: parent) }
  func job(_ name: JobName) async throws(APIError) -> Job { try await current.job(name) }
  func create(_ job: Job) async throws(APIError) -> Job { try await current.create(job) }
  func update(_ job: Job, mask: [String]) async throws(APIError) -> Job { try await current.update(job, mask: mask) }
  func delete(_ name: JobName) async throws(APIError) { try await current.delete(name) }
  func pause(_ name: JobName) async throws(APIError) -> Job { try await current.pause(name) }
  func resume(_ name: JobName) async throws(APIError) -> Job { try await current.resume(name) }
  func run(_ name: JobName) async throws(APIError) -> Job { try await current.run(name) }
}

extension Wiring {
  /// Cloud Scheduler behind the switch. Nothing is sent and no journal is opened.
  func jobs(_ readOnly: ReadOnlySwitch? = nil) -> any JobService {
    let readOnly = readOnly ?? ReadOnlySwitch(context.readOnly)
    let base = CloudJobService(client: scheduler)
    let refusing = ReadOnlyJobService(base, endpoint: scheduler.endpoint, source: readOnly.source)
    return SwitchedJobService(base: base, refusing: refusing, readOnly: readOnly)
  }
}
