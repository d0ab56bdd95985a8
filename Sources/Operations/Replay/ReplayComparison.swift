// Two replays beside each other: how they ended, what was different in what they
// got, and what they wrote, line by line.

import CloudModel
import Foundation
import ReplayModel

package struct ReplayComparison: Sendable {
  package let left: ReplayRecord
  package let right: ReplayRecord

  package init(_ left: ReplayRecord, _ right: ReplayRecord) { (self.left, self.right) = (left, right) }

  /// Facts of both, the name first.
  package var facts: [(name: String, left: String, right: String)] {
    func text(_ value: Int?) -> String { value.map { String($0) } ?? "-" }
    func fact(_ name: String, _ text: (ReplayRecord) -> String) -> (name: String, left: String, right: String) {
      (name, text(left), text(right))
    }
    return [
      fact("replay") { String($0.number) }, fact("time") { $0.time.description }, fact("class") { $0.taskClass ?? "-" },
      fact("task") { $0.task.split(separator: "/").last.map(String.init) ?? $0.task }, fact("handler") { $0.handler },
      fact("outcome") { $0.outcome }, fact("status") { text($0.httpStatus ?? $0.exitStatus) },
      fact("seconds") { JSON.double(($0.seconds * 1000).rounded() / 1000).compact },
      fact("result") { $0.result?.compact ?? "-" },
    ]
  }

  /// Keys of the payload that differ; nil where one of the two is no JSON.
  package var payloadChanges: [PayloadChange]? {
    do { return PayloadDiff.changes(from: try JSON(parsing: left.payload), to: try JSON(parsing: right.payload)) } catch
    {
      return nil
    }
  }

  /// What they wrote, without its times and colours.
  package var rows: [SideBySideRow] { SideBySide.rows(Self.texts(left), Self.texts(right)) }

  private static func texts(_ record: ReplayRecord) -> [String] {
    record.lines.map { ($0.source == .errors ? "! " : "") + $0.plainText }
  }

  package var json: JSON {
    let changes = payloadChanges?.map { change -> JSON in
      ["field": .string(change.path), "before": change.before ?? .null, "after": change.after ?? .null]
    }
    let rows = rows.filter { !$0.isSame }.map { row -> JSON in
      ["left": row.left.map(JSON.string) ?? .null, "right": row.right.map(JSON.string) ?? .null]
    }
    return [
      "left": .object(left.json), "right": .object(right.json), "payload": changes.map(JSON.array) ?? .null,
      "samePayload": .bool(left.payload == right.payload), "output": .array(rows),
    ]
  }
}
