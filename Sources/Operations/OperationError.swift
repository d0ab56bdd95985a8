// Why an operation did not start, or could not be planned. Each has a title, a
// reason and a remedy, as every failure shown to a person has.

import CloudModel
import JournalModel

/// An operation that cannot be done.
package enum OperationError: Error, Equatable, Sendable {
  /// What was asked for makes no sense; the person has to write something else.
  case wrong(Refusal)
  /// It makes sense and will not be done.
  case refused(Refusal)
  case api(APIError)
  case journal(JournalError)
  case cancelled

  package struct Refusal: Error, Equatable, Sendable {
    package var title: String
    package var reason: String
    package var remedy: String

    package init(title: String, reason: String, remedy: String) {
      (self.title, self.reason, self.remedy) = (title, reason, remedy)
    }
  }
}

/// Runs `body` and says of which side its error was.
func api<Value>(_ body: () async throws(APIError) -> Value) async throws(OperationError) -> Value {
  do { return try await body() } catch { throw .api(error) }
}

func journaled<Value>(_ body: () async throws(JournalError) -> Value) async throws(OperationError) -> Value {
  do { return try await body() } catch { throw .journal(error) }
}

extension APIError {
  /// One line for the journal: `PERMISSION_DENIED: the service's words`.
  package var line: String { message.isEmpty ? status.rawValue : "\(status.rawValue): \(message)" }

  /// What the service asks to wait (google.rpc.RetryInfo).
  var retryDelay: Duration? {
    for detail in details where detail["@type"]?.string?.hasSuffix("google.rpc.RetryInfo") == true {
      if let text = detail["retryDelay"]?.string, let delay = Duration(protobuf: text) { return delay }
    }
    return nil
  }
}
