// The table of Cloud Scheduler jobs, and the page about one.

import CloudModel
import Foundation
import Terminal

struct JobsScreen: TableScreen {
  var table: WritableKeyPath<ConsoleState, TableModel<JobRow>> & Sendable { \.jobs }
  var tab: Tab { .jobs }
  var lane: Lane { .jobs }
  var noun: String { "job" }
  var scopes: [Scope] { [.jobs, .table, .changing] }

  /// Drift is marked once the definitions were looked at, or where looking costs no more than reading a file.
  func lanes(_ state: ConsoleState) -> [Lane] {
    state.readsDefinitions || state.schedule.plan != nil ? [lane, .schedule] : [lane]
  }

  func crumbs(_ state: ConsoleState) -> [String] { ["jobs"] }
  func loading(_ state: ConsoleState) -> String { "jobs of \(state.context.project)" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    let places = state.context.locations.joined(separator: ", ")
    return (
      "No jobs.", "\(state.context.project) schedules none in \(places).\(state.offer(.jobCreate, "creates one"))"
    )
  }

  func preview(_ state: ConsoleState) -> Document? {
    state.jobs.current.map { Document($0, now: state.now) }
  }

  func opened(_ state: ConsoleState) -> OpenedPage? {
    state.jobs.current.map {
      OpenedPage(screen: Screen(JobPage(name: $0.name)), document: Document($0, now: state.now), at: shownAt(state))
    }
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    state.jobs.current.map { jobCopies($0.name, state) + rowCopies(state) } ?? []
  }
}

struct JobPage: PageScreen {
  let name: JobName

  var tab: Tab { .jobs }
  var before: Screen? { .jobs }
  var scopes: [Scope] { [.jobs, .page, .changing] }
  func crumbs(_ state: ConsoleState) -> [String] { ["jobs", name.id] }
  func load(_ generation: Generation) -> Effect? { .loadJob(name, generation) }
  func copies(_ state: ConsoleState) -> [Copy] { jobCopies(name, state) }
}

private func jobCopies(_ name: JobName, _ state: ConsoleState) -> [Copy] {
  let row = state.jobs.rows.first { $0.name == name }
  return [Copy(title: "ID", text: name.id), Copy(title: "full name", text: name.description)]
    + EquivalentCommands(context: state.context).job(name)
    + (row.map { [Copy(title: "schedule", text: $0.schedule), Copy(title: "JSON", text: $0.job.json.pretty)] } ?? [])
}

extension Screen {
  static let jobs = Screen(JobsScreen())
}
