// A page laid out for a width: one entry for each line of the screen.
//
// Texts are wrapped when the layout is made; of a JSON value only the places are kept, and its text is made when it is
// drawn, so that a payload of a megabyte costs a key nothing.

import Foundation
import Terminal

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
    /// A line of the JSON value.
    case node(PayloadTree.Row)

    /// Whether the cursor can stand on it.
    var hasContent: Bool {
      switch self {
      case .blank, .heading: false
      default: true
      }
    }
  }

  private(set) var lines: [Line] = []
  /// For each line the number of the document's line that it shows; -1 for headings and blank lines.
  private(set) var sources: [Int32] = []
  /// Where each kind of section starts.
  private(set) var starts: [(kind: Document.Kind, line: Int)] = []
  let width: Int
  let tree: PayloadTree?
  let folds: PayloadFolds
  /// The lines of values that do not fit one.
  private(set) var wrappedNodes: [Int: [[Span]]] = [:]

  /// Names of fields take at least this many columns, and more where a section has longer ones.
  static let nameWidth = 18
  /// In the section that is laid out.
  private var names = nameWidth

  /// - Parameter folds: nil folds what is too much to look at.
  init(_ document: Document, width: Int, folds: PayloadFolds? = nil) {
    self.width = max(1, width)
    tree = document.tree
    self.folds = folds ?? tree?.usualFolds ?? PayloadFolds()
    var source: Int32 = 0
    for section in document.sections {
      if !lines.isEmpty { lines.append(.blank) }
      starts.append((section.kind, lines.count))
      lines.append(.heading(section.title))
      fillSources(-1)
      names = Self.nameWidth(of: section, in: self.width)
      for line in section.lines {
        add(line)
        fillSources(source)
        source += 1
      }
    }
  }

  package static func == (left: DocumentLayout, right: DocumentLayout) -> Bool {
    left.width == right.width && left.lines == right.lines && left.folds == right.folds && left.tree == right.tree
  }

  /// The first line of the first section of a kind.
  func start(of kind: Document.Kind) -> Int? { starts.first { $0.kind == kind }?.line }

  /// The node that a line shows, the line of its closing bracket included.
  func node(at line: Int) -> Int? {
    guard lines.indices.contains(line), case .node(let row) = lines[line] else { return nil }
    return row.node
  }

  /// The first line of a node; nil while one around it is folded.
  func line(ofNode node: Int) -> Int? {
    lines.firstIndex { if case .node(let row) = $0 { row.node == node && row.part == 0 } else { false } }
  }

  /// The first line that shows a line of the document.
  func line(ofSource source: Int) -> Int? { sources.firstIndex(of: Int32(source)) }

  private mutating func fillSources(_ source: Int32) {
    while sources.count < lines.count { sources.append(source) }
  }

  private mutating func add(_ line: Document.Line) {
    switch line {
    case .field(let name, let value, let role): addField(name, value, role)
    case .moment(let name, let moment?, _): lines.append(.moment(nameSpan(name), moment))
    case .due(let name, let moment?): lines.append(.due(nameSpan(name), moment))
    case .due(let name, nil): addField(name, "-", .dim)
    case .moment(let name, nil, let absent): addField(name, absent, .dim)
    case .fireTime(let moment, let zone): lines.append(.fireTime(moment, zone))
    case .spans(let spans): lines += Self.wrapped(spans, width: width).map { .spans($0) }
    case .note(let text, let role): lines += Self.wrap(text, width: width).map { .spans([Span($0, Style(role))]) }
    case .tree(let tree): add(tree)
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
      case .fireTime, .spans, .note, .tree: longest
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
      lines += Self.wrapped([Span(name, Style(.dim))], width: width).map { .spans($0) }
      isFirst = false
    }
    repeat {
      let piece = Self.wholeWords(at: rest, columns: room)
      let label = isFirst ? nameSpan(name) : Span(String(repeating: " ", count: names), Style(.dim))
      lines.append(.spans([label, Span(String(piece), Style(role))]))
      rest = piece.isEmpty ? rest.dropFirst() : rest[piece.endIndex...]
      if rest.first == " " { rest = rest.dropFirst() }
      isFirst = false
    } while !rest.isEmpty
  }

  private mutating func add(_ tree: PayloadTree) {
    tree.forEachRow(folds) { row in
      guard row.part == 0, !tree.surelyFits(row.node, in: width) else { return lines.append(.node(row)) }
      let pieces = Self.wrapped(
        tree.spans(of: row, folds, width: width), width: width,
        indent: tree.indentation(row.node, width: width) + PayloadTree.hanging)
      if pieces.count > 1 { wrappedNodes[row.node] = pieces }
      for part in pieces.indices { lines.append(.node(PayloadTree.Row(node: row.node, part: part))) }
    }
  }
}

// MARK: - Wrapping

extension DocumentLayout {
  /// Cut where the line is full, with the indentation of its beginning on the lines that follow.
  static func wrapped(_ spans: [Span], width: Int, indent: Int? = nil) -> [[Span]] {
    if spans.reduce(0, { $0 + TextWidth.of($1.text) }) <= width { return [spans] }
    let indent = min(indent ?? indentation(of: spans) + 2, width / 2)
    var lines: [[Span]] = []
    var line: [Span] = []
    var used = 0
    for span in spans {
      var rest = Substring(span.text)
      while !rest.isEmpty {
        let piece = beginning(of: rest, columns: width - used)
        if piece.isEmpty, used > indent {
          lines.append(line)
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
    return lines + [line]
  }

  /// The longest beginning that fits and ends after a word, or a part of a name: at a blank, or after a slash or a
  /// comma. What has none in its second half is cut where the line is full.
  private static func wholeWords(at text: Substring, columns: Int) -> Substring {
    let piece = beginning(of: text, columns: columns)
    guard piece.endIndex < text.endIndex, text[piece.endIndex] != " " else { return piece }
    let half = piece.dropFirst(max(1, piece.count / 2))
    guard let end = half.lastIndex(where: { " /,".contains($0) }) else { return piece }
    return piece[end] == " " ? piece[..<end] : piece[...end]
  }

  /// The longest beginning that fits, without making a string of the rest (a payload may be one line of 1 MB).
  private static func beginning(of text: Substring, columns: Int) -> Substring {
    guard columns > 0 else { return text.prefix(0) }
    // ASCII has a column a byte, and its end is found without looking at characters.
    let bytes = text.utf8
    let end = bytes.index(bytes.startIndex, offsetBy: columns + 1, limitedBy: bytes.endIndex) ?? bytes.endIndex
    if bytes[..<end].allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      return text[..<(bytes.index(bytes.startIndex, offsetBy: columns, limitedBy: bytes.endIndex) ?? bytes.endIndex)]
    }
    return beginning(ofCharacters: text, columns: columns)
  }

  private static func beginning(ofCharacters text: Substring, columns: Int) -> Substring {
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
