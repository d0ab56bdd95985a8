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

  @Test func `text is readable on every surface it lies on`() {
    let texts: [Role] = [
      .text, .title, .accent, .heading, .key, .success, .warning, .danger, .info, .stale, .match, .marked, .field,
      .string, .number, .literal, .selection,
    ]
    for (theme, _) in Self.coloured {
      for surface in [Role.text, .selection, .overlay, .header, .footer] {
        for role in texts { expect(role, on: surface, in: theme, atLeast: 4.5) }
        expect(.dim, on: surface, in: theme, atLeast: 3)
      }
      for role in [Role.header, .footer, .badge, .protected, .inputField, .heading, .selection, .overlay] {
        expect(role, on: role, in: theme, atLeast: 4.5)
      }
      expect(.dim, on: .text, in: theme, atLeast: 4.5)
      expect(.dim, on: .inputField, in: theme, atLeast: 3)
      expect(.key, on: .inputField, in: theme, atLeast: 4.5)
      expect(.border, on: .text, in: theme, atLeast: 1.5)
    }
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

  private func expect(_ role: Role, on surface: Role, in theme: Theme, atLeast wanted: Double) {
    let ratio = contrast(theme.appearance(of: role).foreground, background(of: surface, in: theme))
    #expect(ratio >= wanted, "\(theme.name): \(role) on \(surface) has \(ratio)")
  }

  private func background(of role: Role, in theme: Theme) -> Colour {
    let own = theme.appearance(of: role).background
    return own == .terminalDefault ? theme.appearance(of: .text).background : own
  }
}

/// WCAG 2.1, "contrast ratio".
func contrast(_ first: Colour, _ second: Colour) -> Double {
  let light = [luminance(first), luminance(second)].sorted()
  return (light[1] + 0.05) / (light[0] + 0.05)
}

/// WCAG 2.1, "relative luminance".
private func luminance(_ colour: Colour) -> Double {
  guard case .rgb(let red, let green, let blue) = colour else {
    Issue.record("\(colour) has no known light")
    return 0
  }
  let parts = [red, green, blue].map { part in
    let value = Double(part) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
}

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
  ])
  func `nothing is refused`(_ yaml: String) {
    let (theme, warnings) = Theme.read(yaml, called: "mine")
    #expect(theme.name == "mine")
    #expect(!warnings.isEmpty)
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
    let imported = try #require(ImportedSkin(skin, called: "dracula"))
    let (theme, warnings) = Theme.read(imported.yaml, called: "x")
    #expect(theme.name == "dracula")
    #expect(theme.isDark)
    #expect(theme.appearance(of: .text).background == .rgb(0x28, 0x2A, 0x36))
    #expect(theme.appearance(of: .key).foreground == .rgb(0x1E, 0x90, 0xFF))
    #expect(theme.appearance(of: .selection).background == .rgb(0, 0xFF, 0xFF))
    #expect(warnings.allSatisfy { $0.text.hasPrefix("no role") })
  }

  @Test func `a colour that nobody knows is named with its line`() throws {
    let imported = try #require(ImportedSkin(skin, called: "dracula"))
    #expect(imported.warnings.contains { $0.line == 11 && $0.text.contains("nocolour") })
  }

  @Test(arguments: ["", "k9s", "- a", "k9s: [1]", "a: {", "theme: dusk"])
  func `what is no skin is none`(_ text: String) { #expect(ImportedSkin(text, called: "x") == nil) }
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
