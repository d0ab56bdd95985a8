// Where a URL points, read by libcurl's own URL parser: a check such as "is this
// loopback?" made by a second parser could disagree with the one that connects.

import CCurl
import Foundation

/// The parts of an absolute `http` or `https` URL that say where a request goes.
package struct HTTPAddress: Sendable, Equatable, CustomStringConvertible {
  /// `http` or `https`.
  package let scheme: String
  /// Lower case, an IPv6 address without its brackets.
  package let host: String
  /// The scheme's own port when the URL names none.
  package let port: Int
  /// Starts with a slash; percent-encoding as given.
  package let path: String

  /// nil for anything that libcurl would not send to as HTTP.
  package init?(_ url: String) {
    guard let parts = curl_url() else { return nil }
    defer { curl_url_cleanup(parts) }
    guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK,
      let scheme = part(CURLUPART_SCHEME, of: parts), scheme == "http" || scheme == "https",
      let host = part(CURLUPART_HOST, of: parts), !host.isEmpty,
      let port = part(CURLUPART_PORT, of: parts).flatMap({ Int($0) }),
      let path = part(CURLUPART_PATH, of: parts)
    else { return nil }
    self.scheme = scheme
    self.host = host.trimmingCharacters(in: ["[", "]"]).lowercased()
    self.port = port
    self.path = path
  }

  /// Whether the request stays on this machine: `localhost`, which libcurl resolves itself, or a loopback address
  /// (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
  package var isLoopback: Bool {
    host == "localhost" || host == "::1" || isLoopbackIPv4
  }

  package var isPlain: Bool {
    scheme == "http"
  }

  /// `scheme://host[:port]`, the port left out where it is the scheme's own.
  package var origin: String {
    let name = host.contains(":") ? "[\(host)]" : host
    let ownPort = isPlain ? 80 : 443
    return port == ownPort ? "\(scheme)://\(name)" : "\(scheme)://\(name):\(port)"
  }

  package var description: String {
    origin + path
  }

  private var isLoopbackIPv4: Bool {
    let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return bytes.count == 4 && bytes[0] == 127 && !bytes.contains(nil)
  }
}

/// One part of a parsed URL; the text is libcurl's to free.
private func part(_ which: CURLUPart, of parts: OpaquePointer) -> String? {
  var text: UnsafeMutablePointer<CChar>?
  guard curl_url_get(parts, which, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
  defer { curl_free(text) }
  return String(cString: text)
}

/// Seconds since 1970 of an HTTP date in any of its three forms (RFC 9110, 5.6.7); nil when it is none of them.
package func secondsSince1970(ofHTTPDate text: String) -> Int? {
  let seconds = curl_getdate(text, nil)
  return seconds == -1 ? nil : seconds
}
