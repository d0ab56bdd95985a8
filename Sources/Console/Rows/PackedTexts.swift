// Texts of many rows in little memory: shared ones once, with a number a row; the others one after the other.

import Operations

/// Texts one after the other. A `String` of more than 15 bytes takes 80 bytes and an allocation; here it takes its bytes
/// and 4 more.
package struct PackedTexts: Equatable, Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each ends.
  private(set) var ends: [UInt32] = []

  var count: Int { ends.count }

  subscript(place: Int) -> String {
    String(decoding: bytes[start(of: place)..<Int(ends[place])], as: UTF8.self)
  }

  private func start(of place: Int) -> Int { place == 0 ? 0 : Int(ends[place - 1]) }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
    ends.append(UInt32(clamping: bytes.count))
  }

  /// Gives back what was reserved for more.
  mutating func trim() {
    if bytes.capacity > bytes.count + bytes.count / 8 { bytes = bytes.withUnsafeBufferPointer { Array($0) } }
    if ends.capacity > ends.count + ends.count / 8 { ends = ends.withUnsafeBufferPointer { Array($0) } }
  }

  var longest: Int { (0..<count).reduce(0) { max($0, Int(ends[$1]) - start(of: $1)) } }

  /// Calls `body` for each text that holds the needle: ASCII in lower case; ASCII letters match whatever their case.
  func forEach(holding needle: [UInt8], _ body: (Int) -> Void) {
    guard let first = needle.first else { return (0..<count).forEach(body) }
    bytes.withUnsafeBufferPointer { bytes in
      needle.withUnsafeBufferPointer { needle in
        var start = 0
        for place in 0..<count {
          let end = Int(ends[place])
          defer { start = end }
          guard end - start >= needle.count else { continue }
          for from in start...end - needle.count where folded(bytes[from]) == first {
            var same = 1
            while same < needle.count, folded(bytes[from + same]) == needle[same] { same += 1 }
            if same == needle.count {
              body(place)
              break
            }
          }
        }
      }
    }
  }

  var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }
}

/// Texts that many rows have in common, each with a number.
struct TextPool: Equatable, Sendable {
  private(set) var texts: [String] = []
  private var numbers: [String: Int32] = [:]
  /// Texts that carry an ID are all different: sharing them would only cost.
  static let most = 2000

  static func == (left: TextPool, right: TextPool) -> Bool { left.texts == right.texts }

  /// The text's number; nil where the pool is full.
  mutating func number(of text: String) -> Int32? {
    if let known = numbers[text] { return known }
    guard texts.count < Self.most else { return nil }
    let number = Int32(texts.count)
    numbers[text] = number
    texts.append(text)
    return number
  }
}

extension TextPool {
  /// For each text its place among all of them, ASCII letters without regard to their case; alike ones share a place.
  var foldedOrder: [Double] {
    let plain = texts.map { $0.utf8.map(folded) }
    let order = plain.indices.sorted { plain[$0].lexicographicallyPrecedes(plain[$1]) }
    var places = [Double](repeating: 0, count: texts.count)
    for (earlier, later) in zip(order, order.dropFirst()) {
      places[later] = places[earlier] + (plain[earlier] == plain[later] ? 0 : 1)
    }
    return places
  }
}

/// A text of each row of a chunk.
struct PooledTexts: Equatable, Sendable {
  /// A number in the pool; below zero the complement of a place in `own`.
  private(set) var codes: [Int32] = []
  private(set) var own = PackedTexts()

  mutating func append(_ text: String, _ pool: inout TextPool) {
    if let number = pool.number(of: text) { return codes.append(number) }
    codes.append(~Int32(own.count))
    own.append(text)
  }

  func text(_ place: Int, _ pool: TextPool) -> String {
    let code = codes[place]
    return code >= 0 ? pool.texts[Int(code)] : own[Int(~code)]
  }

  mutating func reserve(_ count: Int) { codes.reserveCapacity(count) }
  mutating func trim() { own.trim() }

  func column(_ pool: TextPool) -> TextColumn {
    guard own.count == 0 else { return TextColumn(count: codes.count) { text($0, pool) } }
    return TextColumn(codes: codes.map { UInt16(truncatingIfNeeded: $0) }, values: pool.texts)
  }
}
