// The sheet that `D` opens: which tasks, with counts of what is loaded. The counts are estimates and say so; only the
// plan, which lists the queue completely, knows.

import CloudModel
import Foundation
import Terminal

/// The choices for a discard, and the one under the cursor.
struct DiscardSheet: Panel {
  enum Choice: Equatable, Sendable {
    case task(TaskName)
    case taskClass(String)
    case dispatched
    case filter(String)
    case marked(MarkedTasks, hidden: Int)
    case everything
  }

  let queue: QueueName
  let choices: [Choice]
  var cursor = 0
  /// N of "dispatched at least N times".
  private(set) var atLeast: Int
  /// The next digit replaces the number instead of growing it.
  private var isUntouched = true
  /// By choice; nil where nothing loaded tells.
  var counts: [Int?] = []

  /// What can be discarded of a queue whose tasks are not shown.
  init(queue: QueueName) { self.init(queue: queue, choices: [.dispatched, .everything], atLeast: 2) }

  init(queue: QueueName, choices: [Choice], atLeast: Int) {
    (self.queue, self.choices, self.atLeast) = (queue, choices, max(1, atLeast))
    cursor = choices.firstIndex { if case .marked = $0 { true } else { false } } ?? 0
  }

  var scopes: [Scope] { [.sheet] }

  mutating func take(_ key: Key, _ state: ConsoleState) -> Bool {
    guard case .character(let character) = key, let digit = character.wholeNumberValue else { return false }
    type(digit: digit)
    return true
  }

  mutating func move(_ action: Action, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(choices.count - 1, cursor + ConsoleState.distance(action, choices.count)))
    return []
  }

  mutating func arrange(_ state: ConsoleState, _ layout: ScreenLayout) { self = state.counted(self) }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    renderSheet(self, state, layout, &frame)
  }

  /// Cloud Tasks allows no more attempts than fit in 32 bits; nobody looks for more than this.
  private static let most = 1_000_000

  mutating func type(digit: Int) {
    atLeast = isUntouched ? digit : min(Self.most, atLeast * 10 + digit)
    isUntouched = false
    pointAtNumber()
  }

  mutating func erase() {
    atLeast /= 10
    isUntouched = false
    pointAtNumber()
  }

  mutating func change(by step: Int) {
    atLeast = max(0, min(Self.most, atLeast + step))
    pointAtNumber()
  }

  private mutating func pointAtNumber() { cursor = choices.firstIndex(of: .dispatched) ?? cursor }

  /// What is asked for with the cursor where it is.
  var request: DiscardRequest {
    switch choices[cursor] {
    case .task(let name): DiscardRequest(queue, .task(name))
    case .taskClass(let name): DiscardRequest(queue, .taskClass(name))
    case .dispatched: DiscardRequest(queue, .dispatched(atLeast: atLeast))
    case .filter(let text): DiscardRequest(queue, .filter(text))
    case .marked(let tasks, _): DiscardRequest(queue, .marked(tasks))
    case .everything: DiscardRequest(queue, .everything)
    }
  }

  func words(_ choice: Choice) -> String {
    switch choice {
    case .task(let name): "This task: \(name.id)"
    case .taskClass(let name): "Its class: \(name)"
    case .dispatched: "Dispatched \(atLeast) time\(atLeast == 1 ? "" : "s") or more"
    case .filter(let text): "All that match the filter: \(text)"
    case .marked(let tasks, let hidden):
      "The marked ones\(hidden > 0 ? ", \(Words.count(hidden)) of \(Words.count(tasks.count)) HIDDEN by the filter" : "")"
    case .everything: "Every task of the queue"
    }
  }
}

extension ConsoleState {
  func taskSheet(in queue: QueueName, _ name: TaskName?, _ row: TaskRow?) -> DiscardSheet {
    var choices: [DiscardSheet.Choice] = name.map { [.task($0)] } ?? []
    if let taskClass = row?.taskClass, !taskClass.isEmpty { choices.append(.taskClass(taskClass)) }
    choices.append(.dispatched)
    if !tasks.wanted.isEmpty { choices.append(.filter(tasks.wanted.text)) }
    if !tasks.marks.isEmpty {
      choices.append(.marked(MarkedTasks(tasks.markedRows, in: queue), hidden: tasks.marks.hidden))
    }
    return DiscardSheet(queue: queue, choices: choices, atLeast: Int(row?.dispatches ?? 2))
  }

  /// Counts again what the sheet offers, in the rows that are loaded now.
  func counted(_ sheet: DiscardSheet) -> DiscardSheet {
    var sheet = sheet
    sheet.counts = sheet.choices.map { count($0, sheet) }
    return sheet
  }

  private func count(_ choice: DiscardSheet.Choice, _ sheet: DiscardSheet) -> Int? {
    let rows = openQueue == sheet.queue && tasks.content.latest != nil ? tasks.rows : nil
    switch choice {
    case .task: return 1
    case .marked(let tasks, _): return tasks.count
    case .taskClass(let name): return rows?.count(ofClass: name)
    case .dispatched: return rows?.count(dispatchedAtLeast: sheet.atLeast)
    case .filter: return rows == nil || tasks.isArranging ? nil : tasks.visible.count
    case .everything: return rows?.count ?? queueRow(sheet.queue)?.tasks
    }
  }
}
