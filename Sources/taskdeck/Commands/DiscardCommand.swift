// `tasks discard`: plan, show, ask, act.

import ArgumentParser
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension TasksCommand {
  struct Discard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "discard",
      abstract: "Delete tasks, with their contents kept in the journal so that it can be undone.",
      discussion: """
        Lists the queue completely, freezes the names of the tasks that match, shows the plan, and acts on exactly \
        those. Criteria given together must all hold.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @OptionGroup var criteria: TaskCriteria
    @Flag(help: "Keep nothing: the discard cannot be undone.") var noUndo = false

    func run() async throws {
      let wiring = try Wiring(options)
      // A dry run changes nothing, so it is let through to show what a change would be.
      if !options.dryRun { try wiring.allowChanges() }
      let queue = try await wiring.locate(queue: queue)
      let intent = await wiring.relating(try criteria.intent(wiring, queue, keepsContent: !noUndo), to: queue)
      if !options.dryRun { try Consent.check(queue.id, wiring, options) }
      let discarding = Discarding(bench: try Workbench(wiring), options: options)
      let plan = try await discarding.plan(intent)
      guard let question = try await discarding.show(plan, as: Outcomes.discard) else { return }
      try await discarding.confirmed(plan) { () throws(Exit) in
        try Consent.obtain("Discard \(question)?", about: queue.id, wiring, options)
      }
      guard let end = try await discarding.apply(plan) else { return }
      try await DiscardWords.finish(end, discarding.bench, options)
    }

  }
}

/// Which tasks of a queue a command is about. What is given together must all hold.
struct TaskCriteria: ParsableArguments {
  @Option(help: ArgumentHelp("A task ID; may be given several times.", valueName: "id")) var id: [String] = []
  @Option(name: .customLong("class"), help: ArgumentHelp("Tasks of exactly this class.", valueName: "name"))
  var taskClass: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tasks dispatched this often or more, the first time included.", valueName: "n"))
  var minRetries: Int?
  @Option(help: ArgumentHelp("Tasks that match a filter.", valueName: "expression")) var filter: String?
  @Flag(help: "Every task of the queue.") var all = false

  /// - Throws: when nothing is chosen, and for names, numbers and filters that cannot be understood.
  func intent(_ wiring: Wiring, _ queue: QueueName, keepsContent: Bool = true) throws -> DiscardIntent {
    let names = try id.map { try wiring.task($0, in: queue) }
    return try DiscardIntent(
      names.isEmpty ? .matching(in: [queue]) : .named(names), taskClass: taskClass, minRetries: minRetries,
      condition: try filter.map(FilterArgument.condition), everything: all, keepsContent: keepsContent)
  }
}

/// The steps that every command has which takes tasks away.
struct Discarding {
  let bench: Workbench
  let options: GlobalOptions

  func plan(_ intent: DiscardIntent) async throws -> DiscardPlan {
    let line = ProgressLine("")
    defer { line.end() }
    let isDry = options.dryRun
    return try await interruptible {
      try await bench.discards.plan(intent, acting: bench.acting, dryRun: isDry) { line.seen($0) }
    }
  }

  /// Shows the plan. Gives what is to be confirmed, such as `2 tasks`; nil when there is nothing to do, and then the
  /// outcome has been printed. A plan that must not be applied is given up and its objection thrown.
  func show(_ plan: DiscardPlan, as outcome: (DiscardPlan) -> JSON) async throws -> String? {
    if let objection = plan.objection {
      try await bench.discards.abandon(plan)
      throw objection
    }
    DiscardWords.say(plan, options)
    let isEmpty = plan.names.isEmpty && plan.entry == nil
    guard isEmpty || options.dryRun else { return Words.count(plan.names.count, "task") }
    Outcome.show(outcome(plan), options)
    return nil
  }

  /// Gives the plan up when the answer is no.
  func confirmed(_ plan: DiscardPlan, _ ask: () throws(Exit) -> Void) async throws {
    do { try ask() } catch {
      try await bench.discards.abandon(plan)
      throw error
    }
  }

  /// Gives the plan up when it cannot be begun; nil when it was empty.
  func apply(_ plan: DiscardPlan) async throws -> RunEnd? {
    let line = ProgressLine("discarded")
    defer { line.end() }
    do {
      let end = try await interruptible { try await bench.discarder.apply(plan) { line.show($0) } }
      line.end()
      if end != nil, let words = await bench.retire(), options.speaks { Output.say(words) }
      return end
    } catch let error as OperationError {
      // A journal that refused to seal keeps nothing to give up, and would only refuse again.
      if case .journal = error { throw error }
      try await bench.discards.abandon(plan)
      throw error
    }
  }
}

/// `--filter` of commands on tasks.
enum FilterArgument {
  static func parse(_ text: String, for kind: ResourceKind = .task) throws(OperationError) -> Filter {
    do { return try Filter(text, for: kind) } catch {
      throw .wrong(
        .init(
          title: "The filter is not understood", reason: "column \(error.column) of \(text): \(error.reason).",
          remedy: error.remedy ?? "For example: class:Sync* dispatches>=5 status:503 age>1h"))
    }
  }

  static func condition(_ text: String) throws(OperationError) -> TaskCondition {
    let filter = try parse(text)
    let now = Date()
    return TaskCondition(text: filter.description, needsBodies: filter.needsBody) { filter.matches($0, now: now) }
  }
}

/// Plans and outcomes in words, on standard error.
enum DiscardWords {
  static func say(_ plan: DiscardPlan, _ options: GlobalOptions) {
    guard !plan.names.isEmpty else { return Output.say("Nothing matches; nothing is discarded.") }
    let warnings = plan.warnings.map { "  ! \(printable($0.sentence))" }
    guard options.speaks else {
      if options.yes, !warnings.isEmpty { Output.say(warnings.joined(separator: "\n")) }
      return
    }
    Output.say((head(of: plan) + warnings).joined(separator: "\n"))
  }

  private static func head(of plan: DiscardPlan) -> [String] {
    let summary = plan.summary
    var lines = ["\(Words.count(summary.count, "task")) in \(plan.intent.queues.map(\.id).joined(separator: ", "))"]
    lines += counts(summary.byClass.map { ($0.key ?? "(no class)", $0.value) }, "class")
    lines += counts(summary.byStatus.map { ($0.key.description, $0.value) }, "last status")
    if let oldest = summary.oldest, let newest = summary.newest {
      lines.append("  created between \(oldest) and \(newest)")
    }
    return lines
  }

  private static func counts(_ counts: [(String, Int)], _ what: String) -> [String] {
    let sorted = counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    let shown = sorted.prefix(8).map { "  \(what) \(printable($0.0)): \(Words.count($0.1))" }
    return shown + (sorted.count > 8 ? ["  and \(sorted.count - 8) more of \(what)"] : [])
  }

  /// Prints how a discard ended, and throws when it did not end as it should.
  static func finish(_ end: RunEnd, _ bench: Workbench, _ options: GlobalOptions) async throws {
    // People get numbers; a list of a million names is written only for programs.
    if options.isJSON {
      try await Outcomes.write(discard: end.entry, bench.journal, into: Output(format: options.output).stream())
    }
    say(end, options)
    try end.check()
  }

  static func say(_ end: RunEnd, _ options: GlobalOptions) {
    guard options.speaks else { return }
    let counts = end.entry.counts
    var words = "\(Words.count(counts.discarded, "task")) discarded"
    if counts.gone > 0 { words += ", \(Words.count(counts.gone)) gone before (finished, or deleted by others)" }
    if end.failures > 0 { words += ", \(Words.count(end.failures)) failed" }
    let way = end.entry.header.keepsContent ? ". Undo: taskdeck journal undo \(end.entry.number)" : "."
    Output.say(words + way)
  }
}
