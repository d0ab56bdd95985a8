// What a person does all day, in their keys.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Browsing queues` {
  @Test func `the console opens on the queues and asks for them once`() {
    let stage = Stage()
    #expect(stage.effects == [.loadQueues(Generation(1))])
    #expect(stage.shows("Loading queues of acme"))
  }

  @Test func `queues come with their numbers`() throws {
    var stage = Stage(Size(columns: 120, rows: 36))
    stage.answer(queues: [queue("orders", tasks: 2104, lastMinute: 1200)])
    let line = try #require(stage.line("orders"))
    for text in ["running", "2,104", "1,200", "?", "500/s", "1,000", "100"] { #expect(line.contains(text)) }
  }

  @Test func `OLDEST is the age of the oldest task that was counted`() throws {
    var maker = TaskRowMaker()
    let rows = maker.rows(of: [cloudTask("1", age: 60), cloudTask("2", age: 7300), cloudTask("3", age: 5)])
    let counted = QueueRow(queue("orders").queue, survey: QueueSurvey(rows: rows, at: noon))
    #expect(counted.oldest == noon.addingTimeInterval(-7300))
  }

  @Test func `the cursor starts on the first row, and j and k move it`() {
    var stage = Stage.withQueues()
    #expect(stage.cursorLine.hasPrefix("mail"))
    stage.press("j")
    #expect(stage.cursorLine.hasPrefix("orders"))
    stage.press("k", "k")
    #expect(stage.cursorLine.hasPrefix("mail"))
  }

  @Test func `G and g go to the ends, and nothing goes past them`() {
    var stage = Stage.withQueues()
    stage.press("G", "j", "PgDn")
    #expect(stage.cursorLine.hasPrefix("thumbs"))
    stage.press("g", "Ctrl-U", "Up")
    #expect(stage.cursorLine.hasPrefix("mail"))
  }

  @Test func `page keys move by a screen and half of one`() {
    var stage = Stage()
    stage.answer(queues: (100..<200).map { queue("q\($0)") })
    stage.press("Ctrl-F")
    #expect(stage.cursorLine.hasPrefix("q118"))
    stage.press("Ctrl-D")
    #expect(stage.cursorLine.hasPrefix("q127"))
    stage.press("Ctrl-B", "Ctrl-U")
    #expect(stage.cursorLine.hasPrefix("q100"))
  }

  @Test func `no queues at all is said, and is not an error`() {
    var stage = Stage()
    stage.answer(queues: [])
    #expect(stage.shows("No queues."))
    #expect(stage.shows("acme has none in us-central1"))
  }

  @Test func `a paused queue is marked with more than a colour`() {
    var stage = Stage()
    stage.answer(queues: [queue("mail", state: .paused)])
    #expect(stage.line("mail")?.contains("‖ paused") == true)
  }

  @Test func `with several locations there is a column for them`() {
    var stage = Stage(Size(columns: 120, rows: 36), locations: ["us-central1", "europe-west1"])
    stage.answer(queues: [queue("mail"), queue("mail", in: "europe-west1")], calls: 2)
    #expect(stage.shows("LOCATION"))
    #expect(stage.line("europe-west1 ") != nil)
    #expect(stage.lines.filter { $0.hasPrefix(" mail") }.count == 2)
  }

  @Test func `d describes the queue, and Esc goes back to its row`() {
    var stage = Stage.withQueues()
    stage.press("j", "d")
    #expect(stage.shows("queues > orders"))
    #expect(stage.shows("0.1s to 1h"))
    stage.press("Esc")
    #expect(stage.cursorLine.hasPrefix("orders"))
  }

  @Test func `a queue without statistics shows a question mark and not zero`() throws {
    var stage = Stage()
    stage.answer(queues: [queue("mail", tasks: nil)])
    let line = try #require(stage.line("mail"))
    #expect(line.contains("?"))
    #expect(!line.contains(" 0 "))
  }

  @Test func `a location that failed is told beside the queues of the others`() {
    var stage = Stage(locations: ["us-central1", "europe-west1"])
    stage.answer(queues: [queue("mail")], calls: 2, partial: refused)
    #expect(stage.shows("! acme could not be read"))
    #expect(stage.line("mail") != nil)
  }
}

@Suite struct `Browsing tasks` {
  @Test func `Enter on a queue opens its tasks`() {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    #expect(stage.effects.contains(.loadTasks(queueName("orders"), stage.tasksGeneration)))
    #expect(stage.shows("queues > orders"))
    #expect(stage.shows("Loading tasks of orders"))
  }

