// One table: its rows, which of them are shown in which order, and where the cursor is.
//
// The cursor is a row, not a number: rows come and go under it. When its own row goes, the cursor moves to the row that
// now stands where it stood. The order and the selection by the filter are kept, and made again only when rows, sort or
// filter change (`TableArranging.swift`); drawing only looks at the visible rows.

import Foundation
import Terminal

/// What a key can do to a table.
enum TableEdit: Equatable {
  case move(by: Int)
  case first, last
  /// As it is typed, and the time it is, which ages are counted from.
  case filter(String, Date)
  /// Which rows a filter lets through that the rows cannot answer, by their IDs.
  case known(String, Set<String>)
  case sort(Sort)
  /// By the column so many places beside the one it is sorted by, among those that are shown at this width.
  case sortBy(Int, width: Int)
  case reverseSort
  /// By a column, by its position in the list; the other way around where it is sorted by that one.
  case sortOn(Int)
  /// So many lines down, with the cursor kept on the screen.
  case wheel(Int, height: Int)
  /// The row on a line of the screen, if there is one.
  case select(line: Int)
  case mark(Action)
  /// So many columns to the right.
  case scroll(Int, width: Int)
  case view(TableView)
}

/// The state of one table.
package struct TableModel<Row: TableRow>: Sendable {
  package let columns: [Column<Row>]
  package internal(set) var content: Loaded<Row.List> = .unasked
  /// The rows are the first pages of a list that is still arriving, or never arrived.
  package internal(set) var isPartial = false
  /// Rows received so far by a load that is not finished.
  package private(set) var arriving = Row.List()
  /// The order and the choice of the rows that are shown.
  var shown = Arrangement()
  /// A list that is arranged before it is shown.
  var incoming: Incoming?
  /// The work on what is shown that is under way, or is to be begun.
  var work: WorkState?
  var lastWork = 0
  /// The filter as it is typed.
  package internal(set) var filter = ""
  /// The last good filter.
  package internal(set) var wanted = RowFilter<Row>(plain: "")
  /// The filter that chose the rows that are shown.
  package internal(set) var applied = RowFilter<Row>(plain: "")
  /// What is wrong with `filter`, when it is not the one that is wanted.
  package internal(set) var filterProblem: FilterProblem?
  /// What the filter counts ages from.
  var filteredAt = Date.distantPast
  /// Goes up with each filter that is typed.
  var filterVersion = 0
  /// How many rows the filter that is under way has found.
  var foundSoFar: Int?
  package internal(set) var marks = Marks()
  package internal(set) var sort: Sort
  /// Which columns are shown, and how.
  var view: TableView
  /// Position in `visible`.
  package internal(set) var cursor = 0
  /// The first visible row on the screen.
  package internal(set) var offset = 0
  /// The width of the longest text of each flexible column.
  var contentWidths: [Int]
  /// The cells that have just changed.
  var flash = Flash()
  /// Rows that the screen has room for.
  private(set) var height = 0
  var cursorRow: Row?
  var hasMoved = false
  /// Lists longer than this are arranged aside; nil is never.
  let longestOnLoop: Int?

  package init(columns: [Column<Row>], sort: Sort, longestOnLoop: Int? = nil) {
    self.columns = columns
    self.sort = sort
    self.longestOnLoop = longestOnLoop
    view = TableView(count: columns.count)
    contentWidths = columns.map { TextWidth.of($0.title) + 1 }
  }

  package var rows: Row.List { content.latest?.value ?? Row.List() }
  /// Positions in `rows` of what the filter lets through, in the order of the sort.
  package var visible: [Int32] { shown.visible }
  package var failingCount: Int { shown.failing }
  /// The row under the cursor.
  package var current: Row? { row(at: cursor) }
  /// How many rows there are, each counted once.
  package var count: Int { shown.unique?.count ?? 0 }

  /// The row at a position of the shown list.
  package func row(at position: Int) -> Row? {
    guard shown.visible.indices.contains(position), let rows = content.latest?.value else { return nil }
    return rows[Int(shown.visible[position])]
  }

  /// The row of an ID, shown or hidden.
  package func row(id: String) -> Row? {
    guard let rows = content.latest?.value else { return nil }
    return shown.position(of: id, in: rows).map { rows[Int($0)] }
  }

  var sortColumn: Column<Row>? { columns.first { $0.title == sort.title } }
}

// MARK: - Answers

extension TableModel {
  /// Asked for, or asked for again.
  package mutating func ask() {
    content = content.asking
    arriving = Row.List()
  }

  /// A complete list: it replaces what is shown in one step.
  package mutating func load(_ rows: Row.List, at moment: Date) {
    arriving = Row.List()
    incoming = Incoming(rows: rows, at: moment, isComplete: true)
    arrange()
  }

  package mutating func fail(_ failure: Failure) {
    if isShowingArrivals, arriving.count > rows.count {
      show(arriving, at: content.latest?.at ?? incoming?.at ?? .distantPast)
    }
    content = content.failing(failure)
    arriving = Row.List()
  }

