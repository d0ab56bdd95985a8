// Tables of names for a million tasks. Two things are different from Swift's
// dictionary: a task's ID is not stored a second time (8 bytes a place in place
// of 32), and a table grows one part in 256 at a time. A dictionary of a million
// entries moves them all in one call, which held up the whole emulator for most
// of a second while it was dispatching.

import CloudModel

private let shardCount = 256

/// The tasks of a queue by ID: open addressing with linear probing (Knuth, volume 3, section 6.4, algorithms L and R).
struct TaskTable {
  private struct Shard {
    var places: [StoredTask?] = []
    var count = 0
  }

  private var shards = [Shard](repeating: Shard(), count: shardCount)

  subscript(id: TaskID) -> StoredTask? {
    let hash = id.spread
    let places = shards[hash % shardCount].places
    guard !places.isEmpty else { return nil }
    var place = Self.home(hash, places.count)
    while let task = places[place] {
      if task.id == id { return task }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Adds a task whose ID is not there.
  mutating func insert(_ task: StoredTask) {
    let hash = task.id.spread
    Self.insert(task, hash, into: &shards[hash % shardCount])
  }

  mutating func remove(_ id: TaskID) {
    let hash = id.spread
    Self.remove(id, hash, from: &shards[hash % shardCount])
  }

  mutating func removeAll() { self = TaskTable() }

  func forEach(_ body: (StoredTask) -> Void) {
    for shard in shards { for task in shard.places { if let task { body(task) } } }
  }

  private static func home(_ hash: Int, _ capacity: Int) -> Int { (hash / shardCount) & (capacity - 1) }

  private static func insert(_ task: StoredTask, _ hash: Int, into shard: inout Shard) {
    // Four of five places may be taken.
    if (shard.count + 1) * 5 > shard.places.count * 4 { grow(&shard) }
    place(task, hash, in: &shard.places)
    shard.count += 1
  }

  private static func place(_ task: StoredTask, _ hash: Int, in places: inout [StoredTask?]) {
    var place = home(hash, places.count)
    while places[place] != nil { place = (place + 1) & (places.count - 1) }
    places[place] = task
  }

  private static func grow(_ shard: inout Shard) {
    var places = [StoredTask?](repeating: nil, count: max(8, shard.places.count * 2))
    for case let task? in shard.places { place(task, task.id.spread, in: &places) }
    shard.places = places
  }

  private static func remove(_ id: TaskID, _ hash: Int, from shard: inout Shard) {
    let capacity = shard.places.count
    guard capacity > 0 else { return }
    var hole = home(hash, capacity)
    while let task = shard.places[hole], task.id != id { hole = (hole + 1) & (capacity - 1) }
    guard shard.places[hole] != nil else { return }
    shard.places[hole] = nil
    shard.count -= 1
    // What follows moves up unless its own home lies after the hole.
    var next = (hole + 1) & (capacity - 1)
    while let task = shard.places[next] {
      let distance = (next - home(task.id.spread, capacity)) & (capacity - 1)
      if distance >= (next - hole) & (capacity - 1) {
        shard.places.swapAt(hole, next)
        hole = next
      }
      next = (next + 1) & (capacity - 1)
    }
  }
}

extension TaskID {
  /// Not negative, and spread evenly over all its bits.
  fileprivate var spread: Int { hashValue & Int.max }
}

/// A dictionary that grows in parts.
struct ShardedDictionary<Key: Hashable, Value> {
  private var shards = [[Key: Value]](repeating: [:], count: shardCount)
  private(set) var count = 0

  subscript(key: Key) -> Value? {
    get { shards[(key.hashValue & Int.max) % shardCount][key] }
    set {
      let shard = (key.hashValue & Int.max) % shardCount
      let before = shards[shard].count
      shards[shard][key] = newValue
      count += shards[shard].count - before
    }
  }
}

/// A queue of values in the order they came. Kept in blocks, so that no call moves more than one of them.
struct Fifo<Element> {
  private static var blockSize: Int { 1024 }

  private var blocks: [[Element]] = []
  private var firstBlock = 0
  private var start = 0

  var first: Element? {
    guard firstBlock < blocks.count, start < blocks[firstBlock].count else { return nil }
    return blocks[firstBlock][start]
  }

  mutating func append(_ element: Element) {
    // A block that was emptied to its end is not filled again.
    if firstBlock == blocks.count || blocks[blocks.count - 1].count == Self.blockSize {
      blocks.append([])
      blocks[blocks.count - 1].reserveCapacity(Self.blockSize)
    }
    blocks[blocks.count - 1].append(element)
  }

  mutating func removeFirst() {
    guard first != nil else { return }
    start += 1
    guard start == Self.blockSize else { return }
    blocks[firstBlock] = []
    (firstBlock, start) = (firstBlock + 1, 0)
    guard firstBlock > 64, firstBlock * 2 > blocks.count else { return }
    blocks.removeFirst(firstBlock)
    firstBlock = 0
  }
}
