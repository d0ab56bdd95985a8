// The commands of the real binary: what goes to which stream, and how a run ends.

import CloudModel
import Emulator
import Foundation
import Testing

@Suite struct CommandTests {
  @Test(arguments: [
    ["nonsense"], ["--nonsense"], ["queues", "nonsense"], ["queues", "show"], ["tasks", "list"],
    ["tasks", "list", "q", "--limit", "0"], ["tasks", "list", "q", "--limit", "x"], ["tasks", "push", "q"],
    ["emulator", "--port", "70000"], ["emulator", "--host", "0.0.0.0"], ["demo", "--tasks", "-1"],
    ["queues", "list", "--endpoint", "ftp://x"], ["queues", "show", "a_b", "--endpoint", "http://127.0.0.1:9"],
    ["tasks", "show", "q", "a b", "--endpoint", "http://127.0.0.1:9"], ["queues", "list", "-o", "xml"],
    ["queues", "list", "--project", "a/b", "--endpoint", "http://127.0.0.1:9"], ["--theme", "pink", "demo"],
    ["tasks", "push", "q", "--url", "http://x/A", "--header", "nocolon", "--endpoint", "http://127.0.0.1:9"],
    ["tasks", "push", "q", "--url", "http://x/A", "--payload", "{x}", "--endpoint", "http://127.0.0.1:9"],
    ["tasks", "push", "q", "--url", "http://x/A", "--in", "soon", "--endpoint", "http://127.0.0.1:9"],
    ["queues", "list"], ["queues", "list", "--project", "p"],
  ])
  func `what is written wrong ends with 64 and a word on standard error`(arguments: [String]) async throws {
    let result = try await Binary.run(arguments)
    #expect(result.status == 64)
    #expect(!result.errors.isEmpty)
    #expect(result.output.isEmpty || result.output.contains("USAGE"))
  }

  @Test func `an endpoint where nothing listens ends with 1, naming resource and endpoint`() async throws {
    let result = try await Binary.run(["queues", "show", "orders", "--endpoint", "http://127.0.0.1:9"])
    #expect(result.status == 1)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "taskdeck: No answer from http://127.0.0.1:9")
    #expect(lines[1].contains("orders"))
  }

  @Test func `with -o json a failure is one JSON object on standard error`() async throws {
    for arguments in [
      ["queues", "show", "orders", "-o", "json", "--endpoint", "http://127.0.0.1:9"], ["-o", "json", "x"],
    ] {
      let result = try await Binary.run(arguments)
      let error = try JSON(parsing: result.errors)["error"]
      #expect(error?.object?.keys == ["title", "reason", "remedy", "status"])
      #expect(result.output.isEmpty)
    }
  }

  @Test func `global flags stand before or after the command`() async throws {
    for arguments in [
      ["--endpoint", "http://127.0.0.1:9", "queues", "list"], ["queues", "--endpoint", "http://127.0.0.1:9", "list"],
      ["queues", "list", "--endpoint", "http://127.0.0.1:9"],
    ] {
      #expect(try await Binary.run(arguments).errors.contains("No answer from http://127.0.0.1:9"))
    }
  }

  @Test func `help and version are not failures`() async throws {
    let help = try await Binary.run(["--help"])
    #expect(help.status == 0)
    for command in ["demo", "emulator", "queues", "tasks", "jobs"] { #expect(help.output.contains(command)) }
    #expect(try await Binary.run(["--version"]).status == 0)
  }

  @Test func `a task that is pushed can be listed and shown`() async throws {
    let server = try await emulator(queue: "orders")
    let push = try await Binary.run(
      [
        "tasks", "push", "orders", "--url", "https://app.example.com/tasks/SendMail", "--payload",
        #"{"b":1.50,"a":"ç"}"#,
        "--header", "X-Tenant: acme", "--in", "30m", "--name", "mail-1", "-o", "json", "--endpoint", server.url,
      ])
    #expect(push.status == 0, "\(push.errors)")
    let list = try JSON(
      parsing: try await Binary.run(["tasks", "list", "orders", "-o", "json", "--endpoint", server.url]).output)
    #expect(list.array?.count == 1)
    #expect(list[0]?["class"] == "SendMail")
    #expect(list[0]?["payload"] == nil)
    let show = try await Binary.run(["tasks", "show", "orders", "mail-1", "-o", "json", "--endpoint", server.url])
    let task = try JSON(parsing: show.output)
    #expect(task["payload"]?.compact == #"{"b":1.50,"a":"ç"}"#)
    #expect(task["httpRequest"]?["headers"]?["X-Tenant"] == "acme")
    let again = try await Binary.run(
      ["tasks", "push", "orders", "--url", "https://x/A", "--name", "mail-1", "--endpoint", server.url])
    #expect(again.status == 1)
    #expect(again.errors.contains("exists already"))
    let lines = try await Binary.run(["tasks", "list", "orders", "-o", "jsonl", "--full", "--endpoint", server.url])
      .output
    #expect(try JSON(parsing: lines)["payload"] != nil)
    await server.stop()
  }

  @Test func `an empty list is an empty array, and a missing queue is a failure`() async throws {
    let server = try await emulator(queue: "orders")
    let empty = try await Binary.run(["tasks", "list", "orders", "-o", "json", "--endpoint", server.url])
    #expect(empty.output == "[]\n")
    let missing = try await Binary.run(["tasks", "list", "absent", "--endpoint", server.url])
    #expect(missing.status == 1)
    #expect(missing.errors.contains("Queue absent does not exist"))
    await server.stop()
  }

  @Test func `read-only refuses a push with that word`() async throws {
    let server = try await emulator(queue: "orders")
    let result = try await Binary.run(
      ["tasks", "push", "orders", "--url", "http://x/A", "--read-only", "--endpoint", server.url])
    #expect(result.status == 1)
    #expect(result.errors.contains("read-only"))
    #expect(try await Binary.run(["tasks", "list", "orders", "-o", "json", "--endpoint", server.url]).output == "[]\n")
    await server.stop()
  }

  @Test func `the demo without a console says where it listens and ends with SIGTERM`() async throws {
    let shell = try await Shell()
    try await shell.run("\(Binary.path) demo --no-console --tasks 50; echo ended with $?")
    try await shell.wait(for: "listening on http://127.0.0.1:")
    let url = try #require(try await shell.screen().firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)).output
    let queues = try await Binary.run(["queues", "list", "-o", "json", "--endpoint", String(url)])
    #expect(try JSON(parsing: queues.output).array?.count == 5)
    _ = try await Binary.run(
      "/usr/bin/env", ["pkill", "-TERM", "-P", try await shell.ask("#{pane_pid}"), "taskdeck"], Binary.environment())
    try await shell.wait(for: "ended with 0")
  }

  private func emulator(queue: String) async throws -> EmulatorServer {
    var configuration = EmulatorConfiguration()
    configuration.queues = [try QueueName("projects/local/locations/us-central1/queues/\(queue)")]
    return try await EmulatorServer.start(configuration)
  }
}
