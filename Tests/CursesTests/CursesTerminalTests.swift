// The driver's thread on a pseudo terminal.

import Glibc
import Synchronization
import Terminal
import Testing

@testable import Curses

extension CursesTests {
  @Suite(.serialized) struct CursesTerminalTests {
    let pseudo: PseudoTerminal

    init() throws { pseudo = try PseudoTerminal() }

    private func start(terminate: @escaping @Sendable (Int32) -> Void = { _ in }) throws -> CursesTerminal {
      try CursesTerminal(
        ScreenOptions(
          environment: ["TERM": "xterm-256color"], input: pseudo.device, output: pseudo.device, redirectsOutput: false),
        terminate: terminate)
    }

    private func frame(_ text: String) -> Frame {
      var frame = Frame(size: Size(columns: 40, rows: 8))
      frame.put(text, at: Point(column: 0, row: 0))
      return frame
    }

    @Test func `keys begin with the size and end with stopping`() async throws {
      let terminal = try start()
      pseudo.type("j")
      var keys = terminal.keys.makeAsyncIterator()
      #expect(await keys.next() == .resize(Size(columns: 40, rows: 8)))
      #expect(await keys.next() == "j")
      terminal.stop()
      terminal.stop()
      #expect(await keys.next() == nil)
    }

    @Test func `a frame is shown, and after stopping nothing is`() throws {
      let terminal = try start()
      terminal.draw(frame("hello"), theme: .plain)
      #expect(pseudo.output(until: "hello").contains("hello"))
      terminal.stop()
      _ = pseudo.output()
      terminal.draw(frame("too late"), theme: .plain)
      #expect(pseudo.output().isEmpty)
    }

    @Test func `a new size is a key`() async throws {
      let terminal = try start()
      var keys = terminal.keys.makeAsyncIterator()
      _ = await keys.next()
      pseudo.resize(columns: 60, rows: 20)
      kill(getpid(), SIGWINCH)
      #expect(await keys.next() == .resize(Size(columns: 60, rows: 20)))
      #expect(terminal.size == Size(columns: 60, rows: 20))
      terminal.stop()
    }

    @Test func `suspending leaves the screen, runs the body and repaints`() async throws {
      let terminal = try start()
      terminal.draw(frame("hello"), theme: .plain)
      _ = pseudo.output(until: "hello")
      let answer = await terminal.suspend { 42 }
      #expect(answer == 42)
      let written = pseudo.output(until: "hello")
      let parts = written.split(separator: "\u{1B}[?1049l")
      #expect(parts.count == 2 && parts.last?.contains("\u{1B}[?1049h") == true)
      terminal.stop()
      #expect(await terminal.suspend { 43 } == 43)
    }

    @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130)] as [(Int32, Int32)])
    func `a signal to end gives the terminal back before the process ends`(signal: Int32, status: Int32) async throws {
      let modes = pseudo.modes
      let seen = Mutex<Int32?>(nil)
      let terminal = try start { status in seen.withLock { $0 = status } }
      kill(getpid(), signal)
      for await _ in terminal.keys {}
      #expect(seen.withLock { $0 } == status)
      #expect(pseudo.modes == modes)
      #expect(pseudo.output().contains("\u{1B}[?1049l"))
      terminal.stop()
    }

    @Test func `a terminal that is gone is told once`() async throws {
      let terminal = try start()
      pseudo.hangUp()
      var keys: [Key] = []
      for await key in terminal.keys { keys.append(key) }
      #expect(keys == [.resize(Size(columns: 40, rows: 8)), .hangUp])
      terminal.stop()
    }
  }
}
