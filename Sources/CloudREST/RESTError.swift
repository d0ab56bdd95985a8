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
