// What is shown before there is a console: why it cannot begin as it was asked to, what was looked at, and the ways to go
// on. Never a stack of errors, and never a console that silently lacks what a file said.

import Foundation
import Terminal

/// A way to go on.
package enum StartAnswer: Equatable, Sendable {
  /// Open the file in the person's editor, then look again.
  case edit
  case again
  /// Go on without what cannot be used.
  case goOn
  case demo
  case context(String)
  /// What was typed.
  case project(String)
  case locations(String)
  /// Ask gcloud for tokens, as the account that it is logged in with.
  case gcloudLogin
  case quit
}

/// Something wrong in a file, with the line it stands in.
package struct StartFault: Equatable, Sendable {
  package var file: String
  /// nil where the file as a whole is at fault.
  package var line: Int?
  /// From 1, in Unicode scalars; nil where only the line is known.
  package var column: Int?
  /// The line itself, where it could be read.
  package var text: String?
  package var reason: String
  package var remedy: String?

  package init(file: String, line: Int?, column: Int?, text: String?, reason: String, remedy: String?) {
    (self.file, self.line, self.column) = (file, line, column)
    (self.text, self.reason, self.remedy) = (text, reason, remedy)
  }
}

/// A place that was looked at.
package struct StartLook: Equatable, Sendable {
  package enum Outcome: Equatable, Sendable {
    case found(String)
    case nothing
    /// Why not.
    case notAsked(String)
    case asking
  }

  package var place: String
  package var outcome: Outcome

  package init(_ place: String, _ outcome: Outcome) { (self.place, self.outcome) = (place, outcome) }

  /// With the found text, or nothing.
  package init(_ place: String, _ found: String?) { self.init(place, found.map { .found($0) } ?? .nothing) }

  fileprivate var spans: (sign: Span, words: Span) {
    switch outcome {
    case .found(let text): (Span("✓  ", Style(.success)), Span(sanitised(text), Style()))
    case .nothing: (Span("-  ", Style(.dim)), Span("nothing", Style(.dim)))
    case .notAsked(let reason): (Span("-  ", Style(.dim)), Span("not asked: \(sanitised(reason))", Style(.dim)))
    case .asking: (Span("…  ", Style(.info)), Span("asking, this may take some seconds", Style(.info)))
    }
  }
}

/// Something that can be typed on the page.
package struct StartPrompt: Sendable {
  package let key: Key
  /// For the footer.
  let word: String
  let label: String
  /// What may be meant; it can be changed.
  let guess: String
  /// Why a text cannot be what is asked for; nil when it can.
  let problem: @Sendable (String) -> String?
  let answer: @Sendable (String) -> StartAnswer

  package init(
    key: Key, word: String, label: String, guess: String = "", problem: @escaping @Sendable (String) -> String?,
    answer: @escaping @Sendable (String) -> StartAnswer
  ) {
    (self.key, self.word, self.label, self.guess) = (key, word, label, guess)
    (self.problem, self.answer) = (problem, answer)
  }
}

/// The page and its keys.
package struct StartPage: Sendable {
  private var document: Document
  private let choices: [(key: Key, word: String, answer: StartAnswer)]
  private let prompts: [StartPrompt]
  private var size: Size
  private var offset = 0
  private var typed: (prompt: StartPrompt, field: TextField, problem: String?)?

  package init(
    _ document: Document, choices: [(key: Key, word: String, answer: StartAnswer)], prompts: [StartPrompt] = [],
    size: Size
  ) {
    (self.document, self.choices, self.prompts, self.size) = (document, choices, prompts, size)
  }

  /// The same keys under other words: more is known than at first. What is being typed stays.
  package mutating func replace(_ document: Document) { self.document = document }

  /// What a key means; nil where it only moves the page, types, or does nothing.
  package mutating func press(_ key: Key) -> StartAnswer? {
    switch key {
    case .resize(let size): self.size = size
    case .hangUp, .control("C"): return .quit
    default:
      if typed != nil { return type(key) }
      if let choice = choices.first(where: { $0.key == key }) { return choice.answer }
      if let prompt = prompts.first(where: { $0.key == key }) { typed = (prompt, TextField(prompt.guess), nil) }
      move(key)
    }
    offset = max(0, min(offset, layout.lines.count - rows))
    return nil
  }

  private mutating func move(_ key: Key) {
    switch key.name {
    case "j", "Down": offset += 1
    case "k", "Up": offset -= 1
    case "PgDn": offset += rows
    case "PgUp": offset -= rows
    default: break
    }
  }

  private mutating func type(_ key: Key) -> StartAnswer? {
    guard var typing = typed else { return nil }
    typed = nil
    switch key {
    case .escape: return nil
    case .enter:
      let text = typing.field.text.trimmingCharacters(in: .whitespaces)
      guard let problem = text.isEmpty ? "Type one, or Esc." : typing.prompt.problem(text) else {
        return typing.prompt.answer(text)
      }
      typing.problem = problem
    case .character(let character): typing.field.insert(String(character))
    case .paste(let text): typing.field.insert(text)
    default: if let action = Self.editing[key] { _ = typing.field.edit(action) }
    }
    if key != .enter { typing.problem = nil }
    typed = typing
    return nil
  }

  private static let editing: [Key: Action] = [
    .backspace: .inputDelete, .delete: .inputDeleteForward, .left: .inputLeft, .right: .inputRight,
    .home: .inputStart, .end: .inputEnd, .control("U"): .inputDeleteAll, .control("W"): .inputDeleteWord,
    .control("A"): .inputStart, .control("E"): .inputEnd,
  ]
}

// MARK: - Drawing

extension StartPage {
  private var rows: Int { max(1, size.rows - 4) }
  private var layout: DocumentLayout { DocumentLayout(document, width: max(1, size.columns - 2)) }

