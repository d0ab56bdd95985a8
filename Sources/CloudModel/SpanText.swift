// Spans of time as people write them.

extension Duration {
  /// Reads `90s`, `30m`, `2h`, `7d`, `1h30m`, `500ms`, or plain seconds; nil for anything else.
  package init?(span text: String) {
    guard let seconds = Self.seconds(text), seconds.isFinite, (0..<1e9).contains(seconds) else { return nil }
    self = .milliseconds(Int64((seconds * 1000).rounded()))
  }

  private static func seconds(_ text: String) -> Double? {
    if let plain = decimal(text[...]) { return plain }
    var rest = text[...]
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { isDigitOrPoint($0) }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !isDigitOrPoint($0) }
      rest = rest.dropFirst(unit.count)
      guard let value = decimal(digits), let scale = units[String(unit)] else { return nil }
      total += value * scale
    }
    return text.isEmpty ? nil : total
  }

  private static let units = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400]

  private static func isDigitOrPoint(_ character: Character) -> Bool {
    character == "." || character.isASCII && character.isNumber
  }

  /// Digits with at most one point: `Double` would read `1e3`, `0x1p3` and `nan` as well.
  private static func decimal(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.allSatisfy(isDigitOrPoint) else { return nil }
    return Double(text)
  }
}
