// The table of queues, and the page about one.

import CloudModel
import Foundation
import Terminal

struct QueuesScreen: TableScreen {
  var table: WritableKeyPath<ConsoleState, TableModel<QueueRow>> & Sendable { \.queues }
  var tab: Tab { .queues }
  var lane: Lane { .queues }
  var noun: String { "queue" }

  var scopes: [Scope] { [.table, .queues, .changing] }
  func openRow(_ state: inout ConsoleState) -> [Effect] {
    state.queues.current.map { state.openTasks(of: $0.name) } ?? []
  }
  func queue(_ state: ConsoleState) -> QueueName? { state.queues.current?.name }

  func crumbs(_ state: ConsoleState) -> [String] { ["queues"] }
  func lanes(_ state: ConsoleState) -> [Lane] { [.queues, .survey] }
  func loading(_ state: ConsoleState) -> String { "queues of \(state.context.project)" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    let places = state.context.locations.joined(separator: ", ")
    return ("No queues.", "\(state.context.project) has none in \(places).\(state.offer(.createQueue, "creates one"))")
  }

  func preview(_ state: ConsoleState) -> Document? {
    state.queues.current.map { Document($0, state.history[$0.name]) }
  }

  func opened(_ state: ConsoleState) -> OpenedPage? {
    state.queues.current.map {
      OpenedPage(
        screen: Screen(QueuePage(name: $0.name)), document: Document($0, state.history[$0.name]), at: shownAt(state))
    }
  }

  func discardSheet(_ state: ConsoleState) -> DiscardSheet? {
    state.queues.current.map { DiscardSheet(queue: $0.name) }
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    guard let name = state.queues.current?.name else { return [] }
    return queueCopies(name, state) + rowCopies(state)
  }
}

struct QueuePage: PageScreen {
  let name: QueueName

  var tab: Tab { .queues }
  var before: Screen? { .queues }
  var scopes: [Scope] { [.page, .queues, .changing] }
  func queue(_ state: ConsoleState) -> QueueName? { name }
  func crumbs(_ state: ConsoleState) -> [String] { ["queues", name.id] }
  func lanes(_ state: ConsoleState) -> [Lane] { [.queues, .survey] }
  func shownAt(_ state: ConsoleState) -> Date? { state.queues.content.latest?.at }
  func failure(_ state: ConsoleState) -> Failure? { state.queues.content.failure }

  func document(_ state: ConsoleState) -> Dated<Document>? {
    guard let row = state.queueRow(name), let at = state.queues.content.latest?.at else { return nil }
    return Dated(Document(row, state.history[name]), at: at)
  }

  func discardSheet(_ state: ConsoleState) -> DiscardSheet? { DiscardSheet(queue: name) }
  func copies(_ state: ConsoleState) -> [Copy] { queueCopies(name, state) }
}

private func queueCopies(_ name: QueueName, _ state: ConsoleState) -> [Copy] {
  [Copy(title: "ID", text: name.id), Copy(title: "full name", text: name.description)]
    + EquivalentCommands(context: state.context).queue(name)
    + (state.queueRow(name).map { [Copy(title: "JSON", text: $0.queue.json.pretty)] } ?? [])
}

extension Screen {
  static let queues = Screen(QueuesScreen())
}
