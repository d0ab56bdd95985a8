// `queues purge` and `queues delete`: everything in a queue, and the queue itself.
//
// The service's own purge deletes whatever is there when it gets there, and the
// contents are lost. So by default the tasks are listed, written to the trash and
// deleted by name, as in a discard; what arrives meanwhile stays. `--no-undo`
// takes the service's way.

import ArgumentParser
import CloudAPI
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension QueuesCommand {
  struct Purge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "purge",
      abstract: "Delete every task of a queue, with their contents kept in the journal so that it can be undone.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Flag(help: "Let the service purge the queue at once and keep nothing: it cannot be undone.") var noUndo = false

    func run() async throws {
      let work = try await Emptying(queue, .purge, noUndo: noUndo, options)
      try await work.run(question: "Purge the queue \(work.queue.name.id)?") {
        _ = try await work.wiring.tasks.purge($0)
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete",
      abstract: "Delete a queue, with its tasks kept in the journal so that it can be undone.",
      discussion: "Google Cloud does not let a queue of the same name be created again for some days.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Flag(help: "Keep nothing: it cannot be undone.") var noUndo = false

    func run() async throws {
      let work = try await Emptying(queue, .deleteQueue, noUndo: noUndo, options)
      try await work.run(question: "Delete the queue \(work.queue.name.id)?") { try await work.wiring.tasks.delete($0) }
    }
  }
}

/// The common way of purging and deleting.
private struct Emptying {
  let wiring: Wiring
  let queue: Queue
  private let action: JournalAction
  private let noUndo: Bool
  private let options: GlobalOptions

  init(_ name: String, _ action: JournalAction, noUndo: Bool, _ options: GlobalOptions) async throws {
    wiring = try Wiring(options)
    // A dry run changes nothing, so it is let through to show what a change would be.
    if !options.dryRun { try wiring.allowChanges() }
    queue = try await wiring.tasks.queue(try wiring.queue(name))
    if !options.dryRun { try Consent.check(queue.name.id, wiring, options) }
    (self.action, self.noUndo, self.options) = (action, noUndo, options)
  }

  /// `last` is the service's call that ends it; a purge needs it only when nothing is kept.
  func run(question: String, last: (QueueName) async throws -> Void) async throws {
    let discarding = Discarding(bench: try Workbench(wiring), options: planning)
    var intent = try DiscardIntent(.matching(in: [queue.name]), everything: true, keepsContent: !noUndo)
    intent.action = action
    intent.queue = action == .deleteQueue ? queue.json : nil
    let plan = try await discarding.plan(intent)
    if let objection = plan.objection {
      try await discarding.bench.discards.abandon(plan)
      throw objection
    }
    say(plan)
    if options.dryRun { return show(plan, nil, isDone: false) }
    try await discarding.confirmed(plan) { () throws(Exit) in
      try Consent.obtain(question, typing: queue.name.id, wiring, options)
    }
    let end = noUndo ? nil : try await discarding.apply(plan)
    try await finish(plan, end, last)
  }

  /// Without a trash the listing is only for the eye, so nothing is staged.
  private var planning: GlobalOptions {
    var planning = options
    planning.dryRun = options.dryRun || noUndo
    return planning
  }

  private func finish(
    _ plan: DiscardPlan, _ end: RunEnd?, _ last: (QueueName) async throws -> Void
  ) async throws {
    do {
      try end?.check()
      if action == .deleteQueue, !noUndo { try await refuseLateTasks() }
      if noUndo || action == .deleteQueue { try await last(queue.name) }
    } catch {
      show(plan, end, isDone: false)
      throw error
    }
    show(plan, end, isDone: true)
    if options.speaks {
      let way = end.map { " Undo: taskdeck journal undo \($0.entry.number)" } ?? ""
      Output.say("\(queue.name.id) \(action == .purge ? "purged" : "deleted").\(way)")
    }
  }

  /// Deleting the queue would take them along, and they are in no trash.
  private func refuseLateTasks() async throws {
    for try await page in wiring.tasks.taskPages(in: queue.name, pageSize: 1) where !page.items.isEmpty {
      throw Exit(
        failure: .init(
          title: "The queue \(queue.name.id) was not deleted",
          reason: "Tasks have arrived since it was listed; the listed ones are deleted and in the journal.",
          remedy: "Stop what creates them, then run it again; or say --no-undo."),
        status: 3, code: .failedPrecondition)
    }
  }

  private func say(_ plan: DiscardPlan) {
    if !plan.names.isEmpty { return DiscardWords.say(plan, options) }
    if options.speaks { Output.say("The queue \(queue.name.id) is empty.") }
  }

  /// `{"queue","journal","planned","gone","failed","purged"}`; a deletion says `deleted`. Numbers, not names: those are
  /// in the journal.
  private func show(_ plan: DiscardPlan, _ end: RunEnd?, isDone: Bool) {
    let counts = end?.entry.counts
    Outcome.show(
      .object([
        "queue": .string(queue.name.description), "journal": end.map { .integer($0.entry.number) } ?? .null,
        "planned": .integer(plan.names.count), "gone": .integer(counts?.gone ?? 0),
        "failed": .integer(end?.failures ?? 0), (action == .purge ? "purged" : "deleted"): .bool(isDone),
      ]), options)
  }
}

/// Undoing the deletion of a queue begins with the queue.
enum QueueRevival {
  /// The queue that the entry deleted and that is still away.
  static func needed(by entry: JournalEntry, _ wiring: Wiring) async throws -> Queue? {
    guard entry.header.action == .deleteQueue, let json = entry.header.intent["queue"] else { return nil }
    let queue = try JSONReader.read(json.data) { reader throws(JSONError) in try Queue(&reader) }
    do throws(APIError) {
      _ = try await wiring.tasks.queue(queue.name)
      return nil
    } catch {
      guard error.status == .notFound else { throw error }
      return queue
    }
  }

  /// Paused before the first task comes back, if it was.
  static func revive(_ queue: Queue, _ wiring: Wiring) async throws {
    try wiring.allowChanges()
    do throws(APIError) { _ = try await wiring.tasks.create(queue) } catch {
      guard error.status == .failedPrecondition else { throw error }
      var exit = Exit(error)
      exit.failure.remedy = "Its tasks stay in the journal: undo again when the service lets the name be used again."
      throw exit
    }
    if queue.state == .paused { _ = try await wiring.tasks.pause(queue.name) }
  }
}
