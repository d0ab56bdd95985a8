// Theme files: the two that are shipped, and those that people get wrong.

import Console
import Foundation
import Terminal
import Testing
import Themes

@Suite struct `Shipped themes` {
  static let themes = ShippedThemes.all.map { Theme.read($0.yaml, called: $0.name) }

  @Test func `there is a dark one and a light one`() {
    #expect(Self.themes.prefix(2).map(\.theme.name) == ["dusk", "dawn"])
    #expect(Self.themes.prefix(2).map(\.theme.isDark) == [true, false])
    #expect(Self.themes.count >= 8)
  }

  /// Those whose colours are known: what a terminal makes of its own sixteen is that terminal's.
  private static let coloured = themes.filter { theme, _ in
    if case .rgb = theme.appearance(of: .text).foreground { true } else { false }
  }

  @Test func `they name every role and nothing else`() {
    for (theme, warnings) in Self.themes {
      #expect(warnings.isEmpty, "\(warnings)")
      #expect(Set(theme.appearances.keys) == Set(Role.allCases))
    }
  }

  /// Texts and the surfaces they lie on; WCAG wants 4.5 for text, 3 for what is less than text.
  private static let pairs: [(style: Style, wanted: Double)] = {
    let texts: [Role] = [
      .text, .title, .accent, .heading, .key, .success, .warning, .danger, .info, .stale, .match, .marked, .field,
      .string, .number, .literal, .selection,
    ]
    let surfaces: [Role?] = [nil, .selection, .overlay, .header, .footer]
    let bars: [Role] = [.header, .footer, .badge, .protected, .inputField, .heading, .selection, .overlay]
    var pairs: [(style: Style, wanted: Double)] = [
      (Style(.dim), 4.5), (Style(.border), 1.5), (Style(.dim, on: .inputField), 3), (Style(.key, on: .inputField), 4.5),
    ]
    for surface in surfaces {
      for text in texts { pairs.append((Style(text, on: surface), 4.5)) }
      pairs.append((Style(.dim, on: surface), 3))
    }
    for bar in bars { pairs.append((Style(bar), 4.5)) }
    return pairs
  }()

  /// At 24 bits as the files say, and what is computed for 256 colours.
  @Test(arguments: [ColourDepth.direct, .indexed256])
  func `texts, marks, dialogs, badges and the selection are readable`(_ depth: ColourDepth) {
    for (theme, _) in Self.coloured {
      for (style, wanted) in Self.pairs { expect(theme.appearance(of: style, depth: depth), style, theme, wanted) }
      // A cell that has just changed is reversed, or underlined on the row under the cursor.
      for role in [Role.text, .success, .warning, .danger, .info] {
        expect(theme.appearance(of: Style(role, attributes: .reverse), depth: depth), Style(role), theme, 4.5)
      }
    }
  }

  /// On xterm's own sixteen; a person's terminal may have others.
  @Test func `the theme of sixteen colours is readable on them`() throws {
    let theme = try #require(Self.themes.first { $0.theme.name == "sixteen" }).theme
    for (style, wanted) in Self.pairs where style.surface == nil || style.surface == style.role {
      expect(theme.appearance(of: style, depth: .sixteen), style, theme, min(wanted, 3))
    }
  }

  private func expect(_ look: Appearance, _ style: Style, _ theme: Theme, _ wanted: Double) {
    guard let ratio = Contrast.ratio(look.foreground, look.background) else {
      return #expect(Bool(false), "\(theme.name): the colours of \(style) are not known")
    }
    #expect(ratio >= wanted, "\(theme.name): \(style.role) on \(style.surface ?? .text) has \(ratio)")
  }

  @Test func `failure, warning, success and plain text differ without their hue too`() {
    for (theme, _) in Self.themes {
      let danger = theme.appearance(of: .danger)
      #expect(danger.attributes.contains(.bold))
      #expect(!theme.appearance(of: .success).attributes.contains(.bold))
      let monochrome = [Role.danger, .warning, .text, .selection].map {
        theme.appearance(of: Style($0), depth: .monochrome)
      }
      #expect(Set(monochrome).count == 4)
    }
  }
}

/// Of two colours that are known.
func contrast(_ first: Colour, _ second: Colour) -> Double { Contrast.ratio(first, second) ?? 0 }

@Suite struct `Theme files of others` {
  private static func read(_ yaml: String) -> (theme: Theme, warnings: [String]) {
    let (theme, warnings) = Theme.read(yaml, called: "mine")
    return (theme, warnings.map(\.description).filter { !$0.contains("no role") })
  }

