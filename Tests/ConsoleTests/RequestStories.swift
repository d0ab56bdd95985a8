// The log of requests, and what the top bar tells of the budget.

import Console
import Foundation
import Terminal
import Testing

private func sent(_ path: String, status: Int = 200, attempt: Int = 1, failure: String? = nil) -> Message {
  .sent(
    SentRequest(
      time: noon, method: "GET", path: path, status: status, bytes: 1234, seconds: 0.0421, attempt: attempt,
      failure: failure))
}

@Suite struct `The request log` {
  @Test func `L shows what was sent, the newest first, and Esc goes back`() throws {
    var stage = Stage.withQueues()
    stage.send(sent("/v2/one"))
    stage.send(sent("/v2/two", status: 503))
    stage.send(sent("/v2/three", status: 0, attempt: 2, failure: "timedOut"))
    stage.press("L")
    #expect(stage.shows("Requests: 3 sent"))
    let paths = stage.lines.filter { $0.contains("/v2/") }
    #expect(paths.count == 3 && paths[0].contains("three") && paths[2].contains("one"))
    #expect(paths[2].contains("200") && paths[2].contains("42") && paths[2].contains("1,234"))
    #expect(stage.roles(of: "503").isSubset(of: [.danger]) && stage.roles(of: "timedOut").isSubset(of: [.danger]))
    stage.press("Esc")
    #expect(stage.shows("orders"))
  }

  @Test func `the log grows while it is looked at`() {
    var stage = Stage.withQueues()
    stage.press("L")
    #expect(stage.shows("Nothing has been sent yet."))
    stage.send(sent("/v2/one"))
    #expect(stage.shows("/v2/one") && stage.shows("Requests: 1 sent"))
  }

  @Test func `the log keeps the last thousand of many`() {
    var stage = Stage.withQueues()
    for number in 0..<5000 { stage.send(sent("/v2/n\(number)")) }
    stage.press("L")
    #expect(stage.shows("Requests: 5,000 sent") && stage.shows("n4999"))
    stage.press("G")
    #expect(stage.shows("n4000") && !stage.shows("n3999"))
  }

  @Test func `a path with escape sequences is shown without them`() {
    var stage = Stage.withQueues()
    stage.send(sent("/v2/\u{1B}[31mred"))
    stage.press("L")
    #expect(!stage.screen.contains("\u{1B}") && stage.shows("red"))
  }
}

@Suite struct `Calls that are put off` {
  @Test func `the top bar says how many wait, and that the screen is behind`() {
    var stage = Stage.withQueues(Size(columns: 140, rows: 30))
    stage.send(.tick(noon.addingTimeInterval(1)))
    var state = stage.state
    _ = update(&state, .budget(spent: 60, putOff: 2))
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    #expect(frame.plainText.contains("60/60 list calls a minute, 2 put off"))
    #expect(frame.plainText.contains("slowed down"))
  }
}
