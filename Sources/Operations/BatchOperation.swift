// The long-running operation behind `tasks:batchDelete` (cloudtasks v2
// BatchDeleteTasksMetadata; google-apis.md section 2.1).

import CloudModel

/// One look at a batch operation.
package struct BatchOperation: Equatable, Sendable {
  /// `projects/P/locations/L/operations/ID`.
  package var name: String
  package var isDone: Bool
  /// By index into the names of the request.
  package var failures: [Int: RPCStatus]
  /// How the operation as a whole ended, when it ended badly: ABORTED when not one of its requests succeeded.
  package var error: RPCStatus?

  package init(name: String, isDone: Bool, failures: [Int: RPCStatus] = [:], error: RPCStatus? = nil) {
    (self.name, self.isDone, self.failures, self.error) = (name, isDone, failures, error)
  }

  /// Reads a google.longrunning.Operation.
  package init(_ operation: JSON) {
    self.init(name: operation["name"]?.string ?? "", isDone: operation["done"]?.bool ?? false)
    error = operation["error"].map(RPCStatus.init(operation:))
    for (key, value) in operation["metadata"]?["failedRequests"]?.object ?? JSONObject() {
      guard let index = Int(key) else { continue }
      failures[index] = RPCStatus(operation: value)
    }
  }
}

extension RPCStatus {
  fileprivate init(operation status: JSON) {
    self.init(
      code: status["code"]?.int ?? Status.unknown.number ?? 2, message: status["message"]?.string ?? "",
      details: status["details"]?.array ?? [])
  }
}
