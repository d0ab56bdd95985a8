// A discard plan in the making.

import CloudModel
import Foundation
import JournalModel

/// Gathers tasks into a plan and stages their content.
struct PlanDraft {
  let intent: DiscardIntent
  var seen = 0
  var warnings: [PlanWarning] = []
  private(set) var summary = PlanSummary()
  private(set) var view: TaskView
  private var names = FrozenNames()
  private var passedOver: [PassedOver] = []
  private var keepsContent: Bool
  private var entry: Int?
  /// Writes the last tasks that were taken; ends in the bytes of their content.
  private var staging: Task<Result<Int, JournalError>, Never>?
  private let acting: Acting
  /// Nil for a dry run.
  private let journal: (any Journal)?
  private let surroundings: Surroundings
  private let start: Timestamp

  init(_ intent: DiscardIntent, acting: Acting, journal: (any Journal)?, _ surroundings: Surroundings) {
    self.intent = intent
    self.acting = acting
    self.journal = journal
    self.surroundings = surroundings
    start = surroundings.now()
    keepsContent = intent.keepsContent
    view = intent.keepsContent || intent.condition?.needsBodies == true ? .full : .basic
  }

  /// Adds tasks that match, once each. Their content is encoded and staged while the caller goes on reading.
  mutating func take(_ tasks: [CloudTask]) async throws(OperationError) {
    var fresh: [CloudTask] = []
    for task in tasks {
      guard !names.isFull else { throw .refused(Self.tooMany) }
      guard names.insert(task.name) else { continue }
      summary.add(task, now: start)
      fresh.append(task)
    }
    try await stage(fresh)
  }

  mutating func passOver(_ name: TaskName, _ reason: String) {
    passedOver.append(PassedOver(name: name, reason: reason))
  }

  /// Whether the error only says that bodies may not be read, and the plan can be made without.
  func mayDoWithoutBodies(after error: APIError) -> Bool {
    error.status == .permissionDenied && view == .full && intent.condition?.needsBodies != true
  }

  /// From here on without bodies. What was kept so far goes: half a trash is none.
  mutating func dropContent(_ error: APIError) async throws(OperationError) {
    view = .basic
    warnings.append(.noFullView(error))
    keepsContent = false
    try await abandon()
    // The permission is asked for with every call, so it can go away between two pages.
    guard names.isEmpty else {
      throw .refused(
        .init(
          title: "The permission to read bodies was lost", reason: "It was there when the listing began.",
          remedy: "Plan again."))
    }
  }

  /// Removes what is staged.
  mutating func abandon() async throws(OperationError) {
    // Its outcome matters no more, only that nothing is written after the entry is gone.
    if let staging { _ = await staging.value }
    staging = nil
    guard let journal, let staged = entry else { return }
    entry = nil
    try await journaled { () async throws(JournalError) in try await journal.abandon(staged) }
  }

  private mutating func stage(_ tasks: [CloudTask]) async throws(OperationError) {
    try await settle()
    guard !tasks.isEmpty else { return }
    try await openEntry()
    let (journal, entry, keepsContent) = (journal, entry, keepsContent)
    staging = Task {
      let items = tasks.map { PlannedItem(name: $0.name, content: keepsContent ? $0.data : nil) }
      do throws(JournalError) {
        if let journal, let entry { try await journal.append(items, to: entry) }
        return .success(items.reduce(0) { $0 + ($1.content?.count ?? 0) })
      } catch {
        return .failure(error)
      }
    }
  }

  /// Waits for what is being staged.
  mutating func settle() async throws(OperationError) {
    guard let staging else { return }
    self.staging = nil
    do { summary.bytes += try await staging.value.get() } catch { throw .journal(error) }
  }

  /// Opens the entry if it is not open: deleting a queue is recorded even when the queue is empty.
  mutating func openEntry() async throws(OperationError) {
    guard let journal, entry == nil else { return }
    let header = JournalHeader(
      action: intent.action, time: start, acting: acting, key: surroundings.random(), intent: intent.json,
      keepsContent: keepsContent)
    entry = try await journaled { () async throws(JournalError) in try await journal.open(header) }
  }

  func plan() -> DiscardPlan {
    var frozen = names
    frozen.freeze()
    let isStrict = if case .named = intent.choice { true } else { false }
    return DiscardPlan(
      intent: intent, names: frozen, summary: summary, warnings: allWarnings, refused: isStrict ? passedOver : [],
      passedOver: isStrict ? [] : passedOver, entry: entry, canUndo: keepsContent)
  }

  private var allWarnings: [PlanWarning] {
    var list: [PlanWarning] = []
    if summary.dispatching > 0 { list.append(.dispatching(summary.dispatching)) }
    if summary.scheduled > 0 { list.append(.scheduled(summary.scheduled)) }
    if summary.count > 0, !intent.keepsContent { list.append(.noUndo) }
    return list + warnings
  }

  private static let tooMany = OperationError.Refusal(
    title: "Too many tasks for one plan", reason: "Their names alone take more than 4 GiB.",
    remedy: "Discard them by class or by queue.")
}
