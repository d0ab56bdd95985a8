// Whether one colour can be read on another (WCAG 2.1, "contrast ratio").

/// Ratios of contrast.
package enum Contrast {
  /// What WCAG wants of text at least.
  package static let ofText = 4.5

  /// From 1 to 21; nil when one of them is the terminal's own and nobody knows it.
  package static func ratio(_ first: Colour, _ second: Colour) -> Double? {
    guard let first = luminance(first), let second = luminance(second) else { return nil }
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }

  /// The colour, made lighter or darker until it can be read on another one.
  package static func readable(_ colour: Colour, on background: Colour, atLeast wanted: Double) -> Colour {
    guard let now = ratio(colour, background), now < wanted, let parts = colour.components else { return colour }
    let ink = ink(on: background)
    let goal = ink == .rgb(255, 255, 255) ? 255 : 0
    for step in 1..<16 {
      let mixed = [parts.red, parts.green, parts.blue].map { UInt8(Int($0) + (goal - Int($0)) * step / 16) }
      let result = Colour.rgb(mixed[0], mixed[1], mixed[2])
      if (ratio(result, background) ?? 0) >= wanted { return result }
    }
    return ink
  }

  /// Black or white, whichever can be read better.
  package static func ink(on background: Colour) -> Colour {
    let (black, white) = (Colour.rgb(0, 0, 0), Colour.rgb(255, 255, 255))
    return (ratio(black, background) ?? 0) > (ratio(white, background) ?? 0) ? black : white
  }

  /// WCAG 2.1, "relative luminance".
  private static func luminance(_ colour: Colour) -> Double? {
    guard let parts = colour.components else { return nil }
    let linear = [parts.red, parts.green, parts.blue].map { part in
      let value = Double(part) / 255
      return value <= 0.04045 ? value / 12.92 : toThe2Point4((value + 0.055) / 1.055)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// x to the power of 2.4, which the standard library has not: 0.4 is 0.0110 0110 ... in binary, and each binary place
  /// is one square root more.
  private static func toThe2Point4(_ x: Double) -> Double {
    var root = x
    var result = x * x
    for place in 1...20 {
      root = root.squareRoot()
      if place % 4 == 2 || place % 4 == 3 { result *= root }
    }
    return result
  }
}
