// The description of the actions that change something, and of those on the way there.

import Terminal

extension Action {
  var changeInfo: ActionInfo {
    switch self {
    case .undo:
      ActionInfo(
        "Undo", "Put back what the last discard took away; in the journal, the entry under the cursor.", keys: ["z"],
        scope: .changing, risk: .reversible, footer: "undo", command: ["journal", "undo"])
    case .resume:
      ActionInfo(
        "Resume", "Finish an interrupted entry, and try again what failed.", keys: ["R"], scope: .journal,
        risk: .destructive, footer: "resume", command: ["journal", "resume"])
    default:
      ActionInfo(
        "Discard", "Delete tasks after a plan, with their contents kept for an undo.", keys: ["D"], scope: .changing,
        risk: .reversible, footer: "discard", command: ["tasks", "discard"])
    }
  }

  var sheetInfo: ActionInfo {
    switch self {
    case .sheetMore: ActionInfo("More", "Raise the number of dispatches.", keys: ["+"], scope: .sheet)
    case .sheetLess: ActionInfo("Less", "Lower the number of dispatches.", keys: ["-"], scope: .sheet)
    case .sheetErase: ActionInfo("Erase", "Delete the last digit.", keys: ["Backspace"], scope: .sheet)
    case .sheetCancel:
      ActionInfo("Cancel", "Discard nothing.", keys: ["Esc", "q", "n"], scope: .sheet, footer: "cancel")
    default: ActionInfo("Plan", "Plan it; nothing is changed yet.", keys: ["Enter"], scope: .sheet, footer: "plan it")
    }
  }

  var planInfo: ActionInfo {
    switch self {
    case .planFocus:
      ActionInfo(
        "Other button", "From Cancel to Apply and back.", keys: ["Tab", "Shift-Tab"], scope: .plan,
        footer: "other button")
    case .planApply:
      ActionInfo("Apply", "Do what the plan says.", keys: ["a"], scope: .plan, risk: .reversible, footer: "apply")
    case .planCancel: ActionInfo("Cancel", "Change nothing.", keys: ["Esc", "n", "q"], scope: .plan, footer: "cancel")
    case .confirmApply:
      ActionInfo(
        "Apply", "Do what the plan says, once the name is typed.", keys: ["Enter"], scope: .confirm, risk: .reversible,
        footer: "apply")
    case .confirmCancel: ActionInfo("Cancel", "Change nothing.", keys: ["Esc"], scope: .confirm, footer: "cancel")
    default:
      ActionInfo("Press", "Press the button that has the focus.", keys: ["Enter"], scope: .plan, footer: "press")
    }
  }

  var outcomeInfo: ActionInfo {
    switch self {
    case .stop:
      ActionInfo(
        "Stop", "Stop; what is done stays done, and the journal knows it.", keys: ["Esc", "Ctrl-C"], scope: .running,
        footer: "stop")
    case .outcomeRetry:
      ActionInfo(
        "Retry", "Try again what failed or was not done.", keys: ["R"], scope: .outcome, risk: .destructive,
        footer: "retry failed")
    case .outcomeUndo:
      ActionInfo("Undo", "Plan to put these tasks back.", keys: ["z"], scope: .outcome, footer: "undo")
    default:
      ActionInfo("Close", "Close the outcome.", keys: ["Enter", "Esc", "q"], scope: .outcome, footer: "close")
    }
  }
}
