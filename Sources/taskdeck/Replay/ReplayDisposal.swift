// What becomes of a task after its replay: discarded through a plan that can be
// undone, or its payload enqueued anew.

import CloudAPI
import CloudModel
import Console
import Foundation
import JournalModel
import Operations

struct ReplayDisposal: Sendable {
  let wiring: Wiring
  let options: GlobalOptions

  /// Discards the tasks, which must be of queues. Gives the outcome as `tasks discard` prints it.
  func discard(_ subjects: [ReplaySubject]) async throws -> JSON {
    let names = subjects.map(\.task.name)
    guard let first = names.first else { return Self.nothing }
    let discarding = Discarding(bench: try Workbench(wiring), options: options)
    let plan: DiscardPlan
    do { plan = try await discarding.plan(try DiscardIntent(names.count == 1 ? .named(names) : .marked(names))) } catch
    {
      guard Self.isGone(error) else { throw error }
      if options.speaks {
        Output.say("The task \(first.id) is gone: it has finished, or others deleted it. Nothing is left to discard.")
      }
      return [
        "journal": .null, "planned": 0, "names": [], "discarded": [], "gone": [.string(first.description)],
        "failed": [],
      ]
    }
    if let objection = plan.objection {
      try await discarding.bench.discards.abandon(plan)
      throw objection
    }
    DiscardWords.say(plan, options)
    guard plan.entry != nil else { return Outcomes.discard(plan) }
    try await discarding.confirmed(plan) { () throws(Exit) in
      try Consent.obtain("Discard \(Words.count(plan.names.count, "task"))?", about: first.queue.id, wiring, options)
    }
    guard let end = try await discarding.apply(plan) else { return Outcomes.discard(plan) }
    let outcome = try await Outcomes.discard(end.entry, discarding.bench.journal)
    DiscardWords.say(end, options)
    try end.check()
    return outcome
  }

  /// A new task with the payload that ran; the old one stays.
  func requeue(_ subject: ReplaySubject) async throws -> JSON {
    let task = subject.task
    let new = NewTask(
      queue: task.name.queue, target: task.target, dispatchDeadline: task.dispatchDeadline, unknown: task.unknown)
    let created = try await wiring.tasks.create(new, view: .basic)
    if options.speaks { Output.say("Enqueued as \(created.name.id) in \(created.name.queue.id).") }
    return ["requeued": .string(created.name.description)]
  }

  private static var nothing: JSON {
    ["journal": .null, "planned": 0, "names": [], "discarded": [], "gone": [], "failed": []]
  }

  private static func isGone(_ error: any Error) -> Bool {
    if let error = error as? APIError { return error.status == .notFound }
    if case .api(let error)? = error as? OperationError { return error.status == .notFound }
    return false
  }
}
