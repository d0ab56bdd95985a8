// The journal: what was changed, and taking it back.

import ArgumentParser
import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Store

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal", abstract: "The record of every change, with the contents that can be restored.",
    subcommands: [List.self, Show.self, Resume.self, Undo.self, Export.self, Prune.self, Replays.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the entries, newest first.")
    @OptionGroup var options: GlobalOptions

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      let entries = try await journal.entries()
      var printer = Output(format: options.output).list(JournalCommand.columns) { (entry: JournalEntry) in
        Outcomes.list([entry])[0] ?? .null
      }
      printer.print(entries)
      printer.finish()
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show an entry and what happened to each of its tasks.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the entry.") var number: Int

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      let shown = try await Outcomes.show(try await journal.entry(number), journal)
      Output(format: options.output).show(shown) { JournalCommand.lines(of: shown) }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Print an entry as JSON lines, each task as it was before it was discarded.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the entry.") var number: Int

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      try await Outcomes.export(try await journal.entry(number), journal) { Output.write($0.compact + "\n") }
    }
  }

  struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Remove old entries. Interrupted ones are kept; what is removed can no longer be undone.")
    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp("Remove entries older than this.", valueName: "span")) var olderThan: Span?
    @Option(help: ArgumentHelp("Keep the newest entries up to this many bytes.", valueName: "bytes")) var maxBytes: Int?

    func validate() throws {
      if olderThan == nil, maxBytes == nil { throw ValidationError("Give --older-than, --max-bytes or both.") }
    }

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      try Consent.obtainHere("Remove old entries for good?", options)
      let since = olderThan.map { Timestamp(Date().addingTimeInterval(-$0.duration.inSeconds)) }
      let pruned = try await journal.prune(.init(since: since, bytes: maxBytes))
      let outcome: JSON = [
        "removed": .array(pruned.removed.map(JSON.integer)), "bytes": .integer(pruned.bytes),
        "kept": .array(pruned.kept.map(JSON.integer)),
      ]
      Output(format: options.output).show(outcome) { ["\(Words.count(pruned.removed.count)) removed"] }
    }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume",
      abstract: "Finish an entry that was interrupted. It asks nothing: its plan was confirmed.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the entry.") var number: Int

    func run() async throws {
      let wiring = try Wiring(options)
      try wiring.allowChanges()
      let bench = try Workbench(wiring)
      let entry = try await bench.journal.entry(number)
      if JobBench.actions.contains(entry.header.action) {
        return try await RollbackWords.resume(entry, try JobBench(wiring, journal: bench.journal), options)
      }
      let line = ProgressLine(entry.header.action == .undo ? "restored" : "discarded")
      let number = number
      let end = try await interruptible {
        entry.header.action == .undo
          ? try await bench.restorer.resume(number) { line.show($0) }
          : try await bench.discarder.resume(number) { line.show($0) }
      }
      line.end()
      if entry.header.action == .move, let queue = try entry.header.movesTo {
        return try await Moving(bench: bench, options: options).finish(end, to: queue)
      }
      try await UndoWords.finish(end, skipped: [], bench, options)
    }
  }

  struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "undo", abstract: "Put back what a discard took away.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the entry.") var number: Int
    @Flag(help: "Also tasks that were gone before we deleted them.") var includeGone = false

    func run() async throws {
      let wiring = try Wiring(options)
      if !options.dryRun { try wiring.allowChanges() }
      let bench = try Workbench(wiring)
      if JobBench.actions.contains(try await bench.journal.entry(number).header.action) {
        return try await RollbackWords.run(number, wiring, options)
      }
      try await UndoWords.undo(number, .init(includesGone: includeGone), wiring, bench, options)
    }
  }

  private static var columns: [TableColumn<JournalEntry>] {
    [
      TableColumn("ENTRY", .trailing) { String($0.number) },
      TableColumn("TIME") { $0.header.time.wholeSeconds.description },
      TableColumn("ACTION") { $0.header.action.rawValue },
      TableColumn("STATE") { $0.progress.rawValue },
      TableColumn("PLANNED", .trailing) { Words.count($0.counts.planned) },
      TableColumn("DISCARDED", .trailing) { Words.count($0.counts.discarded) },
      TableColumn("GONE", .trailing) { Words.count($0.counts.gone) },
      TableColumn("FAILED", .trailing) { Words.count($0.counts.failed) },
      TableColumn("RESTORED", .trailing) { Words.count($0.counts.restored) },
      TableColumn("ENDPOINT") { $0.header.acting.endpoint },
    ]
  }

  private static func lines(of shown: JSON) -> [String] {
    var head = shown.object ?? JSONObject()
    let items = head["items"]?.array ?? []
    head["items"] = nil
    return Page.lines(of: .object(head))
      + items.map { item in
        let error = item["error"]?.string.map { "  \($0)" } ?? ""
        let restored = item["restoredAs"]?.string.map { "  as \($0)" } ?? ""
        return printable("  \(item["state"]?.string ?? "")  \(item["name"]?.string ?? "")\(restored)\(error)")
      }
  }
}

