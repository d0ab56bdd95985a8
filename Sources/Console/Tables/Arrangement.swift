// What follows from a table's rows, its sort and its filter: each row once, their order, and which of them are shown.
//
// Of a million rows this takes a second when they are new, and some ten milliseconds for a letter of the filter: too long
// for a key. So it is a value that is made of values, on the loop where rows are few and aside where they are many, and
// the table goes on showing the one before until it is there.

import Foundation

/// The order and the choice of a list's rows, by their positions.
struct Arrangement: Sendable {
  /// All rows once each, by ID; nil until it is made.
  var unique: [Int32]?
  /// The same by the sort.
  var order: [Int32] = []
  /// Of `order` what the filter shows.
  var visible: [Int32] = []
  var failing = 0
  /// Bytes of the longest text of each flexible column.
  var longest: [Int: Int] = [:]
  /// What `order` was sorted by; nil until it is.
  var sort: Sort?
  /// Which version of the filter chose `visible`; nil until one did.
  var filter: Int?
  /// The rows of this list that are marked in the list that is shown, and the version of those marks.
  var marked = RowSet()
  var marks: Int?

  /// Where the row of an ID is.
  func position(of id: String, in rows: some RowList) -> Int32? {
    guard let unique else { return nil }
    let wanted = Array(id.utf8.map(folded))
    var (low, high) = (0, unique.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[Int(unique[middle])].id.utf8.lazy.map(folded).lexicographicallyPrecedes(wanted) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    // IDs that differ in case alone are neighbours.
    while low < unique.count {
      let found = rows[Int(unique[low])].id
      if found == id { return unique[low] }
      guard found.utf8.lazy.map(folded).elementsEqual(wanted) else { return nil }
      low += 1
    }
    return nil
  }
}

/// The marks of another list's rows.
struct ForeignMarks<Row: TableRow>: Sendable {
  let rows: Row.List
  let unique: [Int32]
  let marked: RowSet
  let version: Int
}

/// An arrangement that is to be made.
package struct TableWork<Row: TableRow>: Equatable, Sendable {
  /// Work of a higher number replaces work of the same kind.
  package let number: Int
  /// It is about rows that are not shown yet, and goes on while the shown ones are filtered.
  package let isOfArrivals: Bool
  let rows: Row.List
  let columns: [Column<Row>]
  /// What is made already.
  let base: Arrangement
  let sort: Sort
  let filter: RowFilter<Row>
  let filterVersion: Int
  /// What `base.visible` shows holds all that the filter shows.
  let isNarrower: Bool
  /// What ages are counted from.
  let now: Date
  /// Marks to be found again among the rows; nil where they are of these rows.
  let marks: ForeignMarks<Row>?

  package static func == (left: TableWork, right: TableWork) -> Bool { left.number == right.number }

  /// What came of it.
  package struct Done: Equatable, Sendable {
    package let number: Int
    let arrangement: Arrangement

    package static func == (left: Done, right: Done) -> Bool { left.number == right.number }
  }

  /// Does it; nil when it was called off.
  ///
  /// - Parameter found: is told now and then how many rows the filter shows so far.
  package func run(isCalledOff: () -> Bool = { false }, found: (Int) -> Void = { _ in }) -> Done? {
    var made = base
    if made.unique == nil {
      makeUnique(&made)
      if isCalledOff() { return nil }
    }
    let isResorted = made.sort != sort
    if isResorted {
      guard let order = ordered(made, isCalledOff) else { return nil }
      (made.order, made.sort) = (order, sort)
    }
    if made.filter != filterVersion {
      guard let shown = shown(isCalledOff, found) else { return nil }
      made.visible = filter.isEmpty ? made.order : shown.among(made.order)
      made.filter = filterVersion
    } else if isResorted {
      made.visible = filter.isEmpty ? made.order : RowSet(made.visible, room: rows.count).among(made.order)
    }
    findMarks(&made)
    return Done(number: number, arrangement: made)
  }

  /// By the sort, and by those before it where rows are equal; nil when it was called off.
  private func ordered(_ made: Arrangement, _ isCalledOff: () -> Bool) -> [Int32]? {
    // What is in the order of the sort before needs only the new one.
    let isNext = made.sort.map { $0.keys == sort.before } ?? false
    var order = isNext ? made.order : made.unique ?? []
    for key in isNext ? sort.keys.prefix(1) : sort.keys.reversed()[...] {
      guard let column = columns.first(where: { $0.title == key.title }) else { continue }
      order = RowOrder.sorted(order, by: rows.keys(column), descending: key.isDescending)
      if isCalledOff() { return nil }
    }
    return order
  }

  private func makeUnique(_ made: inout Arrangement) {
    let ids = rows.ids
    let byID = RowOrder.sorted(Array(0..<Int32(rows.count)), byTexts: ids, descending: false)
    let unique = Self.unique(byID, ids)
    made.unique = unique
    made.failing = rows.failing(among: unique)
    for (index, column) in columns.enumerated() {
      guard case .flexible = column.width, column.search != nil else { continue }
      made.longest[index] = rows.longest(column)
    }
  }

  /// A task that moved between two pages while they were fetched is in both; the later one counts.
  private static func unique(_ order: [Int32], _ ids: FlatTexts) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(order.count)
    for position in order {
      if let last = result.last, ids.areEqual(Int(last), Int(position)) {
        result[result.count - 1] = max(last, position)
      } else {
        result.append(position)
      }
    }
    return result
  }

