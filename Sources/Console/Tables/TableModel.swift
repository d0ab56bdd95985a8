// One table: its rows, which of them are shown in which order, and where the cursor is.
//
// The cursor is a row, not a number: rows come and go under it. When its own row goes, the cursor moves to the row that
// now stands where it stood. The order and the selection by the filter are kept, and computed again only when rows,
// sort or filter change; drawing only looks at the visible rows.

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
  package private(set) var content: Loaded<[Row]> = .unasked
  /// The rows are the first pages of a list that is still arriving, or never arrived.
  package private(set) var isPartial = false
  /// Rows received so far by a load that is not finished.
  package private(set) var arriving: [Row] = []
  /// Positions in `rows` of what the filter lets through, in the order of the sort.
  package private(set) var visible: [Int32] = []
  /// The filter as it is typed.
  package private(set) var filter = ""
  /// The last good filter, which is the one that hides rows.
  package private(set) var applied = RowFilter<Row>(plain: "")
  /// What is wrong with `filter`, when it is not the one that is applied.
  package private(set) var filterProblem: FilterProblem?
  private var filteredAt = Date.distantPast
  package internal(set) var marks = Marks()
  package private(set) var sort: Sort
  /// Which columns are shown, and how.
  var view: TableView
  /// Position in `visible`.
  package private(set) var cursor = 0
  /// The first visible row on the screen.
  package private(set) var offset = 0
  package private(set) var failingCount = 0
  /// The width of the longest text of each flexible column.
  private(set) var contentWidths: [Int]
  /// The cells that have just changed.
  var flash = Flash()
  /// Rows that the screen has room for.
  private(set) var height = 0
  private var cursorRow: Row?
  private var hasMoved = false
  /// All rows once each, by ID, and the same by the sort.
  private var byID: [Int32] = []
  private var order: [Int32] = []
  private var searchIndex: SearchIndex?
  private var filterColumns: FilterColumns<Row>?

  package init(columns: [Column<Row>], sort: Sort) {
    self.columns = columns
    self.sort = sort
    view = TableView(count: columns.count)
    contentWidths = columns.map { TextWidth.of($0.title) + 1 }
  }

  package var rows: [Row] { content.latest?.value ?? [] }
  /// The row under the cursor.
  package var current: Row? { row(at: cursor) }
  /// How many rows there are, each counted once.
  package var count: Int { byID.count }

  /// The row at a position of the shown list.
  package func row(at position: Int) -> Row? {
    guard visible.indices.contains(position), let rows = content.latest?.value else { return nil }
    return rows[Int(visible[position])]
  }

  var sortColumn: Column<Row>? { columns.first { $0.title == sort.title } }
}

// MARK: - Answers

extension TableModel {
  /// Asked for, or asked for again.
  package mutating func ask() {
    content = content.asking
    arriving = []
  }

  /// A complete list: it replaces what is shown in one step.
  package mutating func load(_ rows: [Row], at moment: Date) {
    let before = rowsOnScreen
    defer { flash(since: before, at: moment) }
    content = .loaded(Dated(rows, at: moment))
    arriving = []
    isPartial = false
    filteredAt = moment
    dropMarksOfRowsThatAreGone()
    reindex()
    hasMoved = hasMoved || !rows.isEmpty
  }

  package mutating func fail(_ failure: Failure) {
    if isShowingArrivals, arriving.count > rows.count { show(arriving, at: content.latest?.at ?? .distantPast) }
    content = content.failing(failure)
    arriving = []
  }

  /// A page of a list that goes on. While an older complete list is shown the pages wait, so that a refresh never shows
  /// fewer rows; the first time, they are shown as they come.
  package mutating func receive(page: [Row], at moment: Date) {
    arriving += page
    guard isShowingArrivals else { return }
    // Each time a quarter more: showing each of 1,000 pages would sort 1,000 times.
    if rows.isEmpty || arriving.count - rows.count >= max(1000, rows.count / 4) { show(arriving, at: moment) }
  }

  /// The pages are complete.
  package mutating func finishPages(at moment: Date) { load(arriving, at: moment) }

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
    reindex()
  }

  /// Nothing is known any more, as for a queue that was never opened; sort and columns stay.
  package mutating func clear() {
    var fresh = TableModel(columns: columns, sort: sort)
    fresh.view = view
    fresh.flash.isOn = flash.isOn
    self = fresh
  }

  private var isShowingArrivals: Bool { content.latest == nil || isPartial }

  private mutating func show(_ rows: [Row], at moment: Date) {
    content = .loading(last: Dated(rows, at: moment))
    isPartial = true
    reindex()
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
      (applied, filterProblem) = (RowFilter(text) { row, _ in ids.contains(row.id) }, nil)
      filterRows()
      find()
    case .sort(let sort):
      self.sort = sort
      sortRows()
      filterRows()
      find()
    case .sortBy(let step, let width): apply(.sort(sort(beside: step, width: width)))
    case .reverseSort: apply(.sort(sort.reversed))
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
    case .success(let filter): (applied, filterProblem) = (filter, nil)
    case .failure(let refusal):
      filterProblem = refusal.problem
      // What the rows cannot answer hides none of them: the words typed on the way to it would hide all.
      guard refusal.problem.column == nil else { return }
      applied = RowFilter(plain: "")
    }
    filterRows()
    find()
  }
}

