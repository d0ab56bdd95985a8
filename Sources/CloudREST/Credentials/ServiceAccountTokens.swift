// Being a service account: with a token that the key itself signs, as Google's
// generated clients do by default (AIP-4111), or one exchanged for it.

import Foundation
import Transport

/// Tokens from a service account's key.
struct ServiceAccountTokens: TokenSource {
  /// Where tokens come from.
  enum Flow: Sendable, Equatable {
    /// Signed here; no network.
    case selfSigned
    /// The JWT bearer grant (RFC 7523) at the key's token_uri.
    case grant
  }

  let key: ServiceAccountKey
  let scopes: [String]
  let flow: Flow
  let tools: CredentialTools

  func newToken() async throws(CredentialsError) -> AccessToken {
    switch flow {
    case .selfSigned: try selfSignedToken()
    case .grant: try await grantedToken()
    }
  }

  private func selfSignedToken() throws(CredentialsError) -> AccessToken {
    var claims = Claims(issuer: key.email, at: tools.timing.date())
    claims.sub = key.email
    claims.scope = scopes.joined(separator: " ")
    return AccessToken(value: try key.sign(claims), expiry: Date(timeIntervalSince1970: TimeInterval(claims.exp)))
  }

  private func grantedToken() async throws(CredentialsError) -> AccessToken {
    var claims = Claims(issuer: key.email, at: tools.timing.date())
    // The audience is Google's own token URL even where the key names another (google-auth does the same).
    claims.aud = OAuth.googleTokenURL
    claims.scope = scopes.joined(separator: " ")
    let endpoint = TokenEndpoint(url: key.tokenURI, owner: key.source, tools: tools)
    let form = [
      (name: "assertion", value: try key.sign(claims)),
      (name: "grant_type", value: "urn:ietf:params:oauth:grant-type:jwt-bearer"),
    ]
    return try await endpoint.grant(form, metrics: "auth-request-type/at cred-type/sa").token
  }
}

extension ServiceAccountTokens.Flow {
  /// The flow that suits a key.
  ///
  /// gcloud's property auth/service_account_use_self_signed_jwt decides where it is set. Otherwise a key that names a
  /// token endpoint of its own has it asked: whoever wrote it there means it. Keys of Google's own endpoints sign for
  /// themselves. Other universes know only self-signed tokens (google-auth).
  ///
  /// - Parameter forIAM: the token only serves to impersonate; google-auth then always asks for a grant.
  static func suited(to key: ServiceAccountKey, environment: [String: String], forIAM: Bool) -> Self {
    if key.universeDomain != OAuth.defaultUniverse { return .selfSigned }
    switch environment["CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT"]?.lowercased() {
    case "true", "1", "yes", "on": return .selfSigned
    case "false", "0", "no", "off": return .grant
    default: return forIAM || !isGoogles(key.tokenURI) ? .grant : .selfSigned
    }
  }

  private static func isGoogles(_ tokenURI: String) -> Bool {
    guard let host = HTTPAddress(tokenURI)?.host else { return false }
    return host == "accounts.google.com" || host.hasSuffix(".googleapis.com")
  }
}
