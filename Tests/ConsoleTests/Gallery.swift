// Every screen of the console, each reached by keys in the world of the stories, to be looked at as a picture is.

import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Terminal
import Testing

/// A screen and the keys to it.
struct Scene: CustomTestStringConvertible, Sendable {
  let name: String
  let script: String
  var badge: ContextBadge?
  /// A table with rows and nothing over it: its cursor has to be seen.
  var hasCursor = false
  /// Headings that are there from 80 columns on.
  var headings: [String] = []

  var testDescription: String { name }

  /// The screen at a size, after its keys were pressed there.
  func player(_ size: Size) -> Player {
    var world = World()
    world.journal = [Gallery.entry]
    var player = Player(size, world: world, badge: badge, more: Gallery.answers)
    player.play(Story(name, script))
    return player
  }
}

enum Gallery {
  static let prod = ContextBadge(
    project: "acme-prod", locations: ["us-central1", "europe-west1"], endpoint: "cloudtasks.googleapis.com",
    name: "prod", isProtected: true)
  static let audit = ContextBadge(
    project: "acme-prod", locations: ["us-central1"], endpoint: "cloudtasks.googleapis.com", name: "audit",
    isReadOnly: true)

  private static let queueHeadings = ["NAME", "STATE", "TASKS", "FAILING"]
  private static let taskHeadings = ["CLASS", "ID", "TRIES", "LAST STATUS", "AGE"]

  static let scenes: [Scene] = [
    Scene(name: "queues", script: "see orders", hasCursor: true, headings: queueHeadings),
    Scene(name: "queues, protected", script: "see orders", badge: prod, hasCursor: true, headings: queueHeadings),
    Scene(name: "queues, read-only", script: "see orders", badge: audit, hasCursor: true, headings: queueHeadings),
    Scene(name: "queue", script: "press j d\nsee running"),
    Scene(name: "tasks", script: "press j Enter\nsee SyncOrder", hasCursor: true, headings: taskHeadings),
    Scene(
      name: "tasks, marked and hidden", script: "press j Enter Space j Space /\ntype SyncU\npress Enter\nsee hidden",
      hasCursor: true, headings: taskHeadings),
    Scene(name: "tasks, filter typed", script: "press j Enter /\ntype class:Sync* disp"),
    Scene(name: "tasks, filter wrong", script: "press j Enter /\ntype dispatches>=x\nsee column 13"),
    Scene(name: "tasks, nothing matches", script: "press j Enter /\ntype zzz\npress Enter\nsee Nothing matches"),
    Scene(name: "tasks, none", script: "press G Enter\nsee No tasks"),
    Scene(name: "task", script: "press j Enter Enter\nsee SyncOrder"),
    Scene(name: "task, raw", script: "press j Enter Enter v\nsee Raw"),
    Scene(name: "task, searched", script: "press j Enter Enter /\ntype late"),
    Scene(name: "overview of a queue", script: "press j Enter Esc f", hasCursor: true, headings: ["CLASS", "TASKS"]),
    Scene(
      name: "jobs", script: "press 3\nsee shop--Digest", hasCursor: true, headings: ["NAME", "SCHEDULE", "NEXT RUN"]),
    Scene(name: "job", script: "press 3 Enter\nsee expression"),
    Scene(name: "schedule", script: "press 4\nsee [+] shop--New"),
    Scene(name: "Pub/Sub, loading", script: "press 5"),
    Scene(
      name: "journal", script: "press 7\nsee discard", hasCursor: true, headings: ["ACTION", "STATE", "DONE", "AGE"]),
    Scene(
      name: "contexts", script: "press W\nsee @laptop", hasCursor: true, headings: ["CONTEXT", "PROJECT", "SAFETY"]),
    Scene(name: "requests", script: "press L\nsee Requests"),
    Scene(name: "discard sheet", script: "press j Enter D\nsee Discard from orders"),
    Scene(name: "discard plan", script: "press j Enter D j Enter\nsee nothing is changed yet"),
    Scene(name: "discard plan, protected", script: "press j Enter D j Enter\nsee Type orders", badge: prod),
    Scene(name: "purge plan", script: "press j X\nsee Type orders"),
    Scene(name: "pause plan", script: "press j P\nsee PAUSED"),
    Scene(name: "queue form", script: "press j e\nsee maxDispatchesPerSecond"),
    Scene(name: "queue form, plan", script: "press j e Tab\ntype 7\npress Enter\nsee ->"),
    Scene(name: "new queue form", script: "press C\nsee New queue"),
    Scene(name: "new task form", script: "press j N\nsee New task"),
    Scene(name: "job form", script: "press 3 e\nsee Schedule"),
    Scene(name: "job run plan", script: "press 3 R\nsee nothing is changed yet"),
    Scene(name: "replay", script: "press j Enter B\nsee Run here"),
    Scene(name: "replay, result", script: "press j Enter B Enter\nsee succeeded"),
    Scene(name: "help", script: "press ?\nsee Help"),
    Scene(name: "palette", script: "press Ctrl-P\ntype pause\nsee Palette"),
    Scene(name: "columns", script: "press ,\nsee Columns"),
    Scene(name: "themes", script: "press T\nsee Theme"),
    Scene(name: "copy menu", script: "press j Enter c\nsee Copy"),
    Scene(name: "command line", script: "press :\ntype tasks o"),
    Scene(name: "notice", script: "press p\nsee A queue has no payload", hasCursor: true),
  ]

