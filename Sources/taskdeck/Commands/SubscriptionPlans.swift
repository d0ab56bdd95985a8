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
      let outcome = ApplyOutcome(
        kind: .subscription, unchanged: plan.unchanged.map(\.name.id), unusable: plan.unusable)
      if options.dryRun { return outcome.show(planned: plan.changes, options) }
      guard !plan.changes.isEmpty else { return try outcome.finish(ChangeEnd(journal: nil, changes: []), options) }
      try wiring.allowChanges()
      try Consent.obtain(
        "Change \(Words.count(plan.changes.count, "resource")) of Pub/Sub?", about: survey.name, wiring, options)
      try outcome.finish(try await execute(plan, wiring), options)
    }

    private func execute(_ plan: SubscriptionPlan, _ wiring: Wiring) async throws -> ChangeEnd {
      let bench = try ResourceBench(.subscription, wiring)
      let keepsGoing = keepGoing
      return try await interruptible {
        try await bench.executor.apply(
          plan.changes, action: bench.kind.apply,
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

    func run() async throws { try await RollbackRun(.subscription, try Wiring(options), options).run(journal) }
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
    let service = try wiring.subscriptions()
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

extension SubscriptionPlan {
  /// What is defined and was left out, and why.
  fileprivate var unusable: [(id: String, reason: String)] {
    unread.map { ($0.id ?? $0.name, $0.reason) } + errors.map { ($0.job, $0.message) }
  }
}