  package func frame() -> Frame {
    var frame = Frame(size: size)
    frame.fill(frame.bounds, style: Style(.text))
    guard size.columns > 2, size.rows > 4 else { return frame }
    let bar = Rect(column: 0, row: 0, columns: size.columns, rows: 1)
    frame.fill(bar, style: Style(.header))
    frame.put(
      "taskdeck  \(document.title)", at: Point(column: 1, row: 0), style: Style(.header, attributes: .bold),
      maxWidth: size.columns - 2)
    let lines = layout.lines
    for (row, line) in lines.dropFirst(offset).prefix(rows).enumerated() {
      let place = Point(column: 1, row: row + 2)
      switch line {
      case .heading(let text): frame.put(text, at: place, style: Style(.title), maxWidth: size.columns - 2)
      case .spans(let spans): frame.put(spans, at: place, maxWidth: size.columns - 2)
      default: break
      }
    }
    drawLine(&frame, hidden: lines.count - rows - offset)
    drawChoices(&frame)
    return frame
  }

  /// What is typed, or that there is more below.
  private func drawLine(_ frame: inout Frame, hidden: Int) {
    let row = size.rows - 2
    guard let typed else {
      guard hidden > 0 else { return }
      frame.put(
        "\(Words.count(hidden, "line")) more: j and k", at: Point(column: 1, row: row), style: Style(.dim),
        maxWidth: size.columns - 2)
      return
    }
    frame.fill(Rect(column: 0, row: row, columns: size.columns, rows: 1), style: Style(.inputField))
    let label = frame.put(
      "\(typed.prompt.label): ", at: Point(column: 1, row: row), style: Style(.key, on: .inputField),
      maxWidth: size.columns - 2)
    let room = max(1, size.columns - label - 3)
    renderField(typed.field, in: Rect(column: 1 + label, row: row, columns: room, rows: 1), &frame)
    guard let problem = typed.problem else { return }
    frame.fill(Rect(column: 0, row: row - 1, columns: size.columns, rows: 1), style: Style(.text))
    frame.put(
      "✗ \(problem)", at: Point(column: 1, row: row - 1), style: Style(.danger), maxWidth: size.columns - 2)
  }

  private func drawChoices(_ frame: inout Frame) {
    let row = size.rows - 1
    frame.fill(Rect(column: 0, row: row, columns: size.columns, rows: 1), style: Style(.footer))
    let shown: [(String, String)] =
      typed == nil
      ? prompts.map { ($0.key.name, $0.word) } + choices.map { ($0.key.name, $0.word) }
      : [("Enter", "goes on"), ("Esc", "back")]
    var column = 1
    for (key, word) in shown {
      let spans = [Span(key, Style(.key, on: .footer)), Span(" \(word)  ", Style(.footer))]
      frame.put(spans, at: Point(column: column, row: row), maxWidth: max(0, size.columns - column))
      column += spans.reduce(0) { $0 + TextWidth.of($1.text) }
    }
  }
}

extension Document {
  /// What is wrong in files: the place, the line itself with the fault underlined, and what to write instead.
  package init(title: String, faults: [StartFault], then words: [String]) {
    let sections = faults.map { fault -> Section in
      let place = [fault.file, fault.line.map(String.init), fault.column.map(String.init)]
        .compactMap(\.self).joined(separator: ":")
      var lines: [Line] = [.note("✗ \(sanitised(fault.reason))", .danger)]
      if let text = fault.text { lines += Self.excerpt(text, fault) }
      if let remedy = fault.remedy { lines.append(.note(sanitised(remedy), .info)) }
      return Section(sanitised(place), lines: lines)
    }
    self.init(title: title, sections: sections + [Section("Then", lines: words.map { .note($0, .text) })])
  }

  /// The line, and carets below what is wrong, which a terminal without colours shows as well.
  private static func excerpt(_ line: String, _ fault: StartFault) -> [Line] {
    let scalars = Array(line.unicodeScalars)
    let start = max(0, min(scalars.count, (fault.column ?? 1) - 1))
    let end = scalars[start...].firstIndex { " :,}]#".unicodeScalars.contains($0) } ?? scalars.count
    func text(_ part: ArraySlice<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: part)
      return sanitised(String(view)).replacing("\t", with: " ")
    }
    let number = "  \(fault.line.map(String.init) ?? "") | "
    let (before, wrong, after) = (
      text(scalars[..<start]), text(scalars[start..<max(start, end)]), text(scalars[end...])
    )
    var lines: [Line] = [
      .spans([
        Span(number, Style(.dim)), Span(before, Style()), Span(wrong, Style(.danger, attributes: .underline)),
        Span(after, Style()),
      ])
    ]
    if fault.column != nil {
      let blanks = String(repeating: " ", count: TextWidth.of(number) + TextWidth.of(before))
      lines.append(
        .spans([
          Span(blanks, Style()), Span(String(repeating: "^", count: max(1, TextWidth.of(wrong))), Style(.danger)),
        ]))
    }
    return lines
  }

  /// A failure, and the places that were looked at with what was found there.
  package init(title: String, reason: String, remedy: String, looked: [StartLook]) {
    let places = looked.map { look -> Line in
      let (sign, words) = look.spans
      return .spans([sign, DocumentLayout.nameSpan(sanitised(look.place), width: 44), words])
    }
    self.init(
      title: title,
      sections: [
        Section(sanitised(title), lines: [.note(sanitised(reason), .text), .note(sanitised(remedy), .info)]),
        Section("Looked at", lines: places),
        Section(
          "The demo", lines: [.note("It runs on this machine alone, without an account, and shows everything.", .text)]),
      ])
  }
}
