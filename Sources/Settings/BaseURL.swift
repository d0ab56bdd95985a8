// Base URLs: a scheme, a host, perhaps a port and a path, and nothing after them.

import Foundation

enum BaseURL {
  static let remedy = "Give a scheme, a host and a port, such as http://127.0.0.1:8123."

  /// Without a slash at its end; nil for what is none. `HOST:PORT` alone, as in emulator variables, is plain HTTP.
  static func read(_ text: String) -> String? {
    let isHostAndPort = text.split(separator: ":").last.flatMap { Int($0) } != nil
    let full = text.contains("://") || !isHostAndPort ? text : "http://\(text)"
    guard let parts = URLComponents(string: full), let host = parts.host, !host.isEmpty,
      parts.scheme == "http" || parts.scheme == "https", parts.query == nil, parts.fragment == nil, parts.user == nil,
      parts.port.map({ (1...65535).contains($0) }) ?? true
    else { return nil }
    return String(full.reversed().drop { $0 == "/" }.reversed())
  }
}

/// Whether a base URL names this machine.
package func isLoopbackURL(_ url: String) -> Bool {
  guard let host = URLComponents(string: url)?.host?.lowercased() else { return false }
  let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  return bare == "localhost" || bare == "::1" || bare.hasSuffix(".localhost") || isLoopbackAddress(bare)
}

/// 127.0.0.0/8, written as four numbers; `127.evil.example` is a host name like any other.
private func isLoopbackAddress(_ host: String) -> Bool {
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
