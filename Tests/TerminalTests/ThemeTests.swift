// Colours, their reduction, and what a theme leaves out.

import Testing

@testable import Terminal

@Suite struct ColourTests {
  @Test(arguments: [
    ("default", Colour.terminalDefault), ("red", .named(.red)), ("bright-red", .named(.brightRed)),
    ("Bright-Black", .named(.brightBlack)), ("grey", .named(.brightBlack)), ("208", .indexed(208)), ("0", .indexed(0)),
    ("#ff8800", .rgb(255, 136, 0)), ("#F80", .rgb(255, 136, 0)),
  ])
  func `a colour is read as themes write it`(text: String, colour: Colour) {
    #expect(Colour(text) == colour)
  }

  @Test(arguments: ["", "reddish", "256", "-1", "+1", "#ff88", "#gggggg", "#ff880", "ff8800", "#ff8800 "])
  func `anything else is not a colour`(text: String) {
    #expect(Colour(text) == nil)
  }

  @Test func `every colour reads back as it was written`() {
    let colours = ANSIColour.allCases.map(Colour.named) + [.terminalDefault, .indexed(99), .rgb(1, 171, 255)]
    for colour in colours { #expect(Colour(colour.text) == colour) }
  }

  @Test func `a colour of the cube or of the greys is its own nearest colour`() {
    for index: UInt8 in 16...255 {
      guard case .rgb(let red, let green, let blue) = Colour.rgb(of: index) else { continue }
      let nearest = Colour.nearest256(red, green, blue)
      #expect(Colour.rgb(of: nearest) == .rgb(red, green, blue))
    }
  }

  @Test(arguments: [
    ("#cc3333", ANSIColour.red), ("#ff6e6e", .brightRed), ("#5faf5f", .green), ("#d7af5f", .brightYellow),
    ("#3355cc", .blue), ("#88c0d0", .brightCyan), ("#101010", .black), ("#808080", .brightBlack), ("#c0c0c0", .white),
    ("#fafafa", .brightWhite),
  ])
  func `one of sixteen has the same hue`(text: String, expected: ANSIColour) {
    #expect(Colour(text)?.reduced(to: .sixteen) == .indexed(expected.rawValue))
  }

  @Test func `each depth gets only colours that it has`() {
    let colours: [Colour] = [.rgb(250, 120, 20), .indexed(208), .indexed(12), .named(.brightBlue), .terminalDefault]
    for colour in colours {
      #expect(colour.reduced(to: .monochrome) == .terminalDefault)
      for (depth, limit) in [(ColourDepth.eight, 8), (.sixteen, 16), (.indexed256, 256)] {
        switch colour.reduced(to: depth) {
        case .indexed(let index): #expect(Int(index) < limit)
        case .terminalDefault: #expect(colour == .terminalDefault)
        case .named, .rgb: Issue.record("\(colour) was not reduced to \(depth)")
        }
      }
    }
  }

  @Test func `direct colours name the terminal's own eight and spell out the others`() {
    #expect(Colour.rgb(1, 2, 3).reduced(to: .direct) == .rgb(1, 2, 3))
    #expect(Colour.named(.red).reduced(to: .direct) == .indexed(1))
    #expect(Colour.named(.brightBlack).reduced(to: .direct) == .rgb(127, 127, 127))
    #expect(Colour.indexed(196).reduced(to: .direct) == .rgb(255, 0, 0))
    #expect(Colour.terminalDefault.reduced(to: .direct) == .terminalDefault)
  }

  @Test func `the depth is what terminfo says unless NO_COLOR is set`() {
    func depth(_ environment: [String: String], _ colours: Int, direct: Bool = false) -> ColourDepth {
      ColourDepth.detect(environment: environment, colours: colours, isDirect: direct)
    }
    #expect(depth([:], -1) == .monochrome)
    #expect(depth([:], 8) == .eight)
    #expect(depth([:], 16) == .sixteen)
    #expect(depth([:], 256) == .indexed256)
    #expect(depth([:], 0x100_0000, direct: true) == .direct)
    #expect(depth(["COLORTERM": "truecolor"], 256) == .indexed256)
    #expect(depth(["NO_COLOR": "1"], 256) == .monochrome)
    #expect(depth(["NO_COLOR": ""], 256) == .indexed256)
  }
}

@Suite struct ThemeTests {
  @Test func `every role ends at text or at selection when the theme leaves it out`() {
    for role in Role.allCases {
      var last = role
      var steps = 0
      while let next = last.fallback {
        last = next
        steps += 1
        #expect(steps < Role.allCases.count)
      }
      #expect(last == .text || last == .selection)
    }
  }

  @Test func `a theme without a role uses the one it falls back to`() {
    let theme = Theme(name: "t", isDark: true, appearances: [.danger: Appearance(foreground: .named(.red))])
    #expect(theme.appearance(of: .protected).foreground == .named(.red))
    #expect(theme.appearance(of: .text) == Appearance())
    #expect(theme.appearance(of: .selection).attributes == .reverse)
  }

  @Test func `a text lies on the background of its surface and keeps its own colour`() {
    let theme = Theme(
      name: "t", isDark: true,
      appearances: [
        .text: Appearance(foreground: .indexed(250), background: .indexed(16)),
        .danger: Appearance(foreground: .indexed(196), attributes: .bold),
        .selection: Appearance(foreground: .indexed(231), background: .indexed(24)),
      ])
    let danger = theme.appearance(of: Style(.danger, on: .selection, attributes: .underline), depth: .indexed256)
    #expect(danger == Appearance(foreground: .indexed(196), background: .indexed(24), attributes: [.bold, .underline]))
    #expect(theme.appearance(of: Style(.text, on: .selection), depth: .indexed256).foreground == .indexed(231))
    #expect(theme.appearance(of: Style(.danger), depth: .indexed256).background == .indexed(16))
  }

  @Test func `eight colours show the bright ones in bold`() {
    let theme = Theme(name: "t", isDark: true, appearances: [.info: Appearance(foreground: .named(.brightBlue))])
    let shown = theme.appearance(of: Style(.info), depth: .eight)
    #expect(shown == Appearance(foreground: .indexed(4), attributes: .bold))
  }

  @Test func `without colours severities still differ, also on a selection`() {
    for surface in [Role?.none, .selection] {
      let looks = [Role.text, .success, .warning, .danger].map {
        Theme.plain.appearance(of: Style($0, on: surface), depth: .monochrome).attributes
      }
      #expect(Set(looks).count == looks.count)
      #expect(looks.allSatisfy { !$0.contains(.dim) && $0.contains(.reverse) == (surface != nil) })
    }
  }

  @Test func `attribute names read back`() {
    for (name, attribute) in Attributes.names { #expect(Attributes(name: name) == attribute) }
    #expect(Attributes(name: "blink") == nil)
  }
}
