// Where a service is: the one place that says whether a token may be sent there.

import Foundation
import Transport

/// An endpoint that is none.
package struct EndpointError: Error, Sendable, Equatable, CustomStringConvertible {
  package let text: String
  package let reason: String

  package var description: String { "\"\(text)\" is not an endpoint: \(reason)" }
}

/// The base URL of a service, such as `https://cloudtasks.googleapis.com` or `http://127.0.0.1:8123`.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
  /// Without a slash at its end; paths are put behind it.
  package let base: String
  private let address: HTTPAddress

  /// Reads a base URL; a path in it is kept as a prefix.
  package init(_ text: String) throws(EndpointError) {
    guard let address = HTTPAddress(text) else {
      throw EndpointError(text: text, reason: "it must be an http:// or https:// URL")
    }
    if text.contains("?") || text.contains("#") || text.contains("@") {
      throw EndpointError(text: text, reason: "it must hold no user, query or fragment")
    }
    self.address = address
    let path = address.path.hasSuffix("/") ? String(address.path.dropLast()) : address.path
    base = address.origin + path
  }

  package var isLoopback: Bool { address.isLoopback }

  /// A token on an unencrypted line can be read by anyone on the way, so it goes over TLS or stays on this machine.
  package var mayCarryTokens: Bool { !address.isPlain || address.isLoopback }

  package var description: String { base }
}