  /// A page of a list that goes on. While an older complete list is shown the pages wait, so that a refresh never shows
  /// fewer rows; the first time, they are shown as they come.
  package mutating func receive(page: [Row], at moment: Date) {
    arriving.append(contentsOf: page)
    guard isShowingArrivals, incoming == nil else { return }
    // Each time a quarter more: showing each of 1,000 pages would sort 1,000 times.
    if rows.isEmpty || arriving.count - rows.count >= max(1000, rows.count / 4) { show(arriving, at: moment) }
  }

  /// The pages are complete.
  package mutating func finishPages(at moment: Date) { load(arriving, at: moment) }

  /// Nothing is known any more, as for a queue that was never opened; sort and columns stay.
  package mutating func clear() {
    var fresh = TableModel(columns: columns, sort: sort, longestOnLoop: longestOnLoop)
    fresh.view = view
    fresh.flash.isOn = flash.isOn
    // Work that is under way must not be taken for work of the next list.
    fresh.lastWork = lastWork
    self = fresh
  }

  private var isShowingArrivals: Bool { content.latest == nil || isPartial }

  private mutating func show(_ rows: Row.List, at moment: Date) {
    incoming = Incoming(rows: rows, at: moment, isComplete: false)
    arrange()
  }
}

extension TableModel where Row.List == [Row] {
  /// Changes rows in place; `change` must leave their IDs.
  package mutating func update(_ change: (inout Row) -> Void) {
    guard var latest = content.latest else { return }
    for index in latest.value.indices { change(&latest.value[index]) }
    switch content {
    case .unasked: return
    case .loading: content = .loading(last: latest)
    case .loaded: content = .loaded(latest)
    case .failed(let failure, _): content = .failed(failure, last: latest)
    }
    shown = Arrangement()
    arrange()
  }
}

// MARK: - Keys

extension TableModel {
  mutating func apply(_ edit: TableEdit) {
    switch edit {
    case .move(let count): place(cursor + count)
    case .first: place(0)
    case .last: place(visible.count - 1)
    case .filter(let text, let now): setFilter(text, now)
    case .known(let text, let ids):
      guard text == filter else { return }
      (wanted, filterProblem) = (RowFilter(text) { row, _ in ids.contains(row.id) }, nil)
      filterAgain()
    case .sort(let sort):
      self.sort = sort.following(self.sort)
      arrange()
    case .sortBy(let step, let width): apply(.sort(sort(beside: step, width: width)))
    case .reverseSort: apply(.sort(sort.reversed))
    case .sortOn(let index):
      guard columns.indices.contains(index) else { return }
      let column = columns[index]
      let isSorted = column.title == sort.title
      apply(.sort(isSorted ? sort.reversed : Sort(column.title, descending: column.startsDescending)))
    case .wheel(let lines, let height): turnWheel(lines, height: max(1, height))
    case .select(let line):
      if visible.indices.contains(offset + line) { place(offset + line) }
    case .mark(let action): mark(action)
    case .scroll(let step, let width): scroll(by: step, width: width)
    case .view(let view): self.view = view
    }
  }

  private func sort(beside step: Int, width: Int) -> Sort {
    let shown = placed(in: width).map { columns[$0.index] }
    let place = shown.firstIndex { $0.title == sort.title } ?? -1
    let next = shown[((place + step) % shown.count + shown.count) % shown.count]
    return Sort(next.title, descending: next.startsDescending)
  }

  private mutating func turnWheel(_ lines: Int, height: Int) {
    let before = offset
    offset = max(0, min(offset + lines, visible.count - height))
    // At either end of the list the wheel goes on with the cursor.
    place(before == offset ? cursor + lines : max(offset, min(cursor, offset + height - 1)))
  }

  /// Scrolls no more than it takes to have the cursor within `height` rows.
  mutating func scrollToCursor(height: Int) {
    let height = max(1, height)
    self.height = height
    offset = min(offset, max(0, visible.count - height))
    if cursor < offset { offset = cursor }
    if cursor >= offset + height { offset = cursor - height + 1 }
    offset = max(0, offset)
  }

  private mutating func place(_ position: Int) {
    cursor = max(0, min(position, visible.count - 1))
    cursorRow = current
    hasMoved = true
  }

  private mutating func setFilter(_ text: String, _ now: Date) {
    filter = text
    filteredAt = max(filteredAt, now)
    switch Row.filter(text) {
    case .success(let filter): (wanted, filterProblem) = (filter, nil)
    case .failure(let refusal):
      filterProblem = refusal.problem
      // What the rows cannot answer hides none of them: the words typed on the way to it would hide all.
      guard refusal.problem.column == nil else { return }
      wanted = RowFilter(plain: "")
    }
    filterAgain()
  }

  private mutating func filterAgain() {
    filterVersion += 1
    (marks.isAllWanted, marks.awaitsRest) = (false, false)
    foundSoFar = nil
    arrange()
  }
}
