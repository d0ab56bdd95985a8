// Definitions and jobs for tests, with as little said as each test needs.

import CloudModel
import Foundation
import Operations

let jobsParent: LocationName = {
  do { return try LocationName(project: "acme", location: "us-central1") } catch { preconditionFailure("\(error)") }
}()

/// 2026-11-21T09:00:00Z, a Saturday.
let scheduleNow = Date(timeIntervalSince1970: 1_795_251_600)

func jobName(_ id: String) -> JobName {
  do { return try JobName(parent: jobsParent, id: id) } catch { preconditionFailure("\(error)") }
}

/// A job as Cloud Scheduler shows one that the library made.
func job(_ id: String, _ schedule: String = "0 3 * * *", url: String? = nil) -> Job {
  let short = id.components(separatedBy: "--").last ?? id
  let url = url ?? "https://app.example.com/tasks/\(short)"
  let text = """
    {"name": "\(jobName(id))", "schedule": "\(schedule)", "timeZone": "Etc/UTC", "state": "ENABLED",
     "attemptDeadline": "180s", "userUpdateTime": "2026-01-02T03:04:05Z", "status": {"code": -1},
     "httpTarget": {"uri": "\(url)", "httpMethod": "POST", "body": "e30=",
       "headers": {"Content-Type": "application/octet-stream", "User-Agent": "Google-Cloud-Scheduler"},
       "oidcToken": {"serviceAccountEmail": "runner@acme.iam.gserviceaccount.com", "audience": "\(url)"}},
     "retryConfig": {"maxRetryDuration": "0s", "minBackoffDuration": "5s", "maxBackoffDuration": "3600s",
       "maxDoublings": 5}}
    """
  do {
    guard let job = Job(json: try JSON(parsing: text)) else { preconditionFailure("not a job: \(text)") }
    return job
  } catch { preconditionFailure("\(error)") }
}

func definition(_ name: String, _ schedule: String = "0 3 * * *", line: Int = 1) -> ScheduleDefinition {
  ScheduleDefinition(name: name, timing: .text(schedule), place: DefinitionPlace("schedules.yaml", line: line))
}

func definitionSet(_ definitions: [ScheduleDefinition]) -> DefinitionSet {
  var set = DefinitionSet(source: "schedules.yaml")
  set.schedules = definitions
  return set
}

func scheduleScope(
  app: String? = "shop", delimiter: String = "--", endpoint: String? = "https://app.example.com/tasks/",
  account: String? = "runner@acme.iam.gserviceaccount.com"
) -> ScheduleScope {
  ScheduleScope(
    parent: jobsParent, ownership: Ownership(app: app, delimiter: delimiter, endpoint: endpoint),
    serviceAccount: account)
}

func plan(
  _ definitions: [ScheduleDefinition], _ jobs: [Job], _ scope: ScheduleScope = scheduleScope(), prune: Bool = false,
  adopt: Set<String> = []
) -> SchedulePlan {
  SchedulePlanner(definitionSet(definitions), scope, .init(prunes: prune, adopted: adopt), now: scheduleNow)
    .plan(against: jobs)
}

extension SchedulePlan {
  var addedIDs: [String] { added.map(\.job.name.id) }
  var updatedIDs: [String] { updated.map(\.before.name.id) }
  var deletedIDs: [String] { deleted.map(\.name.id) }
  var staleIDs: [String] { stale.map(\.name.id) }
  var unchangedIDs: [String] { unchanged.map(\.name.id) }
  var foreignIDs: [String] { foreign.map(\.name.id) }
  var warnings: [String] { findings.filter { $0.severity == .warning }.map(\.message) }
  /// The fields of the only update.
  var fields: [String] { updated.first?.changes.map(\.field) ?? [] }
}
