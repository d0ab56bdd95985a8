// What is said, and that nothing of it is lost on a narrow terminal.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Words on a narrow terminal` {
  @Test func `a failure keeps its remedy, and the table makes room for it`() {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.refuse(queues: refused)
    #expect(stage.shows("Ask for the role Cloud Tasks Viewer."))
    #expect(stage.shows("What is shown is 0s old."))
    #expect(stage.shows("thumbs"))
  }

  @Test func `a long header's name is whole, with its value under it`() {
    var stage = Stage.withTasks([task("1")])
    stage.press("Enter")
    let name = "X-CloudTasks-A-Very-Long-Header-Name-Of-A-Team-That-Likes-Names"
    stage.answer(task: cloudTask("1", headers: [Header(name, "acme"), Header("X-AppEngine-QueueName", "orders")]))
    #expect(stage.shows(name))
    #expect(stage.line("X-AppEngine-QueueName")?.contains("orders") == true)
  }

  @Test func `a fire time says UTC`() {
    var stage = Stage()
    stage.press("3")
    stage.answer(jobs: [job("a", zone: "America/Argentina/Buenos_Aires")])
    stage.press("Enter")
    #expect(stage.lines.contains { $0.contains("2026-11-23 09:00:00") && $0.contains("2026-11-23 12:00:00 UTC") })
  }

  @Test func `a task that is due in a paused queue waits for the queue`() {
    var stage = Stage()
    stage.answer(queues: [queue("orders", tasks: 1, state: .paused)])
    stage.press("Enter")
    stage.answer(tasks: [task("1", next: -420)])
    stage.press("Enter")
    stage.answer(task: cloudTask("1", next: -420))
    #expect(stage.line("next attempt")?.contains("waits: the queue is paused") == true)
    #expect(!stage.shows("7m ago"))
  }

  @Test func `a task that is due says for how long`() {
    var stage = Stage.withTasks([task("1", next: -420)])
    stage.press("Enter")
    #expect(stage.line("next attempt")?.contains("due for 7m") == true)
  }
}

@Suite struct `Payloads` {
  private func page(_ body: String) -> Stage {
    var stage = Stage.withTasks([task("1")], Size(columns: 100, rows: 40))
    stage.press("Enter")
    stage.answer(task: cloudTask("1", body: body))
    return stage
  }

  @Test func `deep nesting is not called invalid`() {
    let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
    #expect(page(deep).shows("Shown as text: "))
    #expect(!page(deep).shows("Not valid JSON"))
  }

  @Test func `a name given twice is told`() {
    #expect(page(#"{"id":1,"lines":[{"a":1},{"a":2}],"id":2}"#).shows("A name is given twice: id."))
    #expect(!page(#"{"id":1,"lines":[{"id":1},{"id":2}]}"#).shows("given twice"))
    #expect(!page(#"{"id":"id","x":["id","id"]}"#).shows("given twice"))
  }

  @Test(arguments: [#"{"a":"\ud800"}"#, #"["\udc00x"]"#, #"["\ud83dx"]"#])
  func `half a surrogate pair is told`(_ body: String) {
    #expect(page(body).shows("half a surrogate pair"))
  }

  @Test func `a whole pair is not`() { #expect(!page(#"["\ud83d\ude00 \\ud800"]"#).shows("half a surrogate pair")) }
}
