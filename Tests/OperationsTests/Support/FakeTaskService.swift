// Cloud Tasks in memory, with faults on demand.

import CloudModel
import Foundation
import Operations
import Synchronization

/// A call, as the fault rules see it.
enum FakeCall: Equatable, Sendable {
  case list(QueueName, TaskView, pageToken: String?)
  case get(TaskName, TaskView)
  case delete(TaskName)
  case batch([TaskName])
  case operation
  case create(TaskName)

  var isDelete: Bool {
    switch self {
    case .delete, .batch: true
    default: false
    }
  }
}

/// What goes wrong with a call.
enum Fault: Sendable {
  /// The service refuses, nothing is done.
  case refused(APIError)
  /// The request is lost on its way.
  case lost(APIError)
  /// It is carried out, and the answer is lost.
  case lostAnswer(APIError)
}

/// The tasks of any queues, their tombstones, and a log of the calls.
final class FakeTaskService: TaskService {
  struct State {
    var tasks: [TaskName: CloudTask] = [:]
    var order: [TaskName] = []
    var tombstones: Set<TaskName> = []
    var calls: [FakeCall] = []
    var created: [TaskName] = []
    var operations: [String: BatchOperation] = [:]
    var underWay = 0
    var mostUnderWay = 0
  }

  let pageSize: Int
  /// Whether `tasks:batchDelete` exists.
  let hasBatches: Bool
  let keepsTombstones: Bool
  private let state = Mutex(State())
  private let fault: @Sendable (FakeCall, FakeTaskService) -> Fault?

  init(
    _ tasks: [CloudTask] = [], pageSize: Int = 1000, hasBatches: Bool = false, keepsTombstones: Bool = true,
    fault: @escaping @Sendable (FakeCall, FakeTaskService) -> Fault? = { _, _ in nil }
  ) {
    self.pageSize = pageSize
    self.hasBatches = hasBatches
    self.keepsTombstones = keepsTombstones
    self.fault = fault
    for task in tasks { put(task) }
  }

  func put(_ task: CloudTask) {
    state.withLock { state in
      if state.tasks.updateValue(task, forKey: task.name) == nil { state.order.append(task.name) }
    }
  }

  /// As when a task finishes: its name stays behind.
  func finish(_ name: TaskName) {
    state.withLock { state in
      state.tasks[name] = nil
      state.tombstones.insert(name)
    }
  }

  func forgetTombstones() { state.withLock { $0.tombstones = [] } }

  var tasks: [CloudTask] { state.withLock { state in state.order.compactMap { state.tasks[$0] } } }
  var names: Set<TaskName> { state.withLock { Set($0.tasks.keys) } }
  var calls: [FakeCall] { state.withLock { $0.calls } }
  var created: [TaskName] { state.withLock { $0.created } }
  var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

  // MARK: TaskService

  func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage {
    try await call(.list(queue, view, pageToken: pageToken)) { state throws(APIError) in
      let names = state.order.filter { $0.queue == queue }
      let start = pageToken.flatMap { Int($0) } ?? 0
      let end = min(start + self.pageSize, names.count)
      let page = names[min(start, end)..<end].compactMap { state.tasks[$0].map { Self.seen($0, view) } }
      return TaskPage(tasks: page, nextPageToken: end < names.count ? String(end) : nil)
    }
  }

  func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask {
    try await call(.get(name, view)) { state throws(APIError) in
      guard let task = state.tasks[name] else { throw notFound(name) }
      return Self.seen(task, view)
    }
  }

  func deleteTask(_ name: TaskName) async throws(APIError) {
    try await call(.delete(name)) { state throws(APIError) in try self.delete(name, &state) }
  }

