// An RSA key of the tests' own, made by OpenSSL, and the check of what it signed.

import COpenSSL
import Foundation
import Testing

@testable import CloudREST

/// A key pair; only its texts are kept.
struct TestKey: Sendable {
  let privatePEM: String
  let publicPEM: String

  /// One for all tests: making it takes a tenth of a second.
  static let rsa = TestKey(algorithm: "RSA")
  static let elliptic = TestKey(algorithm: "EC")

  private init(algorithm: String) {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil) else { preconditionFailure(algorithm) }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    EVP_PKEY_keygen_init(context)
    if algorithm == "EC" { EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) }
    precondition(EVP_PKEY_generate(context, &key) == 1)
    defer { EVP_PKEY_free(key) }
    let made = key
    privatePEM = text { PEM_write_bio_PKCS8PrivateKey($0, made, nil, nil, 0, nil, nil) }
    publicPEM = text { PEM_write_bio_PUBKEY($0, made) }
  }

  /// A key file with this key; nil leaves a field out.
  func file(changing changes: [String: Any?] = [:]) throws -> Data {
    var fields: [String: Any] = [
      "type": "service_account", "project_id": "p", "private_key_id": "key-1", "private_key": privatePEM,
      "client_email": "robot@p.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
    ]
    for (name, value) in changes { fields[name] = value }
    return try JSONSerialization.data(withJSONObject: fields)
  }

  /// Header and claims of a token that this key signed; fails when it did not.
  func open(_ token: String) throws -> (header: [String: Any], claims: [String: Any]) {
    let parts = token.split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    let bytes = try parts.map { try #require(decoded(base64URL: $0)) }
    try #require(verifies(Data("\(parts[0]).\(parts[1])".utf8), signature: bytes[2]))
    let objects = try bytes.prefix(2).map { try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any]) }
    return (objects[0], objects[1])
  }

  private func verifies(_ message: Data, signature: Data) -> Bool {
    let pem = Array(publicPEM.utf8)
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    let key = pem.withUnsafeBytes { bytes -> OpaquePointer? in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
      defer { BIO_free(bio) }
      return PEM_read_bio_PUBKEY(bio, nil, nil, nil)
    }
    defer { EVP_PKEY_free(key) }
    guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
    let (signature, message) = (Array(signature), Array(message))
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

private func text(_ write: (OpaquePointer?) -> Int32) -> String {
  let bio = BIO_new(BIO_s_mem())
  defer { BIO_free(bio) }
  precondition(write(bio) == 1)
  var bytes = [UInt8](repeating: 0, count: 16384)
  let count = BIO_read(bio, &bytes, Int32(bytes.count))
  return String(decoding: bytes[..<Int(count)], as: UTF8.self)
}

private func decoded(base64URL text: String) -> Data? {
  let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
  return Data(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
}