  @Test func `tasks show how they fare`() throws {
    let stage = Stage.withTasks(
      [
        task("1", "SyncOrder", tries: 3, http: 503, age: 240, next: 90), task("2", "Digest", tries: 1, age: 5),
        task("3", "Fresh", age: 1, next: -1), task("4", "Slow", tries: 2, http: 504, code: 4, age: 3),
      ], Size(columns: 120, rows: 36))
    let failed = try #require(stage.line("SyncOrder"))
    for text in ["3", "✗ 503 UNAVAILABLE", "4m", "1m"] { #expect(failed.contains(text)) }
    #expect(stage.line("Digest")?.contains("▸ running") == true)
    #expect(stage.line("Fresh")?.hasSuffix("now") == true)
    #expect(stage.roles(of: "✗ 503 UNAVAILABLE").isSubset(of: [.danger]))
  }

  @Test func `an attempt that ran out of time says DEADLINE`() {
    var task = cloudTask("1", tries: 1)
    task.lastAttempt?.responseStatus = RPCStatus(code: 4, message: "DEADLINE_EXCEEDED(4): deadline")
    var maker = TaskRowMaker()
    #expect(maker.row(of: task).status == "DEADLINE")
  }

  @Test func `an empty queue says so`() {
    let stage = Stage.withTasks([])
    #expect(stage.shows("No tasks."))
    #expect(stage.shows("orders is empty"))
  }

  @Test func `the first page is shown while the others arrive`() {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    stage.send(.tasks(stage.tasksGeneration, .page((0..<1000).map { task("a\($0)") })))
    stage.send(.tasks(stage.tasksGeneration, .page((0..<1000).map { task("b\($0)") })))
    #expect(stage.shows("loading 2,000..."))
    #expect(stage.cursorLine.contains("SendWelcome"))
    stage.send(.tasks(stage.tasksGeneration, .finished(calls: 2)))
    #expect(stage.shows("2,000 tasks"))
    #expect(!stage.shows("loading"))
  }

  @Test func `a list that breaks off shows what came and says that it is not all`() {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    stage.send(.tasks(stage.tasksGeneration, .page((0..<1000).map { task("a\($0)") })))
    stage.send(.tasks(stage.tasksGeneration, .failed(unreachable, calls: 2)))
    #expect(stage.shows("1,000 tasks"))
    #expect(stage.shows("✗ No answer from 127.0.0.1:8123"))
    #expect(stage.state.tasks.isPartial)
  }

  @Test func `a task in two pages is one row`() {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    stage.send(.tasks(stage.tasksGeneration, .page([task("a"), task("b")])))
    stage.send(.tasks(stage.tasksGeneration, .page([task("b", tries: 4), task("c")])))
    stage.send(.tasks(stage.tasksGeneration, .finished(calls: 2)))
    #expect(stage.shows("3 tasks"))
    #expect(stage.state.tasks.visible.count == 3)
  }

  @Test func `due tasks of a paused queue are not said to start now`() throws {
    var stage = Stage()
    stage.answer(queues: [queue("orders", tasks: 1, state: .paused)])
    stage.press("Enter")
    stage.answer(tasks: [task("1", next: -60)])
    #expect(try #require(stage.line("SendWelcome")).hasSuffix("paused"))
  }

  @Test func `2 opens the tasks of the queue under the cursor, and later the one seen last`() {
    var stage = Stage.withQueues()
    stage.press("j", "2")
    #expect(stage.shows("queues > orders"))
    stage.press("3", "2")
    #expect(stage.shows("queues > orders"))
  }

  @Test func `leaving a list that still arrives calls it off`() {
    var stage = Stage.withQueues()
    stage.press("j", "Enter", "Esc")
    #expect(stage.effects.contains(.stopLoadingTasks))
  }

  @Test func `opening another queue drops the answers of the first one`() {
    var stage = Stage.withQueues()
    stage.press("j", "Enter")
    let late = stage.tasksGeneration
    stage.press("Esc", "k", "Enter")
    stage.send(.tasks(late, .page([task("late")])))
    stage.send(.tasks(late, .finished(calls: 1)))
    #expect(!stage.shows("late"))
    #expect(stage.shows("Loading tasks of mail"))
  }

  @Test func `a tab without a queue says how to get one`() {
    var stage = Stage()
    stage.answer(queues: [])
    stage.press("2")
    #expect(stage.shows("1 shows the queues"))
  }
}

@Suite struct `Reading pages` {
  private static let body = #"{"user_id":123,"tags":["a",null,true],"name":"Żółw 🐢"}"#

