// The seam between calls and the many ways to be someone at Google.

import Foundation
import Transport

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
  /// The token for the next request; nil sends none. A cancelled caller gets `.cancelled` promptly.
  func token() async throws(CredentialsError) -> AccessToken?
  /// Says that the service refused the token; true when `token()` can now give another.
  func refused(_ token: AccessToken) async -> Bool
  /// What goes with each request besides the token, such as the quota project. No secret.
  var headers: HTTPHeaders { get }
}

extension Credentials {
  package var headers: HTTPHeaders { HTTPHeaders() }
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
    /// The file, or a command to run, is not what one looks like.
    case malformed
    /// The private key in the file cannot sign.
    case badKey
    /// A kind of credentials, or a part of one, that this program does not take.
    case unsupported
    /// The token endpoint said no, or could not be asked.
    case noToken
    /// The program that gives tokens failed, or may not be run.
    case program
    /// The token would go over an unencrypted line.
    case plainHTTP
    /// The caller was cancelled while it waited for a token.
    case cancelled
  }

  package var kind: Kind
  /// The file, variable or URL that is at fault.
  package var source: String
  package var reason: String
  private var ownRemedy: String?

  package init(_ kind: Kind, source: String, reason: String, remedy: String? = nil) {
    self.kind = kind
    self.source = source
    self.reason = reason
    ownRemedy = remedy
  }

  /// What the person can do about it.
  package var remedy: String {
    if let ownRemedy { return ownRemedy }
    return switch kind {
    case .unreadable: "Check that the file exists and that you may read it."
    case .malformed, .badKey:
      "Get the file again (a service account's JSON key, or `gcloud auth application-default login`), or name another"
        + " with GOOGLE_APPLICATION_CREDENTIALS."
    case .unsupported: "Name other credentials with GOOGLE_APPLICATION_CREDENTIALS, or set TASKDECK_TOKEN_COMMAND."
    case .noToken: "Check that the credentials have not been revoked and that this machine's clock is right."
    case .program: "Run the program by hand to see what it says."
    case .plainHTTP: "Use an https endpoint, or name an emulator with --endpoint to send no credentials."
    case .cancelled: "Run it again."
    }
  }
}

extension CredentialsError: CustomStringConvertible {
  package var description: String { "\(source): \(reason)" }
}
