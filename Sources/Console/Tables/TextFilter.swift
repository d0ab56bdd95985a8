// The filter: a text that must be part of a row's text, whatever the case of its letters.

import Foundation

/// A text to look for.
struct TextFilter: Equatable, Sendable {
  /// In lower case, as far as ASCII goes.
  let needle: [UInt8]
  /// Set when the text holds more than ASCII; then Unicode decides what is the same letter.
  private let unicode: String?

  init(_ text: String) {
    needle = text.utf8.map(folded)
    unicode = Self.isASCII(text) ? nil : text.lowercased()
  }

  var isEmpty: Bool { needle.isEmpty }
  var isASCII: Bool { unicode == nil }

  func matches(_ text: String) -> Bool {
    if let unicode { return !Self.isASCII(text) && text.lowercased().contains(unicode) }
    return Self.position(of: needle, in: text) != nil
  }

  /// Where the first match is, in bytes of an ASCII text; nil when there is none or the text holds more than ASCII.
  func asciiRange(in text: String) -> Range<Int>? {
    guard unicode == nil, !needle.isEmpty, Self.isASCII(text) else { return nil }
    return Self.position(of: needle, in: text).map { $0..<$0 + needle.count }
  }

  static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

  private static func position(of needle: [UInt8], in text: String) -> Int? {
    var text = text
    return text.withUTF8 { bytes in needle.withUnsafeBufferPointer { position(of: $0, in: bytes) } }
  }

  private static func position(of needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = needle.first else { return 0 }
    guard bytes.count >= needle.count else { return nil }
    for start in 0...(bytes.count - needle.count) where folded(bytes[start]) == first {
      var same = 1
      while same < needle.count, folded(bytes[start + same]) == needle[same] { same += 1 }
      if same == needle.count { return start }
    }
    return nil
  }
}