  private static func opened(_ headers: [Header] = []) -> Stage {
    var stage = Stage.withTasks([task("1"), task("2", "Digest")], Size(columns: 80, rows: 60))
    stage.press("Enter")
    stage.answer(task: cloudTask("1", tries: 2, http: 503, body: body, headers: headers))
    return stage
  }

  @Test func `a page opens at once with what the row knows`() {
    var stage = Stage.withTasks([task("1", tries: 2, http: 503)])
    stage.press("Enter")
    #expect(stage.effects == [.loadTask(taskName("1"), stage.taskGeneration)])
    #expect(stage.shows("✗ 503 UNAVAILABLE"))
    #expect(stage.shows("Loading the payload..."))
  }

  @Test func `the payload is laid out and coloured by meaning`() {
    let stage = Self.opened()
    #expect(stage.line("user_id") == "     \"user_id\": 123,")
    #expect(stage.roles(of: "\"user_id\"") == [.field])
    #expect(stage.roles(of: "123,").contains(.number))
    #expect(stage.roles(of: "\"Żółw 🐢\"") == [.string])
    #expect(stage.roles(of: "null") == [.literal])
  }

  @Test func `p goes to the payload and d back to the top`() {
    var stage = Self.opened()
    stage.resize(80, 24)
    #expect(!stage.shows("user_id"))
    stage.press("p")
    #expect(stage.shows("user_id"))
    stage.press("d")
    #expect(stage.shows("class             SendWelcome"))
  }

  @Test func `p on a row opens its page at the payload`() {
    var stage = Stage.withTasks([task("1")])
    stage.press("p")
    stage.answer(task: cloudTask("1", tries: 2, http: 503, body: Self.body))
    #expect(stage.shows("user_id"))
    #expect(!stage.shows("last status  "))
  }

  @Test(arguments: ["Authorization", "X-Api-Key", "x-goog-iam-TOKEN", "Client-Secret", "Cookie"])
  func `secrets in headers are not shown`(_ name: String) {
    let stage = Self.opened([Header(name, "hunter2"), Header("X-Tenant", "acme-7")])
    #expect(!stage.shows("hunter2"))
    #expect(stage.shows("hidden, 7 characters"))
    #expect(stage.shows("acme-7"))
  }

  @Test func `attempts are told with their times and the answer`() {
    let stage = Self.opened()
    for text in ["last dispatched   10s ago", "took              0.250 s", "HTTP status code 503"] {
      #expect(stage.shows(text))
    }
  }

  @Test func `a page scrolls and says where it is`() {
    var stage = Self.opened()
    stage.resize(80, 24)
    #expect(stage.shows("lines 1-20 of"))
    stage.press("j", "j")
    #expect(stage.shows("lines 1-20 of") && stage.cursorLine.hasPrefix("queue"))
    stage.press("Ctrl-D")
    #expect(stage.shows("lines 11-30 of"))
    stage.press("G", "g")
    #expect(stage.shows("lines 1-20 of"))
  }

  @Test func `brackets walk from page to page, and back is the row seen last`() {
    var stage = Self.opened()
    stage.press("]")
    #expect(stage.effects == [.loadTask(taskName("2"), stage.taskGeneration)])
    stage.press("Esc")
    #expect(stage.cursorLine.hasPrefix("Digest"))
  }

  @Test func `a late page of another task is dropped`() {
    var stage = Stage.withTasks([task("1"), task("2")])
    stage.press("Enter")
    let late = stage.taskGeneration
    stage.press("Esc", "j", "Enter")
    stage.send(.task(late, .success(Document(title: "late", sections: [.init("LATE", lines: [])]))))
    #expect(!stage.shows("LATE"))
  }

  @Test func `a task that is gone keeps its page and says so`() {
    var stage = Self.opened()
    let gone = Failure(.gone, title: "The task is gone", reason: "It ran or was deleted.", remedy: "Go back.")
    stage.wait(5)
    stage.send(.task(stage.taskGeneration, .failure(gone)))
    #expect(stage.shows("✗ The task is gone"))
    #expect(stage.shows("class             SendWelcome"))
    stage.wait(300)
    #expect(stage.effects.isEmpty)
  }

  @Test func `a refused page is a failure with its remedy`() {
    var stage = Stage.withTasks([task("1")])
    stage.press("Enter")
    stage.send(.task(stage.taskGeneration, .failure(refused)))
    #expect(stage.shows("lacks cloudtasks.queues.list"))
  }

