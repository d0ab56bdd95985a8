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
        let lines = file.changes.map { "\($0.verb.mark) \($0.id)" }
        Output.say((lines.isEmpty ? ["The plan changes nothing."] : lines).map(printable).joined(separator: "\n"))
      }
      try await apply(file, unread: [], wiring)
    }

    private func apply(_ file: PlanFile, unread: [(String, String)], _ wiring: Wiring) async throws {
      let outcome = ApplyOutcome(
        kind: .job, unchanged: file.unchanged, unusable: unread, domain: file.domain, labels: file.labels)
      if options.dryRun { return outcome.show(planned: file.changes, options) }
      try consent(file, wiring)
      let end = file.changes.isEmpty ? ChangeEnd(journal: nil, changes: []) : try await execute(file, wiring)
      try outcome.finish(end, options)
    }

    // Swift 6.3.1 crashes on optimising the asynchronous function (signal 11 while it splits the coroutine) when this
    // becomes part of it.
    @inline(never)
    private func consent(_ file: PlanFile, _ wiring: Wiring) throws {
      if file.changes.isEmpty { return }
      try wiring.allowChanges()
      let name = file.app ?? wiring.context.project.value
      try Consent.obtain("Change \(Words.count(file.changes.count, "job"))?", about: name, wiring, options)
    }

    private func execute(_ file: PlanFile, _ wiring: Wiring) async throws -> ChangeEnd {
      let bench = try ResourceBench(.job, wiring)
      let keepsGoing = keepGoing
      return try await interruptible {
        try await bench.executor.apply(
          file.changes, action: bench.kind.apply,
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

    func run() async throws { try await RollbackRun(.job, try Wiring(options), options).run(journal) }
  }
}
