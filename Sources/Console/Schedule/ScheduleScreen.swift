// The Schedule tab: the plan as a page, from `S` to `a`.

import CloudModel
import Foundation
import JournalModel
import Operations
import Terminal

struct ScheduleScreen: ScreenView {
  var tab: Tab { .schedule }
  var isPage: Bool { true }
  var scopes: [Scope] { [.schedule] }

  func crumbs(_ state: ConsoleState) -> [String] {
    ["schedule"] + (state.schedule.plan.map { [sanitised(lastPart($0.source))] } ?? [])
  }

  func lanes(_ state: ConsoleState) -> [Lane] { [.schedule] }
  func shownAt(_ state: ConsoleState) -> Date? { state.schedule.content.latest?.at }
  func failure(_ state: ConsoleState) -> Failure? { state.schedule.content.failure }

  func summary(_ state: ConsoleState) -> [Span] {
    guard let plan = state.schedule.plan else { return [] }
    if plan.isEmpty { return [Span("no drift", Style(.success))] }
    let count = plan.added.count + plan.updated.count + plan.deleted.count
    return [Span(Words.count(count, "difference"), Style(.warning))]
  }

  func extent(_ state: ConsoleState, _ layout: ScreenLayout) -> ScrollExtent {
    ScrollExtent(offset: state.schedule.offset, height: layout.page.rows, count: state.schedule.lines.count)
  }

  func move(_ action: Action, _ state: inout ConsoleState) {
    state.schedule.move(by: ConsoleState.distance(action, ScreenLayout(state).page.rows))
  }

  func point(at line: Int, _ state: inout ConsoleState) { state.schedule.cursor = state.schedule.offset + line }

  func arrange(_ state: inout ConsoleState, _ layout: ScreenLayout) {
    state.schedule.arrange(layout.page, state.zone)
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    guard state.schedule.content.latest != nil else {
      if let failure = state.schedule.content.failure { return renderFailure(failure, state, in: layout.body, &frame) }
      return renderMiddle([("Reading the definitions and the jobs...", Style(.info))], in: layout.body, &frame)
    }
    let area = layout.page
    for row in 0..<area.rows {
      let index = state.schedule.offset + row
      guard state.schedule.lines.indices.contains(index) else { break }
      let place = Point(column: area.left, row: area.top + row)
      frame.target(area.row(row), .line(row))
      var spans = state.schedule.lines[index].spans
      if index == state.schedule.cursor {
        frame.fill(Rect(column: 0, row: place.row, columns: layout.body.columns, rows: 1), style: Style(.selection))
        spans = spans.map { Span($0.text, Style($0.style.role, on: .selection)) }
      }
      frame.put(spans, at: place, maxWidth: area.columns)
    }
  }
}

extension Tab {
  static let schedule = Tab(
    4, "Schedule", "schedule", help: "Show what the definitions would change in the jobs.", keys: ["S"],
    command: ["schedule", "diff"]
  ) { Screen(ScheduleScreen()) }
}

extension Scope {
  static let schedule = Scope("schedule", "In the schedule", elsewhere: "only in the Schedule tab")
}

extension Lane {
  /// Definitions against jobs. `r` reads the definitions again; by itself only a changed file is read again.
  static let schedule = Lane(name: "schedule", share: 0.25, isUnasked: { $0.schedule.content.isUnasked }) {
    state, generation in
    state.askForSchedule(generation)
  }
}

extension ConsoleState {
  fileprivate mutating func askForSchedule(_ generation: Generation) -> Effect {
    let rereads = lanes[.schedule]?.isForced ?? false
    schedule.content = schedule.content.asking
    return .loadSchedule(prunes: schedule.prunes, rereads: rereads, generation)
  }
}

extension Action {
  static let scheduleApply = Action(
    "schedule.apply", "Apply", "Bring the jobs to what the definitions say, after a plan.", keys: ["a"],
    scope: .schedule, risk: .reversible, footer: "apply", command: ["schedule", "apply"],
    refusal: { $0.objectionToApply }
  ) { state, _ in state.planSchedule() }
  static let scheduleExport = Action(
    "schedule.export", "Export", "Write the plan to a file that schedule apply takes.", keys: ["x"], scope: .schedule,
    footer: "export", command: ["schedule", "diff"],
    refusal: { $0.schedule.plan == nil ? "There is no plan yet." : nil }
  ) { state, _ in state.schedule.plan.map { [.exportPlan($0)] } ?? [] }
  static let schedulePrune = Action(
    "schedule.prune", "Prune", "Plan to delete the app's own jobs that no definition names, or leave them.",
    keys: ["p"], scope: .schedule, footer: "prune", command: ["schedule", "diff"]
  ) { state, _ in
    state.schedule.prunes.toggle()
    state.lanes[.schedule, default: LaneState()].isForced = true
    state.say(
      state.schedule.prunes ? "Jobs without a definition are planned to go." : "Jobs without a definition stay.")
    return []
  }
  static let scheduleFold = Action(
    "schedule.fold", "Fold", "Fold the block under the cursor to one line, or unfold it.", keys: ["Enter", "Space"],
    scope: .schedule, footer: "fold"
  ) { state, _ in
    state.schedule.toggleFold()
    return []
  }
  static let scheduleFoldAll = Action(
    "schedule.fold-all", "Fold all", "Fold every block, or unfold them.", keys: ["f"], scope: .schedule
  ) { state, _ in
    state.schedule.foldAll()
    return []
  }

  static let scheduleActions = [scheduleApply, scheduleExport, schedulePrune, scheduleFold, scheduleFoldAll]
}

extension ConsoleState {
  fileprivate var objectionToApply: String? {
    guard let view = schedule.content.latest?.value else { return "There is no plan yet." }
    if view.plan.isEmpty { return "The jobs are as the definitions say; there is nothing to apply." }
    if view.isFile, !view.plan.errors.isEmpty { return "The definitions have errors: mend them first." }
    return nil
  }

  fileprivate mutating func planSchedule() -> [Effect] {
    guard let plan = schedule.plan else { return [] }
    return begin(ResourceRequest(plan))
  }

  mutating func take(schedule answer: Result<ScheduleView, Failure>, _ generation: Generation) {
    guard awaits(generation, .schedule) else { return }
    switch answer {
    case .success(let view):
      settle(.schedule, calls: 1)
      schedule.content = .loaded(Dated(view, at: now))
      markDrift()
    case .failure(let failure):
      settle(.schedule, failure: failure)
      schedule.content = schedule.content.failing(failure)
    }
  }

  /// The jobs table marks what the plan would change.
  mutating func markDrift() {
    guard let plan = schedule.plan else { return }
    let changed = Set(plan.updated.map(\.before.name))
    let stale = Set((plan.stale + plan.deleted).map(\.name))
    jobs.update { row in row.drift = changed.contains(row.name) ? .changed : stale.contains(row.name) ? .stale : nil }
  }
}
