// A program of `FilterProgram` as a table: one step a byte, nothing allocated while a text goes by. A million rows take
// as many steps as their texts have bytes.

struct FilterAutomaton: Sendable {
  /// A set of waiting states of the program, and what stands before them.
  private struct State: Hashable {
    let waiting: [Int]
    let before: FilterNeighbour
  }

  /// The class of each byte: bytes of one class take every state to the same place.
  private let classes: [UInt8]
  private let classCount: Int
  /// By state times class: the next state, or `found`.
  private let next: [Int16]
  /// By state: whether the end of the text makes a match.
  private let matchesAtEnd: [Bool]

  private static let found: Int16 = -1
  /// Sets of states can be exponentially many; then the program is run as it is.
  private static let mostStates = 400
  /// Bounds the time of a key in the filter bar to some milliseconds.
  private static let mostWork = 400_000

  /// Nil when the table would be too large.
  init?(_ program: FilterProgram) {
    let (classes, samples) = Self.classes(of: program)
    (self.classes, classCount) = (classes, samples.count)
    var builder = Builder(program: program, samples: samples)
    guard builder.build() else { return nil }
    (next, matchesAtEnd) = (builder.next, builder.matchesAtEnd)
  }

  /// Bytes between which no instruction makes a difference, and one byte of each class.
  private static func classes(of program: FilterProgram) -> ([UInt8], [UInt8]) {
    var begins = [Bool](repeating: false, count: 257)
    begins[0] = true
    for case .byte(let low, let high, _) in program.instructions {
      (begins[Int(low)], begins[Int(high) + 1]) = (true, true)
    }
    if program.hasAssertions {
      for byte in 1...255 where FilterNeighbour(UInt8(byte)) != FilterNeighbour(UInt8(byte - 1)) { begins[byte] = true }
    }
    var (classes, samples): ([UInt8], [UInt8]) = ([], [])
    for byte in 0...255 {
      if begins[byte] { samples.append(UInt8(byte)) }
      classes.append(UInt8(samples.count - 1))
    }
    return (classes, samples)
  }

  /// Finds all sets of states that can be reached.
  private struct Builder {
    let program: FilterProgram
    let samples: [UInt8]
    var next: [Int16] = []
    var matchesAtEnd: [Bool] = []
    private var numbers: [State: Int16] = [:]
    private var states: [State] = []
    private var reached: FilterProgram.Reached
    private var work = 0

    init(program: FilterProgram, samples: [UInt8]) {
      (self.program, self.samples, reached) = (program, samples, FilterProgram.Reached(program))
    }

    mutating func build() -> Bool {
      _ = number(of: State(waiting: [], before: .edge))
      var done = 0
      while done < states.count {
        let state = states[done]
        done += 1
        guard states.count <= FilterAutomaton.mostStates, work <= FilterAutomaton.mostWork else { return false }
        for byte in samples { next.append(step(state, byte)) }
        matchesAtEnd.append(closure(of: state, after: .edge).contains(where: isMatch))
      }
      return true
    }

    private mutating func number(of state: State) -> Int16 {
      if let number = numbers[state] { return number }
      let number = Int16(states.count)
      numbers[state] = number
      states.append(state)
      return number
    }

    private func isMatch(_ state: Int) -> Bool {
      if case .match = program.instructions[state] { true } else { false }
    }

    private mutating func closure(of state: State, after: FilterNeighbour) -> [Int] {
      reached.begin()
      for waiting in state.waiting { program.follow(waiting, state.before, after, into: &reached) }
      program.follow(program.start, state.before, after, into: &reached)
      work += 10 + reached.states.count
      return reached.states
    }

    private mutating func step(_ state: State, _ byte: UInt8) -> Int16 {
      let after = FilterNeighbour(byte)
      var waiting: Set<Int> = []
      for place in closure(of: state, after: after) {
        switch program.instructions[place] {
        case .match: return FilterAutomaton.found
        case .byte(let low, let high, let next) where low <= byte && byte <= high: waiting.insert(next)
        default: continue
        }
      }
      // Without assertions it does not matter what stands before, so fewer states are enough.
      return number(of: State(waiting: waiting.sorted(), before: program.hasAssertions ? after : .edge))
    }
  }

  /// Whether the expression is found anywhere in the text.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    classes.withUnsafeBufferPointer { classes in
      next.withUnsafeBufferPointer { next in
        var state = 0
        for byte in bytes {
          let following = next[state &* classCount &+ Int(classes[Int(byte)])]
          if following == Self.found { return true }
          state = Int(following)
        }
        return matchesAtEnd[state]
      }
    }
  }
}
