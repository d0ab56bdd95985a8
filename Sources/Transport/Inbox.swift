// The only way into the loop's thread: new jobs and cancellations, under one lock,
// and the bell that ends the loop's wait.

import CCurl

/// What other threads leave for the loop.
final class Inbox: Sendable {
  /// One collection round.
  struct Mail {
    var jobs: [Job]
    var cancelled: [UInt64]
    var isClosing: Bool
  }

  private struct State: Sendable {
    var jobs: [Job] = []
    var cancelled: [UInt64] = []
    var isClosing = false
    var bell: Bell?
  }

  /// The loop's multi handle, for `curl_multi_wakeup` alone.
  ///
  /// `@unchecked Sendable`: curl_multi_wakeup is the one multi function that libcurl documents as callable from any
  /// thread, it is called under the lock, and the loop takes the bell down under that lock before it frees the handle.
  struct Bell: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
  }

  private let state = Locked(State())

  private enum Verdict {
    case taken, closed, cancelled
  }

  /// Queues the job, or fails it at once when its task is cancelled already or the client is closed.
  ///
  /// Cancellation is looked at under the lock: a cancel that came before the job finds nothing to cancel, but its flag
  /// was set before its handler ran, so the lock makes it visible here.
  func submit(_ job: Job) {
    let verdict = state.withLock { state -> Verdict in
      if state.isClosing { return .closed }
      if Task.isCancelled { return .cancelled }
      ringIfFirst(state)
      state.jobs.append(job)
      return .taken
    }
    switch verdict {
    case .taken: break
    case .closed: job.fail(.closed, "The client was shut down.")
    case .cancelled: job.fail(.cancelled, "Cancelled before it was sent.")
    }
  }

  /// Asks for the job to be given up; a job that is finished or unknown is left alone.
  func cancel(_ id: UInt64) {
    state.withLock { state in
      if state.isClosing { return }
      ringIfFirst(state)
      state.cancelled.append(id)
    }
  }

  /// Asks the loop to end.
  func close() {
    state.withLock { state in
      state.isClosing = true
      state.bell?.ring()
    }
  }

  /// Called by the loop once it can be woken.
  func open(_ bell: Bell) {
    state.withLock { $0.bell = bell }
  }

  /// Takes everything. While closing, the bell comes down too, because the loop is about to free its handle.
  func collect() -> Mail {
    state.withLock { state in
      let mail = Mail(jobs: state.jobs, cancelled: state.cancelled, isClosing: state.isClosing)
      state.jobs.removeAll(keepingCapacity: true)
      state.cancelled.removeAll(keepingCapacity: true)
      if state.isClosing { state.bell = nil }
      return mail
    }
  }

  /// Waking is a system call, so only the first item of a round does it: the loop empties the inbox before it waits.
  private func ringIfFirst(_ state: State) {
    if state.jobs.isEmpty && state.cancelled.isEmpty { state.bell?.ring() }
  }
}

extension Inbox.Bell {
  /// A wake-up sent before the wait begins ends that wait at once.
  func ring() {
    curl_multi_wakeup(multi)
  }
}
