// How a table comes to show what it should: it is worked out on the loop where the rows are few, and aside where they are
// many. Two works may be under way, each replaced by a newer one of its kind: on the rows that are shown, because of a
// key, and on a list that has just come. A key never waits for a list, nor a list for a key.

import Foundation
import Terminal

/// Where a work stands.
struct WorkState: Equatable, Sendable {
  let number: Int
  /// It was handed out.
  var isUnderWay = false
}

extension TableModel {
  /// A list that is not shown yet.
  struct Incoming: Sendable {
    let rows: Row.List
    let at: Date
    let isComplete: Bool
    var arrangement = Arrangement()
    var work: WorkState?
  }

  /// What is on the screen was chosen by an older filter, or stands in an older order.
  var isArranging: Bool { content.latest != nil && !isCurrent(shown) }

  /// What the filter bar says while it looks: `12,345 so far`.
  var isFiltering: Bool { content.latest != nil && shown.filter != filterVersion }

  private func isCurrent(_ arrangement: Arrangement) -> Bool {
    arrangement.unique != nil && arrangement.sort == sort && arrangement.filter == filterVersion
  }

  private func isLong(_ rows: Row.List) -> Bool { longestOnLoop.map { rows.count > $0 } ?? false }

  /// Makes what is shown what it should be, or has it made aside.
  mutating func arrange() {
    if let list = incoming {
      if !isLong(list.rows) {
        let next = nextWork()
        incoming?.work = next
        if let done = makeWork(ofArrivals: true)?.run() { take(done) }
        return
      }
      // One that is being arranged goes on; what a key has changed meanwhile is made up for when it is done.
      if list.work == nil {
        let next = nextWork()
        incoming?.work = next
      }
    }
    guard let rows = content.latest?.value, !isCurrent(shown) else { return work = nil }
    work = nextWork()
    guard !isLong(rows) else { return }
    if let done = makeWork(ofArrivals: false)?.run() { take(done) }
  }

  private mutating func nextWork() -> WorkState {
    lastWork += 1
    return WorkState(number: lastWork)
  }

  /// Work that is to be begun; each is handed out once.
  mutating func startWork() -> [TableWork<Row>] {
    var started: [TableWork<Row>] = []
    if work?.isUnderWay == false, let made = makeWork(ofArrivals: false) {
      work?.isUnderWay = true
      started.append(made)
    }
    if incoming?.work?.isUnderWay == false, let made = makeWork(ofArrivals: true) {
      incoming?.work?.isUnderWay = true
      started.append(made)
    }
    return started
  }

  private func makeWork(ofArrivals: Bool) -> TableWork<Row>? {
    guard let number = ofArrivals ? incoming?.work?.number : work?.number,
      let list = ofArrivals ? incoming?.rows : content.latest?.value
    else { return nil }
    let foreign =
      ofArrivals && !marks.isEmpty
      ? ForeignMarks<Row>(rows: rows, unique: shown.unique ?? [], marked: marks.rows, version: marks.version) : nil
    return TableWork(
      number: number, isOfArrivals: ofArrivals, rows: list, columns: columns,
      base: ofArrivals ? incoming?.arrangement ?? Arrangement() : shown, sort: sort, filter: wanted,
      filterVersion: filterVersion, isNarrower: !ofArrivals && wanted.narrows(applied),
      now: max(filteredAt, ofArrivals ? incoming?.at ?? .distantPast : .distantPast), marks: foreign)
  }

  /// How many rows the work that is under way has found.
  mutating func take(found count: Int, of number: Int) {
    if number == work?.number { foundSoFar = count }
  }

  /// Shows what a work made. What was made for an older filter, sort or list is dropped or made up for.
  mutating func take(_ done: TableWork<Row>.Done) {
    if done.number == work?.number {
      work = nil
      show(done.arrangement)
    } else if done.number == incoming?.work?.number {
      take(arrivals: done.arrangement)
    }
  }

  private mutating func take(arrivals arrangement: Arrangement) {
    guard let list = incoming else { return }
    let hasMarks = marks.isEmpty || arrangement.marks == marks.version
    guard isCurrent(arrangement), hasMarks else {
      let next = nextWork()
      incoming?.arrangement = arrangement
      incoming?.work = next
      return
    }
    let rangeStart = marks.rangeStart.flatMap { arrangement.position(of: rows[Int($0)].id, in: list.rows) }
    let before = list.isComplete ? rowsOnScreen : [:]
    let latest = Dated(list.rows, at: list.at)
    switch content {
    case .failed(let failure, _) where !list.isComplete: content = .failed(failure, last: latest)
    default: content = list.isComplete ? .loaded(latest) : .loading(last: latest)
    }
    (isPartial, filteredAt) = (!list.isComplete, max(filteredAt, list.at))
    (incoming, work) = (nil, nil)
    (marks.rows, marks.rangeStart) = (arrangement.marked, rangeStart)
    marks.version += 1
    if list.isComplete, marks.awaitsRest { (marks.awaitsRest, marks.isAllWanted) = (false, true) }
    show(arrangement)
    flash(since: before, at: list.at)
    hasMoved = hasMoved || list.isComplete && !list.rows.isEmpty
  }

  private mutating func show(_ arrangement: Arrangement) {
    shown = arrangement
    applied = wanted
    foundSoFar = nil
    for (index, longest) in arrangement.longest {
      // Bytes are at least columns, and are counted without looking at each. Two more for a glyph before the text.
      contentWidths[index] = max(TextWidth.of(columns[index].title) + 1, min(longest + 2, 200))
    }
    if marks.isAllWanted {
      marks.isAllWanted = false
      marks.rows.insert(contentsOf: visible)
      marks.version += 1
    }
    countMarks()
    find()
  }
}

// MARK: - The cursor

extension TableModel {
  /// Puts the cursor on its row again, or where that row would be.
  private mutating func find() {
    guard !visible.isEmpty else { return (cursor, offset) = (0, 0) }
    let line = cursor - offset
    if hasMoved, let cursorRow {
      let position = content.latest.flatMap { shown.position(of: cursorRow.id, in: $0.value) }
      let found = position.flatMap { visible.firstIndex(of: $0) }
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
    while low < high {
      let middle = (low + high) / 2
      if self.row(at: middle).map({ precedes($0, row) }) ?? false { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func precedes(_ left: Row, _ right: Row) -> Bool {
    for key in sort.keys {
      if let isBefore = precedes(left, right, key) { return isBefore }
    }
    return left.id.lowercased() < right.id.lowercased()
  }

  /// Nil where the rows are equal by this column.
  private func precedes(_ left: Row, _ right: Row, _ key: Sort.Key) -> Bool? {
    switch columns.first(where: { $0.title == key.title })?.sort {
    case .number(let value):
      let (first, second) = (value(left), value(right))
      if first == second { return nil }
      guard let first else { return false }
      guard let second else { return true }
      return key.isDescending ? first > second : first < second
    case .text(let text):
      let (first, second) = (text(left).lowercased(), text(right).lowercased())
      return first == second ? nil : key.isDescending ? first > second : first < second
    case nil: return nil
    }
  }
}
