// From the pieces that ncurses reads to keys.
//
// ncurses knows the sequences of terminfo; the rest comes as bytes. They may be cut anywhere, so what is incomplete
// stays here until the next bytes come.

import Terminal

/// One piece of input.
enum Input: Equatable {
  /// Nothing more is there now.
  case nothing
  /// A byte of UTF-8, or a control character.
  case byte(UInt8)
  case key(Key)
  /// A key that is not reported.
  case unknown
}

struct KeyDecoder {
  /// The bytes of a character whose end has not come.
  private var partial: [UInt8] = []

  /// Reads all there is and returns the keys it makes.
  mutating func keys(from next: () -> Input) -> [Key] {
    var result: [Key] = []
    var input = next()
    while input != .nothing {
      switch input {
      case .byte(0x1B): input = afterEscape(next, into: &result)
      case .byte(let byte):
        result += keys(of: byte)
        input = next()
      case .key(let key):
        result.append(key)
        input = next()
      case .unknown, .nothing: input = next()
      }
    }
    return result
  }

  /// Esc, or the beginning of a sequence that terminfo does not know: the latter is swallowed, or its last letter
  /// would be a command. Returns the first input that is not part of it.
  private mutating func afterEscape(_ next: () -> Input, into result: inout [Key]) -> Input {
    let first = next()
    switch first {
    case .byte(UInt8(ascii: "[")):
      let second = next()
      if second == .nothing { break }
      return afterControlSequence(second, next)
    case .byte(UInt8(ascii: "O")):
      let second = next()
      guard case .byte(let letter) = second, let key = KeyDecoder.keypad[letter] else {
        result += [.escape, .character("O")]
        return second
      }
      result.append(key)
      return next()
    default:
      result.append(.escape)
      return first
    }
    result += [.escape, .character("[")]
    return .nothing
  }

  /// CSI: parameters and intermediate bytes, then one final byte of 0x40 to 0x7E (ECMA-48, 5.4).
  private func afterControlSequence(_ first: Input, _ next: () -> Input) -> Input {
    var input = first
    while case .byte(let byte) = input, (0x20...0x3F).contains(byte) { input = next() }
    if case .byte(let byte) = input, (0x40...0x7E).contains(byte) { return next() }
    return input
  }

  /// The numeric keypad in application mode, which `smkx` switches on (XTerm Control Sequences, "VT220-Style Function
  /// Keys" and keypad table).
  private static let keypad: [UInt8: Key] = {
    var keys: [UInt8: Key] = [UInt8(ascii: "M"): .enter, UInt8(ascii: "X"): .character("=")]
    for (offset, character) in "*+,-./0123456789".enumerated() {
      keys[UInt8(ascii: "j") + UInt8(offset)] = .character(character)
    }
    return keys
  }()

  private mutating func keys(of byte: UInt8) -> [Key] {
    if byte >= 0x80 { return continued(byte) }
    let broken = partial.isEmpty ? [] : [Key.character("�")]
    partial = []
    return broken + [KeyDecoder.ascii(byte)]
  }

  private static func ascii(_ byte: UInt8) -> Key {
    switch byte {
    case 0x09: .tab
    case 0x0A, 0x0D: .enter
    case 0x08, 0x7F: .backspace
    case 0x1B: .escape
    case 0x00..<0x20: .control(Character(Unicode.Scalar(byte + 0x40)))
    default: .character(Character(Unicode.Scalar(byte)))
    }
  }

  private mutating func continued(_ byte: UInt8) -> [Key] {
    var result: [Key] = []
    let isFirst = byte >= 0xC0
    if isFirst == !partial.isEmpty {
      // A new character before the last one ended, or the middle of one that never began.
      result.append(.character("�"))
      partial = []
      if !isFirst { return result }
    }
    partial.append(byte)
    guard let first = partial.first, partial.count == KeyDecoder.length(first) else { return result }
    defer { partial = [] }
    for character in String(decoding: partial, as: UTF8.self) where TextWidth.of(character) > 0 || !character.isASCII {
      result.append(.character(character))
    }
    return result
  }

  private static func length(_ first: UInt8) -> Int {
    switch first {
    case 0xC0...0xDF: 2
    case 0xE0...0xEF: 3
    default: 4
    }
  }
}
