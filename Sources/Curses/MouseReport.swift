// What terminals send for the mouse (XTerm Control Sequences, "Mouse Tracking").

import Terminal

/// Reads reports. Buttons other than the first, the wheel sideways and motion mean nothing here.
enum MouseReport {
  /// More than three numbers of five digits and their separators.
  static let longest = 24

  /// Whether the bytes behind `ESC [ <` are a whole report: a press ends in M, a release in m.
  static func isEnd(_ bytes: [UInt8]) -> Bool {
    bytes.last == UInt8(ascii: "M") || bytes.last == UInt8(ascii: "m")
  }

  /// `0;12;3M`: button, column and row from 1.
  static func sgr(_ bytes: [UInt8]) -> Mouse? {
    guard isEnd(bytes) else { return nil }
    let numbers = String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: ";").map { Int($0) }
    guard numbers.count == 3, let button = numbers[0], let column = numbers[1], let row = numbers[2] else { return nil }
    return mouse(button, isRelease: bytes.last == UInt8(ascii: "m"), column: column, row: row)
  }

  /// Button, column and row, each a byte from 32; a release does not say of which button.
  static func x10(_ bytes: [UInt8]) -> Mouse? {
    guard bytes.count == 3, bytes.allSatisfy({ $0 >= 32 }) else { return nil }
    let button = Int(bytes[0]) - 32
    let isRelease = button & 0b1100_0011 == 3
    return mouse(isRelease ? 0 : button, isRelease: isRelease, column: Int(bytes[1]) - 32, row: Int(bytes[2]) - 32)
  }

  /// With Shift, Alt or Ctrl (4, 8, 16) a press is the terminal's own affair, such as selecting text.
  private static func mouse(_ button: Int, isRelease: Bool, column: Int, row: Int) -> Mouse? {
    guard column > 0, row > 0 else { return nil }
    let place = Point(column: column - 1, row: row - 1)
    switch button {
    case 0: return Mouse(isRelease ? .release : .press, at: place)
    case 64: return Mouse(.wheelUp, at: place)
    case 65: return Mouse(.wheelDown, at: place)
    default: return nil
    }
  }
}
