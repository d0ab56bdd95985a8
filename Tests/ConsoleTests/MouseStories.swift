// Stories of the mouse: what a press does a key does as well, and one press changes nothing.

import Console
import Operations
import Terminal
import Testing

private let pointing = [
  Story("a press selects a row", "click orders\nat orders\nsee LAST MIN"),
  Story("the second press on a row opens it", "click orders\nclick orders\nsee LAST STATUS\nat SyncOrder"),
  Story("the row under the cursor is not opened by the first press", "at mail\nclick mail\nsee LAST MIN"),
  Story("a key between two presses makes them two first ones", "click orders\npress j\nclick orders\nsee LAST MIN"),
  Story("presses far apart in time are two first ones", "click orders\nwait 8\nclick orders\nsee LAST MIN"),
  Story("a press on a heading sorts, and again the other way", "click TASKS\nsee ▼TASKS\nclick ▼TASKS\nsee ▲TASKS"),
  Story("a heading sorts as its column does by itself", "press j Enter\nclick TRIES\nsee ▼TRIES\nat 100"),
  Story("a press on a tab shows it", "click 3 J\nsee shop--Digest\nclick 7 J\nsee Nothing was changed yet"),
  Story("a press on a key of the footer is that key", "click ? help\nsee Help: all keys"),
  Story("the way out can be pressed", "press j Enter\nclick q back\nsee LAST MIN"),
  Story("a press on nothing does nothing", "click acme\nat mail\nsee LAST MIN"),
]

private let overOthers = [
  Story(
    "under a sheet nothing is pressed", "press j Enter D\nsee Discard from orders\nclick 3 J\nsee Discard from orders"),
  Story(
    "a sheet's line is chosen by two presses, and what comes is a plan",
    "press j Enter D\nclick Its class\nclick Its class\nsee Planning"),
  Story(
    "the footer's discard wants a second press",
    "size 140x24\npress j Enter\nclick D discard\nsee press it again\nnot from orders"),
  Story(
    "and then opens its sheet", "size 140x24\npress j Enter\nclick D discard\nclick D discard\nsee Discard from orders"),
  Story("the picker draws with what is pressed", "press T\nclick dawn\nclick dawn\nnot Theme"),
  Story(
    "a column is hidden by two presses", "press ,\nclick [x]  STATE\nclick [x]  STATE\nsee [ ]  STATE\nsee Columns"),
  Story(
    "a line of the help is done by the second press",
    "press ? /\ntype scheduler\nclick Show the Cloud\nclick Show the Cloud\nsee shop--Digest"),
  Story("a heading in the help is no line", "press ?\nclick Tables\nclick Tables\nsee Help: all keys"),
  Story(
    "a filter that is typed is kept by a press on a row", "press /\ntype ord\nclick orders\nat orders\nsee filter ord"),
  Story("an offer is taken by a press", "press :\nclick jobs\npress Enter\nsee shop--Digest"),
  Story("a filter with a fault stays open", "press j Enter /\ntype (\nclick TRIES\nbell\nsee column 2"),
]

private let wheels = [
  Story("the wheel scrolls a page", "size 80x16\npress j d\nwheel 4\nsee Next attempts\nwheel -9\nsee lines 1-"),
  Story("the wheel moves the cursor where all rows are on the screen", "wheel 1\nat thumbs\nwheel -1\nat mail"),
  Story("in a list over the screen too", "press ?\nwheel 3\nsee Help: all keys"),
]

@Suite struct `The mouse` {
  @Test(arguments: pointing) func `presses what it points at`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test(arguments: overOthers) func `stays within what lies above`(_ story: Story) {
    var player = Player(themes: [.plain, theme("dawn")])
    player.play(story)
  }

  @Test(arguments: wheels) func `scrolls`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test func `the wheel scrolls a long table and keeps the cursor on the screen`() {
    var stage = Stage(Size(columns: 80, rows: 14))
    stage.answer(queues: (100..<200).map { queue("queue\($0)", tasks: 1) })
    stage.send(.key(.mouse(Mouse(.wheelDown, at: Point(column: 3, row: 5)))))
    #expect(stage.cursorLine.contains("queue103"))
    #expect(!stage.shows("queue102"))
    stage.press("Down")
    stage.send(.key(.mouse(Mouse(.wheelUp, at: Point(column: 3, row: 5)))))
    #expect(stage.shows("queue100") && stage.cursorLine.contains("queue104"))
  }

  @Test func `no single press applies a plan, and the second one on Apply does`() throws {
    var stage = planned()
    let apply = try #require(stage.place(of: "Apply"))
    stage.send(.key(.mouse(Mouse(.press, at: apply))))
    #expect(!stage.history.contains { if case .applyPlan = $0 { true } else { false } })
    #expect(stage.roles(of: "Apply") == [.badge])
    stage.send(.key(.mouse(Mouse(.release, at: apply))))
    stage.send(.key(.mouse(Mouse(.press, at: apply))))
    #expect(stage.effects.contains { if case .applyPlan = $0 { true } else { false } })
  }

  @Test func `a press on the footer's apply only moves the focus`() throws {
    var stage = planned()
    let place = try #require(stage.place(of: "a apply"))
    stage.send(.key(.mouse(Mouse(.press, at: place))))
    #expect(stage.roles(of: "Apply") == [.badge])
    #expect(!stage.history.contains { if case .applyPlan = $0 { true } else { false } })
  }

  @Test func `Cancel can be pressed`() throws {
    var stage = planned()
    stage.send(.key(.mouse(Mouse(.press, at: try #require(stage.place(of: "Cancel"))))))
    #expect(stage.shows("Nothing was changed"))
  }

  /// A plan of one task, as the runner would send it.
  private func planned() -> Stage {
    var stage = Stage.withTasks([task("100", "SyncOrder", tries: 2, http: 503)])
    stage.press("D", "Enter")
    var names = FrozenNames()
    _ = names.insert(taskName("100"))
    names.freeze()
    let generation = stage.generation { if case .planDiscard(_, let number) = $0 { number } else { nil } }
    let sheet = PlanSheet(
      title: "Discard 1 task of orders", document: Document(title: "Discard", sections: []), names: names,
      confirmation: "orders", objection: nil)
    stage.send(.planned(generation, .success(sheet)))
    return stage
  }

  private func theme(_ name: String) -> Theme {
    var theme = Theme.plain
    theme.name = name
    return theme
  }
}
