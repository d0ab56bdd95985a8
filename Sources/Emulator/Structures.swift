// The data structures that keep every operation on a queue of a million tasks
// short: tasks in the order of their creation, a heap of due times, names that
// may not be used again yet, and the counters of the last minute.

import CloudModel

/// A task ID. Those that the service makes are numbers, and a number takes no memory beyond itself.
enum TaskID: Hashable, Sendable, CustomStringConvertible {
  case number(UInt64)
  case text(String)

  init(_ text: String) {
    // Only the spelling that a number prints as may become one: "007" is another name than "7".
    if let number = UInt64(text), String(number) == text { self = .number(number) } else { self = .text(text) }
  }

  var description: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): text
    }
  }
}

/// Values by ascending sequence number, in blocks: adding and removing cost the same at any size, and so does
/// finding the place where a page begins, whatever was removed since.
struct SequenceLog<Value> {
  private struct Block {
    var sequences: [Int64] = []
    var values: [Value?] = []
    var live = 0
  }

  private static var blockSize: Int { 512 }

  private var blocks: [Block] = []
  private(set) var count = 0

  /// Adds a value whose sequence number is greater than all before.
  mutating func append(_ value: Value, sequence: Int64) {
    if blocks.last.map({ $0.values.count == Self.blockSize }) ?? true { blocks.append(Block()) }
    let last = blocks.count - 1
    blocks[last].sequences.append(sequence)
    blocks[last].values.append(value)
    blocks[last].live += 1
    count += 1
  }

  mutating func remove(_ sequence: Int64) {
    guard let (block, place) = find(sequence), blocks[block].values[place] != nil else { return }
    blocks[block].values[place] = nil
    blocks[block].live -= 1
    count -= 1
    // A block keeps its holes until nothing is left in it; the last one may still grow.
    if blocks[block].live == 0, block < blocks.count - 1 || blocks[block].values.count == Self.blockSize {
      blocks.remove(at: block)
    }
  }

  /// Takes the youngest block out as a whole: a log of a million values is given up in many short steps.
  mutating func removeLastBlock() -> [Value] {
    guard let block = blocks.popLast() else { return [] }
    count -= block.live
    return block.values.compactMap(\.self)
  }

  subscript(sequence: Int64) -> Value? {
    guard let (block, place) = find(sequence) else { return nil }
    return blocks[block].values[place]
  }

  /// The oldest value.
  var first: Value? { blocks.first.flatMap { $0.values.lazy.compactMap(\.self).first } }

  /// Up to `limit` values after a sequence number, and whether more follow.
  func page(after sequence: Int64, limit: Int) -> (values: [Value], more: Bool) {
    var values: [Value] = []
    var index = firstBlock(after: sequence)
    while index < blocks.count {
      let block = blocks[index]
      for place in Self.firstPlace(after: sequence, in: block.sequences)..<block.values.count {
        guard let value = block.values[place] else { continue }
        if values.count == limit { return (values, true) }
        values.append(value)
      }
      index += 1
    }
    return (values, false)
  }

  private func find(_ sequence: Int64) -> (block: Int, place: Int)? {
    let block = firstBlock(after: sequence - 1)
    guard block < blocks.count else { return nil }
    let place = Self.firstPlace(after: sequence - 1, in: blocks[block].sequences)
    guard place < blocks[block].sequences.count, blocks[block].sequences[place] == sequence else { return nil }
    return (block, place)
  }

  private func firstBlock(after sequence: Int64) -> Int {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if (blocks[middle].sequences.last ?? .min) > sequence { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func firstPlace(after sequence: Int64, in sequences: [Int64]) -> Int {
    var (low, high) = (0, sequences.count)
    while low < high {
      let middle = (low + high) / 2
      if sequences[middle] > sequence { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A binary heap, smallest first.
struct Heap<Element: Comparable> {
  private var elements: [Element] = []

  var first: Element? { elements.first }
  var count: Int { elements.count }

  mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard elements[child] < elements[parent] else { return }
      elements.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let top = elements.first else { return last }
    elements[0] = last
    sink(from: 0)
    return top
  }

  mutating func removeAll() { elements = [] }

  /// Leaves out what is no longer wanted, in one pass.
  mutating func keep(where isWanted: (Element) -> Bool) {
    elements.removeAll { !isWanted($0) }
    for index in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(from: index) }
  }

  private mutating func sink(from start: Int) {
    var parent = start
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < elements.count {
        if elements[child] < elements[smallest] { smallest = child }
      }
      guard smallest != parent else { return }
      elements.swapAt(parent, smallest)
      parent = smallest
    }
  }
}

/// Names that were in use a while ago and may not be used again until they expire.
struct Tombstones<Name: Hashable> {
  /// A name that rests.
  struct Entry {
    let name: Name
    let expiry: Moment
    /// Of its record.
    let key: RecordKey
  }

  private var expiry = ShardedDictionary<Name, Moment>()
  private var byAge = Fifo<Entry>()

  var count: Int { expiry.count }
  /// When the oldest one expires.
  var nextExpiry: Moment? { byAge.first?.expiry }

  mutating func bury(_ name: Name, until moment: Moment, _ key: RecordKey = RecordKey(number: 0)) {
    expiry[name] = moment
    byAge.append(Entry(name: name, expiry: moment, key: key))
  }

  func contains(_ name: Name, at now: Moment) -> Bool {
    guard let moment = expiry[name] else { return false }
    return now < moment
  }

  /// Takes out the oldest entry if it has expired, or whatever it is without a time.
  mutating func removeFirst(at now: Moment? = nil) -> Entry? {
    guard let oldest = byAge.first, now.map({ oldest.expiry <= $0 }) ?? true else { return nil }
    byAge.removeFirst()
    if expiry[oldest.name] == oldest.expiry { expiry[oldest.name] = nil }
    return oldest
  }

  /// Forgets what has expired.
  mutating func prune(at now: Moment) {
    while removeFirst(at: now) != nil {}
  }
}

/// Counts events of the last sixty seconds.
struct MinuteCounter {
  private var counts = [Int32](repeating: 0, count: 60)
  private var second: Int64 = 0

  mutating func add(at now: Moment) {
    advance(to: now)
    counts[Int(second % 60)] += 1
  }

  mutating func total(at now: Moment) -> Int {
    advance(to: now)
    return counts.reduce(0) { $0 + Int($1) }
  }

  private mutating func advance(to now: Moment) {
    let target = now.microseconds / 1_000_000
    guard target > second else { return }
    for passed in max(second + 1, target - 59)...target { counts[Int(passed % 60)] = 0 }
    second = target
  }
}
