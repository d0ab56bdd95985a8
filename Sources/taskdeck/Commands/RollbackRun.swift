// `schedule rollback`, `subscriptions rollback`, and what the journal's own commands do
// with entries of whole resources.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Store

/// Takes back, or goes on with, a change of resources of one kind.
struct RollbackRun {
  private let wiring: Wiring
  private let options: GlobalOptions
  private let bench: ResourceBench

  /// Opens the journal, if none is given. Nothing is sent.
  init(
    _ kind: ChangeKind, _ wiring: Wiring, _ options: GlobalOptions, journal: SQLiteJournal? = nil
  ) throws(Exit) {
    (self.wiring, self.options) = (wiring, options)
    bench = try ResourceBench(kind, wiring, journal: journal)
  }

  private var noun: String { bench.kind.noun }

  /// Takes back an entry; without a number, the newest of the kind that was not taken back yet.
  func run(_ number: Int?) async throws {
    let plan = try await bench.rollbacks.plan(number, actingAs: bench.acting)
    if options.speaks { say(plan) }
    if options.dryRun { return show(planned: plan) }
    guard !plan.changes.isEmpty else { return show(ChangeEnd(journal: nil, changes: [])) }
    try wiring.allowChanges()
    let name = wiring.context.app?.value ?? wiring.context.project.value
    try Consent.obtain("Bring back \(Words.count(plan.changes.count, noun))?", about: name, wiring, options)
    let bench = bench
    let end = try await interruptible { try await bench.roll(back: plan) }
    show(end)
    try ApplyOutcome.check(end)
  }

  /// `journal resume`.
  func resume(_ entry: JournalEntry) async throws {
    let bench = bench
    let end = try await interruptible { try await bench.executor.resume(entry.number) }
    if entry.header.action == bench.kind.rollback {
      show(end)
      return try ApplyOutcome.check(end)
    }
    try ApplyOutcome(kind: bench.kind).finish(end, options)
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

  private func show(planned plan: RollbackPlanner.Plan) {
    Outcome.show(
      json(
        journal: nil, restored: plan.changes.filter { $0.after != nil }.map(\.id),
        deleted: plan.changes.filter { $0.after == nil }.map(\.id), failed: []), options)
  }

  private func show(_ end: ChangeEnd) {
    let restored = (end.names("create") + end.names("update")).map(\.id)
    let deleted = end.names("delete").map(\.id)
    Outcome.show(
      json(
        journal: end.journal, restored: restored, deleted: deleted,
        failed: ChangeReport.failures(end.failed, kind: noun)), options)
    if options.speaks {
      Output.say(
        "\(Words.count(restored.count, noun)) brought back, \(deleted.count) deleted, \(end.failed.count) failed.")
    }
  }

  private func json(journal: Int?, restored: [String], deleted: [String], failed: [JSON]) -> JSON {
    [
      "journal": journal.map(JSON.integer) ?? .null, "restored": .array(restored.map(JSON.string)),
      "deleted": .array(deleted.map(JSON.string)), "failed": .array(failed),
    ]
  }
}
