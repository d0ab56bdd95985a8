// The JSON key file of a service account, checked when it is read: a broken one is
// said to be broken by name, not found out at the first call.

import Foundation

/// A service account's private key and what belongs to it.
package struct ServiceAccountKey: Sendable {
  /// The file it came from, for error messages.
  package let source: String
  package let email: String
  package let projectID: String?
  package let tokenURI: String
  package let universeDomain: String
  let keyID: String?
  let privateKey: String

  private struct File: Decodable {
    var type: String?
    var client_email: String?
    var private_key: String?
    var private_key_id: String?
    var token_uri: String?
    var project_id: String?
    var universe_domain: String?
  }

  /// Reads a key file.
  package init(contentsOf path: String) throws(CredentialsError) {
    let json: Data
    do {
      json = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CredentialsError(.unreadable, source: path, reason: "it cannot be read: \(error.localizedDescription)")
    }
    try self.init(json: json, source: path)
  }

  /// Reads the content of a key file; `source` is what errors call it.
  package init(json: Data, source: String) throws(CredentialsError) {
    let file = try Self.decode(json, source)
    func required(_ value: String?, _ field: String) throws(CredentialsError) -> String {
      if let value, !value.isEmpty { return value }
      throw CredentialsError(.malformed, source: source, reason: "it has no \(field).")
    }
    let type = try required(file.type, "type")
    guard type == "service_account" else {
      let reason = "it holds credentials of type \(type), not a service account's key."
      throw CredentialsError(.malformed, source: source, reason: reason)
    }
    self.source = source
    email = try required(file.client_email, "client_email")
    privateKey = try required(file.private_key, "private_key")
    keyID = file.private_key_id
    projectID = file.project_id
    tokenURI = file.token_uri ?? "https://oauth2.googleapis.com/token"
    universeDomain = file.universe_domain ?? "googleapis.com"
    do {
      try checkPrivateKey(privateKey)
    } catch {
      throw CredentialsError(.badKey, source: source, reason: "its private_key is unusable: \(error.reason).")
    }
  }

  private static func decode(_ json: Data, _ source: String) throws(CredentialsError) -> File {
    do {
      return try JSONDecoder().decode(File.self, from: json)
    } catch DecodingError.typeMismatch(_, let context) {
      let field = context.codingPath.last?.stringValue
      let reason = field.map { "its \($0) is not a string." } ?? "it is JSON, but not an object."
      throw CredentialsError(.malformed, source: source, reason: reason)
    } catch {
      throw CredentialsError(.malformed, source: source, reason: "it is not JSON.")
    }
  }
}

extension ServiceAccountKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "the key of \(email) in \(source)" }
  package var debugDescription: String { description }
  /// Without the private key, which a crash report or a failed test would print.
  package var customMirror: Mirror { Mirror(self, children: ["email": email, "source": source]) }
}
