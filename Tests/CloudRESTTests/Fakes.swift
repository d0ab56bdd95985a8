// The two things a REST client stands on, in hand: a clock that jumps and a network
// that answers from a list.

import Foundation
import Transport

@testable import CloudREST

/// Time that passes only by sleeping, and remembers each sleep.
final class VirtualTime: Sendable {
  private struct State: Sendable {
    var now = Duration.zero
    var sleeps: [Duration] = []
  }

  static let epoch = Date(timeIntervalSince1970: 1_800_000_000)
  private let state = Locked(State())
  private let draw: Double

  /// `draw` is what every throw of the dice comes to.
  init(draw: Double = 1) {
    self.draw = draw
  }

  var sleeps: [Duration] { state.withLock { $0.sleeps } }
  var now: Duration { state.withLock { $0.now } }

  func pass(_ duration: Duration) {
    state.withLock { $0.now += duration }
  }

  var timing: Timing {
    Timing(
      now: { self.now },
      date: { Self.epoch.addingTimeInterval(self.now / .seconds(1)) },
      sleep: { duration throws(CancellationError) in
        if Task.isCancelled { throw CancellationError() }
        self.state.withLock { state in
          state.now += duration
          state.sleeps.append(duration)
        }
      },
      random: { self.draw })
  }
}

/// A network that plays a list of outcomes, the last of them for ever.
final class ScriptedSender: HTTPSender {
  typealias Outcome = Result<HTTPResponse, TransportError>

  private let outcomes: [Outcome]
  private let sent = Locked<[HTTPRequest]>([])

  init(_ outcomes: [Outcome]) {
    self.outcomes = outcomes
  }

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let count = sent.withLock { sent in
      sent.append(request)
      return sent.count
    }
    return try outcomes[min(count, outcomes.count) - 1].get()
  }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
  static func answer(_ status: Int, _ body: String = "{}", _ headers: HTTPHeaders = [:]) -> Self {
    .success(HTTPResponse(status: status, headers: headers, body: Data(body.utf8)))
  }

  static func lost(_ kind: TransportError.Kind, sent: Bool = true) -> Self {
    .failure(TransportError(kind, bytesWereSent: sent, url: "http://x/", detail: "a test"))
  }
}

extension RetryPolicy {
  static let read = RetryPolicy(maximum: .seconds(10), total: .seconds(20), attempt: .seconds(20), isIdempotent: true)
  static let change = RetryPolicy(
    maximum: .seconds(10), total: .seconds(20), attempt: .seconds(20), isIdempotent: false)
}

extension RESTCall {
  static func get(_ path: String = "/v2/things/a") -> RESTCall {
    RESTCall("GET", path, retry: .read, resource: "things/a")
  }
  static let delete = RESTCall("DELETE", "/v2/things/a", retry: .read, resource: "things/a")
  static let post = RESTCall("POST", "/v2/things", body: Data("{}".utf8), retry: .change, resource: "things/a")
}

/// A client on a scripted network.
func client(
  _ sender: any HTTPSender, _ time: VirtualTime = VirtualTime(), endpoint: String = "http://127.0.0.1:1",
  credentials: any Credentials = AnonymousCredentials(),
  onExchange: @escaping @Sendable (RESTExchange) -> Void = { _ in }
) throws -> RESTClient {
  RESTClient(
    endpoint: try Endpoint(endpoint), credentials: credentials, sender: sender,
    identity: RESTClient.Identity(version: "0"), timing: time.timing, onExchange: onExchange)
}

/// What a call ends in when it fails; nil when it succeeds.
func failure(_ client: RESTClient, _ call: RESTCall) async -> RESTError? {
  do {
    _ = try await client.perform(call)
    return nil
  } catch {
    return error
  }
}
