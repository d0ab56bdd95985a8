// What the Schedule tab knows: the plan, which of its blocks are folded, and where
// the cursor is.

import CloudModel
import Foundation
import Operations
import Terminal

/// A plan with what is drawn beside it, made off the main loop.
package struct ScheduleView: Equatable, Sendable {
  package var plan: SchedulePlan
  package var strip: FireStrip
  /// Whether the definitions are a file's: one that is wrong is not applied in part.
  package var isFile: Bool

  package init(plan: SchedulePlan, strip: FireStrip, isFile: Bool) {
    (self.plan, self.strip, self.isFile) = (plan, strip, isFile)
  }
}

/// How a job differs from its definition.
package enum JobDrift: Equatable, Sendable {
  case changed
  case stale
}

struct ScheduleState: Equatable, Sendable {
  var content: Loaded<ScheduleView> = .unasked
  var prunes = false
  /// IDs of the jobs whose blocks show their first line only.
  var folded: Set<String> = []
  var cursor = 0
  var offset = 0
  private(set) var lines: [ScheduleLine] = []
  private var made: Made?

  /// What the lines were made of.
  private struct Made: Equatable, Sendable {
    var view: ScheduleView
    var folded: Set<String>
    var width: Int
  }

  var plan: SchedulePlan? { content.latest?.value.plan }

  /// The job of the block under the cursor.
  var block: String? { lines.indices.contains(cursor) ? lines[cursor].block : nil }

  /// Makes the lines fit the plan and the width, and keeps the cursor on the screen.
  mutating func arrange(_ area: Rect, _ zone: TimeZone) {
    guard let view = content.latest?.value else { return }
    let wanted = Made(view: view, folded: folded, width: area.columns)
    if made != wanted {
      lines = ScheduleLines(view, folded: folded, width: area.columns, zone: zone).all
      made = wanted
    }
    cursor = max(0, min(cursor, lines.count - 1))
    offset = max(0, min(offset, lines.count - area.rows))
    if cursor < offset { offset = cursor }
    if cursor >= offset + area.rows { offset = cursor - area.rows + 1 }
  }

  /// Never ends on an empty line, where Enter and a reader find nothing.
  mutating func move(by distance: Int) {
    guard !lines.isEmpty, distance != 0 else { return }
    let step = distance.signum()
    cursor = max(0, min(cursor + distance, lines.count - 1))
    while lines[cursor].isEmpty, lines.indices.contains(cursor + step) { cursor += step }
    while lines[cursor].isEmpty, lines.indices.contains(cursor - step) { cursor -= step }
  }

  mutating func toggleFold() {
    guard let block else { return }
    if folded.remove(block) == nil { folded.insert(block) }
    // The first line of the block stays under the cursor.
    if let head = lines.firstIndex(where: { $0.block == block }) { cursor = head }
  }

  mutating func foldAll() {
    let blocks = Set(lines.compactMap(\.block))
    folded = folded.isSuperset(of: blocks) ? [] : blocks
    cursor = 0
  }

  /// How a job differs from what the definitions say.
  func drift(of job: JobName) -> JobDrift? {
    guard let plan else { return nil }
    if plan.updated.contains(where: { $0.before.name == job }) { return .changed }
    return (plan.stale + plan.deleted).contains { $0.name == job } ? .stale : nil
  }
}
