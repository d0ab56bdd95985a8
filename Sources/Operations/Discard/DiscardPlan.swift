// A discard, planned: what will be deleted, by name, and what to know before.

import CloudModel
import JournalModel

/// Something a person should know before the plan is applied.
package enum PlanWarning: Equatable, Sendable {
  /// These tasks are being handled right now: deleting them does not stop their handlers.
  case dispatching(Int)
  /// These tasks are not due yet and were never tried.
  case scheduled(Int)
  /// Bodies may not be read, so the discard cannot be undone; it takes `--no-undo` to go on.
  case noFullView(APIError)
  /// `--no-undo`: nothing is kept.
  case noUndo
  /// Tasks of the same class are in another queue, where they stay; `atLeast` when the look stopped early.
  case sameClass(queue: QueueName, count: Int, atLeast: Bool)
  /// Related queues that could not be looked into.
  case unseen(queue: QueueName, APIError)
  /// More queues than the list budget should be spent on.
  case notLookedInto(Int)
  /// The other queues could not be listed.
  case unlisted(APIError)

  package var sentence: String {
    switch self {
    case .dispatching(let count):
      "\(tasks(count)) being dispatched right now; discarding does not stop the handler."
    case .scheduled(let count): "\(tasks(count)) scheduled for later and never tried."
    case .noFullView: "Bodies may not be read (cloudtasks.tasks.fullView is missing), so this could not be undone."
    case .noUndo: "Nothing is kept: this cannot be undone."
    case .sameClass(let queue, let count, let atLeast):
      "\(atLeast ? "At least " : "")\(tasks(count)) of the same class in the queue \(queue.id); they stay."
    case .notLookedInto(let count):
      count == 1
        ? "1 other queue was not looked into, to spare the list budget."
        : "\(count) other queues were not looked into, to spare the list budget."
    case .unlisted(let error): "The other queues could not be listed: \(error.line)"
    case .unseen(let queue, let error): "The queue \(queue.id) could not be looked into: \(error.line)"
    }
  }
}

private func tasks(_ count: Int) -> String { count == 1 ? "1 task is" : "\(count) tasks are" }

/// A task that will not be discarded although it was named, and why.
package struct PassedOver: Equatable, Sendable {
  package var name: TaskName
  package var reason: String

  package init(name: TaskName, reason: String) { (self.name, self.reason) = (name, reason) }
}

/// A discard with its names frozen.
package struct DiscardPlan: Sendable {
  package let intent: DiscardIntent
  package let names: FrozenNames
  package let summary: PlanSummary
  package let warnings: [PlanWarning]
  /// Tasks asked for by ID that are not there, are of another class or below the number of dispatches. A command that
  /// was given any of them does nothing.
  package let refused: [PassedOver]
  /// Marked tasks that are not there any more, or do not match.
  package let passedOver: [PassedOver]
  /// The entry in which the plan is staged; nil for a dry run, and when nothing matched.
  package let entry: Int?
  /// Whether what is discarded can be put back.
  package let canUndo: Bool

  /// What stands in the way of applying it; nil when nothing does.
  package var objection: OperationError? {
    if !refused.isEmpty { return .refused(refusal) }
    if intent.keepsContent, !canUndo, !names.isEmpty {
      return .refused(
        .init(
          title: "This discard could not be undone",
          reason: "The permission cloudtasks.tasks.fullView is missing, so the tasks' bodies cannot be kept.",
          remedy: "Ask for that permission, or say --no-undo to discard without a way back."))
    }
    return nil
  }

  private var refusal: OperationError.Refusal {
    let first = refused.prefix(10).map { "\($0.name.id): \($0.reason)" }.joined(separator: "; ")
    let more = refused.count > 10 ? "; and \(refused.count - 10) more" : ""
    return .init(
      title: refused.count == 1 ? "That task is not to be discarded" : "Some of these tasks are not to be discarded",
      reason: first + more, remedy: "Leave out these IDs, or the criteria they do not meet.")
  }
}
