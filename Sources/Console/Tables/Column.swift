// A table is a list of columns, and a column is data: screens are described, not programmed.

import Foundation
import Operations
import Terminal

/// What the text of a cell may depend on besides its row. None of it needs a call, so cells can tick.
package struct Moment: Equatable, Sendable {
  package var now: Date
  package var zone: TimeZone
  /// The queue whose tasks are shown is paused: due tasks wait.
  package var isQueuePaused = false
}

/// The text of a cell and what it means.
package struct CellText: Equatable, Sendable {
  package var text: String
  package var role: Role
  package var attributes: Attributes

  package init(_ text: String, _ role: Role = .text, _ attributes: Attributes = []) {
    self.text = text
    self.role = role
    self.attributes = attributes
  }
}

/// Columns a column takes.
package enum ColumnWidth: Equatable, Sendable {
  case fixed(Int)
  /// At least that many; more when its texts are longer and there is room.
  case flexible(Int)

  package var minimum: Int {
    switch self {
    case .fixed(let width), .flexible(let width): width
    }
  }

  var isFlexible: Bool {
    switch self {
    case .fixed: false
    case .flexible: true
    }
  }
}

/// What a column is sorted by. Rows without a value come last in both directions.
package enum SortValue<Row>: Sendable {
  case number(@Sendable (Row) -> Double?)
  case text(@Sendable (Row) -> String)

  /// Moments are sorted by how long ago they were, as their cells show it.
  package static func age(_ date: @escaping @Sendable (Row) -> Date?) -> SortValue {
    .number { date($0).map { -$0.timeIntervalSinceReferenceDate } }
  }

  /// Moments are sorted by their time.
  package static func date(_ date: @escaping @Sendable (Row) -> Date?) -> SortValue {
    .number { date($0)?.timeIntervalSinceReferenceDate }
  }
}

/// One column of a table.
package struct Column<Row>: Sendable {
  /// Its title, which is also its name.
  package let title: String
  package let alignment: Alignment
  package let width: ColumnWidth
  /// 0 is always shown; on a narrow terminal the highest number goes first.
  package let rank: Int
  package let sort: SortValue<Row>
  /// Whether sorting by it starts with the largest.
  package let startsDescending: Bool
  /// The field of the filter language that it shows, where there is one.
  package let field: FilterField?
  /// Its cells change as time goes by.
  package let ticks: Bool
  /// The text that the filter looks at; nil for what is not looked for, or changes by itself.
  package let search: (@Sendable (Row) -> String)?
  package let cell: @Sendable (Row, Moment) -> CellText

  package init(
    _ title: String, _ alignment: Alignment = .leading, width: ColumnWidth, rank: Int, sort: SortValue<Row>,
    startsDescending: Bool = false, field: FilterField? = nil, ticks: Bool = false,
    search: (@Sendable (Row) -> String)? = nil, cell: @escaping @Sendable (Row, Moment) -> CellText
  ) {
    self.title = title
    self.alignment = alignment
    self.width = width
    self.rank = rank
    self.sort = sort
    self.startsDescending = startsDescending
    self.field = field
    self.ticks = ticks
    self.search = search
    self.cell = cell
  }
}

/// What can be a line of a table.
package protocol TableRow: Equatable, Sendable {
  /// How many of them are kept.
  associatedtype List: RowList = [Self] where List.Element == Self
  /// What makes the row itself while everything else about it changes.
  var id: String { get }
  var isFailing: Bool { get }
  /// What a text typed into the filter means for these rows.
  static func filter(_ text: String) -> Result<RowFilter<Self>, FilterRefusal>
}

