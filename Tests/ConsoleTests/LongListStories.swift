// Lists that are too long for a key: they are sorted and filtered aside, and the screen says what is not known yet.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

/// A console for which 20 tasks are many, and the work it has handed out.
private struct Aside {
  var stage: Stage
  private(set) var works: [TableWork<TaskRow>] = []

  init(_ tasks: [TaskRow], longestOnLoop: Int = 20) {
    stage = Stage(Size(columns: 120, rows: 36), longestOnLoop: longestOnLoop)
    stage.answer(queues: [queue("orders", tasks: tasks.count)])
    press("Enter")
    answer(tasks)
  }

  /// The tasks come in pages of 15.
  mutating func answer(_ tasks: [TaskRow]) {
    for start in stride(from: 0, to: tasks.count, by: 15) {
      send(.tasks(stage.tasksGeneration, .page(Array(tasks[start..<min(start + 15, tasks.count)]))))
    }
    send(.tasks(stage.tasksGeneration, .finished(calls: 1)))
  }

  mutating func send(_ message: Message) {
    stage.send(message)
    for case .arrangeTasks(let work) in stage.effects { works.append(work) }
  }

  mutating func press(_ names: String...) {
    for name in names { Key(name: name).map { send(.key($0)) } }
  }

  mutating func type(_ text: String) { for character in text { send(.key(.character(character))) } }

  /// Does all that is to be done, and what follows from it.
  mutating func finish() {
    while !works.isEmpty {
      if let done = works.removeFirst().run() { send(.tasksArranged(done)) }
    }
  }

  /// IDs from top to bottom.
  var shown: [String] { (0..<stage.state.tasks.visible.count).compactMap { stage.state.tasks.row(at: $0)?.id } }
  var marked: [String] { stage.state.tasks.markedRows.map(\.id) }
}

private let classes = ["SyncOrder", "SendWelcome", "Charge", "SyncUser"]

private func tasks(_ numbers: Range<Int>) -> [TaskRow] {
  numbers.map { task("t\($0)", classes[$0 % 4], tries: $0 % 5, http: 503, age: Double($0 * 37 % 101)) }
}

@Suite struct `Long lists` {
  @Test func `the first pages are shown at once, the rest when it is in order`() {
    var aside = Aside(tasks(0..<60))
    #expect(aside.stage.shows("15 tasks"))
    #expect(aside.works.count == 1)
    aside.finish()
    #expect(aside.stage.shows("✗ 48 of 60 tasks failing"))
  }

  @Test func `a letter of the filter is on the screen before the rows are looked at`() {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("sy")
    #expect(aside.stage.shows("/ sy"))
    #expect(aside.stage.shows("looking through 60"))
    #expect(aside.shown.count == 60)
    aside.finish()
    #expect(aside.stage.shows("30 of 60"))
    #expect(aside.shown.count == 30)
  }

  @Test func `while it is looked, the count is one so far`() throws {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("s")
    let work = try #require(aside.works.last)
    aside.send(.tasksFound(7, of: work.number))
    #expect(aside.stage.shows("7 so far of 60"))
    aside.send(.tasksFound(9, of: work.number - 1))
    #expect(aside.stage.shows("7 so far of 60"))
  }

  @Test func `what an older letter found is dropped`() throws {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("s")
    let older = try #require(aside.works.first?.run())
    aside.type("end")
    aside.send(.tasksArranged(older))
    #expect(aside.shown.count == 60)
    aside.finish()
    #expect(aside.shown.count == 15)
  }

  @Test func `all that match are marked when it is known which they are, not what the screen still shows`() {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("send")
    aside.press("Enter", "*")
    #expect(aside.marked.isEmpty)
    #expect(aside.stage.shows("All that match are marked as soon as it is known which they are."))
    aside.finish()
    #expect(aside.marked == tasks(0..<60).filter { $0.taskClass == "SendWelcome" }.map(\.id))
  }

  @Test func `a filter that is changed meanwhile marks nothing`() {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("send")
    aside.press("Enter", "*", "/", "Backspace")
    aside.finish()
    #expect(aside.marked.isEmpty)
  }

  @Test func `a discard of all that match is of the filter that is typed, and of a number nobody knows yet`() {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("charge")
    aside.press("Enter", "D")
    #expect(aside.stage.line("All that match the filter: charge")?.contains("60") == false)
    aside.finish()
    #expect(aside.stage.line("All that match the filter: charge")?.contains("15") == true)
  }

  @Test func `rows that come and go while a filter is typed are filtered too, and the cursor stays on its row`() {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("j", "j", "j")
    let row = aside.stage.state.tasks.current?.id
    aside.stage.wait(5)
    aside.press("/")
    aside.type("t")
    aside.answer(tasks(0..<60) + [task("new", "Sent", age: 9000)])
    aside.finish()
    #expect(aside.shown.count == 61)
    #expect(aside.shown.first == "new")
    #expect(aside.stage.state.tasks.current?.id == row)
  }

