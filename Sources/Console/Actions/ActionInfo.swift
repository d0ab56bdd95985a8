// The description of each action.

import Terminal

extension Action {
  /// What is said about the action. The switches have no default: a new action asks for its words.
  package var info: ActionInfo {
    switch self {
    case .help, .back, .leave, .showQueues, .showTasks, .showJobs, .showJournal, .nextTab, .previousTab: viewInfo
    case .refresh, .live, .log, .readOnly, .theme, .redraw, .suspend, .quit: appInfo
    case .down, .up, .pageDown, .pageUp, .halfDown, .halfUp, .first, .last: movingInfo
    case .open, .describe, .payload, .filter, .sortNext, .sortPrevious, .sortReverse: tableInfo
    case .mark, .markRange, .markAll, .markNone: markInfo
    case .pageTop, .pagePayload, .nextRow, .previousRow: pageInfo
    case .inputKeep, .inputClear, .inputLeft, .inputRight, .inputStart, .inputEnd, .inputDelete, .inputDeleteForward,
      .inputDeleteWord, .inputDeleteAll:
      inputInfo
    case .helpRun, .helpSearch, .helpClose, .pickerKeep, .pickerCancel: overlayInfo
    case .discard, .undo, .resume: changeInfo
    case .sheetChoose, .sheetMore, .sheetLess, .sheetErase, .sheetCancel: sheetInfo
    case .planFocus, .planPress, .planApply, .planCancel, .confirmApply, .confirmCancel: planInfo
    case .stop, .outcomeRetry, .outcomeUndo, .outcomeClose: outcomeInfo
    }
  }

  private var viewInfo: ActionInfo {
    switch self {
    case .back:
      ActionInfo("Back", "Go back; a filter is cleared first.", keys: ["Esc"], scope: .everywhere)
    case .leave:
      ActionInfo("Back or quit", "Go back; quit on the first screen.", keys: ["q"], scope: .everywhere, footer: "back")
    case .showQueues:
      ActionInfo(
        "Queues", "Show the queues.", keys: ["1"], scope: .everywhere, command: ["queues", "list"])
    case .showTasks:
      ActionInfo(
        "Tasks", "Show the tasks of the queue under the cursor, or of the one seen last.", keys: ["2"],
        scope: .everywhere, command: ["tasks", "list"])
    case .showJobs:
      ActionInfo(
        "Jobs", "Show the Cloud Scheduler jobs.", keys: ["3"], scope: .everywhere, command: ["jobs", "list"])
    case .showJournal:
      ActionInfo(
        "Journal", "Show what was changed, to undo or resume it.", keys: ["4", "@"], scope: .everywhere,
        command: ["journal", "list"])
    case .nextTab: ActionInfo("Next tab", "Go to the next tab.", keys: ["Tab"], scope: .everywhere)
    case .previousTab:
      ActionInfo("Previous tab", "Go to the tab before.", keys: ["Shift-Tab"], scope: .everywhere)
    default:
      ActionInfo(
        "Help", "Show and search all keys; Enter does what is under the cursor.", keys: ["?", "F1"],
        scope: .everywhere, footer: "help")
    }
  }

  private var appInfo: ActionInfo {
    switch self {
    case .refresh:
      ActionInfo(
        "Refresh", "Ask for what is shown again, now.", keys: ["r"], scope: .everywhere, footer: "refresh")
    case .live:
      ActionInfo(
        "Live refresh", "Stop asking by itself, or start again.", keys: ["l"], scope: .everywhere, footer: "live")
    case .log:
      ActionInfo(
        "Requests", "Show what was sent to the service, how it was answered and how long it took.", keys: ["L"],
        scope: .everywhere)
    case .readOnly:
      ActionInfo("Read-only", "Refuse every change, or allow them again.", keys: ["Ctrl-R"], scope: .everywhere)
    case .theme:
      ActionInfo("Theme", "Choose the colours.", keys: ["T"], scope: .everywhere, footer: "theme")
    case .redraw:
      ActionInfo("Redraw", "Paint the whole screen again.", keys: ["Ctrl-L"], scope: .everywhere)
    case .suspend:
      ActionInfo("Suspend", "Stop and give the shell back; fg continues.", keys: ["Ctrl-Z"], scope: .everywhere)
    default: ActionInfo("Quit", "Quit at once.", keys: ["Ctrl-C"], scope: .everywhere)
    }
  }

  private var movingInfo: ActionInfo {
    switch self {
    case .up: ActionInfo("Up", "One line up.", keys: ["k", "Up"], scope: .moving)
    case .pageDown: ActionInfo("Page down", "One screen down.", keys: ["PgDn", "Ctrl-F"], scope: .moving)
    case .pageUp: ActionInfo("Page up", "One screen up.", keys: ["PgUp", "Ctrl-B"], scope: .moving)
    case .halfDown: ActionInfo("Half down", "Half a screen down.", keys: ["Ctrl-D"], scope: .moving)
    case .halfUp: ActionInfo("Half up", "Half a screen up.", keys: ["Ctrl-U"], scope: .moving)
    case .first: ActionInfo("First", "To the first line.", keys: ["g", "Home"], scope: .moving)
    case .last: ActionInfo("Last", "To the last line.", keys: ["G", "End"], scope: .moving)
    default: ActionInfo("Down", "One line down.", keys: ["j", "Down"], scope: .moving)
    }
  }

