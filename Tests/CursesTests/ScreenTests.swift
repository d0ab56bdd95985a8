// The screen on a pseudo terminal. Serialised, because ncurses is one global.

import CNcurses
import Glibc
import Synchronization
import Terminal
import Testing

@testable import Curses

@Suite(.serialized) struct CursesTests {}

extension CursesTests {
  @Suite(.serialized) struct ScreenTests {
    let terminal: PseudoTerminal

    init() throws { terminal = try PseudoTerminal() }

    private func options(_ environment: [String: String] = ["TERM": "xterm-256color"]) -> ScreenOptions {
      ScreenOptions(environment: environment, input: terminal.device, output: terminal.device, redirectsOutput: false)
    }

    private func frame(_ rows: String..., columns: Int = 40, style: Style = Style()) -> Frame {
      var frame = Frame(size: Size(columns: columns, rows: 8))
      for (row, text) in rows.enumerated() { frame.put(text, at: Point(column: 0, row: row), style: style) }
      return frame
    }

    private func shownRow(_ row: Int) -> String {
      var bytes = [CChar](repeating: 0, count: 400)
      let count = cn_row_text(Int32(row), &bytes, Int32(bytes.count))
      return String(decoding: bytes[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test func `a terminal that can not show the console is refused with nothing written`() {
      let cases: [([String: String], StartError)] = [
        ([:], .noTerminalType), (["TERM": ""], .noTerminalType), (["TERM": "nope"], .unknownTerminalType("nope")),
        (["TERM": "dumb"], .noCursorAddressing("dumb")),
      ]
      for (environment, error) in cases {
        #expect(throws: error) { try Screen(options(environment)) }
        #expect(!error.title.isEmpty && !error.reason.isEmpty && !error.remedy.isEmpty)
      }
      #expect(terminal.output().isEmpty)
    }

    @Test func `a pipe is refused`() {
      let null = open("/dev/null", O_RDWR)
      defer { close(null) }
      #expect(throws: StartError.notATerminal) {
        try Screen(ScreenOptions(environment: ["TERM": "xterm"], input: null, output: terminal.device))
      }
    }

    @Test func `a frame's text arrives, wide and combining characters included`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      screen.show(frame("plain", "漢字 e\u{301}", "👍 ─│"), theme: .plain)
      #expect(shownRow(0).hasPrefix("plain "))
      #expect(shownRow(1).hasPrefix("漢字 e\u{301} "))
      #expect(shownRow(2).hasPrefix("👍 ─│"))
    }

    @Test func `the same frame again writes not one byte`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      screen.show(frame("one", "two"), theme: .plain)
      _ = terminal.output(until: "two")
      screen.show(frame("one", "two"), theme: .plain)
      #expect(terminal.output().isEmpty)
    }

    @Test func `a changed cell costs a few bytes`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      screen.show(frame("one", "age 11s", "three"), theme: .plain)
      _ = terminal.output(until: "three")
      screen.show(frame("one", "age 12s", "three"), theme: .plain)
      let written = terminal.output()
      #expect(written.contains("2"))
      #expect(written.utf8.count < 40)
    }

    @Test func `colours are the nearest of 256, and none with NO_COLOR`() throws {
      let theme = Theme(name: "t", isDark: true, appearances: [.danger: Appearance(foreground: .rgb(255, 0, 0))])
      let coloured = try Screen(options())
      coloured.show(frame("red", style: Style(.danger)), theme: theme)
      #expect(terminal.output(until: "red").contains("\u{1B}[38;5;196m"))
      coloured.close()
      _ = terminal.output()
      let plain = try Screen(options(["TERM": "xterm-256color", "NO_COLOR": "1"]))
      defer { plain.close() }
      plain.show(frame("red", style: Style(.danger)), theme: theme)
      let written = terminal.output(until: "red")
      #expect(!written.contains("[38;5;") && !written.contains("[31m"))
      #expect(written.contains("1") && plain.depth == .monochrome)
    }

