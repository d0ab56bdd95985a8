// The registry of actions, and what is made from it.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `The registry` {
  @Test func `no key means two things in a scope`() {
    for scope in Scope.allCases {
      let keys = Action.allCases.filter { $0.scope == scope }.flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(scope)")
    }
  }

  @Test func `a table and a page hide no key of the scopes around them`() {
    for inner in [Scope.table, .page] {
      let keys = Action.allCases.filter { [inner, .moving, .everywhere].contains($0.scope) }.flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(inner)")
    }
  }

  @Test func `every action has a name, a title, a sentence and a key`() {
    #expect(Set(Action.allCases.map(\.rawValue)).count == Action.allCases.count)
    for action in Action.allCases {
      #expect(action.rawValue.contains("."))
      #expect(!action.title.isEmpty)
      #expect(action.help.hasSuffix("."), "\(action)")
      #expect(!action.keys.isEmpty, "\(action)")
    }
  }

  @Test func `titles are not given twice in a scope`() {
    for scope in Scope.allCases {
      let titles = Action.allCases.filter { $0.scope == scope }.map(\.title)
      #expect(Set(titles).count == titles.count, "\(scope)")
    }
  }

  @Test func `dangerous keys are not near: Ctrl-D scrolls and Ctrl-K does nothing`() {
    let keys = KeyMap()
    #expect(keys.action(for: "Ctrl-D", in: [.table, .moving, .everywhere]) == .halfDown)
    #expect(keys.action(for: "Ctrl-K", in: Scope.allCases) == nil)
  }

  @Test func `keys can be given to other actions and taken away`() {
    let keys = KeyMap(changes: ["view.refresh": ["F5", "R"], "app.theme": []])
    #expect(keys.action(for: "F5", in: [.everywhere]) == .refresh)
    #expect(keys.action(for: "r", in: [.everywhere]) == nil)
    #expect(keys.action(for: "T", in: [.everywhere]) == nil)
    #expect(keys.names(for: .refresh) == "F5 R")
  }
}

@Suite struct `Help` {
  @Test func `it lists every action`() {
    var stage = Stage.withQueues(Size(columns: 120, rows: 36))
    stage.press("?")
    var seen = stage.screen
    for _ in Action.allCases {
      stage.press("j")
      seen += stage.screen
    }
    for action in Action.allCases { #expect(seen.contains(action.help.prefix(40)), "\(action)") }
  }

  @Test func `it is searched`() {
    var stage = Stage.withQueues()
    stage.press("?", "/")
    stage.type("theme")
    #expect(stage.shows("Choose the colours."))
    #expect(!stage.shows("One line down."))
    stage.press("Ctrl-U")
    stage.type("zzz")
    #expect(stage.shows("Nothing matches."))
  }

  @Test func `Enter does what is under the cursor`() {
    var stage = Stage.withQueues()
    stage.press("?", "/")
    stage.type("scheduler jobs")
    stage.press("Enter", "Enter")
    #expect(stage.shows("acme > jobs"))
  }

  @Test func `what can not be done from here says why and does nothing`() {
    var stage = Stage.withQueues()
    stage.press("?", "/")
    stage.type("page.next")
    stage.press("Enter")
    #expect(stage.shows("only on a page"))
    stage.press("Enter")
    #expect(stage.effects == [.bell])
  }

  @Test(arguments: ["Esc", "q", "?", "F1"])
  func `it closes`(_ key: String) {
    var stage = Stage.withQueues()
    let before = stage.frame
    stage.press("?")
    #expect(stage.frame != before)
    stage.press(key)
    #expect(stage.frame == before)
    #expect(stage.effects.isEmpty)
  }

  @Test func `the footer names the keys of the screen, and help and the way out always`() {
    var stage = Stage.withQueues(Size(columns: 40, rows: 10))
    #expect(stage.lines.last?.contains("? help") == true)
    #expect(stage.lines.last?.contains("q quit") == true)
    stage.press("Enter")
    #expect(stage.lines.last?.contains("q back") == true)
    stage.answer(tasks: [task("1")])
    stage.resize(120, 36)
    for hint in ["Enter open", "/ filter", "f groups", "P pause", "D discard"] {
      #expect(stage.lines.last?.contains(hint) == true)
    }
  }
}

@Suite struct `Choosing a theme` {
  private static func stage() -> Stage {
    var light = Theme.plain
    (light.name, light.isDark) = ("dawn", false)
    var stage = Stage(themes: [.plain, light])
    stage.answer(queues: [queue("mail")])
    stage.press("T")
    return stage
  }

  @Test func `the theme under the cursor is drawn with at once and kept by Enter`() {
    var stage = Self.stage()
    stage.press("j")
    #expect(stage.effects == [.useTheme("dawn")])
    stage.press("Enter")
    #expect(stage.effects.isEmpty)
    #expect(stage.state.theme == "dawn")
    #expect(!stage.shows("┌ Theme"))
  }

  @Test func `Esc goes back to the theme before`() {
    var stage = Self.stage()
    #expect(stage.shows("┌ Theme"))
    stage.press("j", "Esc")
    #expect(stage.effects == [.useTheme("plain")])
  }
}