// MARK: - Which rows, in which order

extension TableModel {
  private mutating func reindex() {
    let rows = rows
    let ids = rows.map(\.id)
    byID = Self.unique(RowOrder.sorted(Array(0..<Int32(rows.count)), byTexts: ids, descending: false), ids)
    failingCount = rows.withUnsafeBufferPointer { rows in
      byID.reduce(0) { $0 + (rows[Int($1)].isFailing ? 1 : 0) }
    }
    measure(rows)
    (searchIndex, filterColumns) = (nil, nil)
    sortRows()
    filterRows()
    find()
  }

  /// A task that moved between two pages while they were fetched is in both.
  private static func unique(_ order: [Int32], _ ids: [String]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(order.count)
    for position in order {
      if let last = result.last, ids[Int(last)] == ids[Int(position)] {
        result[result.count - 1] = max(last, position)
      } else {
        result.append(position)
      }
    }
    return result
  }

  private mutating func sortRows() {
    let rows = rows
    switch sortColumn?.sort {
    case .number(let value):
      // In the order of memory, and each once: a row is 112 bytes, and most of the time goes into fetching them.
      let numbers = rows.map(value)
      order = RowOrder.sorted(byID, byNumbers: { numbers[$0] }, descending: sort.isDescending)
    case .text(let text):
      order = RowOrder.sorted(byID, byTexts: rows.map(text), descending: sort.isDescending)
    case nil: order = byID
    }
  }

  private mutating func filterRows() {
    chooseRows()
    countMarks()
  }

  private mutating func chooseRows() {
    guard !applied.isEmpty else {
      (searchIndex, filterColumns) = (nil, nil)
      return visible = order
    }
    let rows = rows
    let texts = columns.compactMap(\.search)
    let needles = applied.words.map { TextFilter($0) }
    if let sweep = applied.sweep {
      var columns = filterColumns ?? FilterColumns(rows)
      let isShown = sweep(&columns, filteredAt)
      filterColumns = columns
      return visible = order.filter { isShown[Int($0)] }
    }
    guard applied.condition == nil else {
      let (filter, moment) = (applied, filteredAt)
      return visible = order.filter { filter.matches(rows[Int($0)], texts, now: moment) }
    }
    let index = searchIndex ?? SearchIndex(rows, texts: texts)
    searchIndex = index
    visible = needles.reduce(order) { left, needle in
      let isShown = index.rows(holding: needle)
      return left.filter { isShown[Int($0)] }
    }
  }

  private mutating func measure(_ rows: [Row]) {
    for (index, column) in columns.enumerated() {
      guard case .flexible = column.width, let text = column.search else { continue }
      // Bytes are at least columns, and are counted without looking at each. Two more for a glyph before the text.
      let longest = rows.withUnsafeBufferPointer { rows in rows.reduce(0) { max($0, text($1).utf8.count) } }
      contentWidths[index] = max(TextWidth.of(column.title) + 1, min(longest + 2, 200))
    }
  }

  /// Puts the cursor on its row again, or where that row would be.
  private mutating func find() {
    guard !visible.isEmpty else { return (cursor, offset) = (0, 0) }
    let line = cursor - offset
    if hasMoved, let cursorRow {
      let id = cursorRow.id
      // Through a pointer, so that no row is copied to be asked.
      let found = rows.withUnsafeBufferPointer { rows in visible.firstIndex { rows[Int($0)].id == id } }
      cursor = found ?? min(insertionPoint(of: cursorRow), visible.count - 1)
    } else {
      cursor = min(cursor, visible.count - 1)
    }
    cursorRow = current
    // The row stays on its line of the screen, so that the eye need not follow it.
    if offset > 0 { offset = max(0, cursor - line) }
  }

  private func insertionPoint(of row: Row) -> Int {
    var (low, high) = (0, visible.count)
    let rows = rows
    while low < high {
      let middle = (low + high) / 2
      if precedes(rows[Int(visible[middle])], row) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func precedes(_ left: Row, _ right: Row) -> Bool {
    switch sortColumn?.sort {
    case .number(let value):
      let (first, second) = (value(left), value(right))
      if first == second { break }
      guard let first else { return false }
      guard let second else { return true }
      return sort.isDescending ? first > second : first < second
    case .text(let text):
      let (first, second) = (text(left).lowercased(), text(right).lowercased())
      if first != second { return sort.isDescending ? first > second : first < second }
    case nil: break
    }
    return left.id.lowercased() < right.id.lowercased()
  }
}
