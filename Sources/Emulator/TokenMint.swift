// The tokens that dispatches carry: what Google would sign is signed here, with a
// key of this process, so that an application can verify it for real
// (OpenID Connect Discovery 1.0: /.well-known/openid-configuration, jwks_uri).

import CloudModel
import Foundation
import Synchronization

/// Which token a request is to carry.
struct TokenWish: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// "If not specified, the URI specified in target will be used."
    case identity(audience: String)
    /// "If not specified, "https://www.googleapis.com/auth/cloud-platform" will be used."
    case access(scope: String)
  }

  let email: String
  let kind: Kind

  /// From the members `oidcToken` and `oauthToken` of a target; nil when it has neither.
  init?(_ target: JSONObject, url: String) {
    func text(_ token: JSON, _ field: String, _ standard: String) -> String {
      token[field]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? standard
    }
    if let token = target["oidcToken"] {
      kind = .identity(audience: text(token, "audience", url))
      email = text(token, "serviceAccountEmail", "")
    } else if let token = target["oauthToken"] {
      kind = .access(scope: text(token, "scope", "https://www.googleapis.com/auth/cloud-platform"))
      email = text(token, "serviceAccountEmail", "")
    } else {
      return nil
    }
  }
}

/// Signs tokens and publishes the key. Used from the event loop and from dispatches, which is why it locks.
final class TokenMint: Sendable {
  private struct Minted {
    let token: String
    let expiry: Int64
  }

  private struct Contents {
    var issuer = "http://localhost"
    var key: SigningKey?
    var minted: [TokenWish: Minted] = [:]
  }

  /// As long as Google's.
  private static let lifetime: Int64 = 3600
  /// A token is used again while it has this long to live, so that a queue at full rate does not sign every request.
  private static let reserve: Int64 = 600
  private static let mostKept = 1000

  private let contents = Mutex(Contents())

  /// The `iss` of tokens: the emulator's URL, known once it listens.
  func issue(as url: String) {
    contents.withLock { contents in
      contents.issuer = url
      contents.minted = [:]
    }
  }

  /// Makes the key. That it cannot be made is said when it is needed.
  func prepare() {
    contents.withLock { contents in
      do { _ = try Self.key(&contents) } catch { contents.key = nil }
    }
  }

  /// What the data file keeps: the key. nil while there is none, or while it is being made.
  var record: JSONObject? {
    let key = contents.withLockIfAvailable { $0.key } ?? nil
    return key.map { ["privateKey": .string(Data($0.privateKey).base64EncodedString())] }
  }

  /// Goes on with the key of an earlier process.
  func adopt(_ record: JSONObject) throws {
    guard let bytes = record["privateKey"]?.string.flatMap(decodeBase64) else { throw RecordError() }
    let key = try SigningKey(privateKey: Array(bytes))
    contents.withLock { $0.key = key }
  }

  /// The value of the `Authorization` header. The first call makes the key, which takes a moment.
  func authorization(_ wish: TokenWish, at now: Timestamp) throws(SigningError) -> String {
    try contents.withLock { contents throws(SigningError) in
      if let kept = contents.minted[wish], kept.expiry - now.seconds > Self.reserve { return "Bearer " + kept.token }
      let key = try Self.key(&contents)
      let claims = Self.claims(wish, issuer: contents.issuer, now: now.seconds)
      let token = try key.token(claims)
      if contents.minted.count >= Self.mostKept { contents.minted = [:] }
      contents.minted[wish] = Minted(token: token, expiry: now.seconds + Self.lifetime)
      return "Bearer " + token
    }
  }

  /// RFC 7517.
  func keySet() throws(SigningError) -> JSON {
    let key = try contents.withLock { contents throws(SigningError) in try Self.key(&contents) }
    return ["keys": [.object(key.publicKey)]]
  }

  /// OpenID Connect Discovery 1.0, section 3.
  var discovery: JSON {
    let issuer = contents.withLock { $0.issuer }
    return [
      "issuer": .string(issuer), "jwks_uri": .string(issuer + "/_emulator/jwks"),
      "response_types_supported": ["id_token"],
      "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
      "claims_supported": ["aud", "azp", "email", "email_verified", "exp", "iat", "iss", "sub"],
    ]
  }

  private static func key(_ contents: inout Contents) throws(SigningError) -> SigningKey {
    if let key = contents.key { return key }
    let key = try SigningKey()
    contents.key = key
    return key
  }

  /// The claims of Google's ID tokens for service accounts; access tokens are opaque at Google and a JWT here.
  private static func claims(_ wish: TokenWish, issuer: String, now: Int64) -> JSONObject {
    var claims: JSONObject = [
      "iss": .string(issuer), "iat": .number(String(now)), "exp": .number(String(now + lifetime)),
      "email": .string(wish.email), "email_verified": true, "sub": .string(accountID(wish.email)),
      "azp": .string(accountID(wish.email)),
    ]
    switch wish.kind {
    case .identity(let audience): claims["aud"] = .string(audience)
    case .access(let scope): claims["scope"] = .string(scope)
    }
    return claims
  }

  /// Google's are 21 digits that begin with a 1. The same for the same account, in every run (FNV-1a).
  private static func accountID(_ email: String) -> String {
    let hash = email.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash)
    return "1" + String(repeating: "0", count: 20 - digits.count) + digits
  }
}
