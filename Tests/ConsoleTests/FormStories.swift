// Forms: fields that scroll, pastes of several lines, what is wrong said under its field, and the editor.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

private let forms = [
  Story(
    "what is wrong is said under the field it is about, and the cursor goes there",
    """
    press j e Tab Tab
    type x
    press Tab Tab Enter
    bell
    see maxAttempts
    see ✗ "100x" is not taken. Attempts of a task; -1 is without limit.
    press Backspace
    not ✗ "100x"
    """),
  Story(
    "a number that is no number is not taken", "press e Ctrl-U\ntype ten\npress Enter\nbell\nsee \"ten\" is not taken"),
  Story(
    "several pasted lines stay lines in a payload",
    """
    press N
    type https://a.example/x
    press Tab
    paste {\\n "a": 1\\n}
    see {⏎ "a": 1⏎}
    press Enter
    see "a": 1
    see 11 bytes
    """),
  Story("in a line they are one line", "press N Ctrl-U\npaste https://a.example/\\nx\nsee https://a.example/ x"),
  Story(
    "Ctrl-O edits a payload in the editor",
    """
    press N
    type https://a.example/x
    press Tab
    type {"a":1}
    press Ctrl-O
    see {"edited":true}
    press Enter
    see {"edited":true}
    """),
  Story("Esc leaves a form and sends nothing", "press N Esc\nsee LAST MIN"),
  Story("a job needs an ID", "press 3 N Enter\nbell\nsee ✗ A job needs an ID."),
  Story(
    "a job's schedule is checked in its form",
    "press 3 e Ctrl-U\ntype every blue moon\npress Enter\nbell\nsee ✗"),
  Story(
    "a job's time zone too",
    "press 3 e Tab Ctrl-U\ntype Europe/Pariss\npress Enter\nbell\nsee did you mean Europe/Paris?"),
  Story(
    "a new job is a plan first",
    """
    press 3 N
    type nightly
    press Tab
    type 0 3 * * *
    press Tab Tab
    type https://a.example/nightly
    press Enter
    see Create nightly
    see It is created.
    """),
  Story(
    "an edited job shows before and after", "press 3 j e Ctrl-U\ntype 0 4 1 * *\npress Enter\nsee 0 4 1 * *\nsee ->"),
  Story("nothing changed is said", "press 3 e Enter\nbell\nsee Nothing is changed yet."),
  Story(
    "a press of the mouse goes to a field, and a second one sends nothing",
    "press e\nclick maxAttempts\nclick maxAttempts\nsee Attempts of a task\nsee Limits of mail"),
  Story(
    "at 40 columns and 12 rows the field with the fault is there",
    "size 40x12\npress e Tab Tab Tab Tab\ntype x\npress Enter\nbell\nsee maxBackoff\nsee is not taken"),
]

@Suite struct `Forms` {
  @Test(arguments: forms) func `in stories`(_ story: Story) {
    var world = World()
    world.edits = { _ in .success(#"{"edited":true}"#) }
    var player = Player(world: world)
    player.play(story)
  }

  private func form(typing text: String) -> Stage {
    var stage = Stage.withQueues()
    stage.press("N", "Tab")
    stage.send(.key(.paste(text)))
    return stage
  }

  @Test func `a payload of 600 KB goes in and into the plan whole`() throws {
    let body = "[" + Array(repeating: "\"0123456789\"", count: 46_000).joined(separator: ",") + "]"
    var stage = form(typing: body)
    stage.press("Up")
    stage.type("https://a.example/x")
    stage.press("Enter", "a")
    guard case .change(.push(let request), _)? = stage.effects.first else {
      Issue.record("nothing was sent\n\(stage.screen)")
      return
    }
    #expect(request.body == body)
  }

  @Test func `what is larger than a task may be is refused whole, and not cut`() {
    let stage = form(typing: String(repeating: "x", count: 700_001))
    #expect(stage.shows("That does not fit: 700.0 KB at most."))
    #expect(!stage.shows("xxx"))
  }

  @Test func `a URL of 1,900 characters is kept, and its end is under the cursor`() {
    var stage = Stage.withQueues()
    stage.press("N")
    stage.send(.key(.paste("https://a.example/" + String(repeating: "p", count: 1900) + "?end=1")))
    #expect(stage.shows("?end=1"))
    #expect(!stage.shows("a.example"))
    stage.press("Home")
    #expect(stage.shows("https://a.example/ppp"))
    stage.press("Enter")
    #expect(stage.shows("Create a task in mail"))
  }

  @Test func `a failed editor is told under the field, and the text stays`() {
    var world = World()
    world.edits = { _ in
      .failure(Failure(title: "There is no editor nope", reason: "status 127.", remedy: "Set EDITOR."))
    }
    var player = Player(world: world)
    player.play(Story("", "press N Tab\ntype {}\npress Ctrl-O\nsee ✗ There is no editor nope\nsee {}"))
  }

  @Test func `an answer of the editor to a form that was left is dropped`() {
    var stage = form(typing: "{}")
    stage.press("Ctrl-O")
    let generation = stage.generation { if case .editText(_, _, let generation) = $0 { generation } else { nil } }
    stage.press("Esc", "e")
    stage.send(.edited(generation, .success("9")))
    #expect(stage.shows("Limits of mail") && stage.shows("500"))
  }

  @Test func `controls in a pasted payload are sent as they are and drawn as pictures`() {
    var stage = form(typing: "a\u{1B}[2Jb\tc")
    #expect(stage.shows("a␛[2Jb c"))
    stage.press("Up")
    stage.type("https://a.example/x")
    stage.press("Enter", "a")
    guard case .change(.push(let request), _)? = stage.effects.first else {
      Issue.record("nothing was sent")
      return
    }
    #expect(request.body == "a\u{1B}[2Jb\tc")
  }

  @Test func `new tasks and jobs name the account whose token goes with them`() {
    var stage = Stage(
      badge: ContextBadge(
        project: "acme", locations: ["us-central1"], endpoint: "x", serviceAccount: "runner@acme.iam"))
    stage.answer(queues: [queue("mail", tasks: 1)])
    stage.press("N")
    stage.type("https://a.example/x")
    stage.press("Enter")
    #expect(stage.line("OIDC token")?.contains("runner@acme.iam") == true)
    stage.press("a")
    guard case .change(.push(let request), _)? = stage.effects.first else {
      Issue.record("nothing was sent")
      return
    }
    #expect(request.serviceAccount == "runner@acme.iam")
  }
}
