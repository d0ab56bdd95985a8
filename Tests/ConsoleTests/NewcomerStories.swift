// The four jobs, done by somebody who has read nothing: each key is pressed because the screen offers it, in the tabs or
// in the footer, and at most five lead from the first screen to the plan or the result.

import Terminal
import Testing

private let walks = [
  Story(
    "browse: what fails, how often and why",
    """
    see ✗ 3
    press j
    follow Enter open
    at ✗ 503 UNAVAILABLE
    follow Enter open
    see Attempts
    see HTTP status code 503
    keys 5
    """),
  Story(
    "browse: the payload of a task",
    """
    press j
    follow Enter open
    follow Enter open
    follow p payload
    see "order"
    keys 5
    """),
  Story(
    "discard: to the plan that says what will go",
    """
    press j
    follow Enter open
    follow D discard
    see This task: 100
    see Its class: SyncOrder
    see Dispatched 9 times or more
    follow Enter plan it
    see Discard 2 tasks of orders
    see nothing is changed yet
    keys 5
    """),
  Story(
    "discard: from the table of queues, without opening one",
    """
    press j
    follow D discard
    follow Enter plan it
    see nothing is changed yet
    keys 5
    """),
  Story(
    "replay: to the result",
    """
    press j
    follow Enter open
    follow B run here
    see Run here
    follow Enter run
    see succeeded
    keys 5
    """),
  Story(
    "schedule preview: what an apply would change",
    """
    follow 4 Schedule
    see [+] shop--New
    see [~] shop--Digest
    see "0 9 * * 1-5" -> "0 6 * * 1-5"
    keys 5
    """),
  Story(
    "schedule preview: to the plan",
    """
    follow 4 Schedule
    follow a apply
    see Cancel
    keys 5
    """),
  Story(
    "help and the way out are offered on the first screen", "follow ? help\nsee Help\nfollow Esc close\nsee q quit"),
]

@Suite struct `A newcomer` {
  @Test(arguments: walks, [Size(columns: 80, rows: 24), Size(columns: 120, rows: 36), Size(columns: 200, rows: 60)])
  func `finds the way by what the screen says`(_ walk: Story, _ size: Size) {
    var player = Player(size, more: Gallery.answers)
    player.play(walk)
  }
}
