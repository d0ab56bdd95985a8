// The emulator over real sockets: HTTP itself, the dispatcher with a real
// client, and noise.

import CloudModel
import Foundation
import Glibc
import Testing
import Transport

@testable import Emulator

/// One TCP connection, blocking, that says exactly what it is told.
private struct RawConnection: ~Copyable {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let socket = descriptor
    let connected = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func say(_ bytes: some Collection<UInt8>) {
    _ = Array(bytes).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  func say(_ text: String) { say(Array(text.utf8)) }

  func endSaying() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// What arrives until `isEnough` of it is there, or the other side closes.
  func hear(until isEnough: (String) -> Bool = { _ in false }) -> String {
    var heard: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while !isEnough(String(decoding: heard, as: UTF8.self)) {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      heard += buffer[..<count]
    }
    return String(decoding: heard, as: UTF8.self)
  }
}

/// Runs `body` with an emulator and a client, and ends both.
private func withServer(
  _ configuration: EmulatorConfiguration = EmulatorConfiguration(),
  _ body: (EmulatorServer, HTTPClient) async throws -> Void
) async throws {
  let server = try await EmulatorServer.start(configuration)
  let client = HTTPClient()
  defer { client.shutdown() }
  do { try await body(server, client) } catch {
    await server.stop()
    throw error
  }
  await server.stop()
}

extension HTTPClient {
  fileprivate func json(_ method: String, _ url: String, _ body: JSON? = nil) async throws -> JSON {
    let response = try await send(HTTPRequest(method: method, url: url, body: body?.data))
    return try JSON(parsing: response.body)
  }
}

private let root = "/v2/projects/acme/locations/us-central1/queues"

@Suite struct `Sockets` {
  @Test func `pipelined requests are answered in order on one connection`() async throws {
    try await withServer { server, _ in
      let connection = try RawConnection(port: server.port)
      connection.say(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /one HTTP/1.1\r\nHost: a\r\n\r\n"
          + "POST /v2/projects/p/locations/l/queues HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
          + "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let statuses = connection.hear().split(separator: "\r\n").filter {
        $0.hasPrefix("HTTP/1.1 ") || $0.contains("}HTTP/1.1 ") || $0.contains("\nHTTP/1.1 ")
      }
      let codes = statuses.compactMap { line in line.range(of: "HTTP/1.1 ").map { line[$0.upperBound...].prefix(3) } }
      #expect(codes == ["200", "404", "400", "200", "200"])
    }
  }

  @Test func `HTTP 1.0 is answered and closed`() async throws {
    try await withServer { server, _ in
      let connection = try RawConnection(port: server.port)
      connection.say("GET / HTTP/1.0\r\n\r\n")
      #expect(connection.hear().contains("Connection: close"))
    }
  }

  @Test func `a client that expects 100 gets it before it sends`() async throws {
    try await withServer { server, _ in
      let connection = try RawConnection(port: server.port)
      connection.say("POST /nope HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(connection.hear { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 100 Continue"))
      connection.say("{}")
      #expect(connection.hear { $0.contains("</html>") || $0.contains("all we know") }.hasPrefix("HTTP/1.1 404"))
    }
  }

