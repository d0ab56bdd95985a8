// Discarding in the console: sheet, plan, progress, outcome, undo, journal. The runner is played by messages.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Terminal
import Testing

/// A plan as the runner would send it.
private func plan(_ ids: [String], title: String? = nil, objection: Failure? = nil) -> PlanSheet {
  var names = FrozenNames()
  for id in ids { _ = names.insert(taskName(id)) }
  names.freeze()
  let overview = Document.Section("By class", lines: [.note("3 SendWelcome")])
  let title = title ?? "Discard \(ids.count) tasks of orders"
  return PlanSheet(
    title: title, document: Document(title: title, sections: [overview]), names: names, confirmation: "orders",
    objection: objection)
}

private func entry(
  _ number: Int = 7, action: JournalAction = .discard, progress: JournalEntry.Progress = .complete,
  _ change: (inout JournalCounts) -> Void = { _ in }
) -> JournalEntry {
  var counts = JournalCounts()
  change(&counts)
  let header = JournalHeader(
    action: action, time: Timestamp(noon), acting: Acting(context: "", account: "me", endpoint: "here"), key: 1,
    intent: ["queues": [.string(queueName("orders").description)]], undoes: action == .undo ? 3 : nil,
    keepsContent: action == .discard)
  return JournalEntry(number: number, header: header, plan: .null, progress: progress, counts: counts)
}

extension Stage {
  fileprivate static var discarding: Stage {
    var stage = Stage.withTasks([
      task("100", "SyncOrder", tries: 2, http: 503, age: 40), task("200", "SendWelcome", age: 30),
      task("300", "SyncUser", tries: 9, http: 500, code: 13, age: 20), task("400", "SendWelcome", age: 10),
    ])
    stage.press("D")
    return stage
  }

  fileprivate var request: DiscardRequest? {
    for case .planDiscard(let request, _) in history.reversed() { return request }
    return nil
  }

  fileprivate var changeGeneration: Generation {
    generation { effect in
      switch effect {
      case .planDiscard(_, let generation), .planUndo(_, let generation), .resume(_, _, let generation): generation
      default: nil
      }
    }
  }

  fileprivate static func planned(_ ids: [String] = ["200", "400"]) -> Stage {
    var stage = discarding
    stage.press("j", "Enter")
    stage.send(.planned(stage.changeGeneration, .success(plan(ids))))
    return stage
  }

  fileprivate mutating func end(_ change: (inout JournalCounts) -> Void, failures: [FailureGroup] = []) {
    send(.ended(changeGeneration, .success(OutcomeSheet(entry(7, change), stop: nil, failures: failures))))
  }
}

@Suite struct `The discard sheet` {
  @Test func `it offers the task, its class and a number of dispatches, with estimates`() {
    var stage = Stage.discarding
    #expect(stage.shows("Discard from orders"))
    #expect(stage.line("This task: 100") != nil)
    #expect(stage.line("Its class: SyncOrder")?.contains("about 1") == true)
    #expect(stage.line("Dispatched 2 times or more")?.contains("about 2") == true)
    stage.press("Enter")
    #expect(stage.request == DiscardRequest(queueName("orders"), .task(taskName("100"))))
    #expect(stage.shows("reading orders to its end"))
  }

  @Test func `digits and signs change the number, and the count follows`() {
    var stage = Stage.discarding
    stage.press("9")
    #expect(stage.line("Dispatched 9 times or more")?.contains("about 1") == true)
    stage.press("+")
    #expect(stage.line("Dispatched 10 times or more")?.contains("about 0") == true)
    stage.press("Backspace", "-")
    #expect(stage.line("Dispatched 0 times or more")?.contains("about 4") == true)
    stage.press("1", "2", "Enter")
    #expect(stage.request == DiscardRequest(queueName("orders"), .dispatched(atLeast: 12)))
  }

  @Test func `the count follows the rows while the sheet is open`() {
    var stage = Stage.discarding
    stage.wait(2)
    stage.answer(tasks: [task("100", "SyncOrder", tries: 3, http: 503, age: 40), task("500", "SyncOrder", age: 4)])
    #expect(stage.line("Its class: SyncOrder")?.contains("about 2") == true)
  }

