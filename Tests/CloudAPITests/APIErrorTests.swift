// Failures reach the program as APIError, with the resource and the endpoint named.

import CloudModel
import CloudREST
import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudAPI

@Suite struct APIErrorTests {
  private let queue: QueueName
  private let task: TaskName

  init() throws {
    queue = try QueueName("projects/p/locations/us-central1/queues/mail")
    task = try TaskName(queue: queue, id: "t1")
  }

  private func error(_ reply: ScriptedReply, stopped: Bool = false) async throws -> (error: APIError?, url: String) {
    let server = try TestServer { _ in reply }
    let client = try tasksClient(server)
    if stopped {
      server.stop()
      _ = await eventually { server.openConnectionCount == 0 }
    }
    let error = await #expect(throws: APIError.self) { try await client.pause(queue) }
    return (error, server.url)
  }

  @Test func `Google's refusal keeps status, words and details`() async throws {
    let body =
      #"{"error":{"code":404,"message":"Queue does not exist.","status":"NOT_FOUND","details":[{"@type":"t","n":1.50}]}}"#
    let (error, url) = try await error(.answer(404, body))
    #expect(
      error
        == APIError(
          kind: .refused, status: .notFound, httpStatus: 404, message: "Queue does not exist.",
          resource: queue.description, endpoint: url, details: error?.details ?? []))
    #expect(error?.details.first?["@type"]?.string == "t" && error?.details.first?["n"]?.double == 1.5)
  }

  @Test func `a refusal without Google's words takes its status from HTTP`() async throws {
    let (error, _) = try await error(.answer(403, "<html><title>Forbidden</title></html>"))
    #expect(error?.kind == .refused && error?.status == .permissionDenied)
    #expect(error?.message == "The server answered with a page: Forbidden")
  }

  @Test(arguments: ["", "<html>", #"{"name":"nonsense"}"#, #"{"state":"RUNNING"}"#])
  func `success in the wrong words is garbled`(body: String) async throws {
    let (error, _) = try await error(.answer(200, body))
    #expect(error?.kind == .garbled && error?.httpStatus == 200 && error?.resource == queue.description)
  }

  @Test func `no answer is unreachable, and says whether the change may have been made`() async throws {
    let (refused, url) = try await error(.answer(), stopped: true)
    #expect(refused?.kind == .unreachable && refused?.status == .unavailable && refused?.endpoint == url)
    #expect(refused?.mayHaveBeenDone == false && refused?.httpStatus == 0 && refused?.message.isEmpty == false)
    let (lost, _) = try await error(.close)
    #expect(lost?.kind == .unreachable && lost?.mayHaveBeenDone == true)
  }

  @Test func `a 404 to a delete sent twice leaves open who deleted it`() async throws {
    let server = try TestServer { $0.connection == 1 ? .reset : .answer(404) }
    let error = await #expect(throws: APIError.self) { try await tasksClient(server).delete(task) }
    #expect(error?.status == .notFound && error?.mayHaveBeenDone == true && server.requests.count == 2)
    let once = try TestServer { _ in .answer(404) }
    let gone = await #expect(throws: APIError.self) { try await tasksClient(once).delete(task) }
    #expect(gone?.status == .notFound && gone?.mayHaveBeenDone == false)
  }

  @Test func `a failing page ends the list in an APIError`() async throws {
    let server = try TestServer { request in
      request.query("pageToken") == nil ? .answer(200, #"{"tasks":[],"nextPageToken":"x"}"#) : .answer(400, "bad token")
    }
    let pages = try tasksClient(server).taskPages(in: queue)
    let error = await #expect(throws: APIError.self) { try await pages.all() }
    #expect(error?.status == .invalidArgument && error?.message == "bad token" && error?.resource == queue.description)
  }

  @Test func `a key that may not be used here is no credentials, and nothing is sent`() async throws {
    struct Refusing: Credentials {
      func token() async throws(CredentialsError) -> AccessToken? {
        throw CredentialsError(.badKey, source: "key.json", reason: "it cannot sign.")
      }
      func refused(_ token: AccessToken) async -> Bool { false }
    }
    let server = try TestServer { _ in .answer() }
    let rest = RESTClient(
      endpoint: try Endpoint(server.url), credentials: Refusing(), sender: HTTPClient(),
      identity: RESTClient.Identity(version: "0"))
    let error = await #expect(throws: APIError.self) { try await TasksClient(rest).pause(queue) }
    #expect(error?.kind == .unauthorised && error?.status == .unauthenticated && server.requests.isEmpty)
    #expect(error?.message == "key.json: it cannot sign." && error?.mayHaveBeenDone == false)
  }

  @Test func `an answer that is not HTTP is garbled`() async throws {
    let (error, _) = try await error(.raw("SSH-2.0-OpenSSH_9.2\r\n", .close))
    #expect(error?.kind == .garbled && error?.httpStatus == 0)
  }

  @Test func `a cancelled call says so`() async throws {
    let server = try TestServer { _ in .hang }
    let client = try tasksClient(server)
    let task = Task { try await client.pause(queue) }
    #expect(await eventually { server.requests.count == 1 })
    task.cancel()
    let error = await #expect(throws: APIError.self) { try await task.value }
    #expect(error?.kind == .cancelled && error?.status == .cancelled)
  }
}
