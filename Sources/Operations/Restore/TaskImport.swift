// Tasks of a file, created in a queue. They are put into the journal as if they had
// been taken away, so that an undo creates them: each once, whatever happens meanwhile.

import CloudModel
import Foundation
import JournalModel

/// Reads and stages tasks to be created.
package struct TaskImport: Sendable {
  /// A line that is no task.
  package struct LineError: Error, Equatable {
    /// From 1.
    package let line: Int
    package let reason: String
  }

  package private(set) var tasks: [CloudTask] = []
  /// Line of the file that a name was first seen on.
  private var lines: [TaskName: Int] = [:]
  private let queue: QueueName

  /// Reads JSON lines: tasks as `tasks export` or `tasks list -o jsonl --full` print them, or lines of `journal export`.
  /// Empty lines are passed over. A task without a name gets one.
  ///
  /// - Throws: `LineError` for the first line that cannot be used; nothing is staged by then.
  package init(_ data: Data, into queue: QueueName) throws(LineError) {
    self.queue = queue
    var number = 0
    for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
      if let task = try Self.task(Data(line), number, queue) { try add(task, number) }
    }
  }

  private mutating func add(_ task: CloudTask, _ number: Int) throws(LineError) {
    if let first = lines.updateValue(number, forKey: task.name) {
      throw LineError(line: number, reason: "the task \(task.name.id) is on line \(first) already")
    }
    tasks.append(task)
  }

  /// Nil for the head of a journal export.
  private static func task(_ line: Data, _ number: Int, _ queue: QueueName) throws(LineError) -> CloudTask? {
    let read: JSON
    do { read = try JSON(parsing: line) } catch { throw LineError(line: number, reason: "it is not JSON: \(error)") }
    guard var object = read.object else { throw LineError(line: number, reason: "it is not a JSON object") }
    if object["journal"] != nil {
      guard object["name"] != nil else { return nil }
      guard let kept = object["task"]?.object else {
        throw LineError(line: number, reason: "the journal kept no content of this task")
      }
      object = kept
    }
    // What `tasks list` and `tasks show` add to the resource.
    (object["class"], object["payload"]) = (nil, nil)
    if object["name"] == nil { object["name"] = .string("\(queue)/tasks/\(number)") }
    let task: CloudTask
    do { task = try CloudTask(content: JSON.object(object).data) } catch {
      throw LineError(line: number, reason: "it is not a task: \(error)")
    }
    if case .other = task.target { throw LineError(line: number, reason: "it has no httpRequest") }
    if task.view == "BASIC" {
      throw LineError(line: number, reason: "it was listed without its body; list it with --full, or export it")
    }
    return task
  }

  /// Writes the tasks into an entry of the journal, from which an undo that includes what is gone creates them.
  package func stage(
    in journal: any Journal, acting: Acting, _ surroundings: Surroundings
  ) async throws(OperationError) -> Int {
    let header = JournalHeader(
      action: .importTasks, time: surroundings.now(), acting: acting, key: surroundings.random(),
      intent: ["to": .string(queue.description)])
    return try await journaled { () async throws(JournalError) in
      let entry = try await journal.open(header)
      do throws(JournalError) {
        try await fill(entry, journal)
        try await journal.close(entry, at: surroundings.now())
      } catch {
        await journal.release(entry)
        throw error
      }
      await journal.release(entry)
      return entry
    }
  }

  private func fill(_ entry: Int, _ journal: any Journal) async throws(JournalError) {
    for start in stride(from: 0, to: tasks.count, by: 1000) {
      let page = tasks[start..<min(start + 1000, tasks.count)]
      try await journal.append(page.map { PlannedItem(name: $0.name, content: $0.data) }, to: entry)
    }
    try await journal.seal(entry, plan: ["planned": .integer(tasks.count)])
    for start in stride(from: 0, to: tasks.count, by: 1000) {
      try await journal.change(
        (start..<min(start + 1000, tasks.count)).map { ItemChange($0, .gone) }, of: entry)
    }
  }
}