  /// Slice by slice; nil when it was called off.
  private func shown(_ isCalledOff: () -> Bool, _ found: (Int) -> Void) -> RowSet? {
    if filter.isEmpty { return RowSet() }
    var shown = RowSet(room: rows.count)
    let asked = isNarrower && base.filter != nil ? RowSet(base.visible, room: rows.count) : nil
    var sweep = rows.sweep(filter, columns, now: now)
    for start in stride(from: 0, to: rows.count, by: sliceLength) {
      let slice = start..<min(rows.count, start + sliceLength)
      if asked?.isEmpty(in: slice) ?? false { continue }
      sweep.sweep(slice, asked: asked, into: &shown)
      if start % (sliceLength * 16) == 0 {
        if isCalledOff() { return nil }
        found(shown.count)
      }
    }
    return shown
  }

  /// Both lists are in the order of their IDs, so that one run over both finds what they have in common.
  private func findMarks(_ made: inout Arrangement) {
    guard let marks else { return }
    made.marks = marks.version
    made.marked = RowSet(room: rows.count)
    // Few marks are looked up one by one.
    if marks.marked.count < 1000 {
      for position in marks.marked.positions {
        made.position(of: marks.rows[Int(position)].id, in: rows).map { made.marked.insert($0) }
      }
      return
    }
    let (old, new) = (marks.rows.ids, rows.ids)
    let unique = made.unique ?? []
    var place = 0
    for position in marks.unique where marks.marked.contains(position) {
      while place < unique.count, new.precedes(Int(unique[place]), old, Int(position)) { place += 1 }
      // IDs that differ in case alone are neighbours.
      var next = place
      while next < unique.count, new.isAlike(Int(unique[next]), old, Int(position)) {
        if new.isEqual(Int(unique[next]), old, Int(position)) { made.marked.insert(unique[next]) }
        next += 1
      }
    }
  }
}

extension FlatTexts {
  private func text(_ place: Int) -> ArraySlice<UInt8> {
    bytes[(place == 0 ? 0 : Int(ends[place - 1]))..<Int(ends[place])]
  }

  func areEqual(_ first: Int, _ second: Int) -> Bool { text(first) == text(second) }
  func isEqual(_ place: Int, _ other: FlatTexts, _ otherPlace: Int) -> Bool { text(place) == other.text(otherPlace) }

  /// Whatever the case of ASCII letters, as `RowOrder` sorts.
  func isAlike(_ place: Int, _ other: FlatTexts, _ otherPlace: Int) -> Bool {
    text(place).lazy.map(folded).elementsEqual(other.text(otherPlace).lazy.map(folded))
  }

  func precedes(_ place: Int, _ other: FlatTexts, _ otherPlace: Int) -> Bool {
    text(place).lazy.map(folded).lexicographicallyPrecedes(other.text(otherPlace).lazy.map(folded))
  }
}
