// Stories of going places: tabs, pages, the command line, the palette.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

private let navigation = [
  Story(
    "the class that fails most is found from the first screen with two keys",
    """
    see ✗ 3
    press j Enter
    see LAST STATUS
    at SyncOrder
    at ✗ 503 UNAVAILABLE
    """),
  Story("Enter goes in and Esc comes back", "press j Enter\nat SyncOrder\npress Esc\nat orders"),
  Story("q comes back from pages one by one and leaves at last", "press j Enter Enter q q q\nquits"),
  Story("Esc never leaves the console", "press Esc Esc Esc\nsee mail"),
  Story("digits go to tabs and the tab shows it", "press 3\nsee shop--Digest\npress 7\nsee Nothing was changed yet"),
  Story("Tab goes around", "press Tab Tab\nsee jobs\npress 7 Tab\nsee mail\nsee queues"),
  Story("Shift-Tab goes around the other way", "press Shift-Tab\nsee Nothing was changed yet"),
  Story("2 opens the tasks of the queue under the cursor", "press j 2\nsee 503 UNAVAILABLE"),
  Story("@ is the journal from anywhere", "press 3 @\nsee Nothing was changed yet"),
  Story("brackets go from page to page", "press j Enter Enter\nsee 503\npress ]\nsee orders > 200"),
  Story("[ on the first page says no", "press j Enter Enter [\nbell"),
  Story(
    "Esc comes back to where one jumped from",
    "press 3\npress :\ntype tasks orders\npress Enter\nat SyncOrder\npress Esc\nsee shop--Digest"),
  Story(
    "the log comes back to the page it was opened on",
    "press j Enter Enter L\nsee requests\npress Esc\nsee 503 UNAVAILABLE\nsee Attempts"),
  Story("a tab forgets the way to it", "press j Enter Enter 3 q\nquits"),
  Story("brackets leave no trail", "press j Enter Enter ] ] Esc\nsee LAST STATUS"),
  Story(
    "the keys that matter most are in the footer of 80 columns",
    "press j Enter\nsee D discard\nsee B run here\nsee ? help"),
  Story("G and g go to the ends", "press G\nat thumbs\npress g\nat mail"),
  Story("Home and End too", "press End\nat thumbs\npress Home\nat mail"),
  Story("d describes a queue", "press j d G\nsee Limits and retries"),
  Story("p on a queue says why not", "press p\nbell\nsee A queue has no payload"),
  Story("p on a task goes to its payload", "press j Enter p\nsee Payload (JSON"),
  Story("L shows requests and q comes back", "press L\nsee Nothing has been sent yet\npress q\nsee mail"),
  Story("a small terminal says so", "size 30x8\nsee terminal too small\nsize 80x24\nsee mail"),
  Story("a pasted page presses no key", "paste DDDDy\nsee mail\nnot Discard from"),
]

private let commandLine = [
  Story(": goes to a tab by name", "press :\ntype jobs\npress Enter\nsee shop--Digest"),
  Story(": takes the beginning of a name", "press :\ntype jou\npress Enter\nsee Nothing was changed"),
  Story(": opens the tasks of a queue", "press :\ntype tasks orders\npress Enter\nat SyncOrder"),
  Story(
    ": takes a filter with the queue",
    "press :\ntype tasks orders /class:SyncU* dispatches>=2\npress Enter\nsee 1 of 6\nat 600"),
  Story(": q quits", "press :\ntype q\npress Enter\nquits"),
  Story(": names the nearest queue", "press :\ntype tasks ordesr\npress Enter\nbell\nsee did you mean orders?"),
  Story(": names the nearest command", "press :\ntype jobbs\npress Enter\nbell\nsee did you mean jobs?"),
  Story(": with a context that is not there says so", "press :\ntype jobs @prod\npress Enter\nbell\nsee no context"),
  Story(": does actions by name", "press :\ntype mark.all\npress Enter\nsee 3 marked"),
  Story(
    ": says why an action can not be done", "press :\ntype page.next\npress Enter\nbell\nsee only on a page"),
  Story("Tab completes a command and a queue", "press :\ntype ta\npress Tab\ntype  ord\npress Tab Enter\nat SyncOrder"),
  Story(
    "Up brings commands back", "press :\ntype jobs\npress Enter 1 : Up Enter\nsee shop--Digest"),
  Story("Esc on the command line changes nothing", "press :\ntype jobs\npress Esc\nsee mail"),
  Story("an empty command is none", "press : Enter\nsee mail"),
]

