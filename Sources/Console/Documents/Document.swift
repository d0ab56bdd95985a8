// A page about one thing: fields, times, and text in colours, in named sections.
//
// Pages are made off the main loop where they are large (a task's payload may be 1 MB), hold only sanitised text, and
// know nothing of the width they will be shown in.

import Foundation
import Terminal

/// The text of a page.
package struct Document: Equatable, Sendable {
  /// One part of a page.
  package struct Section: Equatable, Sendable {
    package var title: String
    package var lines: [Line]
    /// Keys jump to the section of this kind.
    package var kind: Kind

    package init(_ title: String, _ kind: Kind = .overview, lines: [Line]) {
      self.title = title
      self.kind = kind
      self.lines = lines
    }
  }

  package enum Kind: Equatable, Sendable {
    case overview, attempts, headers, payload, schedule
  }

  /// One line, before it is wrapped.
  package enum Line: Equatable, Sendable {
    /// A name and its value.
    case field(String, String, Role = .text)
    /// A name and a moment, shown with its distance from now.
    case moment(String, Date?, absent: String = "-")
    /// When the next attempt is due; once it is, a paused queue is why nothing happens.
    case due(String, Date?)
    /// A moment in the zone of a schedule, and in UTC.
    case fireTime(Date, TimeZone)
    case spans([Span])
    /// A sentence about what is shown, or is not.
    case note(String, Role = .dim)
  }

  package var title: String
  package var sections: [Section]

  package init(title: String, sections: [Section]) {
    self.title = title
    self.sections = sections
  }
}

/// A page laid out in lines no wider than the screen.
package struct DocumentLayout: Equatable, Sendable {
  /// A line of the screen.
  enum Line: Equatable, Sendable {
    case blank
    case heading(String)
    case spans([Span])
    /// Ticks, so its text is made when it is drawn.
    case moment(Span, Date)
    case due(Span, Date)
    case fireTime(Date, TimeZone)
  }

  private(set) var lines: [Line] = []
  /// Where each kind of section starts.
  private(set) var starts: [(kind: Document.Kind, line: Int)] = []
  let width: Int

  /// Names of fields take at least this many columns, and more where a section has longer ones.
  static let nameWidth = 18
  /// In the section that is laid out.
  private var names = nameWidth

  init(_ document: Document, width: Int) {
    self.width = max(1, width)
    for section in document.sections {
      if !lines.isEmpty { lines.append(.blank) }
      starts.append((section.kind, lines.count))
      lines.append(.heading(section.title))
      names = Self.nameWidth(of: section, in: self.width)
      for line in section.lines { add(line) }
    }
  }

  package static func == (left: DocumentLayout, right: DocumentLayout) -> Bool {
    left.width == right.width && left.lines == right.lines
  }

  /// The first line of the first section of a kind.
  func start(of kind: Document.Kind) -> Int? { starts.first { $0.kind == kind }?.line }

  private mutating func add(_ line: Document.Line) {
    switch line {
    case .field(let name, let value, let role): addField(name, value, role)
    case .moment(let name, let moment?, _): lines.append(.moment(nameSpan(name), moment))
    case .due(let name, let moment?): lines.append(.due(nameSpan(name), moment))
    case .due(let name, nil): addField(name, "-", .dim)
    case .moment(let name, nil, let absent): addField(name, absent, .dim)
    case .fireTime(let moment, let zone): lines.append(.fireTime(moment, zone))
    case .spans(let spans): addWrapped(spans)
    case .note(let text, let role): addWords(text, Style(role))
    }
  }

  private func nameSpan(_ name: String) -> Span { Self.nameSpan(name, width: names) }

  static func nameSpan(_ name: String, width: Int = nameWidth) -> Span {
    Span(name + String(repeating: " ", count: max(1, width - TextWidth.of(name))), Style(.dim))
  }

  /// Wide enough for the names of a section, up to two fifths of the line.
  private static func nameWidth(of section: Document.Section, in width: Int) -> Int {
    let longest = section.lines.reduce(0) { longest, line in
      switch line {
      case .field(let name, _, _), .moment(let name, _, _), .due(let name, _): max(longest, TextWidth.of(name))
      case .fireTime, .spans, .note: longest
      }
    }
    return max(nameWidth, min(longest + 2, width * 2 / 5))
  }

  private mutating func addField(_ name: String, _ value: String, _ role: Role) {
    let room = max(8, width - names)
    var rest = Substring(value)
    var isFirst = true
    if TextWidth.of(name) >= names {
      // A name too long for its column has a line of its own.
      addWrapped([Span(name, Style(.dim))])
      isFirst = false
    }
    repeat {
      let piece = Self.beginning(of: rest, columns: room)
      let label = isFirst ? nameSpan(name) : Span(String(repeating: " ", count: names), Style(.dim))
      lines.append(.spans([label, Span(String(piece), Style(role))]))
      rest = piece.isEmpty ? rest.dropFirst() : rest[piece.endIndex...]
      isFirst = false
    } while !rest.isEmpty
  }

  /// Cut where the line is full, with the indentation of its beginning on the lines that follow.
  private mutating func addWrapped(_ spans: [Span]) {
    if spans.reduce(0, { $0 + TextWidth.of($1.text) }) <= width { return lines.append(.spans(spans)) }
    let indent = min(Self.indentation(of: spans) + 2, width / 2)
    var line: [Span] = []
    var used = 0
    for span in spans {
      var rest = Substring(span.text)
      while !rest.isEmpty {
        let piece = Self.beginning(of: rest, columns: width - used)
        if piece.isEmpty, used > indent {
          lines.append(.spans(line))
          line = [Span(String(repeating: " ", count: indent), Style())]
          used = indent
          continue
        }
        // A character wider than the whole line is dropped rather than looped over for ever.
        let taken = piece.isEmpty ? rest.prefix(1) : piece
        if !piece.isEmpty { line.append(Span(String(piece), span.style)) }
        used += TextWidth.of(String(piece))
        rest = rest[taken.endIndex...]
      }
    }
    lines.append(.spans(line))
  }

  /// The longest beginning that fits, without making a string of the rest (a payload may be one line of 1 MB).
  private static func beginning(of text: Substring, columns: Int) -> Substring {
    var used = 0
    var end = text.startIndex
    while end < text.endIndex {
      used += TextWidth.of(text[end])
      if used > columns { break }
      end = text.index(after: end)
    }
    return text[..<end]
  }

  private static func indentation(of spans: [Span]) -> Int {
    var count = 0
    for span in spans {
      for character in span.text {
        if character != " " { return count }
        count += 1
      }
    }
    return count
  }

  /// Words wrapped at blanks.
  private mutating func addWords(_ text: String, _ style: Style) {
    for line in Self.wrap(text, width: width) { lines.append(.spans([Span(line, style)])) }
  }

  /// A sentence in lines of at most `width` columns, broken at blanks where there are any.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      var word = String(word)
      if !line.isEmpty, TextWidth.of(line) + 1 + TextWidth.of(word) <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while TextWidth.of(word) > width {
        let piece = TextWidth.prefix(of: word, columns: width)
        if piece.isEmpty { break }
        lines.append(piece)
        word = String(word.dropFirst(piece.count))
      }
      line = word
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }
}
