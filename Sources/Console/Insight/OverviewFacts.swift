// What is known of the queue whose group is under the cursor, below the groups where they leave room: rates, the oldest
// task, the backlog, the next attempts. On wide terminals the preview says the same.

import CloudModel
import Foundation
import Terminal

/// The facts and where they go.
struct OverviewFacts {
  /// Beside each other on wide terminals: the queue, and when attempts are due.
  private let parts: [(layout: DocumentLayout, area: Rect)]

  /// Less than this tells nothing.
  private static let fewestRows = 7
  private static let columnsForTwo = 100

  /// Nil where there is no room, or nothing to tell.
  init?(_ state: ConsoleState, _ layout: ScreenLayout) {
    let body = layout.tableBody
    let used = state.groups.visible.count + 1
    guard layout.preview == nil, state.groups.content.latest != nil, used > 1, body.rows - used >= Self.fewestRows,
      let name = state.groups.current?.queue, let row = state.queueRow(name)
    else { return nil }
    let area = body.splitTop(used).rest.inset(columns: 1)
    let document = Document(row, state.history[name])
    guard var queue = document.sections.first, let due = document.sections.first(where: { $0.title.hasPrefix("Next") })
    else { return nil }
    queue.title = name.id
    // What follows are settings; the page about the queue has them.
    if let rest = queue.lines.firstIndex(where: { if case .field("running now", _, _) = $0 { true } else { false } }) {
      queue.lines.removeSubrange(rest...)
    }
    if area.columns >= Self.columnsForTwo {
      let halves = area.splitRight(area.columns / 2)
      let left = halves.rest.splitRight(2).rest
      parts = [(Self.layout([queue], left), left), (Self.layout([due], halves.right), halves.right)]
    } else {
      parts = [(Self.layout([queue, due], area), area)]
    }
  }

  private static func layout(_ sections: [Document.Section], _ area: Rect) -> DocumentLayout {
    DocumentLayout(Document(title: "", sections: sections), width: area.columns)
  }

  func render(_ state: ConsoleState, _ frame: inout Frame) {
    for part in parts { renderLines(part.layout, from: 0, state, in: part.area, &frame) }
  }

  func addTicks(_ cells: inout TickedCells, from before: Date, to after: Date) {
    for part in parts { part.layout.addTicks(&cells, from: before, to: after, in: 0..<part.area.rows) }
  }
}
