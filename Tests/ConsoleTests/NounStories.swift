// Stories of the nouns that have no file of their own: deleting a queue, topics and messages, what the journal keeps,
// and leaving while something runs.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Terminal
import Testing

private let queues = [
  Story(
    "a queue with tasks is deleted with them, after its name is typed",
    """
    press j Delete
    see Delete the queue orders: 6 tasks
    see Type orders and press Enter
    type order
    press Enter
    bell
    type s
    press Enter
    see Deleting orders
    """),
  Story("Esc on the plan deletes nothing", "press j Delete Esc\nsee Nothing was changed\nsee orders"),
  Story("X purges under its own name", "press j X\ntype orders\npress Enter\nsee Purging orders"),
  Story(
    "a queue is created from its form",
    "press C\ntype fresh\npress Enter\nsee Create the queue fresh\nsee the service's default"),
  Story("an ID that no queue can have is said in the form", "press C\ntype a_b\npress Enter\nbell\nsee ✗"),
  Story("retry limits are a plan with before and after", "press e Tab Tab Ctrl-U\ntype 5\npress Enter\nsee 100 -> 5"),
]

private let pubsub = [
  Story(
    "a message is published to a subscription's topic, and says who reads it",
    """
    press 5 j N
    type {"order":7}
    press Tab
    type kind=new
    press Enter
    see Publish to orders
    see shop--Pull, shop--Reader
    see "order":7
    see kind
    """),
  Story("a message without anything is refused", "press 5 j N Enter\nbell\nsee A message needs data"),
  Story("an attribute must be K=V", "press 5 j N Tab\ntype new\npress Enter\nbell\nsee \"new\" is not K=V"),
  Story(
    "m shows messages that wait, with their data",
    """
    press 5 j
    at shop--Pull
    press m
    see messages
    see "hello"
    see tenant
    press Esc
    at shop--Pull
    """),
  Story("messages are asked for once", "press 5 j m\nwait 30\nsee deliveries        1"),
  Story("m on a push subscription says why not", "press 5 j j m\nbell\nsee only pull subscriptions"),
  Story("m on a topic that nobody reads says why not", "press 5 G m\nbell\nsee no subscription"),
  Story(
    "a topic is created",
    "press 5 C\ntype fresh-topic\npress Enter\nsee Create the topic fresh-topic\npress a\nsee It is done."),
  Story("a topic that is there is not created again", "press 5 C\ntype orders\npress Enter\nbell\nsee already"),
  Story("a topic's ID is checked", "press 5 C\ntype x\npress Enter\nbell\nsee ✗"),
  Story(
    "deleting a topic names the subscriptions that lose it, and wants the name typed",
    "press 5 j Delete\nsee Delete the topic orders\nsee 2 subscriptions\nsee shop--Reader\nsee Type orders and press Enter"
  ),
  Story("a deleted topic can not be published to", "press 5 N\nbell\nsee was deleted"),
  Story(":pubsub goes there", "press :\ntype pubsub\npress Enter\nsee shop--Reader"),
]

private let journal = [
  Story(
    "what was discarded can be looked at: Enter on the entry, Enter on the task",
    """
    press 7 Enter
    see Enter shows what is kept of one
    press G Enter
    see In the journal
    press G
    see "late"
    press Esc
    see journal > 7
    """),
  Story(
    "] goes to the next task of the entry",
    "press 7 Enter G k Enter\nsee item 1\npress ]\nsee item 2\npress ]\nbell\npress Esc\nsee journal > 7"),
  Story("what the trash holds can be searched", "press 7 Enter G Enter /\ntype tenant\npress Enter\nsee match 1 of"),
  Story("Enter above the tasks says where to go", "press 7 Enter Enter\nbell\nsee Put the cursor on one of the tasks"),
  Story("an item of which nothing is kept says so", "press 7 Enter G k Enter\nsee kept no contents"),
  Story(":journal goes there from anywhere", "press 3 :\ntype journal\npress Enter\nsee discard"),
  Story("c offers the command for the entry", "press 7 c\nsee taskdeck journal show 7"),
]

