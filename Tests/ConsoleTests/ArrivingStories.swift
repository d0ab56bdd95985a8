// Data that comes late, in parts, or not yet: what is there is shown, and what is waited for is told.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `What is waited for` {
  private func queue(_ id: String, in location: String) throws -> QueueRow {
    let parent = try LocationName(project: "acme", location: location)
    return QueueRow(Queue(name: try QueueName(parent: parent, id: id)))
  }

  /// The screen without line ends, for sentences that are wrapped.
  private func words(_ stage: Stage) -> String {
    stage.screen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func twoLocations() -> Stage {
    Stage(Size(columns: 120, rows: 24), locations: ["us-central1", "europe-west1"])
  }

  @Test func `the queues of the quick location are there while the slow one is waited for`() throws {
    var stage = twoLocations()
    let quick = try queue("mail", in: "us-central1")
    let generation = stage.queuesGeneration
    stage.send(.queues(generation, .success(Listing(rows: [quick], calls: 1, pending: ["europe-west1"]))))
    #expect(stage.line("mail") != nil)
    #expect(stage.shows("Waiting for europe-west1"))
    #expect(stage.shows("nothing of it is shown yet"))
    #expect(stage.shows("! partial"))
    stage.wait(12)
    #expect(stage.shows("Waiting for europe-west1 for 12s"))
    #expect(stage.queuesGeneration == generation, "the same request is still under way")
    let slow = try queue("post", in: "europe-west1")
    stage.send(.queues(generation, .success(Listing(rows: [quick, slow], calls: 2))))
    #expect(stage.line("post") != nil)
    #expect(!stage.shows("Waiting for"))
    #expect(stage.shows("● live"))
  }

  @Test func `a refresh keeps the rows of a location that is slow, and says that they are older`() throws {
    var stage = twoLocations()
    let (quick, slow) = (try queue("mail", in: "us-central1"), try queue("post", in: "europe-west1"))
    stage.answer(queues: [quick, slow])
    stage.press("r")
    stage.send(.queues(stage.queuesGeneration, .success(Listing(rows: [quick], calls: 1, pending: ["europe-west1"]))))
    #expect(stage.line("post") != nil)
    #expect(!stage.shows("Waiting for"), "a moment is not worth a word")
    stage.wait(3)
    #expect(stage.shows("Waiting for europe-west1"))
    #expect(stage.shows("what is shown of it is older"))
  }

  @Test func `the first page of a long list is shown while the others come`() throws {
    var stage = Stage()
    let first = try queue("mail", in: "us-central1")
    stage.send(
      .queues(stage.queuesGeneration, .success(Listing(rows: [first], calls: 1, pending: ["us-central1"]))))
    #expect(stage.line("mail") != nil)
  }

  @Test func `a call that waits for the list budget says when it goes on, over a plan as well`() {
    var stage = Stage.withTasks([task("1")], Size(columns: 120, rows: 24))
    stage.press("D", "Enter")
    stage.send(.budget(spent: 60, putOff: 1, wait: 12))
    #expect(stage.shows("A call waits for the list budget (60 a minute); it goes on in 12s."))
  }

  @Test func `while the client is refused for too many calls the screen says so, long before it gives up`() {
    var stage = Stage.withQueues(Size(columns: 120, rows: 24))
    stage.press("r")
    let refused = SentRequest(
      time: noon, method: "GET", path: "/v2/queues", status: 429, bytes: 0, seconds: 0.1, attempt: 1)
    stage.send(.sent(refused))
    stage.wait(3)
    #expect(stage.shows("slowed down"))
    #expect(stage.shows("Slowed down, for 3s: too many calls, says the service (429)"))
    var accepted = refused
    accepted.status = 200
    stage.send(.sent(accepted))
    #expect(!stage.shows("slowed down"))
  }

  @Test func `a service that is not to be had is told of while the client still tries`() {
    var stage = Stage(Size(columns: 120, rows: 24))
    let failed = SentRequest(
      time: noon, method: "GET", path: "/v2/queues", status: 503, bytes: 0, seconds: 0.1, attempt: 1)
    stage.send(.sent(failed))
    stage.wait(12)
    #expect(stage.shows("Still trying, for 12s: the service is not to be had (HTTP 503)"))
    #expect(stage.shows("cloudtasks.googleapis.com for 12s"), "how long the first answer is waited for")
  }

  @Test func `a failure says when it is asked again`() {
    var stage = Stage.withQueues(Size(columns: 120, rows: 24))
    stage.press("r")
    stage.refuse(queues: tooMany)
    #expect(words(stage).contains("Slowed down: asked again in 10s."))
    stage.wait(4)
    #expect(words(stage).contains("asked again in 6s."))
    var first = Stage()
    first.refuse(queues: unreachable)
    #expect(first.shows("Asked again in 2s. r tries again now."))
  }

  @Test func `who comes back to a queue finds its filter and its rows`() {
    var stage = Stage.withTasks([task("1"), task("2")])
    stage.press("/")
    stage.type("SendWelcome")
    stage.press("Enter", "Esc")
    stage.press("q", "k", "Enter")
    stage.answer(tasks: [task("9")])
    #expect(!stage.shows("clears it"), "the other queue has no filter")
    stage.press("q", "j", "Enter")
    #expect(stage.line("1") != nil)
    #expect(stage.effects.contains { if case .loadTasks = $0 { true } else { false } })
  }

  @Test func `a filter on bodies is asked again on the way back, and lets nothing through until it is answered`() {
    var stage = Stage.withTasks([task("1"), task("2")])
    stage.press("/")
    stage.type("body.x=1")
    stage.press("Enter", "q", "k", "Enter")
    stage.answer(tasks: [task("3")])
    stage.press("q", "j", "Enter")
    #expect(stage.effects.contains { if case .lookIntoTasks(_, "body.x=1", _) = $0 { true } else { false } })
    #expect(stage.line("SendWelcome") == nil)
  }

  @Test func `a filter that is kept stays with its queue`() {
    var stage = Stage.withTasks([task("1"), task("2")])
    stage.press("/")
    stage.type("name:2")
    stage.press("Enter", "q", "k", "Enter")
    stage.answer(tasks: [task("2"), task("3")])
    #expect(!stage.shows("name:2"))
    stage.press("q", "j", "Enter")
    #expect(stage.shows("filter name:2"))
    stage.answer(tasks: [task("1"), task("2"), task("4")])
    #expect(stage.shows("1 of 3 shown"))
  }
}
