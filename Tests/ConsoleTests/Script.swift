// Stories as scripts in the user's keys: what is pressed, and what is then to be read on the screen.
//
//     press j Enter        keys by their names
//     type class:Sync*     characters
//     paste rm -rf         as the terminal sends a paste; \n is a line end
//     see orders > tasks   the text is somewhere on the screen
//     not failing          it is nowhere
//     at SyncOrder         it is in the line under the cursor
//     bell                 the last key was refused
//     copies orders        the last key put this text on the clipboard
//     quits                the last key ended the console
//     wait 3               seconds go by
//     size 80x24
//     follow D discard     the tabs or the footer offer `D discard`, and then D is pressed
//     keys 5               so many keys were pressed at most
//
// A small world answers what the console asks for, so that a story holds nothing but what a person does and sees.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Terminal
import Testing

/// What the services of a story hold.
struct World {
  var queues = [
    queue("mail", tasks: 12), queue("orders", tasks: 6, lastMinute: 42), queue("thumbs", tasks: 0, state: .paused),
  ]
  var tasks: [String: [CloudTask]] = [
    "orders": [
      cloudTask(
        "100", "SyncOrder", tries: 9, http: 503, age: 4000, body: #"{"order":{"id":7,"lines":[1,2]},"note":"late"}"#,
        headers: [Header("X-Tenant", "acme"), Header("Authorization", "Bearer secret")]),
      cloudTask("200", "SendWelcome", age: 30, body: #"{"user":1}"#),
      cloudTask("300", "SyncOrder", tries: 2, http: 500, code: 13, age: 20),
      cloudTask("400", "SendWelcome", age: 10), cloudTask("500", "SyncUser", tries: 1, age: 5),
      cloudTask("600", "SyncUser", tries: 3, http: 429, code: 8, age: 3),
    ],
    "mail": (0..<12).map { cloudTask("m\($0)", "SendMail", in: "mail", age: TimeInterval($0 + 1)) },
  ]
  var jobs = [
    cloudJob("shop--Digest"), cloudJob("shop--Billing", schedule: "0 3 1 * *", code: 13),
    cloudJob("other--Sweep", state: .paused, next: nil),
  ]
  var pubsub: [PubsubRow] = []
  var messages: [ReceivedMessage] = []
  var journal: [JournalEntry] = []
  var items: [JournalItem] = []
  /// What the journal keeps, by position.
  var kept: [Int: CloudTask] = [:]
  /// What the editor makes of a text; nil leaves it.
  var edits: @Sendable (String) -> Result<String?, Failure> = { _ in .success(nil) }

  /// Whether it answers what is planned and changed.
  var takesChanges = false

  /// The answers to an effect.
  func answers(to effect: Effect, now: Date) -> [Message] {
    switch effect {
    case .loadQueues(let generation): return [.queues(generation, .success(Listing(rows: queues, calls: 1)))]
    case .loadTasks(let queue, let generation):
      var maker = TaskRowMaker()
      return [
        .tasks(generation, .page(maker.rows(of: tasks[queue.id] ?? []))), .tasks(generation, .finished(calls: 1)),
      ]
    case .lookIntoTasks(let queue, let text, let generation):
      guard let filter = try? Filter(text, for: .task) else { return [] }
      let found = (tasks[queue.id] ?? []).filter { filter.matches($0, now: now) }.map(\.name.id)
      return [.looked(generation, .success(found), calls: 1)]
    case .loadTask(let name, let generation):
      let found = tasks[name.queue.id]?.first { $0.name == name }
      return found.map { [.task(generation, .success(Document($0)))] } ?? []
    case .loadJobs(let generation):
      return [.jobs(generation, .success(Listing(rows: jobs.map { JobRow($0, now: now) }, calls: 1)))]
    case .loadJob(let name, let generation):
      let found = jobs.first { $0.name == name }
      return found.map { [.job(generation, .success(JobRow($0, now: now)))] } ?? []
    case .survey(let queue, _, let generation):
      var maker = TaskRowMaker()
      let survey = QueueSurvey(rows: maker.rows(of: tasks[queue.id] ?? []), at: now)
      return [.surveyed(generation, queue, .success(survey), calls: 1)]
    case .loadJournal(let generation):
      return [.journal(generation, .success(Listing(rows: journal.map { JournalRow($0) }, calls: 0)))]
    case .loadPubsub(let generation): return [.pubsub(generation, .success(Listing(rows: pubsub, calls: 2)))]
    default: return moreAnswers(to: effect)
    }
  }

  private func moreAnswers(to effect: Effect) -> [Message] {
    switch effect {
    case .loadEntry(let number, let generation):
      guard let entry = journal.first(where: { $0.number == number }) else { return [] }
      return [.entry(generation, .success(Document(entry, items: items, more: 0)))]
    case .loadKept(let number, let position, let generation):
      guard let entry = journal.first(where: { $0.number == number }), items.indices.contains(position) else {
        return []
      }
      return [.entry(generation, .success(Document(kept: kept[position], items[position], of: entry)))]
    case .pullMessages(let name, let generation):
      return [.messages(generation, .success(Document(messages, of: name, deadline: 10)))]
    case .editText(let text, _, let generation): return [.edited(generation, edits(text))]
    default: return takesChanges ? answers(toChange: effect) : []
    }
  }

  private func answers(toChange effect: Effect) -> [Message] {
    switch effect {
    case .change(_, let generation): return [.changed(generation, .success("It is done."))]
    case .planDiscard(let request, let generation): return [.planned(generation, .success(plan(request)))]
    case .applyPlan(let generation): return [.progress(generation, ChangeProgress(done: 1, total: 3))]
    default: return []
    }
  }

  private func plan(_ request: DiscardRequest) -> PlanSheet {
    var names = FrozenNames()
    for task in tasks[request.queue.id] ?? [] { _ = names.insert(task.name) }
    names.freeze()
    let title = request.deletesQueue ? "Delete the queue" : "Discard"
    return PlanSheet(
      title: "\(title) \(request.queue.id): \(names.count) tasks", document: Document(title: title, sections: []),
      names: names, confirmation: request.queue.id)
  }
}

/// A story: its name is a sentence, its script what happens.
struct Story: CustomTestStringConvertible, Sendable {
  let name: String
  let script: String

