// The stage of the stories: a console without a terminal and without a network. Keys go in by their names, answers go to
// the request that waits for them, and the screen is looked at as text.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

/// A console being used.
struct Stage {
  private(set) var state: ConsoleState
  /// What the last message asked for.
  private(set) var effects: [Effect] = []
  /// All effects since the curtain rose.
  private(set) var history: [Effect] = []
  /// The client's budget, as it would be: when list calls were made.
  private var calls: [Date] = []

  init(
    _ size: Size = Size(columns: 80, rows: 24), locations: [String] = ["us-central1"],
    refresh: RefreshPolicy = RefreshPolicy(), themes: [Theme] = [.plain], badge: ContextBadge? = nil,
    longestOnLoop: Int = 20_000
  ) {
    let context = badge ?? ContextBadge(project: "acme", locations: locations, endpoint: "cloudtasks.googleapis.com")
    state = ConsoleState(
      context: context, themes: themes, refresh: refresh, now: noon, size: size,
      longestOnLoop: longestOnLoop)
    send(.tick(noon))
  }

  mutating func send(_ message: Message) {
    effects = tellBudget(before: message) + update(&state, message)
    history += effects
  }

  /// What an answer cost is told before the answer, and what is left once a second, as the session does it.
  private mutating func tellBudget(before message: Message) -> [Effect] {
    var now = state.now
    if case .tick(let moment) = message { now = moment }
    calls += Array(repeating: now, count: Self.cost(of: message))
    calls.removeAll { $0 <= now.addingTimeInterval(-60) }
    return update(&state, .budget(spent: calls.count, putOff: 0))
  }

  private static func cost(of message: Message) -> Int {
    switch message {
    case .queues(_, .success(let listing)): listing.calls
    case .jobs(_, .success(let listing)): listing.calls
    case .pubsub(_, .success(let listing)): listing.calls
    case .queues, .jobs, .pubsub: 1
    case .tasks(_, .finished(let calls, _)), .tasks(_, .failed(_, let calls)), .surveyed(_, _, _, let calls): calls
    default: 0
    }
  }

  /// Presses keys by their names: `press("j", "Enter")`.
  mutating func press(_ names: String...) {
    for name in names {
      guard let key = Key(name: name) else {
        Issue.record("no key is called \(name)")
        return
      }
      send(.key(key))
    }
  }

  /// Types a text, character by character.
  mutating func type(_ text: String) {
    for character in text { send(.key(.character(character))) }
  }

  /// Lets time pass, a second at a time.
  mutating func wait(_ seconds: Int) {
    for _ in 0..<seconds { send(.tick(state.now.addingTimeInterval(1))) }
  }

  mutating func resize(_ columns: Int, _ rows: Int) { send(.key(.resize(Size(columns: columns, rows: rows)))) }

  // MARK: Answers

  /// The number of the newest request of a kind.
  func generation(_ kind: (Effect) -> Generation?) -> Generation {
    history.reversed().lazy.compactMap(kind).first ?? Generation(-1)
  }

  var queuesGeneration: Generation {
    generation { if case .loadQueues(let generation) = $0 { generation } else { nil } }
  }
  var tasksGeneration: Generation {
    generation { if case .loadTasks(_, let generation) = $0 { generation } else { nil } }
  }
  var jobsGeneration: Generation {
    generation { if case .loadJobs(let generation) = $0 { generation } else { nil } }
  }
  var taskGeneration: Generation {
    generation { if case .loadTask(_, let generation) = $0 { generation } else { nil } }
  }

  mutating func answer(queues: [QueueRow], calls: Int = 1, partial: Failure? = nil) {
    send(.queues(queuesGeneration, .success(Listing(rows: queues, calls: calls, partial: partial))))
  }

  mutating func refuse(queues failure: Failure) { send(.queues(queuesGeneration, .failure(failure))) }

  mutating func answer(tasks: [TaskRow], calls: Int = 1) {
    send(.tasks(tasksGeneration, .page(tasks)))
    send(.tasks(tasksGeneration, .finished(calls: calls)))
  }

  mutating func answer(jobs: [JobRow]) {
    send(.jobs(jobsGeneration, .success(Listing(rows: jobs, calls: 1))))
  }

  mutating func answer(task: CloudTask) { send(.task(taskGeneration, .success(Document(task)))) }

  // MARK: Looking

  var frame: Frame {
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    return frame
  }

  var screen: String { frame.plainText }
  var lines: [String] { screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  func shows(_ text: String) -> Bool { screen.contains(text) }

  /// The first line that holds a text, without the scroll bar at its end.
  func line(_ text: String) -> String? {
    lines.first { $0.contains(text) }.map { line in
      String(line.dropLast(line.reversed().prefix { "│┃ ".contains($0) }.count))
    }
  }

  /// Whether a key and its word stand in the tabs or in the footer, whole.
  func offers(_ hint: String) -> Bool {
    [1, frame.size.rows - 1].contains { row in "  \(frame.text(row: row))  ".contains(" \(hint) ") }
  }

  /// Where a text first stands, in its first column.
  func place(of text: String) -> Point? {
    let frame = frame
    for row in 0..<frame.size.rows {
      let cells = Array(frame.row(row))
      for start in cells.indices where cells[start...].lazy.map(\.text).joined().hasPrefix(text) {
        return Point(column: start, row: row)
      }
    }
    return nil
  }

  /// The line under the cursor, without the blanks around it.
  var cursorLine: String {
    let frame = frame
    let row = (2..<max(2, frame.size.rows - 2)).first { frame[Point(column: 0, row: $0)].style.role == .selection }
    return row.map { frame.text(row: $0).trimmingCharacters(in: .whitespaces) } ?? ""
  }

  /// The roles of the cells of a text where it first stands on the screen.
  func roles(of text: String) -> Set<Role> {
    let frame = frame
    for row in 0..<frame.size.rows {
      let cells = Array(frame.row(row))
      for start in cells.indices where cells[start...].lazy.map(\.text).joined().hasPrefix(text) {
        return Set(cells[start..<min(cells.count, start + TextWidth.of(text))].map(\.style.role))
      }
    }
    return []
  }
}

/// What a failed expectation shows of it.
extension Stage: CustomStringConvertible {
  var description: String { screen }
}

extension Stage {
  /// Three queues, the first one under the cursor.
  static func withQueues(
    _ size: Size = Size(columns: 80, rows: 24), refresh: RefreshPolicy = RefreshPolicy()
  ) -> Stage {
    var stage = Stage(size, refresh: refresh)
    stage.answer(queues: [queue("mail", tasks: 12), queue("orders", tasks: 2104), queue("thumbs", tasks: 0)])
    return stage
  }

  /// The queue `orders`, opened, with its tasks.
  static func withTasks(
    _ tasks: [TaskRow], _ size: Size = Size(columns: 80, rows: 24), refresh: RefreshPolicy = RefreshPolicy()
  ) -> Stage {
    var stage = withQueues(size, refresh: refresh)
    stage.press("j", "Enter")
    stage.answer(tasks: tasks)
    return stage
  }
}
