// A value behind a lock. `Synchronization.Mutex` would do, but it waits on a
// futex that ThreadSanitizer does not see, so every use reads as a race; NSLock is
// a pthread mutex, and the tests run under the sanitizer.

import Foundation

/// A value that is only ever touched by one thread at a time.
///
/// `@unchecked Sendable`: `value` is private, is read and written in `withLock` alone, and there only between
/// `lock()` and `unlock()` of the one lock. `Value` is Sendable, so what leaves the closure may leave it.
package final class Locked<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  package init(_ value: Value) {
    self.value = value
  }

  /// Runs `body` alone with the value; it must not block or take another lock.
  package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}
