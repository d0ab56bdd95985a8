// Sorts and filters long lists away from the loop. A work that a newer one of its kind replaces is called off: while a
// word is typed, only its last letter is looked for to the end.

import Console
import Synchronization

/// At most one work on what is shown, and one on what arrives.
struct Arranging: ~Copyable {
  private let inbox: Inbox<Message>
  private let shown = Mutex<Task<Void, Never>?>(nil)
  private let arrivals = Mutex<Task<Void, Never>?>(nil)

  init(_ inbox: Inbox<Message>) { self.inbox = inbox }

  func begin(_ work: TableWork<TaskRow>) {
    let task = Task.detached(priority: .userInitiated) { [inbox] in run(work, inbox) }
    if work.isOfArrivals { Self.replace(arrivals, task) } else { Self.replace(shown, task) }
  }

  private static func replace(_ slot: borrowing Mutex<Task<Void, Never>?>, _ task: Task<Void, Never>) {
    let before = slot.withLock { slot in
      defer { slot = task }
      return slot
    }
    before?.cancel()
  }
}

private func run(_ work: TableWork<TaskRow>, _ inbox: Inbox<Message>) {
  // Ten times a second is as often as a count can be read.
  var told = ContinuousClock.now
  let done = work.run(isCalledOff: { Task.isCancelled }) { count in
    guard ContinuousClock.now - told > .milliseconds(100) else { return }
    told = .now
    inbox.post(.tasksFound(count, of: work.number))
  }
  if let done { inbox.post(.tasksArranged(done)) }
}
