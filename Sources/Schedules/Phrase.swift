// Small pieces of English: lists, ranges and clock times.

/// Puts numbers and names into words.
enum Phrase {
  /// "a", "a and b", "a, b and c".
  static func list(_ words: [String], joinedBy conjunction: String = "and") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
  }

  /// Ascending numbers with runs of three or more drawn together: "1, 3 and 9 through 17". A long regular sequence is
  /// told by how it begins and ends: "0, 7, 14, ..., 56".
  static func numbers(
    _ numbers: [Int], joinedBy conjunction: String = "and", name: (Int) -> String = { String($0) }
  ) -> String {
    if numbers.count > 6, let step = commonStep(numbers), step > 1, let last = numbers.last {
      return "\(numbers.prefix(3).map(name).joined(separator: ", ")), ..., \(name(last))"
    }
    return list(runs(numbers).flatMap { words(for: $0, name: name) }, joinedBy: conjunction)
  }

  /// Consecutive numbers drawn together.
  static func runs(_ numbers: [Int]) -> [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs
  }

  /// The distance between neighbours, when it is the same everywhere; nil for fewer than two.
  static func commonStep(_ numbers: [Int]) -> Int? {
    guard numbers.count > 1 else { return nil }
    let step = numbers[1] - numbers[0]
    return zip(numbers, numbers.dropFirst()).allSatisfy { $1 - $0 == step } ? step : nil
  }

  /// "Every hour", "Every 2 hours".
  static func every(_ count: Int, _ unit: String) -> String {
    count == 1 ? "Every \(unit)" : "Every \(count) \(unit)s"
  }

  /// "09:05".
  static func clock(_ minuteOfDay: Int) -> String {
    "\(twoDigits(minuteOfDay / 60)):\(twoDigits(minuteOfDay % 60))"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : String(number)
  }

  private static func words(for run: ClosedRange<Int>, name: (Int) -> String) -> [String] {
    if run.count < 3 { return run.map(name) }
    return ["\(name(run.lowerBound)) through \(name(run.upperBound))"]
  }
}
