// Messages on their way to the one owner of the state. What arrives while a
// frame is drawn is taken in one go, so a burst of answers costs one frame.

import Synchronization

/// Messages from anywhere, in order, for one reader.
final class Inbox<Element: Sendable>: Sendable {
  /// One element for each time something arrived since the last was taken.
  let arrivals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let waiting = Mutex<[Element]>([])

  init() { (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func post(_ element: Element) {
    waiting.withLock { $0.append(element) }
    signal.yield()
  }

  /// Everything that has arrived.
  func take() -> [Element] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
