// Stories of the list of contexts, their colours and frames, and several locations.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

private let rows = [
  ContextRow(
    name: "prod", project: "acme-prod", locations: ["us-central1", "europe-west1"], isProtected: true,
    source: "taskdeck.yaml:4", settings: [.init("project", "acme-prod", from: "taskdeck.yaml:5:14")]),
  ContextRow(
    name: "laptop", project: nil, endpoint: "127.0.0.1:8123", isEmulator: true, isReadOnly: true,
    source: "config.yaml:9"),
]

@Suite struct `The list of contexts` {
  private func player(_ size: Size = Size(columns: 120, rows: 36)) -> Player {
    var player = Player(size)
    player.more = { effect in
      guard case .loadContexts(let generation) = effect else { return [] }
      return [.contexts(generation, .success(rows))]
    }
    return player
  }

  @Test(arguments: [
    Story(
      "W shows project, locations, endpoint, safety and where each is from",
      """
      press W
      see @prod
      see acme-prod
      see us-central1, eu
      see ! PROTECTED
      see taskdeck.yaml:4
      see read-only, emulator
      see 127.0.0.1:8123
      see from elsewhere
      """),
    Story(
      "Enter goes to the context under the cursor",
      """
      press W
      at @laptop
      press j
      at @prod
      press Enter
      see Going to prod...
      """),
    Story(
      "it is filtered like every table, and Esc goes back to where it was opened",
      """
      press j Enter
      see SyncOrder
      press W
      type /emul
      press Enter
      see @laptop
      not @prod
      press Esc
      see @prod
      press Esc
      see orders
      """),
    Story(
      ":ctx without a name is the same list",
      """
      type :ctx
      press Enter
      see @laptop
      press d
      see taskdeck contexts show NAME
      """),
  ])
  func `the list in a person's keys`(story: Story) {
    var player = player()
    player.play(story)
  }

  @Test func `a wide screen shows each value and the line it is from`() {
    var player = player(Size(columns: 200, rows: 60))
    player.play(Story("", "press W j\nsee taskdeck.yaml:5:14"))
  }

  @Test func `the one where one is has a sign`() {
    let badge = ContextBadge(project: "p", locations: ["l"], endpoint: "e", name: "laptop")
    var stage = Stage(Size(columns: 120, rows: 36), badge: badge)
    stage.press("W")
    let asked = stage.generation { if case .loadContexts(let generation) = $0 { generation } else { nil } }
    stage.send(.contexts(asked, .success(rows)))
    #expect(stage.shows("@laptop ←"))
    #expect(!stage.shows("@prod ←"))
  }

  @Test func `a broken configuration is said where the list would be`() {
    var player = Player()
    player.more = { effect in
      guard case .loadContexts(let generation) = effect else { return [] }
      return [
        .contexts(
          generation,
          .failure(Failure(title: "The configuration cannot be used", reason: "t.yaml:3:5: bad", remedy: "Mend it.")))
      ]
    }
    player.play(Story("", "press W\nsee t.yaml:3:5: bad\nnot No contexts"))
  }
}

@Suite struct `Colours and frames of contexts` {
  private func stage(_ badge: ContextBadge) -> Stage {
    var stage = Stage(Size(columns: 100, rows: 20), badge: badge)
    stage.answer(queues: [queue("mail")])
    return stage
  }

  @Test func `a protected context has a heavy frame with words, so that it needs no colour`() throws {
    let stage = stage(
      ContextBadge(project: "acme", locations: ["here"], endpoint: "there", name: "prod", isProtected: true))
    let below = try #require(stage.lines.dropLast().last)
    #expect(below.hasPrefix("━━ PROTECTED @prod: changes want a name typed ━━━"))
    #expect(stage.lines[0].contains(" @prod  PROTECTED"))
    #expect(stage.lines[5].hasSuffix("║"))
    #expect(stage.roles(of: "━━ PROTECTED") == [.protected])
  }

  @Test func `another one has not`() {
    let stage = stage(ContextBadge(project: "acme", locations: ["here"], endpoint: "there", name: "dev"))
    #expect(!stage.screen.contains("PROTECTED") && !stage.screen.contains("━") && !stage.screen.contains("║"))
  }

