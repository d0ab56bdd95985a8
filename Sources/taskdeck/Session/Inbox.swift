// Messages on their way to the one owner of the state. What arrives while a
// frame is drawn is taken in one go, so a burst of answers costs one frame.

import Synchronization

/// Messages from anywhere, in order, for one reader.
final class Inbox<Element: Sendable>: Sendable {
  /// One element for each time something arrived since the last was taken.
  let arrivals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let waiting = Mutex<[Element]>([])
  private let parent: Inbox?
  private let isClosed = Mutex(false)

  init() {
    (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    parent = nil
  }

  /// A way into another inbox that can be closed: what comes from a context that was left is not heard.
  init(into parent: Inbox) {
    (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.parent = parent
  }

  func post(_ element: Element) {
    if isClosed.withLock({ $0 }) { return }
    if let parent { return parent.post(element) }
    waiting.withLock { $0.append(element) }
    signal.yield()
  }

  /// Whatever is posted from now on is dropped.
  func close() { isClosed.withLock { $0 = true } }

  /// Everything that has arrived.
  func take() -> [Element] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
