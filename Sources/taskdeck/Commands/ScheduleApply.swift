// `schedule apply` and `schedule rollback`.

import ArgumentParser
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension ScheduleCommand {
  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "apply",
      abstract: "Bring the jobs to what the definitions say; prints the library's [+] [-] [~] lines.",
      discussion: """
        A plan of schedule diff --out is applied as it is, and refused when a job was changed since. Creates, then \
        patches only the fields that differ, then deletes; each step is journaled with the job as it was, and \
        schedule rollback brings it back. Run again after a failure, it goes on where it stopped.
        """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: DefinitionFlags
    @OptionGroup var wishes: PlanFlags
    @Argument(help: ArgumentHelp("A plan that schedule diff --out wrote.", valueName: "plan")) var plan: String?
    @Flag(help: "Go on with the others when a job is refused.") var keepGoing = false
    @Flag(help: "Run the task of each added or updated definition here, once, and change no job.") var eager = false

    func validate() throws {
      if plan != nil, flags.source != nil || wishes.prune || eager || !wishes.adopt.isEmpty {
        throw ValidationError("A plan is applied as it is: leave out --source, --prune, --adopt and --eager.")
      }
    }

    func run() async throws {
      let wiring = try Wiring(options)
      if let plan { return try await apply(file: plan, wiring) }
      if eager { return try await EagerRun(wiring: wiring, options: options).run(flags.wishes, wishes.wishes) }
      let survey = try await ScheduleSurvey.make(wiring, flags.wishes, wishes.wishes)
      try PlanWords.check(survey, options)
      let plan = survey.plan
      if options.speaks { Output.say(ScheduleReport.lines(plan).map(printable).joined(separator: "\n")) }
      try await apply(
        PlanFile(plan, endpoint: wiring.scheduler.endpoint),
        unread: plan.unread.map { ($0.id ?? $0.name, $0.reason) } + plan.errors.map { ($0.job, $0.message) }, wiring)
    }

    private func apply(file path: String, _ wiring: Wiring) async throws {
      let file = try PlanFile(path: path)
      try file.check(wiring)
      if options.speaks {
        let lines = file.changes.map { "\(ApplyWords.mark($0.verb)) \($0.id)" }
        Output.say((lines.isEmpty ? ["The plan changes nothing."] : lines).map(printable).joined(separator: "\n"))
      }
      try await apply(file, unread: [], wiring)
    }

    private func apply(_ file: PlanFile, unread: [(String, String)], _ wiring: Wiring) async throws {
      if options.dryRun { return ApplyWords.show(planned: file, unread, options) }
      try consent(file, wiring)
      let end = file.changes.isEmpty ? ChangeEnd(journal: nil, changes: []) : try await execute(file, wiring)
      try finish(end, file, unread)
    }

    // Swift 6.3.1 crashes on optimising the asynchronous function (signal 11 while it splits the coroutine) when these
    // two become part of it.
    @inline(never)
    private func consent(_ file: PlanFile, _ wiring: Wiring) throws {
      if file.changes.isEmpty { return }
      try wiring.allowChanges()
      let name = file.app ?? wiring.context.project.value
      try Consent.obtain("Change \(Words.count(file.changes.count, "job"))?", about: name, wiring, options)
    }

    @inline(never)
    private func finish(_ end: ChangeEnd, _ file: PlanFile, _ unread: [(String, String)]) throws {
      ApplyWords.show(end, file, unread, options)
      try ApplyWords.check(end, unread: unread.count)
      try ApplyWords.check(unread: unread, done: !file.changes.isEmpty)
    }

    private func execute(_ file: PlanFile, _ wiring: Wiring) async throws -> ChangeEnd {
      let bench = try JobBench(wiring)
      let keepsGoing = keepGoing
      return try await interruptible {
        try await bench.executor.apply(
          file.changes, action: .scheduleApply,
          intent: ["source": .string(file.source), "prune": .bool(file.isPruning)], .init(keepsGoing: keepsGoing))
      }
    }
  }

  struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rollback",
      abstract: "Bring jobs back to what they were before an apply, deleted ones included.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the journal entry (default: the newest apply not yet taken back).") var journal: Int?

    func run() async throws { try await RollbackWords.run(journal, try Wiring(options), options) }
  }
}

/// The outcome of `schedule apply`.
enum ApplyWords {
  static func mark(_ verb: ResourceChange.Verb) -> String {
    switch verb {
    case .create: "[+]"
    case .update: "[~]"
    case .delete: "[-]"
    }
  }

  static func show(planned file: PlanFile, _ unread: [(String, String)], _ options: GlobalOptions) {
    func ids(_ verb: ResourceChange.Verb) -> JSON {
      .array(file.changes.filter { $0.verb == verb }.map { .string($0.id) })
    }
    let json: JSON = [
      "journal": .null, "added": ids(.create), "updated": ids(.update), "deleted": ids(.delete),
      "unchanged": .array(file.unchanged.map(JSON.string)), "failed": failures(unread),
    ]
    Outcome.show(json, options)
  }

  static func show(_ end: ChangeEnd, _ file: PlanFile, _ unread: [(String, String)], _ options: GlobalOptions) {
    func ids(_ verb: String) -> JSON { .array(end.names(verb).map { .string($0.id) }) }
    let failed = ChangeReport.failures(end.failed, kind: "job") + (failures(unread).array ?? [])
    let json: JSON = [
      "journal": end.journal.map(JSON.integer) ?? .null, "added": ids("create"), "updated": ids("update"),
      "deleted": ids("delete"), "unchanged": .array(file.unchanged.map(JSON.string)), "failed": .array(failed),
    ]
    Output(format: options.output).show(json) { lines(end, file).map(printable) }
  }

