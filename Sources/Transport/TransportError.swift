// Why no answer came. Callers decide by `kind` and `bytesWereSent`, and people
// read `detail`; nothing here holds a query, a header or a body, because those
// may carry secrets and errors are logged.

/// A request that got no complete answer.
package struct TransportError: Error, Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// The URL, method or a header cannot be sent as HTTP.
    case badRequest
    case badURL
    case couldNotResolve
    /// The host answered that nothing listens there.
    case refused
    /// No route to the host, or the network is down.
    case unreachable
    case timedOut
    /// The connection ended before the answer was complete.
    case connectionLost
    /// The certificate does not hold, or no common TLS version.
    case tls
    case cancelled
    case tooLarge
    case tooManyRedirects
    /// What came back is not HTTP.
    case protocolError
    /// The client was shut down.
    case closed
  }

  package var kind: Kind
  /// Whether the other side may have seen the request: when false it is safe to send it again.
  package var bytesWereSent: Bool
  /// The URL without user, query and fragment.
  package var url: String
  /// libcurl's own words, or ours where it has none.
  package var detail: String

  package init(_ kind: Kind, bytesWereSent: Bool = false, url: String, detail: String) {
    self.kind = kind
    self.bytesWereSent = bytesWereSent
    self.url = withoutSecrets(url)
    self.detail = detail
  }
}

extension TransportError: CustomStringConvertible {
  package var description: String {
    "\(kind.rawValue): \(url): \(detail)"
  }
}

/// The URL up to its path, without `user:password@`.
func withoutSecrets(_ url: String) -> String {
  if let address = HTTPAddress(url) { return address.description }
  return String(url.prefix { $0 != "?" && $0 != "#" && $0 != "@" })
}
