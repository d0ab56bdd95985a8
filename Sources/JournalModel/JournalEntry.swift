// The nouns of the journal. They are below both the operations, which write a
// journal through a port, and the store, which keeps one in SQLite: neither of
// the two may import the other.

import CloudModel

/// What kind of change an entry records; open, because later commands add theirs.
package struct JournalAction: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let discard = JournalAction(rawValue: "discard")
  /// A queue emptied; its tasks are deleted one by one, as in a discard.
  package static let purge = JournalAction(rawValue: "purge")
  /// A queue deleted after its tasks were; the intent holds the queue.
  package static let deleteQueue = JournalAction(rawValue: "delete-queue")
  package static let undo = JournalAction(rawValue: "undo")
  /// Tasks taken out of one queue to be put into another; the intent names it.
  package static let move = JournalAction(rawValue: "move")
  /// Tasks of a file, kept here so that an undo can create them.
  package static let importTasks = JournalAction(rawValue: "import")

  /// Whether it takes tasks away, so that it can be resumed as a discard and undone.
  package var discardsTasks: Bool { [.discard, .purge, .deleteQueue, .move].contains(self) }

  /// Whether its tasks can be created from what it keeps.
  package var keepsTasks: Bool { discardsTasks || self == .importTasks }

  package var description: String { rawValue }
}

/// Who acts, and where: what a change was done with.
package struct Acting: Equatable, Sendable {
  /// Name of the context; empty when the flags alone said it.
  package var context: String
  /// The account that the calls are made as; empty for an anonymous endpoint.
  package var account: String
  /// Base URL of the service.
  package var endpoint: String

  package init(context: String, account: String, endpoint: String) {
    (self.context, self.account, self.endpoint) = (context, account, endpoint)
  }
}

/// What is known of a change when its entry is opened.
package struct JournalHeader: Equatable, Sendable {
  package var action: JournalAction
  package var time: Timestamp
  package var acting: Acting
  /// Drawn at random. Names of re-created tasks derive from it, so two journals never derive the same ones.
  package var key: UInt64
  /// What was asked for, as a person would read it.
  package var intent: JSON
  /// The entry whose tasks this one puts back.
  package var undoes: Int?
  /// Whether the tasks' content is kept, so that the change can be undone.
  package var keepsContent: Bool

  package init(
    action: JournalAction, time: Timestamp, acting: Acting, key: UInt64, intent: JSON, undoes: Int? = nil,
    keepsContent: Bool = true
  ) {
    self.action = action
    self.time = time
    self.acting = acting
    self.key = key
    self.intent = intent
    self.undoes = undoes
    self.keepsContent = keepsContent
  }
}

/// How many items of an entry are where.
package struct JournalCounts: Equatable, Sendable {
  /// All items of the plan, whatever became of them.
  package var planned = 0
  /// Items whose turn has not come.
  package var waiting = 0
  /// Items that were sent, or were about to be, and whose outcome is not known.
  package var sent = 0
  package var discarded = 0
  package var gone = 0
  package var failed = 0
  /// Items put back, by this entry if it is an undo, by another one if not; the latter count as discarded or gone too.
  package var restored = 0
  /// Resources (jobs, subscriptions) that are as they were to be.
  package var changed = 0

  package init() {}

  /// Items whose outcome is known.
  package var settled: Int { planned - waiting - sent }
}

/// One change: what was asked, by whom, what was planned and what came of it.
package struct JournalEntry: Equatable, Sendable {
  /// How far the change has come.
  package enum Progress: String, Sendable {
    /// Another process, or another part of this one, is at it.
    case running
    /// It stopped with items that are not done, or whose outcome is not known. It can be resumed.
    case interrupted
    /// Every item has its outcome.
    case complete
  }

  package var number: Int
  package var header: JournalHeader
  /// The plan's summary, as it was shown.
  package var plan: JSON
  package var progress: Progress
  package var counts: JournalCounts

  package init(number: Int, header: JournalHeader, plan: JSON, progress: Progress, counts: JournalCounts) {
    self.number = number
    self.header = header
    self.plan = plan
    self.progress = progress
    self.counts = counts
  }
}