  @Test func `the filter and the marks are offered, hidden marks loudly`() {
    var stage = Stage.discarding
    stage.press("Esc", "Space", "Space", "/")
    stage.type("dispatches>=9")
    stage.press("Enter", "D")
    #expect(stage.shows("All that match the filter: dispatches>=9"))
    #expect(stage.shows("The marked ones, 2 of 2 HIDDEN by the filter"))
    stage.press("Enter")
    #expect(stage.request == DiscardRequest(queueName("orders"), .marked([taskName("100"), taskName("200")])))
    stage.press("Esc", "D", "k", "Enter")
    #expect(stage.request == DiscardRequest(queueName("orders"), .filter("dispatches>=9")))
  }

  @Test func `where the filter hides every row, the marks are still offered`() {
    var stage = Stage.discarding
    stage.press("Esc", "Space", "/")
    stage.type("nothing")
    stage.press("Enter", "D")
    #expect(!stage.shows("This task"))
    #expect(stage.shows("The marked ones, 1 of 1 HIDDEN by the filter"))
  }

  @Test func `on a queue it offers numbers and everything, and says what is not loaded`() {
    var stage = Stage.withQueues()
    stage.press("j", "D")
    #expect(stage.line("Dispatched 2 times or more")?.contains("? not loaded") == true)
    #expect(stage.line("Every task of the queue")?.contains("about 2,104") == true)
    stage.press("G", "Enter")
    #expect(stage.request == DiscardRequest(queueName("orders"), .everything))
  }

  @Test func `Esc closes it and asks for nothing`() {
    var stage = Stage.discarding
    stage.press("Esc")
    #expect(!stage.shows("Discard from"))
    #expect(stage.request == nil)
  }

  @Test func `the filter means to the planner what it means to the table`() throws {
    let intent = try DiscardRequest(queueName("orders"), .filter("sync")).intent(now: noon)
    #expect(intent.condition?.matches(cloudTask("1", "SyncOrder")) == true)
    // The URL holds "tasks", but no cell shows it.
    let other = try DiscardRequest(queueName("orders"), .filter("tasks")).intent(now: noon)
    #expect(other.condition?.matches(cloudTask("1", "SyncOrder")) == false)
    #expect(intent.relatedQueues == [queueName("orders--temp")])
  }
}

@Suite struct `The plan` {
  @Test func `it says how many tasks were looked at, and Esc calls it off`() {
    var stage = Stage.discarding
    stage.press("Enter")
    stage.send(.planning(stage.changeGeneration, 12_000))
    #expect(stage.shows("looked at 12,000"))
    stage.press("Esc")
    #expect(stage.effects.contains(.abandonPlan(stage.changeGeneration)))
    #expect(stage.shows("Nothing was changed"))
  }

  @Test func `it shows counts and every name, and scrolls`() {
    var stage = Stage.planned((1...300).map { "id\($0)" })
    #expect(stage.shows("Discard 300 tasks of orders"))
    #expect(stage.shows("3 SendWelcome"))
    #expect(stage.shows("1  id1"))
    stage.press("G")
    #expect(stage.shows("300  id300"))
    #expect(stage.shows("of 304"))
  }

  @Test func `Cancel has the focus: Enter changes nothing`() {
    var stage = Stage.planned()
    #expect(stage.roles(of: " Cancel ") == [.badge])
    stage.press("Enter")
    #expect(stage.effects.contains(.abandonPlan(stage.changeGeneration)))
    #expect(!stage.history.contains(.applyPlan(stage.changeGeneration)))
  }

  @Test(arguments: ["Esc", "n"]) func `Esc and n cancel`(_ key: String) {
    var stage = Stage.planned()
    stage.press("Tab", key)
    #expect(stage.effects.contains(.abandonPlan(stage.changeGeneration)))
  }

  @Test func `Tab moves to Apply and Enter presses it`() {
    var stage = Stage.planned()
    stage.press("Tab")
    #expect(stage.roles(of: " Apply ") == [.badge])
    stage.press("Enter")
    #expect(stage.effects.contains(.applyPlan(stage.changeGeneration)))
    #expect(stage.shows("Discarding..."))
  }

