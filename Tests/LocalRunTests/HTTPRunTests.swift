// The http handler: what goes out, and what an answer means.

import CloudModel
import Foundation
import ReplayModel
import Testing
import Transport

@testable import LocalRun

/// Answers everything alike and remembers what was asked.
private final class Worker: HTTPSender {
  let answer: Result<HTTPResponse, TransportError>
  let asked = LockedRequest()

  init(_ answer: Result<HTTPResponse, TransportError>) { self.answer = answer }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    asked.set(request)
    return try answer.get()
  }
}

private final class LockedRequest: Sendable {
  private let request = Locked<HTTPRequest?>(nil)
  func set(_ new: HTTPRequest) { request.withLock { $0 = new } }
  var value: HTTPRequest? { request.withLock { $0 } }
}

@Suite("An http handler")
struct HTTPRunTests {
  let lines = Lines()

  private func run(_ worker: Worker) async -> RunReport {
    let handler = Handler("web", .http(HTTPHandler(base: "http://127.0.0.1:8000/")), source: "test")
    return await LocalRunner(sender: worker, environment: [:]).run(job(handler), lines.add)
  }

  private func answer(_ status: Int, _ body: String) -> Worker {
    Worker(.success(HTTPResponse(status: status, headers: ["X-Who": "worker"], body: Data(body.utf8))))
  }

  @Test("sends what Cloud Tasks would send with the next attempt")
  func request() async throws {
    let worker = answer(200, "")
    _ = await run(worker)
    let request = try #require(worker.asked.value)
    #expect(request.method == "POST")
    #expect(request.url == "http://127.0.0.1:8000/work/tasks/MyTask?a=b%20c")
    #expect(request.body == Data(#"{"x": 1}"#.utf8))
    let expected = [
      "X-Tenant": "acme", "User-Agent": "Google-Cloud-Tasks", "X-CloudTasks-QueueName": "shop",
      "X-CloudTasks-TaskName": "123", "X-CloudTasks-TaskRetryCount": "3", "X-CloudTasks-TaskExecutionCount": "0",
      "X-CloudTasks-TaskETA": "1767323045.678901", "X-CloudTasks-TaskPreviousResponse": "500",
      "X-CloudTasks-TaskRetryReason": "",
    ]
    for (name, value) in expected { #expect(request.headers[name] == value, "\(name)") }
    #expect(request.headers["Host"] == nil)
  }

  @Test("gives the status, the headers and the body, and the result that the library wraps")
  func answered() async {
    let report = await run(answer(200, #"{"result": {"doubled": 2}, "status": "executed"}"#))
    #expect(report.end == .answered(200))
    #expect(report.result == ["doubled": 2])
    #expect(
      lines.texts(.note) == ["POST http://127.0.0.1:8000/work/tasks/MyTask?a=b%20c", "HTTP/1.1 200", "X-Who: worker"])
    #expect(lines.texts(.output) == [#"{"result": {"doubled": 2}, "status": "executed"}"#])
  }

  @Test("knows DiscardTaskException by the library's answer")
  func discarded() async {
    #expect(await run(answer(202, #"{"result": null, "status": "discarded"}"#)).isDiscarded)
    #expect(await run(answer(202, "accepted")).isDiscarded == false)
    #expect(await run(answer(500, #"{"result": null, "status": "discarded"}"#)).isDiscarded == false)
  }

  @Test("tells a server that is not there from one that is late")
  func unanswered() async {
    func end(_ kind: TransportError.Kind) async -> RunReport {
      await run(Worker(.failure(TransportError(kind, url: "http://127.0.0.1:8000/x", detail: "words"))))
    }
    #expect(await end(.refused).fault == .notListening("http://127.0.0.1:8000/"))
    #expect(await end(.timedOut).end == .timedOut)
    #expect(await end(.connectionLost).fault == .unanswered("http://127.0.0.1:8000/x", reason: "words"))
  }

  @Test(
    "puts path and query of the task on its base",
    arguments: [
      ("http://h:1", "https://a.b/c?d=e#f", "http://h:1/c?d=e"),
      ("http://h:1/app/", "https://a.b/c/", "http://h:1/app/c/"),
      ("http://h:1", "https://a.b", "http://h:1/"), ("http://h:1", "https://a.b?x", "http://h:1/?x"),
      ("http://h:1", "/relative?x", "http://h:1/relative?x"), ("nonsense", "https://a.b/c", nil),
    ] as [(String, String, String?)])
  func urls(base: String, task: String, expected: String?) {
    #expect(HTTPRun.url(base: base, task: task) == expected)
  }
}
