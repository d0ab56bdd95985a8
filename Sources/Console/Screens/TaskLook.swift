// Filters that the rows of a queue cannot answer: bodies, headers, deadlines. The tasks are listed whole, and what
// matches is kept by name. It costs as many list calls as the list itself, so it begins when the filter is kept, not
// with each letter.

import CloudModel
import Foundation
import Operations
import Terminal

/// A look into each task of a queue.
struct TaskLook: Equatable, Sendable {
  let queue: QueueName
  /// The filter.
  let text: String
  /// IDs of the tasks that match; nil until all have been looked at.
  var found: Set<String>?
  /// Why it could not be done.
  var failure: Failure?
}

extension Lane {
  static let look = Lane(name: "look", share: 0.5, isUnasked: { $0.currentLook.map { $0.found == nil } ?? false }) {
    state, generation in
    guard let look = state.currentLook else { return nil }
    return .lookIntoTasks(look.queue, filter: look.text, generation)
  }
}

extension ConsoleState {
  /// The look that the filter on the screen asked for.
  var currentLook: TaskLook? {
    guard let look, look.queue == openQueue, look.text == tasks.filter else { return nil }
    return look
  }

  /// Keeps a filter of the tasks, and looks into them where their rows cannot answer it.
  mutating func applyFilter(_ text: String) -> [Effect] {
    editTable(.filter(text, now))
    guard tasks.filterProblem?.column == nil || screen != .tasks else { return [] }
    return remember(.filter(tableName, text)) + lookIntoTasks()
  }

  /// Whether the filter is right, and only whole tasks can answer it.
  var needsLook: Bool { screen == .tasks && tasks.filterProblem.map { $0.column == nil } ?? false }

  mutating func lookIntoTasks() -> [Effect] {
    guard needsLook, let openQueue else { return [] }
    look = TaskLook(queue: openQueue, text: tasks.filter)
    tasks.apply(.known(tasks.filter, []))
    return abandon(.look)
  }

  mutating func take(look answer: Result<[String], Failure>, calls: Int, _ generation: Generation) {
    guard awaits(generation, .look), let current = currentLook else { return }
    switch answer {
    case .success(let ids):
      settle(.look, calls: calls)
      look?.failure = nil
      look?.found = Set(ids)
      tasks.apply(.known(current.text, Set(ids)))
    case .failure(let failure):
      settle(.look, failure: failure)
      look?.failure = failure
    }
  }

  /// What is said beside the counts while tasks are looked into.
  var lookSpans: [Span] {
    guard let current = currentLook else { return [] }
    if let failure = current.failure { return [Span("✗ \(failure.title)  ", Style(.danger))] }
    return current.found == nil ? [Span("looking into each task...  ", Style(.info))] : []
  }
}