  @Test func `a applies`() {
    var stage = Stage.planned()
    stage.press("a")
    #expect(stage.effects.contains(.applyPlan(stage.changeGeneration)))
  }

  @Test func `a plan of nothing and a plan with an objection cannot be applied`() {
    var stage = Stage.planned([])
    stage.press("a")
    #expect(stage.effects == [.bell])
    stage = Stage.discarding
    stage.press("Enter")
    stage.send(.planned(stage.changeGeneration, .success(plan(["1"], objection: refused))))
    #expect(stage.shows("✗ acme could not be read"))
    stage.press("a")
    #expect(stage.effects == [.bell])
  }

  @Test func `a protected context wants the queue's name typed`() {
    let badge = ContextBadge(project: "acme", locations: ["us-central1"], endpoint: "google", isProtected: true)
    var stage = Stage(badge: badge)
    stage.answer(queues: [queue("orders", tasks: 2)])
    stage.press("D", "Enter")
    stage.send(.planned(stage.changeGeneration, .success(plan(["1", "2"]))))
    #expect(stage.shows("PROTECTED. Type orders and press Enter"))
    stage.type("order")
    stage.press("Enter")
    #expect(!stage.history.contains(.applyPlan(stage.changeGeneration)))
    stage.type("s")
    stage.press("Enter")
    #expect(stage.effects.contains(.applyPlan(stage.changeGeneration)))
  }

  @Test func `a failure to plan is told with reason and remedy`() {
    var stage = Stage.discarding
    stage.press("Enter")
    stage.send(.planned(stage.changeGeneration, .failure(refused)))
    #expect(stage.shows("✗ acme could not be read"))
    #expect(stage.shows("Cloud Tasks Viewer"))
    stage.press("Esc")
    #expect(stage.shows("4 tasks"))
  }
}

@Suite struct `The run and its outcome` {
  @Test func `progress shows what is done, the rate and what remains`() {
    var stage = Stage.planned()
    stage.press("a")
    stage.send(.progress(stage.changeGeneration, ChangeProgress(done: 500, total: 2000, failed: 3, rate: 100)))
    #expect(stage.shows("500 of 2,000, 1,500 remaining, 100 a second, 15s left"))
    #expect(stage.shows("3 failed"))
    #expect(stage.shows("█"))
  }

  @Test(arguments: ["Esc", "Ctrl-C"]) func `it is stopped by key, and only once`(_ key: String) {
    var stage = Stage.planned()
    stage.press("a", key)
    #expect(stage.effects.contains(.stopChange(stage.changeGeneration)))
    #expect(!stage.history.contains(.quit))
    #expect(stage.shows("Stopping"))
  }

  @Test func `the outcome groups failures, and R tries them again`() {
    var stage = Stage.planned()
    stage.press("a")
    let items = (0..<3).map { JournalItem(position: $0, name: taskName("t\($0)"), state: .failed, error: "no luck") }
    stage.end(
      { counts in (counts.planned, counts.discarded, counts.gone, counts.failed) = (10, 5, 2, 3) },
      failures: FailureGroup.groups(of: items))
    #expect(stage.shows("5 tasks discarded, 3 failed"))
    #expect(stage.shows("2 (finished, or deleted by others)"))
    #expect(stage.shows("3 x no luck"))
    #expect(stage.shows("t0, t1, t2"))
    stage.press("R")
    #expect(stage.effects.contains(.resume(7, retryFailed: true, stage.changeGeneration)))
  }

  @Test func `z on the outcome plans its undo, from anywhere else that of the last discard`() {
    var stage = Stage.planned()
    stage.press("a")
    stage.end { counts in (counts.planned, counts.discarded) = (2, 2) }
    stage.press("z")
    #expect(stage.effects.contains(.planUndo(7, stage.changeGeneration)))
    stage.send(.planned(stage.changeGeneration, .success(plan(["200", "400"], title: "Put back 2 tasks"))))
    #expect(stage.shows("Put back 2 tasks"))
    stage.press("Esc", "z")
    #expect(stage.effects.contains(.planUndo(nil, stage.changeGeneration)))
  }

