// Being a person of a workforce pool, after `gcloud auth login` with a
// log-in configuration: a refresh token that Google's STS takes.

import Foundation
import Transport

/// A workforce user's refresh token and what belongs to it.
struct ExternalAccountUser: Sendable {
  let source: String
  let tokenURL: String
  let refreshToken: Secret
  let clientID: String
  let clientSecret: Secret

  init(_ fields: CredentialFields) throws(CredentialsError) {
    source = fields.source
    refreshToken = try fields.secret("refresh_token")
    tokenURL = try fields.text("token_url")
    clientID = try fields.text("client_id")
    clientSecret = try fields.secret("client_secret")
  }
}

/// Tokens of a workforce user.
struct ExternalAccountUserTokens: TokenSource {
  private let user: ExternalAccountUser
  private let tools: CredentialTools
  /// The newest one: the endpoint may give another with each token.
  private let refreshToken: Locked<Secret>

  init(_ user: ExternalAccountUser, tools: CredentialTools) {
    self.user = user
    self.tools = tools
    refreshToken = Locked(user.refreshToken)
  }

  func newToken() async throws(CredentialsError) -> AccessToken {
    let form = [
      (name: "grant_type", value: "refresh_token"),
      (name: "refresh_token", value: refreshToken.withLock { $0 }.value),
    ]
    let grant = try await TokenEndpoint(url: user.tokenURL, owner: user.source, tools: tools)
      .grant(form, metrics: nil, authorization: basicAuthorization(user.clientID, user.clientSecret))
    if let newer = grant.refreshToken { refreshToken.withLock { $0 = newer } }
    return grant.token
  }
}

/// RFC 7617: `Basic` and base64 of `user:password`.
func basicAuthorization(_ clientID: String, _ secret: Secret?) -> Secret {
  Secret("Basic " + Data("\(clientID):\(secret?.value ?? "")".utf8).base64EncodedString())
}
