// What the tests of runs share: jobs, collected lines, and programs of a line.

import CloudModel
import Foundation
import ReplayModel
import Synchronization
import Transport

@testable import LocalRun

/// Lines as they arrive.
final class Lines: Sendable {
  private let all = Mutex<[OutputLine]>([])
  private let waiting = Mutex<[(text: String, continuation: CheckedContinuation<Void, Never>)]>([])

  func add(_ line: OutputLine) {
    all.withLock { $0.append(line) }
    waiting.withLock { waiting in
      for index in waiting.indices.reversed() where line.text.contains(waiting[index].text) {
        waiting.remove(at: index).continuation.resume()
      }
    }
  }

  /// Returns once a line holds the text.
  func wait(for text: String) async {
    await withCheckedContinuation { continuation in
      waiting.withLock { $0.append((text, continuation)) }
      // It may have come before.
      if all.withLock({ $0.contains { $0.text.contains(text) } }) {
        waiting.withLock { waiting in
          for index in waiting.indices.reversed() where waiting[index].text == text {
            waiting.remove(at: index).continuation.resume()
          }
        }
      }
    }
  }

  var lines: [OutputLine] { all.withLock { $0 } }
  func texts(_ source: OutputLine.Source) -> [String] { lines.filter { $0.source == source }.map(\.text) }
}

/// No request is expected.
struct NoNetwork: HTTPSender {
  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.refused, url: request.url, detail: "no network in this test")
  }
}

/// A job of the class `MyTask` with the payload `{"x": 1}`.
func job(_ handler: Handler, timeout: Duration = .seconds(60), payload: String = #"{"x": 1}"#) -> ReplayJob {
  var metadata = ReplayMetadata(
    taskID: "123", queue: "shop", project: "local", location: "us-central1", dispatchNumber: 3, executionNumber: 3,
    eta: Timestamp("2026-01-02T03:04:05.678901Z"), customHeaders: [Header("X-Tenant", "acme")])
  metadata.previousResponse = 500
  metadata.previousFailure = "INTERNAL(13): HTTP status code 500"
  return ReplayJob(
    handler: handler, metadata: metadata,
    task: "projects/local/locations/us-central1/queues/shop/tasks/123", taskClass: "MyTask",
    url: "https://shop.example.com/work/tasks/MyTask?a=b%20c",
    headers: [Header("X-Tenant", "acme"), Header("Host", "elsewhere")], body: Data(payload.utf8),
    payload: Data(payload.utf8), timeout: timeout)
}

/// A handler that runs a line of shell.
func shell(_ script: String, _ arguments: String..., directory: String = "/tmp") -> Handler {
  Handler(
    "script", .command(CommandHandler(words: ["sh", "-c", script, "sh"] + arguments, directory: directory)),
    source: "test")
}

let runner = LocalRunner(sender: NoNetwork(), environment: ["PATH": "/usr/bin:/bin"], grace: .milliseconds(200))