  @Test func `a context has the colour of its configuration, else one that is made of its name`() {
    let given = ContextBadge(
      project: "p", locations: [], endpoint: "e", name: "prod", colour: ContextColour("#336699"))
    #expect(given.colour == .own(0x33, 0x66, 0x99))
    let made = ContextBadge(project: "p", locations: [], endpoint: "e", name: "prod")
    #expect(made.colour == ContextColour.derived(from: "prod"))
    #expect(ContextBadge(project: "p", locations: [], endpoint: "e").colour == nil)
    let hues = Set(
      ["prod", "dev", "staging", "laptop", "qa", "demo", "eu", "us"].map { "\(ContextColour.derived(from: $0))" })
    #expect(hues.count >= 3)
    #expect(!hues.contains("\(ContextColour.hue(.red))"), "red is left to the protected")
  }

  @Test(arguments: ContextColour.Hue.allCases)
  func `what stands on a context's colour can be read, and the colour on the screen`(hue: ContextColour.Hue) {
    for isDark in [true, false] {
      let ground: Colour = isDark ? .rgb(0x1a, 0x1d, 0x2a) : .rgb(0xfa, 0xf8, 0xf3)
      let theme = Theme(
        name: "t", isDark: isDark,
        appearances: [
          .text: Appearance(foreground: .rgb(128, 128, 128), background: ground),
          .badge: Appearance(foreground: .rgb(0, 0, 0), background: .rgb(9, 9, 9)),
        ])
      let tinted = theme.tinted(.hue(hue))
      let badge = tinted.appearance(of: .badge)
      #expect(contrastRatio(badge.foreground, badge.background) >= 4.5)
      #expect(contrastRatio(tinted.appearance(of: .border).foreground, ground) >= 4.5)
    }
  }

  @Test func `a theme without colours stays without`() {
    let mono = Theme(name: "m", isDark: true, appearances: [.badge: Appearance(attributes: .reverse)])
    #expect(mono.tinted(.hue(.green)) == mono)
    #expect(Theme.plain.tinted(nil) == Theme.plain)
  }
}

@Suite struct `Several locations` {
  @Test func `rows of all of them stand together, each with its own`() {
    var stage = Stage(Size(columns: 100, rows: 20), locations: ["us-central1", "europe-west1"])
    stage.answer(queues: [queue("mail"), queue("mail", in: "europe-west1")])
    #expect(stage.lines.filter { $0.contains("mail") }.count == 2)
    #expect(stage.shows("LOCATION"))
    #expect(stage.lines.contains { $0.contains("mail") && $0.contains("europe-west1") })
  }

  @Test func `with one there is no such column`() {
    var stage = Stage(Size(columns: 100, rows: 20))
    stage.answer(queues: [queue("mail")])
    #expect(!stage.shows("LOCATION"))
  }

  @Test func `the same ID in two places opens the one under the cursor`() {
    var stage = Stage(Size(columns: 100, rows: 20), locations: ["us-central1", "europe-west1"])
    stage.answer(queues: [queue("mail"), queue("mail", in: "europe-west1")])
    stage.press("j", "Enter")
    let opened = stage.effects.lazy.compactMap { if case .loadTasks(let name, _) = $0 { name } else { nil } }.first
    #expect(opened?.parent.location == (stage.state.queues.row(at: 1)?.name.parent.location))
  }

  @Test func `a location that fails is named beside the rows of the others, and the bar says partial`() {
    var stage = Stage(Size(columns: 100, rows: 20), locations: ["us-central1", "europe-west1"])
    let failure = Failure(
      title: "Location europe-west1 of project acme: not allowed", reason: "PERMISSION_DENIED", remedy: "Ask for it.")
    stage.answer(queues: [queue("mail")], partial: failure)
    #expect(stage.line("mail") != nil)
    #expect(stage.shows("! Location europe-west1 of project acme: not allowed"))
    #expect(stage.lines[0].contains("! partial"))
    #expect(!stage.shows("● live"))
    stage.press("r")
    stage.answer(queues: [queue("mail"), queue("late", in: "europe-west1")])
    #expect(stage.shows("● live"))
  }
}

/// WCAG 2.1, "contrast ratio".
private func contrastRatio(_ first: Colour, _ second: Colour) -> Double {
  let light = [luminance(first), luminance(second)].sorted()
  return (light[1] + 0.05) / (light[0] + 0.05)
}

/// WCAG 2.1, "relative luminance".
private func luminance(_ colour: Colour) -> Double {
  guard case .rgb(let red, let green, let blue) = colour else { return 0 }
  let parts = [red, green, blue].map { part in
    let value = Double(part) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
}
