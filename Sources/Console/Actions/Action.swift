// The registry: every action once.
//
// Keys, footer, help (and later the palette, the command line, the man page and README's table) are all made from it. An
// action that is not described does not compile.

import Terminal

/// Where an action can be used.
package enum Scope: String, CaseIterable, Sendable {
  /// Tables and pages alike.
  case everywhere
  /// Whatever has a cursor or scrolls.
  case moving
  case table
  /// The page about one thing.
  case page
  /// While a filter is typed.
  case input
  case help
  case picker
  /// Tables and pages, where something is changed.
  case changing
  case journal
  /// The sheet that chooses what to discard.
  case sheet
  case plan
  /// A plan in a protected context.
  case confirm
  case running
  case outcome

  /// The heading in the help.
  package var title: String {
    switch self {
    case .everywhere: "Everywhere"
    case .moving: "Moving"
    case .table: "Tables"
    case .page: "Pages"
    case .input: "While typing"
    case .help: "In this help"
    case .picker: "Choosing a theme"
    case .changing: "Changes"
    case .journal: "In the journal"
    case .sheet: "Choosing what to discard"
    case .plan: "In a plan"
    case .confirm: "In a plan, protected"
    case .running: "While tasks are changed"
    case .outcome: "On an outcome"
    }
  }
}

/// What an action can do to the world.
package enum Risk: Sendable {
  /// It only looks.
  case none
  /// It can be taken back.
  case reversible
  case destructive
}

/// What is said about an action.
package struct ActionInfo: Sendable {
  package let title: String
  /// One sentence.
  package let help: String
  package let keys: [Key]
  package let scope: Scope
  package let risk: Risk
  /// The word in the footer, where the key is worth a place there.
  package let footer: String?
  /// The subcommand that does the same.
  package let command: [String]

  init(
    _ title: String, _ help: String, keys: [Key], scope: Scope, risk: Risk = .none, footer: String? = nil,
    command: [String] = []
  ) {
    self.title = title
    self.help = help
    self.keys = keys
    self.scope = scope
    self.risk = risk
    self.footer = footer
    self.command = command
  }
}

/// Everything a key can do. The raw value is the name in the configuration.
package enum Action: String, CaseIterable, Sendable {
  // In the order in which help shows them.
  case help = "app.help"
  case back = "view.back"
  case leave = "view.leave"
  case showQueues = "view.queues"
  case showTasks = "view.tasks"
  case showJobs = "view.jobs"
  case showJournal = "view.journal"
  case nextTab = "view.next"
  case previousTab = "view.previous"
  case refresh = "view.refresh"
  case live = "view.live"
  case log = "view.log"
  case readOnly = "app.read-only"
  case theme = "app.theme"
  case redraw = "app.redraw"
  case suspend = "app.suspend"
  case quit = "app.quit"

  case down = "move.down"
  case up = "move.up"
  case pageDown = "move.page-down"
  case pageUp = "move.page-up"
  case halfDown = "move.half-down"
  case halfUp = "move.half-up"
  case first = "move.first"
  case last = "move.last"

  case open = "row.open"
  case describe = "row.describe"
  case payload = "row.payload"
  case filter = "table.filter"
  case mark = "mark.row"
  case markRange = "mark.range"
  case markAll = "mark.all"
  case markNone = "mark.none"
  case sortNext = "sort.next"
  case sortPrevious = "sort.previous"
  case sortReverse = "sort.reverse"

  case pageTop = "page.overview"
  case pagePayload = "page.payload"
  case nextRow = "page.next"
  case previousRow = "page.previous"

  case inputKeep = "input.keep"
  case inputClear = "input.clear"
  case inputLeft = "input.left"
  case inputRight = "input.right"
  case inputStart = "input.start"
  case inputEnd = "input.end"
  case inputDelete = "input.delete"
  case inputDeleteForward = "input.delete-forward"
  case inputDeleteWord = "input.delete-word"
  case inputDeleteAll = "input.delete-all"

  case helpRun = "help.run"
  case helpSearch = "help.search"
  case helpClose = "help.close"

  case discard = "task.discard"
  case undo = "journal.undo"
  case resume = "journal.resume"

  case sheetChoose = "sheet.choose"
  case sheetMore = "sheet.more"
  case sheetLess = "sheet.less"
  case sheetErase = "sheet.erase"
  case sheetCancel = "sheet.cancel"
  case planFocus = "plan.focus"
  case planPress = "plan.press"
  case planApply = "plan.apply"
  case planCancel = "plan.cancel"
  case confirmApply = "confirm.apply"
  case confirmCancel = "confirm.cancel"
  case stop = "run.stop"
  case outcomeRetry = "outcome.retry"
  case outcomeUndo = "outcome.undo"
  case outcomeClose = "outcome.close"

  case pickerKeep = "picker.keep"
  case pickerCancel = "picker.cancel"
}
