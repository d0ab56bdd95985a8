// Regular expressions, text to tree.

struct FilterPatternParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0
  /// `(?i)` and `(?s)`, as they stand.
  private var foldsCase = false
  private var dotTakesNewline = false

  private static let deepest = 100
  /// As in RE2.
  private static let mostRepetitions = 1000

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func parse() throws(FilterPatternError) -> FilterRegex {
    let tree = try choice()
    guard position == scalars.count else { throw error(1, "this ) closes no group", "Write \\) for the character.") }
    return tree
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func peek(_ ahead: Int) -> Unicode.Scalar? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  private func error(_ length: Int, _ reason: String, _ remedy: String? = nil) -> FilterPatternError {
    FilterPatternError(position..<min(position + length, scalars.count), reason, remedy)
  }

  // MARK: Structure

  private mutating func choice() throws(FilterPatternError) -> FilterRegex {
    var choices = [try sequence()]
    while take("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(FilterPatternError) -> FilterRegex {
    var items: [FilterRegex] = []
    while let current, current != "|", current != ")" {
      let start = position
      let item = try atom()
      items.append(try repetitions(of: item, from: start))
    }
    return items.count == 1 ? items[0] : .sequence(items)
  }

  private mutating func atom() throws(FilterPatternError) -> FilterRegex {
    let scalar = scalars[position]
    switch scalar {
    case "(": return try group()
    case "[": return .set(try brackets())
    case ".":
      position += 1
      return .set(dotTakesNewline ? .any : ScalarSet.newline.inverted)
    case "^", "$":
      position += 1
      return .assertion(scalar == "^" ? .start : .end)
    case "\\": return try escape()
    case "*", "+", "?":
      throw error(1, "nothing stands before \(scalar) to repeat", "Write \\\(scalar) for the character.")
    default:
      position += 1
      return .set(cased(ScalarSet(scalar)))
    }
  }

  private func cased(_ set: ScalarSet) -> ScalarSet { foldsCase ? set.withBothCases : set }

  // MARK: Repetition

  private mutating func repetitions(of item: FilterRegex, from start: Int) throws(FilterPatternError) -> FilterRegex {
    guard let (low, high) = try counts() else { return item }
    // Whether a repetition is greedy makes no difference to whether there is a match.
    _ = take("?")
    if current == "+" { throw error(1, "possessive repetition is not supported") }
    let isCounted = try isCounted()
    if current == "*" || current == "?" || isCounted {
      throw error(1, "a repetition can not be repeated", "Put the first one in a group.")
    }
    return .repeat(item, low, high)
  }

  private func isCounted() throws(FilterPatternError) -> Bool {
    var ahead = self
    return current == "{" ? try ahead.counts() != nil : false
  }

  /// `*`, `+`, `?`, `{3}`, `{3,}` or `{3,5}`; a brace that begins none of them is a character.
  private mutating func counts() throws(FilterPatternError) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard current == "{", let end = scalars[position...].firstIndex(of: "}") else { return nil }
    let parts = scalars[position + 1..<end].split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ $0.allSatisfy(Self.isDigit) }), !parts[0].isEmpty
    else { return nil }
    let low = Int(filterText(parts[0])) ?? .max
    let high = parts.count == 1 ? low : parts[1].isEmpty ? nil : Int(filterText(parts[1])) ?? .max
    guard max(low, high ?? 0) <= Self.mostRepetitions else {
      throw error(end + 1 - position, "a repetition count is at most \(Self.mostRepetitions)")
    }
    if let high, high < low { throw error(end + 1 - position, "the repetition counts are the wrong way round") }
    position = end + 1
    return (low, high)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  // MARK: Groups

  private mutating func group() throws(FilterPatternError) -> FilterRegex {
    let start = position
    depth += 1
    guard depth <= Self.deepest else { throw error(1, "groups are nested deeper than \(Self.deepest) levels") }
    position += 1
    let (outerCase, outerDot) = (foldsCase, dotTakesNewline)
    // Options alone, `(?i)`, last to the end of the group around them.
    if take("?"), try options(from: start) {
      depth -= 1
      return .empty
    }
    let tree = try choice()
    guard take(")") else {
      throw FilterPatternError(
        start..<start + 1, "the group is not closed",
        "Write \\( for the character; an expression with blanks needs quotes.")
    }
    (foldsCase, dotTakesNewline) = (outerCase, outerDot)
    depth -= 1
    return tree
  }

  /// What follows `(?`; true when the group ends with it.
  private mutating func options(from start: Int) throws(FilterPatternError) -> Bool {
    if take(":") { return false }
    if current == "=" || current == "!" || current == "<" && (peek(1) == "=" || peek(1) == "!") || current == ">" {
      throw FilterPatternError(start..<position + 1, "look-around is not supported", "Use ! and a second condition.")
    }
    if current == "P" && peek(1) == "<" || current == "<" {
      guard let end = scalars[position...].firstIndex(of: ">") else { throw error(1, "the group's name is not closed") }
      position = end + 1
      return false
    }
    var isSet = true
    while let option = current {
      position += 1
      switch option {
      case "-": isSet = false
      case "i": foldsCase = isSet
      case "s": dotTakesNewline = isSet
      case ":": return false
      case ")": return true
      default:
        position -= 1
        throw error(1, "there is no option \(option)", "Known are i (without case) and s (. takes line ends).")
      }
    }
    throw FilterPatternError(start..<start + 1, "the group is not closed")
  }

  // MARK: Escapes

  private mutating func escape() throws(FilterPatternError) -> FilterRegex {
    switch peek(1) {
    case "b"?: return assertion(.wordBoundary)
    case "B"?: return assertion(.noWordBoundary)
    case "A"?: return assertion(.start)
    case "z"?: return assertion(.end)
    default: break
    }
    if let set = classEscape() { return .set(set) }
    return .set(cased(ScalarSet(try characterEscape())))
  }

  private mutating func assertion(_ assertion: FilterRegex.Assertion) -> FilterRegex {
    position += 2
    return .assertion(assertion)
  }

  private mutating func classEscape() -> ScalarSet? {
    let set: ScalarSet? =
      switch peek(1) {
      case "d"?: .digits
      case "D"?: ScalarSet.digits.inverted
      case "w"?: .word
      case "W"?: ScalarSet.word.inverted
      case "s"?: .space
      case "S"?: ScalarSet.space.inverted
      default: nil
      }
    if set != nil { position += 2 }
    return set
  }

  private mutating func characterEscape() throws(FilterPatternError) -> Unicode.Scalar {
    guard let scalar = peek(1) else { throw error(1, "a backslash at the end escapes nothing") }
    switch scalar {
    case "n": return simple("\n")
    case "r": return simple("\r")
    case "t": return simple("\t")
    case "f": return simple("\u{0C}")
    case "v": return simple("\u{0B}")
    case "x": return try hexadecimal(digits: 2)
    case "u": return try hexadecimal(digits: 4)
    case "0"..."9": throw error(2, "back references are not supported")
    default:
      guard !scalar.properties.isAlphabetic else { throw error(2, "there is no escape \\\(scalar)") }
      return simple(scalar)
    }
  }

  private mutating func simple(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    position += 2
    return scalar
  }

  /// `\x2F`, `\u00e9` or, with any number of digits, `\x{1F600}`.
  private mutating func hexadecimal(digits count: Int) throws(FilterPatternError) -> Unicode.Scalar {
    let isBraced = peek(2) == "{"
    let start = min(position + (isBraced ? 3 : 2), scalars.count)
    let digits = scalars[start...].prefix { Character($0).isHexDigit && $0.isASCII }.prefix(isBraced ? 6 : count)
    let end = digits.endIndex + (isBraced ? 1 : 0)
    guard digits.count == count || isBraced && !digits.isEmpty,
      !isBraced || end <= scalars.count && scalars[end - 1] == "}",
      let value = UInt32(filterText(digits), radix: 16), let scalar = Unicode.Scalar(value)
    else {
      throw error(2, "a code point is missing after \\\(scalars[position + 1])", "For example \\x2F or \\x{1F600}.")
    }
    position = end
    return scalar
  }

  // MARK: Brackets

  private mutating func brackets() throws(FilterPatternError) -> ScalarSet {
    let start = position
    position += 1
    let isInverted = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while let current, current != "]" || isFirst {
      ranges += try member()
      isFirst = false
    }
    guard take("]") else {
      throw FilterPatternError(start..<start + 1, "the bracket is not closed", "Write \\[ for the character.")
    }
    let set = cased(ScalarSet(ranges))
    return isInverted ? set.inverted : set
  }

  private mutating func member() throws(FilterPatternError) -> [ClosedRange<UInt32>] {
    let start = position
    if current == "[", peek(1) == ":" { return try namedClass().ranges }
    if current == "\\", let set = classEscape() { return set.ranges }
    let low = try character()
    guard current == "-", let next = peek(1), next != "]" else { return [low.value...low.value] }
    position += 1
    let high = try character()
    guard low <= high else {
      throw FilterPatternError(start..<position, "the range is the wrong way round")
    }
    return [low.value...high.value]
  }

  private mutating func character() throws(FilterPatternError) -> Unicode.Scalar {
    if current == "\\" { return try characterEscape() }
    guard let scalar = current else { throw error(0, "the bracket is not closed") }
    position += 1
    return scalar
  }

  /// `[:alpha:]` and its like.
  private mutating func namedClass() throws(FilterPatternError) -> ScalarSet {
    let known: [String: ScalarSet] = [
      "digit": .digits, "word": .word, "space": .space, "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]),
      "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "upper": ScalarSet([0x41...0x5A]),
      "lower": ScalarSet([0x61...0x7A]), "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
      "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
      "blank": ScalarSet([0x09...0x09, 0x20...0x20]),
    ]
    let name = scalars[(position + 2)...].prefix { $0 != ":" && $0 != "]" }
    guard let set = known[filterText(name)], name.endIndex + 1 < scalars.count, scalars[name.endIndex] == ":",
      scalars[name.endIndex + 1] == "]"
    else { throw error(name.count + 2, "there is no class [:\(filterText(name)):]") }
    position = name.endIndex + 2
    return set
  }
}
