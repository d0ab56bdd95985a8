// Discard, undo, resume: from the key to the outcome. Every change goes through a plan that is shown, and Cancel has the
// focus (DESIGN.md section 6).

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  mutating func performChange(_ action: Action) -> [Effect] {
    if context.isReadOnly {
      let key = keys.names(for: .readOnly)
      say("Read-only: nothing can be changed here. \(key) makes changes possible.", .warning)
      return [.bell]
    }
    switch action {
    case .discard:
      guard let sheet = discardSheet() else {
        say("D discards tasks: choose a task or a queue.", .warning)
        return [.bell]
      }
      overlay = .discard(sheet)
      return []
    case .resume: return resumeEntry()
    default: return undo()
    }
  }

  /// The entry under the cursor in the journal, the last discard from anywhere else.
  private mutating func undo() -> [Effect] {
    guard screen.tab == .journal else { return planUndo(nil) }
    guard let row = shownEntry else { return [.bell] }
    if let objection = row.objectionToUndo {
      say(objection, .warning)
      return [.bell]
    }
    return planUndo(row.number)
  }

  private mutating func planUndo(_ entry: Int?) -> [Effect] {
    let generation = begin(.undo(entry), .planning(0))
    return [.planUndo(entry, generation)]
  }

  private mutating func resumeEntry() -> [Effect] {
    guard let row = shownEntry else { return [.bell] }
    if let objection = row.objectionToResume {
      say(objection, .warning)
      return [.bell]
    }
    let generation = begin(.resume(row.number), .running(nil, isStopping: false))
    return [.resume(row.number, retryFailed: true, generation)]
  }

  /// The journal entry under the cursor, or whose page is open.
  private var shownEntry: JournalRow? {
    guard case .entry(let number) = screen else { return screen == .journal ? journal.current : nil }
    return journal.rows.first { $0.number == number }
  }

  private mutating func begin(_ subject: ChangeSubject, _ stage: ChangeStage) -> Generation {
    let generation = nextGeneration()
    overlay = .change(ChangeState(generation: generation, subject: subject, stage: stage))
    return generation
  }

  /// The port refuses as well; this only says it sooner.
  mutating func toggleReadOnly() -> [Effect] {
    context.isReadOnly.toggle()
    say(context.isReadOnly ? "Read-only: every change is refused." : "Changes are possible again.", .warning)
    return [.setReadOnly(context.isReadOnly)]
  }
}

// MARK: - The sheet

extension ConsoleState {
  mutating func performInSheet(_ action: Action) -> [Effect] {
    guard case .discard(var sheet) = overlay else { return [] }
    switch action {
    case .sheetChoose:
      let request = sheet.request
      let generation = begin(.discard(request), .planning(0))
      return [.planDiscard(request, generation)]
    case .sheetMore: sheet.change(by: 1)
    case .sheetLess: sheet.change(by: -1)
    case .sheetErase: sheet.erase()
    default:
      overlay = .none
      return []
    }
    overlay = .discard(sheet)
    return []
  }

  mutating func type(digit: Int) {
    guard case .discard(var sheet) = overlay else { return }
    sheet.type(digit: digit)
    overlay = .discard(sheet)
  }

  mutating func moveSheet(_ action: Action) {
    guard case .discard(var sheet) = overlay else { return }
    sheet.cursor = max(0, min(sheet.choices.count - 1, sheet.cursor + Self.distance(action, sheet.choices.count)))
    overlay = .discard(sheet)
  }
}

// MARK: - The plan, the run, the outcome

extension ConsoleState {
  mutating func performInChange(_ action: Action) -> [Effect] {
    guard case .change(var change) = overlay else { return [] }
    switch (change.stage, action) {
    case (.planning, _): return cancelPlan(change)
    case (.plan(var plan), .planFocus):
      plan.isOnApply.toggle()
      change.stage = .plan(plan)
      overlay = .change(change)
      return []
    case (.plan(let plan), .planPress): return plan.isOnApply ? apply(change, plan) : cancelPlan(change)
    case (.plan(let plan), .planApply), (.plan(let plan), .confirmApply): return apply(change, plan)
    case (.plan, _): return cancelPlan(change)
    case (.running(let progress, _), _):
      change.stage = .running(progress, isStopping: true)
      overlay = .change(change)
      return [.stopChange(change.generation)]
    case (.outcome(let outcome), _): return performInOutcome(outcome, action)
    case (.failed, _):
      overlay = .none
      return []
    }
  }

  private mutating func cancelPlan(_ change: ChangeState) -> [Effect] {
    overlay = .none
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
    overlay = .change(change)
    return [.applyPlan(change.generation)]
  }

  private mutating func performInOutcome(_ outcome: OutcomeSheet, _ action: Action) -> [Effect] {
    overlay = .none
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

  mutating func moveChange(_ action: Action) {
    guard case .change(var change) = overlay else { return }
    let height = ScreenLayout(size: size).change.rows
    switch action {
    case .first: change.offset = 0
    case .last: change.offset = change.lineCount
    default: change.offset += Self.distance(action, height)
    }
    overlay = .change(change)
  }
}

// MARK: - Answers

extension ConsoleState {
  /// Answers of a change that is not on the screen any more are dropped.
  private mutating func changing(_ generation: Generation, _ edit: (inout ChangeState) -> Void) {
    guard case .change(var change) = overlay, change.generation == generation else { return }
    edit(&change)
    overlay = .change(change)
  }

  mutating func take(planning seen: Int, _ generation: Generation) {
    changing(generation) { change in if case .planning = change.stage { change.stage = .planning(seen) } }
  }

  mutating func take(plan answer: Result<PlanSheet, Failure>, _ generation: Generation) {
    let isProtected = context.isProtected
    changing(generation) { change in
      switch answer {
      case .success(let sheet):
        let typed = isProtected && sheet.canApply ? TextField() : nil
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
    // What is on the screen below is old now.
    for lane in [Lane.tasks, .queues, .journal] { lanes[lane, default: LaneState()].isForced = true }
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
