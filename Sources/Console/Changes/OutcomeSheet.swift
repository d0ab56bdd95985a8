// What came of a change: every planned task is in one of the numbers, and failures are grouped by their error.

import CloudModel
import Foundation
import JournalModel
import Operations
import Terminal

/// How far a run is.
package struct ChangeProgress: Equatable, Sendable {
  package var done: Int
  package var total: Int
  package var failed: Int
  /// Tasks a second.
  package var rate: Double

  package init(done: Int, total: Int, failed: Int = 0, rate: Double = 0) {
    (self.done, self.total, self.failed, self.rate) = (done, total, failed, rate)
  }

  package init(_ progress: RunProgress) {
    self.init(done: progress.done, total: progress.total, failed: progress.failed, rate: progress.rate)
  }
}

/// Failures with the same error.
package struct FailureGroup: Equatable, Sendable {
  package var error: String
  package var count: Int
  /// IDs of some of the tasks.
  package var samples: [String]

  package init(error: String, count: Int, samples: [String]) {
    (self.error, self.count, self.samples) = (error, count, samples)
  }

  private static let samplesKept = 5

  /// The largest group first.
  package static func groups(of items: [JournalItem]) -> [FailureGroup] {
    var groups: [String: FailureGroup] = [:]
    for item in items {
      let error = sanitised(item.error ?? "the outcome is not known")
      var group = groups[error] ?? FailureGroup(error: error, count: 0, samples: [])
      group.count += 1
      if group.samples.count < samplesKept { group.samples.append(sanitised(item.name.id)) }
      groups[error] = group
    }
    return groups.values.sorted { ($1.count, $0.error) < ($0.count, $1.error) }
  }
}

/// An outcome, ready to be looked at.
package struct OutcomeSheet: Equatable, Sendable {
  package var entry: Int
  package var title: String
  package var document: Document
  package var canRetry: Bool
  package var canUndo: Bool
  /// The queue that is not there any more.
  package private(set) var deletedQueue: QueueName?

  /// What came of the queue, after what came of its tasks.
  package mutating func tell(of queue: QueueName, _ end: Result<Void, Failure>) {
    switch end {
    case .success:
      title = "The queue \(queue.id) and \(Words.count(deleted, "task")) deleted"
      (deletedQueue, canUndo) = (queue, true)
      document.sections[0].lines.insert(.field("Queue", "deleted", .success), at: 0)
    case .failure(let failure):
      title += "; the queue \(queue.id) is NOT deleted"
      let words = sanitised("! The queue is not deleted: \(failure.reason) \(failure.remedy)")
      document.sections[0].lines.insert(.note(words, .danger), at: 0)
    }
  }

  /// A queue that was created again and had no tasks to put back.
  package init(revived queue: QueueName, entry: Int) {
    title = "The queue \(queue.id) is there again"
    self.entry = entry
    document = Document(
      title: title, sections: [.init("Outcome", lines: [.note("It had no tasks to put back.", .info)])])
    (canRetry, canUndo) = (false, false)
  }

  private var deleted = 0

  /// - Parameter stop: why the run ended early; nil when every task had its turn.
  package init(_ entry: JournalEntry, stop: Failure?, failures: [FailureGroup]) {
    let counts = entry.counts
    let isUndo = entry.header.action == .undo
    self.entry = entry.number
    let done = isUndo ? counts.restored : counts.discarded
    deleted = counts.discarded
    title = "\(Words.count(done, "task")) \(isUndo ? "put back" : "discarded")"
    if counts.failed > 0 { title += ", \(Words.count(counts.failed)) failed" }
    canRetry = counts.failed + counts.sent + counts.waiting > 0
    canUndo = !isUndo && entry.header.keepsContent && counts.discarded > 0
    document = Document(title: title, sections: Self.sections(entry, stop, failures))
  }

  private static func sections(
    _ entry: JournalEntry, _ stop: Failure?, _ failures: [FailureGroup]
  ) -> [Document.Section] {
    var lines: [Document.Line] = []
    if let stop { lines.append(.note("! \(stop.title): \(stop.reason)", .warning)) }
    lines += numbers(entry)
    var sections = [Document.Section("Outcome", lines: lines)]
    if !failures.isEmpty {
      let groups = failures.flatMap { group -> [Document.Line] in
        [
          .note("\(Words.count(group.count)) x \(group.error)", .danger),
          .note("    \(group.samples.joined(separator: ", "))\(group.count > group.samples.count ? ", ..." : "")"),
        ]
      }
      sections.append(Document.Section("Failures", lines: groups))
    }
    return sections
  }

  private static func numbers(_ entry: JournalEntry) -> [Document.Line] {
    let counts = entry.counts
    let isUndo = entry.header.action == .undo
    var lines: [Document.Line] = [
      isUndo
        ? .field("Put back", Words.count(counts.restored), .success)
        : .field("Discarded", Words.count(counts.discarded), .success)
    ]
    if !isUndo || counts.gone > 0 {
      lines.append(.field("Gone before", "\(Words.count(counts.gone)) (finished, or deleted by others)"))
    }
    lines.append(.field("Failed", Words.count(counts.failed), counts.failed > 0 ? .danger : .text))
    let open = counts.waiting + counts.sent
    if open > 0 { lines.append(.field("Not done", "\(Words.count(open)), still as they were or not known", .warning)) }
    lines.append(.field("Journal", "entry \(entry.number), \(entry.progress.rawValue)"))
    return lines
  }
}
