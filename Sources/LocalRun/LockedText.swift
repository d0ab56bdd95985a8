// Text that one thread adds to and another reads.

import Synchronization

/// Grows up to a limit; beyond it there is none, for half of a text is no result.
final class LockedText: Sendable {
  private let text = Mutex<String?>("")

  func append(_ more: String, limit: Int) {
    text.withLock { text in
      guard let now = text else { return }
      text = now.utf8.count + more.utf8.count > limit ? nil : now + more
    }
  }

  /// nil when it grew too long.
  var value: String? { text.withLock { $0 } }
}
