// The screen at every size and with the worst names there are.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Sizes` {
  @Test(arguments: [(39, 24), (80, 9), (20, 3), (1, 1), (0, 0)])
  func `a terminal that is too small says so and goes on`(_ columns: Int, _ rows: Int) {
    var stage = Stage.withQueues(Size(columns: columns, rows: rows))
    if columns >= 20 { #expect(stage.screen.replacing("\n", with: " ").contains("terminal too small")) }
    if columns >= 39 { #expect(stage.lines[0] == "terminal too small (needs 40x10)") }
    stage.press("j", "/", "x", "Esc", "?")
    stage.resize(80, 24)
    #expect(stage.shows("Help: all keys"))
  }

  @Test(arguments: [40, 60, 80, 100, 120, 159, 160, 200, 300])
  func `name, tasks and failing are there at every width, and headings stand over their columns`(_ width: Int) throws {
    var stage = Stage(Size(columns: width, rows: 24))
    stage.answer(queues: [queue("orders", tasks: 2104)])
    let heading = try #require(stage.line("NAME"))
    let row = try #require(stage.lines.first { $0.hasPrefix(" orders") })
    for title in ["TASKS", "FAILING"] { #expect(heading.contains(title)) }
    let end = try #require(heading.range(of: "TASKS")).upperBound
    let value = try #require(row.range(of: "2,104")).upperBound
    #expect(heading.distance(from: heading.startIndex, to: end) == row.distance(from: row.startIndex, to: value))
  }

  @Test func `narrow terminals drop the columns that matter least`() {
    var stage = Stage.withQueues()
    #expect(stage.shows("FAILING"))
    #expect(!stage.shows("CONCURRENT"))
    stage.resize(120, 36)
    #expect(stage.shows("CONCURRENT"))
    #expect(stage.shows("ATTEMPTS"))
  }

  @Test func `wide terminals show the page of the row beside the table`() {
    var stage = Stage.withQueues(Size(columns: 200, rows: 60))
    #expect(stage.shows("Limits and retries"))
    stage.press("j")
    #expect(stage.shows("queues/orders"))
    stage.resize(120, 36)
    #expect(!stage.shows("Limits and retries"))
  }

  @Test func `beside the tasks the payload is loaded, one request at a time, and again when the task has moved on`() {
    var stage = Stage.withTasks([task("1", age: 9), task("2", age: 8)], Size(columns: 200, rows: 60))
    #expect(stage.history.last == .loadTask(taskName("1"), stage.taskGeneration))
    stage.press("j")
    #expect(stage.effects.isEmpty)
    stage.answer(task: cloudTask("1", body: #"{"first":1}"#))
    #expect(stage.effects.contains(.loadTask(taskName("2"), stage.taskGeneration)))
    #expect(!stage.shows("\"first\""))
    stage.answer(task: cloudTask("2", body: #"{"second":2}"#))
    #expect(stage.shows("\"second\": 2"))
    #expect(stage.effects.isEmpty)
    stage.wait(2)
    stage.answer(tasks: [task("1", age: 9), task("2", tries: 1, http: 500, age: 8)])
    #expect(stage.effects.contains(.loadTask(taskName("2"), stage.taskGeneration)))
    #expect(stage.shows("\"second\": 2"))
  }

  @Test func `a storm of sizes ends with the last one`() {
    var stage = Stage.withTasks((0..<100).map { task("\($0)") })
    stage.press("G")
    for size in 1...200 { stage.resize(size, 201 - size) }
    stage.resize(80, 24)
    #expect(!stage.cursorLine.isEmpty)
    #expect(stage.lines.count == 24)
  }

  @Test func `a thousand queues are scrolled, not squeezed`() {
    var stage = Stage()
    stage.answer(queues: (1000..<2000).map { queue("q\($0)") })
    #expect(stage.shows("1,000 queues"))
    stage.press("G")
    #expect(stage.cursorLine.hasPrefix("q1999"))
    #expect(stage.shows("q1981"))
    #expect(!stage.shows("q1980"))
  }

  @Test func `the top bar says where one is`() {
    let badge = ContextBadge(
      project: "acme-prod", locations: ["a", "b", "c"], endpoint: "googleapis.com", name: "prod", isReadOnly: true,
      isProtected: true)
    let stage = Stage(Size(columns: 120, rows: 24), badge: badge)
    for text in ["@prod", "PROTECTED", "read-only", "acme-prod", "a and 2 more", "googleapis.com"] {
      #expect(stage.lines[0].contains(text))
    }
    #expect(stage.frame[Point(column: 60, row: 0)].style.role == .protected)
  }
}

/// Texts that have broken terminals before.
private let hostile = [
  "\u{1B}[2J\u{1B}[31mred", "\u{1B}]0;title\u{07}", "\u{9B}31m", "a\u{202E}gpj.exe", "\u{2066}isolate",
  "zero\u{200B}width\u{FEFF}", String(repeating: "x", count: 10_000), "line\nbreak\r\nand\ttab", "日本語のキュー",
  "e\u{301}\u{301}",
  String(repeating: "\u{301}", count: 500), "👩‍👩‍👧‍👦 family 🇩🇪", "שלום עולם", "\u{0}nul\u{7F}del", "⚠️ ️", "한국어",
  String(repeating: "漢", count: 3000), "", " ", "…", "\u{E0041}tag",
]

@Suite struct `Hostile texts` {
  /// Every row is exactly as wide as the frame, and nothing in it can act on a terminal.
  private func check(_ stage: Stage, _ comment: Comment) {
    let frame = stage.frame
    let widths = (0..<frame.size.rows).map { row in frame.row(row).reduce(0) { $0 + $1.width } }
    #expect(widths.allSatisfy { $0 == frame.size.columns }, comment)
    let isSafe = (0..<frame.size.rows).allSatisfy { row in
      frame.row(row).allSatisfy { $0.text.unicodeScalars.allSatisfy(Self.isSafe) }
    }
    #expect(isSafe, comment)
  }

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x202A...0x202E).contains(scalar.value)
      && !(0x2066...0x2069).contains(scalar.value)
  }

  private static func task(_ text: String) -> CloudTask {
    var task = cloudTask("1", tries: 1, http: 500, body: "{\"\(text)\": \"\(text)\"}")
    var target = HTTPTarget(url: "https://a.example/\(text)")
    target.headers = [Header(text, text)]
    target.encodedBody = Data(text.utf8).base64EncodedString()
    task.target = .http(target)
    task.lastAttempt?.responseStatus = RPCStatus(code: 2, message: text)
    return task
  }

  @Test(arguments: hostile, [Size(columns: 40, rows: 10), Size(columns: 80, rows: 24), Size(columns: 200, rows: 60)])
  func `no name breaks the layout or reaches the terminal`(_ text: String, _ size: Size) {
    var stage = Stage(size, badge: ContextBadge(project: text, locations: [text, text], endpoint: text, name: text))
    check(stage, "bar")
    var odd = Queue(name: queueName("orders"))
    odd.state = State(rawValue: text)
    stage.answer(queues: [QueueRow(odd)], partial: Failure(title: text, reason: text, remedy: text))
    check(stage, "queues")
    stage.press("Enter")
    var maker = TaskRowMaker()
    stage.answer(tasks: [maker.row(of: Self.task(text))])
    check(stage, "tasks")
    stage.press("/")
    stage.send(.key(.paste(text)))
    check(stage, "filter")
    stage.press("Esc", "Enter")
    stage.answer(task: Self.task(text))
    for _ in 0..<5 {
      check(stage, "page")
      stage.press("PgDn")
    }
    stage.press("3")
    var job = cloudJob("a", schedule: text, zone: text)
    job.details = text
    stage.answer(jobs: [JobRow(job, now: noon)])
    check(stage, "jobs")
    stage.press("Enter")
    check(stage, "job")
    stage.send(.notice(text, .danger))
    stage.press("Esc", "r")
    stage.send(.jobs(stage.jobsGeneration, .failure(Failure(title: text, reason: text, remedy: text))))
    check(stage, "stale")
  }

  @Test func `wide characters are two columns and the columns after them stay in line`() throws {
    var stage = Stage.withQueues(Size(columns: 120, rows: 24))
    stage.press("3")
    stage.answer(jobs: [job("plain", schedule: "ascii"), job("wide", schedule: "日本語スケジュール")])
    let frame = stage.frame
    func column(of text: String, near id: String) -> Int? {
      for row in 0..<frame.size.rows where frame.text(row: row).contains(" \(id) ") {
        let cells = Array(frame.row(row))
        return cells.indices.first { cells[$0...].lazy.map(\.text).joined().hasPrefix(text) }
      }
      return nil
    }
    let plain = try #require(column(of: "America", near: "plain"))
    #expect(column(of: "America", near: "wide") == plain)
  }

  @Test func `random texts and keys never break a row`() {
    var random = SplitMix(state: 20_261_121)
    let names = [
      "j", "k", "G", "g", "PgDn", "PgUp", "Enter", "Esc", "/", "<", ">", "=", "?", "T", "r", "l", "d", "p",
      "1", "2", "3", "Tab", "[", "]", "x", "Backspace",
    ]
    for _ in 0..<60 {
      var stage = Stage(
        Size(columns: Int.random(in: 40...210, using: &random), rows: Int.random(in: 10...60, using: &random)))
      stage.answer(queues: [queue("orders", tasks: 3), queue("mail")])
      stage.press("2")
      var maker = TaskRowMaker()
      let texts = (0..<20).map { _ in randomText(&random) }
      stage.answer(
        tasks: texts.enumerated().map { index, text in
          var task = Self.task(text)
          task.name = taskName("t\(index)")
          return maker.row(of: task)
        })
      for _ in 0..<30 {
        stage.press(names.randomElement(using: &random) ?? "j")
        check(stage, "random")
      }
    }
  }

  private func randomText(_ random: inout SplitMix) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      let value = UInt32.random(in: 0...(Bool.random(using: &random) ? 0x2FF : 0x1FAFF), using: &random)
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}

/// Chance that is the same on every run (Steele and others, "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

@Suite struct `The scroll bar` {
  /// The rows of the screen that the thumb covers.
  private static func thumb(_ stage: Stage) -> [Int] {
    let frame = stage.frame
    return (0..<frame.size.rows).filter { frame[Point(column: frame.size.columns - 1, row: $0)].text == "┃" }
  }

  @Test func `it is not there while everything is on the screen`() {
    #expect(Self.thumb(Stage.withQueues()).isEmpty)
  }

  @Test func `it shows which part is on the screen`() {
    var stage = Stage()
    stage.answer(queues: (100..<200).map { queue("q\($0)") })
    #expect(Self.thumb(stage).first == 2)
    stage.press("G")
    #expect(Self.thumb(stage).last == 21)
    #expect(Self.thumb(stage).count == 3)
  }
}