  @Test func `a body that is too long is refused before it is read`() async throws {
    try await withServer { server, _ in
      let connection = try RawConnection(port: server.port)
      connection.say("POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
      let answer = connection.hear()
      #expect(answer.hasPrefix("HTTP/1.1 413"))
      #expect(answer.contains("Connection: close"))
    }
  }

  @Test func `chunked bodies are read`() async throws {
    try await withServer { server, _ in
      let connection = try RawConnection(port: server.port)
      connection.say(
        "POST /_emulator/clock HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
      connection.say("5\r\n{\"adv\r\nd\r\nance\":\"1.5s\"}\r\n0\r\n\r\n")
      #expect(connection.hear().hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test func `noise is answered or closed, and the server goes on`() async throws {
    try await withServer { server, client in
      var random = SeededGenerator(seed: 5)
      let starts = [
        "", "GET ", "POST \(root) HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n",
        "GET \(root)?pageToken=", "PATCH \(root)/%", "\u{16}\u{3}\u{1}",
      ]
      for _ in 0..<150 {
        let connection = try RawConnection(port: server.port)
        connection.say(starts.randomElement(using: &random) ?? "")
        connection.say(
          (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        connection.endSaying()
        #expect(!connection.hear().contains("HTTP/1.1 5"))
      }
      #expect(try await client.send(HTTPRequest(url: server.url + "/")).status == 200)
    }
  }

  @Test func `a mebibyte goes in and comes out`() async throws {
    try await withServer { server, client in
      _ = try await client.json("PATCH", server.url + root + "/q", [:])
      _ = try await client.json("POST", server.url + root + "/q:pause", [:])
      let body = JSON.string(Data(repeating: 7, count: 1_048_000).base64EncodedString())
      let task: JSON = ["task": ["httpRequest": ["url": "http://a", "body": body]], "responseView": "FULL"]
      #expect(try await client.json("POST", server.url + root + "/q/tasks", task)["httpRequest"]?["body"] == body)
    }
  }

  @Test(arguments: ["0.0.0.0", "192.168.1.5", "example.com", "127.0.0.1.example.com", "::", ""])
  func `only loopback is listened on`(_ host: String) async throws {
    var configuration = EmulatorConfiguration()
    configuration.host = host
    await #expect(throws: EmulatorError.notLoopback(host)) { _ = try await EmulatorServer.start(configuration) }
  }

  @Test func `a port in use is said to be`() async throws {
    try await withServer { server, _ in
      var configuration = EmulatorConfiguration()
      configuration.port = server.port
      await #expect {
        _ = try await EmulatorServer.start(configuration)
      } throws: { "\($0)".hasPrefix("cannot listen on 127.0.0.1 port \(server.port)") }
    }
  }

  @Test func `stopping ends dispatches that are in flight, and twice is once`() async throws {
    let worker = try await SampleWorker.start(behaviours: [:], otherwise: .timesOut)
    let server = try await EmulatorServer.start()
    let client = HTTPClient()
    defer { client.shutdown() }
    _ = try await client.json("PATCH", server.url + root + "/q", [:])
    let task: JSON = ["task": ["httpRequest": ["url": .string(worker.url + "/tasks/Hang")]]]
    #expect(try await client.json("POST", server.url + root + "/q/tasks", task)["name"] != nil)
    let begin = ContinuousClock.now
    await server.stop()
    await server.stop()
    await worker.stop()
    #expect(ContinuousClock.now - begin < .seconds(5))
    await #expect(throws: TransportError.self) { _ = try await client.send(HTTPRequest(url: server.url + "/")) }
  }
}

/// Answers with the statuses it was given, then with 200, and tells who waits for a number of requests.
private actor Script: HTTPSender {
  private var statuses: [Int]
  private(set) var requests: [HTTPRequest] = []
  private var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?

  init(_ statuses: [Int]) { self.statuses = statuses }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    requests.append(request)
    if let waiting, requests.count >= waiting.count {
      self.waiting = nil
      waiting.continuation.resume()
    }
    return HTTPResponse(status: statuses.isEmpty ? 200 : statuses.removeFirst(), headers: ["Retry-After": "60"])
  }

  func requests(_ count: Int) async -> [HTTPRequest] {
    if requests.count < count { await withCheckedContinuation { waiting = (count, $0) } }
    return requests
  }
}

@Suite struct `The dispatcher` {
  /// Asks until the answer is as wanted.
  private func until(_ isWanted: @Sendable (JSON) -> Bool, _ ask: () async throws -> JSON) async throws -> JSON {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      let answer = try await ask()
      if isWanted(answer) { return answer }
      await Task.yield()
    }
    return try await ask()
  }

  @Test func `retries wait for the moved clock, and Retry-After is kept`() async throws {
    let script = Script([503, 500])
    var configuration = EmulatorConfiguration()
    configuration.sender = script
    configuration.queues = [try QueueName("projects/acme/locations/us-central1/queues/q")]
    let frozen = Timestamp(seconds: 1_767_323_045)
    configuration.now = { frozen }
    try await withServer(configuration) { server, client in
      let tasks = server.url + root + "/q/tasks"
      let plain: JSON = ["task": ["httpRequest": ["url": "http://worker.test/tasks/A"]]]
      let name = try #require(try await client.json("POST", tasks, plain)["name"]?.string)
      #expect(await script.requests(1).count == 1)
      let task = try await until({ $0["responseCount"] == 1 }) {
        try await client.json("GET", server.url + "/v2/" + name)
      }
      #expect(task["scheduleTime"] == "2026-01-02T03:05:05Z")
      _ = try await client.json("POST", server.url + "/_emulator/clock", ["advance": "60s"])
      let second = await script.requests(2)
      #expect(second[1].headers["X-CloudTasks-TaskRetryCount"] == "1")
      _ = try await until({ $0["responseCount"] == 2 }) { try await client.json("GET", server.url + "/v2/" + name) }
      _ = try await client.json("POST", server.url + "/_emulator/clock", ["advance": "1s"])
      #expect(await script.requests(3).count == 3)
      let list = try await until({ $0["tasks"] == nil }) { try await client.json("GET", tasks) }
      #expect(list == [:])
    }
  }

  @Test func `callers are answered while thousands of tasks are sent`() async throws {
    let script = Script([])
    var configuration = EmulatorConfiguration()
    configuration.sender = script
    try await withServer(configuration) { server, client in
      let names = (0..<50).map { "\(server.url)\(root)/q\($0)" }
      let requests = JSON.array(Array(repeating: ["task": ["httpRequest": ["url": "http://worker.test/"]]], count: 100))
      for name in names {
        _ = try await client.json("PATCH", name, [:])
        _ = try await client.json("POST", name + ":pause", [:])
        _ = try await client.json("POST", name + "/tasks:batchCreate", ["requests": requests])
      }
      // Each queue may send its hundred tasks at once.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names { group.addTask { _ = try await client.json("POST", name + ":resume", [:]) } }
        try await group.waitForAll()
      }
      _ = try await client.json("GET", names[0])
      #expect(await script.requests.count < 5000)
      #expect(await script.requests(5000).count == 5000)
    }
  }

  @Test func `a job fires when its time comes`() async throws {
    let script = Script([])
    var configuration = EmulatorConfiguration()
    configuration.sender = script
    configuration.now = { Timestamp(seconds: 1_767_323_045) }
    try await withServer(configuration) { server, client in
      let jobs = server.url + "/v1/projects/acme/locations/us-central1/jobs"
      let job: JSON = [
        "name": "projects/acme/locations/us-central1/jobs/j", "schedule": "0 4 * * *", "timeZone": "Etc/UTC",
        "httpTarget": ["uri": "http://worker.test/tasks/Nightly"],
      ]
      _ = try await client.json("POST", jobs, job)
      _ = try await client.json("POST", server.url + "/_emulator/clock", ["advance": "3355s"])
      let sent = await script.requests(1)
      #expect(sent[0].headers["X-CloudScheduler-ScheduleTime"] == "2026-01-02T04:00:00+00:00")
      let shown = try await until({ $0["status"] == [:] }) { try await client.json("GET", jobs + "/j") }
      #expect(shown["scheduleTime"] == "2026-01-03T04:00:00Z")
    }
  }

  @Test func `tasks reach a real worker, and each of its classes ends as it should`() async throws {
    let worker = try await SampleWorker.start(
      behaviours: ["Ok": .succeeds, "Break": .breaks, "Busy": .unavailable, "Drop": .discards], seed: 1)
    try await withServer { server, client in
      _ = try await client.json("PATCH", server.url + root + "/q", ["retryConfig": ["minBackoff": "600s"]])
      for name in ["Ok", "Break", "Busy", "Drop"] {
        let request: JSON = ["url": .string("\(worker.url)/tasks/\(name)/"), "body": "eyJhIjoxfQ=="]
        _ = try await client.json("POST", server.url + root + "/q/tasks", ["task": ["httpRequest": request]])
      }
      let left = try await until({ list in
        let tasks = list["tasks"]?.array ?? []
        return tasks.count == 2 && tasks.allSatisfy { $0["responseCount"] == 1 }
      }) { try await client.json("GET", server.url + root + "/q/tasks") }
      let messages = left["tasks"]?.array?.map { $0["lastAttempt"]?["responseStatus"]?["message"]?.string } ?? []
      #expect(messages == ["INTERNAL(13): HTTP status code 500", "UNAVAILABLE(14): HTTP status code 503"])
    }
    await worker.stop()
  }

  @Test func `a reset forgets everything`() async throws {
    try await withServer { server, client in
      _ = try await client.json("PATCH", server.url + root + "/q", [:])
      _ = try await client.json("DELETE", server.url + root + "/q")
      _ = try await client.json("POST", server.url + "/_emulator/reset")
      #expect(try await client.json("PATCH", server.url + root + "/q", [:])["state"] == "RUNNING")
      let state = try await client.json("GET", server.url + "/_emulator/state")
      #expect(state["queues"]?.array?.count == 1)
    }
  }
}

@Suite struct `The sample worker` {
  @Test func `the weights of a behaviour decide`() {
    var rolls = [0.65, 0.5, 0.75, 0.0].makeIterator()
    let flaky = SampleBehaviour.flaky
    let (first, takes) = flaky.choose { rolls.next() ?? 0 }
    #expect(first == .succeed)
    #expect(takes == .microseconds(32_500))
    #expect(flaky.choose { rolls.next() ?? 0 }.answer == .fail(status: 500))
  }
}
