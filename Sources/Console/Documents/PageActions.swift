// The keys of a page: folding, searching, copying, filtering by a value, the raw resource.

import CloudModel
import Foundation
import Operations
import Terminal

extension Scope {
  /// A page while something is searched on it.
  static let found = Scope("found", "Pages, while searching", elsewhere: "only while something is searched on a page")
}

extension Action {
  static let pageTop = Action("page.overview", "Overview", "Go to the top.", keys: ["d"], scope: .page) { state, _ in
    state.page.move(.first, rows: 1)
    return []
  }

  static let pagePayload = Action(
    "page.payload", "Payload", "Go to the payload.", keys: ["p"], scope: .page, footer: "payload", rank: 2,
    refusal: { $0.page.layout?.start(of: .payload) == nil ? "This page has no payload." : nil }
  ) { state, _ in
    guard let start = state.page.layout?.start(of: .payload) else { return [.bell] }
    state.page.go(toSection: start)
    return []
  }

  static let nextRow = Action(
    "page.next", "Next", "The page about the next row.", keys: ["]"], scope: .page, footer: "next", rank: 7
  ) { state, _ in state.openPage(beside: 1) }

  static let previousRow = Action(
    "page.previous", "Previous", "The page about the row before.", keys: ["["], scope: .page, rank: 7
  ) { state, _ in state.openPage(beside: -1) }

  // MARK: Searching

  static let pageSearch = Action(
    "page.search", "Search", "Search this page, folded parts too.", keys: ["/"], scope: .page, footer: "search"
  ) { state, _ in
    state.overlay = SearchLine(state)
    return []
  }

  static let foundNext = Action(
    "page.match-next", "Next match", "To the next place that matches.", keys: ["n"], scope: .found, footer: "next match"
  ) { state, _ in state.goToMatch(by: 1) }

  static let foundPrevious = Action(
    "page.match-previous", "Match before", "To the place before that matches.", keys: ["N"], scope: .found
  ) { state, _ in state.goToMatch(by: -1) }

  static let foundClear = Action(
    "page.match-clear", "End search", "Show no matches any more.", keys: ["Esc"], scope: .found, footer: "end search"
  ) { state, _ in
    state.page.search = nil
    return []
  }

  // MARK: Folding

  private static let needsTree: @Sendable (ConsoleState) -> String? = {
    $0.page.layout?.tree == nil ? "Nothing can be folded here: there is no JSON." : nil
  }

  private static let needsNode: @Sendable (ConsoleState) -> String? = { state in
    if let refusal = needsTree(state) { return refusal }
    return state.page.foldable == nil ? "Put the cursor on a line of the payload." : nil
  }

  static let fold = Action(
    "page.fold", "Fold", "Fold the list or object of this line, or unfold it.", keys: ["Space", "Enter"], scope: .page,
    footer: "fold", refusal: needsNode
  ) { state, _ in
    state.page.toggleFold()
    return []
  }

  static let foldClose = Action(
    "page.fold-close", "Close fold", "Fold this list or object; one that is folded folds what it is in.",
    keys: ["Left"], scope: .page, refusal: needsNode
  ) { state, _ in
    if state.page.isFolded { state.page.goAround() }
    state.page.toggleFold(to: true)
    return []
  }

  static let foldOpen = Action(
    "page.fold-open", "Open fold", "Unfold this list or object.", keys: ["Right"], scope: .page, refusal: needsNode
  ) { state, _ in
    state.page.toggleFold(to: false)
    return []
  }

  static let foldLess = Action(
    "page.fold-level", "Fold a level", "Show one level less.", keys: ["-"], scope: .page, refusal: needsTree
  ) { state, _ in
    state.page.fold(by: -1)
    return []
  }

  static let foldMore = Action(
    "page.unfold-level", "Unfold a level", "Show one level more.", keys: ["+"], scope: .page, refusal: needsTree
  ) { state, _ in
    state.page.fold(by: 1)
    return []
  }

  static let foldAll = Action(
    "page.fold-all", "Fold all", "Show the first level only.", keys: ["{"], scope: .page, refusal: needsTree
  ) { state, _ in
    state.page.fold(toLevel: 1)
    return []
  }

  static let unfoldAll = Action(
    "page.unfold-all", "Unfold all", "Show all levels.", keys: ["}"], scope: .page, refusal: needsTree
  ) { state, _ in
    state.page.fold(toLevel: .max)
    return []
  }

  // MARK: Copying

  static let copyValue = Action(
    "page.copy-value", "Copy value", "Copy the value of this line.", keys: ["y"], scope: .page,
    refusal: { $0.valueRefusal }
  ) { state, _ in
    guard let copy = state.valueUnderCursor else { return [.bell] }
    return [.copy(copy.text, what: copy.title)]
  }

