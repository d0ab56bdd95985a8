// An undo, planned: which tasks of a discard are put back, and which are not.

import CloudModel
import JournalModel

/// An undo of a discard, or of a part of it.
package struct RestorePlan: Sendable {
  /// The discard.
  package let origin: JournalEntry
  package let names: FrozenNames
  /// Tasks that stay away, and why.
  package let skipped: [PassedOver]
  /// The entry in which the undo is staged, or the interrupted one that it continues; nil for a dry run, and when there
  /// is nothing to put back.
  package let entry: Int?
  /// An earlier undo of the same discard was interrupted; this finishes it.
  package let isContinuation: Bool
  /// Positions in the discard whose deletion turned out to have worked although its answer was lost.
  let confirmed: [Int]
  /// Undos that the journal had when this was planned, and which it therefore takes into account.
  let known: Set<Int>

  /// What to know before it is applied.
  package var notes: [String] {
    var notes = ["Dispatch counts start again at 0."]
    if names.contains(where: RestoredNames.isGenerated) {
      notes.append("Tasks without a name of their own get new IDs.")
    }
    if names.contains(where: { !RestoredNames.isGenerated($0) }) {
      notes.append("Named tasks get their names again, or new ones while the service still remembers the old.")
    }
    notes.append("A schedule time that has passed is left out: those tasks run at once.")
    return notes
  }
}

extension JournalHeader {
  /// In an undo that puts tasks into another queue than theirs: that queue.
  var restoresInto: QueueName? {
    get throws(OperationError) { try queue("into") }
  }

  /// In a move: the queue the tasks go to.
  package var movesTo: QueueName? {
    get throws(OperationError) { try queue("to") }
  }

  /// A name that cannot be read must not become "no other queue".
  private func queue(_ key: String) throws(OperationError) -> QueueName? {
    guard let text = intent[key]?.string else { return nil }
    do { return try QueueName(text) } catch {
      throw .journal(JournalError(.corrupt, reason: "an entry names the queue \(text)"))
    }
  }
}
