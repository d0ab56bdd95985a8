// Regular expressions as programs over bytes: a nondeterministic automaton in the manner of Ken Thompson
// (https://swtch.com/~rsc/regexp/regexp1.html). All states run at once, so time is text length times program length.

/// What stands on one side of a place in a text.
enum FilterNeighbour: UInt8 {
  /// The text begins or ends.
  case edge
  case word, other

  init(_ byte: UInt8) {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: self = .word
    default: self = .other
    }
  }
}

struct FilterProgram: Sendable {
  enum Instruction: Sendable {
    /// A byte of a range, then on.
    case byte(UInt8, UInt8, Int)
    case fork(Int, Int)
    case assert(FilterRegex.Assertion, Int)
    case match
  }

  private(set) var instructions: [Instruction] = [.match]
  private(set) var start = 0
  private(set) var hasAssertions = false
  private var compiled = 0

  /// More would make a match of one long text take noticeable time.
  private static let largest = 10000

  /// Nil when the program would be too large.
  init?(_ tree: FilterRegex) {
    guard let start = compile(tree, then: 0) else { return nil }
    self.start = start
  }

  // MARK: Compilation, from the end to the beginning

  private mutating func add(_ instruction: Instruction) -> Int? {
    guard instructions.count < Self.largest else { return nil }
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func compile(_ tree: FilterRegex, then next: Int) -> Int? {
    // Counted too, because repeating nothing a thousand times a thousand times adds no instruction.
    compiled += 1
    guard compiled <= Self.largest else { return nil }
    switch tree {
    case .empty: return next
    case .set(let set): return compile(set, then: next)
    case .assertion(let assertion):
      hasAssertions = true
      return add(.assert(assertion, next))
    case .sequence(let items):
      var place = next
      for item in items.reversed() {
        guard let start = compile(item, then: place) else { return nil }
        place = start
      }
      return place
    case .choice(let items):
      var starts: [Int] = []
      for item in items {
        guard let start = compile(item, then: next) else { return nil }
        starts.append(start)
      }
      return fork(starts)
    case .repeat(let item, let low, let high): return compile(repeating: item, low, high, then: next)
    }
  }

  private mutating func fork(_ starts: [Int]) -> Int? {
    guard var place = starts.last else { return nil }
    for start in starts.dropLast().reversed() {
      guard let fork = add(.fork(start, place)) else { return nil }
      place = fork
    }
    return place
  }

  private mutating func compile(repeating item: FilterRegex, _ low: Int, _ high: Int?, then next: Int) -> Int? {
    var place = next
    if let high {
      for _ in low..<high {
        guard let start = compile(item, then: place), let fork = add(.fork(start, next)) else { return nil }
        place = fork
      }
    } else {
      guard let loop = add(.fork(next, next)), let start = compile(item, then: loop) else { return nil }
      instructions[loop] = .fork(start, next)
      place = loop
    }
    for _ in 0..<low {
      guard let start = compile(item, then: place) else { return nil }
      place = start
    }
    return place
  }

  private mutating func compile(_ set: ScalarSet, then next: Int) -> Int? {
    var starts: [Int] = []
    for range in set.ranges {
      for bytes in UTF8Ranges.sequences(range) {
        var place = next
        for byte in bytes.reversed() {
          guard let start = add(.byte(byte.lowerBound, byte.upperBound, place)) else { return nil }
          place = start
        }
        starts.append(place)
      }
    }
    // A set of nothing, `[^\s\S]`, matches nothing: bytes never are FF in UTF-8.
    return starts.isEmpty ? add(.byte(0xFF, 0xFF, next)) : fork(starts)
  }

  // MARK: Running

  /// Adds the states that `state` leads to without a byte.
  func follow(_ state: Int, _ before: FilterNeighbour, _ after: FilterNeighbour, into reached: inout Reached) {
    reached.waiting.append(state)
    while let state = reached.waiting.popLast() {
      guard reached.seen[state] != reached.turn else { continue }
      reached.seen[state] = reached.turn
      switch instructions[state] {
      case .byte, .match: reached.states.append(state)
      case .fork(let first, let second):
        reached.waiting.append(second)
        reached.waiting.append(first)
      case .assert(let assertion, let next): if Self.holds(assertion, before, after) { reached.waiting.append(next) }
      }
    }
  }

  /// The states reached at one place of a text. Used again for the next place, so that nothing is allocated.
  struct Reached {
    /// Only bytes and `match`.
    fileprivate(set) var states: [Int] = []
    fileprivate var waiting: [Int] = []
    /// By instruction: the turn it was last seen in.
    fileprivate var seen: [Int]
    fileprivate var turn = 0

    init(_ program: FilterProgram) { seen = [Int](repeating: 0, count: program.instructions.count) }

    /// Forgets what was reached.
    mutating func begin() {
      turn += 1
      states.removeAll(keepingCapacity: true)
    }
  }

  private static func holds(_ assertion: FilterRegex.Assertion, _ before: FilterNeighbour, _ after: FilterNeighbour)
    -> Bool
  {
    switch assertion {
    case .start: before == .edge
    case .end: after == .edge
    case .wordBoundary: (before == .word) != (after == .word)
    case .noWordBoundary: (before == .word) == (after == .word)
    }
  }

  /// Whether the program matches anywhere in the text.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var waiting: [Int] = []
    var reached = Reached(self)
    var before = FilterNeighbour.edge
    for place in 0...bytes.count {
      let after = place < bytes.count ? FilterNeighbour(bytes[place]) : .edge
      reached.begin()
      for state in waiting { follow(state, before, after, into: &reached) }
      // A match may begin anywhere.
      follow(start, before, after, into: &reached)
      waiting.removeAll(keepingCapacity: true)
      for state in reached.states {
        switch instructions[state] {
        case .match: return true
        case .byte(let low, let high, let next)
        where place < bytes.count && low <= bytes[place] && bytes[place] <= high:
          waiting.append(next)
        default: continue
        }
      }
      before = after
    }
    return false
  }
}

/// Ranges of scalars as sequences of ranges of UTF-8 bytes (RFC 3629 section 4; the method is that of RE2).
enum UTF8Ranges {
  static func sequences(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
    var result: [[ClosedRange<UInt8>]] = []
    for part in [0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF] as [ClosedRange<UInt32>]
    where part.overlaps(range) {
      split(range.clamped(to: part), into: &result)
    }
    return result
  }

  /// Splits where the later bytes do not run through all their values.
  private static func split(_ range: ClosedRange<UInt32>, into result: inout [[ClosedRange<UInt8>]]) {
    let (low, high) = (encoded(range.lowerBound), encoded(range.upperBound))
    for following in 1..<max(low.count, 1) {
      let mask = UInt32(1) << (6 * UInt32(following)) - 1
      guard range.lowerBound & ~mask != range.upperBound & ~mask else { continue }
      if range.lowerBound & mask != 0 {
        split(range.lowerBound...(range.lowerBound | mask), into: &result)
        return split((range.lowerBound | mask) + 1...range.upperBound, into: &result)
      }
      if range.upperBound & mask != mask {
        split(range.lowerBound...(range.upperBound & ~mask) - 1, into: &result)
        return split(range.upperBound & ~mask...range.upperBound, into: &result)
      }
    }
    result.append(zip(low, high).map { $0...$1 })
  }

  private static func encoded(_ value: UInt32) -> [UInt8] {
    Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
  }
}