  static let copyPath = Action(
    "page.copy-path", "Copy path", "Copy the path of this value, as filters spell it.", keys: ["Y"], scope: .page,
    refusal: { $0.page.node == nil ? "Put the cursor on a line of the payload." : nil }
  ) { state, _ in
    guard let node = state.page.node, let tree = state.page.layout?.tree else { return [.bell] }
    return [.copy(tree.spelledPath(to: node), what: "the path")]
  }

  static let filterByValue = Action(
    "page.filter", "Filter by value", "Show the tasks of the queue that have this value.", keys: ["F"], scope: .page,
    refusal: { $0.filterRefusal }
  ) { state, _ in state.filterTasksByValue() }

  static let showRaw = Action(
    "page.raw", "Raw", "The resource as the service writes it, or the page again.", keys: ["v"], scope: .page,
    refusal: { $0.page.content.latest?.value.raw == nil ? "The page about this has no raw form (yet)." : nil }
  ) { state, _ in
    state.page.toggleRaw()
    return []
  }

  static let pageActions = [
    pageTop, pagePayload, fold, pageSearch, copyValue, copyPath, filterByValue, showRaw, nextRow, previousRow, foldOpen,
    foldClose, foldMore, foldLess, unfoldAll, foldAll, foundNext, foundPrevious, foundClear,
  ]
}

// MARK: - The value under the cursor

extension ConsoleState {
  /// Stands in the place of what is not for a shared screen.
  private static let hidden = "••••••"

  fileprivate var valueRefusal: String? {
    if case .field(_, let value, _)? = page.line?.line, value.hasPrefix(Self.hidden) {
      return "This value is hidden. \(keys.names(for: .showRaw)) shows the raw resource, where it is not."
    }
    return valueUnderCursor == nil ? "There is nothing to copy on this line." : nil
  }

  /// The value of the line under the cursor of a page.
  var valueUnderCursor: Copy? {
    if let node = page.node, let tree = page.layout?.tree {
      return Copy(title: tree.nodes[node].depth == 0 ? "the JSON" : "the value", text: tree.copied(node))
    }
    guard let line = page.line?.line else { return nil }
    switch line {
    case .field(_, let value, _) where value.hasPrefix(Self.hidden) || value == "-": return nil
    case .field(let name, let value, _): return Copy(title: name, text: value)
    case .moment(let name, let moment?, _), .due(let name, let moment?):
      return Copy(title: name, text: Timestamp(moment).description)
    case .moment, .due: return nil
    case .fireTime, .spans, .note, .tree:
      let text = line.text.trimmingCharacters(in: .whitespaces)
      return text.isEmpty ? nil : Copy(title: "the line", text: text)
    }
  }

  /// What `c` offers beside what the screen offers: what the cursor of a page is on.
  var pageCopies: [Copy] {
    guard screen.isPage else { return [] }
    var copies: [Copy] = []
    if let value = valueUnderCursor { copies.append(Copy(title: "under the cursor", text: value.text)) }
    if let node = page.node, let tree = page.layout?.tree {
      copies.append(Copy(title: "path", text: tree.spelledPath(to: node)))
    }
    if let filter = valueFilter { copies.append(Copy(title: "as a filter", text: filter)) }
    if let text = page.content.latest?.value.payload { copies.append(Copy(title: "payload", text: text)) }
    if let raw = page.content.latest?.value.raw { copies.append(Copy(title: "raw JSON", text: raw.pretty)) }
    return copies
  }

  /// The filter of tasks that have the value under the cursor.
  fileprivate var valueFilter: String? {
    guard screen.as(TaskPage.self) != nil, page.raw == nil else { return nil }
    if let node = page.node, let tree = page.layout?.tree {
      guard tree.nodes[node].count == 0 else { return nil }
      return tree.filter(to: node)
    }
    guard let (line, section) = page.line, case .field(let name, let value, _) = line,
      !value.hasPrefix(Self.hidden)
    else { return nil }
    if section.kind == .headers { return Filter.text(.header(name.lowercased()), equals: .string(value)) }
    switch name {
    case "class" where value != "-": return Filter.text(.taskClass, equals: .string(value))
    default: return nil
    }
  }

  fileprivate var filterRefusal: String? {
    if screen.as(TaskPage.self) == nil { return "Only values of a task can be filtered by." }
    if page.raw != nil { return "\(keys.names(for: .showRaw)) shows the page, where values can be filtered by." }
    return valueFilter == nil ? "Put the cursor on a value of the payload, a header or the class." : nil
  }

  fileprivate mutating func filterTasksByValue() -> [Effect] {
    guard let filter = valueFilter, let queue = screen.as(TaskPage.self)?.name.queue else { return [.bell] }
    let effects = openTasks(of: queue)
    return effects + applyFilter(filter)
  }
}
