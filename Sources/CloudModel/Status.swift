// Status codes of Google's APIs and the error every remote call ends in.
// Codes are an open set: one that a service adds tomorrow is kept as it came.

import Foundation

/// A canonical status code (google/rpc/code.proto), open to new names.
package struct Status: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let ok = Status(rawValue: "OK")
  package static let cancelled = Status(rawValue: "CANCELLED")
  package static let unknown = Status(rawValue: "UNKNOWN")
  package static let invalidArgument = Status(rawValue: "INVALID_ARGUMENT")
  package static let deadlineExceeded = Status(rawValue: "DEADLINE_EXCEEDED")
  package static let notFound = Status(rawValue: "NOT_FOUND")
  package static let alreadyExists = Status(rawValue: "ALREADY_EXISTS")
  package static let permissionDenied = Status(rawValue: "PERMISSION_DENIED")
  package static let resourceExhausted = Status(rawValue: "RESOURCE_EXHAUSTED")
  package static let failedPrecondition = Status(rawValue: "FAILED_PRECONDITION")
  package static let aborted = Status(rawValue: "ABORTED")
  package static let outOfRange = Status(rawValue: "OUT_OF_RANGE")
  package static let unimplemented = Status(rawValue: "UNIMPLEMENTED")
  package static let internalError = Status(rawValue: "INTERNAL")
  package static let unavailable = Status(rawValue: "UNAVAILABLE")
  package static let dataLoss = Status(rawValue: "DATA_LOSS")
  package static let unauthenticated = Status(rawValue: "UNAUTHENTICATED")

  /// In the order of their numbers, 0 to 16.
  private static let numbered: [Status] = [
    .ok, .cancelled, .unknown, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists, .permissionDenied,
    .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internalError, .unavailable,
    .dataLoss, .unauthenticated,
  ]

  /// The code of a number; one that is not known keeps its digits (`CODE_42`).
  package init(number: Int) {
    self = Self.numbered.indices.contains(number) ? Self.numbered[number] : Status(rawValue: "CODE_\(number)")
  }

  /// The number on the wire; nil for a name this program does not know.
  package var number: Int? { Self.numbered.firstIndex(of: self) }

  /// The HTTP status that google/rpc/code.proto maps the code to; 500 for a name this program does not know.
  package var httpStatus: Int {
    switch self {
    case .ok: 200
    case .cancelled: 499
    case .invalidArgument, .failedPrecondition, .outOfRange: 400
    case .deadlineExceeded: 504
    case .notFound: 404
    case .alreadyExists, .aborted: 409
    case .permissionDenied: 403
    case .resourceExhausted: 429
    case .unimplemented: 501
    case .unavailable: 503
    case .unauthenticated: 401
    default: 500
    }
  }

  /// What an HTTP status stands for when no body says more.
  package init(httpStatus: Int) {
    switch httpStatus {
    case 200..<300: self = .ok
    case 400: self = .invalidArgument
    case 401: self = .unauthenticated
    case 403: self = .permissionDenied
    case 404: self = .notFound
    case 409: self = .alreadyExists
    case 429: self = .resourceExhausted
    case 499: self = .cancelled
    case 501: self = .unimplemented
    case 502, 503: self = .unavailable
    case 504: self = .deadlineExceeded
    case 500..<600: self = .internalError
    default: self = .unknown
    }
  }

  package var description: String { rawValue }

  /// Lets `catch Status.notFound` match an `APIError`.
  package static func ~= (code: Status, error: any Error) -> Bool { (error as? APIError)?.status == code }
}

/// google.rpc.Status as it stands inside other resources: `{code, message, details}`.
package struct RPCStatus: Equatable, Sendable {
  /// -1 is what Cloud Scheduler shows before a job's first run.
  package var code: Int
  package var message: String
  package var details: [JSON]

  package init(code: Int, message: String = "", details: [JSON] = []) {
    (self.code, self.message, self.details) = (code, message, details)
  }

  package var status: Status { Status(number: code) }

  package var json: JSON {
    var sink = JSONTreeSink()
    describe(to: &sink)
    return .object(sink.object)
  }

  func describe(to sink: inout some JSONSink) {
    if code != 0 { sink.put("code", code) }
    if !message.isEmpty { sink.put("message", message) }
    if !details.isEmpty { sink.put("details", .array(details)) }
  }

  package init(_ reader: inout JSONReader) throws(JSONError) {
    self.init(code: 0)
    try reader.fields { key, reader throws(JSONError) in
      switch key {
      case "code": code = try reader.integer()
      case "message": message = try reader.string()
      case "details": try reader.elements { reader throws(JSONError) in details.append(try reader.value()) }
      default: try reader.skip()
      }
    }
  }
}

/// A remote call that did not succeed, in terms of the resource it was about.
package struct APIError: Error, Equatable, Sendable {
  /// What kind of end it came to.
  package enum Kind: Equatable, Sendable {
    /// The service answered with an error.
    case refused
    /// No answer: no connection, or it was lost.
    case unreachable
    /// An answer that is not what the API promises.
    case garbled
    /// No usable credentials, so nothing was sent.
    case unauthorised
    /// Called off by the caller.
    case cancelled
  }

  package var kind: Kind
  package var status: Status
  /// 0 when there was no answer.
  package var httpStatus: Int
  /// The service's own words, or those of the connection; remote text, not yet sanitised.
  package var message: String
  /// The resource the call was about, in full.
  package var resource: String
  /// Base URL of the service that was asked.
  package var endpoint: String
  /// google.rpc error details as they came.
  package var details: [JSON]
  /// The request may have been carried out although no answer arrived.
  package var mayHaveBeenDone: Bool

  package init(
    kind: Kind, status: Status, httpStatus: Int = 0, message: String, resource: String, endpoint: String,
    details: [JSON] = [], mayHaveBeenDone: Bool = false
  ) {
    self.kind = kind
    self.status = status
    self.httpStatus = httpStatus
    self.message = message
    self.resource = resource
    self.endpoint = endpoint
    self.details = details
    self.mayHaveBeenDone = mayHaveBeenDone
  }
}
