// The ends of attempts on their way to the event loop.
//
// SwiftNIO's loop runs all tasks that are ready before it looks at its sockets
// again, and tasks that come meanwhile too. Thousands of attempts that end one
// after the other would keep it from every caller for as long as they go on. So
// they wait here, and the loop takes a few at a time.

import Synchronization

/// Attempts that have ended, in the order they did.
final class AttemptInbox: Sendable {
  /// One ended attempt.
  struct Ended: Sendable {
    let number: UInt64
    let order: Order
    let outcome: Outcome
  }

  private struct Contents {
    var ended = Fifo<Ended>()
    /// Whether the loop knows that there is something.
    var isAnnounced = false
  }

  private let contents = Mutex(Contents())

  /// Says whether the loop has to be told.
  func add(_ ended: Ended) -> Bool {
    contents.withLock { contents in
      contents.ended.append(ended)
      defer { contents.isAnnounced = true }
      return !contents.isAnnounced
    }
  }

  /// Takes out up to `limit`, and says whether there are more. When there are none, the next one is announced again.
  func take(_ limit: Int) -> (ended: [Ended], more: Bool) {
    contents.withLock { contents in
      var taken: [Ended] = []
      while taken.count < limit, let first = contents.ended.first {
        taken.append(first)
        contents.ended.removeFirst()
      }
      contents.isAnnounced = contents.ended.first != nil
      return (taken, contents.isAnnounced)
    }
  }
}
