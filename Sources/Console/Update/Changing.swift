// Discard, undo, resume: from the key to the outcome. Every change goes through a plan that is shown, and Cancel has the
// focus (DESIGN.md section 6).

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  mutating func openDiscardSheet() -> [Effect] {
    overlay = screen.view.discardSheet(self)
    return []
  }

  /// The entry under the cursor in the journal, the last discard from anywhere else.
  mutating func undo() -> [Effect] {
    guard screen.tab == .journal else { return planUndo(nil) }
    return shownEntry.map { planUndo($0.number) } ?? []
  }

  private mutating func planUndo(_ entry: Int?) -> [Effect] {
    let generation = begin(.undo(entry), .planning(0))
    return [.planUndo(entry, generation)]
  }

  mutating func resumeEntry() -> [Effect] {
    guard let row = shownEntry else { return [] }
    // Its plan was confirmed once, perhaps days ago: what is left of it is shown before anything is sent.
    let sheet = PlanSheet(resuming: row, openKey: keys.names(for: .open))
    let typed = context.isProtected ? TextField() : nil
    _ = begin(.resume(row.number), .plan(ShownPlan(sheet: sheet, typed: typed)))
    return []
  }

  /// The journal entry under the cursor, or whose page is open.
  var shownEntry: JournalRow? {
    guard let page = screen.as(EntryPage.self) else { return screen == .journal ? journal.current : nil }
    return journal.rows.first { $0.number == page.number }
  }

  /// Every task of a queue, and perhaps the queue: a discard whose plan wants the queue's name typed.
  mutating func empty(_ queue: QueueName, _ action: DiscardRequest.Action) -> [Effect] {
    let request = DiscardRequest(queue, .everything, action)
    let generation = begin(.discard(request), .planning(0))
    guard var change = panel(ChangeState.self) else { return [] }
    change.wantsName = true
    overlay = change
    return [.planDiscard(request, generation)]
  }

  mutating func begin(_ subject: ChangeSubject, _ stage: ChangeStage) -> Generation {
    let generation = nextGeneration()
    overlay = ChangeState(generation: generation, subject: subject, stage: stage)
    return generation
  }

  /// The port refuses as well; this only says it sooner.
  mutating func toggleReadOnly() -> [Effect] {
    if let lock = context.lock {
      say("Every change is refused: \(lock)", .warning)
      return [.bell]
    }
    context.isReadOnly.toggle()
    say(context.isReadOnly ? "Read-only: every change is refused." : "Changes are possible again.", .warning)
    return [.setReadOnly(context.isReadOnly)]
  }
}

// MARK: - The sheet

extension ConsoleState {
  mutating func performInSheet(_ action: Action) -> [Effect] {
    guard var sheet = panel(DiscardSheet.self) else { return [] }
    switch action {
    case .sheetChoose:
      let request = sheet.request
      let generation = begin(.discard(request), .planning(0))
      return [.planDiscard(request, generation)]
    case .sheetMore: sheet.change(by: 1)
    case .sheetLess: sheet.change(by: -1)
    case .sheetErase: sheet.erase()
    default:
      overlay = nil
      return []
    }
    overlay = sheet
    return []
  }
}

// MARK: - The plan, the run, the outcome

extension ConsoleState {
  mutating func performInChange(_ action: Action) -> [Effect] {
    guard var change = panel(ChangeState.self) else { return performInConfirmation(action) }
    switch (change.stage, action) {
    case (.planning, _): return cancelPlan(change)
    case (.plan(var plan), .planFocus):
      plan.isOnApply.toggle()
      change.stage = .plan(plan)
      overlay = change
      return []
    case (.plan(let plan), .planPress): return plan.isOnApply ? apply(change, plan) : cancelPlan(change)
    case (.plan(let plan), .planApply), (.plan(let plan), .confirmApply): return apply(change, plan)
    case (.plan, _): return cancelPlan(change)
    case (.running, .runQuit): return askToQuit(change)
    case (.running, _) where change.asksToQuit:
      change.asksToQuit = false
      overlay = change
      return []
    case (.running(let progress, _), _):
      change.stage = .running(progress, isStopping: true)
      overlay = change
      return [.stopChange(change.generation)]
    case (.outcome(let outcome), _): return performInOutcome(outcome, action)
    case (.failed, _):
      overlay = nil
      return []
    }
  }

