// Every method against everything that goes wrong, over real sockets: the right number of sendings, the right
// failure, nothing done twice. Waits cost no time here, and a sending's 20 s are 0.4.

import CloudModel
import CloudREST
import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudAPI

private let queueText = "projects/p/locations/us-central1/queues/q"

/// A remote call, and whether doing it twice is doing it once.
private struct Method: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let isIdempotent: Bool
  /// Whether its answer is read, and not only that one came.
  var readsAnswer = true
  let call: @Sendable (TasksClient) async throws -> Void

  static let all: [Method] = {
    let queue = name { () throws(NameError) in try QueueName(queueText) }
    let task = name { () throws(NameError) in try TaskName(queue: queue, id: "t") }
    return [
      Method(testDescription: "list", isIdempotent: true) { _ = try await $0.taskPages(in: queue).all() },
      Method(testDescription: "get", isIdempotent: true) { _ = try await $0.task(task) },
      Method(testDescription: "delete", isIdempotent: true, readsAnswer: false) { try await $0.delete(task) },
      Method(testDescription: "create", isIdempotent: false) {
        _ = try await $0.create(NewTask(queue: queue, target: .http(HTTPTarget(url: "http://x/A"))))
      },
      Method(testDescription: "patch", isIdempotent: false) {
        _ = try await $0.update(Queue(name: queue), mask: ["rateLimits"])
      },
      Method(testDescription: "run", isIdempotent: false) { _ = try await $0.run(task) },
      Method(testDescription: "pause", isIdempotent: false) { _ = try await $0.pause(queue) },
    ]
  }()

  private static func name<Name>(_ make: () throws(NameError) -> Name) -> Name {
    do { return try make() } catch { fatalError("the table has a bad name: \(error)") }
  }

  /// What a service answers that is well.
  static func good(_ request: ReceivedRequest) -> ScriptedReply {
    if request.method == "DELETE" { return .answer() }
    if request.method == "GET" && request.path.hasSuffix("/tasks") { return .answer(200, "{}") }
    let isTask = request.path.contains("/tasks")
    return .answer(200, #"{"name":"\#(queueText)\#(isTask ? "/tasks/t" : "")"}"#)
  }
}

/// What goes wrong with the first sending; every further one is answered well.
private struct Fault: Sendable, CustomTestStringConvertible {
  enum Meaning {
    /// The service said no, and may be asked again.
    case transient(Status, Int)
    /// The service said no.
    case final(Status, Int)
    /// The answer was lost on the way.
    case lost
    /// None came in time.
    case late
    /// What came cannot be used. Where the answer is read only.
    case garbled
    /// Too much came.
    case unusable
    /// The token was not accepted; another one is.
    case expired
  }

  let testDescription: String
  let reply: ScriptedReply
  let meaning: Meaning

  init(_ name: String, _ meaning: Meaning, _ reply: ScriptedReply) {
    (testDescription, self.meaning, self.reply) = (name, meaning, reply)
  }

