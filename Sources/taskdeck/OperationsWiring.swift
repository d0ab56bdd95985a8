// The operations' ports, fitted with the adapters of this program.

import CloudAPI
import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import Settings
import Store
import Synchronization

extension SQLiteJournal: Journal {}

/// Cloud Tasks as the operations know it.
private struct CloudTaskService: TaskService {
  let client: TasksClient

  func listTasks(
    in queue: QueueName, view: Operations.TaskView, pageToken: String?
  ) async throws(APIError) -> TaskPage {
    let page = try await client.taskPage(in: queue, view: view == .full ? .full : .basic, pageToken: pageToken)
    return TaskPage(nextPageToken: page.nextPageToken) { () throws(APIError) in try page.items() }
  }

  func getTask(_ name: TaskName, view: Operations.TaskView) async throws(APIError) -> CloudTask {
    try await client.task(name, view: view == .full ? .full : .basic)
  }

  func deleteTask(_ name: TaskName) async throws(APIError) { try await client.delete(name) }

  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    BatchOperation(try await client.batchDelete(names, in: queue))
  }

  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation {
    BatchOperation(try await client.operation(named: name))
  }

  func createTask(_ task: CloudTask) async throws(APIError) {
    let new = NewTask(
      queue: task.name.queue, name: task.name, target: task.target, scheduleTime: task.scheduleTime,
      dispatchDeadline: task.dispatchDeadline, unknown: task.unknown)
    _ = try await client.create(new, view: .basic)
  }
}

/// Whether changes are refused. The console turns it while it runs.
final class ReadOnlySwitch: Sendable {
  private let state: Mutex<Bool>
  /// What refuses, in words: `the flag --read-only`.
  let source: String

  init(_ readOnly: Sourced<Bool>) {
    state = Mutex(readOnly.value)
    source = readOnly.value ? readOnly.source : "Ctrl-R in the console"
  }

  var isOn: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// The service behind the switch. It is asked at every call, so turning it stops a run that is under way.
private struct SwitchedTaskService: TaskService {
  let base: any TaskService
  let refusing: ReadOnlyTaskService
  let readOnly: ReadOnlySwitch

  private var current: any TaskService { readOnly.isOn ? refusing : base }

  var refusalOfChanges: APIError? { current.refusalOfChanges }

  func listTasks(in queue: QueueName, view: Operations.TaskView, pageToken: String?) async throws(APIError) -> TaskPage
  {
    try await current.listTasks(in: queue, view: view, pageToken: pageToken)
  }

  func getTask(_ name: TaskName, view: Operations.TaskView) async throws(APIError) -> CloudTask {
    try await current.getTask(name, view: view)
  }

  func deleteTask(_ name: TaskName) async throws(APIError) { try await current.deleteTask(name) }

  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    try await current.startBatchDelete(names, in: queue)
  }

  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation {
    try await current.batchOperation(name)
  }

  func createTask(_ task: CloudTask) async throws(APIError) { try await current.createTask(task) }
}

/// What discards and undos of one run work with.
struct Workbench: Sendable {
  let service: any TaskService
  let journal: SQLiteJournal
  let acting: Acting
  let surroundings = Surroundings.system
  private let retention: JournalSettings
  private let batches = BatchSupport()

  /// Opens the journal of this person. Nothing is sent.
  init(
    _ wiring: Wiring, readOnly: ReadOnlySwitch? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) {
    let readOnly = readOnly ?? ReadOnlySwitch(wiring.context.readOnly)
    let endpoint = wiring.tasks.endpoint
    let base = CloudTaskService(client: wiring.tasks)
    service = SwitchedTaskService(
      base: base, refusing: ReadOnlyTaskService(base, endpoint: endpoint, source: readOnly.source), readOnly: readOnly)
    acting = Acting(context: wiring.context.name?.value ?? "", account: wiring.account, endpoint: endpoint)
    journal = try Self.openJournal(environment)
    retention = wiring.configuration.journal
  }

  var discards: DiscardPlanner { DiscardPlanner(service: service, journal: journal, surroundings: surroundings) }
  var discarder: DiscardExecutor {
    DiscardExecutor(service: service, journal: journal, surroundings: surroundings, acting: acting, batches: batches)
  }
  var restores: RestorePlanner {
    RestorePlanner(service: service, journal: journal, surroundings: surroundings, acting: acting)
  }
  var restorer: RestoreExecutor {
    RestoreExecutor(service: service, journal: journal, surroundings: surroundings, acting: acting)
  }

  /// Removes what is too old, or too much, after a change has added to the journal. Interrupted entries, and those that an
  /// undo is at, stay; so does everything of the last week.
  ///
  /// - Returns: words about what went, or about why nothing could; nil when there is nothing to say.
  func retire() async -> String? {
    let now = Date()
    let before = { (span: Duration) in Timestamp(now.addingTimeInterval(-span.inSeconds)) }
    do throws(JournalError) {
      let gone = try await journal.prune(
        .init(since: before(retention.age), bytes: retention.bytes, sparing: before(JournalSettings.grace)))
      guard !gone.removed.isEmpty else { return nil }
      return "The journal let go of \(Words.count(gone.removed.count)) old entries (\(Words.bytes(gone.bytes)))."
    } catch {
      return "The journal could not let go of old entries: \(error)"
    }
  }

  /// `$XDG_STATE_HOME/taskdeck/journal.db`.
  static func openJournal(_ environment: [String: String]) throws(Exit) -> SQLiteJournal {
    do { return try SQLiteJournal(path: "\(StateFolder.path(environment))/journal.db") } catch { throw Exit(error) }
  }
}

extension Wiring {
  /// The intent with the queues in which more of the same tasks may be: where the library puts them while their own queue
  /// is not to be had (django-cloud-tasks.md section 1), and, when a class is asked for, all others of the location.
  func relating(_ intent: DiscardIntent, to queue: QueueName) async -> DiscardIntent {
    var intent = intent
    let backup = context.backupQueueID(of: queue.id)
    var queues: [QueueName] = []
    // An ID that is too long cannot exist.
    do throws(NameError) { queues = [try QueueName(parent: queue.parent, id: backup)] } catch { queues = [] }
    if intent.taskClass != nil {
      do throws(APIError) {
        let listed = try await tasks.queues(in: queue.parent).queues.filter { $0.stats?.tasksCount != 0 }
        queues += listed.map(\.name).filter { $0.id != backup }
      } catch {
        intent.relatedQueuesRefusal = error
      }
    }
    intent.relatedQueues = queues.filter { $0 != queue }
    return intent
  }

  /// Who acts, for the journal.
  var account: String {
    let choice = context.tasks.credentials.value
    return choice == .anonymous ? "anonymous" : choice.words
  }
}

extension Exit {
  init(_ error: JournalError) {
    self = .refused(
      error.title, reason: error.path.isEmpty ? error.reason : "\(error.path): \(error.reason)", remedy: error.remedy)
  }

  init(_ error: OperationError) {
    switch error {
    case .wrong(let refusal): self = .usage(refusal.title, reason: refusal.reason, remedy: refusal.remedy)
    case .refused(let refusal): self = .refused(refusal.title, reason: refusal.reason, remedy: refusal.remedy)
    case .api(let error): self.init(error)
    case .journal(let error): self.init(error)
    case .cancelled:
      self.init(
        failure: .init(title: "Called off", reason: "Nothing was changed.", remedy: "Run it again."), status: 130)
    }
  }
}
