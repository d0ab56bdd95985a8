// The overview: tasks by class and last status, of one queue or of all, what hurts most first. Enter or `f` opens a
// group's tasks.

import CloudModel
import Foundation
import Terminal

struct OverviewScreen: TableScreen {
  /// Nil is all queues.
  let queue: QueueName?

  var table: WritableKeyPath<ConsoleState, TableModel<GroupRow>> & Sendable { \.groups }
  var tab: Tab { .queues }
  var before: Screen? { .queues }
  var lane: Lane { .queues }
  var noun: String { "group" }
  var viewName: String { "overview" }
  var scopes: [Scope] { [.overview, .table] }

  func crumbs(_ state: ConsoleState) -> [String] { ["queues"] + (queue.map { [$0.id] } ?? []) + ["overview"] }
  func lanes(_ state: ConsoleState) -> [Lane] { [.queues, .survey] }
  func shownAt(_ state: ConsoleState) -> Date? { state.queues.content.latest?.at }
  func failure(_ state: ConsoleState) -> Failure? { state.queues.content.failure }
  func loading(_ state: ConsoleState) -> String { "tasks, to count them" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    ("No tasks.", "Nothing waits and nothing fails.")
  }

  /// What is not in the groups is said, or they would seem to be all.
  func summary(_ state: ConsoleState) -> [Span] {
    let surveyed = surveyed(state)
    let left = surveyed.values.reduce(0) { sum, survey in
      sum + survey.tasks - survey.groups.prefix(most(surveyed.count)).reduce(0) { $0 + $1.tasks }
    }
    let isPartial = surveyed.values.contains { !$0.isComplete }
    let spans = tableSummary(state.groups, noun, failing: failingWord)
    let more = left > 0 ? [Span("\(Words.count(left, "task")) in smaller groups  ", Style(.warning))] : []
    let storms = state.queues.rows.filter { (queue == nil || $0.name == queue) && RetryStorm($0) != nil }.map(\.name.id)
    let storm =
      storms.isEmpty ? [] : [Span("! retry storm: \(storms.prefix(3).joined(separator: ", "))  ", Style(.danger))]
    return storm + (isPartial ? [Span("of the first pages  ", Style(.warning))] : []) + more + spans
  }

  /// Groups of each queue. A thousand queues of two hundred groups would be sorted while a key waits, and nobody reads
  /// them: the first ones of each are those that hurt most.
  private func most(_ queues: Int) -> Int { max(10, 5000 / max(1, queues)) }

  private func surveyed(_ state: ConsoleState) -> [QueueName: QueueSurvey] {
    queue.map { name in state.surveys[name].map { [name: $0] } ?? [:] } ?? state.surveys
  }

  /// Made again when a queue was counted.
  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout) {
    if state.shownGroups?.version != state.surveyVersion || state.shownGroups?.queue != queue {
      let surveyed = surveyed(state)
      let rows = surveyed.flatMap { name, survey in
        survey.groups.prefix(most(surveyed.count)).map { GroupRow($0, of: name, among: survey.tasks) }
      }
      if !surveyed.isEmpty || state.queues.rows.allSatisfy({ $0.tasks == 0 }), state.queues.content.latest != nil {
        state.groups.load(rows, at: state.now)
      } else {
        state.groups.ask()
      }
      state.shownGroups = ShownGroups(queue: queue, version: state.surveyVersion)
    }
    state.groups.scrollToCursor(height: layout.tableRows)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderTable(state.groups, TableWords(self, state), state, layout, &frame)
    OverviewFacts(state, layout)?.render(state, &frame)
  }

  func addTicks(
    _ cells: inout TickedCells, from before: Moment, to after: Moment, _ state: ConsoleState, _ layout: ScreenLayout
  ) {
    state.groups.addTicks(&cells, from: before, to: after, in: layout)
    OverviewFacts(state, layout)?.addTicks(&cells, from: before.now, to: after.now)
  }

  func openRow(_ state: inout ConsoleState) -> [Effect] {
    guard let row = state.groups.current else { return [] }
    let effects = state.openTasks(of: row.queue)
    state.editTable(.filter(row.filter, state.now))
    return effects
  }

  func preview(_ state: ConsoleState) -> Document? {
    guard let name = state.groups.current?.queue, let row = state.queueRow(name) else { return nil }
    return Document(row, state.history[name])
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    guard let row = state.groups.current else { return [] }
    return [Copy(title: "filter", text: row.filter)] + rowCopies(state)
  }
}

/// What the table of groups was made from.
struct ShownGroups: Equatable, Sendable {
  var queue: QueueName?
  var version: Int
}

extension Scope {
  static let overview = Scope("overview", "In the overview", elsewhere: "only in the overview")
  static let queues = Scope("queues", "Queues", elsewhere: "only where a queue is shown")
}

extension Action {
  static let openGroup = Action(
    "overview.tasks", "Tasks", "The tasks of this class with this last status.", keys: ["f"], scope: .overview,
    footer: "tasks"
  ) { state, _ in state.screen.view.openRow(&state) }

  static let overviewActions = [openGroup]

  static let groups = Action(
    "queue.groups", "Groups", "The queue's tasks by class and last status, with shares.", keys: ["f"], scope: .queues,
    footer: "groups", rank: 4,
    refusal: { $0.screen.view.queue($0) == nil ? "Choose a queue." : nil }
  ) { state, _ in
    let queue = state.screen.view.queue(state)
    return state.show(Screen(OverviewScreen(queue: queue)))
  }

  static let overview = Action(
    "view.overview", "Overview", "All queues' tasks by class and last status, what hurts most first.", keys: ["o"],
    scope: .everywhere, footer: nil
  ) { state, _ in state.show(Screen(OverviewScreen(queue: nil))) }
}

extension Command {
  static let overview = Command(
    "overview", arguments: "[QUEUE]", help: Action.overview.help, words: { $0.queues.rows.map(\.name.id) }
  ) { state, arguments in
    guard let word = arguments.words.first else { return .success(state.perform(.overview)) }
    return state.queue(named: word).map { state.show(Screen(OverviewScreen(queue: $0))) }
  }
}