  private static func json(_ code: Int, _ status: String, _ headers: [(String, String)] = []) -> ScriptedReply {
    .answer(code, #"{"error":{"code":\#(code),"message":"no","status":"\#(status)"}}"#, headers: headers)
  }

  private static let page = "<html><head><title>Error</title></head><body>oh</body></html>"
  private static let chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"

  static let all: [Fault] = [
    Fault("429", .transient(.resourceExhausted, 429), json(429, "RESOURCE_EXHAUSTED")),
    Fault(
      "429 with Retry-After", .transient(.resourceExhausted, 429),
      json(429, "RESOURCE_EXHAUSTED", [("Retry-After", "2")])),
    Fault("500", .final(.internalError, 500), json(500, "INTERNAL")),
    Fault("502 as a page", .transient(.unavailable, 502), .answer(502, page)),
    Fault("503", .transient(.unavailable, 503), json(503, "UNAVAILABLE")),
    Fault("504", .transient(.deadlineExceeded, 504), json(504, "DEADLINE_EXCEEDED")),
    Fault("404 as a page", .final(.notFound, 404), .answer(404, page, headers: [("Content-Type", "text/html")])),
    Fault("closed before an answer", .lost, .close),
    Fault("reset before an answer", .lost, .reset),
    Fault("reset in mid-head", .lost, .raw("HTTP/1.1 200 OK\r\nContent-Le", .reset)),
    Fault("reset in mid-body", .lost, .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"name\":", .reset)),
    Fault("too long a length", .lost, .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", .close)),
    Fault("no answer", .late, .hang),
    Fault(
      "a slow drip", .late,
      ScriptedReply(bytes: Data(chunked.utf8), ending: .endless(Data(" ".utf8), pause: 0.02))),
    Fault("truncated JSON", .garbled, .answer(200, #"{"name":"projects/p"#)),
    Fault("invalid JSON", .garbled, .answer(200, "{name: yes}")),
    Fault("a page that says success", .garbled, .answer(200, page)),
    Fault("too short a length", .garbled, .raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}", .close)),
    Fault(
      "an endless body", .unusable,
      ScriptedReply(bytes: Data(chunked.utf8), ending: .endless(Data(repeating: 0x20, count: 65536), pause: 0))),
    Fault("401 once", .expired, json(401, "UNAUTHENTICATED")),
  ]

  /// Sendings that the server should see.
  func sendings(_ method: Method) -> Int {
    switch meaning {
    case .expired: 2
    case .transient, .lost: method.isIdempotent ? 2 : 1
    case .final, .late, .garbled, .unusable: 1
    }
  }

  /// The failure it should end in; nil for success.
  func failure(_ method: Method) -> (kind: APIError.Kind, status: Status, http: Int)? {
    switch meaning {
    case .expired: nil
    case .transient(let status, let http): method.isIdempotent ? nil : (.refused, status, http)
    case .final(let status, let http): (.refused, status, http)
    case .lost: method.isIdempotent ? nil : (.unreachable, .unavailable, 0)
    case .late: (.unreachable, .deadlineExceeded, 0)
    case .garbled: method.readsAnswer ? (.garbled, .unknown, 200) : nil
    case .unusable: (.garbled, .unknown, 0)
    }
  }

  /// Whether the service may have acted without our knowing.
  var leavesDoubt: Bool {
    switch meaning {
    case .transient(_, let http), .final(_, let http): http >= 500
    case .lost, .late, .garbled, .unusable: true
    case .expired: false
    }
  }
}

/// A network whose time is short: 0.4 s and 1 MB stand for what a sending may take, and the clock is told so.
private struct ShortSender: HTTPSender {
  let client: HTTPClient
  let clock: JumpingClock

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    var short = request
    // A handshake is work, not waiting, and on a busy machine takes longer.
    if request.url.hasPrefix("http://") { short.timeout = min(request.timeout, .milliseconds(400)) }
    short.maximumResponseBytes = 1 << 20
    do { return try await client.send(short) } catch {
      if error.kind == .timedOut { clock.pass(request.timeout) }
      throw error
    }
  }
}

/// Time that passes by sleeping.
private final class JumpingClock: Sendable {
  private let state = Locked(Duration.zero)

  var now: Duration { state.withLock { $0 } }
  func pass(_ duration: Duration) { state.withLock { $0 += duration } }

  var timing: Timing {
    Timing(
      now: { self.now }, date: { Date(timeIntervalSince1970: 1_800_000_000) },
      sleep: { duration throws(CancellationError) in
        if Task.isCancelled { throw CancellationError() }
        self.pass(duration)
      }, random: { 1 })
  }
}

/// Tokens that can be renewed.
private final class RenewableCredentials: Credentials {
  private let number = Locked(1)

  func token() async throws(CredentialsError) -> AccessToken? {
    AccessToken(value: "t\(number.withLock { $0 })", expiry: .distantFuture)
  }

  func refused(_ token: AccessToken) async -> Bool {
    number.withLock { $0 += 1 }
    return true
  }
}

@Suite struct FaultTableTests {
  private func client(_ url: String, _ clock: JumpingClock, caFile: String? = nil) throws -> TasksClient {
    TasksClient(
      RESTClient(
        endpoint: try Endpoint(url), credentials: RenewableCredentials(),
        sender: ShortSender(client: HTTPClient(configuration: .init(caFile: caFile)), clock: clock),
        identity: RESTClient.Identity(version: "0"), timing: clock.timing))
  }

  private func failure(_ method: Method, _ client: TasksClient) async throws -> APIError? {
    do {
      try await method.call(client)
      return nil
    } catch let error as APIError {
      return error
    }
  }

  @Test(arguments: Fault.all, Method.all)
  private func `a fault ends as it should, and nothing is done twice`(fault: Fault, method: Method) async throws {
    let count = Locked(0)
    let server = try TestServer { request in
      let isFirst = count.withLock { count in
        count += 1
        return count == 1
      }
      return isFirst ? fault.reply : Method.good(request)
    }
    let clock = JumpingClock()
    let error = try await failure(method, try client(server.url, clock))
    let expected = fault.failure(method)
    #expect(error?.kind == expected?.kind && error?.status == expected?.status)
    #expect(error?.httpStatus == expected?.http)
    #expect(server.requests.count == fault.sendings(method))
    #expect(clock.now <= .seconds(20))
    if let error { #expect(error.mayHaveBeenDone == fault.leavesDoubt && error.resource.hasPrefix("projects/p/")) }
  }

  @Test(arguments: Method.all)
  private func `a service that never recovers is given up within the deadline`(method: Method) async throws {
    for reply in [ScriptedReply.answer(503), .answer(429), .close] {
      let server = try TestServer { _ in reply }
      let clock = JumpingClock()
      let error = try #require(try await failure(method, try client(server.url, clock)))
      #expect(error.kind == .refused || error.kind == .unreachable)
      #expect(clock.now <= .seconds(20))
      #expect(method.isIdempotent ? server.requests.count > 4 : server.requests.count == 1)
    }
  }

  @Test(arguments: Method.all)
  private func `what nobody listens to is said at once`(method: Method) async throws {
    let port = try DeafPort()
    let clock = JumpingClock()
    let error = try #require(try await failure(method, try client(port.url, clock)))
    #expect(error.status == .unavailable && error.httpStatus == 0 && !error.mayHaveBeenDone)
    #expect(clock.now == .zero)
  }

  @Test(arguments: Method.all)
  private func `a certificate that does not hold stops every method before it is sent`(method: Method) async throws {
    let other = try TLSServer(name: "DNS:example.com")
    let own = try TLSServer(name: "IP:127.0.0.1")
    for (server, caFile) in [(other, other.certificate), (own, nil)] {
      let clock = JumpingClock()
      let client = try client("https://127.0.0.1:\(server.port)", clock, caFile: caFile)
      let error = try #require(try await failure(method, client))
      #expect(error.kind == .unreachable && !error.mayHaveBeenDone && clock.now == .zero)
    }
  }
}
