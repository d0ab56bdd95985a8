// What a child writes is made of lines that can do nothing to a terminal but
// colour text: every control character but tab and every escape sequence but SGR
// is taken out (ECMA-48: CSI 5.4, control strings 5.6, SGR 8.3.117). The rest of
// the sanitising (bidirectional controls, invisible characters) needs no state
// between lines and is done where a line is drawn.

import Foundation

/// Splits a stream of bytes into lines and takes control sequences out.
struct LineFilter {
  /// A longer line is cut into several.
  static let longestLine = 8192
  /// A longer sequence is none; what opened it is dropped and the rest is text again.
  private static let longestSequence = 4096

  private enum State {
    case text
    case escape
    /// Intermediate bytes of an escape sequence that is not CSI.
    case charset
    case sequence
    /// OSC, DCS, APC, PM, SOS: until BEL or ST.
    case string
    case stringEscape
    /// After 0xC2, which begins the UTF-8 form of a C1 control.
    case latin
  }

  private var state = State.text
  private var line: [UInt8] = []
  private var sequence: [UInt8] = []
  private var isAfterReturn = false

  /// The lines that these bytes complete.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> [String] {
    var lines: [String] = []
    var rest = bytes
    while let first = rest.first {
      if state == .text, let count = Self.plainCount(rest), count > 0 {
        isAfterReturn = false
        line.append(contentsOf: rest.prefix(count))
        rest = rest.dropFirst(count)
      } else {
        rest = rest.dropFirst()
        take(first, &lines)
      }
      while line.count >= Self.longestLine { cut(&lines) }
    }
    return lines
  }

  /// The line that has no end.
  mutating func finish() -> [String] {
    state = .text
    defer { line = [] }
    return line.isEmpty ? [] : [String(decoding: line, as: UTF8.self)]
  }

  /// Bytes at the front that stand for themselves.
  private static func plainCount(_ bytes: ArraySlice<UInt8>) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      var count = 0
      while count < buffer.count {
        let byte = buffer[count]
        if byte < 0x20 || byte == 0x7F || byte == 0xC2 { break }
        count += 1
      }
      return count
    }
  }

  private mutating func take(_ byte: UInt8, _ lines: inout [String]) {
    switch state {
    case .text: takeText(byte, &lines)
    case .escape: takeEscape(byte, &lines)
    case .charset:
      // The final byte, or something that has no place here.
      if !(0x20...0x2F).contains(byte) { again(byte, unless: (0x30...0x7E).contains(byte), &lines) }
    case .sequence: takeSequence(byte, &lines)
    case .string: takeString(byte, &lines)
    case .stringEscape:
      state = byte == UInt8(ascii: "\\") ? .text : .escape
      if state == .escape { takeEscape(byte, &lines) }
    case .latin: takeLatin(byte, &lines)
    }
  }

  private mutating func takeText(_ byte: UInt8, _ lines: inout [String]) {
    let wasAfterReturn = isAfterReturn
    isAfterReturn = byte == 0x0D
    switch byte {
    case 0x1B: state = .escape
    case 0xC2: state = .latin
    // CR LF is one line end. A CR alone, as of a progress bar, ends what it would write over.
    case 0x0A: if !wasAfterReturn { end(&lines) }
    case 0x0D: end(&lines)
    case 0x09: line.append(byte)
    case 0x00..<0x20, 0x7F: break
    default: line.append(byte)
    }
  }

  private mutating func takeEscape(_ byte: UInt8, _ lines: inout [String]) {
    switch byte {
    case UInt8(ascii: "["): open(.sequence)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"): open(.string)
    case 0x20...0x2F: state = .charset
    default: again(byte, unless: (0x30...0x7E).contains(byte), &lines)
    }
  }

  private mutating func takeSequence(_ byte: UInt8, _ lines: inout [String]) {
    switch byte {
    case 0x20...0x3F:
      sequence.append(byte)
      if sequence.count > Self.longestSequence { state = .text }
    case UInt8(ascii: "m") where isColour:
      line += [0x1B, UInt8(ascii: "[")] + sequence + [byte]
      state = .text
    default: again(byte, unless: (0x40...0x7E).contains(byte), &lines)
    }
  }

  /// Digits and separators only, and no more than a terminal reads.
  private var isColour: Bool {
    sequence.count <= 64
      && sequence.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ":") }
  }

  private mutating func takeString(_ byte: UInt8, _ lines: inout [String]) {
    sequence.append(byte)
    switch byte {
    case 0x07: state = .text
    case 0x1B: state = .stringEscape
    // An unfinished string must not swallow what comes after its line.
    case 0x0A, 0x0D: again(byte, unless: false, &lines)
    default: if sequence.count > Self.longestSequence { state = .text }
    }
  }

  /// The second byte of U+0080 to U+00BF.
  private mutating func takeLatin(_ byte: UInt8, _ lines: inout [String]) {
    switch byte {
    case 0x9B: open(.sequence)
    case 0x90, 0x98, 0x9D, 0x9E, 0x9F: open(.string)
    case 0x80...0x9F: state = .text
    case 0xA0...0xBF:
      line += [0xC2, byte]
      state = .text
    default:
      line.append(0xC2)  // Broken UTF-8, which becomes � with the rest.
      again(byte, unless: false, &lines)
    }
  }

  private mutating func open(_ state: State) {
    self.state = state
    sequence = []
  }

  /// Back to text; the byte belongs to it unless it ended the sequence.
  private mutating func again(_ byte: UInt8, unless isEnd: Bool, _ lines: inout [String]) {
    state = .text
    if !isEnd { takeText(byte, &lines) }
  }

  private mutating func end(_ lines: inout [String]) {
    lines.append(String(decoding: line, as: UTF8.self))
    line = []
  }

  /// Between two characters.
  private mutating func cut(_ lines: inout [String]) {
    var length = Self.longestLine
    while length > Self.longestLine - 4, length < line.count, line[length] & 0xC0 == 0x80 { length -= 1 }
    lines.append(String(decoding: line[..<length], as: UTF8.self))
    line.removeFirst(length)
  }
}