  @Test func `when it ends the table below is asked for again`() {
    var stage = Stage.planned()
    stage.press("a")
    stage.end { counts in (counts.planned, counts.discarded) = (2, 2) }
    #expect(stage.effects.contains { if case .loadTasks = $0 { true } else { false } })
    stage.press("Enter")
    #expect(stage.shows("4 tasks"))
  }

  @Test func `keys of the table do nothing while it runs`() {
    var stage = Stage.planned()
    stage.press("a", "1", "D", "z", "q")
    #expect(stage.shows("Discarding..."))
  }
}

@Suite struct `The journal tab` {
  private static func journal(_ entries: JournalEntry...) -> Stage {
    var stage = Stage.withQueues()
    stage.press("@")
    let generation = stage.generation { if case .loadJournal(let generation) = $0 { generation } else { nil } }
    stage.send(.journal(generation, .success(Listing(rows: entries.map { JournalRow($0) }, calls: 0))))
    return stage
  }

  @Test func `entries are listed with state and counts, the newest first`() {
    let stage = Self.journal(
      entry(1) { counts in (counts.planned, counts.discarded) = (12, 12) },
      entry(2, progress: .interrupted) { counts in (counts.planned, counts.discarded) = (40, 10) })
    #expect(stage.cursorLine.contains("discard"))
    #expect(stage.cursorLine.contains("interrupted"))
    #expect(stage.line("complete")?.contains("12") == true)
    #expect(stage.shows("orders"))
  }

  @Test func `Enter shows the items of an entry`() {
    var stage = Self.journal(entry(5) { counts in (counts.planned, counts.discarded) = (1, 1) })
    stage.press("Enter")
    let generation = stage.generation { if case .loadEntry(5, let generation) = $0 { generation } else { nil } }
    let items = [JournalItem(position: 0, name: taskName("abc"), state: .discarded)]
    stage.send(.entry(generation, .success(Document(entry(5), items: items, more: 0))))
    stage.press("G")
    #expect(stage.line("abc")?.contains("discarded") == true)
    stage.press("Esc")
    #expect(stage.cursorLine.contains("5"))
  }

  @Test func `z undoes the entry under the cursor, and says why not when it cannot`() {
    var stage = Self.journal(entry(5) { $0.discarded = 1 }, entry(6, action: .undo))
    stage.press("z")
    #expect(stage.effects == [.bell])
    #expect(stage.shows("Entry 6 is itself an undo"))
    stage.press("j", "z")
    #expect(stage.effects.contains(.planUndo(5, stage.changeGeneration)))
  }

  @Test func `R resumes an interrupted entry and refuses a complete one`() {
    var stage = Self.journal(entry(5) { $0.discarded = 1 }, entry(6, progress: .interrupted) { $0.waiting = 4 })
    stage.press("R")
    #expect(stage.shows("Resume journal entry 6"))
    #expect(stage.shows("4  whose turn had not come"))
    #expect(stage.effects.isEmpty, "nothing is sent before it was seen")
    stage.press("Enter", "R", "a")
    #expect(stage.effects.contains(.resume(6, retryFailed: true, stage.changeGeneration)))
    #expect(stage.shows("Resuming journal entry 6"))
    stage.send(.ended(stage.changeGeneration, .failure(refused)))
    stage.press("Esc", "j", "R")
    #expect(stage.shows("Entry 5 is complete"))
  }
}

@Suite struct `Read-only` {
  @Test func `Ctrl-R turns it on, the badge says so, and D and z are refused with a sentence`() {
    var stage = Stage.withTasks([task("1")])
    stage.press("Ctrl-R")
    #expect(stage.effects == [.setReadOnly(true)])
    #expect(stage.shows(" read-only "))
    stage.press("D")
    #expect(stage.shows("Read-only: nothing can be changed here. Ctrl-R makes changes possible."))
    stage.press("z")
    #expect(stage.effects == [.bell])
    stage.press("Ctrl-R", "D")
    #expect(stage.history.contains(.setReadOnly(false)))
    #expect(stage.shows("Discard from orders"))
  }
}