private let palette = [
  Story("the palette does what a few letters say", "press Ctrl-P\ntype scheduler jobs\npress Enter\nsee shop--Digest"),
  Story("the palette's list is moved through while typing", "press Ctrl-P\ntype sort\npress Down Enter\nsee mail"),
  Story("the palette says why not", "press Ctrl-P\ntype payload\npress Enter\nsee A queue has no payload"),
  Story("Esc closes the palette", "press Ctrl-P Esc\nsee mail\nnot Palette"),
]

@Suite struct `Going places` {
  @Test(arguments: navigation) func `by keys`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test(arguments: commandLine) func `by the command line`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test(arguments: palette) func `by the palette`(_ story: Story) {
    var player = Player()
    player.play(story)
  }
}

private let filtering = [
  Story("words filter as they are typed", "press j Enter /\ntype user\nsee 2 of 6\npress Enter\nsee Esc clears it"),
  Story("Esc takes the filter off", "press j Enter /\ntype user\npress Enter Esc\nsee 6 tasks"),
  Story("the language is offered", "press j Enter / \nsee class:\ntype cl\npress Tab\ntype Sync*\nsee 4 of 6"),
  Story("values are offered", "press j Enter /\ntype class:Sync\npress Tab Enter\nsee filter class:Sync"),
  Story("what is wrong stands at its column", "press j Enter /\ntype status:503 age>\nsee column\npress Enter\nbell"),
  Story("Ctrl-P brings filters back", "press j Enter /\ntype failing\npress Enter Esc / Ctrl-P\nsee 3 of 6"),
  Story(
    "a filter is saved and found again",
    """
    press j Enter /
    type dispatches>=3
    press Enter :
    type save hot
    press Enter
    see Saved
    press Esc
    see 6 tasks
    press :
    type filter hot
    press Enter
    see 2 of 6
    """),
  Story(
    "a saved filter that is not there is named", "press :\ntype filter hto\npress Enter\nbell\nsee no saved filter"),
  Story("saving without a filter says so", "press :\ntype save x\npress Enter\nbell\nsee there is no filter to save"),
  Story("the filter stays when the list comes again", "press j Enter /\ntype user\npress Enter r\nwait 2\nsee 2 of 6"),
]

@Suite struct `Filtering with help` {
  @Test(arguments: filtering) func `in stories`(_ story: Story) {
    var player = Player()
    player.play(story)
  }

  @Test func `filters and commands are remembered`() {
    var player = Player()
    player.play(Story("", "press j Enter /\ntype user\npress Enter :\ntype jobs\npress Enter"))
    #expect(player.stage.history.contains(.remember(.filter("tasks", "user"))))
    #expect(player.stage.history.contains(.remember(.command("jobs"))))
  }

  @Test func `what an older file lacks is nothing`() throws {
    let memory = try JSONDecoder().decode(Memory.self, from: Data(#"{"commands":["jobs"]}"#.utf8))
    #expect(memory.commands == ["jobs"] && memory.views.isEmpty)
  }

  @Test func `a history holds each text once, the newest first`() {
    var memory = Memory()
    for text in ["a", "b", "a"] { memory.apply(.filter("tasks", text)) }
    #expect(memory.filters["tasks"] == ["a", "b"])
  }
}
