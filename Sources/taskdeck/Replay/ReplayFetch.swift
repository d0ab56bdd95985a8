// Getting the task that is to be replayed, whole: from its queue, from wherever in
// the context it is, from the journal's trash, from a file.

import CloudAPI
import CloudModel
import Foundation
import JournalModel
import Operations
import Store

/// Fetches tasks with their bodies.
struct ReplayFetch: Sendable {
  let wiring: Wiring

  /// A task by its name.
  func task(_ name: TaskName) async throws(Exit) -> CloudTask {
    do { return try await wiring.tasks.task(name, view: .full) } catch { throw Self.exit(error, name) }
  }

  /// The task of that ID, in whichever queue of the context it is.
  func task(id: String) async throws -> CloudTask {
    var (found, tombstones) = ([TaskName](), [QueueName]())
    for parent in wiring.parents {
      for queue in try await wiring.tasks.queues(in: parent, withStats: false).queues {
        let name = try wiring.task(id, in: queue.name)
        switch await look(for: name) {
        case .success: found.append(name)
        case .failure(let error) where error.status == .notFound:
          if Self.isTombstone(error) { tombstones.append(queue.name) }
        case .failure(let error): throw error
        }
      }
    }
    guard let name = found.first else { throw Self.missing(id, tombstones, await trash(id)) }
    guard found.count == 1 else {
      throw Exit.usage(
        "\(id) is in several queues", reason: found.map { $0.queue.description }.joined(separator: ", "),
        remedy: "Name the queue: taskdeck tasks debug \(name.queue.id) \(id)")
    }
    return try await task(name)
  }

  private func look(for name: TaskName) async -> Result<CloudTask, APIError> {
    do throws(APIError) { return .success(try await wiring.tasks.task(name, view: .basic)) } catch {
      return .failure(error)
    }
  }

  /// The tasks that meet the criteria.
  func tasks(_ intent: DiscardIntent) async throws -> [CloudTask] {
    if case .named(let names) = intent.choice {
      var tasks: [CloudTask] = []
      for name in names {
        let task = try await task(name)
        if let objection = intent.objection(to: task) {
          throw Exit.refused(
            "The task \(name.id) is not one of those", reason: "\(objection).", remedy: "Leave out the criterion.")
        }
        tasks.append(task)
      }
      return tasks
    }
    var tasks: [CloudTask] = []
    for queue in intent.queues {
      do {
        for try await page in wiring.tasks.taskPages(in: queue, view: .full) {
          tasks += page.items.filter { intent.objection(to: $0) == nil }
        }
      } catch { throw Self.exit(error, queue) }
    }
    return tasks
  }

  /// `maxAttempts` of a queue, which the library would ask for with credentials of its own; nil when it is not to be had.
  func maximumAttempts(of queue: QueueName) async -> Int? {
    do { return try await wiring.tasks.queue(queue).retryConfig.maxAttempts } catch { return nil }
  }

  // MARK: Failures

  private static func exit(_ error: APIError, _ resource: some CustomStringConvertible) -> Exit {
    var exit = Exit(error)
    if error.status == .permissionDenied {
      exit.failure.remedy =
        "Bodies need the permission cloudtasks.tasks.fullView, which roles/cloudtasks.taskRunner has, or use another"
        + " account."
    } else if error.status == .notFound, isTombstone(error) {
      exit.failure.title = "\(resource) has finished or was deleted"
    }
    return exit
  }

  /// "The task no longer exists, though a task with this name existed recently. The task either successfully completed
  /// or was deleted." (captured from production)
  private static func isTombstone(_ error: APIError) -> Bool {
    error.message.contains("existed recently")
  }

  private static func missing(_ id: String, _ tombstones: [QueueName], _ entry: Int?) -> Exit {
    let where_ = entry.map { "It is in the trash: taskdeck tasks debug \(id) --journal \($0)" }
    let remedy = where_ ?? "Give its queue and the ID as `taskdeck tasks list QUEUE` shows it, or a file with --from."
    var exit =
      tombstones.isEmpty
      ? Exit.refused("There is no task \(id)", reason: "No queue of the context has it.", remedy: remedy)
      : Exit.refused(
        "The task \(id) has finished or was deleted",
        reason: "It was in \(tombstones.map(\.id).joined(separator: ", ")) until recently.", remedy: remedy)
    exit.code = .notFound
    return exit
  }

  /// The newest journal entry that has the task's content.
  private func trash(_ id: String) async -> Int? {
    // Only a hint: a journal that cannot be opened is told of where it is needed.
    do {
      let journal = try Workbench.openJournal(ProcessInfo.processInfo.environment)
      return try await journal.items(ofTask: id).first?.entry
    } catch { return nil }
  }
}

/// Tasks that need no network: those of the trash and of files.
enum KeptTasks {
  /// The tasks of a journal entry, as they were.
  static func inTrash(_ number: Int, _ journal: SQLiteJournal) async throws -> [CloudTask] {
    let entry = try await journal.entry(number)
    guard entry.header.keepsContent else {
      throw Exit.refused(
        "Journal entry \(number) kept no content", reason: "It was made with --no-undo.", remedy: "Use --from FILE.")
    }
    var (tasks, position) = ([CloudTask](), -1)
    while true {
      let page = try await journal.items(of: number, in: nil, after: position, limit: 500)
      guard let last = page.last else { return tasks }
      position = last.position
      let contents = try await journal.contents(of: number, at: page.map(\.position))
      for item in page {
        guard let content = contents[item.position] else { continue }
        tasks.append(try JSONReader.read(content) { reader throws(JSONError) in try CloudTask(&reader) })
      }
    }
  }

  /// The tasks of a file, `-` for standard input.
  static func inFile(_ path: String) throws(Exit) -> [CloudTask] {
    let data =
      path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try PayloadArgument.file(path, "The task file")
    do { return try TaskFile(data).tasks } catch {
      throw .usage(
        "The file holds no task that can be run", reason: "\(path): \(error.reason).",
        remedy: "Give what `tasks show -o json`, `tasks export` or `journal export` printed.")
    }
  }

  /// The one that is meant.
  static func only(_ tasks: [CloudTask], id: String?, in place: String) throws(Exit) -> CloudTask {
    let found = id.map { id in tasks.filter { $0.name.id == id || $0.name.description == id } } ?? tasks
    if let task = found.first, found.count == 1 { return task }
    let ids = tasks.prefix(8).map(\.name.id).joined(separator: ", ")
    throw .usage(
      id.map { "\(place) has no task \($0)" } ?? "\(place) has \(tasks.count) tasks",
      reason: "It has \(ids)\(tasks.count > 8 ? ", ..." : "").", remedy: "Name one by its ID, or give --all.")
  }
}
