// Hostile texts everywhere and keys in any order: never an escape to the terminal, never a broken row, never a crash.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Terminal
import Testing

/// A way to a screen or to what lies over one.
private struct Place: CustomTestStringConvertible, Sendable {
  let name: String
  let keys: String

  init(_ name: String, _ keys: String) { (self.name, self.keys) = (name, keys) }

  var testDescription: String { name }

  static let all = [
    Place("queues", ""), Place("a queue's page", "j d G"), Place("the overview", "o"), Place("groups", "j f"),
    Place("tasks", "j Enter G"), Place("a task", "j Enter Enter G"), Place("a task, raw", "j Enter Enter v G"),
    Place("a task, unfolded", "j Enter Enter p } G"), Place("what can be copied", "j Enter Enter c G"),
    Place("what can be discarded", "j Enter D"), Place("a plan", "j Enter D Enter G"),
    Place("a run", "j Enter D Enter a"), Place("jobs", "3 G"), Place("a job", "3 Enter G"),
    Place("a job's form", "3 e Tab Tab"),
    Place("Pub/Sub", "5 G"), Place("a subscription", "5 j Enter G"), Place("messages", "5 G m G"),
    Place("a topic to be deleted", "5 G Delete"), Place("a message's form", "5 G N"), Place("the journal", "7 G"),
    Place("an entry", "7 Enter G"), Place("what an entry keeps", "7 Enter G Enter G"),
    Place("requests", "L G"), Place("contexts", "W"), Place("help", "?"), Place("the palette", "Ctrl-P"),
    Place("themes", "T"), Place("columns", ","), Place("a form of limits", "j e"), Place("a new task", "N Tab Ctrl-O"),
  ]
}

@Suite struct `A hostile world` {
  private static let sizes = [Size(columns: 40, rows: 10), Size(columns: 80, rows: 24), Size(columns: 200, rows: 50)]

  @Test(arguments: Place.all) private func `is drawn whole and harmless`(_ place: Place) {
    for seed in 1...3 as ClosedRange<UInt64> {
      var dice = Dice(state: seed)
      let world = World.hostile(&dice)
      for size in Self.sizes {
        var player = Player(size, world: world)
        player.send(.contexts(Generation(0), .success([])))
        for _ in 0..<5 { player.send(.sent(Self.request(&dice))) }
        for name in place.keys.split(separator: " ") { player.send(.key(Key(name: String(name)) ?? .enter)) }
        player.send(.notice(dice.text(), .danger))
        let fault = player.stage.frame.fault
        #expect(fault == nil, "seed \(seed), \(size), \(place.name)\n\(player.stage.screen)")
        // What is typed and pasted comes from outside as well.
        player.send(.key(.paste(dice.text())))
        for character in dice.text().prefix(40) { player.send(.key(.character(character))) }
        #expect(player.stage.frame.fault == nil, "seed \(seed), \(size), typed into \(place.name)")
      }
    }
  }

  private static func request(_ dice: inout Dice) -> SentRequest {
    SentRequest(
      time: noon, method: dice.text(), path: dice.text(), status: 500, bytes: .max, seconds: 1e9, attempt: 2,
      failure: Bool.random(using: &dice) ? sanitised(dice.text()) : nil)
  }