  private func delete(_ name: TaskName, _ state: inout State) throws(APIError) {
    guard state.tasks.removeValue(forKey: name) != nil else { throw notFound(name) }
    if keepsTombstones { state.tombstones.insert(name) }
  }

  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    guard hasBatches else {
      throw apiError(.notFound, "<title>Error 404 (Not Found)!!1</title>")
    }
    precondition(names.count <= 1000)
    return try await call(.batch(names)) { state throws(APIError) in
      var operation = BatchOperation(name: "\(queue.parent)/operations/\(state.operations.count)", isDone: true)
      for (index, name) in names.enumerated() {
        let fault = self.fault(.delete(name), self)
        if case .refused(let error) = fault {
          operation.failures[index] = RPCStatus(code: error.status.number ?? 2, message: error.message)
          continue
        }
        do throws(APIError) { try self.delete(name, &state) } catch {
          operation.failures[index] = RPCStatus(code: error.status.number ?? 2, message: error.message)
        }
      }
      if operation.failures.count == names.count {
        operation.error = RPCStatus(code: 10, message: "None of the requests succeeded")
      }
      state.operations[operation.name] = operation
      return BatchOperation(name: operation.name, isDone: false)
    }
  }

  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation {
    try await call(.operation) { state throws(APIError) in
      guard let operation = state.operations[name] else { throw apiError(.notFound, "no such operation") }
      return operation
    }
  }

  func createTask(_ task: CloudTask) async throws(APIError) {
    try await call(.create(task.name)) { state throws(APIError) in
      guard state.tasks[task.name] == nil, !state.tombstones.contains(task.name) else {
        throw apiError(.alreadyExists, "Requested entity already exists")
      }
      state.tasks[task.name] = task
      state.order.append(task.name)
      state.created.append(task.name)
    }
  }

  // MARK: Calls

  private func call<Value>(
    _ call: FakeCall, _ body: (inout State) throws(APIError) -> Value
  ) async throws(APIError) -> Value {
    enter(call)
    await Task.yield()
    defer { state.withLock { $0.underWay -= 1 } }
    switch fault(call, self) {
    case .refused(let error): throw error
    case .lost(let error): throw doubtful(error)
    case .lostAnswer(let error):
      _ = try perform(body)
      throw doubtful(error)
    case nil: return try perform(body)
    }
  }

  /// Logs a call that never arrives.
  func note(_ call: FakeCall) { state.withLock { $0.calls.append(call) } }

  private func enter(_ call: FakeCall) {
    state.withLock { state in
      state.calls.append(call)
      state.underWay += 1
      state.mostUnderWay = max(state.mostUnderWay, state.underWay)
    }
  }

  private func perform<Value>(_ body: (inout State) throws(APIError) -> Value) throws(APIError) -> Value {
    // The lock takes no typed throws over a generic result, so the error comes out beside it.
    var failure: APIError?
    var value: Value?
    state.withLock { state in
      do throws(APIError) { value = try body(&state) } catch { failure = error }
    }
    if let failure { throw failure }
    guard let value else { preconditionFailure("neither a value nor an error") }
    return value
  }

  private func doubtful(_ error: APIError) -> APIError {
    var error = error
    error.mayHaveBeenDone = true
    return error
  }

  private static func seen(_ task: CloudTask, _ view: TaskView) -> CloudTask {
    var task = task
    task.view = view.rawValue
    if view == .basic, case .http(var target) = task.target {
      target.encodedBody = nil
      task.target = .http(target)
    }
    return task
  }
}

/// A service that takes deletes and never answers them.
struct SilentTaskService: TaskService {
  let base: FakeTaskService

  func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage {
    try await base.listTasks(in: queue, view: view, pageToken: pageToken)
  }
  func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask {
    try await base.getTask(name, view: view)
  }
  func deleteTask(_ name: TaskName) async throws(APIError) {
    base.note(.delete(name))
    let (silence, _) = AsyncStream<Void>.makeStream()
    // Ends when its task is cancelled, and not before.
    for await _ in silence {}
    throw APIError(
      kind: .cancelled, status: .cancelled, message: "called off", resource: name.description, endpoint: endpoint,
      mayHaveBeenDone: true)
  }
  func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    try await base.startBatchDelete(names, in: queue)
  }
  func batchOperation(_ name: String) async throws(APIError) -> BatchOperation { try await base.batchOperation(name) }
  func createTask(_ task: CloudTask) async throws(APIError) { try await base.createTask(task) }
}

func apiError(_ status: Status, _ message: String = "because", details: [JSON] = []) -> APIError {
  APIError(
    kind: .refused, status: status, httpStatus: status.httpStatus, message: message, resource: "-",
    endpoint: endpoint, details: details)
}

func notFound(_ name: TaskName) -> APIError { apiError(.notFound, "Requested entity was not found.") }

/// No answer came.
let lostConnection = APIError(
  kind: .unreachable, status: .unavailable, message: "the connection was lost", resource: "-", endpoint: endpoint)

let endpoint = "http://127.0.0.1:8123"
