// Texts compared without case: globs and free words.
//
// Nearly all texts of these resources are ASCII, so bytes are compared as they stand, folding A-Z on the way, and
// nothing is allocated. A text that holds more is folded as Unicode says (lower case, then NFC) and compared by scalars.

import Foundation

/// Lower case, in one normal form, so that `é` is `É` however either is composed.
func filterFolded(_ text: String) -> String { text.lowercased().precomposedStringWithCanonicalMapping }

@inline(__always)
private func foldedASCII(_ scalar: UInt32) -> UInt32 { (0x41...0x5A).contains(scalar) ? scalar | 0x20 : scalar }

/// Calls `body` with the text's bytes and whether all are ASCII.
@inline(__always)
func withFilterBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Result) -> Result {
  var text = text
  return text.withUTF8 { bytes in
    var seen: UInt8 = 0
    for byte in bytes { seen |= byte }
    return body(bytes, seen < 0x80)
  }
}

/// A pattern in which `*` stands for any text, `?` for one character and `\` takes the next character as it is.
struct FilterGlob: Equatable, Sendable {
  let source: String
  /// Folded scalars and the two wildcards.
  private let tokens: [UInt32]

  private static let anyText = UInt32.max
  private static let anyOne = UInt32.max - 1

  init(_ source: String) {
    self.source = source
    var tokens: [UInt32] = []
    var literal = String.UnicodeScalarView()
    var isEscaped = false
    func flush() {
      tokens += filterFolded(String(literal)).unicodeScalars.map(\.value)
      literal.removeAll()
    }
    for scalar in source.unicodeScalars {
      if !isEscaped, scalar == "*" || scalar == "?" {
        flush()
        if scalar == "?" || tokens.last != Self.anyText { tokens.append(scalar == "*" ? Self.anyText : Self.anyOne) }
      } else if !isEscaped, scalar == "\\" {
        isEscaped = true
        continue
      } else {
        literal.append(scalar)
      }
      isEscaped = false
    }
    flush()
    self.tokens = tokens
  }

  static func == (left: FilterGlob, right: FilterGlob) -> Bool { left.source == right.source }

  /// Whether a text uses a wildcard.
  static func hasWildcard(_ text: String) -> Bool { text.unicodeScalars.contains { $0 == "*" || $0 == "?" } }

  /// Whether the whole text is as the pattern says.
  func matches(_ text: String) -> Bool {
    withFilterBytes(text) { bytes, isASCII in
      isASCII ? matches(bytes) : matches(filterFolded(text).unicodeScalars.map(\.value))
    }
  }

  /// Goes back to the last `*` only, so the time is at most the product of both lengths.
  @inline(__always)
  private func matches<Text: RandomAccessCollection>(_ text: Text) -> Bool
  where Text.Element: BinaryInteger, Text.Index == Int {
    tokens.withUnsafeBufferPointer { tokens in
      var (token, place) = (0, text.startIndex)
      var (star, resume) = (-1, text.startIndex)
      while place < text.endIndex {
        if token < tokens.count, tokens[token] == Self.anyText {
          (star, resume) = (token, place)
          token += 1
        } else if token < tokens.count,
          tokens[token] == Self.anyOne || tokens[token] == foldedASCII(UInt32(truncatingIfNeeded: text[place]))
        {
          token += 1
          place += 1
        } else {
          guard star >= 0 else { return false }
          resume += 1
          (token, place) = (star + 1, resume)
        }
      }
      while token < tokens.count, tokens[token] == Self.anyText { token += 1 }
      return token == tokens.count
    }
  }
}

/// A text to look for anywhere in another.
struct FilterNeedle: Equatable, Sendable {
  let text: String
  private let folded: [UInt8]
  /// Whether a number can hold it, so that numbers are written out only then.
  let mayBeNumber: Bool

  init(_ text: String) {
    self.text = text
    folded = Array(filterFolded(text).utf8)
    mayBeNumber = folded.allSatisfy { (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) }
  }

  static func == (left: FilterNeedle, right: FilterNeedle) -> Bool { left.text == right.text }

  /// Whether `text` holds the needle, whatever the case.
  func isPart(of text: String) -> Bool {
    withFilterBytes(text) { bytes, isASCII in
      isASCII ? isPart(of: bytes) : withFilterBytes(filterFolded(text)) { bytes, _ in isPart(of: bytes) }
    }
  }

  private func isPart(of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    folded.withUnsafeBufferPointer { needle in
      guard let first = needle.first else { return true }
      guard bytes.count >= needle.count else { return false }
      for start in 0...(bytes.count - needle.count) where Self.folded(bytes[start]) == first {
        var same = 1
        while same < needle.count, Self.folded(bytes[start + same]) == needle[same] { same += 1 }
        if same == needle.count { return true }
      }
      return false
    }
  }

  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8 { UInt8(truncatingIfNeeded: foldedASCII(UInt32(byte))) }
}
