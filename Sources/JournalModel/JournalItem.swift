// One task of a journaled change.

import CloudModel
import Foundation

/// What has become of one item.
package enum ItemState: Int, CaseIterable, Sendable {
  /// Its turn has not come.
  case planned = 0
  /// Its request went out, or was about to, and no definite answer is recorded.
  case sent = 1
  /// Deleted by us: it answered so, or it was not there any more after an answer of ours was lost.
  case discarded = 2
  /// Not there when first asked for: it finished, or others deleted it.
  case gone = 3
  /// Refused, and still there.
  case failed = 4
  /// Re-created.
  case restored = 5

  /// As the journal prints it.
  package var word: String {
    switch self {
    case .planned: "planned"
    case .sent: "sent"
    case .discarded: "discarded"
    case .gone: "gone"
    case .failed: "failed"
    case .restored: "restored"
    }
  }
}

/// An item as it is planned.
package struct PlannedItem: Equatable, Sendable {
  package var name: TaskName
  /// The task as the API gave it, in JSON, with its body; nil when it is not kept.
  package var content: Data?
  /// In an undo: the position of the item that is put back.
  package var origin: Int?

  package init(name: TaskName, content: Data? = nil, origin: Int? = nil) {
    (self.name, self.content, self.origin) = (name, content, origin)
  }
}

/// An item as the journal knows it.
package struct JournalItem: Equatable, Sendable {
  /// Its place in the plan, from 0.
  package var position: Int
  package var name: TaskName
  package var state: ItemState
  /// Why it failed, or why its outcome is not known; remote text, not yet sanitised.
  package var error: String?
  /// The name it was re-created under; in an undo that is under way, the name it is being re-created under.
  package var restoredAs: TaskName?
  /// In an undo: the position of the item that is put back.
  package var origin: Int?

  package init(
    position: Int, name: TaskName, state: ItemState = .planned, error: String? = nil, restoredAs: TaskName? = nil,
    origin: Int? = nil
  ) {
    self.position = position
    self.name = name
    self.state = state
    self.error = error
    self.restoredAs = restoredAs
    self.origin = origin
  }

  /// The state to show: a discarded task that has been put back is restored.
  package var shownState: ItemState {
    restoredAs != nil && (state == .discarded || state == .gone) ? .restored : state
  }
}

/// An item of one entry whose task has been put back from another one: both deleted it, as far as they could tell.
package struct RestoredElsewhere: Equatable, Sendable {
  /// Of the item.
  package var position: Int
  /// The undo that put the task back, or may have.
  package var undo: Int
  /// The entry that it undid, and the item there.
  package var entry: Int
  package var origin: Int

  package init(position: Int, undo: Int, entry: Int, origin: Int) {
    (self.position, self.undo, self.entry, self.origin) = (position, undo, entry, origin)
  }
}

/// A new state of one item. What it does not name becomes empty.
package struct ItemChange: Equatable, Sendable {
  package var position: Int
  package var state: ItemState
  package var error: String?
  package var restoredAs: TaskName?

  package init(_ position: Int, _ state: ItemState, error: String? = nil, restoredAs: TaskName? = nil) {
    (self.position, self.state, self.error, self.restoredAs) = (position, state, error, restoredAs)
  }
}