    @Test func `another theme repaints, the same one does not`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      screen.show(frame("text"), theme: .plain)
      _ = terminal.output(until: "text")
      var other = Theme.plain
      other.appearances[.text] = Appearance(foreground: .named(.green))
      screen.show(frame("text"), theme: other)
      #expect(terminal.output(until: "text").contains("text"))
    }

    @Test func `keys, split characters and unknown sequences are read`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      terminal.type("a\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[Z\u{4}\u{1B}[57u")
      #expect(screen.keys() == ["a", .up, .down, .pageUp, .backTab, "Ctrl-D"])
      terminal.type([0xE6, 0xBC])
      #expect(screen.keys() == [])
      terminal.type([0xA2, 0x1B])
      #expect(screen.keys() == [.character("漢"), .escape])
    }

    @Test func `a paste is one key whatever it holds, and the keys around it stay keys`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      terminal.type("x\u{1B}[200~D q\u{4}\r\u{1B}[A漢\u{1B}[201~y")
      #expect(screen.keys() == ["x", .paste("D q\u{4}\n\u{1B}[A漢"), "y"])
    }

    @Test func `the background is asked for, and the answer is a key between those that are typed`() throws {
      var options = options()
      options.asksBackground = true
      let screen = try Screen(options)
      defer { screen.close() }
      #expect(terminal.output().contains("\u{1B}]11;?\u{1B}\\"))
      terminal.type("a\u{1B}]11;rgb:ffff/ffff/dddd\u{1B}\\b")
      #expect(screen.keys() == ["a", .background(.rgb(255, 255, 0xDD)), "b"])
      terminal.type("\u{1B}]11;rgb:0000/0000/0000\u{7}\u{1B}")
      #expect(screen.keys() == [.background(.rgb(0, 0, 0)), .escape])
    }

    @Test func `an answer that comes at the end is not left for the shell`() throws {
      var options = options()
      options.asksBackground = true
      let screen = try Screen(options)
      terminal.type("\u{1B}]11;rgb:ffff/ffff/dddd\u{1B}\\")
      screen.close()
      var waiting: Int32 = 0
      #expect(ioctl(terminal.device, UInt(FIONREAD), &waiting) == 0)
      #expect(waiting == 0)
    }

    @Test(arguments: ["linux", "vt100"])
    func `a terminal that may print the question is not asked`(_ type: String) throws {
      var options = options(["TERM": type])
      options.asksBackground = true
      let screen = try Screen(options)
      defer { screen.close() }
      #expect(!terminal.output().contains("]11;"))
    }

    @Test(arguments: [["LC_ALL": "C"], ["LC_ALL": "POSIX"], ["LANG": "en_US.ISO-8859-1"], ["TERM": "vt100"]])
    func `where the locale or the terminal is no Unicode, not one byte beyond ASCII is sent`(
      _ environment: [String: String]
    ) throws {
      let screen = try Screen(options(["TERM": "xterm-256color"].merging(environment) { $1 }))
      defer { screen.close() }
      screen.show(frame("┌── ✗ 漢字 é …│▁▂█"), theme: .plain)
      let sent = terminal.output(until: "x ????")
      #expect(sent.utf8.allSatisfy { $0 < 0x80 }, "\(sent)")
      #expect(shownRow(0).hasPrefix("+-- x ???? e ~|_.#"))
    }

    @Test func `the mouse is read between keys, in both ways of reporting it`() throws {
      var options = options()
      options.mouse = true
      let screen = try Screen(options)
      defer { screen.close() }
      _ = terminal.output(until: "\u{1B}[?1006h")
      terminal.type("a\u{1B}[<0;250;4M\u{1B}[<0;250;4mb\u{1B}[M !#c")
      #expect(
        screen.keys() == [
          "a", .mouse(Mouse(.press, at: Point(column: 249, row: 3))),
          .mouse(Mouse(.release, at: Point(column: 249, row: 3))),
          "b", .mouse(Mouse(.press, at: Point(column: 0, row: 2))), "c",
        ])
    }

    @Test func `a report with Shift, and one without an end, leave nothing behind`() throws {
      var options = options()
      options.mouse = true
      let screen = try Screen(options)
      defer { screen.close() }
      terminal.type("\u{1B}[<4;5;5Ma\u{1B}[<0;5")
      #expect(screen.keys() == ["a"])
    }

    @Test(arguments: ["vt100", "vt220"])
    func `a terminal that has no mouse is not asked for one`(type: String) throws {
      var options = options(["TERM": type])
      options.mouse = true
      let screen = try Screen(options)
      screen.show(frame("text"), theme: .plain)
      screen.close()
      #expect(!terminal.output().contains("?1000"))
    }

    @Test func `what is left takes the mouse back, and coming again asks for it again`() throws {
      var options = options()
      options.mouse = true
      let screen = try Screen(options)
      _ = terminal.output(until: "?1000h")
      screen.leave()
      #expect(terminal.output(until: "?1000l").contains("\u{1B}[?1006l\u{1B}[?1000l"))
      screen.enter()
      #expect(terminal.output(until: "?1000h").contains("\u{1B}[?1000h\u{1B}[?1006h"))
      screen.close()
    }

    @Test func `a resized terminal is noticed and drawn whole`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      #expect(screen.size == Size(columns: 40, rows: 8))
      #expect(!screen.fit())
      terminal.resize(columns: 50, rows: 12)
      #expect(screen.fit())
      #expect(screen.size == Size(columns: 50, rows: 12))
      // A frame that was drawn for the old size is shown as far as it goes.
      screen.show(frame("old size"), theme: .plain)
      #expect(terminal.output(until: "old size").contains("old size"))
    }

    @Test func `closing gives the terminal back as it was`() throws {
      let before = terminal.modes
      let screen = try Screen(options())
      screen.show(frame("text"), theme: .plain)
      #expect(terminal.modes != before)
      screen.close()
      screen.close()
      let written = terminal.output()
      #expect(written.contains("\u{1B}[?1049l") && written.contains("\u{1B}[?2004l"))
      #expect(terminal.modes == before)
    }

    @Test func `coming back repaints everything`() throws {
      let screen = try Screen(options())
      defer { screen.close() }
      screen.show(frame("first row", "second row"), theme: .plain)
      screen.leave()
      _ = terminal.output()
      screen.enter()
      let written = terminal.output(until: "second row")
      #expect(written.contains("first row") && written.contains("second row"))
    }
  }
}
