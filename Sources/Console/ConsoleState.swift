// All that the console knows, with one owner: `update` changes it, `render` draws it, nobody else touches it.

import CloudModel
import Foundation
import Terminal

/// What fills the screen.
package enum Screen: Equatable, Sendable {
  case queues, tasks, jobs, journal
  /// The page about one thing.
  case queue(QueueName)
  case task(TaskName)
  case job(JobName)
  /// The requests that were sent, and the tab to go back to.
  case log(Tab)
  case entry(Int)

  /// The tab it belongs to.
  package var tab: Tab {
    switch self {
    case .queues, .queue: .queues
    case .tasks, .task: .tasks
    case .jobs, .job: .jobs
    case .log(let tab): tab
    case .journal, .entry: .journal
    }
  }

  package var isPage: Bool {
    switch self {
    case .queues, .tasks, .jobs, .journal: false
    case .queue, .task, .job, .entry, .log: true
    }
  }
}

/// A tab; its digit is its place in the list, from 1.
package enum Tab: CaseIterable, Sendable {
  case queues, tasks, jobs, journal

  package var title: String {
    switch self {
    case .queues: "Queues"
    case .tasks: "Tasks"
    case .jobs: "Jobs"
    case .journal: "Journal"
    }
  }

  var action: Action {
    switch self {
    case .queues: .showQueues
    case .tasks: .showTasks
    case .jobs: .showJobs
    case .journal: .showJournal
    }
  }

  var table: Screen {
    switch self {
    case .queues: .queues
    case .tasks: .tasks
    case .jobs: .jobs
    case .journal: .journal
    }
  }
}

/// What lies over the screen and gets the keys first.
enum Overlay: Equatable, Sendable {
  case none
  case filter(TextField)
  case help(HelpState)
  case themes(ThemePicker)
  case discard(DiscardSheet)
  case change(ChangeState)
}

/// A sentence on the line above the footer, for a while.
struct Notice: Equatable, Sendable {
  var text: String
  var role: Role
  var until: Date
}

/// The page about one thing: what it says, and where it is scrolled to.
struct PageState: Equatable, Sendable {
  var content: Loaded<Document> = .unasked
  var layout: DocumentLayout?
  var offset = 0
  /// How many requests the log's page is made of.
  var requests: Int?
  /// Scroll to the payload once it is there.
  var wantsPayload = false
}

/// The page about the row under the cursor, beside the table on wide terminals.
struct Preview: Equatable, Sendable {
  var document: Document
  var layout: DocumentLayout
}

/// A task whose page was asked for because the cursor is on it.
struct PreviewedTask: Equatable, Sendable {
  /// As it was when it was asked for: when the row has changed, the page is asked for again.
  var row: TaskRow
  var document: Document
}

