// What a page says, where its cursor is, what of it is folded and what was searched for.
//
// The cursor is a line, because lines are what is copied, folded and filtered by. It stays on the same value when the
// page is laid out again.

import CloudModel
import Foundation
import Terminal

struct PageState: Equatable, Sendable {
  var content: Loaded<Document> = .unasked
  var layout: DocumentLayout?
  /// The first line on the screen.
  var offset = 0
  private(set) var cursor = 0
  /// nil as long as nobody has folded anything.
  private(set) var folds: PayloadFolds?
  var search: PageSearch?
  /// The resource as the service writes it, in place of the page; nil while the page is shown.
  private(set) var raw: Document?
  /// How many requests the log's page is made of.
  var requests: Int?
  /// Scroll to the payload once it is there.
  var wantsPayload = false
  private var isOld = false

  init(content: Loaded<Document> = .unasked) { self.content = content }

  /// What is on the screen.
  var shown: Document? { raw ?? content.latest?.value }

  mutating func take(_ made: Dated<Document>) {
    if content.latest?.value != made.value {
      isOld = true
      if raw != nil { raw = made.value.rawPage }
    }
    content = .loaded(made)
  }

  /// From the page to the raw JSON and back.
  mutating func toggleRaw() {
    raw = raw == nil ? content.latest?.value.rawPage : nil
    (layout, folds, search, cursor, offset) = (nil, nil, nil, 0, 0)
  }

  // MARK: Layout

  mutating func arrange(_ area: Rect) {
    guard let document = shown else { return }
    if isOld || layout?.width != area.columns { lay(document, width: area.columns) }
    guard let layout else { return }
    if wantsPayload, case .loaded = content, let start = layout.start(of: .payload) {
      go(toSection: start)
      wantsPayload = false
    }
    cursor = content(near: cursor, 1)
    reveal(rows: area.rows)
  }

  private mutating func lay(_ document: Document, width: Int) {
    let old = layout
    if old?.tree != document.tree { folds = nil }
    let made = DocumentLayout(document, width: width, folds: folds)
    if let old { cursor = line(in: made, like: cursor, of: old) }
    (layout, isOld) = (made, false)
    if search != nil { search?.find(in: document) }
  }

  /// The line that shows what a line of an older layout showed.
  private func line(in new: DocumentLayout, like line: Int, of old: DocumentLayout) -> Int {
    if new.tree == old.tree, let node = old.node(at: line), let tree = new.tree {
      for candidate in ([node] + tree.around(node).reversed()) {
        if let found = new.line(ofNode: candidate) { return found }
      }
    }
    guard old.sources.indices.contains(line), old.sources[line] >= 0,
      let first = old.line(ofSource: Int(old.sources[line])), let found = new.line(ofSource: Int(old.sources[line]))
    else { return line }
    return found + (line - first)
  }

  /// The nearest line that says something, looked for in a direction first.
  private func content(near line: Int, _ direction: Int) -> Int {
    guard let lines = layout?.lines, !lines.isEmpty else { return 0 }
    let start = max(0, min(line, lines.count - 1))
    for step in [direction, -direction] {
      var place = start
      while lines.indices.contains(place) {
        if lines[place].hasContent { return place }
        place += step
      }
    }
    return start
  }

  /// Scrolls no more than it takes to see the cursor; headings above it are shown with it.
  private mutating func reveal(rows: Int) {
    guard let lines = layout?.lines else { return }
    let rows = max(1, rows)
    offset = max(0, min(offset, lines.count - rows))
    if cursor < offset + 3 {
      var top = cursor
      while top > 0, !lines[top - 1].hasContent { top -= 1 }
      offset = min(offset, top)
    }
    if cursor >= offset + rows { offset = cursor - rows + 1 }
  }

  // MARK: Moving

  mutating func move(_ action: Action, rows: Int) {
    wantsPayload = false
    switch action {
    case .first: (cursor, offset) = (content(near: 0, 1), 0)
    case .last: (cursor, offset) = (content(near: .max, -1), .max)
    case .down: cursor = content(near: cursor + 1, 1)
    case .up: cursor = content(near: cursor - 1, -1)
    default:
      let distance = ConsoleState.distance(action, rows)
      offset = max(0, offset + distance)
      cursor = content(near: cursor + distance, distance < 0 ? -1 : 1)
    }
  }

  /// Turns the wheel of the mouse: the page moves, and the cursor only as far as it has to.
  mutating func turnWheel(_ lines: Int, rows: Int) {
    guard let count = layout?.lines.count else { return }
    wantsPayload = false
    let before = offset
    offset = max(0, min(offset + lines, count - rows))
    // At either end of the page the wheel goes on with the cursor. Above it `reveal` wants room for headings.
    let wanted = before == offset ? cursor + lines : max(offset + 3, min(cursor, offset + rows - 1))
    cursor = content(near: wanted, lines < 0 ? -1 : 1)
  }