  private static let keys: [Key] = {
    let ending: Set<Key> = [.control("C"), .control("Z")]
    let typed: [Key] = [.character("x"), .character("5"), .paste("\u{1B}[2J\nDDDD\u{7}"), .enter, .escape]
    return Action.allCases.flatMap(\.keys).filter { !ending.contains($0) } + typed
  }()

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `any keys on any texts draw whole rows and send no control`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    var player = Player(world: World.hostile(&dice))
    for step in 0..<400 {
      let key = Self.keys.randomElement(using: &dice) ?? .enter
      player.send(.key(key))
      if step % 25 == 0 {
        let size = Size(
          columns: Int.random(in: 1...200, using: &dice), rows: Int.random(in: 1...60, using: &dice))
        player.send(.key(.resize(size)))
      }
      if step % 40 == 0 { player.send(.notice(dice.text(), .danger)) }
      if step % 10 == 0 { player.send(.tick(player.stage.state.now.addingTimeInterval(1))) }
      if let fault = player.stage.frame.fault {
        Issue.record("seed \(seed), step \(step), \(key): \(fault)")
        return
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `errors in the place of every list are shown, and nothing of them acts`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    for size in Self.sizes {
      var stage = Stage(size)
      stage.refuse(queues: dice.failure())
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), no queues")
      stage.answer(queues: [queue("orders", tasks: 1)], partial: dice.failure())
      stage.press("Enter")
      stage.send(.tasks(stage.tasksGeneration, .failed(dice.failure(), calls: 1)))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), no tasks")
      stage.press("3")
      stage.send(.jobs(stage.jobsGeneration, .failure(dice.failure())))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), no jobs")
      stage.press("5")
      let pubsub = stage.generation { if case .loadPubsub(let generation) = $0 { generation } else { nil } }
      stage.send(.pubsub(pubsub, .failure(dice.failure())))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), no topics")
      stage.press("7")
      let journal = stage.generation { if case .loadJournal(let generation) = $0 { generation } else { nil } }
      stage.send(.journal(journal, .failure(dice.failure())))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), no journal")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `plans and outcomes of hostile errors are drawn whole`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    for size in Self.sizes {
      var stage = Stage(size)
      stage.answer(queues: [queue("orders", tasks: 3)])
      stage.press("D", "Enter")
      let generation = stage.generation { if case .planDiscard(_, let generation) = $0 { generation } else { nil } }
      let objection = Bool.random(using: &dice) ? dice.failure() : nil
      stage.send(
        .planned(
          generation,
          .success(
            PlanSheet(
              title: sanitised(dice.text()), document: Document(title: "", sections: []), names: FrozenNames(),
              confirmation: "orders", objection: objection))))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), a plan")
      let failed = (0..<9).map { place in
        JournalItem(position: place, name: taskName("t\(place)"), state: .failed, error: dice.text())
      }
      var outcome = OutcomeSheet(
        World.hostileEntry(1, &dice), stop: dice.failure(), failures: FailureGroup.groups(of: failed))
      outcome.tell(of: queueName("orders"), .failure(dice.failure()))
      stage.send(.ended(generation, .success(outcome)))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), an outcome")
      stage.press("G")
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), the end of an outcome")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `what a handler writes is drawn whole`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    for size in Self.sizes {
      var stage = Stage.withTasks([task("100", "Sync", tries: 1)], size)
      stage.press("B")
      let generation = stage.generation { if case .replay(.open, let generation) = $0 { generation } else { nil } }
      func answer(_ answer: ReplayAnswer) { stage.send(.replay(generation, answer)) }
      let document = Document(cloudTask("100", dice.text(), headers: [Header(dice.text(), dice.text())]))
      answer(
        .offered(
          ReplayOffer(
            title: sanitised(dice.text()), document: document,
            handlers: [.init(name: sanitised(dice.text()), place: sanitised(dice.text()))],
            warnings: [sanitised(dice.text())], changes: [sanitised(dice.text())])))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), an offer")
      stage.press("Enter")
      answer(.lines((0..<60).map { ReplayLine(seconds: Double($0), spans: dice.spans()) }))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), output")
      answer(
        .ended(
          ReplayEnd(
            words: sanitised(dice.text()), role: .danger, isDone: false, result: sanitised(dice.text()),
            failure: dice.failure())))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), an end")
      answer(.compared((0..<60).map { _ in sanitised(dice.text()) }))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), a comparison")
      answer(.refused(dice.failure()))
      answer(.said(dice.text(), .danger))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), a refusal")
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `contexts and their files are drawn whole`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    let rows = (0..<5).map { _ in
      ContextRow(
        name: dice.text(), project: dice.text(), locations: [dice.text()], endpoint: dice.text(), source: dice.text(),
        settings: [.init(dice.text(), dice.text(), from: dice.text())])
    }
    for size in Self.sizes {
      let badge = ContextBadge(
        project: dice.text(), locations: [dice.text(), dice.text()], endpoint: dice.text(), name: dice.text(),
        isProtected: true, lock: dice.text(), serviceAccount: dice.text())
      var stage = Stage(size, badge: badge)
      stage.answer(queues: [queue("orders", tasks: 3)])
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), a badge")
      stage.press("W")
      let generation = stage.generation { if case .loadContexts(let generation) = $0 { generation } else { nil } }
      stage.send(.contexts(generation, .success(rows)))
      #expect(stage.frame.fault == nil, "seed \(seed), \(size), contexts")
    }
  }
}
