// Cloud Scheduler calls on a real socket against a scripted server.

import CloudModel
import Foundation
import TestSupport
import Testing

@testable import CloudAPI

@Suite struct SchedulerClientTests {
  private let location: LocationName
  private let name: JobName
  private let path = "/v1/projects/p/locations/us-central1/jobs/nightly"
  private let json = #"{"name":"projects/p/locations/us-central1/jobs/nightly","state":"ENABLED"}"#

  init() throws {
    location = try LocationName(project: "p", location: "us-central1")
    name = try JobName(parent: location, id: "nightly")
  }

  @Test func `each job call has its method, path and body`() async throws {
    let server = try TestServer { _ in .answer(200, json) }
    let client = try schedulerClient(server)
    var job = Job(name: name)
    (job.schedule, job.timeZone, job.state) = ("0 3 * * *", "Etc/UTC", .paused)
    job.scheduleTime = Timestamp(seconds: 0)
    _ = try await client.job(name)
    _ = try await client.create(job)
    _ = try await client.update(job, mask: ["schedule", "httpTarget.uri"])
    try await client.delete(name)
    _ = try await client.pause(name)
    _ = try await client.resume(name)
    #expect(try await client.run(name).state == .enabled)
    let input = #"{"name":"\#(name)","schedule":"0 3 * * *","timeZone":"Etc/UTC"}"#
    #expect(
      seen(server) == [
        "GET \(path)", "POST /v1/projects/p/locations/us-central1/jobs \(input)",
        "PATCH \(path)?updateMask=schedule%2ChttpTarget.uri \(input)", "DELETE \(path)", "POST \(path):pause {}",
        "POST \(path):resume {}", "POST \(path):run {}",
      ])
  }

  @Test func `jobs are listed in pages of 500`() async throws {
    let server = try TestServer { request in
      request.query("pageToken") == nil
        ? .answer(200, #"{"jobs":[\#(json)],"nextPageToken":"x"}"#) : .answer(200, #"{"jobs":[\#(json)]}"#)
    }
    #expect(try await schedulerClient(server).jobPages(in: location).all().map(\.name) == [name, name])
    #expect(
      server.requests.map(\.target) == [
        "/v1/projects/p/locations/us-central1/jobs?pageSize=500",
        "/v1/projects/p/locations/us-central1/jobs?pageSize=500&pageToken=x",
      ])
  }
}