/// The state of the console.
package struct ConsoleState: Sendable {
  package internal(set) var context: ContextBadge
  package let themes: [Theme]
  package let refresh: RefreshPolicy
  package let keys: KeyMap
  package let zone: TimeZone
  package internal(set) var now: Date
  package internal(set) var size: Size
  package internal(set) var screen: Screen = .queues
  package internal(set) var queues: TableModel<QueueRow>
  package internal(set) var tasks: TableModel<TaskRow>
  package internal(set) var jobs: TableModel<JobRow>
  package internal(set) var journal: TableModel<JournalRow>
  /// The queue whose tasks are shown.
  package internal(set) var openQueue: QueueName?
  /// Name of the theme that is drawn with.
  package internal(set) var theme: String
  /// Live refresh is off.
  package internal(set) var isPaused: Bool
  var page = PageState()
  var preview: Preview?
  var previewedTask: PreviewedTask?
  var overlay: Overlay = .none
  var notice: Notice?
  var surveys: [QueueName: QueueSurvey] = [:]
  /// When counting a queue's tasks failed last, so that the others have their turn.
  var refusedSurveys: [QueueName: Date] = [:]
  var lanes: [Lane: LaneState] = [:]
  /// Parts that the last good answer lacked.
  var partials: [Lane: Failure] = [:]
  /// List calls of the last minute and those put off, as the client that spends them tells. The console only plans by
  /// it and counts nothing itself, or calls it did not ask for would be missing.
  var budget = ListBudget()
  var log = RequestLog()
  var lastGeneration = 0

  /// A console that has asked for nothing yet; the first tick starts it.
  ///
  /// - Parameters:
  ///   - themes: those the picker offers; the first one is drawn with when `theme` is nil.
  ///   - zone: the zone clocks are shown in.
  package init(
    context: ContextBadge, themes: [Theme], theme: String? = nil, refresh: RefreshPolicy = RefreshPolicy(), now: Date,
    size: Size, zone: TimeZone = .gmt, keys: KeyMap = KeyMap()
  ) {
    (self.context, self.themes, self.refresh, self.keys) = (context, themes, refresh, keys)
    (self.now, self.size, self.zone) = (now, size, zone)
    self.theme = theme ?? themes.first?.name ?? Theme.plain.name
    isPaused = refresh.startsPaused
    let hasLocations = context.locations.count > 1
    queues = TableModel(columns: QueueRow.columns(withLocation: hasLocations), sort: Sort("NAME"))
    // The oldest first: a task that is old is one that fails or waits, and no row moves while nothing happens to it.
    tasks = TableModel(columns: TaskRow.columns, sort: Sort("AGE", descending: true))
    jobs = TableModel(columns: JobRow.columns(withLocation: hasLocations), sort: Sort("NAME"))
    journal = TableModel(columns: JournalRow.columns, sort: Sort("ENTRY", descending: true))
  }

  mutating func nextGeneration() -> Generation {
    lastGeneration += 1
    return Generation(lastGeneration)
  }

  /// The row of the queue whose tasks are shown.
  var openQueueRow: QueueRow? { openQueue.flatMap(queueRow) }

  func queueRow(_ name: QueueName) -> QueueRow? { queues.rows.first { $0.name == name } }

  var moment: Moment { Moment(now: now, zone: zone, isQueuePaused: openQueueRow?.isPaused ?? false) }

  mutating func say(_ text: String, _ role: Role = .info, seconds: TimeInterval = 6) {
    notice = Notice(text: text, role: role, until: now.addingTimeInterval(seconds))
  }
}

// MARK: - The table on the screen

extension ConsoleState {
  mutating func editTable(_ edit: TableEdit) {
    switch screen.tab {
    case .queues: queues.apply(edit)
    case .tasks: tasks.apply(edit)
    case .jobs: jobs.apply(edit)
    case .journal: journal.apply(edit)
    }
  }

  var filterText: String {
    switch screen.tab {
    case .queues: queues.filter
    case .tasks: tasks.filter
    case .jobs: jobs.filter
    case .journal: journal.filter
    }
  }

  /// The marks in the table of the screen.
  var marks: Marks {
    switch screen.tab {
    case .queues: queues.marks
    case .tasks: tasks.marks
    case .jobs: jobs.marks
    case .journal: journal.marks
    }
  }

  /// What is wrong with the filter that is typed.
  var filterProblem: FilterProblem? { screen.tab == .tasks ? tasks.filterProblem : nil }

  /// The lanes that the screen needs; the first one is what it shows.
  var activeLanes: [Lane] { lanes(of: screen) }

  private func lanes(of screen: Screen) -> [Lane] {
    switch screen {
    case .log(let tab): lanes(of: tab.table)
    case .queues, .queue: [.queues, .survey]
    case .tasks:
      openQueue == nil ? [.queues] : ScreenLayout(size: size).preview == nil ? [.tasks] : [.tasks, .preview]
    case .jobs: [.jobs]
    case .journal: [.journal]
    case .entry: [.page, .journal]
    case .task, .job: [.page]
    }
  }

  /// When what is shown was fetched; nil when nothing is.
  var shownAt: Date? {
    switch screen {
    case .queues, .queue: queues.content.latest?.at
    case .tasks: tasks.content.latest?.at
    case .jobs: jobs.content.latest?.at
    case .journal: journal.content.latest?.at
    case .task, .job, .entry, .log: page.content.latest?.at
    }
  }

  /// The failure of what is shown.
  var shownFailure: Failure? {
    switch screen {
    case .queues, .queue: queues.content.failure
    case .tasks: openQueue == nil ? queues.content.failure : tasks.content.failure
    case .jobs: jobs.content.failure
    case .journal: journal.content.failure
    case .task, .job, .entry: page.content.failure
    case .log: nil
    }
  }
}
