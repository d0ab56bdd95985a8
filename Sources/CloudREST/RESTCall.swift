// One call of a REST method, said in full before anything is sent.

import Foundation

/// A call: what to send, what it is about and how often it may be sent.
package struct RESTCall: Sendable {
  package var method: String
  /// From the slash after the endpoint, not yet percent-encoded.
  package var path: String
  /// In order, not yet percent-encoded.
  package var query: [(name: String, value: String)]
  /// JSON, or nil for none.
  package var body: Data?
  package var retry: RetryPolicy
  /// The resource the call is about, for error messages.
  package var resource: String
  /// `x-goog-request-params`: names Google's front end routes by (AIP-4222).
  package var routing: [(name: String, value: String)]
  /// What each sending takes of a budget; nil takes nothing.
  package var quota: Quota?

  package init(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [], body: Data? = nil,
    retry: RetryPolicy, resource: String, routing: [(name: String, value: String)] = [], quota: Quota? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.retry = retry
    self.resource = resource
    self.routing = routing
    self.quota = quota
  }

  /// The same call with one parameter of its query replaced or added.
  func with(query name: String, _ value: String) -> RESTCall {
    var call = self
    call.query.removeAll { $0.name == name }
    call.query.append((name, value))
    return call
  }

  func url(at endpoint: Endpoint) -> String {
    let path = encode(path, keeping: "/:")
    if query.isEmpty { return endpoint.base + path }
    return endpoint.base + path + "?" + formEncoded(query)
  }
}

/// `name=value&name=value`, percent-encoded; what `keeping` lists stays as it is in values.
func formEncoded(_ pairs: [(name: String, value: String)], keeping: String = "") -> String {
  pairs.map { "\(encode($0.name))=\(encode($0.value, keeping: keeping))" }.joined(separator: "&")
}

/// Percent-encodes every byte but the unreserved ones (RFC 3986, 2.3) and those to be kept.
private func encode(_ text: String, keeping kept: String = "") -> String {
  var out = ""
  for byte in text.utf8 {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: out.unicodeScalars.append(Unicode.Scalar(byte))
    case _ where "-._~".utf8.contains(byte) || kept.utf8.contains(byte): out.unicodeScalars.append(Unicode.Scalar(byte))
    default: out += byte < 16 ? "%0" : "%"; out += String(byte, radix: 16, uppercase: true)
    }
  }
  return out
}

/// A successful answer.
package struct RESTAnswer: Sendable {
  package var body: Data
  package var httpStatus: Int
  /// How often the call was sent, this answer's sending included.
  package var attempts: Int

  package init(body: Data, httpStatus: Int, attempts: Int) {
    self.body = body
    self.httpStatus = httpStatus
    self.attempts = attempts
  }
}

/// One sending, for the request log. Holds no query, header or body, because those may hold secrets.
package struct RESTExchange: Sendable, Equatable {
  /// When it was sent.
  package var time: Date
  package var method: String
  package var path: String
  /// 0 when no answer came.
  package var status: Int
  /// Of the answer's body, decompressed.
  package var bytes: Int
  package var seconds: Double
  /// From 1.
  package var attempt: Int
  /// Why no answer came.
  package var failure: String?

  package init(
    time: Date, method: String, path: String, status: Int, bytes: Int, seconds: Double, attempt: Int,
    failure: String? = nil
  ) {
    (self.time, self.method, self.path, self.status) = (time, method, path, status)
    (self.bytes, self.seconds, self.attempt, self.failure) = (bytes, seconds, attempt, failure)
  }
}