extension TasksCommand {
  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore",
      abstract: "Put discarded tasks back: those of a journal entry, or one by its ID.")
    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp("Number of the journal entry.", valueName: "n")) var journal: Int?
    @Option(help: ArgumentHelp("ID of one discarded task.", valueName: "id")) var id: String?
    @Option(help: ArgumentHelp("Put them into this queue instead of their own.", valueName: "queue")) var into: String?

    func validate() throws {
      if (journal == nil) == (id == nil) { throw ValidationError("Give --journal N or --id ID.") }
    }

    func run() async throws {
      let wiring = try Wiring(options)
      if !options.dryRun { try wiring.allowChanges() }
      var destination: QueueName?
      if let into {
        let queue = try await wiring.locate(queue: into)
        _ = try await wiring.tasks.queue(queue)
        destination = queue
      }
      let bench = try Workbench(wiring)
      if let id {
        let number = try await bench.restores.discard(ofTask: id)
        return try await UndoWords.undo(number, .init(ids: [id], into: destination), wiring, bench, options)
      }
      if let journal { try await UndoWords.undo(journal, .init(into: destination), wiring, bench, options) }
    }
  }
}

/// Undoing, with its words.
enum UndoWords {
  static func undo(
    _ number: Int, _ choice: RestorePlanner.Choice, _ wiring: Wiring, _ bench: Workbench, _ options: GlobalOptions
  ) async throws {
    let plan = try await interruptible {
      try await bench.restores.plan(undoing: number, choice, dryRun: options.dryRun)
    }
    do {
      let queue = try await QueueRevival.needed(by: plan.origin, wiring)
      say(plan, queue, options)
      if options.dryRun || (plan.names.isEmpty && queue == nil) {
        if !options.dryRun { try await bench.restores.abandon(plan) }
        return Outcome.show(Outcomes.undo(plan), options)
      }
      let name = (choice.into ?? plan.names.first?.queue ?? queue?.name)?.id ?? String(number)
      try Consent.obtain("Put back \(Words.count(plan.names.count, "task"))?", about: name, wiring, options)
      if let queue { try await QueueRevival.revive(queue, wiring) }
    } catch {
      try await bench.restores.abandon(plan)
      throw error
    }
    try await apply(plan, bench, options)
  }

  static func apply(_ plan: RestorePlan, _ bench: Workbench, _ options: GlobalOptions) async throws {
    let line = ProgressLine("restored")
    let end = try await interruptible { try await bench.restorer.apply(plan) { line.show($0) } }
    line.end()
    guard let end else { return Outcome.show(Outcomes.undo(plan), options) }
    try await finish(end, skipped: plan.skipped, bench, options)
  }

  static func finish(
    _ end: RunEnd, skipped: [PassedOver], _ bench: Workbench, _ options: GlobalOptions
  ) async throws {
    guard end.entry.header.action == .undo else { return try await DiscardWords.finish(end, bench, options) }
    if options.isJSON {
      Outcome.show(try await Outcomes.undo(end.entry, skipped: skipped, bench.journal), options)
    }
    if options.speaks {
      Output.say("\(Words.count(end.entry.counts.restored, "task")) restored, \(Words.count(end.failures)) failed.")
    }
    try end.check()
  }

  private static func say(_ plan: RestorePlan, _ queue: Queue?, _ options: GlobalOptions) {
    guard options.speaks || plan.names.isEmpty else { return }
    if let queue { Output.say("The queue \(queue.name.id) is created again.") }
    guard !plan.names.isEmpty else { return Output.say("Nothing is left to put back.") }
    let head = "\(Words.count(plan.names.count, "task")) to put back, \(Words.count(plan.skipped.count)) skipped"
    Output.say(([head] + plan.notes.map { "  \($0)" }).joined(separator: "\n"))
  }
}
