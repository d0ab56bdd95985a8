// The tables of queues that were left for another one. Who comes back finds the filter, the cursor and the rows of before,
// with their age, while the list is asked for again.

import CloudModel
import Foundation

/// The last few tables of tasks.
struct TaskShelf: Equatable, Sendable {
  private static let longest = 4
  /// Rows of a larger table are let go: a million of them are 100 MB.
  private static let mostRows = 20_000

  private struct Entry: Equatable, Sendable {
    let queue: QueueName
    let table: TableModel<TaskRow>?
    let filter: String

    static func == (left: Entry, right: Entry) -> Bool {
      left.queue == right.queue && left.filter == right.filter && left.table?.content == right.table?.content
    }
  }

  private var entries: [Entry] = []

  mutating func keep(_ table: TableModel<TaskRow>, of queue: QueueName) {
    entries.removeAll { $0.queue == queue }
    // What broke off half-way is no list of the queue.
    let isWhole = !table.isPartial && table.content.latest != nil && table.rows.count <= Self.mostRows
    guard isWhole || !table.filter.isEmpty else { return }
    entries.append(Entry(queue: queue, table: isWhole ? table : nil, filter: table.filter))
    if entries.count > Self.longest { entries.removeFirst() }
  }

  mutating func take(_ queue: QueueName) -> (table: TableModel<TaskRow>?, filter: String)? {
    guard let place = entries.firstIndex(where: { $0.queue == queue }) else { return nil }
    let entry = entries.remove(at: place)
    return (entry.table, entry.filter)
  }
}

extension ConsoleState {
  /// The table of a queue in the place of another one's.
  mutating func exchangeTasks(for queue: QueueName) {
    if let openQueue { shelf.keep(tasks, of: openQueue) }
    openQueue = queue
    let (view, sort, flash, lastWork) = (tasks.view, tasks.sort, tasks.flash.isOn, tasks.lastWork)
    let before = shelf.take(queue)
    if let table = before?.table {
      tasks = table
      // How the columns stand is the person's choice for all queues; work under way was for the other list.
      (tasks.view, tasks.lastWork, tasks.work, tasks.incoming) = (view, lastWork, nil, nil)
      tasks.flash = Flash()
      tasks.flash.isOn = flash
      tasks.apply(.sort(sort))
    } else {
      tasks.clear()
    }
    if let filter = before?.filter, !filter.isEmpty { tasks.apply(.filter(filter, now)) }
  }
}
