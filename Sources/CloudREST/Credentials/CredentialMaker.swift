// From where credentials were found to credentials that give tokens: the one place
// that knows which kind asks whom, and with which scope.

import Foundation
import Transport

/// Where credentials were found.
package enum CredentialOrigin: Sendable {
  case file(CredentialFile)
  case metadataServer(MetadataFacts)
  /// A token as it is; `source` names the variable.
  case accessToken(GivenAccessToken, source: String)
  case accessTokenFile(path: String)
  /// A command that prints a token; cut into words without a shell.
  case command(String, source: String)

  package var projectID: String? {
    switch self {
    case .file(let file): file.projectID
    case .metadataServer(let facts): facts.projectID
    case .accessToken, .accessTokenFile, .command: nil
    }
  }

  package var quotaProject: String? {
    if case .file(let file) = self { file.quotaProject } else { nil }
  }

  /// nil where nothing says it.
  package var universeDomain: String? {
    switch self {
    case .file(let file): file.universeDomain
    case .metadataServer(let facts): facts.universeDomain
    case .accessToken, .accessTokenFile, .command: nil
    }
  }
}

/// A token that somebody handed over. Prints without its value.
package struct GivenAccessToken: Sendable {
  let secret: Secret

  package init(_ value: String) {
    secret = Secret(value)
  }
}

/// Whom to be instead of who the credentials are.
package struct ImpersonationRequest: Sendable, Equatable {
  /// One e-mail address, or several with commas between: the last is the one to be, the others its delegates.
  package var chain: String
  /// The flag or variable that said so.
  package var source: String

  package init(chain: String, source: String) {
    (self.chain, self.source) = (chain, source)
  }
}

/// Makes credentials.
package struct CredentialMaker: Sendable {
  private let tools: CredentialTools

  package init(tools: CredentialTools) {
    self.tools = tools
  }

  /// Credentials for the APIs. Nothing is sent yet.
  ///
  /// - Parameters:
  ///   - universe: where IAM is found for `impersonating`.
  ///   - quotaProject: for `x-goog-user-project`; nil sends none.
  /// - Throws: for a command or an account to impersonate that is none.
  package func credentials(
    _ origin: CredentialOrigin, impersonating request: ImpersonationRequest? = nil,
    universe: String = "googleapis.com", quotaProject: String? = nil
  ) throws(CredentialsError) -> CachedCredentials {
    guard let request else {
      let purpose = Purpose(scopes: [OAuth.cloudPlatformScope], isIAM: false, quotaProject: quotaProject)
      return cached(try source(origin, purpose), quotaProject)
    }
    let target = try Impersonation(
      chain: request.chain, source: request.source, endpoint: tools.iamEndpoint, universe: universe)
    let purpose = Purpose(scopes: [OAuth.iamScope], isIAM: true, quotaProject: quotaProject)
    let caller = cached(try source(origin, purpose), quotaProject)
    let tokens = ImpersonatedTokens(
      target: target, caller: caller, scopes: [OAuth.cloudPlatformScope], tools: tools)
    return cached(tokens, quotaProject)
  }

  private func cached(_ source: any TokenSource, _ quotaProject: String?) -> CachedCredentials {
    CachedCredentials(source, quotaProject: quotaProject, timing: tools.timing)
  }

  /// What a token is for.
  private struct Purpose {
    var scopes: [String]
    /// It only serves to ask IAM for another.
    var isIAM: Bool
    var quotaProject: String?
  }

  private func source(_ origin: CredentialOrigin, _ purpose: Purpose) throws(CredentialsError) -> any TokenSource {
    switch origin {
    case .file(let file): return source(file.content, purpose)
    case .metadataServer: return MachineTokens(server: MetadataServer(tools: tools), scopes: purpose.scopes)
    case .accessToken(let token, let source): return GivenToken(token: token.secret, source: source)
    case .accessTokenFile(let path): return TokenFile(path: path, timing: tools.timing)
    case .command(let command, let source):
      return TokenCommand(words: try commandWords(command, source: source), source: source, tools: tools)
    }
  }

  private func source(_ content: CredentialFile.Content, _ purpose: Purpose) -> any TokenSource {
    switch content {
    case .serviceAccount(let key):
      let flow = ServiceAccountTokens.Flow.suited(to: key, environment: tools.environment, forIAM: purpose.isIAM)
      return ServiceAccountTokens(key: key, scopes: purpose.scopes, flow: flow, tools: tools)
    case .authorizedUser(let user): return UserTokens(user, tools: tools)
    case .externalAccountUser(let user): return ExternalAccountUserTokens(user, tools: tools)
    case .externalAccount(let account): return source(account, purpose)
    case .impersonated(let target, let own, let caller, let callerQuotaProject):
      let forIAM = Purpose(scopes: [OAuth.iamScope], isIAM: true, quotaProject: callerQuotaProject)
      // A file's scopes say what the program may do; to impersonate further, only IAM's will do.
      let scopes = purpose.isIAM ? purpose.scopes : own ?? purpose.scopes
      return ImpersonatedTokens(
        target: target, caller: cached(source(caller, forIAM), callerQuotaProject), scopes: scopes, tools: tools)
    }
  }

  /// An external account that impersonates asks STS for IAM's scope only, and IAM for the rest.
  private func source(_ account: ExternalAccount, _ purpose: Purpose) -> any TokenSource {
    guard let target = account.impersonation else {
      return ExternalAccountTokens(account: account, scopes: purpose.scopes, tools: tools)
    }
    let exchange = ExternalAccountTokens(account: account, scopes: [OAuth.iamScope], tools: tools)
    return ImpersonatedTokens(
      target: target, caller: cached(exchange, purpose.quotaProject), scopes: purpose.scopes, tools: tools)
  }
}
