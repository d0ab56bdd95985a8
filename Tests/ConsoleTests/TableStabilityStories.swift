// What stays where it is: rows that a sort finds equal, marks and ranges while rows come and go, all that match.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

private func shown(_ stage: Stage) -> [String] {
  (0..<stage.state.tasks.visible.count).compactMap { stage.state.tasks.row(at: $0)?.id }
}

private let tasks = [
  task("1", "Beta", tries: 2, http: 503, age: 50), task("2", "Alpha", tries: 3, http: 500, age: 40),
  task("3", "beta", tries: 2, http: 429, age: 30), task("4", "Alpha", tries: 2, http: 503, age: 20),
  task("5", "Gamma", age: 10),
]

@Suite struct `Stable sorts` {
  private static func sorted(_ stage: inout Stage, by title: String) {
    for _ in 0..<12 where stage.state.tasks.sort.title != title { stage.press(">") }
  }

  @Test func `rows that are equal stay in the order of the sort before`() {
    var stage = Stage.withTasks(tasks, Size(columns: 120, rows: 36))
    // The oldest first, then by class: within a class still the oldest first, whatever the case of its letters.
    stage.press(">", ">")
    #expect(stage.state.tasks.sort.title == "CLASS")
    #expect(shown(stage) == ["2", "4", "1", "3", "5"])
    stage.press("=")
    #expect(shown(stage) == ["5", "1", "3", "2", "4"])
  }

  @Test func `and stay there when the list comes again in another order`() {
    var stage = Stage.withTasks(tasks, Size(columns: 120, rows: 36))
    stage.press(">", ">")
    let before = shown(stage)
    for _ in 0..<5 {
      stage.press("r")
      stage.answer(tasks: tasks.shuffled())
      #expect(shown(stage) == before)
    }
  }

  @Test func `a sort by the other column and back is remembered for the next session`() throws {
    var stage = Stage.withTasks(tasks, Size(columns: 120, rows: 36))
    stage.press(">", ">")
    let memory = stage.state.memory
    var later = ConsoleState(
      context: ContextBadge(project: "acme", locations: ["us-central1"], endpoint: "x"), themes: [.plain], now: noon,
      size: Size(columns: 120, rows: 36), memory: memory)
    #expect(later.tasks.sort == stage.state.tasks.sort)
    _ = update(&later, .tick(noon))
    let written = try JSONEncoder().encode(memory)
    #expect(try JSONDecoder().decode(Memory.self, from: written) == memory)
  }

  @Test func `many rows are sorted as few are`() {
    var random = SystemRandomNumberGenerator()
    let many = (0..<3000).map { place in
      task(
        "t\(place)", ["b", "A", "a", "C", "B"][Int.random(in: 0..<5, using: &random)],
        tries: Int.random(in: 0..<3, using: &random), http: 503, age: Double(place))
    }
    var stage = Stage.withTasks(many, Size(columns: 120, rows: 36))
    stage.press(">", ">")
    let wanted = many.enumerated().sorted {
      ($0.element.taskClass.lowercased(), -$0.offset) < ($1.element.taskClass.lowercased(), -$1.offset)
    }
    #expect(shown(stage) == wanted.map(\.element.id))
  }
}

@Suite struct `All that match` {
  /// A queue whose second page has not come.
  private static func arriving() -> Stage {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    stage.send(.tasks(stage.tasksGeneration, .page(Array(tasks.prefix(3)))))
    return stage
  }

  @Test func `one star marks what has arrived and says so, the second all there will be`() {
    var stage = Self.arriving()
    stage.press("*")
    #expect(stage.shows("Marked the 3 that have arrived."))
    #expect(stage.state.tasks.marks.count == 3)
    stage.press("*")
    #expect(stage.shows("3 are marked, and the rest when the list is complete"))
    #expect(stage.shows("3 marked so far"))
    stage.send(.tasks(stage.tasksGeneration, .page(Array(tasks.suffix(2)))))
    stage.send(.tasks(stage.tasksGeneration, .finished(calls: 2)))
    #expect(stage.state.tasks.marks.count == 5)
    #expect(stage.shows("5 marked"))
    #expect(!stage.shows("so far"))
  }

  @Test func `all that match a filter, and no other, once the list is complete`() {
    var stage = Self.arriving()
    stage.press("/")
    stage.type("alpha")
    stage.press("Enter", "*", "*")
    stage.send(.tasks(stage.tasksGeneration, .page(Array(tasks.suffix(2)))))
    stage.send(.tasks(stage.tasksGeneration, .finished(calls: 2)))
    #expect(Set(stage.state.tasks.markedRows.map(\.id)) == ["2", "4"])
  }

  @Test(arguments: ["Ctrl-\\", "/ x", "Esc"]) func `what is called off meanwhile marks nothing more`(_ keys: String) {
    var stage = Self.arriving()
    stage.press("/")
    stage.type("alpha")
    stage.press("Enter", "*", "*")
    for key in keys.split(separator: " ") { stage.press(String(key)) }
    stage.send(.tasks(stage.tasksGeneration, .page(Array(tasks.suffix(2)))))
    stage.send(.tasks(stage.tasksGeneration, .finished(calls: 2)))
    #expect(stage.state.tasks.markedRows.map(\.id).contains("4") == false)
  }

  @Test func `in a whole list all are marked at once, with their number`() {
    var stage = Stage.withTasks(tasks)
    stage.press("*")
    #expect(stage.shows("All 5 are marked."))
    stage.press("Ctrl-\\")
    #expect(!stage.shows("marked"))
    stage.press("/")
    stage.type("alpha")
    stage.press("Enter", "*")
    #expect(stage.shows("All 2 that match are marked."))
  }

  @Test func `a single mark that the filter hides is as loud as many`() {
    var stage = Stage.withTasks(tasks)
    stage.press("Space", "/")
    stage.type("gamma")
    stage.press("Enter")
    #expect(stage.shows("1 marked, 1 hidden by the filter"))
    #expect(stage.roles(of: "1 marked, 1 hidden").contains(.danger))
    stage.press("R")
    #expect(stage.shows("! 1 marked, 1 hidden by the filter"))
    stage.press("Esc", "D")
    #expect(stage.shows("1 of 1 HIDDEN by the filter"))
  }

  @Test func `the cursor and the marks stay with their rows while others go, come and change places`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<30 {
      var stage = Stage.withTasks(tasks)
      for _ in 0..<Int.random(in: 0..<5, using: &random) { stage.press("j") }
      stage.press("Space", "k")
      let (marked, current) = (Set(stage.state.tasks.markedRows.map(\.id)), stage.state.tasks.current?.id)
      let next = tasks.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }.shuffled()
      stage.press("r")
      stage.answer(tasks: next + [task("new", "Zeta", age: Double.random(in: 0..<60, using: &random))])
      let ids = Set(next.map(\.id))
      #expect(Set(stage.state.tasks.markedRows.map(\.id)) == marked.intersection(ids))
      if let current, ids.contains(current) { #expect(stage.state.tasks.current?.id == current) }
    }
  }
}