private let leaving = [
  Story(
    "q while a discard runs asks, and says what continues",
    """
    press j D j Enter
    press a
    see Discarding
    press q
    see Quit? Calls under way are waited for
    see taskdeck journal resume
    """),
  Story(
    "Esc stays and stops nothing", "press j D Enter a q Esc\nsee Discarding\nsee Esc or Ctrl-C stops\nnot Stopping"),
  Story("q again quits", "press j D Enter a q q\nquits"),
  Story("Esc alone only stops", "press j D Enter a Esc\nsee Stopping\nnot Quit?"),
]

private let pages = [
  Story(
    "a press of the mouse puts the page's cursor on a line, a second one folds it",
    "press j Enter Enter p\nclick \"order\"\nclick \"order\"\nsee ▸ \"order\"\nnot \"lines\""),
  Story(
    "a press on a line of the page copies that line's value",
    "press j Enter Enter\nclick X-Tenant\npress y\ncopies acme"),
  Story("a press on an empty line moves nothing", "press j Enter Enter p\nclick \"note\"\npress y\ncopies late"),
  Story(
    ":tasks, :jobs, :schedule, :journal, :contexts, :requests are all places",
    "press :\ntype schedule\npress Enter\nsee schedule\npress :\ntype contexts\npress Enter\nsee contexts\npress :\ntype requests\npress Enter\nsee requests"
  ),
  Story(
    "c on a task's page offers commands that push it again",
    "press j Enter Enter c G\nsee push (taskdeck)\nsee push (gcloud)\nsee push (curl)"),
]

@Suite struct `Nouns` {
  private func subscription(_ id: String, endpoint: String = "", topic: String = "projects/acme/topics/orders") throws
    -> Subscription
  {
    var made = Subscription(name: try SubscriptionName(project: "acme", id: id))
    made.topic = topic
    if !endpoint.isEmpty {
      var push = PushConfig()
      push.endpoint = endpoint
      made.pushConfig = push
    }
    return made
  }

