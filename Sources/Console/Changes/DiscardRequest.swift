// What a person chose to discard, as plain values: effects are compared in tests, and a plan made from one of these
// holds frozen names, so nothing is ever decided again when it is applied.

import CloudModel
import Foundation
import JournalModel
import Operations

/// Which tasks of a queue are to be planned for.
package struct DiscardRequest: Equatable, Sendable {
  package enum Choice: Equatable, Sendable {
    case task(TaskName)
    case taskClass(String)
    /// Dispatched at least so often, the first time included.
    case dispatched(atLeast: Int)
    /// What the filter of the tasks table lets through, as that table understands it.
    case filter(String)
    case marked(MarkedTasks)
    case everything
  }

  /// What becomes of the queue.
  package enum Action: Equatable, Sendable {
    case discard
    /// Every task of it, as `queues purge` does it.
    case purge
    /// After its tasks it is deleted itself, as `queues delete` does it.
    case delete(Queue)
  }

  package var queue: QueueName
  package var choice: Choice
  package var action: Action

  package init(_ queue: QueueName, _ choice: Choice, _ action: Action = .discard) {
    (self.queue, self.choice, self.action) = (queue, choice, action)
  }

  /// The queue is not there afterwards.
  package var deletesQueue: Bool { if case .delete = action { true } else { false } }

  /// The intent for the planner. `now` is what ages in a filter are counted from.
  ///
  /// - Throws: `.wrong` for a filter that cannot be read.
  package func intent(now: Date) throws(OperationError) -> DiscardIntent {
    var intent =
      switch choice {
      case .task(let name): try DiscardIntent(.named([name]))
      case .taskClass(let taskClass): try DiscardIntent(.matching(in: [queue]), taskClass: taskClass)
      case .dispatched(let least): try DiscardIntent(.matching(in: [queue]), minRetries: least)
      case .filter(let text):
        try DiscardIntent(.matching(in: [queue]), condition: try Self.condition(text, now: now))
      case .marked(let tasks): try DiscardIntent(.marked(tasks.names))
      case .everything: try DiscardIntent(.matching(in: [queue]), everything: true)
      }
    switch action {
    case .discard: break
    case .purge: intent.action = .purge
    case .delete(var queue):
      queue.stats = nil
      (intent.action, intent.queue) = (.deleteQueue, queue.json)
    }
    // Where the library puts tasks while their own queue is not to be had (django-cloud-tasks.md section 1).
    do { intent.relatedQueues = [try QueueName(parent: queue.parent, id: queue.id + "--temp")] } catch {
      // An ID that would be too long cannot exist.
      intent.relatedQueues = []
    }
    return intent
  }

  /// What rows cannot answer is asked of the tasks.
  private static func wholeCondition(_ text: String, now: Date) throws(OperationError) -> TaskCondition {
    do throws(FilterError) {
      let filter = try Filter(text, for: .task)
      return TaskCondition(text: text, needsBodies: filter.needsBody) { filter.matches($0, now: now) }
    } catch {
      throw .wrong(.init(title: "The filter is not understood", reason: error.reason, remedy: "Change the filter."))
    }
  }

  /// A task meets it when its row would be shown: the same words must not mean two things.
  private static func condition(_ text: String, now: Date) throws(OperationError) -> TaskCondition {
    switch TaskRow.filter(text) {
    case .success(let filter):
      let texts = TaskRow.columns.compactMap(\.search)
      return TaskCondition(text: text) { task in
        var maker = TaskRowMaker()
        return filter.matches(maker.row(of: task), texts, now: now)
      }
    case .failure(let refusal) where refusal.problem.column == nil:
      return try wholeCondition(text, now: now)
    case .failure(let refusal):
      throw .wrong(
        .init(
          title: "The filter is not understood", reason: refusal.problem.words, remedy: "Change the filter."))
    }
  }
}

/// Tasks that were marked when a person asked to discard them. There may be a million, so their names are made by whoever
/// plans, not while a key waits.
package struct MarkedTasks: Equatable, Sendable, ExpressibleByArrayLiteral {
  package let count: Int
  private let make: @Sendable () -> [TaskName]

  init(_ rows: MarkedRows<TaskRow>, in queue: QueueName) {
    count = rows.count
    make = { rows.compactMap { $0.name(in: queue) } }
  }

  package init(arrayLiteral names: TaskName...) { (count, make) = (names.count, { names }) }

  /// In the order of the list, each once.
  package var names: [TaskName] { make() }

  package static func == (left: MarkedTasks, right: MarkedTasks) -> Bool { left.names == right.names }
}
