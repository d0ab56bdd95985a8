// When a call is sent again. Google's clients retry reads and deletes on
// UNAVAILABLE and DEADLINE_EXCEEDED (googleapis *_grpc_service_config.json); we add
// 429 and lost connections. 500 is not retried: the service has failed on this very
// request. A refused connection, a name that does not resolve and a certificate that
// does not hold are not retried either: a person waits for those words.

import Foundation
import Transport

/// How often and how long one call is tried.
package struct RetryPolicy: Sendable, Equatable {
  /// The upper bound of the first wait.
  package var initial: Duration
  package var multiplier: Double
  /// The upper bound of any wait.
  package var maximum: Duration
  /// For the call as a whole, waits included; a sending still under way then is given up.
  package var total: Duration
  /// For one sending.
  package var attempt: Duration
  /// Whether doing it twice is doing it once. If not, it is sent again only when nothing of it went out.
  package var isIdempotent: Bool
  /// Canonical codes chosen by a person in place of the table above: the call is sent again after these, idempotent or
  /// not. Only a call that went out and was not answered is still never repeated unless it is idempotent.
  package var codes: Set<String>?

  package init(
    initial: Duration = .milliseconds(100), multiplier: Double = 1.3, maximum: Duration, total: Duration,
    attempt: Duration, isIdempotent: Bool, codes: Set<String>? = nil
  ) {
    self.initial = initial
    self.multiplier = multiplier
    self.maximum = maximum
    self.total = total
    self.attempt = attempt
    self.isIdempotent = isIdempotent
    self.codes = codes
  }

  /// Whether this failure is worth another sending.
  func allowsAnother(after failure: SendFailure) -> Bool {
    if let codes { return allowsAnother(after: failure, codes) }
    return switch failure {
    case .answered(let answer): isIdempotent && [429, 502, 503, 504].contains(answer.httpStatus)
    case .unanswered(let error) where error.bytesWereSent: isIdempotent && isTransient(error)
    // Nothing went out, so even a POST has not been sent yet; but time that ran out is out.
    case .unanswered(let error): isTransient(error) && (isIdempotent || error.kind == .connectionLost)
    }
  }

  private func allowsAnother(after failure: SendFailure, _ codes: Set<String>) -> Bool {
    switch failure {
    case .answered(let answer): answer.code.map(codes.contains) ?? false
    case .unanswered(let error):
      (isIdempotent || !error.bytesWereSent) && (code(ofSilence: error).map(codes.contains) ?? false)
    }
  }

  /// What gRPC, and so Google's libraries, call it when no answer comes.
  private func code(ofSilence error: TransportError) -> String? {
    switch error.kind {
    case .timedOut: "DEADLINE_EXCEEDED"
    case .connectionLost, .refused, .unreachable, .couldNotResolve: "UNAVAILABLE"
    case .badRequest, .badURL, .tls, .cancelled, .tooLarge, .tooManyRedirects, .protocolError, .closed: nil
    }
  }

  private func isTransient(_ error: TransportError) -> Bool {
    error.kind == .connectionLost || error.kind == .timedOut
  }
}

extension ErrorAnswer {
  /// The canonical code: the one the body names, or what google/rpc/code.proto maps the HTTP status from. 502 is a
  /// proxy's word for a service that is not there.
  var code: String? {
    if let status { return status }
    return switch httpStatus {
    case 401: "UNAUTHENTICATED"
    case 403: "PERMISSION_DENIED"
    case 404: "NOT_FOUND"
    case 429: "RESOURCE_EXHAUSTED"
    case 499: "CANCELLED"
    case 500: "INTERNAL"
    case 501: "UNIMPLEMENTED"
    case 502, 503: "UNAVAILABLE"
    case 504: "DEADLINE_EXCEEDED"
    default: nil
    }
  }
}

/// Why one sending did not succeed.
enum SendFailure: Sendable {
  case answered(ErrorAnswer)
  case unanswered(TransportError)

  /// The service may have acted although it did not say so: no answer, or one made by something in between.
  var leavesDoubt: Bool {
    switch self {
    case .answered(let answer): answer.httpStatus >= 500 && answer.httpStatus != 501
    case .unanswered(let error): error.bytesWereSent
    }
  }

  var retryDelay: Duration? {
    guard case .answered(let answer) = self else { return nil }
    return answer.retryDelay
  }
}

/// The waits of one call, each a draw from 0 to a bound that grows: full jitter, so that calls refused together do not
/// come back together.
struct Backoff {
  private let policy: RetryPolicy
  private var bound: Duration

  init(_ policy: RetryPolicy) {
    self.policy = policy
    bound = policy.initial
  }

  /// The next wait, at least as long as the service asks and as the client as a whole pauses; nil when it would end
  /// after the call's total.
  mutating func next(
    after failure: SendFailure, atLeast pause: Duration = .zero, elapsed: Duration, random: () -> Double
  ) -> Duration? {
    let drawn = min(bound, policy.maximum) * random()
    bound = min(bound * policy.multiplier, policy.maximum)
    let wait = max(drawn, pause, failure.retryDelay ?? .zero)
    return elapsed + wait < policy.total ? wait : nil
  }
}
