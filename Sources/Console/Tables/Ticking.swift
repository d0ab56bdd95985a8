// How often ages and countdowns go on.
//
// Thirty ages that tick each second are three hundred bytes a second to a person who looks away, over a line that may be
// a telephone (DESIGN.md, Budgets: under 60). So the clock that cells are drawn by goes on when there is enough saved up
// for what will change: each second where one row is young, every five where thirty are. A key brings it up to date.

import Foundation
import Terminal

/// The moment that ages are drawn by.
struct Ticking: Equatable, Sendable {
  private(set) var moment: Date
  /// Bytes that may be sent; below zero after more was.
  private var saved = most

  /// Bytes a second, and how many are saved up.
  private static let rate = 50.0
  private static let most = 300.0

  init(_ moment: Date) { self.moment = moment }

  /// A second has gone by.
  mutating func tick(_ now: Date, cost: Int) {
    saved = min(Self.most, saved + Self.rate)
    guard saved >= min(Self.most, Double(cost)) else { return }
    saved -= Double(cost)
    moment = now
  }

  mutating func catchUp(_ now: Date) { moment = now }
}

/// The cells that change between two moments, and what drawing them costs.
struct TickedCells {
  private var count = 0
  private var role: Role?
  private var switches = 0

  /// What it takes to go to a cell and write a character or two; to go there first, and back; and to change colours.
  private static let cell = 8
  private static let first = 45
  private static let colour = 20

  var cost: Int { count == 0 ? 0 : Self.first + Self.cell * count + Self.colour * max(0, switches - 1) }

  mutating func compare(_ before: CellText, _ after: CellText) {
    guard before != after else { return }
    count += 1
    if role != after.role { (role, switches) = (after.role, switches + 1) }
  }

  mutating func compare(_ before: String, _ after: String) { compare(CellText(before), CellText(after)) }
}

extension TableModel {
  /// Adds the cells on a screen so wide and high.
  func addTicks(_ cells: inout TickedCells, from before: Moment, to after: Moment, in layout: ScreenLayout) {
    guard content.latest != nil, columns.contains(where: \.ticks) else { return }
    let ticking = placed(in: layout.table.columns).map { columns[$0.index] }.filter(\.ticks)
    guard !ticking.isEmpty else { return }
    // Column by column, as colours go.
    let rows = (offset..<offset + max(0, layout.tableRows)).compactMap { row(at: $0) }
    for column in ticking {
      for row in rows { cells.compare(column.cell(row, before), column.cell(row, after)) }
    }
  }
}

extension DocumentLayout {
  /// Adds the lines that a page shows.
  func addTicks(_ cells: inout TickedCells, from before: Date, to after: Date, in shown: Range<Int>) {
    for line in lines[shown.clamped(to: lines.indices)] {
      switch line {
      case .moment(_, let moment), .due(_, let moment), .fireTime(let moment, _):
        cells.compare(Words.relative(moment, to: before), Words.relative(moment, to: after))
      case .blank, .heading, .spans, .node: continue
      }
    }
  }
}

extension ConsoleState {
  /// Lets ages go on, as far as that is cheap.
  mutating func tickAges() {
    let layout = ScreenLayout(self)
    var (before, after) = (moment, moment)
    (before.now, after.now) = (ticking.moment, now)
    var cells = TickedCells()
    screen.view.addTicks(&cells, from: before, to: after, self, layout)
    if layout.preview != nil {
      preview?.layout.addTicks(&cells, from: before.now, to: after.now, in: 0..<layout.size.rows)
    }
    if let shown = toldMoment {
      cells.compare(
        Words.span(before.now.timeIntervalSince(shown)), Words.span(after.now.timeIntervalSince(shown)))
    }
    ticking.tick(now, cost: cells.cost)
  }

  /// The moment whose age the bar above tells.
  private var toldMoment: Date? {
    switch freshness {
    case .nothing, .live, .partial: nil
    case .paused(let shown), .slowedDown(let shown): shown
    case .stale(let shown), .asOf(let shown): shown
    }
  }
}
