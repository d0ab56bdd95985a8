// What a call ends in when it does not succeed. Other than CloudModel's APIError
// it knows no queues and no tasks: CloudAPI turns the one into the other.

import Foundation
import Transport

/// A call that failed, after whatever was tried.
package struct RESTError: Error, Sendable {
  package enum Kind: Sendable {
    /// The service answered with an error.
    case refused(ErrorAnswer)
    /// No complete answer came.
    case noAnswer(TransportError)
    /// Success, it says, but not in the words the API promises.
    case garbled(httpStatus: Int, reason: String)
    /// There is no token to send, or it must not be sent there.
    case credentials(CredentialsError)
  }

  /// Why there was no complete answer, for those who need not know the network.
  package enum Silence: Sendable {
    /// Called off by the caller, or by the program's end.
    case cancelled
    case timedOut
    /// Not reached, or lost on the way.
    case unreachable
    /// What came back was not usable HTTP, or too much of it.
    case unusable
    /// The request could not be put on the wire.
    case unsendable
  }

  package var kind: Kind
  package var method: String
  package var resource: String
  /// Base URL of the service.
  package var endpoint: String
  /// How often the call was sent; 0 when it never was.
  package var attempts: Int
  /// One of the sendings went out and got no definite answer, so the service may have acted on it.
  package var mayHaveBeenDone: Bool

  /// 0 when there was no answer.
  package var httpStatus: Int {
    switch kind {
    case .refused(let answer): answer.httpStatus
    case .garbled(let httpStatus, _): httpStatus
    case .noAnswer, .credentials: 0
    }
  }

  /// nil when there was an answer, or nothing was sent for want of credentials.
  package var silence: Silence? {
    guard case .noAnswer(let error) = kind else { return nil }
    return switch error.kind {
    case .cancelled, .closed: .cancelled
    case .timedOut: .timedOut
    case .tooLarge, .protocolError, .tooManyRedirects: .unusable
    case .badRequest, .badURL: .unsendable
    case .couldNotResolve, .refused, .unreachable, .connectionLost, .tls: .unreachable
    }
  }

  /// The service's or the connection's own words.
  package var message: String {
    switch kind {
    case .refused(let answer): answer.message
    case .noAnswer(let error): error.detail
    case .garbled(_, let reason): reason
    case .credentials(let error): error.description
    }
  }
}

extension RESTError: CustomStringConvertible {
  package var description: String {
    "\(method) \(resource) at \(endpoint): \(httpStatus == 0 ? "" : "HTTP \(httpStatus): ")\(message)"
  }
}

/// Google's error body, or the best that can be made of another one.
package struct ErrorAnswer: Sendable, Equatable {
  package var httpStatus: Int
  /// A name of google/rpc/code.proto; nil where the body names none.
  package var status: String?
  package var message: String
  /// The JSON array of `google.rpc` details; empty when there is none.
  package var details: Data
  /// How long the service asks to wait, from RetryInfo or `Retry-After`.
  package var retryDelay: Duration?

  package init(
    httpStatus: Int, status: String?, message: String, details: Data = Data(), retryDelay: Duration? = nil
  ) {
    self.httpStatus = httpStatus
    self.status = status
    self.message = message
    self.details = details
    self.retryDelay = retryDelay
  }
}
