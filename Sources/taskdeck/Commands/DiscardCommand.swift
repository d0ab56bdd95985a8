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
      abstract: "Delete tasks, with their contents kept in the journal so that it can be undone.",
      discussion: """
        Lists the queue completely, freezes the names of the tasks that match, shows the plan, and acts on exactly \
        those. Criteria given together must all hold.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.") var queue: String
    @Option(help: ArgumentHelp("A task ID; may be given several times.", valueName: "id")) var id: [String] = []
    @Option(name: .customLong("class"), help: ArgumentHelp("Tasks of exactly this class.", valueName: "name"))
    var taskClass: String?
    @Option(help: ArgumentHelp("Tasks dispatched this often or more, the first time included.", valueName: "n"))
    var minRetries: Int?
    @Option(help: ArgumentHelp("Tasks that match a filter.", valueName: "expression")) var filter: String?
    @Flag(help: "Every task of the queue.") var all = false
    @Flag(help: "Keep nothing: the discard cannot be undone.") var noUndo = false

    func run() async throws {
      let wiring = try Wiring(options)
      let queue = try wiring.queue(queue)
      let intent = try intent(wiring, queue)
      let bench = try Workbench(wiring)
      try await act(on: try await planned(intent, bench), bench)
    }

    private func intent(_ wiring: Wiring, _ queue: QueueName) throws -> DiscardIntent {
      let names = try id.map { try wiring.task($0, in: queue) }
      var intent = try DiscardIntent(
        names.isEmpty ? .matching(in: [queue]) : .named(names), taskClass: taskClass, minRetries: minRetries,
        condition: try filter.map(FilterArgument.condition), everything: all, keepsContent: !noUndo)
      // Where the library puts tasks while their own queue is not to be had (django-cloud-tasks.md section 1). An ID
      // that would be too long cannot exist.
      if let other = try? QueueName(parent: queue.parent, id: queue.id + "--temp") { intent.relatedQueues = [other] }
      return intent
    }

    private func planned(_ intent: DiscardIntent, _ bench: Workbench) async throws -> DiscardPlan {
      let line = ProgressLine("")
      defer { line.end() }
      let isDry = options.dryRun
      return try await interruptible {
        try await bench.discards.plan(intent, acting: bench.acting, dryRun: isDry) { line.seen($0) }
      }
    }

    private func act(on plan: DiscardPlan, _ bench: Workbench) async throws {
      do {
        if let objection = plan.objection { throw objection }
        DiscardWords.say(plan)
        if plan.names.isEmpty || options.dryRun { return show(Outcomes.discard(plan)) }
        try Consent.obtain("Discard \(Words.count(plan.names.count, "task"))?", options)
      } catch {
        try await bench.discards.abandon(plan)
        throw error
      }
      let line = ProgressLine("discarded")
      let end = try await interruptible { try await bench.discarder.apply(plan) { line.show($0) } }
      line.end()
      if let end { try await finish(end, bench) }
    }

    private func finish(_ end: RunEnd, _ bench: Workbench) async throws {
      let outcome = try await Outcomes.discard(end.entry, bench.journal)
      show(outcome)
      DiscardWords.say(outcome, journal: end.entry.number, canUndo: end.entry.header.keepsContent)
      let done = (outcome["discarded"]?.array?.count ?? 0) + (outcome["gone"]?.array?.count ?? 0)
      try end.check(failed: outcome["failed"]?.array?.count ?? 0, done: done)
    }

    /// For people the words on standard error say it all.
    private func show(_ outcome: JSON) {
      if options.isJSON { Output(format: options.output).show(outcome) { [] } }
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
  static func say(_ plan: DiscardPlan) {
    let summary = plan.summary
    guard !plan.names.isEmpty else { return Output.say("Nothing matches; nothing is discarded.") }
    var lines = ["\(Words.count(summary.count, "task")) in \(plan.intent.queues.map(\.id).joined(separator: ", "))"]
    lines += counts(summary.byClass.map { ($0.key ?? "(no class)", $0.value) }, "class")
    lines += counts(summary.byStatus.map { ($0.key.description, $0.value) }, "last status")
    if let oldest = summary.oldest, let newest = summary.newest {
      lines.append("  created between \(oldest) and \(newest)")
    }
    lines += plan.warnings.map { "  ! \($0.sentence)" }
    Output.say(lines.joined(separator: "\n"))
  }

  private static func counts(_ counts: [(String, Int)], _ what: String) -> [String] {
    let sorted = counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    let shown = sorted.prefix(8).map { "  \(what) \(printable($0.0)): \(Words.count($0.1))" }
    return shown + (sorted.count > 8 ? ["  and \(sorted.count - 8) more of \(what)"] : [])
  }

  static func say(_ outcome: JSON, journal: Int, canUndo: Bool) {
    let count = { (key: String) in outcome[key]?.array?.count ?? 0 }
    var words = "\(Words.count(count("discarded"), "task")) discarded"
    if count("gone") > 0 { words += ", \(Words.count(count("gone"))) gone before (finished, or deleted by others)" }
    if count("failed") > 0 { words += ", \(Words.count(count("failed"))) failed" }
    Output.say(words + (canUndo ? ". Undo: taskdeck journal undo \(journal)" : "."))
  }
}
