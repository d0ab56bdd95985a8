// One text of many rows, held so that looking for a word is one run over little memory.
//
// Most texts of a table are a few, repeated: classes, states, answers. Those are kept once, with a number a row; asking
// all rows is then asking those few. Texts of which each row has its own, as IDs, lie in one piece of memory; when they
// lack one of the bytes that are looked for, as IDs of digits lack letters, no row is looked at.

/// A text of each row.
package struct TextColumn: Sendable {
  private enum Storage: Sendable {
    case shared(codes: [UInt16], values: [String])
    case own(OwnTexts)
  }

  private let storage: Storage
  package let count: Int

  private static let mostShared = 1024

  /// - Parameter text: that of the row at a position. By position and not by row: a generic row would be copied for it.
  package init(count: Int, _ text: (Int) -> String) {
    self.count = count
    storage = Self.shared(count, text) ?? .own(OwnTexts((0..<count).map(text)))
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
    case .own(let own): TextColumn(.own(OwnTexts(own.texts.map(text))), count: count)
    }
  }

  /// Numbers made of these.
  package func numbers(_ number: (String) -> Double) -> [Double] {
    switch storage {
    case .shared(let codes, let values):
      let numbers = values.map(number)
      return codes.map { numbers[Int($0)] }
    case .own(let own): return own.texts.map(number)
    }
  }

  /// Sets the rows whose text `matches`, which no text of ASCII alone does.
  package func markBeyondASCII(in result: inout [Bool], where matches: (String) -> Bool) {
    switch storage {
    case .shared(let codes, let values):
      let holds = values.map { !$0.utf8.allSatisfy { $0 < 0x80 } && matches($0) }
      guard holds.contains(true) else { return }
      for place in codes.indices where holds[Int(codes[place])] { result[place] = true }
    case .own(let own):
      guard own.isBeyondASCII else { return }
      for place in 0..<count where matches(own.texts[place]) { result[place] = true }
    }
  }

  /// Sets the rows whose text holds `needle`: ASCII, in lower case.
  package func mark(holding needle: [UInt8], in result: inout [Bool]) {
    switch storage {
    case .shared(let codes, let values):
      let holds = values.map { Self.holds(needle, $0) }
      guard holds.contains(true) else { return }
      result.withUnsafeMutableBufferPointer { result in
        holds.withUnsafeBufferPointer { holds in
          codes.withUnsafeBufferPointer { codes in
            for place in codes.indices where holds[Int(codes[place])] { result[place] = true }
          }
        }
      }
    case .own(let texts): texts.mark(holding: needle, in: &result)
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
      for place in 0..<count where asked[place] && accepts(texts.texts[place]) { result[place] = true }
    }
  }

  private static func holds(_ needle: [UInt8], _ text: String) -> Bool {
    let bytes = text.utf8.map(foldedByte)
    guard bytes.count >= needle.count else { return false }
    return (0...bytes.count - needle.count).contains { bytes[$0...].starts(with: needle) }
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

/// Texts of which each row has its own.
private struct OwnTexts: Sendable {
  let texts: [String]
  /// In lower case, one after the other, with a line end after each, which no typed word holds.
  private var bytes: [UInt8] = []
  /// Where each text starts; one more for the end.
  private var starts: [Int32] = []
  /// Which bytes there are.
  private var present = [Bool](repeating: false, count: 256)

  private static let separator: UInt8 = 0x0A

  init(_ texts: [String]) {
    self.texts = texts
    let size = texts.reduce(texts.count) { $0 + $1.utf8.count }
    starts = [Int32](unsafeUninitializedCapacity: texts.count + 1) { starts, used in
      bytes = [UInt8](unsafeUninitializedCapacity: size) { bytes, filled in
        present.withUnsafeMutableBufferPointer { present in
          filled = Self.fill(bytes, starts, present, texts)
        }
      }
      used = texts.count + 1
    }
  }

  /// Gives the number of bytes; `bytes` has room for the texts and a separator after each.
  private static func fill(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, _ starts: UnsafeMutableBufferPointer<Int32>,
    _ present: UnsafeMutableBufferPointer<Bool>, _ texts: [String]
  ) -> Int {
    var next = 0
    for (row, text) in texts.enumerated() {
      starts[row] = Int32(clamping: next)
      var text = text
      text.withUTF8 { source in
        for byte in source {
          let folded = foldedByte(byte)
          bytes[next] = folded
          present[Int(folded)] = true
          next += 1
        }
      }
      bytes[next] = separator
      next += 1
    }
    starts[texts.count] = Int32(clamping: next)
    return next
  }

  var isBeyondASCII: Bool { present[0x80...].contains(true) }

  func mark(holding needle: [UInt8], in result: inout [Bool]) {
    guard let first = needle.first, needle.allSatisfy({ present[Int($0)] }) else { return }
    bytes.withUnsafeBufferPointer { bytes in
      starts.withUnsafeBufferPointer { starts in
        needle.withUnsafeBufferPointer { needle in
          result.withUnsafeMutableBufferPointer { result in
            let last = bytes.count - needle.count
            var (place, row) = (0, 0)
            while place <= last {
              guard bytes[place] == first, Self.matches(needle, bytes, at: place) else {
                place += 1
                continue
              }
              while Int(starts[row + 1]) <= place { row += 1 }
              result[row] = true
              place = Int(starts[row + 1])
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func matches(
    _ needle: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, at place: Int
  ) -> Bool {
    var same = 1
    while same < needle.count, bytes[place + same] == needle[same] { same += 1 }
    return same == needle.count
  }
}

@inline(__always)
private func foldedByte(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
