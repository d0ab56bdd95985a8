// What a person asks to be discarded. All criteria given together must hold.
//
// The library's `discard(task_id, min_retries)` silently does nothing when the ID
// is of another class (django-cloud-tasks.md section 1); here it is refused, with
// its reason.

import CloudModel
import JournalModel

/// A condition on tasks, opaque to the planner.
package struct TaskCondition: Sendable {
  /// As the person wrote it.
  package var text: String
  /// Whether it looks into bodies, which only the FULL view has.
  package var needsBodies: Bool
  package var matches: @Sendable (CloudTask) -> Bool

  package init(text: String, needsBodies: Bool = false, matches: @escaping @Sendable (CloudTask) -> Bool) {
    (self.text, self.needsBodies, self.matches) = (text, needsBodies, matches)
  }
}

/// Which tasks are to be discarded.
package struct DiscardIntent: Sendable {
  /// What the criteria choose from.
  package enum Choice: Sendable {
    /// Whatever the criteria match in these queues.
    case matching(in: [QueueName])
    /// Tasks asked for by ID: each must be there and meet the criteria, or it is refused.
    case named([TaskName])
    /// Rows marked on the screen: those that are not there any more, or do not match, are passed over.
    case marked([TaskName])
  }

  package let choice: Choice
  /// Exactly this class.
  package let taskClass: String?
  /// Dispatched at least so often, the first time included, as in the library.
  package let minRetries: Int?
  package let condition: TaskCondition?
  /// Content is kept, so that the discard can be undone.
  package let keepsContent: Bool
  /// Queues in which tasks of the same class are looked for, to warn of them. Those that do not exist are passed over.
  package var relatedQueues: [QueueName] = []
  /// Why the other queues are not known; nil when they are, or are not wanted.
  package var relatedQueuesRefusal: APIError?
  /// What the journal calls it.
  package var action = JournalAction.discard
  /// The queue as it is, where it is going to be deleted after its tasks.
  package var queue: JSON?
  /// The queue the tasks are going to be put into.
  package var destination: QueueName?

  /// Throws `.wrong` for a negative `minRetries`, and when nothing is chosen at all: to take a whole queue, say
  /// `everything`.
  package init(
    _ choice: Choice, taskClass: String? = nil, minRetries: Int? = nil, condition: TaskCondition? = nil,
    everything: Bool = false, keepsContent: Bool = true
  ) throws(OperationError) {
    if let minRetries, minRetries < 0 {
      throw Self.wrong(
        "the number of dispatches is \(minRetries)",
        remedy: "Give --min-retries a number from 0: tasks dispatched at least so often, the first time included.")
    }
    if case .matching(let queues) = choice {
      guard !queues.isEmpty else { throw Self.wrong("no queue is named", remedy: "Name a queue.") }
      guard everything || taskClass != nil || minRetries != nil || condition != nil else {
        throw Self.wrong(
          "nothing says which tasks", remedy: "Give --id, --class, --min-retries or --filter; --all takes every task.")
      }
    }
    self.choice = choice
    self.taskClass = taskClass
    self.minRetries = minRetries
    self.condition = condition
    self.keepsContent = keepsContent
  }

  private static func wrong(_ reason: String, remedy: String) -> OperationError {
    .wrong(.init(title: "Cannot tell what to discard", reason: reason, remedy: remedy))
  }

  /// Whether the task meets the criteria; the cheapest is asked first, for most tasks of a large queue meet none.
  package func admits(_ task: CloudTask) -> Bool {
    if let minRetries, task.dispatchCount < minRetries { return false }
    if let taskClass, task.taskClass != taskClass { return false }
    return condition?.matches(task) ?? true
  }

  /// Why the task does not meet the criteria; nil when it does.
  package func objection(to task: CloudTask) -> String? {
    if let taskClass, task.taskClass != taskClass {
      return "its class is \(task.taskClass ?? "unknown, it has no HTTP URL"), not \(taskClass)"
    }
    if let minRetries, task.dispatchCount < minRetries {
      return "it was \(times(task.dispatchCount)), not \(minRetries) times or more"
    }
    if let condition, !condition.matches(task) { return "it does not match \(condition.text)" }
    return nil
  }

  /// The queues that are acted on, each once.
  package var queues: [QueueName] {
    let all =
      switch choice {
      case .matching(let queues): queues
      case .named(let names), .marked(let names): names.map(\.queue)
      }
    var seen: Set<QueueName> = []
    return all.filter { seen.insert($0).inserted }
  }

  /// For the journal.
  package var json: JSON {
    var object: JSONObject = ["queues": .array(queues.map { .string($0.description) })]
    switch choice {
    case .matching: break
    case .named(let names): object["ids"] = .array(names.map { .string($0.id) })
    case .marked(let names): object["marked"] = .integer(names.count)
    }
    object["queue"] = queue
    object["to"] = destination.map { .string($0.description) }
    object["class"] = taskClass.map(JSON.string)
    object["minRetries"] = minRetries.map(JSON.integer)
    object["filter"] = condition.map { .string($0.text) }
    return .object(object)
  }
}

private func times(_ count: Int) -> String {
  switch count {
  case 0: "never dispatched"
  case 1: "dispatched once"
  default: "dispatched \(count) times"
  }
}
