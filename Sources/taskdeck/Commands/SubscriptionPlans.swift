// `subscriptions diff`, `apply` and `rollback`: subscribers of the code against the
// subscriptions of Pub/Sub.

import ArgumentParser
import CloudAPI
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension SubscriptionsCommand {
  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "Show what would be added, updated and deleted; changes nothing.",
      discussion: """
        Compares the SubscriberTask classes of a Django project, or the list under subscriptions: in a definitions file, \
        with what Pub/Sub has. A subscription is the app's own if its ID is the app, the delimiter and a name; all others \
        are foreign and never touched. Without --prune the app's own that no definition names are called stale.
        """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: DefinitionFlags
    @OptionGroup var wishes: SubscriptionPlanFlags
    @Flag(help: "End with 2 when there is anything to add, update or delete.") var exitCode = false

    func run() async throws {
      let plan = try await SubscriptionSurvey.make(try Wiring(options), flags, wishes.wishes, options).plan
      Output(format: options.output).show(SubscriptionReport.json(plan)) {
        SubscriptionReport.lines(plan).map(printable)
      }
      if exitCode, !plan.isEmpty { throw ExitCode(2) }
    }
  }

  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "apply",
      abstract: "Bring the subscriptions to what the definitions say.",
      discussion: """
        Creates missing topics, then subscriptions, patches only what differs, deletes last. Each step is journaled with \
        the subscription as it was; subscriptions rollback brings it back, without the messages that were in it.
        """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: DefinitionFlags
    @OptionGroup var wishes: SubscriptionPlanFlags
    @Flag(help: "Go on with the others when one is refused.") var keepGoing = false

    func run() async throws {
      let wiring = try Wiring(options)
      let survey = try await SubscriptionSurvey.make(wiring, flags, wishes.wishes, options)
      let plan = survey.plan
      if options.speaks { Output.say(SubscriptionReport.lines(plan).map(printable).joined(separator: "\n")) }
      if options.dryRun { return SubscriptionWords.show(planned: plan, options) }
      if plan.changes.isEmpty {
        SubscriptionWords.show(ChangeEnd(journal: nil, changes: []), plan, options)
      } else {
        try wiring.allowChanges()
        try Consent.obtain(
          "Change \(Words.count(plan.changes.count, "resource")) of Pub/Sub?",
          about: survey.name, wiring, options)
        let end = try await execute(plan, wiring)
        SubscriptionWords.show(end, plan, options)
        try ApplyWords.check(end, unread: 0)
      }
      try ApplyWords.check(unread: SubscriptionWords.unusable(plan), done: !plan.changes.isEmpty)
    }

    private func execute(_ plan: SubscriptionPlan, _ wiring: Wiring) async throws -> ChangeEnd {
      let bench = try SubscriptionBench(wiring)
      let keepsGoing = keepGoing
      return try await interruptible {
        try await bench.executor.apply(
          plan.changes, action: .subscriptionApply,
          intent: ["source": .string(plan.source), "prune": .bool(plan.isPruning)], .init(keepsGoing: keepsGoing))
      }
    }
  }

  struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rollback",
      abstract: "Bring subscriptions back to what they were before an apply, deleted ones included.",
      discussion: "The messages that a deleted subscription held do not come back.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the journal entry (default: the newest apply not yet taken back).") var journal: Int?

    func run() async throws {
      let wiring = try Wiring(options)
      let bench = try SubscriptionBench(wiring)
      let plan = try await bench.rollbacks.plan(
        journal, among: [.subscriptionApply, .subscriptionRollback], actingAs: bench.acting)
      if options.speaks { say(plan) }
      if options.dryRun { return RollbackWords.show(planned: plan, options) }
      guard !plan.changes.isEmpty else { return RollbackWords.show(ChangeEnd(journal: nil, changes: []), options) }
      try wiring.allowChanges()
      try Consent.obtain(
        "Bring them back?", about: wiring.context.app?.value ?? wiring.context.project.value, wiring, options)
      let end = try await interruptible {
        try await bench.executor.apply(
          plan.changes, action: .subscriptionRollback, intent: ["rollback": .integer(plan.origin.number)],
          undoes: plan.origin.number, .init(keepsGoing: true, isExact: true))
      }
      RollbackWords.show(end, options)
      try ApplyWords.check(end, unread: 0)
    }

    private func say(_ plan: RollbackPlanner.Plan) {
      let lines = plan.changes.map { change in
        let what = change.before == nil ? "is created again" : change.after == nil ? "is deleted" : "is as it was"
        return "  \(change.id) \(what)"
      }
      let head = "Taking back entry \(plan.origin.number) of \(plan.origin.header.time.wholeSeconds):"
      Output.say(
        ([head] + (lines.isEmpty ? ["  nothing was changed by it"] : lines)).map(printable).joined(separator: "\n"))
    }
  }
}