  private mutating func askToQuit(_ change: ChangeState) -> [Effect] {
    if change.asksToQuit { return [.stopChange(change.generation), .quit] }
    var change = change
    change.asksToQuit = true
    overlay = change
    return []
  }

  private mutating func cancelPlan(_ change: ChangeState) -> [Effect] {
    overlay = nil
    say("Called off. Nothing was changed.")
    return [.abandonPlan(change.generation)]
  }

  private mutating func apply(_ change: ChangeState, _ plan: ShownPlan) -> [Effect] {
    var change = change
    if context.isReadOnly || !plan.sheet.canApply { return [.bell] }
    if let typed = plan.typed, typed.text != plan.sheet.confirmation {
      say("Type \(plan.sheet.confirmation) to apply; Esc calls it off.", .warning)
      return [.bell]
    }
    change.enter(.running(nil, isStopping: false))
    overlay = change
    switch change.subject {
    case .resources(let request): return [.applyResources(request, change.generation)]
    case .resume(let entry): return [.resume(entry, retryFailed: true, change.generation)]
    case .discard, .undo: return [.applyPlan(change.generation)]
    }
  }

  /// The outcome on the screen.
  var shownOutcome: OutcomeSheet? {
    guard let change = panel(ChangeState.self), case .outcome(let outcome) = change.stage else { return nil }
    return outcome
  }

  private mutating func performInOutcome(_ outcome: OutcomeSheet, _ action: Action) -> [Effect] {
    overlay = nil
    switch action {
    case .outcomeRetry where outcome.canRetry:
      let generation = begin(.resume(outcome.entry), .running(nil, isStopping: false))
      return [.resume(outcome.entry, retryFailed: true, generation)]
    case .outcomeUndo where outcome.canUndo: return planUndo(outcome.entry)
    case .outcomeClose: return []
    default:
      // Nothing to retry, or nothing to undo: the page stays.
      return [.bell]
    }
  }
}

// MARK: - Answers

extension ConsoleState {
  /// Answers of a change that is not on the screen any more are dropped.
  private mutating func changing(_ generation: Generation, _ edit: (inout ChangeState) -> Void) {
    guard var change = panel(ChangeState.self), change.generation == generation else { return }
    edit(&change)
    overlay = change
  }

  mutating func take(planning seen: Int, _ generation: Generation) {
    changing(generation) { change in if case .planning = change.stage { change.stage = .planning(seen) } }
  }

  mutating func take(plan answer: Result<PlanSheet, Failure>, _ generation: Generation) {
    let isProtected = context.isProtected
    changing(generation) { change in
      switch answer {
      case .success(let sheet):
        let typed = (isProtected || change.wantsName) && sheet.canApply ? TextField() : nil
        change.enter(.plan(ShownPlan(sheet: sheet, typed: typed)))
      case .failure(let failure): change.enter(.failed(failure))
      }
    }
  }

  mutating func take(progress: ChangeProgress, _ generation: Generation) {
    changing(generation) { change in
      guard case .running(_, let isStopping) = change.stage else { return }
      change.stage = .running(progress, isStopping: isStopping)
    }
  }

  mutating func take(outcome answer: Result<OutcomeSheet, Failure>, _ generation: Generation) {
    changing(generation) { change in
      switch answer {
      case .success(let outcome): change.enter(.outcome(outcome))
      case .failure(let failure): change.enter(.failed(failure))
      }
    }
    if case .success(let outcome) = answer, let queue = outcome.deletedQueue { forget(queue) }
    // What is on the screen below is old now.
    for lane in [Lane.tasks, .queues, .jobs, .schedule, .journal] { lanes[lane, default: LaneState()].isForced = true }
  }

  /// Nothing is shown of a queue that is not there any more.
  private mutating func forget(_ queue: QueueName) {
    queues.load(queues.rows.filter { $0.name != queue }, at: now)
    surveys[queue] = nil
    guard openQueue == queue || screen.view.queue(self) == queue else { return }
    _ = show(.queues)
    trail = []
    guard openQueue == queue else { return }
    openQueue = nil
    tasks.clear()
  }

  mutating func take(journal answer: Result<Listing<JournalRow>, Failure>, _ generation: Generation) {
    guard awaits(generation, .journal) else { return }
    switch answer {
    case .success(let listing):
      settle(.journal, calls: 0)
      journal.load(listing.rows, at: now)
    case .failure(let failure):
      settle(.journal, failure: failure)
      journal.fail(failure)
    }
  }
}
