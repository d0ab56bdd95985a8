// How a table is looked at: which columns, in which order, how wide, and how far to the right.

import Foundation
import Terminal

/// A column in its place.
struct ChosenColumn: Equatable, Sendable {
  /// Position in the table's list of columns.
  var index: Int
  var isHidden = false
  /// Set where the person has set it.
  var width: Int?
}

/// The columns as a person has arranged them.
struct TableView: Equatable, Sendable {
  var columns: [ChosenColumn]
  /// Columns left out behind the first one, to see those at the right.
  var skipped = 0
  /// Nothing was arranged: on a narrow terminal the least important columns go first.
  var isArranged = false

  init(count: Int) { columns = (0..<count).map { ChosenColumn(index: $0) } }

  var shown: [ChosenColumn] { columns.filter { !$0.isHidden } }
}

extension TableModel {
  /// The columns that are chosen, in their order.
  var shownColumns: [Column<Row>] { view.shown.map { columns[$0.index] } }

  /// What is worth remembering of it.
  var settings: Memory.View {
    var settings = Memory.View(
      columns: view.isArranged
        ? view.columns.map { Memory.View.Column(columns[$0.index].title, isHidden: $0.isHidden, width: $0.width) } : [],
      sort: sort.title, isDescending: sort.isDescending)
    settings.sortedBefore = sort.before.map { Memory.View.Key(title: $0.title, isDescending: $0.isDescending) }
    return settings
  }

  /// Looks at it as it was looked at before. Columns that a newer program has come last.
  mutating func restore(_ memory: Memory.View) {
    var chosen: [ChosenColumn] = []
    for column in memory.columns {
      guard let index = columns.firstIndex(where: { $0.title == column.title }),
        !chosen.contains(where: { $0.index == index })
      else { continue }
      chosen.append(ChosenColumn(index: index, isHidden: column.isHidden, width: column.width))
    }
    if !chosen.isEmpty {
      let missing = columns.indices.filter { index in !chosen.contains { $0.index == index } }
      view.columns = chosen + missing.map { ChosenColumn(index: $0) }
      view.isArranged = !view.shown.isEmpty
      if view.shown.isEmpty { view = TableView(count: columns.count) }
    }
    let before = memory.sortedBefore?.reversed().map { Sort($0.title, descending: $0.isDescending) } ?? []
    let last = memory.sort.map { [Sort($0, descending: memory.isDescending)] } ?? []
    for sort in before + last where columns.contains(where: { $0.title == sort.title }) { apply(.sort(sort)) }
  }

  /// Where the columns are on a screen so wide.
  func placed(in width: Int) -> [PlacedColumn] {
    ColumnLayout.place(columns, view, contents: contentWidths, width: width)
  }

  /// One column further to the right, or back; no further than it takes to see the last one.
  mutating func scroll(by step: Int, width: Int) {
    if step > 0, placed(in: width).last?.index == view.shown.last?.index { return }
    view.skipped = max(0, min(view.shown.count - 2, view.skipped + step))
  }
}
