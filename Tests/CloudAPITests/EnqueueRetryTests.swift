// CreateTask is repeated only for those who asked for it, and never where a second task could come of it unseen.

import CloudModel
import CloudREST
import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudAPI

@Suite struct EnqueueRetryTests {
  private static let prefix = "DJANGO_CLOUD_TASKS_ENQUEUE_RETRY_"

  private func settings(_ values: [String: String]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: values.map { (Self.prefix + $0.key, $0.value) })
  }

  @Test func `without exceptions it is off, whatever else is set`() throws {
    #expect(try EnqueueRetry(environment: [:]) == nil)
    #expect(try EnqueueRetry(environment: settings(["EXCEPTIONS": " , ", "DEADLINE": "5"])) == nil)
  }

  @Test func `names are read as the library reads them, subclasses included`() throws {
    let table: [(String, Set<String>)] = [
      ("google.api_core.exceptions.ServiceUnavailable", ["UNAVAILABLE"]),
      ("UNAVAILABLE,ABORTED", ["UNAVAILABLE", "ABORTED"]),
      ("google.api_core.exceptions.Conflict", ["ABORTED", "ALREADY_EXISTS"]),
      (
        "google.api_core.exceptions.DeadlineExceeded, google.api_core.exceptions.TooManyRequests",
        ["DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"]
      ),
      (
        "google.api_core.exceptions.ServerError",
        ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]
      ),
    ]
    for (text, codes) in table {
      #expect(try EnqueueRetry(environment: settings(["EXCEPTIONS": text]))?.codes == codes, "\(text)")
    }
  }

  @Test func `times are seconds, with the library's own defaults`() throws {
    let plain = try #require(try EnqueueRetry(environment: settings(["EXCEPTIONS": "UNAVAILABLE"])))
    #expect(plain == EnqueueRetry(codes: ["UNAVAILABLE"]))
    #expect(plain.initial == .seconds(1) && plain.maximum == .seconds(60) && plain.multiplier == 2)
    #expect(plain.deadline == .seconds(120))
    let own = try #require(
      try EnqueueRetry(
        environment: settings([
          "EXCEPTIONS": "UNAVAILABLE", "INITIAL": "0.25", "MAXIMUM": "4", "MULTIPLIER": "1.5", "DEADLINE": "30.0",
        ])))
    #expect(own.initial == .milliseconds(250) && own.maximum == .seconds(4) && own.multiplier == 1.5)
    #expect(own.deadline == .seconds(30))
  }

  @Test(arguments: [
    ["EXCEPTIONS": "UNAVAILABEL"], ["EXCEPTIONS": "google.api_core.exceptions.Nonsense"],
    ["EXCEPTIONS": "UNAVAILABLE", "INITIAL": "soon"], ["EXCEPTIONS": "UNAVAILABLE", "DEADLINE": "-1"],
    ["EXCEPTIONS": "UNAVAILABLE", "MULTIPLIER": "0.5"], ["EXCEPTIONS": "UNAVAILABLE", "MAXIMUM": "nan"],
  ])
  func `a value that cannot be used is refused by the name of its variable`(values: [String: String]) throws {
    let error = #expect(throws: EnqueueRetryError.self) { try EnqueueRetry(environment: settings(values)) }
    #expect(error?.source.hasPrefix(Self.prefix) == true)
  }

  @Test func `an exception of another package is passed over, and named`() throws {
    let retry = try EnqueueRetry(environment: settings(["EXCEPTIONS": "redis.exceptions.TimeoutError,UNAVAILABLE"]))
    #expect(retry?.foreign == ["redis.exceptions.TimeoutError"] && retry?.codes == ["UNAVAILABLE"])
  }

  private static let retry = EnqueueRetry(codes: ["UNAVAILABLE"], initial: .milliseconds(1), deadline: .seconds(120))

  private func task(named name: String?) throws -> NewTask {
    let queue = try QueueName("projects/p/locations/us-central1/queues/q")
    return NewTask(
      queue: queue, name: try name.map { try TaskName(queue: queue, id: $0) },
      target: .http(HTTPTarget(url: "http://x/A")))
  }

  private func sendings(
    _ first: ScriptedReply, named name: String? = nil, _ retry: EnqueueRetry? = retry
  ) async throws -> (count: Int, error: APIError?) {
    let server = try TestServer { request in
      request.indexOnConnection == 1 && request.connection == 1
        ? first : .answer(200, #"{"name":"projects/p/locations/us-central1/queues/q/tasks/t"}"#)
    }
    let (client, task) = (try tasksClient(server), try task(named: name))
    do throws(APIError) {
      _ = try await client.create(task, retry: retry)
      return (server.requests.count, nil)
    } catch {
      return (server.requests.count, error)
    }
  }

  @Test func `an answer with a configured code is followed by another sending, and no other is`() async throws {
    let again = try await sendings(.answer(503))
    #expect(again.count == 2)
    #expect(again.error == nil)
    let off = try await sendings(.answer(503), nil)
    #expect(off.count == 1 && off.error?.httpStatus == 503)
    let other = try await sendings(.answer(429))
    #expect(other.count == 1 && other.error?.status == .resourceExhausted)
  }

  @Test func `a lost answer is followed by another sending only for a task with a name`() async throws {
    let named = try await sendings(.close, named: "t")
    #expect(named.count == 2)
    #expect(named.error == nil)
    let unnamed = try await sendings(.close)
    #expect(unnamed.count == 1 && unnamed.error?.mayHaveBeenDone == true)
  }
}
