// A sheet with a few lines to fill in. What it makes is shown as a plan before anything is sent.

import CloudModel
import Foundation
import Terminal

/// One line of a form.
struct FormField: Equatable, Sendable {
  let label: String
  let hint: String
  var text: TextField

  init(_ label: String, _ text: String = "", hint: String) {
    (self.label, self.hint, self.text) = (label, hint, TextField(text))
  }
}

/// Why a form is not taken.
struct FormProblem: Error, Equatable {
  var field: Int
  var reason: String
}

struct Form: Panel {
  enum Subject: Equatable {
    case create(LocationName)
    case edit(Queue)
    case push(QueueName)
  }

  let title: String
  let subject: Subject
  var fields: [FormField]
  var cursor = 0
  var problem: FormProblem?

  var scopes: [Scope] { [.form, .input] }
  var field: TextField? {
    get { fields[cursor].text }
    set {
      fields[cursor].text = newValue ?? fields[cursor].text
      problem = nil
    }
  }

  func value(_ label: String) -> String {
    fields.first { $0.label == label }?.text.text.trimmingCharacters(in: .whitespaces) ?? ""
  }

  func place(_ label: String) -> Int { fields.firstIndex { $0.label == label } ?? 0 }

  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(fields.count - 1, line))
    return []
  }

  mutating func step(by count: Int) { cursor = (cursor + count + fields.count) % fields.count }

  func render(_ state: ConsoleState, _ layout: ScreenLayout, _ frame: inout Frame) {
    let size = Size(columns: min(96, layout.size.columns - 2), rows: min(fields.count + 6, layout.size.rows - 4))
    let area = layout.body.centred(size)
    frame.fill(area, style: Style(.overlay))
    let inside = frame.box(
      area, title: title, style: Style(.border, on: .overlay), titleStyle: Style(.title, on: .overlay)
    ).inset(by: 1)
    let label = (fields.map { TextWidth.of($0.label) }.max() ?? 0) + 2
    for (index, line) in fields.prefix(max(0, inside.rows - 2)).enumerated() {
      let row = inside.row(index)
      frame.target(row, .line(index))
      frame.put(line.label, at: row.origin, style: Style(index == cursor ? .accent : .dim, on: .overlay))
      let place = Rect(column: row.left + label, row: row.top, columns: max(4, row.columns - label), rows: 1)
      if index == cursor {
        frame.fill(place, style: Style(.inputField))
        renderField(line.text, in: place, &frame)
      } else {
        frame.put(line.text.text, at: place.origin, style: Style(.overlay), maxWidth: place.columns)
      }
    }
    let words = problem.map { "✗ \($0.reason)" } ?? fields[cursor].hint
    for (index, line) in DocumentLayout.wrap(words, width: inside.columns).prefix(2).enumerated() {
      let row = inside.row(inside.rows - 2 + index)
      frame.put(
        line, at: row.origin, style: Style(problem == nil ? .dim : .danger, on: .overlay), maxWidth: row.columns)
    }
  }
}

extension Scope {
  static let form = Scope("form", "In a form")
}

extension Action {
  static let formNext = Action(
    "form.next", "Next line", "To the next line.", keys: ["Tab", "Down"], scope: .form, footer: "next"
  ) { state, _ in state.inForm { $0.step(by: 1) } }
  static let formPrevious = Action(
    "form.previous", "Line before", "To the line before.", keys: ["Shift-Tab", "Up"], scope: .form
  ) { state, _ in state.inForm { $0.step(by: -1) } }
  static let formSubmit = Action(
    "form.plan", "Plan", "Show what would be changed.", keys: ["Enter"], scope: .form, footer: "plan it"
  ) { state, _ in state.submitForm() }
  static let formCancel = Action(
    "form.cancel", "Cancel", "Change nothing.", keys: ["Esc"], scope: .form, footer: "cancel"
  ) { state, _ in
    state.overlay = nil
    return []
  }

  static let formActions = [formNext, formPrevious, formSubmit, formCancel]
}

extension ConsoleState {
  fileprivate mutating func inForm(_ change: (inout Form) -> Void) -> [Effect] {
    guard var form = panel(Form.self) else { return [] }
    change(&form)
    overlay = form
    return []
  }

  fileprivate mutating func submitForm() -> [Effect] {
    guard var form = panel(Form.self) else { return [] }
    do throws(FormProblem) {
      switch form.subject {
      case .create(let place): try confirmCreation(form, in: place)
      case .edit(let queue): try confirmUpdate(form, of: queue)
      case .push(let queue): try confirmTask(form, in: queue)
      }
      return []
    } catch {
      (form.problem, form.cursor) = (error, error.field)
      overlay = form
      return [.bell]
    }
  }
}
