// Long-running operations: what batches and changes of an encryption key answer
// with. The work itself is done when the call comes; the first answer says
// RUNNING, as the services' does, and every later one says how it ended.

import CloudModel
import Foundation

/// One operation.
struct StoredOperation {
  /// `projects/P/locations/L/operations/ID`
  let name: String
  /// The Operation message while it runs.
  let begun: JSONObject
  /// The Operation message when it is done.
  let ended: JSONObject
  /// The names of the enum in its metadata, in the order of their numbers.
  let states: [String]

  init(name: String, metadata: (running: JSONObject, ended: JSONObject), result: Result, states: [String]) {
    self.name = name
    self.states = states
    begun = ["name": .string(name), "metadata": .object(metadata.running)]
    var ended: JSONObject = ["name": .string(name), "metadata": .object(metadata.ended), "done": true]
    switch result {
    case .response(let response): ended["response"] = .object(response)
    case .error(let status): ended["error"] = status
    }
    self.ended = ended
  }

  /// What the data file keeps.
  var record: JSONObject {
    ["begun": .object(begun), "ended": .object(ended), "states": .array(states.map(JSON.string))]
  }

  init(name: String, record: JSONObject) throws(RecordError) {
    guard let begun = record["begun"]?.object, let ended = record["ended"]?.object else { throw RecordError() }
    (self.name, self.begun, self.ended) = (name, begun, ended)
    states = record["states"]?.array?.compactMap(\.string) ?? []
  }

  /// Of either service's metadata; RFC 3339 in UTC, so texts compare as times do to the second.
  var startTime: String {
    let metadata = begun["metadata"]
    return (metadata?["startTime"] ?? metadata?["createTime"])?.string ?? ""
  }

  enum Result {
    /// With its `@type`.
    case response(JSONObject)
    /// google.rpc.Status.
    case error(JSON)
  }
}

/// The latest operations. Older ones are forgotten: each may hold the answers to a hundred creations.
struct OperationStore {
  static let capacity = 1000

  private var operations: [String: StoredOperation] = [:]
  private var byAge = Fifo<String>()

  subscript(name: String) -> StoredOperation? { operations[name] }

  /// Gives the names of those that were forgotten for it.
  mutating func add(_ operation: StoredOperation) -> [String] {
    operations[operation.name] = operation
    byAge.append(operation.name)
    var forgotten: [String] = []
    while operations.count > Self.capacity, let oldest = byAge.first {
      byAge.removeFirst()
      if operations.removeValue(forKey: oldest) != nil { forgotten.append(oldest) }
    }
    return forgotten
  }

  mutating func remove(_ name: String) { operations[name] = nil }

  /// In the order of their names.
  func operations(under prefix: String) -> [StoredOperation] {
    operations.values.filter { $0.name.hasPrefix(prefix) }.sorted { $0.name < $1.name }
  }
}

/// The methods of google.longrunning.Operations.
enum OperationsAPI {
  /// Cloud Tasks has `get` only.
  static func reading(_ version: String, service: String) -> [APIMethod] {
    [
      APIMethod("GET", path(version)) { state, call throws(Refusal) in
        let operation = try find(state, call, service)
        return answer(operation.ended, call, operation.states)
      }
    ]
  }

  /// Cloud Scheduler has all of them.
  static func all(_ version: String, service: String) -> [APIMethod] {
    reading(version, service: service) + [
      APIMethod("GET", collection(version), query: .operationList) { state, call throws(Refusal) in
        try list(state, call, service)
      },
      APIMethod("DELETE", path(version)) { state, call throws(Refusal) in
        state.remove(try find(state, call, service))
        return .empty
      },
      APIMethod("POST", path(version) + ":cancel", body: .nameOnly) { state, call throws(Refusal) in
        // "the server makes a best effort to cancel the operation": it has ended, so there is nothing to cancel.
        _ = try find(state, call, service)
        return .empty
      },
    ]
  }

  /// The first answer of a method that starts an operation.
  static func begun(_ operation: StoredOperation, _ call: Call) -> Answer {
    answer(operation.begun, call, operation.states)
  }

  private static func collection(_ version: String) -> String {
    "/\(version)/projects/{project}/locations/{location}/operations"
  }

  private static func path(_ version: String) -> String { collection(version) + "/{operation}" }

  private static func find(
    _ state: EmulatorState, _ call: Call, _ service: String
  ) throws(Refusal) -> StoredOperation {
    let name = "\(try call.location(service: service))/operations/\(call.variable("operation"))"
    guard let operation = state.operations[name] else { throw .entityAbsent }
    return operation
  }

  private static func list(_ state: EmulatorState, _ call: Call, _ service: String) throws(Refusal) -> Answer {
    let parent = try call.location(service: service)
    let size = try call.pageSize(largest: 100)
    let token = try PageToken(call.query["pageToken"]?.string, at: call.now)
    let all = state.operations.operations(under: "\(parent)/operations/")
    let page = PageToken.page(of: all, after: token, size: size, at: call.now) { $0.name }
    var answer = JSONObject()
    if !page.items.isEmpty { answer["operations"] = .array(page.items.map { .object($0.ended) }) }
    answer["nextPageToken"] = page.next.map(JSON.string)
    return .json(.object(answer))
  }

  private static func answer(_ object: JSONObject, _ call: Call, _ states: [String]) -> Answer {
    .json(call.numericEnums ? withNumericEnums(.object(object), states: states) : .object(object))
  }
}
