// What is shown before there is a console: why it cannot begin as it was asked to, what was looked at, and the ways to go
// on. Never a stack of errors, and never a console that silently lacks what a file said.

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
  case quit
}

/// Something wrong in a file, with the line it stands in.
package struct StartFault: Equatable, Sendable {
  package var file: String
  package var line: Int
  /// From 1, in Unicode scalars; nil where only the line is known.
  package var column: Int?
  /// The line itself, where it could be read.
  package var text: String?
  package var reason: String
  package var remedy: String?

  package init(file: String, line: Int, column: Int?, text: String?, reason: String, remedy: String?) {
    (self.file, self.line, self.column) = (file, line, column)
    (self.text, self.reason, self.remedy) = (text, reason, remedy)
  }
}

/// The page and its keys.
package struct StartPage: Sendable {
  private let document: Document
  private let choices: [(key: Key, word: String, answer: StartAnswer)]
  private var size: Size
  private var offset = 0

  package init(_ document: Document, choices: [(key: Key, word: String, answer: StartAnswer)], size: Size) {
    (self.document, self.choices, self.size) = (document, choices, size)
  }

  /// What a key means; nil where it only moves the page, or nothing.
  package mutating func press(_ key: Key) -> StartAnswer? {
    switch key {
    case .resize(let size): self.size = size
    case .hangUp, .control("C"): return .quit
    default:
      if let choice = choices.first(where: { $0.key == key }) { return choice.answer }
      if ["j", "Down"].contains(key.name) { offset += 1 }
      if ["k", "Up"].contains(key.name) { offset -= 1 }
      if key.name == "PgDn" { offset += rows }
      if key.name == "PgUp" { offset -= rows }
    }
    offset = max(0, min(offset, layout.lines.count - rows))
    return nil
  }

  private var rows: Int { max(1, size.rows - 3) }
  private var layout: DocumentLayout { DocumentLayout(document, width: max(1, size.columns - 2)) }

  package func frame() -> Frame {
    var frame = Frame(size: size)
    frame.fill(frame.bounds, style: Style(.text))
    guard size.columns > 2, size.rows > 3 else { return frame }
    let bar = Rect(column: 0, row: 0, columns: size.columns, rows: 1)
    frame.fill(bar, style: Style(.header))
    frame.put(
      "taskdeck  \(document.title)", at: Point(column: 1, row: 0), style: Style(.header, attributes: .bold),
      maxWidth: size.columns - 2)
    for (row, line) in layout.lines.dropFirst(offset).prefix(rows).enumerated() {
      let place = Point(column: 1, row: row + 2)
      switch line {
      case .heading(let text): frame.put(text, at: place, style: Style(.title), maxWidth: size.columns - 2)
      case .spans(let spans): frame.put(spans, at: place, maxWidth: size.columns - 2)
      default: break
      }
    }
    drawChoices(&frame)
    return frame
  }

  private func drawChoices(_ frame: inout Frame) {
    let row = size.rows - 1
    frame.fill(Rect(column: 0, row: row, columns: size.columns, rows: 1), style: Style(.footer))
    var column = 1
    for choice in choices {
      let spans = [Span(choice.key.name, Style(.key, on: .footer)), Span(" \(choice.word)  ", Style(.footer))]
      frame.put(spans, at: Point(column: column, row: row), maxWidth: max(0, size.columns - column))
      column += spans.reduce(0) { $0 + TextWidth.of($1.text) }
    }
  }
}

extension Document {
  /// What is wrong in files: the place, the line itself with the fault underlined, and what to write instead.
  package init(title: String, faults: [StartFault], then words: [String]) {
    let sections = faults.map { fault -> Section in
      let place = "\(fault.file):\(fault.line)\(fault.column.map { ":\($0)" } ?? "")"
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
    let number = "  \(fault.line) | "
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
  package init(title: String, reason: String, remedy: String, looked: [(place: String, found: String?)]) {
    let places = looked.map { place, found -> Line in
      let sign = found == nil ? Span("-  ", Style(.dim)) : Span("✓  ", Style(.success))
      return .spans([
        sign, DocumentLayout.nameSpan(sanitised(place), width: 44),
        Span(sanitised(found ?? "nothing"), Style(found == nil ? .dim : .text)),
      ])
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
