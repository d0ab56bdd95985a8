// Being a service account on the word of IAM: a caller that may do so asks for the
// account's token (iamcredentials.googleapis.com, generateAccessToken).

import Foundation
import Transport

/// Which account to be, and through whom.
struct Impersonation: Sendable {
  /// The generateAccessToken URL.
  let url: String
  /// The file, flag or variable that says so.
  let source: String
  /// Accounts between the caller and the one to be; nil where the file says nothing of them.
  var delegates: [String]?
  /// Seconds that a token lasts.
  var lifetime = 3600

  init(url: String, source: String, delegates: [String]? = nil, lifetime: Int = 3600) {
    (self.url, self.source, self.delegates, self.lifetime) = (url, source, delegates, lifetime)
  }

  /// The account that `gcloud --impersonate-service-account` would be: a list names the delegates first.
  ///
  /// - Parameter chain: one e-mail address, or several with commas between.
  init(chain: String, source: String, endpoint: String?, universe: String) throws(CredentialsError) {
    var emails = chain.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard let target = emails.popLast(), (emails + [target]).allSatisfy(isEmail) else {
      throw CredentialsError(
        .malformed, source: source, reason: "\"\(chain)\" is not a service account's e-mail address.",
        remedy: "Give one such as deployer@acme-prod.iam.gserviceaccount.com.")
    }
    self.source = source
    let base = endpoint ?? "https://iamcredentials.\(universe)"
    url = "\(base)/v1/projects/-/serviceAccounts/\(target):generateAccessToken"
    delegates = emails.isEmpty ? nil : emails.map { "projects/-/serviceAccounts/\($0)" }
  }
}

/// Letters that an account's address may hold; anything else would change the URL it is put in.
private func isEmail(_ text: String) -> Bool {
  let parts = text.split(separator: "@", omittingEmptySubsequences: false)
  return parts.count == 2
    && parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { "-._".utf8.contains($0) || isAlphanumeric($0) }
    }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

/// Tokens of an impersonated account.
struct ImpersonatedTokens: TokenSource {
  let target: Impersonation
  /// Who asks.
  let caller: CachedCredentials
  let scopes: [String]
  let tools: CredentialTools

  private struct Body: Encodable {
    let delegates: [String]?
    let scope: [String]
    let lifetime: String

    private enum CodingKeys: CodingKey {
      case delegates, scope, lifetime
    }

    /// google-auth writes absent delegates as null.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(delegates, forKey: .delegates)
      try container.encode(scope, forKey: .scope)
      try container.encode(lifetime, forKey: .lifetime)
    }
  }

  func newToken() async throws(CredentialsError) -> AccessToken {
    let endpoint = TokenEndpoint(url: target.url, owner: target.source, tools: tools)
    let token = try await caller.cache.token()
    let body: Data
    do {
      body = try JSONEncoder().encode(
        Body(delegates: target.delegates, scope: scopes, lifetime: "\(target.lifetime)s"))
    } catch {
      throw endpoint.failure(.noToken, "the request cannot be written: \(error.localizedDescription)")
    }
    return try await endpoint.post(
      json: body, as: token, headers: caller.headers, metrics: "auth-request-type/at cred-type/imp", read: Self.token)
  }

  private static func token(_ answer: [String: Any]) -> AccessToken? {
    guard let value = answer["accessToken"] as? String, !value.isEmpty,
      let time = answer["expireTime"] as? String, let expiry = date(time)
    else { return nil }
    return AccessToken(value: value, expiry: expiry)
  }

  /// RFC 3339, with or without a fraction; nil makes the answer one without a token.
  private static func date(_ text: String) -> Date? {
    for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
      do { return try style.parse(text) } catch { continue }
    }
    return nil
  }
}