  /// As `schedule_tasks` prints them, so that whoever reads deploy logs finds the same.
  private static func lines(_ end: ChangeEnd, _ file: PlanFile) -> [String] {
    let done = end.names("create") + end.names("delete") + end.names("update")
    let head = "Successfully scheduled \(done.count) tasks" + (file.domain.map { " to domain \($0)" } ?? "")
    return [head]
      + ["create", "delete", "update"].flatMap { verb in
        let mark = verb == "create" ? "[+]" : verb == "delete" ? "[-]" : "[~]"
        return end.names(verb).map { file.labels[$0.name] ?? $0.id }.sorted().map { "- \(mark) \($0)" }
      }
  }

  private static func failures(_ unread: [(String, String)]) -> JSON {
    .array(unread.map { ["job": .string($0.0), "error": .string($0.1)] })
  }

  /// Throws when the run did not end as it should; its outcome has been printed by then.
  static func check(_ end: ChangeEnd, unread: Int) throws(Exit) {
    let done = end.done.count
    let again = end.journal.map { "Run it again, or finish it with: taskdeck journal resume \($0)" } ?? "Run it again."
    if end.wasCancelled {
      throw Exit(
        failure: .init(title: "Stopped", reason: "The journal has what was done.", remedy: again), status: 130,
        code: .cancelled)
    }
    if let stop = end.stop {
      var exit = Exit(stop)
      exit.failure.remedy += " \(again)"
      throw Exit(failure: exit.failure, status: done > 0 ? 3 : 1, code: stop.status)
    }
    guard let first = end.failed.first else { return }
    throw Exit(
      failure: .init(
        title: "\(end.failed.count) of \(end.changes.count) failed",
        reason: printable("\(first.id): \(first.error ?? "it is not known how it ended")"),
        remedy: "Look: taskdeck journal show \(end.journal ?? 0)"),
      status: done > 0 ? 3 : 1, code: .unknown)
  }

  /// Definitions that could not be read are failures of the whole, even when every job was changed.
  static func check(unread: [(String, String)], done: Bool) throws(Exit) {
    guard let first = unread.first else { return }
    throw Exit(
      failure: .init(
        title: "\(Words.count(unread.count, "definition")) could not be used",
        reason: printable("\(first.0): \(first.1)"),
        remedy: "Mend it and apply again; its job was left alone."),
      status: done ? 3 : 1, code: .invalidArgument)
  }
}

/// `schedule rollback`, and what the journal does with such entries.
enum RollbackWords {
  static func run(_ number: Int?, _ wiring: Wiring, _ options: GlobalOptions) async throws {
    let bench = try JobBench(wiring)
    let plan = try await bench.rollbacks.plan(number, among: JobBench.actions, actingAs: bench.acting)
    if options.speaks { say(plan) }
    if options.dryRun { return show(planned: plan, options) }
    guard !plan.changes.isEmpty else { return show(ChangeEnd(journal: nil, changes: []), options) }
    try wiring.allowChanges()
    let name = wiring.context.app?.value ?? wiring.context.project.value
    try Consent.obtain(
      "Bring back \(Words.count(plan.changes.count, "job"))?", about: name, wiring, options)
    let end = try await interruptible {
      try await bench.executor.apply(
        plan.changes, action: .scheduleRollback, intent: ["rollback": .integer(plan.origin.number)],
        undoes: plan.origin.number, .init(keepsGoing: true, isExact: true))
    }
    show(end, options)
    try ApplyWords.check(end, unread: 0)
  }

  /// `journal resume` of an entry of jobs.
  static func resume(_ entry: JournalEntry, _ bench: JobBench, _ options: GlobalOptions) async throws {
    let end = try await interruptible { try await bench.executor.resume(entry.number) }
    if entry.header.action == .scheduleRollback {
      show(end, options)
    } else {
      ApplyWords.show(end, PlanFile(resumed: entry, end), [], options)
    }
    try ApplyWords.check(end, unread: 0)
  }

  private static func say(_ plan: RollbackPlanner.Plan) {
    let lines = plan.changes.map { change in
      let what = change.before == nil ? "is created again" : change.after == nil ? "is deleted" : "is as it was"
      return "  \(change.id) \(what)"
    }
    let head = "Taking back entry \(plan.origin.number) of \(plan.origin.header.time.wholeSeconds):"
    Output.say(
      ([head] + (lines.isEmpty ? ["  nothing was changed by it"] : lines)).map(printable).joined(separator: "\n"))
  }

  static func show(planned plan: RollbackPlanner.Plan, _ options: GlobalOptions) {
    Outcome.show(
      json(
        journal: nil, restored: plan.changes.filter { $0.after != nil }.map(\.id),
        deleted: plan.changes.filter { $0.after == nil }.map(\.id), failed: []), options)
  }

  static func show(_ end: ChangeEnd, _ options: GlobalOptions) {
    let restored = (end.names("create") + end.names("update")).map(\.id)
    let deleted = end.names("delete").map(\.id)
    Outcome.show(
      json(
        journal: end.journal, restored: restored, deleted: deleted,
        failed: ChangeReport.failures(end.failed, kind: "job")), options)
    if options.speaks {
      Output.say(
        "\(Words.count(restored.count, "job")) brought back, \(deleted.count) deleted, \(end.failed.count) failed.")
    }
  }

  private static func json(journal: Int?, restored: [String], deleted: [String], failed: [JSON]) -> JSON {
    [
      "journal": journal.map(JSON.integer) ?? .null, "restored": .array(restored.map(JSON.string)),
      "deleted": .array(deleted.map(JSON.string)), "failed": .array(failed),
    ]
  }
}
