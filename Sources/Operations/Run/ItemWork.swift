// What a run does with its items, one kind of change each.

import CloudModel
import Foundation
import JournalModel

/// An item on its way.
struct WorkItem: Sendable {
  var item: JournalItem
  /// What is kept of the task, where the work needs it.
  var content: Data?
  /// Sendings in this run.
  var attempts = 0
  /// An earlier sending may have been carried out: it was lost, or its run crashed.
  var isDoubtful: Bool
  /// Whether the journal knows it as sent in its present form.
  var isMarked = false

  init(_ item: JournalItem) {
    self.item = item
    isDoubtful = item.state == .sent
  }

  /// How the journal has it while it is under way.
  var mark: ItemChange { ItemChange(item.position, .sent, error: item.error, restoredAs: item.restoredAs) }
}

/// What came of one sending of one item.
enum Verdict: Sendable {
  /// Known: to be recorded. `.sent` says that it cannot be found out now.
  case settled(ItemChange)
  /// To be sent again after a while, or at once under another mark.
  case again(WorkItem, after: Duration)
  /// The service asks everyone to slow down.
  case throttled(WorkItem, asked: Duration?)
  /// Nothing more can be done in this run. The item keeps the mark, or, when it was certainly not carried out, loses it.
  case stop(WorkItem, APIError, wasSent: Bool)
}

/// One kind of change.
protocol ItemWork: Sendable {
  /// How many items are marked as sent at a time: the more, the fewer writes, but also the more items whose state a
  /// crash leaves open.
  var window: Int { get }
  /// How many of the ready items the next call takes; 0 to wait for those under way.
  func unitSize(_ ready: [WorkItem], underWay: Int) -> Int
  /// Completes items that were read from the journal, before they are marked.
  func prepare(_ items: [WorkItem]) async throws(JournalError) -> [WorkItem]
  /// Sends. Gives one verdict for each item.
  func perform(_ unit: [WorkItem]) async -> [Verdict]
}
