// A replay in the console: opened, run, judged. The runner is played by messages.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

extension Stage {
  fileprivate static func replaying(_ columns: Int = 80, handlers: [ReplayHandlerChoice]? = nil) -> Stage {
    var stage = Stage.withTasks(
      [task("100", "SyncOrder", tries: 2, http: 503, age: 40)], Size(columns: columns, rows: 24))
    stage.press("B")
    let document = Document(title: "SyncOrder", sections: [.init("Payload", .payload, lines: [.note("the payload")])])
    stage.send(
      .replay(
        stage.replayGeneration,
        .offered(
          ReplayOffer(
            title: "SyncOrder 100", document: document,
            handlers: handlers ?? [.init(name: "web", place: "here"), .init(name: "django", place: "/srv/shop")]))))
    return stage
  }

  fileprivate var replayGeneration: Generation {
    generation { if case .replay(.open, let generation) = $0 { generation } else { nil } }
  }

  fileprivate mutating func answer(_ answer: ReplayAnswer) { send(.replay(replayGeneration, answer)) }
}

@Suite("A replay in the console")
struct ReplayStories {
  @Test("B fetches the task under the cursor and shows payload and handler")
  func opening() {
    let stage = Stage.replaying()
    #expect(stage.history.contains(.replay(.open([taskName("100")]), stage.replayGeneration)))
    #expect(stage.shows("the payload") && stage.shows("‹ web ›"))
  }

  @Test("Enter runs it with the handler that Right chose, and its output is shown at 80 columns")
  func running() {
    var stage = Stage.replaying()
    stage.press("Right", "Enter")
    #expect(stage.effects.contains(.replay(.run(handler: "django"), stage.replayGeneration)))
    stage.answer(.lines([ReplayLine(seconds: 0.5, spans: [Span("hello from here", Style(.text))])]))
    #expect(stage.shows("0.50  hello from here"))
    stage.answer(.ended(ReplayEnd(words: "✓ SyncOrder succeeded", role: .success, isDone: true)))
    #expect(stage.shows("✓ SyncOrder succeeded"))
    stage.press("Tab")
    #expect(stage.shows("the payload"))
  }

  @Test("a result that is too wide for the line goes on in the next")
  func wideResult() {
    var stage = Stage.replaying()
    stage.press("Enter")
    let words = "✓ SyncOrder succeeded in 0.42 s, exit status 0"
    let result = "{\"customer\": \"Ada Lovelace\", \"last\": 1}"
    stage.answer(.ended(ReplayEnd(words: words, role: .success, isDone: true, result: result)))
    #expect(stage.shows(words) && stage.shows("\"last\": 1}"))
  }

  @Test("on a wide terminal both sides are there")
  func wide() {
    var stage = Stage.replaying(120)
    stage.press("Enter")
    stage.answer(.lines([ReplayLine(seconds: 0, spans: [Span("output", Style(.text))])]))
    #expect(stage.shows("the payload") && stage.shows("output"))
  }

  @Test("Ctrl-C stops what runs, and does not leave the console")
  func stopping() {
    var stage = Stage.replaying()
    stage.press("Enter", "Ctrl-C")
    #expect(stage.effects.contains(.replay(.stop, stage.replayGeneration)))
    #expect(!stage.history.contains(.quit))
  }

  @Test("a handler on another machine wants a second Enter")
  func question() {
    var stage = Stage.replaying(handlers: [.init(name: "far", place: "https://x", question: "Send it to https://x?")])
    stage.press("Enter")
    #expect(stage.effects.isEmpty && stage.shows("Send it to https://x?"))
    stage.press("Enter")
    #expect(stage.effects.contains(.replay(.run(handler: "far"), stage.replayGeneration)))
  }

  @Test("only a task whose replay succeeded is discarded from here, through a plan")
  func discarding() {
    var stage = Stage.replaying()
    stage.press("D")
    #expect(stage.effects == [.bell])
    stage.press("Enter")
    stage.answer(.ended(ReplayEnd(words: "✓", role: .success, isDone: true)))
    stage.press("D")
    #expect(
      stage.effects.contains {
        if case .planDiscard(let request, _) = $0 { request.choice == .task(taskName("100")) } else { false }
      })
  }

  @Test("e edits the payload; what it changed is said, and the next run has it")
  func editing() {
    var stage = Stage.replaying()
    stage.press("e")
    #expect(stage.effects == [.replay(.edit, stage.replayGeneration)])
    let document = Document(title: "SyncOrder", sections: [.init("Payload", .payload, lines: [.note("the new one")])])
    stage.answer(
      .offered(
        ReplayOffer(
          title: "SyncOrder 100", document: document,
          handlers: [.init(name: "web", place: "here"), .init(name: "django", place: "/srv/shop")],
          changes: ["~ order.id 7 → 8"])))
    #expect(stage.shows("Changed: ~ order.id 7 → 8") && stage.shows("the new one"))
  }

  @Test("an editor that fails is told, and the page stays")
  func failedEditing() {
    var stage = Stage.replaying()
    stage.press("e")
    stage.answer(.said("There is no editor nope", .danger))
    #expect(stage.shows("There is no editor nope") && stage.shows("the payload"))
  }

  @Test("N enqueues the payload as it is now, and says under which name")
  func requeuing() {
    var stage = Stage.replaying()
    stage.press("N")
    #expect(stage.effects == [.replay(.requeue, stage.replayGeneration)])
    stage.answer(.said("Enqueued as 4711", .success))
    #expect(stage.shows("Enqueued as 4711"))
  }

  @Test("= shows the last two runs beside each other, and Esc comes back to the output")
  func comparing() {
    var stage = Stage.replaying()
    stage.press("=")
    #expect(stage.effects == [.replay(.compare(columns: 76), stage.replayGeneration)])
    stage.answer(.compared(["run 1          run 2", "status 500     status 200"]))
    #expect(stage.shows("status 500     status 200"))
    stage.press("Esc")
    #expect(!stage.shows("status 500") && stage.shows("Run here"))
  }

  @Test("q while it runs asks; Esc goes on watching, q again ends it and leaves")
  func leaving() {
    var stage = Stage.replaying()
    stage.press("Enter", "q")
    #expect(stage.shows("It still runs. q again ends it and leaves") && stage.effects.isEmpty)
    stage.press("Esc")
    #expect(stage.shows("Running.") && stage.effects.isEmpty)
    stage.press("q", "q")
    #expect(stage.effects == [.replay(.close, stage.replayGeneration)])
    #expect(!stage.shows("Run here") && stage.shows("the task stays in its queue"))
  }
}
