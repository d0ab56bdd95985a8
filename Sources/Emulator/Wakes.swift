// What happens next, over all queues and jobs, without looking at each of them.
//
// Every queue and job registers its next event when that comes earlier than what
// it registered before. An entry that was overtaken stays in the heap and is
// recognised when its time comes: it is not what its owner registered last.

import CloudModel

/// Who wants to be looked at.
enum WakeSource: Hashable, Sendable {
  case queue(QueueName)
  case job(JobName)
}

/// The registered events in the order of time.
struct Wakes {
  private struct Entry: Comparable {
    let time: Moment
    /// Equal times come in the order of registration, which keeps tests repeatable.
    let number: Int64
    let source: WakeSource

    static func == (left: Entry, right: Entry) -> Bool { (left.time, left.number) == (right.time, right.number) }
    static func < (left: Entry, right: Entry) -> Bool { (left.time, left.number) < (right.time, right.number) }
  }

  private var heap = Heap<Entry>()
  private var lastNumber: Int64 = 0

  /// The time of the earliest entry.
  var first: Moment? { heap.first?.time }

  mutating func add(_ source: WakeSource, at time: Moment) {
    lastNumber += 1
    heap.push(Entry(time: time, number: lastNumber, source: source))
  }

  /// Takes the earliest entry that has come.
  mutating func pop(at now: Moment) -> (source: WakeSource, time: Moment)? {
    guard let entry = heap.first, entry.time <= now else { return nil }
    _ = heap.pop()
    return (entry.source, entry.time)
  }

  mutating func removeAll() { heap.removeAll() }
}
