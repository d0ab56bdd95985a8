// What planners need beside the calls of TasksClient: one page at a time, and
// deleting many tasks with one call (Cloud Tasks v2, newer than most endpoints).

import CloudModel
import CloudREST
import Foundation

extension TasksClient {
  /// The most names that one call takes.
  package static let largestBatch = 1000

  /// One page of `GET /v2/{parent}/tasks`.
  package func taskPage(
    in queue: QueueName, view: TaskView, pageToken: String?
  ) async throws(APIError) -> ArrivedPage<CloudTask> {
    let query = [("responseView", view.rawValue), ("pageSize", String(Self.largestPage))]
    let call = RESTCall(
      "GET", "/v2/\(queue)/tasks", query: query + (pageToken.map { [("pageToken", $0)] } ?? []), retry: Self.read,
      resource: queue.description, routing: [("parent", queue.description)], quota: .list)
    return try await rest.arrivedPage(call, under: "tasks") { reader throws(JSONError) in
      try CloudTask(&reader, of: queue)
    }
  }

  /// `POST /v2/{queue}/tasks:batchDelete`: the operation as it came. Endpoints that do not know the method answer 404,
  /// 405 or 501.
  package func batchDelete(_ names: [TaskName], in queue: QueueName) async throws(APIError) -> JSON {
    let body: JSON = ["names": .array(names.map { .string($0.description) })]
    return try await operation(
      RESTCall(
        "POST", "/v2/\(queue)/tasks:batchDelete", body: body.data, retry: Self.change, resource: queue.description,
        routing: [("parent", queue.description)]))
  }

  /// `GET /v2/{name}` of a long-running operation.
  package func operation(named name: String) async throws(APIError) -> JSON {
    try await operation(resourceCall("GET", version: "v2", name, retry: Self.read))
  }

  private func operation(_ call: RESTCall) async throws(APIError) -> JSON {
    try await rest.resource(call) { reader throws(JSONError) in try reader.value() }
  }
}
