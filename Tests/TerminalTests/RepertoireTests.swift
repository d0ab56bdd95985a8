// What a terminal can show, and whether it is dark.

import Terminal
import Testing

@Suite struct `What a terminal can show` {
  @Test(arguments: [
    (["LC_ALL": "C"], Repertoire.ascii), (["LC_ALL": "POSIX"], .ascii), (["LANG": "C"], .ascii),
    (["LANG": "en_US.ISO-8859-1"], .ascii), (["LC_ALL": "", "LC_CTYPE": "", "LANG": "de_DE.ISO-8859-15"], .ascii),
    (["LC_ALL": "C.UTF-8"], .unicode), (["LANG": "de_DE.utf8"], .unicode), (["LANG": "ca_ES.UTF-8@valencia"], .unicode),
    (["LC_ALL": "C.UTF-8", "LANG": "C"], .unicode), (["LC_ALL": "C", "LANG": "en_US.UTF-8"], .ascii),
    (["LANG": "vi_VN"], .unicode), ([:], .unicode), (["LANG": ""], .unicode),
    (["TERM": "vt100"], .ascii), (["TERM": "vt220-w"], .ascii), (["TERM": "linux"], .console),
    (["TERM": "linux-16color"], .console), (["TERM": "xterm-256color"], .unicode),
    (["TERM": "linux", "LC_ALL": "C"], .ascii), (["TERM": "linuxish"], .unicode),
  ])
  func `follows the locale and the kind of terminal`(_ environment: [String: String], _ wanted: Repertoire) {
    // vi_VN is one of the names that the C library knows to be UTF-8.
    #expect(Repertoire.detect(environment: environment) { $0 == "vi_VN" } == wanted)
  }

  @Test func `every sign of the console has a stand-in of ASCII and of the same width`() {
    for sign in "─━│┃║┌┐└┘▲▼▸▾●✓✗‖…·•‹›→≠⏎▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░" {
      let text = Repertoire.ascii.text(String(sign), width: 1)
      #expect(text.utf8.count == 1 && text != "?", "\(sign)")
    }
  }

  @Test func `a sparkline still rises`() {
    let ramp = "▁▂▃▄▅▆▇█".map { Repertoire.ascii.text(String($0), width: 1) }
    #expect(Set(ramp).count == 8)
  }

  @Test(arguments: [
    ("a", 1, "a"), ("é", 1, "e"), ("e\u{301}", 1, "e"), ("ł", 1, "l"), ("日", 2, "??"), ("👩‍👧", 2, "??"), ("ש", 1, "?"),
    ("ß", 1, "s"),
  ])
  func `letters lose their accents, and others become question marks of their width`(
    _ text: String, _ width: Int, _ shown: String
  ) {
    #expect(Repertoire.ascii.text(text, width: width) == shown)
  }

  @Test func `the Linux console keeps letters and the lines of its font`() {
    for kept in ["─", "│", "▲", "é", "я"] { #expect(Repertoire.console.text(kept, width: 1) == kept) }
    #expect(Repertoire.console.text("✗", width: 1) == "x")
    #expect(Repertoire.unicode.text("✗", width: 1) == "✗")
  }
}

@Suite struct `The background of a terminal` {
  @Test(
    arguments: [
      ("15;0", true), ("0;15", false), ("0;default;15", false), ("7;8", true), ("0;7", false), ("15;6", true),
      ("12;default", nil), ("", nil), ("0;16", nil), ("0;-1", nil),
    ] as [(String, Bool?)])
  func `COLORFGBG tells it by the last number`(_ text: String, _ isDark: Bool?) {
    #expect(Background.isDark(environment: ["COLORFGBG": text]) == isDark)
  }

  @Test func `without COLORFGBG it is not known`() { #expect(Background.isDark(environment: [:]) == nil) }

  @Test(
    arguments: [
      ("rgb:1a1a/1d1d/2a2a\u{1B}\\", Colour.rgb(0x1A, 0x1D, 0x2A)), ("rgb:ff/ff/dd\u{7}", .rgb(255, 255, 0xDD)),
      ("rgb:f/0/f\u{7}", .rgb(255, 0, 255)), ("rgba:ffff/ffff/ffff/0000\u{7}", .rgb(255, 255, 255)),
      ("rgb:ffff/ffff\u{7}", nil), ("rgb:fffff/0/0\u{7}", nil), ("?\u{7}", nil), ("rgb:ffff/ffff/ffff", nil),
      ("rgb:-1/0/0\u{7}", nil), ("", nil),
    ] as [(String, Colour?)])
  func `an answer is read, whole or not at all`(_ text: String, _ colour: Colour?) {
    #expect(Background.colour(answer: Array(text.utf8)) == colour)
  }

  @Test func `dark is less than half of white, weighed as the eye does`() {
    #expect(Colour.rgb(0, 0, 255).isDark)
    #expect(!Colour.rgb(255, 255, 0).isDark)
    #expect(Colour.named(.brightBlack).isDark)
    #expect(Colour.terminalDefault.isDark)
  }

  @Test(arguments: [("linux", false), ("vt100", false), ("xterm-256color", true), ("tmux-256color", true)])
  func `terminals that may print the question are not asked`(_ type: String, _ isAsked: Bool) {
    #expect(Background.canBeAsked(environment: ["TERM": type]) == isAsked)
  }
}
