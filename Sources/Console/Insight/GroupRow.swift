// A group of tasks as a line of the overview.

import CloudModel
import Foundation
import Operations
import Terminal

package struct GroupRow: Equatable, Sendable, TableRow {
  let queue: QueueName
  let group: QueueSurvey.Group
  /// Of the queue's tasks, 0 to 1.
  let share: Double
  package let id: String
  package var isFailing: Bool { group.failing > 0 }

  init(_ group: QueueSurvey.Group, of queue: QueueName, among tasks: Int) {
    (self.queue, self.group) = (queue, group)
    share = tasks > 0 ? Double(group.tasks) / Double(tasks) : 0
    id = "\(queue)\n\(group.taskClass)\n\(group.status)"
  }

  /// The filter that shows exactly these tasks.
  var filter: String {
    let place = group.taskClass.isEmpty ? "!class~." : "class=\(Self.quoted(group.taskClass))"
    switch group.outcome {
    case .never: return "\(place) never"
    case .running: return "\(place) running"
    case .succeeded, .failed:
      // The same code comes with several HTTP statuses and without one, and one status with several codes.
      let status = TaskRow.httpStatus(of: group.status).map { "status=\($0)" } ?? "!status>=0"
      let code = TaskRow.code(of: group.status).flatMap { Self.isCode($0) ? " code=\($0)" : nil } ?? ""
      return "\(place) \(status)\(code)"
    }
  }

  /// The language knows the codes of google.rpc.Code; a newer one than those is left out.
  private static func isCode(_ text: String) -> Bool {
    do throws(FilterError) {
      _ = try Filter("code=\(text)", for: .task)
      return true
    } catch {
      return false
    }
  }

  private static func quoted(_ text: String) -> String {
    if text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }) { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  static let columns: [Column<GroupRow>] = [
    Column(
      "CLASS", width: .flexible(14), rank: 0, sort: .text { $0.group.taskClass }, search: { $0.group.taskClass },
      cell: { row, _ in row.group.taskClass.isEmpty ? CellText("-", .dim) : CellText(row.group.taskClass, .accent) }),
    Column(
      "LAST STATUS", width: .flexible(18), rank: 0, sort: .text { $0.group.status }, search: { $0.group.status },
      cell: { row, _ in
        CellText(
          Document.statusText(row.group.outcome, row.group.status), Document.role(of: row.group.outcome))
      }),
    Column(
      "QUEUE", width: .flexible(10), rank: 1, sort: .text { $0.queue.id }, search: { $0.queue.id },
      cell: { row, _ in CellText(row.queue.id) }),
    Column(
      "TASKS", .trailing, width: .fixed(8), rank: 0, sort: .number { Double($0.group.tasks) }, startsDescending: true,
      cell: { row, _ in CellText(Words.count(row.group.tasks), row.isFailing ? .danger : .text) }),
    Column(
      "SHARE", width: .fixed(10), rank: 3, sort: .number { $0.share }, startsDescending: true,
      cell: { row, _ in
        CellText(
          "\(Int((row.share * 100).rounded()))%".padding(toLength: 5, withPad: " ", startingAt: 0)
            + Sparkline.bar(row.share, columns: 5), row.isFailing ? .danger : .dim)
      }),
    Column(
      "MOST TRIES", .trailing, width: .fixed(11), rank: 3, sort: .number { Double($0.group.most) },
      startsDescending: true,
      cell: { row, _ in CellText(Words.count(row.group.most), row.group.most == 0 ? .dim : .text) }),
    Column(
      "PAIN", .trailing, width: .fixed(8), rank: 1, sort: .number { Double($0.group.pain) }, startsDescending: true,
      cell: { row, _ in
        row.group.pain == 0 ? CellText("-", .dim) : CellText(Words.count(row.group.pain), .danger)
      }),
    Column(
      "OLDEST", .trailing, width: .fixed(7), rank: 4, sort: .age { $0.group.oldest }, startsDescending: true,
      ticks: true,
      cell: { row, moment in
        CellText(row.group.oldest.map { Words.span(moment.now.timeIntervalSince($0)) } ?? "-")
      }),
    Column(
      "NEXT", .trailing, width: .fixed(6), rank: 5, sort: .date { $0.group.next }, ticks: true,
      cell: { row, moment in
        CellText(row.group.next.map { Words.countdown(to: $0, from: moment.now) } ?? "-", .dim)
      }),
  ]
}
