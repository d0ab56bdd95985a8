// Being a person, with the refresh token that `gcloud auth application-default
// login` leaves in a file (RFC 6749, 6).

import Foundation
import Transport

/// A person's refresh token and what belongs to it.
struct AuthorizedUser: Sendable {
  let source: String
  let clientID: String
  let clientSecret: Secret
  let refreshToken: Secret
  let tokenURI: String
  let scopes: [String]
  /// Proof of a fresh log-in, where an organisation asks for one.
  let reauthProof: Secret?

  init(_ fields: CredentialFields) throws(CredentialsError) {
    source = fields.source
    refreshToken = try fields.secret("refresh_token")
    clientID = try fields.text("client_id")
    clientSecret = try fields.secret("client_secret")
    tokenURI = try fields.optional("token_uri") ?? OAuth.googleTokenURL
    scopes = try fields.texts("scopes") ?? []
    reauthProof = try fields.optional("rapt_token").map(Secret.init)
    if let universe = try fields.optional("universe_domain"), universe != OAuth.defaultUniverse {
      throw CredentialsError(
        .unsupported, source: source,
        reason: "it is of the universe \(universe), but a person's token can be renewed in googleapis.com only.")
    }
  }
}

/// Tokens of a person.
struct UserTokens: TokenSource {
  private let user: AuthorizedUser
  private let tools: CredentialTools
  /// The newest one: the endpoint may give another with each token.
  private let refreshToken: Locked<Secret>

  init(_ user: AuthorizedUser, tools: CredentialTools) {
    self.user = user
    self.tools = tools
    refreshToken = Locked(user.refreshToken)
  }

  func newToken() async throws(CredentialsError) -> AccessToken {
    var form = [
      (name: "grant_type", value: "refresh_token"), (name: "client_id", value: user.clientID),
      (name: "client_secret", value: user.clientSecret.value),
      (name: "refresh_token", value: refreshToken.withLock { $0 }.value),
    ]
    if !user.scopes.isEmpty { form.append((name: "scope", value: user.scopes.joined(separator: " "))) }
    if let proof = user.reauthProof { form.append((name: "rapt", value: proof.value)) }
    let grant = try await TokenEndpoint(url: user.tokenURI, owner: user.source, tools: tools).grant(
      form, metrics: "cred-type/u")
    if let newer = grant.refreshToken { refreshToken.withLock { $0 = newer } }
    return grant.token
  }
}
