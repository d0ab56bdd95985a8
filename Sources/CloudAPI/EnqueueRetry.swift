// Sending CreateTask again, as django-google-cloud-tasks does it: off unless a person names the errors. Google's own
// clients never repeat CreateTask, because a task may then be there twice.

import CloudREST
import Foundation

/// A value of a retry setting that cannot be used.
package struct EnqueueRetryError: Error, Sendable, Equatable {
  /// The environment variable.
  package let source: String
  package let reason: String
}

/// When CreateTask is sent again.
///
/// After an answer with one of the codes it is sent again, whatever it creates. When the request went out and no answer
/// came, it is sent again only for a task with a name of its own, which the service takes once.
package struct EnqueueRetry: Sendable, Equatable {
  /// Canonical codes; none means that nothing is repeated.
  package var codes: Set<String>
  /// The upper bound of the first wait.
  package var initial: Duration
  /// The upper bound of any wait.
  package var maximum: Duration
  package var multiplier: Double
  /// For all sendings together.
  package var deadline: Duration
  /// Exceptions that are none of Google's, and so never come of CreateTask here.
  package private(set) var foreign: [String] = []

  /// The defaults are those of the library.
  package init(
    codes: Set<String>, initial: Duration = .seconds(1), maximum: Duration = .seconds(60), multiplier: Double = 2,
    deadline: Duration = .seconds(120)
  ) {
    (self.codes, self.initial, self.maximum) = (codes, initial, maximum)
    (self.multiplier, self.deadline) = (multiplier, deadline)
  }

  private static let prefix = "DJANGO_CLOUD_TASKS_ENQUEUE_RETRY_"

  /// Reads `DJANGO_CLOUD_TASKS_ENQUEUE_RETRY_EXCEPTIONS`, `_INITIAL`, `_MAXIMUM`, `_MULTIPLIER` and `_DEADLINE`, times in
  /// seconds. nil when no exception is named.
  package init?(environment: [String: String]) throws(EnqueueRetryError) {
    let names = (environment[Self.prefix + "EXCEPTIONS"] ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    if names.isEmpty { return nil }
    self.init(codes: [])
    for name in names { try take(exception: name) }
    initial = try Self.seconds("INITIAL", environment) ?? initial
    maximum = try Self.seconds("MAXIMUM", environment) ?? maximum
    deadline = try Self.seconds("DEADLINE", environment) ?? deadline
    multiplier = try Self.number("MULTIPLIER", environment) ?? multiplier
    if multiplier < 1 {
      throw EnqueueRetryError(source: Self.prefix + "MULTIPLIER", reason: "it must be 1 or more, not \(multiplier)")
    }
  }

  private mutating func take(exception name: String) throws(EnqueueRetryError) {
    if let codes = codesOfExceptions[String(name.split(separator: ".").last ?? "")], isGoogles(name) {
      self.codes.formUnion(codes)
    } else if canonicalCodes.contains(name) {
      codes.insert(name)
    } else if name.contains("."), !name.hasPrefix("google.") {
      foreign.append(name)
    } else {
      throw EnqueueRetryError(
        source: Self.prefix + "EXCEPTIONS",
        reason: "\"\(name)\" is neither a canonical code such as UNAVAILABLE nor an exception of google.api_core")
    }
  }

  /// Python's own class of lost connections counts as well.
  private func isGoogles(_ name: String) -> Bool {
    name.hasPrefix("google.api_core.exceptions.") || name == "builtins.ConnectionError" || !name.contains(".")
  }

  private static func number(_ name: String, _ environment: [String: String]) throws(EnqueueRetryError) -> Double? {
    guard let text = environment[prefix + name], !text.isEmpty else { return nil }
    guard let value = Double(text), value.isFinite, value >= 0, value <= 86_400 else {
      throw EnqueueRetryError(source: prefix + name, reason: "\"\(text)\" is not a number from 0 to 86400")
    }
    return value
  }

  private static func seconds(_ name: String, _ environment: [String: String]) throws(EnqueueRetryError) -> Duration? {
    try number(name, environment).map { .milliseconds(Int64($0 * 1000)) }
  }

  /// The policy for one task. One sending waits 20 s for its answer, as long as Google's clients do.
  func policy(forNamedTask isNamed: Bool) -> RetryPolicy {
    RetryPolicy(
      initial: initial, multiplier: multiplier, maximum: maximum, total: deadline, attempt: .seconds(20),
      isIdempotent: isNamed, codes: codes)
  }
}

private let clientCodes: Set<String> = [
  "CANCELLED", "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNAUTHENTICATED",
]
private let serverCodes: Set<String> = [
  "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
]
private let canonicalCodes = clientCodes.union(serverCodes)

/// google.api_core.exceptions: each class with the codes it catches, those of its subclasses included.
private let codesOfExceptions: [String: Set<String>] = [
  "Aborted": ["ABORTED"], "AlreadyExists": ["ALREADY_EXISTS"], "BadGateway": ["UNAVAILABLE"],
  "BadRequest": ["INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"], "Cancelled": ["CANCELLED"],
  "ClientError": clientCodes, "Conflict": ["ABORTED", "ALREADY_EXISTS"], "ConnectionError": ["UNAVAILABLE"],
  "DataLoss": ["DATA_LOSS"], "DeadlineExceeded": ["DEADLINE_EXCEEDED"],
  "FailedPrecondition": ["FAILED_PRECONDITION"], "Forbidden": ["PERMISSION_DENIED"],
  "GatewayTimeout": ["DEADLINE_EXCEEDED"], "GoogleAPICallError": canonicalCodes, "GoogleAPIError": canonicalCodes,
  "InternalServerError": ["INTERNAL"], "InvalidArgument": ["INVALID_ARGUMENT"],
  "MethodNotImplemented": ["UNIMPLEMENTED"], "NotFound": ["NOT_FOUND"], "OutOfRange": ["OUT_OF_RANGE"],
  "PermissionDenied": ["PERMISSION_DENIED"], "ResourceExhausted": ["RESOURCE_EXHAUSTED"],
  "ServerError": serverCodes, "ServiceUnavailable": ["UNAVAILABLE"], "TooManyRequests": ["RESOURCE_EXHAUSTED"],
  "Unauthenticated": ["UNAUTHENTICATED"], "Unauthorized": ["UNAUTHENTICATED"], "Unknown": ["UNKNOWN"],
]
