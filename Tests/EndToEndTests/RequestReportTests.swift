// --verbose, --trace and --list-calls of the real binary, and the enqueue retry that the environment asks for.

import CloudModel
import Foundation
import TestSupport
import Testing
import Transport

@Suite struct RequestReportTests {
  private static let queue = "projects/local/locations/us-central1/queues/q"

  /// Three pages of one task each.
  private func pages() throws -> TestServer {
    try TestServer { request in
      let page = request.query("pageToken").flatMap { Int($0) } ?? 0
      let token = page < 2 ? #","nextPageToken":"\#(page + 1)""# : ""
      return .answer(200, #"{"tasks":[{"name":"\#(Self.queue)/tasks/t\#(page)"}]\#(token)}"#)
    }
  }

  private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-\(UUID().uuidString)").path
  }

  @Test func `a trace has a line for each request, without its query, and only its owner may read it`() async throws {
    let server = try pages()
    let file = temporaryFile()
    defer { unlink(file) }
    for _ in 1...2 {
      let result = try await Binary.run(["tasks", "list", "q", "--endpoint", server.url, "--trace", file])
      #expect(result.status == 0 && result.errors.isEmpty)
    }
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let lines = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
    #expect(lines.count == 6 && !text.contains("pageToken"))
    #expect(
      lines[0].object?.keys == ["time", "method", "endpoint", "path", "status", "bytes", "seconds", "attempt"])
    #expect(lines[0]["path"] == .string("/v2/\(Self.queue)/tasks") && lines[0]["status"]?.int == 200)
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `a trace that cannot be opened is said before anything is sent`() async throws {
    let server = try pages()
    let result = try await Binary.run([
      "tasks", "list", "q", "--endpoint", server.url, "--trace", "/no/such/folder/file",
    ])
    #expect(result.status == 64 && result.errors.contains("--trace /no/such/folder/file"))
    #expect(server.requests.isEmpty)
  }

  @Test func `a trace that cannot be written any more is said once, and the command goes on`() async throws {
    let server = try pages()
    let result = try await Binary.run([
      "tasks", "list", "q", "-o", "jsonl", "--endpoint", server.url, "--trace", "/dev/full",
    ])
    #expect(result.status == 0 && result.output.split(separator: "\n").count == 3)
    #expect(result.errors.components(separatedBy: "The trace is incomplete").count == 2)
  }

  @Test func `--verbose shows each request on standard error`() async throws {
    let server = try pages()
    let result = try await Binary.run(["tasks", "list", "q", "-o", "jsonl", "--endpoint", server.url, "--verbose"])
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix("GET /v2/\(Self.queue)/tasks 200 ") && $0.hasSuffix("attempt 1") })
  }

  @Test func `--list-calls must be a number from 1`() async throws {
    #expect(
      try await Binary.run(["queues", "list", "--endpoint", "http://127.0.0.1:9", "--list-calls", "0"]).status == 64)
  }

  @Test func `a push is sent again as the library's settings say`() async throws {
    let count = Locked(0)
    let server = try TestServer { _ in
      let isFirst = count.withLock { count in
        count += 1
        return count == 1
      }
      return isFirst ? .answer(503) : .answer(200, #"{"name":"\#(Self.queue)/tasks/t"}"#)
    }
    let words = ["tasks", "push", "q", "--url", "http://x/A", "--endpoint", server.url]
    let prefix = "DJANGO_CLOUD_TASKS_ENQUEUE_RETRY_"
    let settings = [
      prefix + "EXCEPTIONS": "google.api_core.exceptions.ServiceUnavailable", prefix + "INITIAL": "0.01",
    ]
    #expect(try await Binary.run(words, settings).status == 0)
    #expect(server.requests.count == 2)
    count.withLock { $0 = 0 }
    #expect(try await Binary.run(words).status == 1)
    #expect(server.requests.count == 3)
    let wrong = try await Binary.run(words, [prefix + "EXCEPTIONS": "ServiceUnavailabel"])
    #expect(wrong.status == 64 && wrong.errors.contains(prefix + "EXCEPTIONS"))
  }
}
