import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

@Suite struct `Overrides of a queue` {
  private func target(_ uri: JSON, mode: String = "ALWAYS") throws -> QueueTarget {
    var uri = uri.object ?? [:]
    uri["uriOverrideEnforceMode"] = .string(mode)
    return try #require(try QueueTarget(["uriOverride": .object(uri)]))
  }

  @Test(
    arguments: [
      (["host": "example.net"], "https://www.google.com", "https://example.net"),
      (["port": 123], "https://www.example.com/example", "https://www.example.com:123/example"),
      (["port": 0], "https://a:8443/x?y", "https://a/x?y"),
      (["scheme": "HTTP"], "https://a/x", "http://a/x"),
      (["pathOverride": ["path": "users/1"]], "http://a/x?y=1", "http://a/users/1?y=1"),
      (["pathOverride": [:]], "http://a/x?y=1", "http://a?y=1"),
      (["queryOverride": ["queryParams": "q=2"]], "http://a/x?y=1#f", "http://a/x?q=2"),
      (["queryOverride": [:]], "http://u:p@a:1/x?y=1", "http://u:p@a:1/x"),
      (["host": "b", "port": 8], "http://[::1]:9/x", "http://b:8/x"),
      ([:], "http://[::1]:9/x%2F?a=b", "http://[::1]:9/x%2F?a=b"),
    ] as [(JSON, String, String)])
  func `each part replaces its own`(uri: JSON, from: String, into: String) throws {
    #expect(try target(uri).url(over: from) == into)
  }

  @Test func `IF_NOT_EXISTS fills in what a task does not say`() throws {
    let target = try target(
      ["host": "b", "port": 8, "pathOverride": ["path": "/p"], "queryOverride": ["queryParams": "q"]],
      mode: "IF_NOT_EXISTS")
    #expect(target.url(over: "http://a") == "http://a:8/p?q")
    #expect(target.url(over: "http://a:1/x?y") == "http://a:1/x?y")
  }

  @Test func `method, headers and address are the queue's when a task is sent`() throws {
    let bench = try Bench.withQueue([
      "httpTarget": [
        "httpMethod": "PUT", "uriOverride": ["host": "other.test"],
        "headerOverrides": [
          ["header": ["key": "x-one", "value": "queue"]], ["header": ["key": "X-Two", "value": "2"]],
        ],
      ]
    ])
    try bench.createTask([
      "httpRequest": ["url": "http://worker.test/t", "headers": ["X-One": "task", "X-Three": "3"], "body": "aGk="]
    ])
    let request = try bench.onlyDue().request
    #expect(request.url == "http://other.test/t")
    #expect(request.method == "PUT")
    #expect(request.headers.values(of: "x-one") == ["queue"])
    #expect(request.headers["X-Two"] == "2")
    #expect(request.headers["X-Three"] == "3")
    #expect(request.body == Data("hi".utf8))
  }

  @Test func `a method without a body drops it`() throws {
    let bench = try Bench.withQueue(["httpTarget": ["httpMethod": "GET"]])
    try bench.createTask(["httpRequest": ["url": "http://worker.test/t", "body": "aGk="]])
    let request = try bench.onlyDue().request
    #expect(request.method == "GET")
    #expect(request.body == nil)
  }

  @Test(
    arguments: [
      (["uriOverride": ["host": ""]], "UriOverride.host cannot be an empty string."),
      (["uriOverride": ["port": -1]], "UriOverride.port must be between [0, 65535]."),
      (["oidcToken": [:], "oauthToken": [:]], "Request contains an invalid argument."),
    ] as [(JSON, String)])
  func `an override that cannot be is refused`(target: JSON, message: String) {
    #expect(
      Bench().refusal("PATCH", Bench.root + "/queues/q", ["httpTarget": target]) == "INVALID_ARGUMENT: " + message)
  }

  @Test func `a queue's service takes the place of the task's`() throws {
    func address(_ queue: JSON, _ routing: JSON) throws -> String {
      let bench = Bench(
        state: EmulatorState(appEngineHost: "127.0.0.1:1", appEngineServices: ["big": "127.0.0.1:2"], seed: 1))
      try bench.ok("PATCH", Bench.root + "/queues/q", queue)
      try bench.createTask(["appEngineHttpRequest": ["relativeUri": "/x", "appEngineRouting": routing]])
      return try bench.onlyDue().request.url
    }
    #expect(try address([:], [:]) == "http://127.0.0.1:1/x")
    #expect(try address([:], ["service": "big"]) == "http://127.0.0.1:2/x")
    #expect(
      try address(["appEngineRoutingOverride": ["service": "big"]], ["service": "small"]) == "http://127.0.0.1:2/x")
    #expect(
      try address(["appEngineRoutingOverride": ["service": "other"]], ["service": "big"]) == "http://127.0.0.1:1/x")
  }
}

@Suite struct `Buffered tasks` {
  private let path = Bench.root + "/queues/q/tasks"
  private let target: JSON = [
    "httpTarget": ["uriOverride": ["host": "worker.test", "pathOverride": ["path": "/in"], "scheme": "HTTP"]]
  ]

  private func send(
    _ bench: Bench, _ method: String, _ target: String, _ body: String, _ headers: [(String, String)] = []
  ) throws -> JSON {
    let response = bench.raw(method, target, Array(body.utf8), headers)
    try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
    return try JSON(parsing: response.body)
  }

  @Test func `the call's method, headers and bytes become the task's`() throws {
    let bench = try Bench.withQueue(target)
    let answer = try send(
      bench, "PUT", path + ":buffer", "{\"a\":1}",
      [("Content-Type", "application/json"), ("X-Mine", "1"), ("Authorization", "Bearer secret"), ("Host", "h")])
    let request = answer["task"]?["httpRequest"]
    #expect(request?["url"] == "http://worker.test/in")
    #expect(request?["httpMethod"] == "PUT")
    #expect(
      request?["headers"] == ["Content-Type": "application/json", "X-Mine": "1", "User-Agent": "Google-Cloud-Tasks"])
    #expect(try bench.onlyDue().request.body == Data("{\"a\":1}".utf8))
  }

  @Test func `the discovery client's envelope is opened`() throws {
    let bench = try Bench.withQueue(target)
    let answer = try send(
      bench, "POST", path + "/mine:buffer", #"{"body":{"data":"aGk=","contentType":"text/plain"}}"#,
      [("content-type", "application/json")])
    #expect(answer["task"]?["name"] == .string(Bench.parent + "/queues/q/tasks/mine"))
    #expect(answer["task"]?["httpRequest"]?["headers"]?["Content-Type"] == "text/plain")
    #expect(try bench.onlyDue().request.body == Data("hi".utf8))
    #expect(bench.refusal("POST", path + "/mine:buffer") == "ALREADY_EXISTS: Requested entity already exists")
  }

  @Test func `a queue without a target has no address for it`() throws {
    let bench = try Bench.withQueue()
    #expect(
      bench.refusal("POST", path + ":buffer")
        == "FAILED_PRECONDITION: The queue must have an httpTarget with a uriOverride.host to buffer tasks.")
  }
}
