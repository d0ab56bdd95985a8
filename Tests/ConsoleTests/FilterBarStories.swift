// Stories of the filter bar: ways to go on, what was typed before, saved filters, faults, and filters that only whole
// tasks can answer.

import CloudModel
import Console
import Foundation
import Operations
import Terminal
import Testing

private let stories = [
  Story(
    "Up brings back what was filtered by, Down goes on",
    """
    press j Enter /
    type failing
    press Enter /
    press Ctrl-U
    type never
    press Enter Esc / Up
    see / never
    press Up
    see / failing
    press Down
    see / never
    press Down
    not / never
    """),
  Story(
    "what can follow is shown beside what is missing",
    """
    press j Enter /
    type status:
    see 503
    see column 8: a value is missing
    press Tab
    see / status:429
    see 1 of 6
    """),
  Story("classes that are there are offered as values", "press j Enter /\ntype class:\nsee SendWelcome\nsee SyncUser"),
  Story(
    "Enter on what is not finished says why and keeps the line",
    """
    press j Enter /
    type age>
    press Enter
    bell
    see ▾
    see column 5
    see Enter keep
    see Ctrl-S save
    """),
  Story(
    "bodies and headers are offered last, with what they cost",
    """
    size 200x50
    press j Enter /
    type bod
    see body.
    see Enter looks into each task
    """),
  Story(
    "Ctrl-S keeps a filter and asks for its name",
    """
    press j Enter /
    type dispatches>=3
    press Ctrl-S
    see : save
    type hot
    press Enter
    see Saved
    press Esc /
    see dispatches>=3
    see saved as hot
    press Tab
    see 2 of 6
    """),
  Story(
    "a saved filter is forgotten",
    """
    press j Enter /
    type failing
    press Ctrl-S
    type hot
    press Enter :
    type forget hot
    press Enter :
    type filter hot
    press Enter
    bell
    """),
  Story(
    "a filter of the command line that is wrong is shown where it can be mended",
    """
    press :
    type tasks orders /status:503 age>
    press Enter
    see / status:503 age>
    see column
    """),
  Story(
    "a filter of bodies on the command line looks into the tasks",
    """
    press :
    type tasks orders /body.order.id=7
    press Enter
    see 1 of 6 shown
    """),
  Story(
    "the overview has filters of its own",
    """
    press j /
    type orders
    press Enter o / Up
    not / orders
    """),
]

@Suite struct `The filter bar` {
  @Test(arguments: stories) func `in stories`(_ story: Story) {
    var player = Player(Size(columns: 120, rows: 30))
    player.play(story)
  }

  @Test func `a saved filter of bodies looks into the tasks when it is used`() {
    var player = Player()
    player.stage.send(.tick(noon))
    player.play(
      Story(
        "",
        """
        press j Enter /
        type body.user=1
        press Enter
        see 1 of 6 shown
        press :
        type save one
        press Enter Esc
        see 6 tasks
        press :
        type filter one
        press Enter
        see 1 of 6 shown
        """))
  }

  /// A queue of 60 tasks for a console for which 20 are many.
  private static func long() -> (Stage, [TaskRow]) {
    let tasks = (0..<60).map { task("t\($0)", "Sync", tries: $0 % 3, http: 503, age: Double($0)) }
    var stage = Stage(Size(columns: 120, rows: 36), longestOnLoop: 20)
    stage.answer(queues: [queue("orders", tasks: tasks.count)])
    stage.press("Enter")
    return (stage, tasks)
  }

  /// Does what is to be done aside, and what follows from it.
  private static func finish(_ stage: inout Stage) {
    for _ in 0..<20 {
      let works = stage.effects.compactMap { if case .arrangeTasks(let work) = $0 { work } else { nil } }
      guard let work = works.last, let done = work.run() else { return }
      stage.send(.tasksArranged(done))
    }
  }

  @Test func `on a long list a filter of bodies shows what was found and nothing else, refreshes included`() {
    var (stage, tasks) = Self.long()
    stage.answer(tasks: tasks)
    Self.finish(&stage)
    stage.press("/")
    stage.type("body.x=1")
    Self.finish(&stage)
    // The words on the way to it hide nothing.
    #expect(stage.state.tasks.visible.count == 60)
    #expect(stage.shows("this list does not hold body.x"))
    stage.press("Enter")
    let generation = stage.generation {
      if case .lookIntoTasks(_, _, let generation) = $0 { generation } else { nil }
    }
    Self.finish(&stage)
    #expect(stage.state.tasks.visible.isEmpty)
    #expect(stage.shows("Looking into each task..."))
    #expect(!stage.shows("Nothing matches"))
    stage.send(.looked(generation, .success(["t3", "t41", "gone"]), calls: 1))
    Self.finish(&stage)
    #expect(
      Set((0..<stage.state.tasks.visible.count).compactMap { stage.state.tasks.row(at: $0)?.id }) == ["t3", "t41"])
    stage.press("r")
    stage.answer(tasks: tasks.filter { $0.id != "t3" } + [task("t99", "Sync")])
    Self.finish(&stage)
    #expect((0..<stage.state.tasks.visible.count).compactMap { stage.state.tasks.row(at: $0)?.id } == ["t41"])
    stage.press("*")
    Self.finish(&stage)
    #expect(stage.state.tasks.markedRows.map(\.id) == ["t41"])
  }

  @Test func `an export while tasks are looked into is not complete`() throws {
    var (stage, tasks) = Self.long()
    tasks = Array(tasks.prefix(10))
    stage.answer(tasks: tasks)
    stage.press("/")
    stage.type("body.x=1")
    stage.press("Enter", ":")
    stage.type("export x.json")
    stage.press("Enter")
    let export = try #require(stage.history.compactMap { if case .export(let made) = $0 { made } else { nil } }.last)
    #expect(export.gap == "the tasks were still being looked into")
    #expect(try JSON(parsing: export.text)["complete"]?.bool == false)
  }
}
