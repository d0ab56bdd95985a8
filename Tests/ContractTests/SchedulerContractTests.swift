import CloudAPI
import CloudModel
import Foundation
import TestSupport
import Testing

@Suite struct SchedulerContractTests {
  @Test(arguments: Access.allCases)
  func `a job is created, changed by mask, paused, resumed and deleted`(access: Access) async throws {
    try await Side.with(access) { side in
      var job = try job(in: side, "app--Digest", url: "https://app.example.com/tasks/Digest")
      let created = try await side.scheduler.create(job)
      #expect(created.state == .enabled)
      #expect(created.attemptDeadline == .seconds(180))
      #expect(try await side.scheduler.job(job.name).scheduleTime != nil)
      job.schedule = "30 4 * * *"
      job.details = "not in the mask"
      let changed = try await side.scheduler.update(job, mask: ["schedule"])
      #expect(changed.schedule == "30 4 * * *")
      #expect(changed.details == "")
      #expect(try await side.scheduler.pause(job.name).state == .paused)
      #expect(try await side.scheduler.resume(job.name).state == .enabled)
      #expect(try await side.scheduler.jobPages(in: side.parent).all().map(\.name) == [job.name])
      try await side.scheduler.delete(job.name)
      #expect(try await side.scheduler.jobPages(in: side.parent).all().isEmpty)
    }
  }

  @Test(arguments: Access.allCases)
  func `a duplicate, an unknown job and a bad schedule are refused in words`(access: Access) async throws {
    try await Side.with(access) { side in
      var job = try job(in: side, "a", url: "https://x/A")
      _ = try await side.scheduler.create(job)
      await expect(.alreadyExists) { () async throws(APIError) in try await side.scheduler.create(job) }
      job.name = try JobName(parent: side.parent, id: "absent")
      await expect(.notFound) { () async throws(APIError) in try await side.scheduler.job(job.name) }
      await expect(.notFound) { () async throws(APIError) in try await side.scheduler.update(job, mask: ["schedule"]) }
      job.schedule = "61 * * * *"
      await expect(.invalidArgument) { () async throws(APIError) in try await side.scheduler.create(job) }
    }
  }

  @Test func `running a job reaches its target and leaves a status`() async throws {
    let worker = try TestServer { _ in .answer(200, "") }
    defer { worker.stop() }
    try await Side.with(.socket) { side in
      let job = try job(in: side, "app--Digest", url: "\(worker.url)/tasks/Digest")
      _ = try await side.scheduler.create(job)
      #expect(try await side.scheduler.job(job.name).status?.code == -1)
      _ = try await side.scheduler.run(job.name)
      #expect(await eventually { (try? await side.scheduler.job(job.name))?.lastAttemptTime != nil })
      #expect(await eventually { worker.requests.count == 1 })
      let request = try #require(worker.requests.first)
      #expect(request["X-CloudScheduler"] == "true")
      #expect(request["X-CloudScheduler-JobName"] == "app--Digest")
      #expect(request["User-Agent"] == "Google-Cloud-Scheduler")
      #expect(await eventually { (try? await side.scheduler.job(job.name))?.status?.code == 0 })
    }
  }

  private func job(in side: Side, _ id: String, url: String) throws -> Job {
    var job = Job(name: try JobName(parent: side.parent, id: id))
    (job.schedule, job.timeZone) = ("0 3 * * *", "Europe/Paris")
    var target = HTTPTarget(url: url)
    target.method = "POST"
    job.target = .http(target)
    return job
  }

  private func expect<Value: Sendable>(
    _ status: Status, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws(APIError) -> Value
  ) async {
    do throws(APIError) {
      _ = try await body()
      Issue.record("was accepted", sourceLocation: sourceLocation)
    } catch {
      #expect(error.status == status, sourceLocation: sourceLocation)
    }
  }
}
