// Stories of insight (what hurts, and where) and of changing queues and tasks.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

private let insight = [
  Story("o shows all queues by class and status, what hurts most first", "press o\nat SyncOrder\nat ✗ 503 UNAVAILABLE"),
  Story(
    "f on a group opens its tasks",
    "press o f\nsee filter class=SyncOrder status=503 code=UNAVAILABLE\nsee 1 of 6 shown"),
  Story(
    "Enter on a group does too, and Esc Esc comes back to the groups",
    "press o Enter\nsee 1 of 6\npress Esc Esc\nsee PAIN"),
  Story(
    "below the groups stand the queue's rates, its backlog and the next attempts",
    """
    size 110x34
    press j f
    wait 12
    see dispatches a min
    see failing trend
    see oldest
    see at the last minute's rate
    see Next attempts
    see in a minute
    size 80x24
    see dispatches a min
    size 80x12
    not dispatches a min
    """),
  Story("f on a queue shows its groups alone", "press j f\nsee overview\nnot SendMail"),
  Story(
    "a group of tasks never tried opens those", "press j f k k G k\nat not dispatched\npress f\nsee SendWelcome never"),
  Story(":overview takes a queue", "press :\ntype overview mail\npress Enter\nwait 4\nsee SendMail\nnot SyncOrder"),
  Story("the page of a queue shows shares", "press j d\nsee Tasks by class and last status\nsee 17%"),
  Story("and when attempts are due", "size 100x50\npress j d\nsee Next attempts\nsee in a minute"),
  Story("and what the backlog will take", "press j d\nsee backlog\nsee at the last minute's rate"),
  Story("a paused queue's backlog waits", "press G d\nsee backlog           none"),
  Story(
    "trends appear once there is something to compare",
    "size 100x50\npress j d\nwait 12\nsee dispatches a min\nsee 42 now"),
]

private let changing = [
  Story("P pauses after a plan", "press P\nsee Pause the queue mail\nsee RUNNING -> PAUSED\npress Esc\nsee Called off"),
  Story("Enter on Cancel changes nothing", "press P Enter\nsee Nothing was changed"),
  Story("P resumes a paused queue", "press G P\nsee PAUSED -> RUNNING"),
  Story(
    "e edits limits and shows before and after",
    """
    press j e
    see Limits of orders
    press Ctrl-U
    type 20
    press Enter
    see Change the queue orders
    see ~ rateLimits.maxDispatchesPerSecond  500 -> 20
    """),
  Story(
    "a limit that is no number is refused at its line",
    "press j e Ctrl-U\ntype many\npress Enter\nbell\nsee \"many\" is not taken"),
  Story("nothing different is said", "press j e Enter\nbell\nsee Nothing is different"),
  Story("Tab goes to the next line", "press j e Tab Tab Ctrl-U\ntype 7\npress Enter\nsee maxAttempts  100 -> 7"),
  Story("C creates a queue", "press C\ntype fresh\npress Enter\nsee Create the queue fresh\nsee the service's default"),
  Story(
    "a queue that exists is not created", "press C\ntype mail\npress Enter\nbell\nsee There is a queue mail already"),
  Story("a queue's ID is checked", "press C\ntype no way\npress Enter\nbell"),
  Story(":create opens the form", "press :\ntype create fresh\npress Enter\nsee New queue in us-central1\nsee fresh"),
  Story(
    "N makes a task",
    "press N\ntype https://a.example/tasks/Ping\npress Enter\nsee Create a task in mail\nsee as soon as"),
  Story("a task needs a URL", "press N Enter\nbell\nsee The URL must begin"),
  Story(
    "a task's body is checked",
    "press N\ntype https://a.example/x\npress Tab\ntype {\"a\":\npress Enter\nbell\nsee Not valid JSON"),
  Story(
    "a task's span is checked",
    "press N\ntype https://a.example/x\npress Tab Tab\ntype soon\npress Enter\nbell\nsee 720h"),
  Story("R runs the task under the cursor", "press j Enter R\nsee Run 1 task of orders now\nsee 100"),
  Story("R runs the marked ones", "press j Enter Space Space R\nsee Run 2 tasks of orders now"),
  Story("X wants the queue's name", "press j X\nsee reading orders to its end"),
  Story(
    "read-only refuses all of them", "press Ctrl-R P\nbell\nsee Read-only\npress X\nbell\npress N\nbell\npress e\nbell"),
]

@Suite struct `Insight` {
  @Test(arguments: insight) func `in stories`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test func `a retry storm is told on the queue's page`() {
    var world = World()
    world.tasks["orders"] = (0..<40).map { cloudTask("t\($0)", "Sync", tries: 95, http: 500, code: 13) }
    var player = Player(world: world)
    player.play(Story("", "press j d\nsee Retry storm: 40 tasks of 40 are near the last of 100 attempts"))
  }

  @Test func `a queue that fails a little has no storm`() {
    var player = Player()
    player.play(Story("", "press j d\nnot Retry storm"))
  }
}

@Suite struct `Changing queues` {
  @Test(arguments: changing) func `in stories`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  private func change(_ script: String) -> SingleChange? {
    var player = Player()
    player.play(Story("", script))
    for case .change(let change, _) in player.stage.history { return change }
    return nil
  }

  @Test func `what is sent is what was shown`() {
    #expect(change("press P a") == .pause(queueName("mail")))
    #expect(change("press P Tab Enter") == .pause(queueName("mail")))
    #expect(change("press G P a") == .resume(queueName("thumbs")))
    #expect(change("press j Enter R a") == .run([taskName("100")]))
    #expect(change("press P Enter") == nil)
  }

  @Test func `an edit names only the fields that change`() throws {
    guard case .update(let queue, let mask) = change("press j e Ctrl-U\ntype 20\npress Enter a") else {
      Issue.record("no update was sent")
      return
    }
    #expect(mask == ["rateLimits.maxDispatchesPerSecond"])
    #expect(queue.rateLimits.maxDispatchesPerSecond == 20)
  }

  @Test func `a refusal stays until it is read, a success is a notice`() {
    var player = Player()
    player.more = { effect in
      guard case .change(_, let generation) = effect else { return [] }
      return [.changed(generation, .failure(refused))]
    }
    player.play(Story("", "press P a\nsee The service account lacks\npress Esc\nnot lacks"))
    player.more = { effect in
      guard case .change(_, let generation) = effect else { return [] }
      return [.changed(generation, .success("mail is paused."))]
    }
    player.play(Story("", "press P a\nsee mail is paused."))
  }

  @Test func `in a protected context the name is typed`() {
    var stage = Stage(
      badge: ContextBadge(project: "acme", locations: ["us-central1"], endpoint: "x", isProtected: true))
    stage.answer(queues: [queue("mail", tasks: 1)])
    stage.press("P")
    #expect(stage.shows("Type mail and press Enter"))
    stage.press("Enter")
    #expect(stage.effects == [.bell])
  }
}
