// What changed is shown once: after a refresh, cells whose text is another one stand out for a second or two, and are
// then drawn plainly again. Only the rows on the screen are compared, with the clock standing still, so that an age that
// ticks is no change and a table of a million rows costs no more than one of thirty.

import Foundation
import Terminal

/// The cells that stand out now.
struct Flash: Equatable, Sendable {
  /// How long: answers come between two ticks, so it is one to two seconds to the eye.
  static let seconds: TimeInterval = 2

  /// Whether anything stands out at all.
  var isOn = true
  /// By the row's ID: positions in the table's list of columns.
  private(set) var cells: [String: Set<Int>] = [:]
  private(set) var until = Date.distantPast

  mutating func show(_ cells: [String: Set<Int>], until: Date) {
    // What stands out already goes on doing so, or a row that changes at each refresh would never be seen to.
    let isShowing = self.until > until.addingTimeInterval(-Self.seconds)
    self.cells = isShowing ? self.cells.merging(cells) { $0.union($1) } : cells
    self.until = until
  }

  /// Ends what has stood out long enough.
  mutating func tick(_ now: Date) {
    if !cells.isEmpty, until <= now { cells = [:] }
  }
}

extension TableModel {
  /// The rows on the screen, for `flash(since:at:)`; none where nothing was shown before.
  var rowsOnScreen: [String: Row] {
    guard flash.isOn, content.latest != nil else { return [:] }
    return (offset..<max(offset, offset + height)).reduce(into: [:]) { rows, position in
      if let row = row(at: position) { rows[row.id] = row }
    }
  }

  /// Lets stand out what differs from the rows of a moment ago.
  mutating func flash(since before: [String: Row], at now: Date) {
    guard !before.isEmpty else { return }
    let moment = Moment(now: now, zone: .gmt)
    var changed: [String: Set<Int>] = [:]
    for position in offset..<max(offset, offset + height) {
      guard let row = row(at: position), let old = before[row.id], old != row else { continue }
      let cells = columns.indices.filter { index in
        let earlier = columns[index].cell(old, moment).text
        // What was not known before has not changed; it has come.
        return earlier != "?" && earlier != columns[index].cell(row, moment).text
      }
      if !cells.isEmpty { changed[row.id] = Set(cells) }
    }
    if !changed.isEmpty { flash.show(changed, until: now.addingTimeInterval(Flash.seconds)) }
  }
}

extension Style {
  /// A cell that has just changed: underlined and bold, which terminals without colours have too. Reversed cells would
  /// flicker all over a busy table.
  var changed: Style { adding([.underline, .bold]) }
}
