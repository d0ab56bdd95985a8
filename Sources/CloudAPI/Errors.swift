// The REST layer's failures in terms of the model: the one place where the two
// meet.

import CloudModel
import CloudREST
import Foundation

extension APIError {
  /// The same failure, as the rest of the program knows it.
  init(_ error: RESTError) {
    let (kind, status) = Self.meaning(of: error)
    var details: [JSON] = []
    if case .refused(let answer) = error.kind { details = Self.details(answer.details) }
    self.init(
      kind: kind, status: status, httpStatus: error.httpStatus, message: error.message, resource: error.resource,
      endpoint: error.endpoint, details: details, mayHaveBeenDone: error.mayHaveBeenDone)
  }

  private static func meaning(of error: RESTError) -> (Kind, Status) {
    switch error.kind {
    case .refused(let answer):
      (.refused, answer.status.map(Status.init(rawValue:)) ?? Status(httpStatus: answer.httpStatus))
    case .garbled: (.garbled, .unknown)
    case .credentials: (.unauthorised, .unauthenticated)
    case .noAnswer: meaning(of: error.silence)
    }
  }

  private static func meaning(of silence: RESTError.Silence?) -> (Kind, Status) {
    switch silence {
    case .cancelled: (.cancelled, .cancelled)
    case .timedOut: (.unreachable, .deadlineExceeded)
    case .unusable: (.garbled, .unknown)
    case .unsendable: (.unreachable, .invalidArgument)
    case .unreachable, nil: (.unreachable, .unavailable)
    }
  }

  private static func details(_ bytes: Data) -> [JSON] {
    guard !bytes.isEmpty else { return [] }
    // The REST layer wrote these bytes itself; should they not parse, the message still stands.
    do { return try JSON(parsing: bytes).array ?? [] } catch { return [] }
  }
}

extension RESTClient {
  /// Performs a call whose answer is one resource.
  func resource<Value: Sendable>(
    _ call: RESTCall, _ read: @Sendable (inout JSONReader) throws(JSONError) -> Value
  ) async throws(APIError) -> Value {
    do {
      return try await value(call) { data in try JSONReader.read(data, read) }
    } catch {
      throw APIError(error)
    }
  }

  /// Performs a call whose answer says nothing but that it was done.
  func done(_ call: RESTCall) async throws(APIError) {
    do { _ = try await perform(call) } catch { throw APIError(error) }
  }
}