  @Test func `text and bytes are shown as what they are`() {
    var stage = Stage.withTasks([task("1")], Size(columns: 80, rows: 60))
    stage.press("Enter")
    var binary = cloudTask("1")
    var target = HTTPTarget(url: "https://a/b")
    target.encodedBody = Data([0xFF, 0x00, 0x41]).base64EncodedString()
    binary.target = .http(target)
    stage.answer(task: binary)
    #expect(stage.shows("Payload (not text, 3 bytes)"))
    #expect(stage.shows("ff 00 41"))
    stage.wait(4)
    stage.answer(task: cloudTask("1", body: "{\"broken\":"))
    #expect(stage.shows("Not valid JSON"))
  }
}

@Suite struct `Browsing jobs` {
  private static func withJobs(_ jobs: [JobRow], _ size: Size = Size(columns: 120, rows: 50)) -> Stage {
    var stage = Stage.withQueues(size)
    stage.press("3")
    stage.answer(jobs: jobs)
    return stage
  }

  @Test func `jobs show schedule, zone, last status in words and the next run`() throws {
    let stage = Self.withJobs([job("digest", code: 14)])
    let line = try #require(stage.line("digest"))
    for text in ["0 9 * * 1-5", "America/New_York", "enabled", "1h ago", "✗ UNAVAILABLE", "2h · 14:00"] {
      #expect(line.contains(text))
    }
  }

  @Test func `a job that never ran and one that is paused are not failing`() throws {
    let stage = Self.withJobs([
      job("new", code: -1, lastRun: nil), job("resting", state: .paused, next: nil),
    ])
    #expect(try #require(stage.line("new")).contains("never"))
    #expect(try #require(stage.line("resting")).hasSuffix("paused"))
    #expect(!stage.shows("failing"))
  }

  @Test func `a job's page explains the schedule and gives the next five times in its zone and in UTC`() {
    var stage = Self.withJobs([job("digest")])
    stage.press("Enter")
    #expect(stage.shows("in words"))
    // 2026-11-21 is a Saturday: the next working day is Monday the 23rd, 9:00 in New York is 14:00 UTC.
    for day in 23...27 {
      #expect(stage.shows("2026-11-\(day) 09:00:00 America/New_York  2026-11-\(day) 14:00:00 UTC"))
    }
    #expect(stage.shows("\"report\": \"daily\""))
  }

  @Test func `a schedule that can not be read is shown with the reason`() {
    var stage = Self.withJobs([job("odd", schedule: "every other tuesday maybe")])
    stage.press("Enter")
    #expect(stage.shows("every other tuesday maybe"))
    #expect(stage.shows("can not read it"))
  }

  @Test func `no jobs is said`() {
    let stage = Self.withJobs([])
    #expect(stage.shows("No jobs."))
  }
}

@Suite struct `Going around` {
  @Test func `Tab and Shift-Tab go around the tabs`() {
    var stage = Stage.withQueues()
    stage.press("Tab")
    #expect(stage.shows("queues > mail"))
    stage.press("Tab")
    #expect(stage.shows("acme > jobs"))
    stage.press("Shift-Tab", "Shift-Tab")
    #expect(stage.cursorLine.hasPrefix("mail"))
    stage.press("Shift-Tab")
    #expect(stage.shows("Loading the journal"))
    stage.press("Tab")
    #expect(stage.cursorLine.hasPrefix("mail"))
  }

  @Test func `q goes back and quits at the top; Esc never quits`() {
    var stage = Stage.withTasks([task("1")])
    stage.press("Enter", "q")
    #expect(stage.shows("1 task"))
    stage.press("q")
    #expect(stage.cursorLine.hasPrefix("orders"))
    stage.press("Esc")
    #expect(stage.effects.isEmpty)
    stage.press("q")
    #expect(stage.effects == [.quit])
  }

  @Test func `Ctrl-C quits, Ctrl-Z suspends and Ctrl-L repaints from anywhere`() {
    for keys in [[], ["/"], ["?"], ["T"], ["?", "/"]] {
      var stage = Stage.withQueues()
      keys.forEach { stage.press($0) }
      stage.press("Ctrl-Z")
      #expect(stage.effects == [.suspend])
      stage.press("Ctrl-L")
      #expect(stage.effects == [.redraw])
      stage.press("Ctrl-C")
      #expect(stage.effects == [.quit])
    }
  }

  @Test func `a terminal that is gone ends the program`() {
    var stage = Stage.withQueues()
    stage.send(.key(.hangUp))
    #expect(stage.effects == [.quit])
  }

  @Test func `a key that means nothing does nothing`() {
    var stage = Stage.withQueues()
    let before = stage.frame
    stage.press("F9", "Ctrl-X", "F7", "%")
    #expect(stage.frame == before)
    #expect(stage.effects.isEmpty)
  }
}