  private func world() throws -> World {
    var world = World()
    world.takesChanges = true
    world.pubsub = PubsubRow.rows(
      [
        Topic(name: try TopicName(project: "acme", id: "orders")),
        Topic(name: try TopicName(project: "acme", id: "unheard")),
      ],
      [
        try subscription("shop--Pull"), try subscription("shop--Reader", endpoint: "https://shop.example.com/x"),
        try subscription("orphan", topic: TopicName.deleted),
      ])
    let message = Data(
      #"{"ackId":"a","deliveryAttempt":1,"message":{"messageId":"9","data":"eyJoZWxsbyI6MX0=","attributes":{"tenant":"acme"}}}"#
        .utf8)
    world.messages = [
      try JSONReader.read(message) { reader throws(JSONError) in try ReceivedMessage(&reader) }
    ]
    var counts = JournalCounts()
    (counts.planned, counts.discarded) = (2, 2)
    let header = JournalHeader(
      action: .discard, time: Timestamp(noon), acting: Acting(context: "", account: "me", endpoint: "here"), key: 1,
      intent: ["queues": [.string(queueName("orders").description)]], keepsContent: true)
    world.journal = [JournalEntry(number: 7, header: header, plan: .null, progress: .complete, counts: counts)]
    world.items = [
      JournalItem(position: 0, name: taskName("50"), state: .gone),
      JournalItem(position: 1, name: taskName("100"), state: .discarded),
    ]
    world.kept = [1: try #require(world.tasks["orders"]?.first)]
    return world
  }

  @Test(arguments: queues + pubsub + journal + leaving + pages) func `in stories`(_ story: Story) throws {
    var player = Player(Size(columns: 100, rows: 40), world: try world())
    player.play(story)
  }

  @Test func `what is published is what was shown`() throws {
    var player = Player(Size(columns: 100, rows: 40), world: try world())
    player.play(Story("", "press 5 j N\ntype {\"a\":1}\npress Tab\ntype k=v l=w=x\npress Tab\ntype key\npress Enter a"))
    let sent = player.stage.history.compactMap { effect -> PubsubMessage? in
      if case .change(.publish(let message, _), _) = effect { message } else { nil }
    }
    #expect(sent.map(\.data) == [Data(#"{"a":1}"#.utf8)])
    #expect(sent.first?.attributes == [Header("k", "v"), Header("l", "w=x")])
    #expect(sent.first?.orderingKey == "key")
  }

  @Test func `after its deletion nothing of a queue is shown`() throws {
    var player = Player(world: try world())
    player.play(Story("", "press j Enter\nat SyncOrder\npress Delete\ntype orders\npress Enter"))
    let generation = player.stage.generation {
      if case .applyPlan(let generation) = $0 { generation } else { nil }
    }
    var outcome = OutcomeSheet(player.world.journal[0], stop: nil, failures: [])
    outcome.tell(of: queueName("orders"), .success(()))
    player.world.queues.removeAll { $0.name.id == "orders" }
    player.send(.ended(generation, .success(outcome)))
    player.play(
      Story(
        "", "see The queue orders and 2 tasks deleted\npress Enter\nsee LAST MIN\nnot orders\npress 2\nnot SyncOrder"))
  }

  @Test func `a queue that could not be deleted says why, and stays`() throws {
    var player = Player(world: try world())
    player.play(Story("", "press j Delete\ntype orders\npress Enter"))
    let generation = player.stage.generation {
      if case .applyPlan(let generation) = $0 { generation } else { nil }
    }
    var outcome = OutcomeSheet(player.world.journal[0], stop: nil, failures: [])
    outcome.tell(of: queueName("orders"), .failure(refused))
    player.send(.ended(generation, .success(outcome)))
    player.play(Story("", "see NOT deleted\nsee The service account lacks\npress Enter\nsee orders"))
  }

  @Test func `a change whose sheet was left is told all the same`() throws {
    var stage = Stage.withQueues()
    stage.press("P", "a")
    #expect(stage.shows("Sending"))
    guard case .change(_, let generation)? = stage.effects.first else {
      Issue.record("nothing was sent")
      return
    }
    stage.press("Esc")
    #expect(!stage.shows("Sending"))
    stage.send(.changed(generation, .failure(refused)))
    #expect(stage.shows("acme could not be read"))
  }

  @Test func `an interrupted change of subscriptions is gone on with, or taken back`() throws {
    var world = try world()
    var counts = JournalCounts()
    (counts.planned, counts.waiting) = (3, 2)
    let header = JournalHeader(
      action: .subscriptionApply, time: Timestamp(noon), acting: Acting(context: "", account: "", endpoint: "here"),
      key: 1, intent: ["source": "django"], keepsContent: true)
    world.journal = [JournalEntry(number: 9, header: header, plan: .null, progress: .interrupted, counts: counts)]
    var player = Player(world: world)
    let keys = "press 7\nsee interrupted\npress R\nsee Resume journal entry 9\npress a\nsee Resuming journal entry 9"
    player.play(Story("", keys))
    #expect(player.effects.contains { if case .resume(9, true, _) = $0 { true } else { false } })
    player = Player(world: world)
    player.play(Story("", "press 7 z\nsee Planning the undo of journal entry 9"))
  }

  @Test func `purge and queue deletion can be undone from the journal, a move's entry too`() {
    for action in [JournalAction.discard, .purge, .deleteQueue, .move, .importTasks] {
      let header = JournalHeader(
        action: action, time: Timestamp(noon), acting: Acting(context: "", account: "", endpoint: "here"), key: 1,
        intent: [:], keepsContent: true)
      let entry = JournalEntry(number: 1, header: header, plan: .null, progress: .complete, counts: JournalCounts())
      var world = World()
      world.journal = [entry]
      var player = Player(world: world)
      player.play(Story(action.rawValue, "press 7 z\nsee Planning the undo of journal entry 1"))
    }
  }
}