/// What a plan of subscriptions may do.
struct SubscriptionPlanFlags: ParsableArguments {
  @Flag(help: "Delete the app's own subscriptions that no definition names.") var prune = false

  @Option(
    help: ArgumentHelp(
      "A subscription that a definition names and that is not told to be the app's own; may be given several times.",
      valueName: "subscription"))
  var adopt: [String] = []

  var wishes: SchedulePlanner.Wishes { .init(prunes: prune, adopted: Set(adopt)) }
}

/// Definitions and subscriptions, read and compared.
struct SubscriptionSurvey {
  let plan: SubscriptionPlan
  /// What a person types to confirm a change of it.
  let name: String

  /// Reads both; says warnings and notes. Nothing is changed.
  ///
  /// - Throws: `Exit` with 64 when a definitions file holds what Pub/Sub would refuse.
  static func make(
    _ wiring: Wiring, _ flags: DefinitionFlags, _ wishes: SchedulePlanner.Wishes, _ options: GlobalOptions
  ) async throws -> SubscriptionSurvey {
    let definitions = try await DefinitionSource.find(flags.source, wiring.configuration).read(wiring)
    let scope = ScheduleSurvey.scope(wiring, definitions, flags.wishes)
    let service = CloudSubscriptionService(client: try wiring.pubsub)
    let project = scope.parent.project
    let plan = SubscriptionPlanner(definitions, scope, wishes).plan(
      against: try await service.subscriptions(in: project), topics: try await service.topics(in: project).map(\.name))
    try check(plan, definitions.isDjango, options)
    return SubscriptionSurvey(plan: plan, name: scope.ownership.app ?? project)
  }

  private static func check(_ plan: SubscriptionPlan, _ isDjango: Bool, _ options: GlobalOptions) throws(Exit) {
    if !isDjango, let first = plan.errors.first {
      throw .usage(
        "The definitions cannot be used", reason: printable(plan.errors.flatMap(\.lines).joined(separator: "\n  ")),
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

/// The outcome of `subscriptions apply`.
enum SubscriptionWords {
  /// What is defined and was left out, and why.
  static func unusable(_ plan: SubscriptionPlan) -> [(String, String)] {
    plan.unread.map { ($0.id ?? $0.name, $0.reason) } + plan.errors.map { ($0.job, $0.message) }
  }

  static func show(planned plan: SubscriptionPlan, _ options: GlobalOptions) {
    func ids(_ verb: ResourceChange.Verb) -> [String] { plan.changes.filter { $0.verb == verb }.map(\.id) }
    Outcome.show(json(nil, ids(.create), ids(.update), ids(.delete), plan, []), options)
  }

  static func show(_ end: ChangeEnd, _ plan: SubscriptionPlan, _ options: GlobalOptions) {
    func ids(_ verb: String) -> [String] { end.names(verb).map(\.id) }
    let outcome = json(
      end.journal, ids("create"), ids("update"), ids("delete"), plan,
      ChangeReport.failures(end.failed, kind: "subscription"))
    Output(format: options.output).show(outcome) { lines(end).map(printable) }
  }

  private static func json(
    _ journal: Int?, _ added: [String], _ updated: [String], _ deleted: [String], _ plan: SubscriptionPlan,
    _ failed: [JSON]
  ) -> JSON {
    let unusable = unusable(plan).map { JSON.object(["subscription": .string($0.0), "error": .string($0.1)]) }
    return [
      "journal": journal.map(JSON.integer) ?? .null, "added": .array(added.map(JSON.string)),
      "updated": .array(updated.map(JSON.string)), "deleted": .array(deleted.map(JSON.string)),
      "unchanged": .array(plan.unchanged.map { .string($0.name.id) }), "failed": .array(failed + unusable),
    ]
  }

  /// As `initialize_subscribers` prints them.
  private static func lines(_ end: ChangeEnd) -> [String] {
    let marks = [("create", "[+]"), ("delete", "[-]"), ("update", "[~]")]
    return ["Successfully initialized \(end.done.count) subscribers"]
      + marks.flatMap { verb, mark in end.names(verb).map(\.id).sorted().map { "- \(mark) \($0)" } }
  }
}
