// Waiting on a thread of one's own for what runs elsewhere.

import Foundation
import Synchronization

/// Waits here for what runs elsewhere: for threads that nobody else needs.
func waited<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
  let box = Box<Value>()
  Task.detached { box.put(await body()) }
  return box.value()
}

private final class Box<Value: Sendable>: Sendable {
  private let content = Mutex<Value?>(nil)
  private let isFull = DispatchSemaphore(value: 0)

  func put(_ value: Value) {
    content.withLock { $0 = value }
    isFull.signal()
  }

  func value() -> Value {
    while true {
      isFull.wait()
      if let value = content.withLock({ $0 }) { return value }
    }
  }
}