  @Test func `anchors, attributes and short colours are read`() {
    let (theme, warnings) = Self.read(
      """
      name: mine
      dark: false
      palette: {red: &red "#f00"}
      roles:
        danger: {fg: *red, bg: default, attrs: [bold, underline]}
        dim: bright-black
      """)
    #expect(warnings.isEmpty)
    #expect(!theme.isDark)
    #expect(
      theme.appearances[.danger] == Appearance(foreground: .rgb(255, 0, 0), attributes: [.bold, .underline]))
    #expect(theme.appearances[.dim] == Appearance(foreground: .named(.brightBlack)))
  }

  @Test func `what can not be read is warned about with its line, and the rest is used`() {
    let (theme, warnings) = Self.read(
      """
      name: mine
      colours: 1
      roles:
        dnager: {fg: red}
        info: {fg: "#12345", bgg: red, attrs: [blod]}
        success: {fg: green}
      """)
    #expect(
      warnings == [
        "line 2: unknown key \"colours\"",
        "line 4: unknown role \"dnager\"; did you mean \"danger\"?",
        "line 5: \"#12345\" is no colour: write #rrggbb, a name like red, 0 to 255, or default",
        "line 5: unknown key of role \"info\" \"bgg\"; did you mean \"bg\"?",
        "line 5: unknown attribute \"blod\"; did you mean \"bold\"?",
      ])
    #expect(theme.appearances[.success] == Appearance(foreground: .named(.green)))
  }

  @Test func `a role that is missing is told and falls back`() {
    let warnings = Theme.read("name: x\nroles: {text: {fg: red}}", called: "x").warnings
    #expect(warnings.contains { $0.description == "line 2: no role \"danger\": it looks like \"text\"" })
  }

  @Test(arguments: [
    "", "- a\n- b", "just words", "roles: 3", "a: [1, 2", "roles: {a: *nothing}", "\u{0}", "dark: maybe",
    "roles:\n  text: {fg: red}\n  text: {fg: blue}", "name: [1]", "roles: {text: [1, 2]}", "dark: [true]", "\u{7F}",
  ])
  func `nothing is refused, and every remark has a line`(_ yaml: String) {
    let (theme, warnings) = Theme.read(yaml, called: "mine")
    #expect(theme.name == "mine")
    #expect(!warnings.isEmpty)
    #expect(warnings.allSatisfy { $0.line >= 1 })
  }

  @Test(arguments: [
    ("name: x\nroles:\n  text: {fg: red}\n  dim: blue\n  text: {fg: blue}", 5), ("a: 1\nb: [1, 2", 2),
    ("name: x\nroles: {a: *nothing}", 2), ("name: x\n\n\u{1}", 3),
  ])
  func `what is not YAML is told with its line`(_ yaml: String, _ line: Int) {
    #expect(Theme.read(yaml, called: "mine").warnings.map(\.line) == [line])
  }
}

@Suite struct `Severity without hue` {
  /// The mono theme on a terminal with colours, and every theme on one without: bold, underline and reverse alone.
  @Test func `each severity differs from the others and from text by its attributes, also on the selection`() throws {
    for surface in [Role?.none, .selection, .overlay] {
      for (theme, _) in `Shipped themes`.themes {
        let looks = [Role.danger, .warning, .success, .text].map {
          theme.appearance(of: Style($0, on: surface), depth: .monochrome).attributes
        }
        #expect(Set(looks.map(\.rawValue)).count == looks.count, "\(theme.name) on \(surface ?? .text)")
      }
      let mono = try #require(`Shipped themes`.themes.first { $0.theme.name == "mono" }).theme
      let looks = [Role.danger, .warning, .text].map {
        mono.appearance(of: Style($0, on: surface), depth: .indexed256).attributes
      }
      #expect(Set(looks.map(\.rawValue)).count == looks.count, "mono on \(surface ?? .text)")
    }
  }

  /// What a row says in colour it says in a word or a sign too: rows that differ only in severity read differently.
  @Test func `a state reads differently from every other state, in letters alone`() {
    /// The rows on the screen without the name in front of them.
    func states(_ stage: Stage, _ names: [String]) -> Set<String> {
      Set(
        stage.lines.compactMap { line in names.contains { line.hasPrefix(" \($0) ") } ? String(line.dropFirst(5)) : nil
        })
    }
    var queues = Stage(Size(columns: 120, rows: 36))
    queues.answer(queues: [queue("qa"), queue("qb", state: .paused), queue("qc", state: .disabled)])
    #expect(states(queues, ["qa", "qb", "qc"]).count == 3, "\(queues.screen)")
    let tasks = Stage.withTasks(
      [task("1", "T1", tries: 1, http: 503), task("2", "T2", tries: 1, http: 200), task("3", "T3")],
      Size(columns: 120, rows: 36))
    #expect(states(tasks, ["T1", "T2", "T3"]).count == 3, "\(tasks.screen)")
    #expect(tasks.shows("✗ 503"))
  }
}

@Suite struct `Skins of k9s` {
  private let skin = """
    foreground: &fg "#f8f8f2"
    k9s:
      body: {fgColor: *fg, bgColor: "#282a36", logoColor: "#bd93f9"}
      prompt: {fgColor: *fg, bgColor: "#282a36"}
      info: {fgColor: "#ff79c6", sectionColor: *fg}
      dialog: {fgColor: *fg, bgColor: default}
      frame:
        border: {fgColor: "#44475a"}
        menu: {fgColor: *fg, keyColor: dodgerblue}
        crumbs: {fgColor: *fg, bgColor: "#44475a", activeColor: "#bd93f9"}
        status: {newColor: aqua, modifyColor: orange, addColor: lime, errorColor: nocolour, completedColor: gray}
        title: {fgColor: *fg, highlightColor: "#ffb86c", counterColor: "#bd93f9", filterColor: "#ff79c6"}
      views:
        table: {cursorFgColor: black, cursorBgColor: aqua, header: {fgColor: *fg, bgColor: "#282a36"}}
        yaml: {keyColor: "#ff79c6", colonColor: "#bd93f9", valueColor: *fg}
    """

