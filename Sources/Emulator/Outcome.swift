// How an attempt of anything ended, and what that means in the service's words.

import CloudModel

/// How an attempt ended.
enum Outcome: Equatable, Sendable {
  /// With an HTTP status, and what `Retry-After` asks for.
  case answered(Int, retryAfter: Duration?)
  /// The deadline passed first.
  case timedOut
  /// No answer came, or nothing could be sent; in the words of the network.
  case unanswered(String)

  var isSuccess: Bool {
    guard case .answered(let status, _) = self else { return false }
    return (200..<300).contains(status)
  }

  /// Whether the handler asked for less. "App Engine: 503 throttles, 429 does not" (google-apis.md section 2.1).
  func isOverload(of kind: TargetKind) -> Bool {
    guard case .answered(let status, _) = self else { return false }
    return status == 503 || status == 429 && kind == .http
  }

  /// google.rpc.Status in the form that production gives it: `UNAVAILABLE(14): HTTP status code 503`.
  var status: RPCStatus {
    switch self {
    case .answered(let status, _):
      let number = isSuccess ? 0 : Self.code(httpStatus: status)
      return RPCStatus(code: number, message: "\(Status(number: number))(\(number)): HTTP status code \(status)")
    case .timedOut: return RPCStatus(code: 4, message: "DEADLINE_EXCEEDED(4): no response before the dispatch deadline")
    case .unanswered(let reason): return RPCStatus(code: 14, message: "UNAVAILABLE(14): \(reason)")
    }
  }

  /// google-apis.md section 2.1; the answers of handlers are mapped differently from those of Google's own services.
  private static func code(httpStatus: Int) -> Int {
    switch httpStatus {
    case 400: 3
    case 401: 16
    case 403: 7
    case 404: 5
    case 409: 6
    case 429: 8
    case 499: 1
    case 500: 13
    case 501: 12
    case 503: 14
    case 504: 4
    default: 2
    }
  }
}