/// The column a table is sorted by.
package struct Sort: Equatable, Sendable {
  /// A column and its direction.
  struct Key: Equatable, Sendable {
    var title: String
    var isDescending: Bool
  }

  package var title: String
  package var isDescending: Bool
  /// What the table was sorted by before, the latest first: rows that are equal now stay in that order.
  var before: [Key] = []

  package init(_ title: String, descending: Bool = false) {
    self.title = title
    isDescending = descending
  }

  /// More would cost a sort each whenever a list comes, and nobody sees it.
  private static let most = 2

  var keys: [Key] { [Key(title: title, isDescending: isDescending)] + before }
  var reversed: Sort {
    var sort = self
    sort.isDescending.toggle()
    return sort
  }

  /// The same as the next sort of a table that is sorted by `other`.
  func following(_ other: Sort) -> Sort {
    var sort = self
    sort.before = Array(other.keys.filter { $0.title != title }.prefix(Self.most))
    return sort
  }
}

/// A column with its place on the screen.
struct PlacedColumn: Equatable {
  /// Position in the table's list of columns.
  let index: Int
  /// Counted from the table's left edge.
  let left: Int
  let width: Int
}

/// Distributes the width of a table over its columns.
enum ColumnLayout {
  /// Left of the first column and right of the last one.
  static let margin = 1
  private static let gap = 2
  private static let widestGap = 4

  /// The columns that fit, from left to right. `contents` are the widths of the longest texts, by column.
  static func place<Row>(
    _ columns: [Column<Row>], _ view: TableView, contents: [Int], width: Int
  ) -> [PlacedColumn] {
    let room = width - 2 * margin
    let chosen = view.columns.reduce(into: [Int: Int]()) { $0[$1.index] = $1.width }
    func minimum(_ index: Int) -> Int { chosen[index] ?? columns[index].width.minimum }
    var order = view.shown.map(\.index)
    // The first column says which row it is, so it stays.
    order.removeSubrange(min(1, order.count)..<min(1 + view.skipped, order.count))
    let isByPlace = view.isArranged || view.skipped > 0
    let shown = isByPlace ? beginning(order, minimum, room: room) : fitting(order, columns, minimum, room: room)
    var widths = shown.map(minimum)
    if isByPlace, let last = widths.indices.last, shown.count == 1 { widths[last] = min(widths[last], max(1, room)) }
    var spare = room - needed(widths)
    let flexible = shown.indices.filter { columns[shown[$0]].width.isFlexible && chosen[shown[$0]] == nil }
    // One column each in turn, so that a long name does not take all the room there is.
    while spare > 0, case let wanting = flexible.filter({ widths[$0] < contents[shown[$0]] }), !wanting.isEmpty {
      for place in wanting.prefix(spare) { widths[place] += 1 }
      spare -= min(spare, wanting.count)
    }
    let gaps = max(1, shown.count - 1)
    let gap = min(widestGap, gap + max(0, spare) / gaps)
    if shown.count == 1 { widths[0] = min(widths[0], max(0, room)) }
    return placed(shown, widths, gap)
  }

  /// As many as fit from the left.
  private static func beginning(_ order: [Int], _ minimum: (Int) -> Int, room: Int) -> [Int] {
    var shown = order
    while shown.count > 1, needed(shown.map(minimum)) > room { shown.removeLast() }
    return shown
  }

  private static func fitting<Row>(
    _ order: [Int], _ columns: [Column<Row>], _ minimum: (Int) -> Int, room: Int
  ) -> [Int] {
    var shown = order
    while shown.count > 1, needed(shown.map(minimum)) > room {
      guard let least = shown.indices.reversed().max(by: { columns[shown[$0]].rank < columns[shown[$1]].rank })
      else { break }
      shown.remove(at: least)
    }
    return shown
  }

  private static func needed(_ widths: [Int]) -> Int {
    widths.reduce(0, +) + gap * max(0, widths.count - 1)
  }

  private static func placed(_ shown: [Int], _ widths: [Int], _ gap: Int) -> [PlacedColumn] {
    var left = margin
    var result: [PlacedColumn] = []
    for (place, index) in shown.enumerated() {
      result.append(PlacedColumn(index: index, left: left, width: widths[place]))
      left += widths[place] + gap
    }
    return result
  }
}
