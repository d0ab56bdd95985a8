// JSON Web Tokens as Google takes them (RFC 7519, RFC 7523; google-auth's jwt.py).

import Foundation

/// What a signed assertion claims.
struct Claims: Encodable {
  let iss: String
  var sub: String?
  var aud: String?
  var scope: String?
  /// Seconds since 1970.
  let iat: Int
  let exp: Int

  /// Valid for an hour, the longest Google takes.
  init(issuer: String, at date: Date) {
    iss = issuer
    iat = Int(date.timeIntervalSince1970)
    exp = iat + 3600
  }
}

extension ServiceAccountKey {
  private struct Header: Encodable {
    let alg = "RS256"
    let kid: String?
    let typ = "JWT"

    private enum CodingKeys: CodingKey {
      case alg, kid, typ
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(alg, forKey: .alg)
      try container.encodeIfPresent(kid, forKey: .kid)
      try container.encode(typ, forKey: .typ)
    }
  }

  /// The claims, signed with this key.
  func sign(_ claims: Claims) throws(CredentialsError) -> String {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let content = base64URL(try encoder.encode(Header(kid: keyID))) + "." + base64URL(try encoder.encode(claims))
      let signature = try rs256Signature(of: Data(content.utf8), privateKey: privateKey.value)
      return content + "." + base64URL(signature)
    } catch {
      let reason = (error as? SigningError)?.reason ?? error.localizedDescription
      throw CredentialsError(.badKey, source: source, reason: "its private_key cannot sign: \(reason).")
    }
  }
}

/// Base64 for URLs, without padding (RFC 7515, 2).
private func base64URL(_ data: Data) -> String {
  data.base64EncodedString()
    .replacing("+", with: "-").replacing("/", with: "_").trimmingSuffix("=")
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = Substring(self)
    while text.last == character { text.removeLast() }
    return String(text)
  }
}
