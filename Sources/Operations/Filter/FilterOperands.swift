// What stands after an operator, read as the type of the field asks.

import CloudModel
import Foundation

struct FilterOperandReader {
  let source: FilterSource
  let field: FilterField
  let comparison: FilterComparison
  /// Where the operator begins.
  let sign: Int

  func test(_ word: FilterWord) throws(FilterError) -> FilterTest {
    switch comparison {
    case .pattern: return try pattern(word)
    case .glob, .equal: break
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if field.type == .text || field.type == .code { throw unordered() }
    }
    switch field.type {
    case .text: return text(word.text)
    case .number: return try number(word)
    case .status: return try status(word)
    case .code: return try code(word)
    case .time: return try time(word)
    case .duration: return try duration(word)
    case .open: return try open(word)
    }
  }

  private func make(_ operand: FilterOperand, _ matcher: FilterMatcher) -> FilterTest {
    FilterTest(field: field, comparison: comparison, operand: operand, matcher: matcher)
  }

  private func unordered() -> FilterError {
    source.error(
      sign..<sign + comparison.rawValue.count, "\(field.spelling) is a text and has no order", "Use : = or ~.")
  }

  private func expected(_ word: FilterWord, _ type: FilterType, _ remedy: String? = nil) -> FilterError {
    source.error(word.range, "\(field.spelling) is compared with \(type.example)", remedy)
  }

  // MARK: Texts

  private func text(_ text: String) -> FilterTest {
    make(.text(text), comparison == .glob ? .glob(FilterGlob(text)) : .exact(text))
  }

  private func pattern(_ word: FilterWord) throws(FilterError) -> FilterTest {
    switch field.type {
    case .text, .code, .open: break
    case .number, .status, .time, .duration:
      throw source.error(
        sign..<sign + 1, "\(field.spelling) is not a text, so ~ can not be used",
        "Compare it with \(field.type.example).")
    }
    do throws(FilterPatternError) {
      return make(.text(word.text), .pattern(try FilterPattern(word.text)))
    } catch {
      throw source.error(word.place(of: error.range), error.reason, error.remedy)
    }
  }

  // MARK: Numbers

  private func number(_ word: FilterWord) throws(FilterError) -> FilterTest {
    if comparison == .glob, FilterGlob.hasWildcard(word.text) { return text(word.text) }
    guard let number = Self.number(word.text) else { throw expected(word, field.type) }
    return make(.number(number), .interval(FilterInterval(comparison, number)))
  }

