// A queue's `httpTarget`: "When specified at the Queue level, all tasks with
// HttpRequest are overridden according to the target." The quoted rules are from
// the discovery document.

import CloudModel
import Foundation

/// What a queue changes in the requests of its tasks, at the moment they are sent.
struct QueueTarget {
  private let scheme: String?
  private let host: String?
  /// Zero clears the port.
  private let port: Int?
  /// Empty clears the path.
  private let path: String?
  /// Empty clears the query.
  private let query: String?
  private let isAlways: Bool
  let method: String?
  private let headers: [(name: String, value: JSON)]
  /// The message that a token is made from: an OidcToken or an OAuthToken under its field's name.
  let authorization: JSONObject

  init?(_ target: JSONObject?) throws(Refusal) {
    guard let target else { return nil }
    let uri = target["uriOverride"]?.object ?? [:]
    scheme = uri["scheme"]?.string.flatMap { ["HTTP": "http", "HTTPS": "https"][$0] }
    host = uri["host"]?.string
    port = uri["port"]?.int
    path = uri["pathOverride"].map { $0["path"]?.string ?? "" }
    query = uri["queryOverride"].map { $0["queryParams"]?.string ?? "" }
    // "If not specified, it defaults to ALWAYS."
    isAlways = uri["uriOverrideEnforceMode"]?.string != "IF_NOT_EXISTS"
    method = target["httpMethod"]?.string.flatMap { $0 == httpMethodNames[0] ? nil : $0 }
    headers = (target["headerOverrides"]?.array ?? []).compactMap { item in
      item["header"]?["key"]?.string.map { ($0, item["header"]?["value"] ?? "") }
    }
    authorization = JSONObject(
      target.filter { ["oidcToken", "oauthToken"].contains($0.key) }.map { ($0.key, $0.value) })
    try check()
  }

  private func check() throws(Refusal) {
    // "Host value cannot be an empty string (INVALID_ARGUMENT)."
    guard host != "" else { throw .invalid("UriOverride.host cannot be an empty string.") }
    // "Note that the port value must be a positive integer. Setting the port to 0 (Zero) clears the URI port."
    guard (0...65535).contains(port ?? 0) else { throw .invalid("UriOverride.port must be between [0, 65535].") }
    try checkHeaders(headers.map { (key: $0.name, value: $0.value) })
    // Members of a oneof.
    guard authorization.count < 2 else { throw .invalidArgument }
  }

  // MARK: What becomes of a request

  /// The address that a task is sent to. In the mode IF_NOT_EXISTS "queue-level configuration is only applied where
  /// task-level configuration does not exist", which is decided for each part of the address.
  func url(over text: String) -> String {
    var parts = URLParts(text)
    if let scheme, isAlways || parts.scheme.isEmpty { parts.scheme = scheme }
    if let host, isAlways || parts.host.isEmpty { parts.host = host }
    if let port, isAlways || parts.port.isEmpty { parts.port = port == 0 ? "" : String(port) }
    if let path, isAlways || parts.path.isEmpty || parts.path == "/" { parts.path = Self.rooted(path) }
    if let query, isAlways || parts.query.isEmpty { parts.query = query }
    return parts.text
  }

  /// The address of a task that has none of its own (BufferTask); nil when there is no host.
  var ownURL: String? {
    host.map { _ in url(over: (scheme ?? "https") + "://") }
  }

  /// "Queue-level headers to override headers of all the tasks in the queue."
  func headers(over stored: JSONObject) -> JSONObject {
    let names = Set(headers.map { $0.name.lowercased() })
    var result = JSONObject(stored.filter { !names.contains($0.key.lowercased()) }.map { ($0.key, $0.value) })
    for (name, value) in headers { result[name] = value }
    return result
  }

  private static func rooted(_ path: String) -> String { path.isEmpty || path.hasPrefix("/") ? path : "/" + path }
}

/// The parts of an HTTP URL as RFC 3986 appendix B takes them apart; what is missing is empty. Nothing is decoded or
/// encoded, so what is not overridden goes out as it came.
struct URLParts: Equatable {
  var scheme = ""
  private var userInfo = ""
  var host = ""
  var port = ""
  var path = ""
  var query = ""

  init(_ text: String) {
    var rest = Substring(text)
    if let end = rest.firstRange(of: "://") {
      scheme = String(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    // A fragment is not sent.
    if let mark = rest.firstIndex(of: "#") { rest = rest[..<mark] }
    if let mark = rest.firstIndex(of: "?") {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    path = String(rest[slash...])
    readAuthority(rest[..<slash])
  }

  private mutating func readAuthority(_ text: Substring) {
    var rest = text
    if let at = rest.lastIndex(of: "@") {
      userInfo = String(rest[...at])
      rest = rest[rest.index(after: at)...]
    }
    // The colons of an IPv6 address are inside its brackets.
    let start = rest.lastIndex(of: "]") ?? rest.startIndex
    let colon = rest[start...].lastIndex(of: ":") ?? rest.endIndex
    host = String(rest[..<colon])
    port = String(rest[colon...].dropFirst())
  }

  var text: String {
    scheme + "://" + userInfo + host + (port.isEmpty ? "" : ":" + port) + path + (query.isEmpty ? "" : "?" + query)
  }
}
