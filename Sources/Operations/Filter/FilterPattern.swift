// Regular expressions whose time is bounded by the length of the text.
//
// Backtracking engines take exponential time on patterns such as `(a+)+$`. ICU, behind NSRegularExpression, then gives up
// and reports no match, which a `!` would turn into "discard this task". So the expressions here are regular in the
// strict sense, run as an automaton over the bytes of the text: without back references and look-around, and always
// with the true answer. The dialect is that of RE2 (https://github.com/google/re2/wiki/Syntax), which Google's own
// filters use; `\d`, `\w`, `\s` and `\b` mean ASCII.

/// A regular expression that can not be read.
struct FilterPatternError: Error, Equatable {
  /// In scalars of the pattern.
  let range: Range<Int>
  let reason: String
  let remedy: String?

  init(_ range: Range<Int>, _ reason: String, _ remedy: String? = nil) {
    (self.range, self.reason, self.remedy) = (range, reason, remedy)
  }
}

/// A compiled regular expression. It matches when it is found anywhere in a text.
struct FilterPattern: Equatable, Sendable {
  let source: String
  private let program: FilterProgram
  /// Nil when it would be too large; then the program is run state by state.
  private let automaton: FilterAutomaton?

  init(_ source: String) throws(FilterPatternError) {
    self.source = source
    let scalars = Array(source.unicodeScalars)
    var parser = FilterPatternParser(scalars)
    let tree = try parser.parse()
    guard let program = FilterProgram(tree) else {
      throw FilterPatternError(0..<scalars.count, "the expression is too large", "Use smaller repetition counts.")
    }
    self.program = program
    automaton = FilterAutomaton(program)
  }

  static func == (left: FilterPattern, right: FilterPattern) -> Bool { left.source == right.source }

  /// Whether the automaton could be built ahead; for tests.
  var isPrepared: Bool { automaton != nil }

  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in automaton?.matches(bytes) ?? program.matches(bytes) }
  }

  /// As `matches`, without the automaton; for tests.
  func matchesSlowly(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in program.matches(bytes) }
  }
}

/// A regular expression as a tree.
indirect enum FilterRegex: Equatable {
  /// A condition on the place between two characters.
  enum Assertion: UInt8 {
    case start, end, wordBoundary, noWordBoundary
  }

  case empty
  case set(ScalarSet)
  case sequence([FilterRegex])
  case choice([FilterRegex])
  /// Without a maximum when nil.
  case `repeat`(FilterRegex, Int, Int?)
  case assertion(Assertion)
}

/// A set of Unicode scalars.
struct ScalarSet: Equatable {
  /// Sorted and apart from each other.
  private(set) var ranges: [ClosedRange<UInt32>]

  init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = Self.normalised(ranges) }

  init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

  static let digits = ScalarSet([0x30...0x39])
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet([0x09...0x0D, 0x20...0x20])
  static let newline = ScalarSet([0x0A...0x0A])
  static let any = ScalarSet([0...0x10FFFF])

  /// Everything that is not in the set.
  var inverted: ScalarSet {
    var (result, next): ([ClosedRange<UInt32>], UInt32) = ([], 0)
    for range in ranges {
      if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { result.append(next...0x10FFFF) }
    return ScalarSet(result)
  }

  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  /// With the other case of its letters. Of letters beyond ASCII only a few at a time: a range of a whole script has
  /// both cases already.
  var withBothCases: ScalarSet {
    var result = ranges
    for range in ranges {
      for letter in range.clamped(to: 0x41...0x5A) where range.contains(letter) {
        result.append(letter + 32...letter + 32)
      }
      for letter in range.clamped(to: 0x61...0x7A) where range.contains(letter) {
        result.append(letter - 32...letter - 32)
      }
      guard range.upperBound >= 0x80, range.count <= 256 else { continue }
      for value in range { result += Self.otherCases(of: value).map { $0...$0 } }
    }
    return ScalarSet(result)
  }

  private static func otherCases(of value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    let cases = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
    return cases.map(\.unicodeScalars).filter { $0.count == 1 }.compactMap { $0.first?.value }
  }

  private static func normalised(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound &+ 1 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