  @Test func `a skin becomes a theme that reads without a word`() throws {
    let imported = try ImportedSkin(skin, called: "dracula")
    let (theme, warnings) = Theme.read(imported.yaml, called: "x")
    #expect(theme.name == "dracula")
    #expect(theme.isDark)
    #expect(theme.appearance(of: .text).background == .rgb(0x28, 0x2A, 0x36))
    // dodgerblue, a little lighter: it would have a contrast of 4.4.
    #expect(theme.appearance(of: .key).foreground == .rgb(44, 150, 255))
    // The names of the sixteen are the terminal's own colours in k9s.
    #expect(theme.appearance(of: .selection).background == .named(.brightCyan))
    #expect(warnings.isEmpty)
  }

  @Test func `a colour that nobody knows is named with its line`() throws {
    let imported = try ImportedSkin(skin, called: "dracula")
    #expect(imported.warnings.contains { $0.line == 11 && $0.text.contains("nocolour") })
  }

  @Test(arguments: [
    ("", 1), ("k9s", 1), ("- a", 1), ("k9s: [1]", 1), ("theme: dusk", 1), ("# a\n\nk9s:\n  body: [1\n", 4),
    ("k9s:\n  body:\n    fgColor: red\n    bgColor: red\n    fgColor: blue\n", 5), ("a: 1\nk9s:\n  b: *none\n", 3),
  ])
  func `what is no skin is none, and says on which line`(_ text: String, _ line: Int) {
    #expect { try ImportedSkin(text, called: "x") } throws: { ($0 as? ThemeWarning)?.line == line }
  }

  @Test func `wrong types are told with their lines`() throws {
    let skin = try ImportedSkin("k9s:\n  body:\n    fgColor: [red]\n    bgColor: {a: b}\n  frame: 3\n", called: "x")
    #expect(skin.warnings.map(\.line) == [3, 4])
    #expect(Theme.read(skin.yaml, called: "x").warnings.isEmpty)
  }

  /// The cursor of the light Solarized has the background of everything else, because k9s draws it otherwise.
  @Test func `a cursor that nobody would see, and texts that nobody could read, are mended`() throws {
    let skin = try ImportedSkin(
      """
      k9s:
        body: {fgColor: "#657b83", bgColor: "#fdf6e3"}
        frame:
          status: {addColor: "#eee8d5", errorColor: "#dc322f"}
        views:
          table: {bgColor: "#fdf6e3", cursorFgColor: white, cursorBgColor: "#fdf6e3"}
      """, called: "x")
    let theme = Theme.read(skin.yaml, called: "x").theme
    #expect(!theme.isDark)
    let (text, selection) = (theme.appearance(of: .text), theme.appearance(of: .selection))
    #expect(try #require(Contrast.ratio(selection.background, text.background)) > 3)
    #expect(try #require(Contrast.ratio(selection.foreground, selection.background)) >= 4.5)
    for role in [Role.text, .success, .danger, .warning, .key, .title, .stale] {
      let ratio = try #require(Contrast.ratio(theme.appearance(of: role).foreground, text.background))
      #expect(ratio >= 4.5, "\(role) \(ratio)")
    }
    #expect(skin.warnings.contains { $0.line == 6 && $0.text.contains("under the cursor") })
    #expect(skin.warnings.contains { $0.line == 4 && $0.text.contains("#eee8d5 is hard to read") })
  }

  /// Skins that say nothing but "default" are of people who want their terminal's background.
  @Test func `a transparent skin keeps the terminal's background and has k9s's colours for the rest`() throws {
    let skin = try ImportedSkin(
      "k9s:\n  body: {bgColor: default}\n  frame: {crumbs: {bgColor: default}}\n", called: "x")
    let theme = Theme.read(skin.yaml, called: "x").theme
    #expect(theme.surface == "any")
    let severities = [Role.success, .warning, .danger, .info].map { theme.appearance(of: $0).foreground }
    #expect(Set(severities).count == 4)
    #expect(!severities.contains(.terminalDefault))
    #expect(theme.appearance(of: .badge) == Appearance(attributes: [.bold, .reverse]))
  }
}

@Suite struct `Fewer colours` {
  /// Computed, never written by hand: each theme on each depth keeps failure, warning and plain text apart.
  @Test(arguments: [ColourDepth.direct, .indexed256, .sixteen, .eight, .monochrome])
  func `meanings stay apart`(_ depth: ColourDepth) {
    for (theme, _) in `Shipped themes`.themes {
      let looks = [Role.danger, .text, .selection].map { theme.appearance(of: Style($0), depth: depth) }
      #expect(Set(looks).count == looks.count, "\(theme.name) at \(depth)")
    }
  }
}
