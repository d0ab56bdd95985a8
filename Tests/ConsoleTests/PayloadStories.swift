// The payload of a task: folded, searched, copied, filtered by, in the user's keys.

import CloudModel
import Console
import Foundation
import Operations
import Terminal
import Testing

private let folding = [
  Story(
    "Space folds the object under the cursor and unfolds it again",
    #"""
    press j Enter p
    see "order": {
    press j Space
    see "order": {…},  2 members
    not "lines"
    see "note": "late"
    press Space
    see "lines": [
    """#),
  Story(
    "Space on a value folds what it is in",
    #"press j Enter p j j Space"# + "\n" + #"see "order": {…},  2 members"#),
  Story(
    "Left closes and then goes out, Right opens",
    #"""
    press j Enter p j j j Left
    see "lines": […]  2 elements
    press Left
    see "order": {…},  2 members
    press Right
    see "lines": […]  2 elements
    """#),
  Story(
    "minus and plus show a level less and a level more",
    #"""
    press j Enter p -
    see "lines": […]  2 elements
    press -
    see "order": {…},  2 members
    press +
    see "id": 7
    see "lines": […]  2 elements
    press +
    see 2
    not elements
    """#),
  Story(
    "braces fold all and unfold all",
    #"""
    press j Enter p {
    see "order": {…},  2 members
    press }
    see "lines": [
    not elements
    """#),
  Story(
    "the cursor stays on the value when what is above it is folded",
    #"press j Enter p j {"# + "\n" + #"at "order": {…}"#),
  Story(
    "folding says no on a line that has nothing to fold",
    "press j Enter Enter Space\nbell\nsee Put the cursor on a line"),
  Story("folding says no where there is no JSON", "press d Space\nbell\nsee Nothing can be folded here"),
]

private let searching = [
  Story(
    "/ searches the page, letter by letter, and says how many there are",
    "press j Enter Enter /\ntype late\nsee match 1 of 1\nat \"note\": \"late\"\npress Enter\nat \"note\": \"late\""),
  Story(
    "n and N go from match to match and around",
    """
    press j Enter Enter /
    type sync
    press Enter
    see match 1 of
    at SyncOrder
    press N
    see On from the end
    press n
    see match 1 of
    """),
  Story(
    "what is folded is searched and unfolded where it is",
    #"press j Enter Enter { /"# + "\ntype \"id\": 7\npress Enter\n" + #"at "id": 7"#),
  Story(
    "Esc puts the page back as it was",
    "press j Enter Enter /\ntype late\npress Esc\nat SyncOrder\nnot match 1"),
  Story(
    "what is not there is said, and the page stays",
    "press j Enter Enter /\ntype nowhere\nsee no match\npress Enter\nbell\nsee Nothing on this page matches nowhere\nat SyncOrder"
  ),
  Story(
    "Esc ends the search before it leaves the page",
    "press j Enter Enter /\ntype late\npress Enter Esc\nsee Payload\nnot match 1\npress Esc\nsee LAST STATUS"),
  Story("the queue's page is searched too", "press d /\ntype rate\npress Enter\nsee match 1 of"),
]

private let copying = [
  Story("y copies the value of a field", "press j Enter Enter y\ncopies SyncOrder"),
  Story("y copies a text without its quotes", "press j Enter Enter /\ntype late\npress Enter y\ncopies late"),
  Story("y copies a number as it is written", #"press j Enter p j j y"# + "\ncopies 7"),
  Story("Y copies the path as filters spell it", #"press j Enter p j j Y"# + "\ncopies body.order.id"),
  Story(
    "a place in a list is part of the path", #"press j Enter p j j j j Y"# + "\ncopies body.order.lines.0"),
  Story("c offers the same", "press j Enter p j j c\nsee path\nsee body.order.id\nsee body.order.id=7"),
  Story(
    "a hidden header is not copied", "press j Enter Enter /\ntype hidden\npress Enter y\nbell\nsee v shows the raw"),
  Story(
    "v shows the resource as the service writes it, and the page again",
    """
    press j Enter Enter v
    see Raw: the resource as the service writes it
    see "httpRequest": {
    see "dispatchCount": 9
    press v
    see Attempts
    """),
  Story(
    "a path of the raw resource is the field's name",
    "press j Enter Enter v /\ntype dispatchCount\npress Enter Y\ncopies dispatchCount"),
  Story("a queue has a raw form as well", "press d v\nsee \"rateLimits\": {\nsee \"maxDispatchesPerSecond\": 500"),
  Story("so has a job", "press 3 Enter v\nsee \"timeZone\": \"America/New_York\""),
]

private let filtering = [
  Story(
    "F on a value shows the tasks that have it",
    """
    press j Enter p j j F
    see filter body.order.id=7
    at SyncOrder
    see 1 of 6
    not SendWelcome
    """),
  Story("Esc takes that filter away", "press j Enter p j j F Esc\nsee SendWelcome\nsee 6 tasks"),
  Story(
    "F on a header", "press j Enter Enter /\ntype x-tenant\npress Enter F\nsee filter header.x-tenant=acme\nsee 1 of 6"),
  Story("F on the class", "press j Enter Enter F\nsee filter class=SyncOrder\nsee 2 of 6"),
  Story("F on an object says no", "press j Enter p j F\nbell\nsee Put the cursor on a value"),
  Story("F on a job says no", "press 3 Enter F\nbell\nsee Only values of a task"),
  Story(
    "a filter that needs the tasks whole is answered when it is kept",
    """
    press j Enter /
    type body.user=1
    see Enter looks into each task
    press Enter
    see 1 of 6
    at SendWelcome
    """),
]

@Suite struct `The payload of a task` {
  @Test(arguments: folding) func `is folded`(_ story: Story) { play(story) }
  @Test(arguments: searching) func `is searched`(_ story: Story) { play(story) }
  @Test(arguments: copying) func `is copied`(_ story: Story) { play(story) }
  @Test(arguments: filtering) func `is filtered by`(_ story: Story) { play(story) }

  private func play(_ story: Story) {
    for size in [Size(columns: 80, rows: 24), Size(columns: 120, rows: 36), Size(columns: 200, rows: 60)] {
      var player = Player(size)
      player.play(story)
    }
  }

  private func stage(body: String, _ size: Size = Size(columns: 80, rows: 24)) -> Stage {
    var stage = Stage.withTasks([task("1")], size)
    stage.press("Enter")
    stage.answer(task: cloudTask("1", body: body))
    stage.press("p")
    return stage
  }

  @Test func `order of keys and spelling of numbers are those of the text, and a doubled name is said`() {
    let stage = stage(body: #"{"z":1.50,"a":1e3,"m":-0,"big":12345678901234567890,"z":2}"#)
    let lines = stage.lines
    func place(_ text: String) -> Int { lines.firstIndex { $0.contains(text) } ?? -1 }
    #expect(place("\"a\": 1e3") > place("\"z\":") && place("\"m\": -0") > place("\"a\"") && place("\"z\":") > 0)
    #expect(stage.shows("12345678901234567890"))
    #expect(stage.shows("A name is given twice: z"))
  }

  /// Every path that is copied finds its task again when it is pasted behind `/`.
  @Test(
    arguments: [
      #"{"user":{"items":[{"id":1},{"id":"x y"}]}}"#, #"{"a key":1,"b.c":{"\"":true}}"#, #"{"":{"  ":null}}"#,
      #"{"naïve":"né","漢":"字"}"#, #"[[1,2],{"0":"zero"}]"#, #""plain""#, #"{"q":"say \"hi\" \\ (a|b) !no"}"#,
      #"{"esc":"\u001b[2J","bidi":"\u202e","line":"a\nb"}"#, #"{"n":1.50,"t":"true","u":true}"#,
    ])
  func `each path and value is a filter that holds for its task and no other`(_ body: String) throws {
    let whole = cloudTask("1", body: body)
    let tree = PayloadTree(try JSON(parsing: body), source: body)
    var count = 0
    for node in tree.leaves {
      let text = tree.filter(to: node)
      let filter = try Filter(text, for: .task)
      #expect(filter.matches(whole, now: noon), "\(text)")
      #expect(!filter.matches(cloudTask("2", body: #"{"other":1}"#), now: noon), "\(text)")
      count += 1
    }
    #expect(count > 0)
  }

  @Test func `a payload of a megabyte opens folded, says so, and no key takes long`() {
    let items = (0..<20_000).map { #"{"id":\#($0),"name":"item \#($0)","tags":["a","b"]}"# }.joined(separator: ",")
    let body = #"{"items":[\#(items)],"text":"\#(String(repeating: "long ", count: 20_000))"}"#
    #expect(body.utf8.count > 1_000_000)
    var stage = stage(body: body)
    #expect(stage.shows("most of it begins folded"))
    #expect(stage.shows("20,000 elements") && stage.shows("100.0 KB"))
    let clock = ContinuousClock()
    var slowest = Duration.zero
    for name in ["j", "PgDn", "+", "}", "G", "PgUp", "k", "g", "Ctrl-D", "y", "-", "j"] {
      let took = clock.measure {
        stage.press(name)
        _ = stage.frame
      }
      slowest = max(slowest, took)
    }
    // Without optimisation everything is some twenty times slower than in the program that people get.
    #expect(slowest < .seconds(2), "\(slowest)")
    stage.press("/")
    stage.type("item 19999")
    #expect(stage.shows("match 1 of 1"))
    #expect(stage.cursorLine.contains("item 19999"))
  }

  @Test func `a long text is folded to its beginning, and Space shows more of it`() {
    var stage = stage(body: #"{"text":"\#(String(repeating: "0123456789", count: 100))end"}"#)
    #expect(stage.shows("1.0 KB") && !stage.shows("end\""))
    stage.press("j", "Space")
    stage.press("PgDn")
    #expect(stage.shows("end\""))
  }

  @Test func `a payload that is text and no JSON is copied as it came`() {
    var stage = stage(body: "one\ntwo")
    stage.press("c")
    #expect(stage.line("payload")?.contains("one") == true)
  }

  @Test func `the fold and the cursor outlive a refresh that changes the attempts`() {
    var stage = stage(body: #"{"a":{"b":1},"c":2}"#)
    stage.press("j", "Space")
    #expect(stage.cursorLine.contains("\"a\": {…}"))
    stage.press("r")
    stage.answer(task: cloudTask("1", tries: 3, http: 503, body: #"{"a":{"b":1},"c":2}"#))
    #expect(stage.cursorLine.contains("\"a\": {…}"))
    #expect(!stage.shows("\"b\""))
  }
}

extension PayloadTree {
  /// Its scalars.
  fileprivate var leaves: [Int] {
    (0..<nodeCount).filter { value(of: $0).array == nil && value(of: $0).object == nil }
  }
}
