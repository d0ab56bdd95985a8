// Cloud Scheduler v1, one method for each remote call, written from Google's
// discovery document.

import CloudModel
import CloudREST
import Foundation

/// Cloud Scheduler at one endpoint.
package struct SchedulerClient: Sendable {
  package static let defaultEndpoint = "https://cloudscheduler.googleapis.com"

  /// The most that one page of jobs holds.
  package static let largestPage = 500

  /// cloudscheduler_grpc_service_config.json: list, get and delete for up to 600 s. One sending waits a minute at most,
  /// so that a lost connection nobody noticed does not take all of it.
  static let read = RetryPolicy(maximum: .seconds(60), total: .seconds(600), attempt: .seconds(60), isIdempotent: true)
  /// The same file: everything else, which Google's clients never repeat.
  static let change = RetryPolicy(
    maximum: .seconds(60), total: .seconds(600), attempt: .seconds(60), isIdempotent: false)

  private let rest: RESTClient

  package init(_ rest: RESTClient) {
    self.rest = rest
  }

  package var endpoint: String { rest.endpoint.base }

  /// `GET /v1/projects/{project}/locations`: where the project may have jobs.
  package func locations(of project: String) async throws(APIError) -> [LocationName] {
    try await rest.locations(of: project, version: "v1", retry: Self.read)
  }

  /// `GET /v1/{parent}/jobs`. v1 filters and orders nothing.
  package func jobPages(in parent: LocationName, pageSize: Int = largestPage) -> APIPages<Job> {
    let call = RESTCall(
      "GET", "/v1/\(parent)/jobs", query: [("pageSize", String(pageSize))], retry: Self.read,
      resource: parent.description, routing: [("parent", parent.description)], quota: .list)
    return rest.pages(of: call, under: "jobs") { reader throws(JSONError) in try Job(&reader) }
  }

  /// `GET /v1/{name}`.
  package func job(_ name: JobName) async throws(APIError) -> Job {
    try await job(resourceCall("GET", version: "v1", name.description, retry: Self.read))
  }

  /// `POST /v1/{parent}/jobs`.
  package func create(_ job: Job) async throws(APIError) -> Job {
    let parent = job.name.parent.description
    return try await self.job(
      RESTCall(
        "POST", "/v1/\(parent)/jobs", body: input(job), retry: Self.change, resource: job.name.description,
        routing: [("parent", parent)]))
  }

  /// `PATCH /v1/{name}?updateMask=`: changes only the fields that the mask names, such as `schedule` or
  /// `httpTarget.uri`. Unlike a queue, a job that is not there is not created.
  package func update(_ job: Job, mask: [String]) async throws(APIError) -> Job {
    var call = resourceCall("PATCH", version: "v1", job.name.description, retry: Self.change)
    call.query = [("updateMask", mask.joined(separator: ","))]
    call.routing = [("job.name", job.name.description)]
    call.body = input(job)
    return try await self.job(call)
  }

  /// `DELETE /v1/{name}`.
  package func delete(_ name: JobName) async throws(APIError) {
    try await rest.done(resourceCall("DELETE", version: "v1", name.description, retry: Self.read))
  }

  /// `POST /v1/{name}:pause`; only an enabled job can be paused.
  package func pause(_ name: JobName) async throws(APIError) -> Job {
    try await act(":pause", on: name)
  }

  /// `POST /v1/{name}:resume`; only a paused job can be resumed.
  package func resume(_ name: JobName) async throws(APIError) -> Job {
    try await act(":resume", on: name)
  }

  /// `POST /v1/{name}:run`: an execution now, whatever the state.
  package func run(_ name: JobName) async throws(APIError) -> Job {
    try await act(":run", on: name)
  }

  private func act(_ verb: String, on name: JobName) async throws(APIError) -> Job {
    try await job(
      resourceCall("POST", version: "v1", name.description, verb: verb, body: "{}", retry: Self.change))
  }

  private func job(_ call: RESTCall) async throws(APIError) -> Job {
    try await rest.resource(call) { reader throws(JSONError) in try Job(&reader) }
  }

  /// Without what only the service sets.
  private func input(_ job: Job) -> Data {
    withoutFields(["userUpdateTime", "state", "status", "scheduleTime", "lastAttemptTime"], job.json)
  }
}
