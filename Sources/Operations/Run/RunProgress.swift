// How far a run is, and how it ended.

import CloudModel
import JournalModel

/// How far a run is.
package struct RunProgress: Equatable, Sendable {
  /// Items with an outcome, those of earlier runs of the entry included.
  package var done: Int
  package var total: Int
  package var failed: Int
  /// Items a second, since this run began.
  package var rate: Double
  /// Calls that may be under way at once.
  package var concurrency: Int

  package var remaining: Int { total - done }
}

/// Why a run ended before its last item.
package enum RunStop: Equatable, Sendable {
  case cancelled
  /// The service cannot be reached, or takes our credentials no longer.
  case api(APIError)
  /// The journal cannot be written, so nothing more was done.
  case journal(JournalError)
}

/// How a run ended.
package struct RunEnd: Equatable, Sendable {
  package var entry: JournalEntry
  /// Nil when every item had its turn.
  package var stop: RunStop?
}
