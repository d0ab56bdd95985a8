// Cloud Tasks v2, one method for each remote call, and v2beta3's queue statistics.
// Paths, verbs and fields are written from Google's discovery document and shared
// with nobody: the emulator writes its own, or one typo would satisfy both sides.

import CloudModel
import CloudREST
import Foundation

/// Cloud Tasks at one endpoint.
package struct TasksClient: Sendable {
  package static let defaultEndpoint = "https://cloudtasks.googleapis.com"

  /// The most that one page of tasks holds, and what is asked for: fewer calls of a quota of 600 a minute.
  package static let largestPage = 1000

  /// cloudtasks_grpc_service_config.json: list, get and delete.
  static let read = RetryPolicy(maximum: .seconds(10), total: .seconds(20), attempt: .seconds(20), isIdempotent: true)
  /// The same file: everything else, which Google's clients never repeat.
  static let change = RetryPolicy(
    maximum: .seconds(10), total: .seconds(20), attempt: .seconds(20), isIdempotent: false)

  let rest: RESTClient

  package init(_ rest: RESTClient) {
    self.rest = rest
  }

  package var endpoint: String { rest.endpoint.base }

  /// `GET /v2/projects/{project}/locations`: where the project may have queues.
  package func locations(of project: String) async throws(APIError) -> [LocationName] {
    try await rest.locations(of: project, version: "v2", retry: Self.read)
  }
}

// MARK: - Queues

/// The queues of a location, with the word on why their statistics are missing.
package struct QueueList: Equatable, Sendable {
  package var queues: [Queue]
  /// Why the service did not give statistics; nil when it did, or was not asked.
  package var statsRefused: String?

  package init(queues: [Queue], statsRefused: String? = nil) {
    self.queues = queues
    self.statsRefused = statsRefused
  }
}

extension TasksClient {
  /// What v2beta3 is asked for: naming `stats` is the only way to get it, and naming anything leaves out the rest.
  private static let statsMask = "name,state,rateLimits,retryConfig,purgeTime,stats"

  /// `GET /v2/{parent}/queues`.
  package func queuePages(in parent: LocationName) -> APIPages<Queue> {
    queuePages(in: parent, version: "v2", query: [])
  }

  /// All queues of a location; with statistics they come from v2beta3.
  ///
  /// An endpoint or account without v2beta3 gets the plain list, and the reason beside it; ask without statistics from
  /// then on, or every call costs two.
  ///
  /// - Parameter onPage: hears of all queues so far after each page, and whether it was the last.
  package func queues(
    in parent: LocationName, withStats: Bool = true, onPage: @Sendable ([Queue], Bool) -> Void = { _, _ in }
  ) async throws(APIError) -> QueueList {
    guard withStats else { return QueueList(queues: try await Self.all(queuePages(in: parent), onPage)) }
    do {
      let query = [(name: "readMask", value: Self.statsMask)]
      let pages = queuePages(in: parent, version: "v2beta3", query: query)
      return QueueList(queues: try await Self.all(pages, onPage))
    } catch  where error.kind == .refused && [400, 403, 404, 501].contains(error.httpStatus) {
      return QueueList(queues: try await Self.all(queuePages(in: parent), onPage), statsRefused: error.message)
    }
  }

  private static func all(
    _ pages: APIPages<Queue>, _ onPage: @Sendable ([Queue], Bool) -> Void
  ) async throws(APIError) -> [Queue] {
    var queues: [Queue] = []
    for try await page in pages {
      queues += page.items
      onPage(queues, page.nextPageToken == nil)
    }
    return queues
  }

  /// `GET /v2/{name}`.
  package func queue(_ name: QueueName) async throws(APIError) -> Queue {
    try await queue(on(name, "GET", retry: Self.read))
  }

  /// `POST /v2/{parent}/queues`.
  package func create(_ queue: Queue) async throws(APIError) -> Queue {
    let parent = queue.name.parent.description
    return try await self.queue(
      RESTCall(
        "POST", "/v2/\(parent)/queues", body: input(queue), retry: Self.change, resource: queue.name.description,
        routing: [("parent", parent)]))
  }

  /// `PATCH /v2/{name}?updateMask=`: changes only the fields that the mask names, such as
  /// `rateLimits.maxDispatchesPerSecond`. **Creates the queue when there is none**, as the service does.
  package func update(_ queue: Queue, mask: [String]) async throws(APIError) -> Queue {
    var call = on(queue.name, "PATCH", retry: Self.change)
    call.query = [("updateMask", mask.joined(separator: ","))]
    call.routing = [("queue.name", queue.name.description)]
    call.body = input(queue)
    return try await self.queue(call)
  }

