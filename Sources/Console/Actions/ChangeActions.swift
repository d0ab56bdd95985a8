// Actions that change something, and those on the way there.

import Terminal

extension Action {
  package static let discard = Action(
    "task.discard", "Discard", "Delete tasks after a plan, with their contents kept for an undo.", keys: ["D"],
    scope: .changing, risk: .reversible, footer: "discard", rank: 3, command: ["tasks", "discard"],
    refusal: { state in
      state.screen.view.discardSheet(state) == nil ? "D discards tasks: choose a task or a queue." : nil
    }
  ) { state, _ in state.openDiscardSheet() }

  static let undo = Action(
    "journal.undo", "Undo", "Put back what the last discard, or the journal entry under the cursor, took away.",
    keys: ["z"], scope: .changing, risk: .reversible, footer: "undo", rank: 4, command: ["journal", "undo"],
    refusal: { state in
      guard state.screen.tab == .journal else { return nil }
      return state.shownEntry.map(\.objectionToUndo) ?? "The journal has no entry to undo."
    }
  ) { state, _ in state.undo() }

  static let changeActions = [discard, undo]

  static let resume = Action(
    "journal.resume", "Resume", "Finish an interrupted entry, and try again what failed.", keys: ["R"],
    scope: .journal, risk: .destructive, footer: "resume", rank: 4, command: ["journal", "resume"],
    refusal: { state in state.shownEntry.map(\.objectionToResume) ?? "The journal has no entry to resume." }
  ) { state, _ in state.resumeEntry() }

  static let journalActions = [openKept, resume]
}

extension Action {
  static let sheetChoose = Action(
    "sheet.choose", "Plan", "Plan it; nothing is changed yet.", keys: ["Enter"], scope: .sheet, footer: "plan it",
    run: inSheet)
  static let sheetMore = Action(
    "sheet.more", "More", "Raise the number of dispatches.", keys: ["+"], scope: .sheet, run: inSheet)
  static let sheetLess = Action(
    "sheet.less", "Less", "Lower the number of dispatches.", keys: ["-"], scope: .sheet, run: inSheet)
  static let sheetErase = Action(
    "sheet.erase", "Erase", "Delete the last digit.", keys: ["Backspace"], scope: .sheet, run: inSheet)
  static let sheetCancel = Action(
    "sheet.cancel", "Cancel", "Discard nothing.", keys: ["Esc", "q", "n"], scope: .sheet, footer: "cancel",
    run: inSheet)

  static let sheetActions = [sheetChoose, sheetMore, sheetLess, sheetErase, sheetCancel]

  private static let inSheet: @Sendable (inout ConsoleState, Action) -> [Effect] = { $0.performInSheet($1) }
}

extension Action {
  static let planFocus = Action(
    "plan.focus", "Other button", "From Cancel to Apply and back.", keys: ["Tab", "Shift-Tab"], scope: .plan,
    footer: "other button", run: inChange)
  static let planPress = Action(
    "plan.press", "Press", "Press the button that has the focus.", keys: ["Enter"], scope: .plan, footer: "press",
    run: inChange)
  static let planApply = Action(
    "plan.apply", "Apply", "Do what the plan says.", keys: ["a"], scope: .plan, risk: .reversible, footer: "apply",
    run: inChange)
  static let planCancel = Action(
    "plan.cancel", "Cancel", "Change nothing.", keys: ["Esc", "n", "q"], scope: .plan, footer: "cancel",
    run: inChange)
  static let confirmApply = Action(
    "confirm.apply", "Apply", "Do what the plan says, once the name is typed.", keys: ["Enter"], scope: .confirm,
    risk: .reversible, footer: "apply", run: inChange)
  static let confirmCancel = Action(
    "confirm.cancel", "Cancel", "Change nothing.", keys: ["Esc"], scope: .confirm, footer: "cancel", run: inChange)
  static let stop = Action(
    "run.stop", "Stop", "Stop; what is done stays done, and the journal knows it.", keys: ["Esc", "Ctrl-C"],
    scope: .running, footer: "stop", run: inChange)
  static let runQuit = Action(
    "run.quit", "Quit", "Stop and quit, after another q; the journal knows what is left.", keys: ["q"], scope: .running,
    footer: "quit", run: inChange)
  static let outcomeRetry = Action(
    "outcome.retry", "Retry", "Try again what failed or was not done.", keys: ["R"], scope: .outcome,
    risk: .destructive, footer: "retry failed",
    refusal: { $0.shownOutcome?.canRetry == true ? nil : "Nothing failed, and nothing is left to do." }, run: inChange)
  static let outcomeUndo = Action(
    "outcome.undo", "Undo", "Plan to put these tasks back.", keys: ["z"], scope: .outcome, footer: "undo",
    refusal: { $0.shownOutcome?.canUndo == true ? nil : "Nothing was taken away that could be put back." },
    run: inChange)
  static let outcomeClose = Action(
    "outcome.close", "Close", "Close the outcome.", keys: ["Enter", "Esc", "q"], scope: .outcome, footer: "close",
    run: inChange)

  static let planActions = [
    planFocus, planPress, planApply, planCancel, confirmApply, confirmCancel, stop, runQuit, outcomeRetry, outcomeUndo,
    outcomeClose,
  ]

  private static let inChange: @Sendable (inout ConsoleState, Action) -> [Effect] = { $0.performInChange($1) }
}
