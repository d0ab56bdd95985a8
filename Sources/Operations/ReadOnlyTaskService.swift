// Read-only, enforced below any screen or command: an action that forgets to ask
// still cannot change anything.

import CloudModel

/// A service that answers reads and refuses changes.
package struct ReadOnlyTaskService: TaskService {
  private let base: any TaskService
  private let endpoint: String
  /// What made it so, in words: `the flag --read-only`.
  private let source: String

  package init(_ base: any TaskService, endpoint: String, source: String) {
    (self.base, self.endpoint, self.source) = (base, endpoint, source)
  }

  package var refusalOfChanges: APIError? { refusal("") }

  package func listTasks(in queue: QueueName, view: TaskView, pageToken: String?) async throws(APIError) -> TaskPage {
    try await base.listTasks(in: queue, view: view, pageToken: pageToken)
  }

  package func getTask(_ name: TaskName, view: TaskView) async throws(APIError) -> CloudTask {
    try await base.getTask(name, view: view)
  }

  package func batchOperation(_ name: String) async throws(APIError) -> BatchOperation {
    try await base.batchOperation(name)
  }

  package func deleteTask(_ name: TaskName) async throws(APIError) { throw refusal(name.description) }

  package func startBatchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> BatchOperation {
    throw refusal(queue.description)
  }

  package func createTask(_ task: CloudTask) async throws(APIError) { throw refusal(task.name.description) }

  private func refusal(_ resource: String) -> APIError {
    .readOnly(resource: resource, endpoint: endpoint, source: source)
  }
}

extension APIError {
  /// The answer of a service whose changes are all refused. `source` says in the user's words what makes it so.
  package static func readOnly(resource: String, endpoint: String, source: String) -> APIError {
    APIError(
      kind: .refused, status: .failedPrecondition,
      message: "taskdeck is read-only here (\(source)), so nothing was changed.", resource: resource,
      endpoint: endpoint)
  }
}