  @Test func `marks set while a new list is put in order are kept, and those of rows that are gone go`() {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("Space")
    let first = aside.marked
    aside.stage.wait(5)
    aside.answer(tasks(0..<60).filter { !first.contains($0.id) })
    aside.press("Space")
    let second = aside.marked.filter { !first.contains($0) }
    #expect(aside.marked.count == 2)
    aside.finish()
    #expect(aside.marked == second)
    #expect(aside.stage.shows("1 marked"))
  }

  @Test func `an export of rows that are being filtered says that it is not complete`() throws {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("send")
    aside.press("Enter", ":")
    aside.type("export x.json")
    aside.press("Enter")
    let export = try #require(
      aside.stage.history.compactMap { if case .export(let export) = $0 { export } else { nil } }.last)
    #expect(export.gap?.contains("under way") == true)
  }

  @Test func `a list of another queue is not mixed up with what is still worked on`() throws {
    var aside = Aside(tasks(0..<60))
    aside.finish()
    aside.press("/")
    aside.type("s")
    let old = try #require(aside.works.last?.run())
    aside.press("Esc", "Esc")
    aside.stage.send(.queues(aside.stage.queuesGeneration, .success(Listing(rows: [], calls: 1))))
    aside.stage.wait(5)
    aside.stage.answer(queues: [queue("mail", tasks: 1)])
    aside.press("g", "Enter")
    aside.answer([task("m1", "SendMail")])
    aside.send(.tasksArranged(old))
    #expect(aside.shown == ["m1"])
  }

  @Test func `aside or on the loop, the same keys come to the same table`() {
    var random = SystemRandomNumberGenerator()
    let keys = ["j", "k", "G", "g", "Space", "*", "V", ">", "<", "=", "PgDn", "Ctrl-\\"]
    let filters = ["sync", "s", "syncu", "t1", "class:Sync*", "dispatches>=2", "!status:503", "zzz", "t1 sync"]
    for round in 0..<40 {
      var list = tasks(0..<70)
      var (aside, loop) = (Aside(list), Aside(list, longestOnLoop: 1_000_000))
      aside.finish()
      for _ in 0..<25 {
        if Int.random(in: 0..<6, using: &random) == 0 {
          let text = filters.randomElement(using: &random) ?? ""
          let names = ["/", "Ctrl-U"] + text.map { $0 == " " ? "Space" : String($0) } + ["Enter"]
          for name in names {
            loop.press(name)
            aside.press(name)
            // A row that a letter hides loses the cursor, so each letter is answered.
            aside.finish()
          }
        } else if Int.random(in: 0..<6, using: &random) == 0 {
          list =
            list.filter { _ in Bool.random(using: &random) || Bool.random(using: &random) } + tasks(70..<75 + round)
          aside.stage.wait(5)
          loop.stage.wait(5)
          aside.answer(list)
          loop.answer(list)
        } else {
          let key = keys.randomElement(using: &random) ?? "j"
          aside.press(key)
          loop.press(key)
        }
        // What keys do depends on what is shown, so both are to show the same before the next one.
        aside.finish()
        #expect(aside.shown == loop.shown)
        #expect(Set(aside.marked) == Set(loop.marked))
        #expect(aside.stage.state.tasks.current == loop.stage.state.tasks.current)
        #expect(aside.stage.state.tasks.marks.hidden == loop.stage.state.tasks.marks.hidden)
      }
    }
  }
}

@Suite struct `Rows by column` {
  @Test func `rows come back as they went in`() {
    var rows = (0..<5000).map { index in
      var row = cloudTask(
        "id-\(index)", index % 3 == 0 ? "Żółw\(index)" : "Sync", tries: index % 7, http: index % 2 == 0 ? 503 : nil)
      if index % 11 == 0 { row.scheduleTime = nil }
      if index % 13 == 0 { row.createTime = nil }
      var maker = TaskRowMaker()
      return maker.row(of: row)
    }
    rows.append(task("last", ""))
    var list = TaskRows()
    for start in stride(from: 0, to: rows.count, by: 700) {
      list.append(contentsOf: Array(rows[start..<min(start + 700, rows.count)]))
    }
    #expect(list.count == rows.count)
    #expect(list.elementsEqual(rows))
  }

  @Test func `a copy does not change with the list it was made of`() {
    var list = TaskRows()
    list.append(contentsOf: tasks(0..<100))
    let copy = list
    list.append(contentsOf: tasks(100..<200))
    #expect(copy.elementsEqual(tasks(0..<100)))
  }
}
