// Bodies compared by what they say: JSON with its keys in any order is one text,
// anything else is its bytes.

import CloudModel
import Foundation

/// A body in the form in which bodies are compared.
struct BodyForm: Equatable {
  private let bytes: Data

  init(_ body: Data) {
    bytes = Self.json(body).map { Self.sorted($0).data } ?? body
  }

  /// For people and programs: the decoded JSON, else the text, else base64.
  static func shown(_ body: Data) -> JSON {
    if let json = json(body) { return json }
    return .string(String(data: body, encoding: .utf8) ?? body.base64EncodedString())
  }

  private static func json(_ body: Data) -> JSON? {
    // A body need not be JSON; then it is compared by its bytes.
    do { return try JSON(parsing: body) } catch { return nil }
  }

  private static func sorted(_ json: JSON) -> JSON {
    switch json {
    case .object(let object):
      .object(JSONObject(object.map { ($0.key, sorted($0.value)) }.sorted { $0.0 < $1.0 }))
    case .array(let elements): .array(elements.map(sorted))
    default: json
    }
  }
}

/// Headers that are Cloud Scheduler's own business (cloudscheduler v1 `HttpTarget.headers`).
enum ServiceHeaders {
  /// "Some HTTP request headers are ignored or replaced."
  static func isReplaced(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["host", "content-length", "user-agent"].contains(name)
      || ["x-google-", "x-appengine-", "x-cloudscheduler"].contains { name.hasPrefix($0) }
  }

  /// Those that somebody chose. "If the job has a body ... `Content-Type`: This will be set to
  /// "application/octet-stream"", so that value says nothing.
  static func own(_ target: HTTPTarget) -> [Header] {
    target.headers.filter { header in
      !isReplaced(header.name)
        && !(header.name.lowercased() == "content-type" && header.value == "application/octet-stream")
    }
  }

  /// Names mind no case, order means nothing.
  static func key(_ headers: [Header]) -> [Header] {
    headers.map { Header($0.name.lowercased(), $0.value) }.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
  }
}
