// The names a plan holds. A plan never says "whatever matches when we get there",
// so it holds every name, and a million of them must fit: a TaskName is four
// strings, here it is its ID's bytes and six more.

import CloudModel

/// Task names in the order of the plan, packed.
package struct FrozenNames: RandomAccessCollection, Sendable {
  private var queues: [QueueName] = []
  private var queueOfName: [UInt16] = []
  private var bytes: [UInt8] = []
  /// Where the ID ends in `bytes`.
  private var ends: [UInt32] = []
  /// Hashes of the names so far: a listing whose order changes under way may give a task twice.
  private var seen: Set<UInt64> = []

  package init() {}

  package var startIndex: Int { 0 }
  package var endIndex: Int { ends.count }

  package subscript(position: Int) -> TaskName {
    let queue = queues[Int(queueOfName[position])]
    let id = String(decoding: bytes[range(position)], as: UTF8.self)
    do { return try TaskName(queue: queue, id: id) } catch { preconditionFailure("packed from a name: \(error)") }
  }

  /// Whether the packing has room for another name of this queue.
  package var isFull: Bool { bytes.count > Int(UInt32.max) - 500 || queues.count > Int(UInt16.max) - 1 }

  /// Adds a name unless it is there; false when it is, or when `isFull`.
  package mutating func insert(_ name: TaskName) -> Bool {
    if isFull { return false }
    let queue = index(of: name.queue)
    var hasher = Hasher()
    hasher.combine(queue)
    hasher.combine(name.id)
    let hash = UInt64(bitPattern: Int64(hasher.finalize()))
    // Equal hashes of different names are next to impossible, and then the slow way tells.
    if !seen.insert(hash).inserted, holds(name.id, queue) { return false }
    bytes.append(contentsOf: name.id.utf8)
    ends.append(UInt32(bytes.count))
    queueOfName.append(UInt16(queue))
    return true
  }

  /// Gives back what only building needs.
  package mutating func freeze() {
    seen = []
    bytes = Array(bytes)
    ends = Array(ends)
    queueOfName = Array(queueOfName)
  }

  private mutating func index(of queue: QueueName) -> Int {
    if let last = queues.last, last == queue { return queues.count - 1 }
    if let index = queues.firstIndex(of: queue) { return index }
    queues.append(queue)
    return queues.count - 1
  }

  private func range(_ position: Int) -> Range<Int> {
    (position == 0 ? 0 : Int(ends[position - 1]))..<Int(ends[position])
  }

  private func holds(_ id: String, _ queue: Int) -> Bool {
    indices.contains { Int(queueOfName[$0]) == queue && bytes[range($0)].elementsEqual(id.utf8) }
  }
}
