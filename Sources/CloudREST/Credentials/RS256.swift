// RS256 (RFC 7518, 3.3: RSASSA-PKCS1-v1_5 with SHA-256) on OpenSSL 3.

import COpenSSL
import Foundation

/// A key that does not sign.
struct SigningError: Error {
  let reason: String
}

/// Signs with an RSA private key in PEM. The key is read for each signature: one a token, once an hour.
func rs256Signature(of message: Data, privateKey pem: String) throws(SigningError) -> Data {
  let key = try PrivateKey(pem: pem)
  guard let context = EVP_MD_CTX_new() else { throw SigningError(reason: opensslReason()) }
  defer { EVP_MD_CTX_free(context) }
  // For an RSA key the default padding of EVP_DigestSign is PKCS #1 v1.5.
  guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key.raw) == 1 else {
    throw SigningError(reason: opensslReason())
  }
  var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key.raw)))
  var size = signature.count
  let isSigned = message.withUnsafeBytes { bytes in
    EVP_DigestSign(context, &signature, &size, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) == 1
  }
  guard isSigned else { throw SigningError(reason: opensslReason()) }
  return Data(signature[..<size])
}

/// Says what is wrong with a private key before it is needed.
func checkPrivateKey(_ pem: String) throws(SigningError) {
  _ = try PrivateKey(pem: pem)
}

/// An RSA private key; owns OpenSSL's object.
private struct PrivateKey: ~Copyable {
  let raw: OpaquePointer

  init(pem: String) throws(SigningError) {
    ERR_clear_error()
    let bytes = Array(pem.utf8)
    // BIO_new_mem_buf does not copy, so the key is read while the bytes stay in place. The password callback refuses:
    // without one OpenSSL asks on the terminal for the password of an encrypted key.
    let key = bytes.withUnsafeBytes { buffer -> OpaquePointer? in
      guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else { return nil }
      defer { BIO_free(bio) }
      return PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
    }
    guard let key else {
      throw SigningError(reason: "it is not an unencrypted private key in PEM (\(opensslReason()))")
    }
    guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else {
      EVP_PKEY_free(key)
      throw SigningError(reason: "it is not an RSA key")
    }
    raw = key
  }

  deinit {
    EVP_PKEY_free(raw)
  }
}

/// OpenSSL's words for its latest failure on this thread.
private func opensslReason() -> String {
  let code = ERR_get_error()
  guard code != 0, let text = ERR_reason_error_string(code) else { return "OpenSSL gives no reason" }
  return "OpenSSL: \(String(cString: text))"
}
