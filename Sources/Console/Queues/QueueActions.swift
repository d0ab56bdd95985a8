// The keys that change queues, run tasks and make them.

import CloudModel
import Foundation
import Terminal

extension Scope {
  static let tasks = Scope("tasks", "Tasks", elsewhere: "only where tasks are shown")
}

extension Action {
  private static let needsQueue: @Sendable (ConsoleState) -> String? = {
    $0.screen.view.queue($0) == nil ? "Choose a queue." : nil
  }

  static let pauseQueue = Action(
    "queue.pause", "Pause or resume", "Stop dispatching the queue's tasks, or go on.", keys: ["P"], scope: .queues,
    risk: .reversible, footer: "pause", command: ["queues", "pause"], refusal: needsQueue
  ) { state, _ in
    guard let name = state.screen.view.queue(state) else { return [] }
    state.confirmPause(of: name)
    return []
  }

  static let purgeQueue = Action(
    "queue.purge", "Purge", "Delete every task of the queue, after its name is typed; it can be undone.", keys: ["X"],
    scope: .queues, risk: .destructive, command: ["queues", "purge"], refusal: needsQueue
  ) { state, _ in
    guard let name = state.screen.view.queue(state) else { return [] }
    return state.empty(name, .purge)
  }

  static let editQueue = Action(
    "queue.edit", "Edit limits", "Change rates and retries; a plan shows before and after.", keys: ["e"],
    scope: .queues, risk: .reversible, footer: "edit", command: ["queues", "update"],
    refusal: { state in
      state.screen.view.queue(state).flatMap(state.queueRow) == nil ? "The queue is not loaded." : nil
    }
  ) { state, _ in
    guard let row = state.screen.view.queue(state).flatMap(state.queueRow) else { return [] }
    state.overlay = Form.editing(row.queue)
    return []
  }

  static let createQueue = Action(
    "queue.create", "New queue", "Create a queue.", keys: ["C"], scope: .queues, risk: .reversible,
    command: ["queues", "create"]
  ) { state, _ in state.createQueue("") }

  static let deleteQueue = Action(
    "queue.delete", "Delete queue", "Delete the queue and its tasks, after its name is typed; it can be undone.",
    keys: ["Delete"], scope: .queues, risk: .destructive, command: ["queues", "delete"],
    refusal: { state in
      state.screen.view.queue(state).flatMap(state.queueRow) == nil ? "The queue is not loaded." : nil
    }
  ) { state, _ in
    guard let row = state.screen.view.queue(state).flatMap(state.queueRow) else { return [] }
    return state.empty(row.name, .delete(row.queue))
  }

  static let newTask = Action(
    "task.new", "New task", "Put a task into the queue.", keys: ["N"], scope: .queues, risk: .reversible,
    command: ["tasks", "push"], refusal: needsQueue
  ) { state, _ in
    guard let name = state.screen.view.queue(state) else { return [] }
    let url = state.tasks.current.map(\.url) ?? ""
    state.overlay = Form.pushing(to: name, url: url.hasPrefix("http") ? url : "")
    return []
  }

  static let queueActions = [groups, pauseQueue, editQueue, newTask, createQueue, purgeQueue, deleteQueue]

  static let runTask = Action(
    "task.run", "Run now", "Dispatch the marked tasks, or this one, whatever the queue's limits say.", keys: ["R"],
    scope: .tasks, risk: .destructive, footer: "run", command: ["tasks", "run"],
    refusal: { state in
      let count = state.countToRun
      if count == 0 { return "Choose a task." }
      // "tasks.run: 60 a minute" (cloud.google.com/tasks/docs/quotas).
      return count > 60 ? "\(Words.count(count)) are marked; 60 a minute can be run." : nil
    }
  ) { state, _ in
    state.confirmRun()
    return []
  }

  static let taskActions = [runTask]
}

extension Command {
  static let create = Command("create", arguments: "QUEUE", help: "Create a queue.") { state, arguments in
    if let refusal = state.refusal(of: .createQueue) { return .failure(CommandProblem(refusal)) }
    return .success(state.createQueue(arguments.words.first ?? ""))
  }
}

extension ConsoleState {
  fileprivate mutating func createQueue(_ id: String) -> [Effect] {
    let near = screen.view.queue(self)?.parent.location ?? context.locations.first ?? ""
    do {
      overlay = Form.creating(in: try LocationName(project: context.project, location: near), id: id)
    } catch {
      say("No queue can be created here: \(error.description).", .danger)
    }
    return []
  }

  fileprivate mutating func confirmPause(of name: QueueName) {
    let row = queueRow(name)
    let isPaused = row?.isPaused ?? false
    let tasks = row?.tasks.map { Words.count($0, "task") } ?? "its tasks"
    confirm(
      "\(isPaused ? "Resume" : "Pause") the queue \(name.id)",
      [
        .spans([
          Span("~ state  ", Style(.warning)), Span(row?.state ?? "?", Style(.dim)), Span(" -> ", Style(.dim)),
          Span(isPaused ? "RUNNING" : "PAUSED", Style(.accent)),
        ]),
        .note(
          isPaused ? "\(tasks) that are due are dispatched at once." : "\(tasks) wait; new ones are taken all the same."
        ),
      ], name: name.id, isPaused ? .resume(name) : .pause(name))
  }

  /// How many `tasksToRun` are: a million names are not made to be counted.
  fileprivate var countToRun: Int {
    screen == .tasks && !tasks.marks.isEmpty ? tasks.marks.count : tasksToRun.count
  }

  /// The marked ones, else the one under the cursor or whose page is open.
  fileprivate var tasksToRun: [TaskName] {
    if let page = screen.as(TaskPage.self) { return [page.name] }
    guard let openQueue, screen == .tasks else { return [] }
    if tasks.marks.isEmpty { return tasks.current.flatMap { $0.name(in: openQueue) }.map { [$0] } ?? [] }
    return tasks.markedRows.compactMap { $0.name(in: openQueue) }
  }

  fileprivate mutating func confirmRun() {
    let names = tasksToRun
    guard let queue = names.first?.queue else { return }
    var lines: [Document.Line] = names.prefix(12).map { .note(sanitised($0.id), .text) }
    if names.count > 12 { lines.append(.note("and \(Words.count(names.count - 12)) more")) }
    if tasks.marks.hidden > 0, screen == .tasks {
      lines.insert(.note("! \(tasks.marks.words)", .danger), at: 0)
    }
    let who = names.count == 1 ? "It is" : "They are"
    lines.append(.note("\(who) sent now, although the queue is paused or full; what succeeds is gone.", .warning))
    confirm("Run \(Words.count(names.count, "task")) of \(queue.id) now", lines, name: queue.id, .run(names))
  }
}
