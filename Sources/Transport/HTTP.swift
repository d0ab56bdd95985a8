// What is asked of the network and what comes back. Google's REST, the replay of
// a task on this machine and the emulator's dispatcher all speak in these.

import Foundation

/// One request, sent exactly as it stands.
///
/// The body's bytes go out untouched. Headers that frame the message (`Content-Length`, `Transfer-Encoding`,
/// `Expect`) belong to the transport and are left out when given.
package struct HTTPRequest: Sendable {
  /// Any token: `GET`, `DELETE`, `PURGE`. Sent as spelled.
  package var method: String
  /// Absolute, `http` or `https`, already percent-encoded.
  package var url: String
  package var headers: HTTPHeaders
  /// nil sends no body; a POST, PUT or PATCH then says `Content-Length: 0` (RFC 9110, 8.6). A HEAD's is left out.
  package var body: Data?
  /// For the whole exchange: connecting, sending, answering. Waiting for a turn, where more requests to one host are
  /// asked for than it gets at a time, does not count: else a large enough burst would always fail.
  package var timeout: Duration
  /// For name resolution, TCP and TLS together.
  package var connectTimeout: Duration
  /// How many redirects to follow; 0 hands the 3xx answer back.
  package var followRedirects: Int
  /// A longer body, after decompression, fails with `.tooLarge`.
  package var maximumResponseBytes: Int

  package init(
    method: String = "GET", url: String, headers: HTTPHeaders = [:], body: Data? = nil,
    timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10), followRedirects: Int = 0,
    maximumResponseBytes: Int = 64 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.followRedirects = followRedirects
    self.maximumResponseBytes = maximumResponseBytes
  }
}

/// One answer, whatever its status.
package struct HTTPResponse: Sendable {
  /// The version the answer came in.
  package enum Version: String, Sendable {
    case http1_0 = "1.0"
    case http1_1 = "1.1"
    case http2 = "2"
    case other = "?"
  }

  package var status: Int
  package var headers: HTTPHeaders
  /// Decompressed.
  package var body: Data
  /// From the request's turn to the last byte.
  package var seconds: Double
  package var version: Version

  package init(
    status: Int, headers: HTTPHeaders = [:], body: Data = Data(), seconds: Double = 0, version: Version = .http1_1
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.seconds = seconds
    self.version = version
  }
}

/// The port everything above the network sends through.
package protocol HTTPSender: Sendable {
  /// Sends once and waits for the answer; a cancelled task gets `.cancelled` promptly.
  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
