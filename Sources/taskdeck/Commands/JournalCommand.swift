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
    subcommands: [List.self, Show.self, Resume.self, Undo.self, Export.self, Prune.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the entries, newest first.")
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
    static let configuration = CommandConfiguration(abstract: "Show an entry and what happened to each of its tasks.")
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
      abstract: "Remove old entries. Interrupted ones are kept; what is removed can no longer be undone.")
    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp("Remove entries older than this.", valueName: "span")) var olderThan: Span?
    @Option(help: ArgumentHelp("Keep the newest entries up to this many bytes.", valueName: "bytes")) var maxBytes: Int?

    func validate() throws {
      if olderThan == nil, maxBytes == nil { throw ValidationError("Give --older-than, --max-bytes or both.") }
    }

    func run() async throws {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      try Consent.obtain("Remove old entries for good?", options)
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
      abstract: "Finish an entry that was interrupted. It asks nothing: its plan was confirmed.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the entry.") var number: Int

    func run() async throws {
      let bench = try Workbench(try Wiring(options))
      let entry = try await bench.journal.entry(number)
      let line = ProgressLine(entry.header.action == .undo ? "restored" : "discarded")
      let number = number
      let end = try await interruptible {
        entry.header.action == .undo
          ? try await bench.restorer.resume(number) { line.show($0) }
          : try await bench.discarder.resume(number) { line.show($0) }
      }
      line.end()
      try await UndoWords.finish(end, skipped: [], bench, options)
    }
  }

  struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Put back what a discard took away.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Number of the entry.") var number: Int
    @Flag(help: "Also tasks that were gone before we deleted them.") var includeGone = false

    func run() async throws {
      let bench = try Workbench(try Wiring(options))
      try await UndoWords.undo(number, .init(includesGone: includeGone), bench, options)
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
      abstract: "Put discarded tasks back: those of a journal entry, or one by its ID.")
    @OptionGroup var options: GlobalOptions
    @Option(help: ArgumentHelp("Number of the journal entry.", valueName: "n")) var journal: Int?
    @Option(help: ArgumentHelp("ID of one discarded task.", valueName: "id")) var id: String?

    func validate() throws {
      if (journal == nil) == (id == nil) { throw ValidationError("Give --journal N or --id ID.") }
    }

    func run() async throws {
      let bench = try Workbench(try Wiring(options))
      if let id {
        let number = try await bench.restores.discard(ofTask: id)
        return try await UndoWords.undo(number, .init(ids: [id]), bench, options)
      }
      if let journal { try await UndoWords.undo(journal, .init(), bench, options) }
    }
  }
}

/// Undoing, with its words.
private enum UndoWords {
  static func undo(
    _ number: Int, _ choice: RestorePlanner.Choice, _ bench: Workbench, _ options: GlobalOptions
  ) async throws {
    let plan = try await bench.restores.plan(undoing: number, choice, dryRun: options.dryRun)
    do {
      say(plan)
      if options.dryRun || plan.names.isEmpty {
        if !options.dryRun { try await bench.restores.abandon(plan) }
        return show(Outcomes.undo(plan), options)
      }
      try Consent.obtain("Put back \(Words.count(plan.names.count, "task"))?", options)
    } catch {
      try await bench.restores.abandon(plan)
      throw error
    }
    let line = ProgressLine("restored")
    let end = try await interruptible { try await bench.restorer.apply(plan) { line.show($0) } }
    line.end()
    if let end { try await finish(end, skipped: plan.skipped, bench, options) }
  }

  static func finish(
    _ end: RunEnd, skipped: [PassedOver], _ bench: Workbench, _ options: GlobalOptions
  ) async throws {
    let isUndo = end.entry.header.action == .undo
    let outcome =
      isUndo
      ? try await Outcomes.undo(end.entry, skipped: skipped, bench.journal)
      : try await Outcomes.discard(end.entry, bench.journal)
    show(outcome, options)
    let count = { (key: String) in outcome[key]?.array?.count ?? 0 }
    if isUndo {
      Output.say("\(Words.count(count("restored"), "task")) restored, \(Words.count(count("failed"))) failed.")
    } else {
      DiscardWords.say(outcome, journal: end.entry.number, canUndo: end.entry.header.keepsContent)
    }
    try end.check(failed: count("failed"), done: count("restored") + count("discarded") + count("gone"))
  }

  private static func say(_ plan: RestorePlan) {
    guard !plan.names.isEmpty else { return Output.say("Nothing is left to put back.") }
    let head = "\(Words.count(plan.names.count, "task")) to put back, \(Words.count(plan.skipped.count)) skipped"
    Output.say(([head] + plan.notes.map { "  \($0)" }).joined(separator: "\n"))
  }

  private static func show(_ outcome: JSON, _ options: GlobalOptions) {
    if options.isJSON { Output(format: options.output).show(outcome) { [] } }
  }
}