  /// Decimal numbers only: `Double` would read `nan`, `inf` and `0x10` too.
  static func number(_ text: String) -> Double? {
    guard let last = text.utf8.last, (0x30...0x39).contains(last),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }), let number = Double(text),
      number.isFinite
    else { return nil }
    return number == 0 ? 0 : number
  }

  /// `5xx` is how people write a class of HTTP statuses.
  private func status(_ word: FilterWord) throws(FilterError) -> FilterTest {
    let text = word.text.lowercased()
    guard let first = text.first, text.dropFirst() == "xx", let digit = first.wholeNumberValue, (1...5).contains(digit)
    else { return try number(word) }
    let interval = FilterInterval(comparison, from: Double(digit * 100), to: Double(digit * 100 + 100))
    return make(.text("\(digit)xx"), .interval(interval))
  }

  private func code(_ word: FilterWord) throws(FilterError) -> FilterTest {
    let text = word.text.uppercased()
    if comparison == .glob, FilterGlob.hasWildcard(text) { return self.text(text) }
    let status = Int(text).map(Status.init(number:)) ?? Status(rawValue: text)
    guard status.number != nil || status.rawValue.hasPrefix("CODE_") else {
      let nearest = Nearest.name(to: text, among: Self.codes)
      throw expected(word, .code, nearest.map { "Did you mean \($0)?" } ?? "Add a * to look for a code not known here.")
    }
    return make(.text(status.rawValue), .exact(status.rawValue))
  }

  /// The names of the canonical codes.
  static let codes = (0...16).map { Status(number: $0).rawValue }

  // MARK: Times

  private func time(_ word: FilterWord) throws(FilterError) -> FilterTest {
    guard let (time, isDay) = Self.time(word.text) else {
      let isDuration = Self.duration(word.text) != nil
      throw expected(word, .time, isDuration ? "Use age or eta for the time since or until." : nil)
    }
    return make(.time(time, isDay: isDay), .interval(interval(time, isDay: isDay)))
  }

  private func interval(_ time: Timestamp, isDay: Bool) -> FilterInterval {
    let start = time.date.timeIntervalSinceReferenceDate
    return isDay
      ? FilterInterval(comparison, from: start, to: start + 86400) : FilterInterval(comparison, start)
  }

  /// RFC 3339, or a day in UTC.
  static func time(_ text: String) -> (Timestamp, isDay: Bool)? {
    if let time = Timestamp(text) { return (time, false) }
    guard text.utf8.count == 10, let day = Timestamp(text + "T00:00:00Z") else { return nil }
    return (day, true)
  }

  // MARK: Durations

  private func duration(_ word: FilterWord) throws(FilterError) -> FilterTest {
    guard let nanoseconds = Self.duration(word.text) else {
      let isNumber = Self.number(word.text) != nil
      throw expected(word, .duration, isNumber ? "Add a unit: s, m, h or d." : nil)
    }
    return make(.duration(nanoseconds), .interval(FilterInterval(comparison, Double(nanoseconds) / 1e9)))
  }

  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
  ]

  /// In nanoseconds; the larger units first, each once: `1h30m`, `7d`, `-5m`, `0`.
  static func duration(_ text: String) -> Int64? {
    let isNegative = text.first == "-"
    var rest = text.dropFirst(isNegative ? 1 : 0)
    if rest == "0" { return 0 }
    var (total, allowed) = (Int64(0), units[...])
    repeat {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      let name = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
      guard let place = allowed.firstIndex(where: { $0.name == name }),
        let part = nanoseconds(digits, unit: units[place].nanoseconds)
      else { return nil }
      let (sum, isTooLong) = total.addingReportingOverflow(part)
      guard !isTooLong else { return nil }
      (total, allowed, rest) = (sum, units[(place + 1)...], rest.dropFirst(digits.count + name.count))
    } while !rest.isEmpty
    return isNegative ? -total : total
  }

  /// Exact as long as the fraction has no more than nine digits.
  private static func nanoseconds(_ digits: Substring, unit: Int64) -> Int64? {
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), let whole = Int64(parts[0]) else {
      return nil
    }
    let (product, isTooLong) = whole.multipliedReportingOverflow(by: unit)
    guard !isTooLong else { return nil }
    guard parts.count == 2 else { return product }
    guard parts[1].count <= 9, let fraction = Int64(parts[1]) else { return nil }
    let scale = (0..<parts[1].count).reduce(Int64(1)) { power, _ in power * 10 }
    // Full width, because a week in nanoseconds times nine digits does not fit 64 bits.
    let (part, _) = scale.dividingFullWidth(unit.multipliedFullWidth(by: fraction))
    let (sum, overflows) = product.addingReportingOverflow(part)
    return overflows ? nil : sum
  }

  // MARK: JSON values

  private func open(_ word: FilterWord) throws(FilterError) -> FilterTest {
    let text = word.text
    switch comparison {
    case .glob: return make(.text(text), .glob(FilterGlob(text)))
    case .equal: return make(.text(text), .literal(text))
    default: break
    }
    if let number = Self.number(text) {
      return make(.number(number), .openInterval(FilterInterval(comparison, number), of: .number))
    }
    if let (time, isDay) = Self.time(text) {
      return make(.time(time, isDay: isDay), .openInterval(interval(time, isDay: isDay), of: .time))
    }
    guard let nanoseconds = Self.duration(text) else { throw expected(word, .open) }
    let interval = FilterInterval(comparison, Double(nanoseconds) / 1e9)
    return make(.duration(nanoseconds), .openInterval(interval, of: .duration))
  }
}
