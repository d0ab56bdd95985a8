// The JSON key file of a service account, checked when it is read: a broken one is
// said to be broken by name, not found out at the first call.

import Foundation

/// A service account's private key and what belongs to it.
package struct ServiceAccountKey: Sendable {
  /// The file it came from, for error messages.
  package let source: String
  package let email: String
  package let tokenURI: String
  package let universeDomain: String
  let keyID: String?
  let privateKey: Secret

  /// Reads the object of a key file.
  init(_ fields: CredentialFields) throws(CredentialsError) {
    source = fields.source
    email = try fields.text("client_email")
    privateKey = try fields.secret("private_key")
    keyID = try fields.optional("private_key_id")
    tokenURI = try fields.optional("token_uri") ?? OAuth.googleTokenURL
    universeDomain = try fields.optional("universe_domain") ?? OAuth.defaultUniverse
    do {
      try checkPrivateKey(privateKey.value)
    } catch {
      throw CredentialsError(.badKey, source: source, reason: "its private_key is unusable: \(error.reason).")
    }
  }
}

extension ServiceAccountKey: CustomStringConvertible {
  package var description: String { "the key of \(email) in \(source)" }
}
