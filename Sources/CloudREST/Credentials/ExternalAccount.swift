// Being a workload or a person of another identity provider: its token is
// exchanged at Google's STS (RFC 8693), and perhaps used to impersonate.

import Foundation
import Transport

/// What a workload identity file says.
struct ExternalAccount: Sendable {
  let source: String
  let audience: String
  let subjectTokenType: String
  let tokenURL: String
  let subject: SubjectToken
  let clientID: String?
  let clientSecret: Secret?
  /// The project that a workforce pool's calls are counted against.
  let userProject: String?
  let impersonation: Impersonation?
  /// Whether the file chooses how long an impersonated token lasts; only said to Google's statistics.
  let choosesLifetime: Bool
  private static let awsTokenType = "urn:ietf:params:aws:token-type:aws4_request"

  init(_ fields: CredentialFields) throws(CredentialsError) {
    source = fields.source
    audience = try fields.text("audience")
    subjectTokenType = try fields.text("subject_token_type")
    let universe = try fields.optional("universe_domain") ?? OAuth.defaultUniverse
    tokenURL = try fields.optional("token_url") ?? "https://sts.\(universe)/v1/token"
    clientID = try fields.optional("client_id")
    clientSecret = try fields.optional("client_secret").map(Secret.init)
    userProject = try fields.optional("workforce_pool_user_project")
    let lifetime = try fields.object("service_account_impersonation")?.wholeNumber("token_lifetime_seconds")
    choosesLifetime = lifetime != nil
    impersonation = try fields.optional("service_account_impersonation_url").map {
      Impersonation(url: $0, source: fields.source, lifetime: lifetime ?? 3600)
    }
    let credentialSource = try fields.requiredObject("credential_source")
    if subjectTokenType == Self.awsTokenType || credentialSource.has("environment_id") {
      throw CredentialsError(
        .unsupported, source: source, reason: "it takes its tokens from AWS, which this program cannot do.",
        remedy: "Run `gcloud auth login --cred-file=FILE` and set TASKDECK_TOKEN_COMMAND=\"gcloud auth"
          + " print-access-token\", or name other credentials.")
    }
    subject = try SubjectToken(credentialSource)
    if userProject != nil && !audience.contains("/workforcePools/") {
      throw fields.fault("its workforce_pool_user_project does not go with an audience that is no workforce pool.")
    }
  }
}

/// Tokens for another provider's identity, before any impersonation.
struct ExternalAccountTokens: TokenSource {
  let account: ExternalAccount
  let scopes: [String]
  let tools: CredentialTools

  func newToken() async throws(CredentialsError) -> AccessToken {
    let subjectToken = try await account.subject.read(for: account, tools)
    var form = [
      (name: "grant_type", value: "urn:ietf:params:oauth:grant-type:token-exchange"),
      (name: "audience", value: account.audience), (name: "scope", value: scopes.joined(separator: " ")),
      (name: "requested_token_type", value: "urn:ietf:params:oauth:token-type:access_token"),
      (name: "subject_token", value: subjectToken.value),
      (name: "subject_token_type", value: account.subjectTokenType),
    ]
    if let options { form.append((name: "options", value: options)) }
    let authorization = account.clientID.map { basicAuthorization($0, account.clientSecret) }
    return try await TokenEndpoint(url: account.tokenURL, owner: account.source, tools: tools)
      .grant(form, metrics: metrics, authorization: authorization).token
  }

  /// JSON, percent-encoded once more than the form itself is (google-auth's sts.py). A client ID already tells STS the
  /// project.
  private var options: String? {
    guard let project = account.userProject, account.clientID == nil else { return nil }
    return formEncoded([(name: "o", value: "{\"userProject\": \"\(project)\"}")], keeping: "/").dropFirst(2).description
  }

  private var metrics: String {
    "google-byoid-sdk sa-impersonation/\(account.impersonation != nil) config-lifetime/\(account.choosesLifetime)"
      + " source/\(account.subject.kind)"
  }
}
