// `schedule`: definitions against the jobs of Cloud Scheduler.

import ArgumentParser
import CloudModel
import Console
import Foundation
import Operations
import Schedules

struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Definitions of schedules, and the jobs that Cloud Scheduler has.",
    subcommands: [Diff.self, Apply.self, Rollback.self, Next.self, Explain.self])

  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "Show what would be added, updated and deleted; changes nothing.",
      discussion: """
        A job is the app's own if its ID is the app, the delimiter and a name, or if a definition names it and its target \
        lies under the app's endpoint. All others are foreign and never touched. Without --prune the app's own jobs that \
        no definition names are called stale and left alone.
        """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: DefinitionFlags
    @OptionGroup var wishes: PlanFlags
    @Flag(help: "End with 2 when there is anything to add, update or delete.") var exitCode = false
    @Option(help: ArgumentHelp("Write the plan to this file, for schedule apply.", valueName: "file")) var out: String?

    func run() async throws {
      let wiring = try Wiring(options)
      let survey = try await ScheduleSurvey.make(wiring, flags.wishes, wishes.wishes)
      let plan = survey.plan
      try PlanWords.check(survey, options)
      if let out { try PlanFile(plan, endpoint: wiring.scheduler.endpoint).write(to: out) }
      Output(format: options.output).show(ScheduleReport.json(plan)) { ScheduleReport.lines(plan).map(printable) }
      if exitCode, !plan.isEmpty { throw ExitCode(2) }
    }
  }

  struct Next: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "next",
      abstract: "Print the next times at which a schedule fires, one RFC 3339 time in UTC a line.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "unix-cron, a macro such as @hourly, or English such as \"every 2 hours\".") var expression: String
    @Option(help: ArgumentHelp("The zone it is read in (default: UTC).", valueName: "zone")) var timeZone: String?
    @Option(help: ArgumentHelp("How many times.", valueName: "n")) var count = 5
    @Option(help: ArgumentHelp("Times after this one (default: now).", valueName: "time")) var after: Timestamp?

    func validate() throws {
      guard (1...10_000).contains(count) else {
        throw ValidationError("--count must be from 1 to 10000, not \(count).")
      }
    }

    func run() throws {
      let schedule = try ScheduleCommand.schedule(expression)
      let zone = try ScheduleCommand.zone(timeZone)
      let times = schedule.upcoming(count, after: after?.date ?? Date(), in: zone).map { Timestamp($0).description }
      let format = Output(format: options.output)
      switch options.output {
      case .table, .jsonl: Output.write(times.map { options.output == .table ? "\($0)\n" : "\"\($0)\"\n" }.joined())
      case .json: format.show(.array(times.map(JSON.string))) { [] }
      }
      guard times.isEmpty else { return }
      Output.say("never")
      throw ExitCode(1)
    }
  }

  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "explain", abstract: "Say in words when a schedule fires.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "unix-cron, a macro such as @hourly, or English such as \"every 2 hours\".") var expression: String
    @Option(help: ArgumentHelp("The zone it is read in (default: UTC).", valueName: "zone")) var timeZone: String?

    func run() throws {
      let schedule = try ScheduleCommand.schedule(expression)
      let zone = try ScheduleCommand.zone(timeZone)
      var job = Job(name: try JobName(parent: LocationName(project: "-", location: "-"), id: "-"))
      (job.schedule, job.timeZone) = (expression, zone.identifier == "GMT" ? "Etc/UTC" : zone.identifier)
      let preview = FirePreview(before: nil, after: job, now: Date())
      let json: JSON = [
        "schedule": .string(expression), "timeZone": .string(job.timeZone), "words": .string(schedule.explanation),
        "frequency": .string(schedule.frequency),
        "next": .array(preview.after.times.map { .string(Timestamp($0).description) }),
      ]
      Output(format: options.output).show(json) {
        ["\(schedule.explanation), \(Words.zoneName(zone)); \(schedule.frequency)"]
          + ScheduleReport.preview(preview).dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
      }
    }
  }

  /// A schedule that was written on the command line; its fault is shown below it.
  static func schedule(_ text: String) throws(Exit) -> Schedule {
    do throws(ScheduleError) { return try Schedule(text) } catch {
      let carets = String(repeating: " ", count: error.column - 1) + String(repeating: "^", count: error.length)
      throw .usage(
        "That is not a schedule", reason: "Column \(error.column): \(error.reason).", excerpt: [text, carets],
        remedy: error.remedy ?? "Write five fields, such as \"0 3 * * *\".")
    }
  }

  static func zone(_ name: String?) throws(Exit) -> TimeZone {
    guard let name, !TimeZones.isUTC(name) else { return .gmt }
    if let zone = TimeZones.zone(named: name) { return zone }
    let near = TimeZones.nearest(to: name).prefix(3).joined(separator: ", ")
    throw .usage(
      "There is no such time zone", reason: "\"\(name)\" is not a name of the tz database.",
      remedy: near.isEmpty ? "Write one such as Europe/Paris." : "Near it: \(near).")
  }
}

/// What a plan may do.
struct PlanFlags: ParsableArguments {
  @Flag(help: "Delete the app's own jobs that no definition names.") var prune = false

  @Option(
    help: ArgumentHelp(
      "A job that a definition names and that is not told to be the app's own; may be given several times.",
      valueName: "job"))
  var adopt: [String] = []

  var wishes: SchedulePlanner.Wishes { .init(prunes: prune, adopted: Set(adopt)) }
}

/// What is said of a plan on standard error.
enum PlanWords {
  /// Says warnings and notes.
  ///
  /// - Throws: `Exit` with 64 when a definitions file holds what Cloud Scheduler would refuse. Classes of a Django project
  ///   are left out one by one instead.
  static func check(_ survey: ScheduleSurvey, _ options: GlobalOptions) throws(Exit) {
    let plan = survey.plan
    if !survey.definitions.isDjango, let first = plan.errors.first {
      throw .usage(
        "The definitions cannot be used", reason: first.lines[0],
        excerpt: Array(plan.errors.flatMap(\.lines).dropFirst()),
        remedy: "Mend \(first.place) and the others, then try again.")
    }
    guard options.speaks else { return }
    for finding in plan.findings { Output.say(finding.lines.map(printable).joined(separator: "\n")) }
    for unread in plan.unread {
      Output.say(printable("\(unread.place): \(unread.name) cannot be read: \(unread.reason)"))
    }
    for note in plan.notes { Output.say(printable("note: \(note)")) }
  }
}
