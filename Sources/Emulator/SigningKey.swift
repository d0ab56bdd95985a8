// RS256 (RFC 7518 section 3.3: RSASSA-PKCS1-v1_5 with SHA-256) with a key made
// here, on OpenSSL 3. CloudREST signs as well, with keys that it is given; the map
// keeps the two sides of the wire apart.

import COpenSSL
import CloudModel
import Foundation

/// OpenSSL could not do what it was asked.
struct SigningError: Error, CustomStringConvertible {
  let description: String

  /// Takes OpenSSL's words for its latest failure on this thread.
  init(_ action: String) {
    let code = ERR_get_error()
    let reason = code == 0 ? nil : ERR_reason_error_string(code).map { String(cString: $0) }
    description = "OpenSSL cannot \(action): \(reason ?? "it gives no reason")"
  }
}

/// An RSA key of 2,048 bits. A value: OpenSSL's object is made from the bytes for each signature, which is fast beside
/// the signature itself.
struct SigningKey: Sendable {
  /// As OpenSSL writes it (RFC 8017 appendix A.1.2, DER).
  let privateKey: [UInt8]
  private let id: String
  /// RFC 7517 section 4 and RFC 7518 section 6.3.1.
  let publicKey: JSONObject

  init() throws(SigningError) {
    let key = try Self.generate()
    defer { EVP_PKEY_free(key) }
    try self.init(key, privateKey: try Self.encoded(key))
  }

  /// A key that was made before.
  init(privateKey: [UInt8]) throws(SigningError) {
    let key = try Self.decoded(privateKey)
    defer { EVP_PKEY_free(key) }
    try self.init(key, privateKey: privateKey)
  }

  private init(_ key: OpaquePointer, privateKey: [UInt8]) throws(SigningError) {
    self.privateKey = privateKey
    let modulus = try Self.number(key, "n")
    id = base64URL(modulus.prefix(16))
    publicKey = [
      "kty": "RSA", "alg": "RS256", "use": "sig", "kid": .string(id), "n": .string(base64URL(modulus)),
      "e": .string(base64URL(try Self.number(key, "e"))),
    ]
  }

  /// A JWT in its compact form (RFC 7515 section 7.1).
  func token(_ claims: JSONObject) throws(SigningError) -> String {
    let header: JSON = ["alg": "RS256", "kid": .string(id), "typ": "JWT"]
    let content = base64URL(header.compact.utf8) + "." + base64URL(JSON.object(claims).compact.utf8)
    return content + "." + base64URL(try signature(of: Array(content.utf8)))
  }

  private func signature(of message: [UInt8]) throws(SigningError) -> [UInt8] {
    let key = try Self.decoded(privateKey)
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { throw SigningError("begin to sign") }
    defer { EVP_MD_CTX_free(context) }
    // For an RSA key the default padding of EVP_DigestSign is PKCS #1 v1.5.
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else { throw SigningError("begin to sign") }
    var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
    var size = signature.count
    guard EVP_DigestSign(context, &signature, &size, message, message.count) == 1 else { throw SigningError("sign") }
    return Array(signature[..<size])
  }

  private static func generate() throws(SigningError) -> OpaquePointer {
    ERR_clear_error()
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else { throw SigningError("make an RSA key") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
      EVP_PKEY_keygen(context, &key) == 1, let key
    else { throw SigningError("make an RSA key") }
    return key
  }

  private static func decoded(_ privateKey: [UInt8]) throws(SigningError) -> OpaquePointer {
    ERR_clear_error()
    let key = privateKey.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var next = bytes.baseAddress
      return d2i_AutoPrivateKey(nil, &next, bytes.count)
    }
    guard let key else { throw SigningError("read its own key") }
    return key
  }

  private static func encoded(_ key: OpaquePointer) throws(SigningError) -> [UInt8] {
    let size = i2d_PrivateKey(key, nil)
    guard size > 0 else { throw SigningError("write its own key") }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    bytes.withUnsafeMutableBufferPointer { buffer in
      var next = buffer.baseAddress
      _ = i2d_PrivateKey(key, &next)
    }
    return bytes
  }

  /// A number of the key, most significant byte first.
  private static func number(_ key: OpaquePointer, _ name: String) throws(SigningError) -> [UInt8] {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { throw SigningError("read its own key") }
    defer { BN_free(number) }
    var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
    _ = BN_bn2bin(number, &bytes)
    return bytes
  }
}

/// Base64 for URLs, without padding (RFC 7515 section 2).
private func base64URL(_ bytes: some Sequence<UInt8>) -> String {
  let text = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
  return String(text.prefix { $0 != "=" })
}
