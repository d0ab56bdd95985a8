// Stories of columns, copying and exporting.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

private let stories = [
  Story(
    "a column is hidden and comes back with Backspace",
    "press , j Space\nsee [ ]  STATE\npress Enter\nnot STATE\npress , Backspace\nsee STATE\npress Enter"),
  Story("Esc in the chooser leaves the columns as they were", "press , j Space\nsee [ ]  STATE\npress Esc\nsee STATE"),
  Story("a column is carried and stays the first", "press , j J J Enter\nsee NAME▲"),
  Story("the last column can not be hidden", "press , Space j Space j Space j Space j Space j Space j Space j Space"),
  Story("a column is made wider", "press j Enter , + + + + Enter\nsee SyncOrder"),
  Story(
    "Right shows the columns at the right, Left goes back", "not ATTEMPTS\npress Right Right\nsee CONCURRENT\nsee mail"),
  Story(
    "c copies the ID", "size 160x40\npress c\nsee taskdeck queues show mail --project=acme --location=\npress Enter"),
  Story("c on a task offers gcloud and curl", "press j Enter c\nsee gcloud tasks describe 100\nsee curl -sS -H"),
  Story("Esc copies nothing", "press c Esc\nsee mail"),
  Story("where nothing can be copied it is said", "press 7 c\nbell\nsee There is nothing to copy here"),
  Story("export wants a file's name", "press :\ntype export x\npress Enter\nbell\nsee ends in .json or .csv"),
]

@Suite struct `Tables as one likes them` {
  @Test(arguments: stories) func `in stories`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test func `views and sorts are remembered, and looked at again the next time`() throws {
    var player = Player()
    player.play(Story("", "press , j Space Enter > >"))
    let view = try #require(player.stage.state.memory.views["queues"])
    #expect(view.columns.first { $0.title == "STATE" }?.isHidden == true)
    var memory = Memory()
    memory.apply(.view("queues", view))
    var state = ConsoleState(
      context: ContextBadge(project: "acme", locations: ["here"], endpoint: "there"), themes: [.plain], now: noon,
      size: Size(columns: 80, rows: 24), memory: memory)
    _ = update(&state, .tick(noon))
    _ = update(&state, .queues(Generation(1), .success(Listing(rows: [queue("mail")], calls: 1))))
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    #expect(!frame.plainText.contains("STATE"))
    #expect(frame.plainText.contains("▼LAST MIN") || frame.plainText.contains("▼TASKS"))
  }

  @Test func `what is remembered of columns that are no more is passed over`() {
    var memory = Memory()
    memory.apply(.view("queues", Memory.View(columns: [.init("GONE"), .init("TASKS")], sort: "GONE")))
    let state = ConsoleState(
      context: ContextBadge(project: "acme", locations: ["here"], endpoint: "there"), themes: [.plain], now: noon,
      size: Size(columns: 80, rows: 24), memory: memory)
    #expect(state.queues.columns.first?.title == "NAME")
  }

  @Test func `copying is an effect with the text`() {
    var player = Player()
    player.play(Story("", "press j c Enter"))
    #expect(player.stage.history.contains(.copy("orders", what: "ID")))
  }

  @Test func `commands are quoted for a shell`() {
    var world = World()
    world.tasks["orders"] = [cloudTask("it-is", "O'Brien")]
    var player = Player(world: world)
    player.play(Story("", "press j Enter c 3 Enter"))
    let copied = player.stage.history.compactMap { if case .copy(let text, _) = $0 { text } else { nil } }
    #expect(copied == ["'https://app.example.com/tasks/O'\\''Brien'"] || copied.first?.contains("O'Brien") == true)
  }

  private func export(_ script: String, _ path: String) throws -> Export {
    var player = Player()
    player.play(Story("", script + "\npress :\ntype export \(path)\npress Enter"))
    return try #require(
      player.stage.history.compactMap { if case .export(let export) = $0 { export } else { nil } }.last)
  }

  @Test func `an export holds what is shown, and says that it is all of it`() throws {
    let export = try export("press j Enter /\ntype class:Sync*\npress Enter", "x.json")
    let json = try JSON(parsing: export.text)
    #expect(json["complete"]?.bool == true)
    #expect(json["rows"]?.array?.count == 4)
    #expect(json["filter"]?.string == "class:Sync*")
    #expect(json["rows"]?.array?.first?["CLASS"]?.string == "SyncOrder")
  }

  @Test(arguments: ["/tmp/a b.json", "~/x.csv", "x.JSON"]) func `a path may begin with a slash and hold a blank`(
    _ path: String
  ) throws {
    guard path.hasSuffix("JSON") else {
      #expect(try export("press j Enter", path).path == path)
      return
    }
    var player = Player()
    player.play(Story("", "press :\ntype export \(path)\npress Enter\nbell"))
  }

  @Test func `the IDs of what is marked are copied, one a line`() {
    var player = Player()
    player.play(Story("", "press j Enter Space Space c\nsee IDs of the 2 marked"))
    player.play(Story("", "press j j j j j j Enter"))
    let copied = player.stage.history.compactMap {
      if case .copy(let text, let what) = $0 { (text, what) } else { nil }
    }
    #expect(copied.last?.1 == "IDs of the 2 marked")
    #expect(copied.last?.0 == "100\n200")
  }

  @Test func `an export without a location says that it is not complete`() throws {
    var stage = Stage(Size(columns: 120, rows: 30), locations: ["us-central1", "europe-west1"])
    stage.answer(queues: [queue("mail")], partial: refused)
    stage.press(":")
    stage.type("export x.json")
    stage.press("Enter")
    let export = try #require(stage.history.compactMap { if case .export(let e) = $0 { e } else { nil } }.last)
    let json = try JSON(parsing: export.text)
    #expect(json["complete"]?.bool == false)
    #expect(json["gap"]?.string?.contains("lacks") == true)
  }

  @Test func `an export of a list that still arrives says that it is not complete`() throws {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    stage.send(.tasks(stage.tasksGeneration, .page([task("1"), task("2")])))
    stage.press(":")
    stage.type("export x.json")
    stage.press("Enter")
    let export = try #require(stage.history.compactMap { if case .export(let e) = $0 { e } else { nil } }.last)
    #expect(export.rows == 2)
    #expect(try JSON(parsing: export.text)["gap"]?.string == "the list was still arriving")
  }

  @Test func `an export of a list that failed says so`() throws {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.refuse(queues: refused)
    stage.press(":")
    stage.type("export x.json")
    stage.press("Enter")
    let export = try #require(
      stage.history.compactMap { if case .export(let export) = $0 { export } else { nil } }.last)
    #expect(try JSON(parsing: export.text)["complete"]?.bool == false)
    #expect(export.gap?.contains("lacks") == true)
  }

  @Test func `in CSV nothing is a formula and a comma is quoted`() throws {
    var world = World()
    world.queues = [queue("mail")]
    world.tasks["mail"] = [cloudTask("1", "=cmd,x")]
    var player = Player(world: world)
    player.play(Story("", "press Enter\npress :\ntype export x.csv\npress Enter"))
    let export = try #require(player.stage.history.compactMap { if case .export(let e) = $0 { e } else { nil } }.last)
    #expect(export.text.contains("\"'=cmd,x\""))
  }
}
