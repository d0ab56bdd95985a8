// A terminal for tests: the far end of a pseudo terminal, without a screen.

import Glibc

/// A pseudo terminal. The driver gets `device`; the test types into and reads from the other end.
final class PseudoTerminal {
  let device: Int32
  private var controller: Int32

  init(columns: UInt16 = 40, rows: UInt16 = 8) throws {
    // posix_openpt is hidden behind a feature macro in Glibc's module; these two requests are what unlockpt and ptsname
    // do (ioctl_tty(2)).
    controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: Int32 = 0
    let setLock: UInt = 0x4004_5431
    let getNumber: UInt = 0x8004_5430
    guard ioctl(controller, setLock, &unlocked) == 0, ioctl(controller, getNumber, &number) == 0 else {
      throw Unavailable()
    }
    device = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard device >= 0 else { throw Unavailable() }
    resize(columns: columns, rows: rows)
  }

  deinit {
    close(device)
    hangUp()
  }

  struct Unavailable: Error {}

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
  }

  func type(_ text: String) { type(Array(text.utf8)) }

  func type(_ bytes: [UInt8]) {
    let written = write(controller, bytes, bytes.count)
    precondition(written == bytes.count)
  }

  /// Everything that was written to the terminal and is there now.
  func output() -> String {
    var result: [UInt8] = []
    while isReadable(milliseconds: 0) { result += readBlock() }
    return String(decoding: result, as: UTF8.self)
  }

  /// What is written to the terminal, up to and with a text that is waited for.
  func output(until text: String) -> String {
    var result: [UInt8] = []
    while !String(decoding: result, as: UTF8.self).contains(text), isReadable(milliseconds: 5000) {
      result += readBlock()
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The far end goes away, as when a window is closed.
  func hangUp() {
    if controller >= 0 { close(controller) }
    controller = -1
  }

  /// The terminal's modes, to compare.
  var modes: [UInt32] {
    var modes = termios()
    tcgetattr(device, &modes)
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }

  private func isReadable(milliseconds: Int32) -> Bool {
    var waiting = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0 && waiting.revents & Int16(POLLIN) != 0
  }

  private func readBlock() -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 4096)
    let count = read(controller, &block, block.count)
    return count > 0 ? Array(block[..<count]) : []
  }
}
