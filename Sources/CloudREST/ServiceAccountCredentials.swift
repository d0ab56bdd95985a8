// Being a service account: with a token that the key itself signs, as Google's
// generated clients do by default (AIP-4111), or one exchanged for it.

import Foundation
import Transport

/// Tokens from a service account's key.
package struct ServiceAccountCredentials: Credentials {
  /// Where tokens come from.
  package enum Flow: Sendable {
    /// Signed here; no network.
    case selfSigned
    /// The JWT bearer grant (RFC 7523) at the key's token_uri.
    case grant(any HTTPSender)
  }

  /// Covers every API this program calls.
  package static let cloudPlatformScope = "https://www.googleapis.com/auth/cloud-platform"
  /// The assertion's audience is Google's own token URL even where the key names another (google-auth does the same).
  private static let grantAudience = "https://oauth2.googleapis.com/token"

  private let cache: TokenCache

  package init(_ key: ServiceAccountKey, flow: Flow = .selfSigned, timing: Timing = .system) {
    cache = TokenCache(date: timing.date) { () throws(CredentialsError) in
      switch flow {
      case .selfSigned: try Self.selfSignedToken(key, at: timing.date())
      case .grant(let sender): try await Self.grantedToken(key, sender, timing)
      }
    }
  }

  package func token() async throws(CredentialsError) -> AccessToken? {
    try await cache.token()
  }

  package func refused(_ token: AccessToken) async -> Bool {
    await cache.discard(token)
    return true
  }

  private static func selfSignedToken(_ key: ServiceAccountKey, at date: Date) throws(CredentialsError) -> AccessToken {
    var claims = Claims(issuer: key.email, at: date)
    claims.sub = key.email
    claims.scope = cloudPlatformScope
    return AccessToken(value: try key.sign(claims), expiry: Date(timeIntervalSince1970: TimeInterval(claims.exp)))
  }

  private static func grantedToken(
    _ key: ServiceAccountKey, _ sender: any HTTPSender, _ timing: Timing
  ) async throws(CredentialsError) -> AccessToken {
    var claims = Claims(issuer: key.email, at: timing.date())
    claims.aud = grantAudience
    claims.scope = cloudPlatformScope
    let endpoint = TokenEndpoint(url: key.tokenURI, sender: sender, timing: timing)
    return try await endpoint.token(for: [
      ("assertion", try key.sign(claims)), ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
    ])
  }
}