  /// What the world does not answer.
  static func answers(to effect: Effect) -> [Message] {
    switch effect {
    case .planDiscard(_, let generation): [.planned(generation, .success(plan))]
    case .loadSchedule(_, _, let generation): [.schedule(generation, .success(schedule))]
    case .loadContexts(let generation): [.contexts(generation, .success(contexts))]
    case .replay(.open, let generation):
      [
        .replay(
          generation,
          .offered(
            ReplayOffer(
              title: "SyncOrder 100",
              document: Document(
                title: "SyncOrder", sections: [.init("Payload", .payload, lines: [.note(#"{"order": 7}"#)])]),
              handlers: [.init(name: "worker", place: "http://127.0.0.1:8080")])))
      ]
    case .replay(.run, let generation):
      [
        .replay(generation, .lines([ReplayLine(seconds: 0.02, spans: [Span("HTTP/1.1 200", Style())])])),
        .replay(
          generation, .ended(ReplayEnd(words: "✓ SyncOrder succeeded in 0.02 s", role: .success, isDone: true))),
      ]
    default: []
    }
  }

  private static var plan: PlanSheet {
    var names = FrozenNames()
    for id in ["100", "300"] { _ = names.insert(taskName(id)) }
    names.freeze()
    let title = "Discard 2 tasks of orders"
    let document = Document(title: title, sections: [.init("By class", lines: [.note("2 SyncOrder")])])
    return PlanSheet(title: title, document: document, names: names, confirmation: "orders")
  }

  private static var schedule: ScheduleView {
    var set = DefinitionSet(source: "/srv/schedules.yaml")
    set.schedules = [definition("New", "0 5 * * *"), definition("Digest", "0 6 * * 1-5")]
    let scope = ScheduleScope(
      parent: location(),
      ownership: Ownership(app: "shop", delimiter: "--", endpoint: "https://app.example.com/tasks"))
    let plan = SchedulePlanner(set, scope, .init(prunes: false), now: noon).plan(against: World().jobs)
    return ScheduleView(plan: plan, strip: FireStrip(plan, now: noon), isFile: true)
  }

  private static func definition(_ name: String, _ schedule: String) -> ScheduleDefinition {
    var wanted = ScheduleDefinition(
      name: name, timing: .text(schedule), place: DefinitionPlace("/srv/schedules.yaml", line: 3))
    wanted.token = .none
    return wanted
  }

  private static let contexts = [
    ContextRow(
      name: "prod", project: "acme-prod", locations: ["us-central1", "europe-west1"], isProtected: true,
      source: "taskdeck.yaml:4"),
    ContextRow(
      name: "laptop", project: "local", endpoint: "127.0.0.1:8123", isEmulator: true, source: "config.yaml:9"),
  ]

  static var entry: JournalEntry {
    var counts = JournalCounts()
    (counts.planned, counts.discarded) = (2, 2)
    let header = JournalHeader(
      action: .discard, time: Timestamp(noon.addingTimeInterval(-90)),
      acting: Acting(context: "", account: "me", endpoint: "here"), key: 1,
      intent: ["queues": [.string(queueName("orders").description)]], undoes: nil, keepsContent: true)
    return JournalEntry(number: 7, header: header, plan: .null, progress: .complete, counts: counts)
  }
}
