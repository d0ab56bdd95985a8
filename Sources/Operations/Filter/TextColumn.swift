// One text of many rows, held so that a filter asks each different text once.
//
// Most texts of a table are a few, repeated: classes, states, answers. Those are kept once, with a number a row; asking
// all rows is then asking those few. Texts of which each row has its own, as IDs, are asked one by one.

/// A text of each row.
package struct TextColumn: Sendable {
  private enum Storage: Sendable {
    case shared(codes: [UInt16], values: [String])
    case own([String])
  }

  private let storage: Storage
  package let count: Int

  private static let mostShared = 1024

  /// - Parameter text: that of the row at a position. By position and not by row: a generic row would be copied for it.
  package init(count: Int, _ text: (Int) -> String) {
    self.count = count
    storage = Self.shared(count, text) ?? .own((0..<count).map(text))
  }

  /// Texts that are known to repeat: `codes` are positions in `values`.
  package init(codes: [UInt16], values: [String]) {
    self.init(.shared(codes: codes, values: values), count: codes.count)
  }

  /// Nil when there are too many different texts.
  private static func shared(_ count: Int, _ text: (Int) -> String) -> Storage? {
    var numbers = StringNumbers()
    var codes: [UInt16] = []
    codes.reserveCapacity(count)
    for place in 0..<count {
      let number = numbers.number(of: text(place))
      if number >= mostShared { return nil }
      codes.append(UInt16(truncatingIfNeeded: number))
    }
    return .shared(codes: codes, values: numbers.values)
  }

  private init(_ storage: Storage, count: Int) { (self.storage, self.count) = (storage, count) }

  /// Other texts made of these, each different one once where they repeat.
  package func mapped(_ text: (String) -> String) -> TextColumn {
    switch storage {
    case .shared(let codes, let values): TextColumn(.shared(codes: codes, values: values.map(text)), count: count)
    case .own(let own): TextColumn(.own(own.map(text)), count: count)
    }
  }

  /// Numbers made of these.
  package func numbers(_ number: (String) -> Double) -> [Double] {
    switch storage {
    case .shared(let codes, let values):
      let numbers = values.map(number)
      return codes.map { numbers[Int($0)] }
    case .own(let own): return own.map(number)
    }
  }

  /// Sets the rows of `asked` whose text `accepts`.
  func mark(_ asked: [Bool], in result: inout [Bool], where accepts: (String) -> Bool) {
    switch storage {
    case .shared(let codes, let values):
      let holds = values.map(accepts)
      guard holds.contains(true) else { return }
      for place in codes.indices where asked[place] && holds[Int(codes[place])] { result[place] = true }
    case .own(let texts):
      for place in 0..<count where asked[place] && accepts(texts[place]) { result[place] = true }
    }
  }
}

/// Gives each different text a number. Texts that share their storage are known by it, without a look at their letters;
/// equal texts in different storage may get two numbers, which does no harm.
private struct StringNumbers {
  private struct Slot {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var number: Int32 = -1
  }

  private(set) var values: [String] = []
  private var slots = [Slot](repeating: Slot(), count: 4096)

  /// `values` keeps every text that has a number, so that its storage is never another text's.
  mutating func number(of text: String) -> Int {
    let (first, second) = unsafeBitCast(text, to: (UInt64, UInt64).self)
    let mixed = (first ^ (second &* 0x9E37_79B9_7F4A_7C15)) &* 0xBF58_476D_1CE4_E5B9
    var place = Int(truncatingIfNeeded: mixed >> 52)
    while slots[place].number >= 0 {
      if slots[place].first == first, slots[place].second == second { return Int(slots[place].number) }
      place = (place + 1) & 4095
    }
    // A table that is a quarter full is the caller's last call.
    guard values.count <= 1024 else { return values.count }
    slots[place] = Slot(first: first, second: second, number: Int32(values.count))
    values.append(text)
    return values.count - 1
  }
}
