// Definitions against jobs. Pure: what there is comes in, the plan goes out.

import CloudModel
import Foundation

/// Works out what has to be done.
package struct SchedulePlanner: Sendable {
  /// What was asked for beside the definitions.
  package struct Wishes: Equatable, Sendable {
    /// Delete the app's own jobs that no definition names.
    package var prunes = false
    /// IDs of jobs that are to become the app's although they are not told to be.
    package var adopted: Set<String> = []

    package init(prunes: Bool = false, adopted: Set<String> = []) {
      (self.prunes, self.adopted) = (prunes, adopted)
    }
  }

  private let set: DefinitionSet
  private let scope: ScheduleScope
  private let wishes: Wishes
  private let now: Date

  package init(_ set: DefinitionSet, _ scope: ScheduleScope, _ wishes: Wishes = Wishes(), now: Date) {
    var scope = scope
    scope.serviceAccount = set.serviceAccount ?? scope.serviceAccount
    (self.set, self.scope, self.wishes, self.now) = (set, scope, wishes, now)
  }

  private var ownership: Ownership { scope.ownership }

  package func plan(against jobs: [Job]) -> SchedulePlan {
    var plan = SchedulePlan(scope: scope, source: set.source, isPruning: wishes.prunes)
    plan.unread = set.unread
    plan.notes = set.notes
    let wanted = definedJobs(among: Set(jobs.map(\.name)), &plan)
    plan.findings += ScheduleChecks(wanted, now: now).findings
    let faulty = Set(plan.errors.map(\.job))
    let existing = Dictionary(jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for job in wanted where !faulty.contains(job.name.id) { add(job, existing[job.name], &plan) }
    let mentioned = Mentioned(wanted, faulty.union(set.unread.compactMap(\.id)))
    sort(jobs.filter { !mentioned.holds($0, &plan) }, &plan)
    plan.renames = renames(plan)
    addNotes(&plan)
    plan.putInOrder()
    return plan
  }

  // MARK: Definitions

  private func definedJobs(among there: Set<JobName>, _ plan: inout SchedulePlan) -> [DefinedJob] {
    var wanted: [DefinedJob] = []
    for definition in set.schedules {
      do throws(Finding.Failure) { wanted.append(try DefinedJob(definition, scope, among: there)) } catch {
        plan.findings.append(error.finding)
      }
    }
    return wanted
  }

  private func add(_ wanted: DefinedJob, _ existing: Job?, _ plan: inout SchedulePlan) {
    let job = wanted.job(over: existing)
    if needsAccount(wanted, existing) {
      plan.findings.append(
        Finding(
          .error, job.name.id, wanted.definition.place,
          "its requests are to carry an OIDC token, and no service account is known: set service-account in the context,"
            + " GCP_SERVICE_ACCOUNT, or oidc: {service-account: ...}."))
      return
    }
    guard let existing else {
      plan.added.append(
        .init(
          job: job, definition: wanted.definition.name, place: wanted.definition.place,
          preview: FirePreview(before: nil, after: job, now: now)))
      return
    }
    guard isOwn(existing) else { return leaveAlone(existing, wanted, &plan) }
    compare(existing, job, wanted, &plan)
  }

  private func needsAccount(_ wanted: DefinedJob, _ existing: Job?) -> Bool {
    guard case .oidc(nil, _) = wanted.definition.token else { return false }
    return wanted.knownAccount(existing) == nil
  }

  /// Of a job that a definition names.
  private func isOwn(_ job: Job) -> Bool {
    ownership.name(in: job.name.id) != nil || wishes.adopted.contains(job.name.id)
      || job.url.map(ownership.isUnderEndpoint) ?? false
  }

  private func leaveAlone(_ job: Job, _ wanted: DefinedJob, _ plan: inout SchedulePlan) {
    plan.foreign.append(job)
    plan.findings.append(
      Finding(
        .warning, job.name.id, wanted.definition.place,
        "there is a job of this ID that is not the app's own (its target is \(job.targetWords)), so it is left alone:"
          + " give the definition another ID, or take the job over with --adopt \(job.name.id)."))
  }

  private func compare(_ existing: Job, _ wish: Job, _ wanted: DefinedJob, _ plan: inout SchedulePlan) {
    var changes = JobComparison.changes(existing, wish)
    // What means the same keeps its spelling, so that a patch and its reading back are exact.
    var after = changes.reduce(into: existing) { $0.take($1.field, from: wish) }
    if existing.state == .updateFailed, wish.state == nil {
      // "A job in this state may not be executed": the update has to be made again, whatever the fields say.
      changes.append(FieldChange("state", .string(State.updateFailed.rawValue), .string(State.enabled.rawValue)))
      after.state = .enabled
    }
    guard !changes.isEmpty else { return plan.unchanged.append(existing) }
    plan.updated.append(
      .init(
        before: existing, after: after, definition: wanted.definition.name, place: wanted.definition.place,
        changes: changes, preview: FirePreview(before: existing, after: after, now: now)))
  }

  /// Jobs that definitions name: those are not up for deletion, even where a definition cannot be read, or where a job of
  /// its ID is in a second location besides.
  private struct Mentioned {
    let names: Set<JobName>
    /// Of definitions that leave the location open.
    let anywhere: [String: DefinedJob]
    let ids: Set<String>

    init(_ wanted: [DefinedJob], _ ids: Set<String>) {
      names = Set(wanted.map(\.name))
      anywhere = Dictionary(
        wanted.filter { $0.definition.location == nil }.map { ($0.name.id, $0) },
        uniquingKeysWith: { first, _ in first })
      self.ids = ids
    }

    func holds(_ job: Job, _ plan: inout SchedulePlan) -> Bool {
      if names.contains(job.name) || ids.contains(job.name.id) { return true }
      guard let wanted = anywhere[job.name.id] else { return false }
      plan.findings.append(
        Finding(
          .warning, job.name.id, wanted.definition.place,
          "there is another job of this ID in \(job.name.parent.location), which is left alone: give the definition a"
            + " location to say which is meant."))
      return true
    }
  }

  // MARK: Jobs without a definition

  private func sort(_ jobs: [Job], _ plan: inout SchedulePlan) {
    // While a class cannot even be named, any job may be its.
    let mayDelete = wishes.prunes && !set.unread.contains { $0.id == nil }
    for job in jobs {
      if ownership.name(in: job.name.id) == nil {
        plan.foreign.append(job)
      } else if mayDelete {
        plan.deleted.append(job)
      } else {
        plan.stale.append(job)
      }
    }
  }

  private func renames(_ plan: SchedulePlan) -> [SchedulePlan.Rename] {
    plan.added.compactMap { addition in
      guard let url = addition.job.url else { return nil }
      let same = (plan.deleted + plan.stale).first { $0.url == url }
      return same.map {
        let hasMoved = $0.name.id == addition.job.name.id
        return SchedulePlan.Rename(
          from: $0.name.id, to: addition.job.name.id, oldLocation: hasMoved ? $0.name.parent.location : nil)
      }
    }
  }

  private func addNotes(_ plan: inout SchedulePlan) {
    if !scope.others.isEmpty, plan.added.contains(where: { $0.job.name.parent == scope.parent }) {
      plan.notes.append(
        "New jobs go to \(scope.parent.location), the first of the context's locations; a definition's location:, or"
          + " --location, chooses another.")
    }
    if ownership.app == nil {
      let library =
        set.isDjango
        ? " The library's schedule_tasks would write every job again on each run, and delete none either." : ""
      plan.notes.append(
        "No app name is set (DJANGO_CLOUD_TASKS_APP_NAME, app: or --app), so no job can be told to be the app's own:"
          + " job IDs have no prefix, and nothing is deleted." + library)
    }
    if wishes.prunes, set.unread.contains(where: { $0.id == nil }) {
      plan.notes.append("Nothing is deleted while a definition cannot be read: a job may be its.")
    }
  }
}

extension SchedulePlan {
  fileprivate mutating func putInOrder() {
    added.sort { $0.job.name.id < $1.job.name.id }
    updated.sort { $0.before.name.id < $1.before.name.id }
    deleted.sort { $0.name.id < $1.name.id }
    stale.sort { $0.name.id < $1.name.id }
    unchanged.sort { $0.name.id < $1.name.id }
    foreign.sort { $0.name.id < $1.name.id }
  }
}

extension Job {
  /// Where it goes, for people.
  package var targetWords: String {
    switch target {
    case .http(let target): SecretMask.url(target.url)
    case .pubsub(let target): "the topic \(target.topicName)"
    case .appEngine(let target): "App Engine \(target.relativeURI)"
    case .other: "of an unknown kind"
    }
  }
}
