// The table of a queue's tasks, and the page about one.

import CloudModel
import Foundation
import Terminal

struct TasksScreen: TableScreen {
  var table: WritableKeyPath<ConsoleState, TableModel<TaskRow>> & Sendable { \.tasks }
  var tab: Tab { .tasks }
  var before: Screen? { .queues }
  var lane: Lane { .tasks }
  var noun: String { "task" }

  var scopes: [Scope] { [.table, .tasks, .queues, .changing] }
  func queue(_ state: ConsoleState) -> QueueName? { state.openQueue }

  func crumbs(_ state: ConsoleState) -> [String] { ["queues"] + (state.openQueue.map { [$0.id] } ?? []) }

  func lanes(_ state: ConsoleState) -> [Lane] {
    if state.openQueue == nil { return [.queues] }
    let look: [Lane] = state.currentLook == nil ? [] : [.look]
    return (ScreenLayout(size: state.size).preview == nil ? [.tasks] : [.tasks, .preview]) + look
  }

  func failure(_ state: ConsoleState) -> Failure? {
    state.openQueue == nil ? state.queues.content.failure : state.tasks.content.failure
  }

  func summary(_ state: ConsoleState) -> [Span] {
    state.openQueue == nil ? [] : state.lookSpans + tableSummary(state.tasks, noun, failing: failingWord)
  }

  func loading(_ state: ConsoleState) -> String { "tasks of \(state.openQueue?.id ?? "?")" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    let queue = state.openQueue?.id ?? "The queue"
    return ("No tasks.", "\(queue) is empty: all that came was done.\(state.offer(.newTask, "puts one into it"))")
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    if state.openQueue != nil {
      return renderTable(state.tasks, TableWords(self, state), state, layout, &frame)
    }
    let text = state.queues.content.latest == nil ? "Loading queues..." : "No queue."
    renderMiddle([(text, Style(.dim)), ("1 shows the queues, Enter opens one.", Style(.dim))], in: layout.body, &frame)
  }

  func preview(_ state: ConsoleState) -> Document? {
    guard let openQueue = state.openQueue, let row = state.tasks.current else { return nil }
    if let previewed = state.previewedTask, previewed.row.id == row.id { return previewed.document }
    return Document.waiting(row, in: openQueue)
  }

  func opened(_ state: ConsoleState) -> OpenedPage? {
    guard let openQueue = state.openQueue, let row = state.tasks.current, let name = row.name(in: openQueue) else {
      return nil
    }
    return OpenedPage(
      screen: Screen(TaskPage(name: name)), document: Document.waiting(row, in: openQueue),
      at: state.tasks.content.latest?.at)
  }

  /// A list that still arrives is called off: on a queue of a million tasks it would go on for minutes.
  func leave(for next: Screen, _ state: inout ConsoleState) -> [Effect] {
    var effects = state.abandon(.look)
    if state.lanes[.tasks]?.waiting != nil {
      let due = state.lanes[.tasks]?.due ?? .distantPast
      effects += state.abandon(.tasks)
      let isIncomplete = state.tasks.content.latest == nil || state.tasks.isPartial
      state.lanes[.tasks]?.due = isIncomplete ? .distantPast : due
    }
    return effects
  }

  func discardSheet(_ state: ConsoleState) -> DiscardSheet? {
    // Where the filter hides every row, the marks and the numbers are still to be had.
    guard let openQueue = state.openQueue, !state.tasks.rows.isEmpty else { return nil }
    return state.taskSheet(in: openQueue, state.tasks.current?.name(in: openQueue), state.tasks.current)
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    guard let queue = state.openQueue, let row = state.tasks.current, let name = row.name(in: queue) else { return [] }
    return taskCopies(name, row, state) + rowCopies(state)
  }
}

struct TaskPage: PageScreen {
  let name: TaskName

  var tab: Tab { .tasks }
  var before: Screen? { .tasks }
  var scopes: [Scope] { [.page, .tasks, .queues, .changing] }
  func queue(_ state: ConsoleState) -> QueueName? { name.queue }
  func crumbs(_ state: ConsoleState) -> [String] { ["queues", name.queue.id, sanitised(name.id)] }
  func load(_ generation: Generation) -> Effect? { .loadTask(name, generation) }

  func discardSheet(_ state: ConsoleState) -> DiscardSheet? {
    state.taskSheet(in: name.queue, name, state.tasks.row(id: name.id))
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    taskCopies(name, state.tasks.row(id: name.id), state) + state.pushCopies
  }
}

private func taskCopies(_ name: TaskName, _ row: TaskRow?, _ state: ConsoleState) -> [Copy] {
  [Copy(title: "ID", text: name.id), Copy(title: "full name", text: name.description)]
    + (row.map { $0.url.isEmpty ? [] : [Copy(title: "URL", text: $0.url)] } ?? [])
    + EquivalentCommands(context: state.context).task(name)
}

extension Screen {
  static let tasks = Screen(TasksScreen())
}
