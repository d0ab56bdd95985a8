// Filtering, sorting, and a cursor that stays where the person put it.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Filtering` {
  private static func searching(_ text: String) -> Stage {
    var stage = Stage.withTasks([
      task("100", "SyncOrder", tries: 2, http: 503, age: 30), task("200", "SendWelcome", age: 20),
      task("300", "SyncUser", age: 10),
    ])
    stage.press("/")
    stage.type(text)
    return stage
  }

  @Test func `rows that hold the text stay, whatever its case`() {
    let stage = Self.searching("sYNC")
    #expect(stage.shows("2 of 3"))
    #expect(stage.line("SendWelcome") == nil)
  }

  @Test(arguments: [("503", "SyncOrder"), ("200", "SendWelcome"), ("unavail", "SyncOrder")])
  func `the status and the ID are looked at too`(_ text: String, _ expected: String) {
    let stage = Self.searching(text)
    #expect(stage.shows("1 of 3"))
    #expect(stage.cursorLine.hasPrefix(expected))
  }

  @Test func `what matched is marked`() {
    let stage = Self.searching("user")
    #expect(stage.roles(of: "User") == [.match])
  }

  @Test func `Enter keeps the filter, Esc on the table clears it before it leaves`() {
    var stage = Self.searching("sync")
    stage.press("Enter")
    #expect(stage.shows("filter sync"))
    stage.press("Esc")
    #expect(stage.shows("3 tasks"))
    #expect(stage.shows("orders"))
    stage.press("Esc")
    #expect(stage.shows("3 queues"))
  }

  @Test func `Esc while typing clears and leaves the input`() {
    var stage = Self.searching("sync")
    stage.press("Esc")
    #expect(stage.shows("3 tasks"))
    #expect(stage.frame.cursor == nil)
  }

  @Test func `letters typed into the filter are text, not keys`() {
    var stage = Self.searching("")
    stage.type("qrT1?")
    #expect(stage.shows("/ qrT1?"))
    #expect(stage.shows("Nothing matches \"qrT1?\""))
  }

  @Test func `the filter is edited like any line`() {
    var stage = Self.searching("one two")
    stage.press("Ctrl-W")
    stage.type("x")
    #expect(stage.shows("/ one x"))
    stage.press("Home")
    stage.type("_")
    stage.press("End", "Backspace", "Left", "Delete", "Right")
    #expect(stage.shows("/ _one"))
    stage.press("Ctrl-U")
    #expect(stage.shows("3 of 3"))
  }

  @Test func `the rows are paged through while the filter is typed`() {
    var stage = Self.searching("sync")
    #expect(stage.cursorLine.hasPrefix("SyncOrder"))
    stage.press("PgDn")
    #expect(stage.cursorLine.hasPrefix("SyncUser"))
  }

  @Test func `a paste is text in the filter and nothing on the table`() {
    var stage = Stage.withQueues()
    let before = stage.frame
    stage.send(.key(.paste("q\nq\nDDD\u{1B}[31m")))
    #expect(stage.frame == before)
    #expect(stage.effects.isEmpty)
    stage.press("/")
    stage.send(.key(.paste("or\nders")))
    #expect(stage.shows("/ or ders"))
  }

  @Test func `the filter survives a refresh`() {
    var stage = Self.searching("sync")
    stage.press("Enter")
    stage.wait(2)
    stage.answer(tasks: [task("1", "SyncOrder"), task("2", "Other")])
    #expect(stage.shows("1 of 2"))
  }

  @Test func `each table has a filter of its own`() {
    var stage = Stage.withQueues()
    stage.press("/")
    stage.type("ord")
    stage.press("Enter", "Enter")
    stage.answer(tasks: [task("1"), task("2")])
    #expect(stage.shows("2 tasks"))
    stage.press("Esc")
    #expect(stage.shows("1 of 3"))
  }

  @Test func `letters beyond ASCII are found without regard to case`() {
    var stage = Stage.withQueues()
    stage.press("3")
    var odd = cloudJob("a")
    odd.timeZone = "Żółw"
    stage.answer(jobs: [JobRow(odd, now: noon), job("b")])
    stage.press("/")
    stage.type("żÓŁ")
    #expect(stage.shows("1 of 2"))
  }
}

@Suite struct `Sorting` {
  private static let tasks = [
    task("a", "Beta", tries: 10, http: 500, age: 10), task("b", "alpha", tries: 9, http: 500, age: 30),
    task("c", "Gamma", tries: 0, age: 20),
  ]

  /// IDs from top to bottom.
  private static func order(_ stage: Stage) -> [String] {
    (0..<stage.state.tasks.visible.count).compactMap { stage.state.tasks.row(at: $0)?.id }
  }

  @Test func `tasks start with the oldest`() {
    #expect(Self.order(Stage.withTasks(Self.tasks)) == ["b", "c", "a"])
  }

  @Test func `the keys go from column to column, numbers largest first, and numbers as numbers`() {
    var stage = Stage.withTasks(Self.tasks, Size(columns: 120, rows: 36))
    stage.press("<", "<", "<")
    #expect((stage.state.tasks.sort.title, stage.state.tasks.sort.isDescending) == ("TRIES", true))
    #expect(Self.order(stage) == ["a", "b", "c"])
    #expect(stage.shows("▼TRIES"))
    stage.press("=")
    #expect(Self.order(stage) == ["c", "b", "a"])
    #expect(stage.shows("▲TRIES"))
  }

