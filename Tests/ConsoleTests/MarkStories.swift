// Marking rows, and filters that are expressions.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Marking` {
  private static var stage: Stage {
    Stage.withTasks([
      task("100", "SyncOrder", tries: 2, http: 503, age: 40), task("200", "SendWelcome", age: 30),
      task("300", "SyncUser", tries: 9, http: 500, code: 13, age: 20), task("400", "SendWelcome", age: 10),
    ])
  }

  @Test func `Space marks the row with a glyph, says how many, and goes on to the next`() {
    var stage = Self.stage
    stage.press("Space")
    #expect(stage.shows("1 marked"))
    #expect(stage.roles(of: "▌") == [.marked])
    #expect(stage.cursorLine.hasPrefix("SendWelcome"))
    stage.press("Up", "Space")
    #expect(!stage.shows("marked"))
  }

  @Test func `V twice marks all rows between`() {
    var stage = Self.stage
    stage.press("j", "V")
    #expect(stage.shows("A range begins here"))
    stage.press("G", "V")
    #expect(stage.shows("3 marked"))
    #expect(stage.line("SyncOrder")?.contains("▌") == false)
  }

  @Test func `a star marks what the filter shows, and one key takes all marks away`() {
    var stage = Self.stage
    stage.press("/")
    stage.type("sync")
    stage.press("Enter", "*")
    #expect(stage.shows("2 marked"))
    stage.press("Esc")
    #expect(stage.shows("2 marked"))
    stage.press("Ctrl-\\")
    #expect(!stage.shows("marked"))
  }

  @Test func `marks that the filter hides are named, loudly`() {
    var stage = Self.stage
    stage.press("Space", "Space", "Space", "/")
    stage.type("welcome")
    stage.press("Enter")
    #expect(stage.shows("3 marked, 2 hidden by the filter"))
    #expect(stage.roles(of: "3 marked, 2 hidden") == [.danger])
  }

  @Test func `a mark belongs to its task, not to its line, and goes when the task goes`() {
    var stage = Self.stage
    stage.press("Space", "Space")
    stage.wait(2)
    stage.answer(tasks: [
      task("900", "New", age: 90), task("200", "SendWelcome", age: 30), task("400", "SendWelcome", age: 10),
    ])
    #expect(stage.shows("1 marked"))
    #expect(stage.line("200")?.hasPrefix("▌") == true)
    #expect(stage.line("900")?.contains("▌") == false)
  }
}

@Suite struct `The filter language in the tasks table` {
  private static func searching(_ text: String) -> Stage {
    var stage = Stage.withTasks([
      task("100", "SyncOrder", tries: 2, http: 503, age: 7200), task("200", "SendWelcome", age: 30),
      task("300", "SyncUser", tries: 9, http: 500, code: 13, age: 20),
    ])
    stage.press("/")
    stage.type(text)
    return stage
  }

  @Test(arguments: [
    ("class:sync*", "2 of 3"), ("dispatches>=5", "1 of 3"), ("status:503", "1 of 3"), ("age>1h", "1 of 3"),
    ("!failing", "1 of 3"), ("never", "1 of 3"), ("code:UNAVAILABLE | id=200", "2 of 3"), ("sync 500", "1 of 3"),
    ("USER sync", "1 of 3"), ("sync welcome", "0 of 3"),
    ("url:*/tasks/SyncUser", "1 of 3"),
  ])
  func `expressions choose rows`(_ text: String, _ expected: String) {
    #expect(Self.searching(text).shows(expected))
  }

  @Test func `an error is told with its column, and the last good filter stays applied`() {
    var stage = Self.searching("class:sync*")
    stage.type(" foo>")
    #expect(stage.shows("✗ column 13"))
    #expect(stage.line("SendWelcome") == nil)
    stage.press("Enter")
    #expect(stage.effects.contains(.bell))
    #expect(stage.shows("/ class:sync* foo>"))
    stage.press("Ctrl-W", "Enter")
    #expect(stage.shows("2 of 3"))
    #expect(stage.shows("filter class:sync*"))
  }

  @Test(arguments: ["body.user_id=3", "header.X-Tenant:acme"])
  func `what the rows do not hold is said in the bar, not answered wrongly`(_ text: String) {
    let stage = Self.searching(text)
    #expect(stage.shows("this list does not hold"))
    #expect(stage.line("SendWelcome") != nil)
  }
}