  private var tableInfo: ActionInfo {
    switch self {
    case .open:
      ActionInfo(
        "Open", "A queue opens its tasks; a task or a job opens its page.", keys: ["Enter"], scope: .table,
        footer: "open", command: ["tasks", "show"])
    case .describe:
      ActionInfo(
        "Describe", "The page about the row under the cursor.", keys: ["d"], scope: .table, footer: "describe",
        command: ["queues", "show"])
    case .payload:
      ActionInfo("Payload", "The page about the row, at its payload.", keys: ["p"], scope: .table)
    case .filter:
      ActionInfo(
        "Filter", "Keep the rows that match: plain words, or for tasks class:Sync* dispatches>=5 status:503 age>1h.",
        keys: ["/"], scope: .table, footer: "filter")
    case .sortNext:
      ActionInfo("Sort right", "Sort by the next column.", keys: [">"], scope: .table, footer: "sort")
    case .sortPrevious: ActionInfo("Sort left", "Sort by the column before.", keys: ["<"], scope: .table)
    default: ActionInfo("Reverse", "Turn the order around.", keys: ["="], scope: .table)
    }
  }

  private var markInfo: ActionInfo {
    switch self {
    case .markRange:
      ActionInfo(
        "Mark range", "Begin a range here; the second time, mark all rows between.", keys: ["V"], scope: .table)
    case .markAll: ActionInfo("Mark all", "Mark all rows that the filter shows.", keys: ["*"], scope: .table)
    case .markNone: ActionInfo("No marks", "Take away all marks.", keys: ["Ctrl-\\"], scope: .table)
    default: ActionInfo("Mark", "Mark the row, or take its mark away.", keys: ["Space"], scope: .table, footer: "mark")
    }
  }

  private var pageInfo: ActionInfo {
    switch self {
    case .pagePayload: ActionInfo("Payload", "Go to the payload.", keys: ["p"], scope: .page, footer: "payload")
    case .nextRow: ActionInfo("Next", "The page about the next row.", keys: ["]"], scope: .page, footer: "next")
    case .previousRow:
      ActionInfo("Previous", "The page about the row before.", keys: ["["], scope: .page, footer: "previous")
    default: ActionInfo("Overview", "Go to the top.", keys: ["d"], scope: .page)
    }
  }

  private var inputInfo: ActionInfo {
    switch self {
    case .inputClear:
      ActionInfo("Clear", "Forget the filter.", keys: ["Esc"], scope: .input, footer: "clear")
    case .inputLeft: ActionInfo("Left", "One character left.", keys: ["Left"], scope: .input)
    case .inputRight: ActionInfo("Right", "One character right.", keys: ["Right"], scope: .input)
    case .inputStart: ActionInfo("Start", "To the start.", keys: ["Home", "Ctrl-A"], scope: .input)
    case .inputEnd: ActionInfo("End", "To the end.", keys: ["End", "Ctrl-E"], scope: .input)
    case .inputDelete: ActionInfo("Delete", "Delete the character before.", keys: ["Backspace"], scope: .input)
    case .inputDeleteForward: ActionInfo("Delete after", "Delete the character after.", keys: ["Delete"], scope: .input)
    case .inputDeleteWord:
      ActionInfo("Delete word", "Delete the word before.", keys: ["Ctrl-W"], scope: .input, footer: "delete word")
    case .inputDeleteAll: ActionInfo("Delete all", "Delete everything typed.", keys: ["Ctrl-U"], scope: .input)
    default:
      ActionInfo("Keep", "Keep the filter and go back to the rows.", keys: ["Enter"], scope: .input, footer: "keep")
    }
  }

  private var overlayInfo: ActionInfo {
    switch self {
    case .helpSearch: ActionInfo("Search", "Search the keys.", keys: ["/"], scope: .help, footer: "search")
    case .helpClose:
      ActionInfo("Close", "Close the help.", keys: ["Esc", "q", "?", "F1"], scope: .help, footer: "close")
    case .pickerKeep:
      ActionInfo("Use", "Keep the theme under the cursor.", keys: ["Enter"], scope: .picker, footer: "use it")
    case .pickerCancel:
      ActionInfo("Cancel", "Go back to the theme before.", keys: ["Esc", "q", "T"], scope: .picker, footer: "cancel")
    default: ActionInfo("Do it", "Do what is under the cursor.", keys: ["Enter"], scope: .help, footer: "do it")
    }
  }
}
