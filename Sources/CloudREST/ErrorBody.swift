// Reading error bodies. Google's APIs answer JSON, its front end answers HTML for
// paths it does not know, proxies answer anything and some answers are empty; each
// of them has to end in a sentence.

import Foundation
import Transport

extension ErrorAnswer {
  /// Longer text is a page, not a message.
  private static let longestText = 300

  /// Reads what came with an error status. `date` is the time of day, for a `Retry-After` that names one.
  package init(_ response: HTTPResponse, date: Date) {
    self.init(httpStatus: response.status, status: nil, message: "")
    if let error = errorObject(in: response.body) {
      take(error)
    } else {
      message = Self.words(for: response)
    }
    if message.isEmpty { message = "The server answered HTTP \(response.status) without a reason." }
    if let header = response.headers["Retry-After"], let wait = duration(ofRetryAfter: header, date: date) {
      retryDelay = max(retryDelay ?? .zero, wait)
    }
  }

  /// `{"error":{"code":404,"message":"...","status":"NOT_FOUND","details":[...]}}`, or OAuth's
  /// `{"error":"invalid_grant","error_description":"..."}` (RFC 6749, 5.2).
  private mutating func take(_ object: [String: Any]) {
    guard let error = object["error"] as? [String: Any] else {
      let words = [object["error"], object["error_description"]].compactMap { $0 as? String }
      message = words.joined(separator: ": ")
      return
    }
    if let name = error["status"] as? String, !name.isEmpty { status = name }
    message = error["message"] as? String ?? ""
    guard let list = error["details"] as? [Any], !list.isEmpty else { return }
    do {
      details = try JSONSerialization.data(withJSONObject: list, options: [.withoutEscapingSlashes])
    } catch {
      message += " (its details cannot be written as JSON: \(error.localizedDescription))"
    }
    retryDelay = list.lazy.compactMap(Self.retryInfo).first
  }

  private static func retryInfo(_ detail: Any) -> Duration? {
    guard let detail = detail as? [String: Any],
      (detail["@type"] as? String)?.hasSuffix("google.rpc.RetryInfo") == true,
      let text = detail["retryDelay"] as? String, text.hasSuffix("s"), let seconds = Double(text.dropLast())
    else { return nil }
    return wait(seconds)
  }

  /// A body that is not Google's: the title of a page, or short text as it stands.
  private static func words(for response: HTTPResponse) -> String {
    let text = String(decoding: response.body.prefix(64 << 10), as: UTF8.self)
    if let title = title(ofPage: text) { return "The server answered with a page: \(title)" }
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let isText = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{FFFD}" }
    if line.isEmpty || !isText || line.hasPrefix("<") { return "" }
    return line.count > longestText ? line.prefix(longestText) + "…" : line
  }

  private static func title(ofPage text: String) -> String? {
    guard let start = text.range(of: "<title>", options: .caseInsensitive),
      let end = text.range(of: "</title>", options: .caseInsensitive, range: start.upperBound..<text.endIndex)
    else { return nil }
    let title = text[start.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return title.isEmpty ? nil : String(title.prefix(longestText))
  }
}

/// The error object of a body, which some methods wrap in an array; nil for anything else.
private func errorObject(in body: Data) -> [String: Any]? {
  let value: Any
  // Not JSON is an expected answer here: the caller makes words of it.
  do { value = try JSONSerialization.jsonObject(with: body) } catch { return nil }
  let object = (value as? [Any])?.first ?? value
  guard let object = object as? [String: Any], object["error"] != nil else { return nil }
  return object
}

/// Seconds, or a date (RFC 9110, 10.2.3).
func duration(ofRetryAfter text: String, date: Date) -> Duration? {
  if let seconds = Double(text) { return wait(seconds) }
  guard let moment = secondsSince1970(ofHTTPDate: text) else { return nil }
  return wait(Double(moment) - date.timeIntervalSince1970)
}

/// A wait that a server asks for. A day is longer than anyone waits and short enough for any arithmetic.
private func wait(_ seconds: Double) -> Duration? {
  seconds.isFinite ? .seconds(min(max(seconds, 0), 86_400)) : nil
}