  /// A press of the mouse puts the cursor on a line that says something.
  mutating func point(at line: Int) {
    guard let lines = layout?.lines, lines.indices.contains(line), lines[line].hasContent else { return }
    wantsPayload = false
    cursor = line
  }

  /// To a heading and what is below it.
  mutating func go(toSection start: Int) {
    (cursor, offset) = (content(near: start, 1), start)
  }

  /// To a line, which is put into the upper half of the screen where it was not on it.
  private mutating func go(toLine line: Int, rows: Int) {
    cursor = line
    if !(offset..<offset + rows).contains(line) { offset = max(0, line - rows / 3) }
  }

  // MARK: Under the cursor

  /// The node of the payload under the cursor.
  var node: Int? { layout?.node(at: cursor) }

  /// The line of the document under the cursor.
  var line: (line: Document.Line, section: Document.Section)? {
    guard let layout, layout.sources.indices.contains(cursor), let document = shown else { return nil }
    let source = Int(layout.sources[cursor])
    guard let line = document.line(source), let section = document.section(ofLine: source) else { return nil }
    return (line, section)
  }

  /// Which item of a journal entry the cursor is on.
  var item: Int? {
    guard let layout, layout.sources.indices.contains(cursor), let document = shown else { return nil }
    let source = Int(layout.sources[cursor])
    guard document.section(ofLine: source)?.kind == .items, case .spans? = document.line(source) else { return nil }
    return document.place(ofLine: source)
  }

  // MARK: Folding

  /// The node that a fold of the cursor's line would be about: itself, or what it is in.
  var foldable: Int? {
    guard let node, let tree = layout?.tree else { return nil }
    if tree.nodes[node].isFoldable { return node }
    return tree.around(node).last
  }

  var isFolded: Bool {
    guard let foldable, let layout, let tree = layout.tree else { return false }
    return layout.folds.isFolded(foldable, tree.nodes[foldable])
  }

  mutating func toggleFold() {
    guard let foldable else { return }
    change { $0.toggle(foldable) }
  }

  mutating func toggleFold(to folded: Bool) {
    if isFolded != folded { toggleFold() }
  }

  /// To the list or object around the one under the cursor.
  mutating func goAround() {
    guard let foldable, let layout, let tree = layout.tree, let around = tree.around(foldable).last else { return }
    cursor = layout.line(ofNode: around) ?? cursor
  }

  mutating func fold(toLevel level: Int) { change { $0 = PayloadFolds(level: level) } }

  /// One level more, or one less.
  mutating func fold(by step: Int) {
    guard let layout, let tree = layout.tree else { return }
    let level = min(layout.folds.level, tree.deepest + 1) + step
    fold(toLevel: level > tree.deepest ? .max : max(1, level))
  }

  private mutating func change(_ edit: (inout PayloadFolds) -> Void) {
    guard var folds = layout?.folds else { return }
    edit(&folds)
    (self.folds, isOld) = (folds, true)
  }

  // MARK: Searching

  /// To a place that matched; what hides it is unfolded.
  mutating func go(to place: PageSearch.Place, in area: Rect) {
    guard let document = shown else { return }
    // Folds that were put back are not in the layout yet.
    if isOld { lay(document, width: area.columns) }
    guard let layout else { return }
    if case .node(let node) = place, let tree = layout.tree {
      var folds = layout.folds
      // A text is unfolded too: what matched may be behind its beginning.
      for around in tree.around(node) + [node] where folds.isFolded(around, tree.nodes[around]) {
        if around != node || tree.nodes[around].isLong { folds.toggle(around) }
      }
      if folds != layout.folds {
        self.folds = folds
        lay(document, width: area.columns)
      }
    }
    let line =
      switch place {
      case .node(let node): self.layout?.line(ofNode: node)
      case .line(let source): self.layout?.line(ofSource: source)
      }
    if let line { go(toLine: line, rows: area.rows) }
  }

  /// Where a search begins.
  var place: PageSearch.Place {
    if let node { return .node(node) }
    guard let layout, layout.sources.indices.contains(cursor) else { return .line(0) }
    return .line(max(0, Int(layout.sources[cursor])))
  }

  /// Puts the cursor back where it was before a search.
  mutating func restore(_ other: PageState) {
    (cursor, offset, folds, isOld) = (other.cursor, other.offset, other.folds, true)
  }
}

extension Document {
  /// The resource as the service writes it; nil where it is not known.
  fileprivate var rawPage: Document? {
    guard let raw else { return nil }
    return Document(
      title: title,
      sections: [
        Section(
          "Raw: the resource as the service writes it", .payload,
          lines: [.note("Header values are shown here, secret ones too."), .tree(PayloadTree(raw, prefix: nil))])
      ])
  }
}
