// The seam between calls and the many ways to be someone at Google.

import Foundation

/// A bearer token. Prints without its value, so that it stays out of logs and crash reports.
package struct AccessToken: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package var value: String
  package var expiry: Date

  package init(value: String, expiry: Date) {
    self.value = value
    self.expiry = expiry
  }

  package var description: String { "a token that expires at \(expiry.ISO8601Format())" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["expiry": expiry]) }
}

/// A way to get tokens.
package protocol Credentials: Sendable {
  /// The token for the next request; nil sends none.
  func token() async throws(CredentialsError) -> AccessToken?
  /// Says that the service refused the token; true when `token()` can now give another.
  func refused(_ token: AccessToken) async -> Bool
}

/// No credentials: for an emulator.
package struct AnonymousCredentials: Credentials {
  package init() {}

  package func token() async throws(CredentialsError) -> AccessToken? { nil }
  package func refused(_ token: AccessToken) async -> Bool { false }
}

/// Credentials that cannot be used, in words for a person. Never holds a secret.
package struct CredentialsError: Error, Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// The file cannot be read.
    case unreadable
    /// The file is not what a key file looks like.
    case malformed
    /// The private key in the file cannot sign.
    case badKey
    /// The token endpoint said no, or could not be asked.
    case noToken
    /// The token would go over an unencrypted line.
    case plainHTTP
  }

  package var kind: Kind
  /// The file or URL that is at fault.
  package var source: String
  package var reason: String

  package init(_ kind: Kind, source: String, reason: String) {
    self.kind = kind
    self.source = source
    self.reason = reason
  }

  /// What the person can do about it.
  package var remedy: String {
    switch kind {
    case .unreadable: "Check that the file exists and that you may read it."
    case .malformed, .badKey:
      "Download a new JSON key for the service account, or name another file with --credentials or"
        + " GOOGLE_APPLICATION_CREDENTIALS."
    case .noToken: "Check that the key has not been revoked and that this machine's clock is right."
    case .plainHTTP: "Use an https endpoint, or name an emulator with --endpoint to send no credentials."
    }
  }
}

extension CredentialsError: CustomStringConvertible {
  package var description: String { "\(source): \(reason)" }
}
