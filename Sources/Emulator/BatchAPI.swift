// Cloud Tasks: many tasks in one call. "This is a non-atomic operation: if
// deletion fails for some tasks, it can still succeed for others" (discovery
// document); what failed stands in the operation's metadata, by index.

import CloudModel
import Foundation

enum BatchAPI {
  private static let mostCreations = 100
  private static let mostDeletions = 1000

  static func methods(_ version: TasksVersion) -> [APIMethod] {
    let tasks = "/\(version.rawValue)/projects/{project}/locations/{location}/queues/{queue}/tasks"
    return [
      APIMethod("POST", tasks + ":batchCreate", body: .batchCreate) { state, call throws(Refusal) in
        try create(state, call, version)
      },
      APIMethod("POST", tasks + ":batchDelete", body: .batchDelete) { state, call throws(Refusal) in
        try delete(state, call, version)
      },
    ]
  }

  // MARK: The two batches

  private static func create(_ state: EmulatorState, _ call: Call, _ version: TasksVersion) throws(Refusal) -> Answer {
    let name = try call.queueName()
    let requests = (call.body["requests"]?.array ?? []).map { $0.object ?? [:] }
    guard !requests.isEmpty else { throw .emptyBatch("requests") }
    guard requests.count <= mostCreations else { throw .longBatch("requests", mostCreations) }
    // "BatchCreateTasksRequest.parent will also be the same value as the individual CreateTaskRequest.parent"
    for request in requests {
      guard [nil, "", name.description].contains(request["parent"]?.string) else { throw .invalidResource }
    }
    let batch = try Batch(.create, version, call)
    if let known = state.operations[batch.name] { return OperationsAPI.begun(known, call) }
    let queue = try call.queue(in: state)
    var created: [JSON] = []
    let failures = failures(requests) { request throws(Refusal) in
      let task = try TasksAPI.create(state, name, request, at: call.now)
      created.append(json(task, queue, isFull: request["responseView"]?.string == "FULL"))
    }
    let operation = batch.operation(failures, of: requests.count, response: ["tasks": .array(created)], at: call.now)
    state.add(operation)
    return OperationsAPI.begun(operation, call)
  }

  private static func delete(_ state: EmulatorState, _ call: Call, _ version: TasksVersion) throws(Refusal) -> Answer {
    let names = (call.body["names"]?.array ?? []).map { $0.string ?? "" }
    guard !names.isEmpty else { throw .emptyBatch("names") }
    guard names.count <= mostDeletions else { throw .longBatch("names", mostDeletions) }
    let batch = try Batch(.delete, version, call)
    if let known = state.operations[batch.name] { return OperationsAPI.begun(known, call) }
    let queue = try call.queue(in: state)
    let failures = failures(names) { text throws(Refusal) in
      guard let id = try TasksAPI.taskID(text, in: queue.name) else { throw .taskName }
      guard let task = queue.task(id) else { throw .entityAbsent }
      queue.remove(task, at: call.now)
    }
    state.changed(queue, at: call.now)
    let operation = batch.operation(failures, of: names.count, response: [:], at: call.now)
    state.add(operation)
    return OperationsAPI.begun(operation, call)
  }

  /// google.rpc.Status of each item that failed, by its index.
  private static func failures<Item>(
    _ items: [Item], _ body: (Item) throws(Refusal) -> Void
  ) -> JSONObject {
    var failures = JSONObject()
    for (index, item) in items.enumerated() {
      do { try body(item) } catch { failures[String(index)] = error.rpcStatus }
    }
    return failures
  }

  private static func json(_ task: StoredTask, _ queue: QueueState, isFull: Bool) -> JSON {
    var out: [UInt8] = []
    TaskView(isFull: isFull).write(task, named: "\(queue.name)/tasks/\(task.id)", into: &out)
    do { return try JSON(parsing: out) } catch { preconditionFailure("a task is written as JSON: \(error)") }
  }
}

/// What the operation of a batch says about itself.
private struct Batch {
  enum Kind: String {
    case create = "Create"
    case delete = "Delete"

    /// In the order of their numbers, which differ.
    var states: [String] {
      switch self {
      case .create: ["STATE_UNSPECIFIED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "PARTIALLY_SUCCEEDED"]
      case .delete: ["STATE_UNSPECIFIED", "RUNNING", "SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED"]
      }
    }
  }

  let kind: Kind
  let version: TasksVersion
  /// Of the operation.
  let name: String

  /// "[requestId] will be used to identify the long running operation, avoiding duplication when user retries. If not
  /// provided, then a UUID will be generated at server side."
  init(_ kind: Kind, _ version: TasksVersion, _ call: Call) throws(Refusal) {
    let wish = call.body["requestId"]?.string ?? ""
    guard wish.utf8.count <= 128, wish.utf8.allSatisfy(Self.isAllowed) else { throw .badRequestID(wish) }
    let parent = try call.location(service: QueuesAPI.service)
    (self.kind, self.version) = (kind, version)
    name = "\(parent)/operations/\(wish.isEmpty ? UUID().uuidString.lowercased() : wish)"
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  func operation(_ failures: JSONObject, of count: Int, response: JSONObject, at now: Moment) -> StoredOperation {
    var running = type("Batch\(kind.rawValue)TasksMetadata")
    running["startTime"] = .string(now.text)
    var ended = running
    running["state"] = "RUNNING"
    ended["endTime"] = .string(now.text)
    ended["state"] =
      failures.isEmpty ? "SUCCEEDED" : failures.count < count ? "PARTIALLY_SUCCEEDED" : "FAILED"
    if !failures.isEmpty { ended["failedRequests"] = .object(failures) }
    return StoredOperation(
      name: name, metadata: (running, ended),
      result: failures.count < count ? .response(answer(response)) : .error(nothingSucceeded), states: kind.states)
  }

  private func answer(_ response: JSONObject) -> JSONObject {
    guard kind == .create else { return ["@type": "type.googleapis.com/google.protobuf.Empty"] }
    var answer = type("BatchCreateTasksResponse")
    answer.merge(response)
    return answer
  }

  private func type(_ name: String) -> JSONObject {
    ["@type": .string("type.googleapis.com/google.cloud.tasks.\(version.rawValue).\(name)")]
  }

  /// "When all requests in the batch fail, google.longrunning.Operation.error will be set with code =
  /// google.rpc.Code.ABORTED" (documentation of BatchDeleteTasksMetadata).
  private var nothingSucceeded: JSON {
    let message =
      "None of the requests succeeded, refer to Batch\(kind.rawValue)TasksMetadata.failed_requests for individual "
      + "error details"
    return ["code": 10, "message": .string(message)]
  }
}

extension Refusal {
  /// google.rpc.Status, as it stands inside other messages.
  var rpcStatus: JSON {
    RPCStatus(code: status.number ?? 2, message: message, details: details).json
  }

  // Our words for rules of the discovery document.
  fileprivate static func emptyBatch(_ field: String) -> Refusal { invalid("\(field) cannot be empty.") }
  fileprivate static func longBatch(_ field: String, _ most: Int) -> Refusal {
    invalid("\(field) cannot have more than \(most) elements.")
  }
  fileprivate static func badRequestID(_ id: String) -> Refusal {
    invalid("Request ID \"\(id)\" can contain only letters, numbers, hyphens or underscores, 128 of them at most.")
  }
}
