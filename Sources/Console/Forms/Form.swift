// A sheet with a few lines to fill in. What it makes is shown as a plan before anything is sent. What is wrong is said
// under the line that it is about.

import CloudModel
import Foundation
import Terminal

/// One line of a form.
struct FormField: Equatable, Sendable {
  let label: String
  let hint: String
  var text: TextField

  init(_ label: String, _ text: String = "", _ kind: TextField.Kind = .line, hint: String) {
    (self.label, self.hint, self.text) = (label, hint, TextField(text, kind))
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
    /// nil for a new one.
    case job(Job?)
    case topic
    case message(TopicName)
  }

  let title: String
  let subject: Subject
  var fields: [FormField]
  var cursor = 0
  var problem: FormProblem?
  /// The editor has the text of this line.
  var edited: (field: Int, generation: Generation)?

  init(title: String, subject: Subject, fields: [FormField]) {
    (self.title, self.subject, self.fields) = (title, subject, fields)
  }

  var scopes: [Scope] { [.form, .input] }
  var field: TextField? {
    get { fields[cursor].text }
    set {
      fields[cursor].text = newValue ?? fields[cursor].text
      let kind = fields[cursor].text.kind
      problem =
        fields[cursor].text.isFull
        ? FormProblem(field: cursor, reason: "That does not fit: \(Words.bytes(kind.limit)) at most.") : nil
    }
  }

  func value(_ label: String) -> String {
    fields.first { $0.label == label }?.text.text.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }

  /// As it was typed; nil where the form has no such line.
  func exactValue(_ label: String) -> String? { fields.first { $0.label == label }?.text.text }

  func place(_ label: String) -> Int { fields.firstIndex { $0.label == label } ?? 0 }

  mutating func point(at line: Int, _ state: inout ConsoleState) -> [Effect] {
    cursor = max(0, min(fields.count - 1, line))
    return []
  }

  /// A second press on a line types nothing and sends nothing.
  var pressKey: Key { .end }

  mutating func step(by count: Int) { cursor = (cursor + count + fields.count) % fields.count }

  static func == (left: Form, right: Form) -> Bool {
    left.title == right.title && left.subject == right.subject && left.fields == right.fields
      && left.cursor == right.cursor && left.problem == right.problem
      && left.edited?.generation == right.edited?.generation
  }
}

extension Scope {
  static let form = Scope("form", "In a form")
}

extension Action {
  static let formNext = Action(
    "form.next", "Next line", "To the next line.", keys: ["Tab", "Down"], scope: .form, footer: "next", rank: 1
  ) { state, _ in state.inForm { $0.step(by: 1) } }
  static let formPrevious = Action(
    "form.previous", "Line before", "To the line before.", keys: ["Shift-Tab", "Up"], scope: .form
  ) { state, _ in state.inForm { $0.step(by: -1) } }
  static let formSubmit = Action(
    "form.plan", "Plan", "Show what would be changed.", keys: ["Enter"], scope: .form, footer: "plan it", rank: 2
  ) { state, _ in state.submitForm() }
  static let formEdit = Action(
    "form.edit", "Editor", "Edit this line in $VISUAL or $EDITOR.", keys: ["Ctrl-O"], scope: .form, footer: "editor",
    rank: 3
  ) { state, _ in state.editInForm() }
  static let formCancel = Action(
    "form.cancel", "Cancel", "Change nothing.", keys: ["Esc"], scope: .form, footer: "cancel"
  ) { state, _ in
    state.overlay = nil
    return []
  }

  static let formActions = [formNext, formPrevious, formSubmit, formEdit, formCancel]
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
      case .job(let job): return begin(try resourceRequest(form, over: job))
      case .topic: try confirmTopic(form)
      case .message(let topic): try confirmMessage(form, to: topic)
      }
      return []
    } catch {
      (form.problem, form.cursor) = (error, error.field)
      overlay = form
      return [.bell]
    }
  }

  // MARK: The editor

  fileprivate mutating func editInForm() -> [Effect] {
    guard var form = panel(Form.self) else { return [] }
    let generation = nextGeneration()
    form.edited = (form.cursor, generation)
    overlay = form
    return [.editText(form.fields[form.cursor].text.text, name: form.fields[form.cursor].label, generation)]
  }

  /// nil is a text that was left as it was.
  mutating func take(edited answer: Result<String?, Failure>, _ generation: Generation) {
    guard var form = panel(Form.self), let edited = form.edited, edited.generation == generation else { return }
    form.edited = nil
    switch answer {
    case .success(nil): say("Nothing was changed in the editor.")
    case .success(let text?):
      form.cursor = edited.field
      var field = TextField("", form.fields[edited.field].text.kind)
      field.insert(text)
      if field.isFull, field.kind != .line {
        form.problem = FormProblem(
          field: edited.field, reason: "\(Words.bytes(text.utf8.count)): \(Words.bytes(field.kind.limit)) at most.")
      } else {
        (form.fields[edited.field].text, form.problem) = (field, nil)
      }
    case .failure(let failure):
      form.problem = FormProblem(field: edited.field, reason: "\(failure.title): \(failure.reason) \(failure.remedy)")
    }
    overlay = form
  }
}