  /// `DELETE /v2/{name}`, with all its tasks.
  package func delete(_ name: QueueName) async throws(APIError) {
    try await rest.done(on(name, "DELETE", retry: Self.read))
  }

  /// `POST /v2/{name}:pause`.
  package func pause(_ name: QueueName) async throws(APIError) -> Queue {
    try await queue(on(name, "POST", ":pause"))
  }

  /// `POST /v2/{name}:resume`.
  package func resume(_ name: QueueName) async throws(APIError) -> Queue {
    try await queue(on(name, "POST", ":resume"))
  }

  /// `POST /v2/{name}:purge`: deletes every task created before now.
  package func purge(_ name: QueueName) async throws(APIError) -> Queue {
    try await queue(on(name, "POST", ":purge"))
  }

  private func queuePages(
    in parent: LocationName, version: String, query: [(name: String, value: String)]
  ) -> APIPages<Queue> {
    let call = RESTCall(
      "GET", "/\(version)/\(parent)/queues", query: query, retry: Self.read, resource: parent.description,
      routing: [("parent", parent.description)], quota: .list)
    return rest.pages(of: call, under: "queues") { reader throws(JSONError) in try Queue(&reader) }
  }

  private func queue(_ call: RESTCall) async throws(APIError) -> Queue {
    try await rest.resource(call) { reader throws(JSONError) in try Queue(&reader) }
  }

  private func on(_ name: QueueName, _ method: String, retry: RetryPolicy) -> RESTCall {
    resourceCall(method, version: "v2", name.description, retry: retry)
  }

  private func on(_ name: QueueName, _ method: String, _ verb: String) -> RESTCall {
    resourceCall(method, version: "v2", name.description, verb: verb, body: "{}", retry: Self.change)
  }

  /// Without what only the service sets; `stats` is not even a field of v2.
  private func input(_ queue: Queue) -> Data {
    withoutFields(["state", "purgeTime", "stats"], queue.json)
  }
}

// MARK: - Tasks

extension TasksClient {
  /// `GET /v2/{parent}/tasks`, in any order the service likes.
  package func taskPages(
    in queue: QueueName, view: TaskView = .basic, pageSize: Int = largestPage
  ) -> APIPages<CloudTask> {
    let call = RESTCall(
      "GET", "/v2/\(queue)/tasks", query: [("responseView", view.rawValue), ("pageSize", String(pageSize))],
      retry: Self.read, resource: queue.description, routing: [("parent", queue.description)], quota: .list)
    return rest.pages(of: call, under: "tasks") { reader throws(JSONError) in try CloudTask(&reader, of: queue) }
  }

  /// `GET /v2/{name}`.
  package func task(_ name: TaskName, view: TaskView = .full) async throws(APIError) -> CloudTask {
    var call = resourceCall("GET", version: "v2", name.description, retry: Self.read)
    call.query = [("responseView", view.rawValue)]
    return try await task(call)
  }

  /// `POST /v2/{parent}/tasks`; sent again only as `retry` says.
  package func create(
    _ task: NewTask, view: TaskView = .full, retry: EnqueueRetry? = nil
  ) async throws(APIError) -> CloudTask {
    let body: JSON = ["task": task.json, "responseView": .string(view.rawValue)]
    let queue = task.queue.description
    return try await self.task(
      RESTCall(
        "POST", "/v2/\(queue)/tasks", body: body.data,
        retry: retry?.policy(forNamedTask: task.name != nil) ?? Self.change, resource: task.name?.description ?? queue,
        routing: [("parent", queue)]))
  }

  /// `DELETE /v2/{name}`. When it fails with `mayHaveBeenDone`, an earlier sending may have deleted the task.
  package func delete(_ name: TaskName) async throws(APIError) {
    try await rest.done(resourceCall("DELETE", version: "v2", name.description, retry: Self.read))
  }

  /// `POST /v2/{name}:run`: dispatches now, paused queue or not; the service allows 60 a minute.
  package func run(_ name: TaskName, view: TaskView = .basic) async throws(APIError) -> CloudTask {
    let body: JSON = ["responseView": .string(view.rawValue)]
    var call = resourceCall(
      "POST", version: "v2", name.description, verb: ":run", body: body.compact, retry: Self.change)
    call.quota = .runTask
    return try await task(call)
  }

  private func task(_ call: RESTCall) async throws(APIError) -> CloudTask {
    try await rest.resource(call) { reader throws(JSONError) in try CloudTask(&reader) }
  }
}