  init(_ name: String, _ script: String) { (self.name, self.script) = (name, script) }

  var testDescription: String { name }
}

/// Plays a script, and records each line that does not hold together with the screen.
struct Player {
  var stage: Stage
  var world: World
  private(set) var effects: [Effect] = []
  /// Called for effects that the world does not answer.
  var more: (Effect) -> [Message]
  private var keysPressed = 0

  init(
    _ size: Size = Size(columns: 80, rows: 24), world: World = World(), themes: [Theme] = [.plain],
    badge: ContextBadge? = nil, more: @escaping (Effect) -> [Message] = { _ in [] }
  ) {
    let refresh = RefreshPolicy(callsPerMinute: nil)
    (stage, self.world, self.more) = (Stage(size, refresh: refresh, themes: themes, badge: badge), world, more)
    answer(stage.effects)
  }

  mutating func send(_ message: Message) {
    stage.send(message)
    effects = stage.effects
    answer(stage.effects)
  }

  private mutating func answer(_ asked: [Effect]) {
    var asked = asked
    // What an answer asks for is answered too; a story of more than this would be a loop.
    for _ in 0..<200 where !asked.isEmpty {
      let effect = asked.removeFirst()
      for message in world.answers(to: effect, now: stage.state.now) + more(effect) {
        stage.send(message)
        asked += stage.effects
      }
    }
  }

  mutating func play(_ story: Story, sourceLocation: SourceLocation = #_sourceLocation) {
    for line in story.script.split(separator: "\n") {
      let text = line.trimmingCharacters(in: .whitespaces)
      if !text.isEmpty, !obey(text) {
        Issue.record("\(story.name): \(text)\n\(stage.screen)", sourceLocation: sourceLocation)
      }
    }
  }

  /// A press and a release on the first place that shows a text; false when there is none.
  private mutating func click(_ text: String) -> Bool {
    guard let place = stage.place(of: text) else { return false }
    send(.key(.mouse(Mouse(.press, at: place))))
    let asked = effects
    send(.key(.mouse(Mouse(.release, at: place))))
    effects = asked
    return true
  }

  /// Returns whether the line holds.
  private mutating func obey(_ line: String) -> Bool {
    let word = String(line.prefix { $0 != " " })
    let rest = String(line.dropFirst(word.count + 1))
    switch word {
    case "press":
      for name in rest.split(separator: " ") {
        guard let key = Key(name: String(name)) else { return false }
        send(.key(key))
        keysPressed += 1
      }
    case "follow":
      let key = rest.prefix { $0 != " " }
      return stage.offers(rest) && obey("press \(key)")
    case "keys": return keysPressed <= Int(rest) ?? 0
    case "type": for character in rest { send(.key(.character(character))) }
    case "paste": send(.key(.paste(rest.replacing("\\n", with: "\n"))))
    case "click": return click(rest)
    case "wheel":
      let lines = Int(rest) ?? 0
      for _ in 0..<abs(lines) {
        send(.key(.mouse(Mouse(lines > 0 ? .wheelDown : .wheelUp, at: Point(column: 5, row: 5)))))
      }
    case "wait": for _ in 0..<(Int(rest) ?? 0) { send(.tick(stage.state.now.addingTimeInterval(1))) }
    case "size":
      let parts = rest.split(separator: "x").compactMap { Int($0) }
      send(.key(.resize(Size(columns: parts[0], rows: parts[1]))))
    case "see": return stage.shows(rest)
    case "not": return !stage.shows(rest)
    case "at": return stage.cursorLine.contains(rest)
    case "bell": return effects.contains(.bell)
    case "copies":
      return effects.contains { if case .copy(let text, _) = $0 { text == rest } else { false } }
    case "quits": return effects.contains(.quit)
    default: return false
    }
    return true
  }
}
