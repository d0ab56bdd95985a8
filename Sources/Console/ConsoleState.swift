// All that the console knows, with one owner: `update` changes it, `render` draws it, nobody else touches it.

import CloudModel
import Foundation
import Terminal

/// A sentence on the line above the footer, for a while.
struct Notice: Equatable, Sendable {
  var text: String
  var role: Role
  var until: Date
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
  /// Names of the contexts that can be switched to.
  package var contexts: [String] = []
  /// The contexts to choose from, with what the files say of them.
  var contextTable = TableModel(columns: ContextRow.columns, sort: Sort("CONTEXT"))
  /// The definitions are a file's, so that the jobs table can tell drift by itself.
  package var readsDefinitions = false
  package let themes: [Theme]
  package let refresh: RefreshPolicy
  package let keys: KeyMap
  package let zone: TimeZone
  package internal(set) var now: Date
  /// The moment that ages are drawn by.
  var ticking: Ticking
  package internal(set) var size: Size
  var screen: Screen = .queues
  /// The screens that Esc and `q` go back through, the last one first.
  var trail: [Visit] = []
  package internal(set) var queues: TableModel<QueueRow>
  package internal(set) var tasks: TableModel<TaskRow>
  package internal(set) var jobs: TableModel<JobRow>
  package internal(set) var pubsub = TableModel(columns: PubsubRow.columns, sort: Sort("TOPIC"))
  package internal(set) var journal: TableModel<JournalRow>
  /// The queue whose tasks are shown.
  package internal(set) var openQueue: QueueName?
  /// Name of the theme that is drawn with.
  package internal(set) var theme: String
  /// Live refresh is off.
  package internal(set) var isPaused: Bool
  var schedule = ScheduleState()
  /// Tasks by class and last status, and what the table was made from.
  var groups = TableModel(columns: GroupRow.columns, sort: Sort("PAIN", descending: true))
  var shownGroups: ShownGroups?
  var history: [QueueName: QueueHistory] = [:]
  /// Counts the answers that changed `surveys`.
  var surveyVersion = 0
  var page = PageState()
  var preview: Preview?
  var previewedTask: PreviewedTask?
  /// What lies over the screen and gets the keys first.
  var overlay: (any Panel)? {
    didSet {
      // What was said of something else would stand below the panel as if it were about it.
      if oldValue == nil, overlay != nil, notice?.role == .info { notice = nil }
    }
  }
  var notice: Notice?
  var lastPress: PointerPress?
  /// The filter that only whole tasks can answer, and what it found.
  var look: TaskLook?
  var surveys: [QueueName: QueueSurvey] = [:]
  /// When counting a queue's tasks failed last, so that the others have their turn.
  var refusedSurveys: [QueueName: Date] = [:]
  var lanes: [Lane: LaneState] = [:]
  /// Parts that the last good answer lacked.
  var partials: [Lane: Failure] = [:]
  /// Locations whose part of a list is still on its way.
  var pending: [Lane: PendingLocations] = [:]
  var retries = Retries()
  /// Tables of queues that were looked at before.
  var shelf = TaskShelf()
  /// List calls of the last minute and those put off, as the client that spends them tells. The console only plans by
  /// it and counts nothing itself, or calls it did not ask for would be missing.
  var budget = ListBudget()
  /// What is remembered from session to session.
  package internal(set) var memory: Memory
  var log = RequestLog()
  var lastGeneration = 0

  /// A console that has asked for nothing yet; the first tick starts it.
  ///
  /// - Parameters:
  ///   - themes: those the picker offers; the first one is drawn with when `theme` is nil.
  ///   - zone: the zone clocks are shown in.
  ///   - longestOnLoop: lists of more tasks are sorted and filtered aside (`Effect.arrangeTasks`).
  package init(
    context: ContextBadge, themes: [Theme], theme: String? = nil, refresh: RefreshPolicy = RefreshPolicy(), now: Date,
    size: Size, zone: TimeZone = .gmt, keys: KeyMap = KeyMap(), memory: Memory = Memory(), longestOnLoop: Int = 20_000
  ) {
    (self.context, self.themes, self.refresh, self.keys) = (context, themes, refresh, keys)
    (self.now, self.size, self.zone, self.memory) = (now, size, zone, memory)
    ticking = Ticking(now)
    self.theme = theme ?? themes.first?.name ?? Theme.plain.name
    isPaused = refresh.startsPaused
    let hasLocations = context.locations.count > 1
    queues = TableModel(columns: QueueRow.columns(withLocation: hasLocations), sort: Sort("NAME"))
    // The oldest first: a task that is old is one that fails or waits, and no row moves while nothing happens to it.
    tasks = TableModel(columns: TaskRow.columns, sort: Sort("AGE", descending: true), longestOnLoop: longestOnLoop)
    jobs = TableModel(columns: JobRow.columns(withLocation: hasLocations), sort: Sort("NAME"))
    journal = TableModel(columns: JournalRow.columns, sort: Sort("ENTRY", descending: true))
    for table in Self.tables {
      if let view = memory.views[table.viewName] { table.restore(view, &self) }
    }
    if memory.flash == false { applyFlash(false) }
  }

  mutating func nextGeneration() -> Generation {
    lastGeneration += 1
    return Generation(lastGeneration)
  }

  /// The row of the queue whose tasks are shown.
  var openQueueRow: QueueRow? { openQueue.flatMap(queueRow) }

  func queueRow(_ name: QueueName) -> QueueRow? { queues.rows.first { $0.name == name } }

  var moment: Moment { Moment(now: ticking.moment, zone: zone, isQueuePaused: openQueueRow?.isPaused ?? false) }

  mutating func say(_ text: String, _ role: Role = .info, seconds: TimeInterval = 6) {
    notice = Notice(text: text, role: role, until: now.addingTimeInterval(seconds))
  }
}
