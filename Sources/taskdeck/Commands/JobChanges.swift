// `jobs create|update|delete|pause|resume|run`: each is a plan of one job, shown
// before and journaled, so that `schedule rollback` takes it back.

import ArgumentParser
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension JobsCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create",
      abstract: "Create a job; prints it.",
      discussion: "It asks nothing, because it only adds; a job that exists is left as it is.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: JobFlags
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws {
      let wiring = try Wiring(options)
      var new = Job(name: try wiring.job(job))
      new.timeZone = "Etc/UTC"
      try flags.apply(to: &new, wiring)
      guard !new.schedule.isEmpty, new.target != .other else {
        throw Exit.usage(
          "A job needs a schedule and a target",
          reason: "\(new.name.id) has \(new.schedule.isEmpty ? "no schedule" : "no target").",
          remedy: "Give --schedule and --uri, or --schedule and --topic.")
      }
      if !options.dryRun { try await JobsCommand.refuseExisting(new.name, wiring) }
      let change = ResourceChange(name: new.name.description, before: nil, after: new.json)
      try await JobChange(wiring: wiring, options: options).make(change, question: nil)
    }
  }

  /// Asked before: to an apply, a job that is as it should be counts as done, and here it is somebody else's.
  fileprivate static func refuseExisting(_ name: JobName, _ wiring: Wiring) async throws {
    do throws(APIError) { _ = try await wiring.scheduler.job(name) } catch {
      if error.status == .notFound { return }
      throw error
    }
    throw Exit.refused(
      "Job \(name.id) exists already", reason: "\(name) is there (ALREADY_EXISTS).",
      remedy: "Choose another ID, or change it: taskdeck jobs update \(name.id)")
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update",
      abstract: "Change some fields of a job; prints it as it is then.",
      discussion: "With --edit the job opens as JSON in $VISUAL or $EDITOR. Only the fields that differ are patched.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: JobFlags
    @Flag(help: "Change it in $VISUAL or $EDITOR.") var edit = false
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws {
      let wiring = try Wiring(options)
      let before = try await wiring.scheduler.job(try await wiring.locate(job: job))
      var after = before
      try flags.apply(to: &after, wiring)
      if edit { after = try await JobEditing.edited(after) }
      guard !JobComparison.changes(before, after, by: .spelling).isEmpty else {
        Output.say("\(before.name.id) is so already; nothing is changed.")
        return JobChange.show(before, options)
      }
      let change = ResourceChange(name: before.name.description, before: before.json, after: after.json)
      try await JobChange(wiring: wiring, options: options).make(
        change, question: "Change the job \(before.name.id)?", exactly: true)
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Delete a job; schedule rollback brings it back.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws {
      let wiring = try Wiring(options)
      let before = try await wiring.scheduler.job(try await wiring.locate(job: job))
      let change = ResourceChange(name: before.name.description, before: before.json, after: nil)
      try await JobChange(wiring: wiring, options: options).make(change, question: "Delete the job \(before.name.id)?")
    }
  }

  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pause", abstract: "Stop a job from firing; prints it.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws { try await JobChange.turn(job, to: .paused, "Pause", options) }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume", abstract: "Let a paused job fire again; prints it.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws { try await JobChange.turn(job, to: .enabled, "Resume", options) }
  }

  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Run a job now, whatever its state; prints it.",
      discussion:
        "Cloud Scheduler never runs two executions of one job at once: while one is under way, this one waits.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Job ID, or full resource name.") var job: String

    func run() async throws {
      let wiring = try Wiring(options)
      let found = try await wiring.scheduler.job(try await wiring.locate(job: job))
      if options.speaks { Output.say(printable("\(found.name.id) sends to \(found.targetWords) now")) }
      if options.dryRun { return JobChange.show(found, options) }
      try wiring.allowChanges()
      try Consent.obtain("Run the job \(found.name.id) now?", about: found.name.id, wiring, options)
      JobChange.show(try await wiring.jobs().run(found.name), options)
    }
  }
}

/// One job changed by hand.
struct JobChange {
  let wiring: Wiring
  let options: GlobalOptions

  /// Shows the change, asks unless `question` is nil, makes it and prints the job.
  func make(_ change: ResourceChange, question: String?, exactly: Bool = false) async throws {
    if options.speaks { Output.say(words(of: change).map(printable).joined(separator: "\n")) }
    let shown = change.after ?? change.before
    if options.dryRun { return shown.flatMap(Job.init(json:)).map { Self.show($0, options) } ?? () }
    try wiring.allowChanges()
    if let question { try Consent.obtain(question, about: change.id, wiring, options) }
    let bench = try ResourceBench(.job, wiring)
    let end = try await interruptible {
      try await bench.executor.apply(
        [change], action: .jobChange, intent: ["job": .string(change.name)], .init(isExact: exactly))
    }
    try ApplyOutcome.check(end)
    if options.speaks, let entry = end.journal { Output.say("Taken back by: taskdeck schedule rollback \(entry)") }
    guard change.after != nil, let name = shown.flatMap(Job.init(json:))?.name else {
      return change.before.flatMap(Job.init(json:)).map { Self.show($0, options) } ?? ()
    }
    Self.show(try await wiring.scheduler.job(name), options)
  }

  private func words(of change: ResourceChange) -> [String] {
    let head = "\(change.verb.mark) \(change.id)"
    switch (change.before.flatMap(Job.init(json:)), change.after.flatMap(Job.init(json:))) {
    case (let before?, let after?):
      let lines = JobComparison.changes(before, after, by: .spelling).map(SecretMask.masked).flatMap(FieldLines.lines)
      return [head] + lines.map { "      \($0.label): \($0.before) -> \($0.after)" }
    case (nil, let job?), (let job?, nil):
      return [head, "      schedule  \(job.schedule)  \(job.timeZone)", "      target    \(job.targetWords)"]
    case (nil, nil): return [head]
    }
  }

  static func turn(_ text: String, to state: State, _ verb: String, _ options: GlobalOptions) async throws {
    let wiring = try Wiring(options)
    let before = try await wiring.scheduler.job(try await wiring.locate(job: text))
    guard before.state != state else {
      Output.say("\(before.name.id) is \(state.rawValue.lowercased()) already; nothing is changed.")
      return show(before, options)
    }
    var after = before
    after.state = state
    let change = ResourceChange(name: before.name.description, before: before.json, after: after.json)
    try await JobChange(wiring: wiring, options: options).make(
      change, question: "\(verb) the job \(before.name.id)?", exactly: true)
  }

  static func show(_ job: Job, _ options: GlobalOptions) {
    let json = JobsCommand.json(job)
    Output(format: options.output).show(json) { Page.lines(of: json) + JobSchedule.lines(of: job, after: Date()) }
  }
}
