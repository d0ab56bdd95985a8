// From screen to screen.

import CloudModel
import Foundation
import Terminal

extension ConsoleState {
  mutating func go(to tab: Tab) -> [Effect] {
    guard tab == .tasks else { return show(tab.table) }
    // From the queues it is the queue under the cursor; from elsewhere the one seen last.
    let isOnQueues = screen.tab == .queues
    guard let queue = isOnQueues ? queues.current?.name : openQueue ?? queues.current?.name else { return show(.tasks) }
    return openTasks(of: queue)
  }

  mutating func go(by step: Int) -> [Effect] {
    let tabs = Tab.allCases
    guard let place = tabs.firstIndex(of: screen.tab) else { return [] }
    return go(to: tabs[(place + step + tabs.count) % tabs.count])
  }

  /// Esc clears the filter before it leaves; only `q` quits.
  mutating func goBack(quits: Bool) -> [Effect] {
    if !quits, !screen.isPage, !filterText.isEmpty {
      editTable(.filter("", now))
      return []
    }
    switch screen {
    case .queue: return show(.queues)
    case .task: return show(.tasks)
    case .job: return show(.jobs)
    case .log(let tab): return show(tab.table)
    case .entry: return show(.journal)
    case .tasks: return show(.queues)
    case .queues, .jobs, .journal: return quits ? [.quit] : []
    }
  }

  mutating func show(_ next: Screen) -> [Effect] {
    var effects: [Effect] = []
    if screen == .tasks, next != .tasks { effects += leaveTasks() }
    if screen.isPage || next.isPage { effects += abandon(.page) }
    if next != .tasks { effects += abandon(.preview) }
    screen = next
    return effects
  }

  /// A list that still arrives is called off: on a queue of a million tasks it would go on for minutes.
  private mutating func leaveTasks() -> [Effect] {
    guard lanes[.tasks]?.waiting != nil else { return [] }
    let due = lanes[.tasks]?.due ?? .distantPast
    let effects = abandon(.tasks)
    lanes[.tasks]?.due = tasks.content.latest == nil || tasks.isPartial ? .distantPast : due
    return effects
  }

  mutating func openTasks(of queue: QueueName) -> [Effect] {
    var effects: [Effect] = []
    if queue != openQueue {
      effects += abandon(.tasks)
      openQueue = queue
      tasks.clear()
      previewedTask = nil
      partials[.tasks] = nil
    }
    return effects + show(.tasks)
  }

  /// The log of requests, over whatever is shown.
  mutating func showLog() -> [Effect] {
    if case .log = screen { return [] }
    let effects = show(.log(screen.tab))
    page = PageState()
    return effects
  }

  // MARK: Opening the row under the cursor

  mutating func performOnTable(_ action: Action) -> [Effect] {
    switch action {
    case .open:
      if screen == .queues { return queues.current.map { openTasks(of: $0.name) } ?? [] }
      return openPage()
    case .describe: return openPage()
    case .payload:
      if screen == .queues { return [.bell] }
      let effects = openPage()
      page.wantsPayload = screen.isPage
      return effects
    case .filter: overlay = .filter(TextField(filterText))
    case .mark, .markRange, .markAll, .markNone: mark(action)
    case .sortNext: sort(by: 1)
    case .sortPrevious: sort(by: -1)
    default: reverseSort()
    }
    return []
  }

  mutating func performOnPage(_ action: Action) -> [Effect] {
    switch action {
    case .pagePayload:
      guard let start = page.layout?.start(of: .payload) else { return [.bell] }
      page.offset = start
      return []
    case .nextRow, .previousRow:
      let before = screen
      editTable(.move(by: action == .nextRow ? 1 : -1))
      let effects = openPage()
      return screen == before ? effects + [.bell] : effects
    default:
      page.offset = 0
      return []
    }
  }

  /// Opens the page of the row under the cursor, with what the row tells until the rest is there.
  private mutating func openPage() -> [Effect] {
    switch screen.tab {
    case .queues:
      guard let row = queues.current else { return [] }
      return openPage(.queue(row.name), Document(row), at: queues.content.latest?.at)
    case .tasks:
      guard let openQueue, let row = tasks.current, let name = row.name(in: openQueue) else { return [] }
      return openPage(.task(name), Document.waiting(row, in: openQueue), at: tasks.content.latest?.at)
    case .jobs:
      guard let row = jobs.current else { return [] }
      return openPage(.job(row.name), Document(row, now: now), at: jobs.content.latest?.at)
    case .journal:
      guard let row = journal.current else { return [] }
      return openPage(
        .entry(row.number), Document(row.entry, items: [], more: row.entry.counts.planned),
        at: journal.content.latest?.at)
    }
  }

  private mutating func openPage(_ next: Screen, _ document: Document, at moment: Date?) -> [Effect] {
    if next == screen { return [] }
    let effects = show(next)
    page = PageState(content: .loading(last: Dated(document, at: moment ?? now)))
    lanes[.page] = LaneState(isForced: true)
    if case .queue = next { lanes[.page] = nil }
    return effects
  }

  private mutating func mark(_ action: Action) {
    switch screen.tab {
    case .queues: queues.mark(action)
    case .tasks: tasks.mark(action)
    case .jobs: jobs.mark(action)
    case .journal: journal.mark(action)
    }
    if marks.rangeStart != nil, action == .markRange {
      say("A range begins here. Move, and \(keys.names(for: .markRange)) marks all between.")
    }
  }

  // MARK: Sorting

  private mutating func sort(by step: Int) {
    switch screen.tab {
    case .queues: queues.sort(by: step, width: ScreenLayout(size: size).table.columns)
    case .tasks: tasks.sort(by: step, width: ScreenLayout(size: size).table.columns)
    case .jobs: jobs.sort(by: step, width: ScreenLayout(size: size).table.columns)
    case .journal: journal.sort(by: step, width: ScreenLayout(size: size).table.columns)
    }
  }

  private mutating func reverseSort() {
    switch screen.tab {
    case .queues: queues.apply(.sort(queues.sort.reversed))
    case .tasks: tasks.apply(.sort(tasks.sort.reversed))
    case .jobs: jobs.apply(.sort(jobs.sort.reversed))
    case .journal: journal.apply(.sort(journal.sort.reversed))
    }
  }
}

extension Sort {
  var reversed: Sort { Sort(title, descending: !isDescending) }
}

extension TableModel {
  /// Sorts by a column beside the one it is sorted by, among those that are shown.
  mutating func sort(by step: Int, width: Int) {
    let shown = ColumnLayout.place(columns, contents: contentWidths, width: width).map { columns[$0.index] }
    let place = shown.firstIndex { $0.title == sort.title } ?? -1
    let next = shown[((place + step) % shown.count + shown.count) % shown.count]
    apply(.sort(Sort(next.title, descending: next.startsDescending)))
  }

  /// Puts the cursor on a line of the screen, if there is a row.
  mutating func select(line: Int) {
    let position = offset + line
    if visible.indices.contains(position) { apply(.move(by: position - cursor)) }
  }
}
