// Whether deleted tasks' own names can be used again.
//
// The service remembers the names of deleted tasks for a while, from an hour to
// days (google-apis.md section 2.1, De-dup), and answers ALREADY_EXISTS. After a
// lost answer that word is ambiguous: the name is remembered, or our own creation
// did it and the task has finished since. What happened to other tasks that were
// deleted in the same run tells the two apart.

import CloudModel
import Synchronization

/// What is known of each queue.
final class OwnNames: Sendable {
  enum Evidence: Sendable {
    /// A task got its own name back.
    case free
    /// A name was refused to its own task.
    case held
  }

  private let queues = Mutex<[QueueName: Evidence]>([:])

  subscript(queue: QueueName) -> Evidence? {
    get { queues.withLock { $0[queue] } }
    set { queues.withLock { $0[queue] = newValue } }
  }
}
