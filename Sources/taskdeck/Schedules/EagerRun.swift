// `schedule apply --eager`: what would be added or updated runs here, once, through
// its handler. Cloud Scheduler is asked what there is and told nothing. (The
// library's EAGER still deletes jobs: django-cloud-tasks.md, finding 4.)

import CloudModel
import Console
import Foundation
import Operations
import ReplayModel
import Settings

struct EagerRun {
  let wiring: Wiring
  let options: GlobalOptions

  func run(_ flags: DefinitionWishes, _ wishes: SchedulePlanner.Wishes) async throws {
    let survey = try await survey(flags, wishes)
    try PlanWords.check(survey, options)
    let jobs = survey.plan.added.map { ($0.definition, $0.job) } + survey.plan.updated.map { ($0.definition, $0.after) }
    if options.dryRun || jobs.isEmpty {
      if options.speaks { Output.say(jobs.isEmpty ? "Nothing is new or changed, so nothing runs." : "Would run:") }
      return show(survey.plan, ran: [], jobs.map { $0.1.name.id }, failed: [])
    }
    let bench = try ReplayBench(wiring.configuration, context: wiring.context)
    var (ran, failed): ([String], [JSON]) = ([], [])
    for (name, job) in jobs {
      let error = try await run(name, job, bench)
      if let error {
        failed.append(["job": .string(job.name.id), "error": .string(error)])
      } else {
        ran.append(job.name.id)
      }
    }
    show(survey.plan, ran: ran, [], failed: failed)
    if !failed.isEmpty {
      throw Exit(
        failure: Failure(
          title: "\(failed.count) of \(jobs.count) failed", reason: failed[0]["error"]?.string ?? "",
          remedy: "Read what it printed. No job was changed."), status: ran.isEmpty ? 1 : 3, code: .unknown)
    }
  }

  /// Without an answer of Cloud Scheduler every definition counts as new: this is for work without a cloud, too.
  private func survey(_ flags: DefinitionWishes, _ wishes: SchedulePlanner.Wishes) async throws -> ScheduleSurvey {
    let definitions = try await DefinitionSource.find(flags.source, wiring.configuration).read(wiring)
    do {
      return try await ScheduleSurvey.make(wiring, definitions, flags, wishes, now: Date())
    } catch let error as APIError where error.kind == .unreachable {
      if options.speaks { Output.say("note: Cloud Scheduler does not answer, so every definition runs.") }
      let scope = ScheduleSurvey.scope(wiring, definitions, flags)
      let plan = SchedulePlanner(definitions, scope, wishes, now: Date()).plan(against: [])
      return ScheduleSurvey(scope: scope, definitions: definitions, plan: plan)
    }
  }

  /// nil when it succeeded, else why it did not.
  private func run(_ name: String, _ job: Job, _ bench: ReplayBench) async throws -> String? {
    let handler = try bench.handlers.settled(bench.handlers.choice(for: job.taskClass ?? name))
    try check(handler)
    if options.speaks { Output.say(printable("running \(name) with \(handler.name) (\(handler.place))")) }
    let replay = await bench.run(replayJob(name, job, handler), isEdited: false) { line in
      Output.say(printable(line.text))
    }.replay
    switch replay.outcome {
    case .succeeded, .discarded: return nil
    default: return Failure(replay).map { "\($0.title): \($0.reason)" } ?? replay.outcome.rawValue
    }
  }

  /// A handler elsewhere may be production itself.
  private func check(_ handler: Handler) throws(Exit) {
    guard case .http(let http) = handler.kind, !isLoopbackURL(http.base), !options.yes else { return }
    throw .usage(
      "The handler \(handler.name) is not on this machine", reason: "It sends to \(http.base).",
      remedy: "Give --yes if that is what you mean.")
  }

  private func replayJob(_ name: String, _ job: Job, _ handler: Handler) -> ReplayJob {
    var (url, method, headers, body) = ("", "POST", [Header](), Data())
    if case .http(let target) = job.target {
      (url, method, headers, body) = (target.url, target.method ?? "POST", target.headers, target.body ?? Data())
    }
    var metadata = ReplayMetadata(
      taskID: "--SYNC--", queue: "", project: job.name.parent.project, location: job.name.parent.location)
    metadata.isCloudScheduler = true
    metadata.schedulerJob = job.name.id
    return ReplayJob(
      handler: handler, metadata: metadata, task: job.name.description, taskClass: job.taskClass ?? name, url: url,
      method: method, headers: headers, body: body, payload: body,
      timeout: handler.timeout ?? job.attemptDeadline ?? .seconds(180))
  }

  private func show(_ plan: SchedulePlan, ran: [String], _ would: [String], failed: [JSON]) {
    let json: JSON = [
      "journal": .null, "added": [], "updated": [], "deleted": [],
      "unchanged": .array(plan.unchanged.map { .string($0.name.id) }), "failed": .array(failed),
      "ran": .array(ran.map(JSON.string)), "planned": .array(would.map(JSON.string)),
    ]
    Output(format: options.output).show(json) {
      (would + ran).map { printable("- [run] \(plan.scope.ownership.name(in: $0) ?? $0)") }
    }
  }
}
