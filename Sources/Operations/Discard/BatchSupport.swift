// Whether an endpoint knows `tasks:batchDelete`. It is newer than the rest of the
// API, emulators lack it, and only asking tells; the answer is remembered here.

import Synchronization

/// What is known of one endpoint; shared by all discards on it.
package final class BatchSupport: Sendable {
  enum Answer: Sendable { case unknown, supported, unsupported }

  private let state = Mutex(Answer.unknown)

  package init() {}

  var answer: Answer {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
