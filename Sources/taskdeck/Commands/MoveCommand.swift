// `tasks move`: out of one queue, into another. A discard whose tasks are put back
// elsewhere: a task that finishes meanwhile is not there to be moved, so none runs twice.

import ArgumentParser
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

extension TasksCommand {
  struct Move: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "move",
      abstract: "Move tasks to another queue.",
      discussion: """
        The tasks are taken out as by `tasks discard`, then created in the other queue, where their dispatch counts start \
        at 0. What was taken out and not yet created is in the journal. Criteria given together must all hold.
        """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Argument(help: "The queue to move them to.", completion: Offers.queues) var destination: String
    @OptionGroup var criteria: TaskCriteria

    func run() async throws {
      let wiring = try Wiring(options)
      if !options.dryRun { try wiring.allowChanges() }
      let (queue, destination) = (try await wiring.locate(queue: queue), try await wiring.locate(queue: destination))
      if queue == destination {
        throw Exit.usage(
          "The tasks are there already", reason: "\(queue) is both queues.", remedy: "Name another queue.")
      }
      _ = try await wiring.tasks.queue(destination)
      var intent = try criteria.intent(wiring, queue)
      (intent.action, intent.destination) = (.move, destination)
      if !options.dryRun { try Consent.check(queue.id, wiring, options) }
      try await move(intent, from: queue, to: destination, wiring)
    }

    private func move(
      _ intent: DiscardIntent, from queue: QueueName, to destination: QueueName, _ wiring: Wiring
    ) async throws {
      let discarding = Discarding(bench: try Workbench(wiring), options: options)
      let plan = try await discarding.plan(intent)
      guard let question = try await discarding.show(plan, as: { Moving.outcome($0, destination) }) else { return }
      try await discarding.confirmed(plan) { () throws(Exit) in
        // Without its content a task that was taken out could not be created again.
        guard plan.canUndo else {
          throw .refused(
            "The tasks cannot be moved", reason: "Their bodies may not be read.",
            remedy: "Ask for the permission cloudtasks.tasks.fullView.")
        }
        try Consent.obtain("Move \(question) to \(destination.id)?", about: queue.id, wiring, options)
      }
      guard let end = try await discarding.apply(plan) else { return }
      try await Moving(bench: discarding.bench, options: options).finish(end, to: destination)
    }
  }
}

/// The second half of a move.
struct Moving {
  let bench: Workbench
  let options: GlobalOptions

  /// Creates what was taken out in the other queue, prints the outcome, and throws when not all went well.
  func finish(_ end: RunEnd, to destination: QueueName) async throws {
    do throws(Exit) { try end.check() } catch {
      // What was not taken out is still in its queue; only what is nowhere must not stay so.
      guard error.status != 130, end.entry.counts.discarded > 0 else {
        throw error.adding(" Then: \(remedy(end, destination))")
      }
    }
    let moved = try await create(end.entry.number, in: destination)
    if options.isJSON { Outcome.show(try await Self.outcome(end.entry, moved, destination, bench.journal), options) }
    if options.speaks { say(end, moved, destination) }
    try end.check()
    try moved?.check()
  }

  private func remedy(_ end: RunEnd, _ destination: QueueName) -> String {
    "taskdeck tasks restore --journal \(end.entry.number) --into \(destination.id)"
  }

  private func create(_ number: Int, in destination: QueueName) async throws -> RunEnd? {
    let plan = try await bench.restores.plan(undoing: number, .init(into: destination))
    let line = ProgressLine("created")
    defer { line.end() }
    return try await interruptible { try await bench.restorer.apply(plan) { line.show($0) } }
  }

  private func say(_ end: RunEnd, _ moved: RunEnd?, _ destination: QueueName) {
    let gone = end.entry.counts.gone
    let words = gone > 0 ? ", \(Words.count(gone)) gone before (finished, or deleted by others)" : ""
    Output.say("\(Words.count(moved?.entry.counts.restored ?? 0, "task")) moved to \(destination.id)\(words).")
  }

  /// A dry run, and a move that matched nothing.
  static func outcome(_ plan: DiscardPlan, _ destination: QueueName) -> JSON {
    var object = Outcomes.discard(plan).object ?? [:]
    object["discarded"] = nil
    object["to"] = .string(destination.description)
    object["moved"] = []
    return .object(object)
  }

  /// `{"journal","planned","names","gone","failed","to","moved":[{"name","restoredAs"}]}`.
  private static func outcome(
    _ entry: JournalEntry, _ moved: RunEnd?, _ destination: QueueName, _ journal: any Journal
  ) async throws(JournalError) -> JSON {
    var object = try await Outcomes.discard(entry, journal).object ?? [:]
    object["discarded"] = nil
    object["to"] = .string(destination.description)
    object["moved"] = []
    guard let moved else { return .object(object) }
    let created = try await Outcomes.undo(moved.entry, journal)
    object["moved"] = created["restored"]
    object["failed"] = .array((object["failed"]?.array ?? []) + (created["failed"]?.array ?? []))
    return .object(object)
  }
}

extension Exit {
  /// With more to do.
  func adding(_ remedy: String) -> Exit {
    var exit = self
    exit.failure.remedy += remedy
    return exit
  }
}
