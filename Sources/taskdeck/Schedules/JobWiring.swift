// Cloud Scheduler as the operations know it, behind the switch that refuses changes.

import CloudAPI
import CloudModel
import Foundation
import JournalModel
import Operations
import Settings
import Store

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

/// What changes of jobs work with.
struct JobBench: Sendable {
  let service: any JobService
  let journal: SQLiteJournal
  let acting: Acting

  /// Opens the journal of this person. Nothing is sent.
  init(
    _ wiring: Wiring, readOnly: ReadOnlySwitch? = nil, journal: SQLiteJournal? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) {
    service = Self.service(wiring, readOnly ?? ReadOnlySwitch(wiring.context.readOnly))
    acting = Acting(
      context: wiring.context.name?.value ?? "", account: wiring.account, endpoint: wiring.scheduler.endpoint)
    if let journal { self.journal = journal } else { self.journal = try Workbench.openJournal(environment) }
  }

  /// For what only reads: no journal is opened.
  static func service(_ wiring: Wiring, _ readOnly: ReadOnlySwitch) -> any JobService {
    let base = CloudJobService(client: wiring.scheduler)
    let refusing = ReadOnlyJobService(base, endpoint: wiring.scheduler.endpoint, source: readOnly.source)
    return SwitchedJobService(base: base, refusing: refusing, readOnly: readOnly)
  }

  /// What can be taken back as jobs.
  static let actions: Set<JournalAction> = [.scheduleApply, .jobChange, .scheduleRollback]

  var executor: ChangeExecutor {
    ChangeExecutor(service: JobResources(service), journal: journal, surroundings: .system, acting: acting)
  }
  var rollbacks: RollbackPlanner { RollbackPlanner(journal: journal) }
}
