// What a JSON text holds that its pretty picture can not show.
//
// RFC 8259 leaves open what a name given twice means, and lets a string escape half a surrogate pair. Most readers keep
// the last of two members and replace the half pair, so a person who compares with what a worker saw must be told.

import Terminal

/// Remarks about a JSON text.
struct PayloadRemarks {
  /// Names that an object has twice, each once.
  private(set) var doubledNames: [String] = []
  private(set) var hasLoneSurrogate = false

  private struct Object {
    var names: Set<String> = []
    /// The next string is a name.
    var wantsName = true
  }

  /// The open brackets; nil stands for an array.
  private var open: [Object?] = []

  /// - Parameter text: JSON that was read without an error.
  init(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "{"): open.append(Object())
      case UInt8(ascii: "["): open.append(nil)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: ","): wantName(true)
      case UInt8(ascii: ":"): wantName(false)
      case UInt8(ascii: "\""): take(string: Self.string(&bytes))
      default: break
      }
    }
  }

  private mutating func wantName(_ wants: Bool) {
    guard let last = open.indices.last, var object = open[last] else { return }
    object.wantsName = wants
    open[last] = object
  }

  private mutating func take(string bytes: [UInt8]) {
    if Self.hasLoneSurrogate(bytes) { hasLoneSurrogate = true }
    guard let last = open.indices.last, var object = open[last], object.wantsName else { return }
    let name = String(decoding: bytes, as: UTF8.self)
    if !object.names.insert(name).inserted, !doubledNames.contains(name) { doubledNames.append(name) }
    open[last] = object
  }

  /// The bytes up to the closing quote, which is taken too.
  private static func string(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    while let byte = bytes.popFirst(), byte != UInt8(ascii: "\"") {
      result.append(byte)
      if byte == UInt8(ascii: "\\"), let next = bytes.popFirst() { result.append(next) }
    }
    return result
  }

  private static func hasLoneSurrogate(_ bytes: [UInt8]) -> Bool {
    var place = 0
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      guard let unit = codeUnit(bytes, at: place) else {
        place += 2
        continue
      }
      place += 6
      if (0xDC00...0xDFFF).contains(unit) { return true }
      guard (0xD800...0xDBFF).contains(unit) else { continue }
      guard let second = codeUnit(bytes, at: place), (0xDC00...0xDFFF).contains(second) else { return true }
      place += 6
    }
    return false
  }

  /// Of `\uXXXX`.
  private static func codeUnit(_ bytes: [UInt8], at place: Int) -> Int? {
    guard place + 5 < bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return Int(String(decoding: bytes[place + 2...place + 5], as: UTF8.self), radix: 16)
  }

  var lines: [Document.Line] {
    var lines: [Document.Line] = []
    if !doubledNames.isEmpty {
      let names = doubledNames.prefix(5).map { sanitised($0) }.joined(separator: ", ")
      lines.append(.note("! A name is given twice: \(names). Readers differ on which one counts.", .warning))
    }
    if hasLoneSurrogate {
      lines.append(.note("! A string escapes half a surrogate pair, which is no character.", .warning))
    }
    return lines
  }
}
