// Changes of one thing that are no discard: queues created, changed, paused, resumed; tasks run now or made; topics.

import CloudModel
import Foundation
import Terminal

/// A change, ready to be sent as it is.
package enum SingleChange: Equatable, Sendable {
  case create(Queue)
  /// With the paths of the fields that change.
  case update(Queue, mask: [String])
  case pause(QueueName)
  case resume(QueueName)
  /// Dispatched now, whatever the queue's limits and its pause say.
  case run([TaskName])
  case push(TaskRequest)
  case createTopic(TopicName)
  case deleteTopic(TopicName)
  case publish(PubsubMessage, to: TopicName)
}

/// A task that is to be made.
package struct TaskRequest: Equatable, Sendable {
  package var queue: QueueName
  package var url: String
  package var body: String
  /// nil is as soon as the queue allows.
  package var delay: Duration?
  /// Whose OIDC token goes with it.
  package var serviceAccount: String?
}

/// A change as it is shown before it is made: Cancel has the focus.
struct Confirmation: Panel {
  enum Stage: Equatable {
    case shown
    case running(Generation)
    case failed(Failure)
  }

  let title: String
  let lines: [Document.Line]
  /// What has to be typed, where it has to.
  let name: String
  let change: SingleChange
  var typed: TextField?
  var isOnApply = false
  var stage = Stage.shown

  init(_ title: String, _ lines: [Document.Line], name: String, typing: Bool, _ change: SingleChange) {
    (self.title, self.lines, self.name, self.change) = (title, lines, name, change)
    typed = typing ? TextField() : nil
  }

  var scopes: [Scope] {
    switch stage {
    case .shown: typed == nil ? [.plan] : [.confirm, .input]
    case .running: [.running]
    case .failed: [.outcome]
    }
  }

  var field: TextField? {
    get { stage == .shown ? typed : nil }
    set { typed = newValue ?? typed }
  }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let width = min(90, layout.size.columns - 2)
    let text = DocumentLayout(Document(title: title, sections: [.init(title, lines: shownLines)]), width: width - 4)
    let rows = min(text.lines.count + 5, layout.size.rows - 4)
    let area = layout.body.centred(Size(columns: width, rows: rows))
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: title, style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    for (index, line) in text.lines.dropFirst().prefix(max(0, inside.rows - 2)).enumerated() {
      guard case .spans(let spans) = line else { continue }
      let row = inside.row(index)
      frame.put(spans.map { Span($0.text, $0.style.on(.overlay)) }, at: row.origin, maxWidth: row.columns)
    }
    renderButtons(in: inside.row(max(0, inside.rows - 1)), &frame)
  }

  private var shownLines: [Document.Line] {
    guard case .failed(let failure) = stage else { return lines }
    return [
      .note("✗ \(failure.title)", .danger), .note(failure.reason, .text), .note(failure.remedy, .info),
    ]
  }

  private func renderButtons(in row: Rect, _ frame: inout Frame) {
    switch stage {
    case .running: frame.put("Sending... Esc leaves it to itself.", at: row.origin, style: Style(.info, on: .overlay))
    case .failed:
      let used = frame.put(" Close ", at: row.origin, style: Style(.badge))
      frame.target(Rect(column: row.left, row: row.top, columns: used, rows: 1), .action(Action.outcomeClose.rawValue))
    case .shown:
      if let typed { return renderTyping(typed, in: row, &frame) }
      let used = frame.put(" Cancel ", at: row.origin, style: isOnApply ? Style(.dim, on: .overlay) : Style(.badge))
      frame.target(Rect(column: row.left, row: row.top, columns: used, rows: 1), .action(Action.planCancel.rawValue))
      let apply = Rect(column: row.left + used + 2, row: row.top, columns: 7, rows: 1)
      frame.put(" Apply ", at: apply.origin, style: isOnApply ? Style(.badge) : Style(.dim, on: .overlay))
      frame.target(apply, .action(Action.planApply.rawValue))
    }
  }

  private func renderTyping(_ typed: TextField, in row: Rect, _ frame: inout Frame) {
    let words = "Type \(name) and press Enter: "
    let used = frame.put(words, at: row.origin, style: Style(.danger, on: .overlay), maxWidth: row.columns - 10)
    let field = Rect(column: row.left + used, row: row.top, columns: max(8, row.columns - used), rows: 1)
    frame.fill(field, style: Style(.inputField))
    renderField(typed, in: field, &frame)
  }
}

extension ConsoleState {
  /// Shows a change. In a protected context its name has to be typed.
  mutating func confirm(
    _ title: String, _ lines: [Document.Line], name: String, typing: Bool = false, _ change: SingleChange
  ) {
    overlay = Confirmation(title, lines, name: name, typing: typing || context.isProtected, change)
  }

  /// The keys of a plan, of its run and of its end.
  mutating func performInConfirmation(_ action: Action) -> [Effect] {
    guard var panel = panel(Confirmation.self) else { return [] }
    switch (panel.stage, action) {
    case (.shown, .planFocus):
      panel.isOnApply.toggle()
      overlay = panel
      return []
    case (.shown, .planApply), (.shown, .confirmApply): return send(panel)
    case (.shown, .planPress) where panel.isOnApply: return send(panel)
    case (.running, _):
      // It has been sent, and cannot be called back.
      say("It goes on; what comes of it is said here.")
      overlay = nil
    case (.shown, _):
      say("Called off. Nothing was changed.")
      overlay = nil
    case (.failed, _): overlay = nil
    }
    return []
  }

  private mutating func send(_ panel: Confirmation) -> [Effect] {
    if let typed = panel.typed, typed.text != panel.name {
      say("Type \(panel.name) to apply; Esc calls it off.", .warning)
      return [.bell]
    }
    var panel = panel
    let generation = nextGeneration()
    panel.stage = .running(generation)
    overlay = panel
    return [.change(panel.change, generation)]
  }

  /// What came of a change whose sheet was left.
  private mutating func sayLate(_ answer: Result<String, Failure>) {
    switch answer {
    case .success(let words): say(sanitised(words), .success)
    case .failure(let failure): say(sanitised("\(failure.title): \(failure.reason)"), .danger, seconds: 30)
    }
  }

  mutating func take(changed answer: Result<String, Failure>, _ generation: Generation) {
    for lane in [Lane.queues, .tasks, .pubsub] { lanes[lane, default: LaneState()].isForced = true }
    guard var panel = panel(Confirmation.self), panel.stage == .running(generation) else {
      return sayLate(answer)
    }
    switch answer {
    case .success(let words):
      overlay = nil
      say(sanitised(words), .success)
    case .failure(let failure):
      panel.stage = .failed(failure)
      overlay = panel
    }
  }
}