  @Test func `texts are sorted without regard to case`() {
    var stage = Stage.withTasks(Self.tasks)
    stage.press(">", ">")
    #expect(stage.state.tasks.sort.title == "CLASS")
    #expect(Self.order(stage) == ["b", "a", "c"])
  }

  @Test func `equal rows keep the order of their names, whatever order they came in`() {
    let tasks = ["c", "a", "b"].map { task($0, age: 5) }
    #expect(Self.order(Stage.withTasks(tasks)) == ["a", "b", "c"])
    #expect(Self.order(Stage.withTasks(tasks.reversed())) == ["a", "b", "c"])
  }

  @Test func `rows without a value come last in both directions`() {
    var stage = Stage(Size(columns: 120, rows: 36))
    stage.answer(queues: [queue("a", tasks: nil), queue("b", tasks: 3), queue("c", tasks: 7)])
    stage.press(">", ">")
    #expect(stage.state.queues.sort.title == "TASKS")
    #expect(stage.state.queues.row(at: 0)?.name.id == "c")
    stage.press("=")
    #expect(stage.state.queues.row(at: 0)?.name.id == "b")
    #expect(stage.state.queues.row(at: 2)?.name.id == "a")
  }

  @Test func `the fast orders agree with the slow ones`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<30 {
      let texts = (0..<500).map { _ in
        String(
          "prefix-shared-" + (0..<Int.random(in: 0...20, using: &random)).map { _ in "abcAB09-".randomElement() ?? "x" }
        )
      }
      var stage = Stage.withTasks(texts.enumerated().map { task("id\($0.offset)", "C", age: Double($0.element.count)) })
      let ages = (0..<500).compactMap { stage.state.tasks.row(at: $0)?.created }
      #expect(ages == ages.sorted())
      stage = Stage.withTasks(texts.enumerated().map { task("id\($0.offset)", $0.element.isEmpty ? "C" : $0.element) })
      stage.press(">", ">")
      let classes = (0..<500).compactMap { stage.state.tasks.row(at: $0)?.taskClass.lowercased() }
      #expect(classes == classes.sorted())
    }
  }
}

@Suite struct `The cursor` {
  private static func names(_ ids: [String]) -> [QueueRow] { ids.map { queue($0) } }

  /// A refresh with these queues.
  private static func refresh(_ stage: inout Stage, _ ids: [String]) {
    stage.wait(3)
    stage.answer(queues: names(ids))
  }

  @Test func `it stays on its row while rows come and go above it`() {
    var stage = Stage.withQueues()
    stage.press("j")
    Self.refresh(&stage, ["alpha", "beta", "mail", "orders", "thumbs"])
    #expect(stage.cursorLine.hasPrefix("orders"))
    Self.refresh(&stage, ["orders", "thumbs"])
    #expect(stage.cursorLine.hasPrefix("orders"))
  }

  @Test func `when its row goes it moves to the neighbour`() {
    var stage = Stage.withQueues()
    stage.press("j")
    Self.refresh(&stage, ["mail", "thumbs"])
    #expect(stage.cursorLine.hasPrefix("thumbs"))
    Self.refresh(&stage, ["mail"])
    #expect(stage.cursorLine.hasPrefix("mail"))
  }

  @Test func `it keeps its line of the screen while the list grows above it`() {
    var stage = Stage()
    stage.answer(queues: Self.names((100..<200).map { "q\($0)" }))
    stage.press("G")
    let before = stage.lines.firstIndex { $0.contains("q199") }
    Self.refresh(&stage, (50..<200).map { "q\($0)" })
    #expect(stage.cursorLine.hasPrefix("q199"))
    #expect(stage.lines.firstIndex { $0.contains("q199") } == before)
  }

  @Test func `it stays on its row when the order changes`() {
    var stage = Stage.withQueues()
    stage.press("j", ">", ">", "=")
    #expect(stage.cursorLine.hasPrefix("orders"))
  }

  @Test func `it stays on its row when the filter goes`() {
    var stage = Stage.withQueues()
    stage.press("/")
    stage.type("thumbs")
    stage.press("Enter", "Esc")
    #expect(stage.cursorLine.hasPrefix("thumbs"))
  }

  @Test func `an empty list and a full one again leave it in place`() {
    var stage = Stage.withQueues()
    stage.press("G")
    Self.refresh(&stage, [])
    Self.refresh(&stage, ["mail", "orders", "thumbs"])
    #expect(!stage.cursorLine.isEmpty)
  }

  @Test func `a refresh never shows fewer rows while it runs`() {
    var stage = Stage.withTasks((0..<2000).map { task("t\($0)") })
    stage.wait(5)
    stage.send(.tasks(stage.tasksGeneration, .page((0..<1000).map { task("t\($0)") })))
    #expect(stage.shows("2,000 tasks"))
    stage.send(.tasks(stage.tasksGeneration, .page((1000..<2500).map { task("t\($0)") })))
    stage.send(.tasks(stage.tasksGeneration, .finished(calls: 3)))
    #expect(stage.shows("2,500 tasks"))
  }
}
