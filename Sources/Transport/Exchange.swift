// One easy handle, and the request and answer that pass through it. Handles are
// used again, which keeps their allocations; libcurl keeps connections in the
// multi handle anyway. Runs on the network thread only.

import CCurl
import Foundation

/// One request and its answer on one libcurl easy handle.
final class Exchange {
  let easy: UnsafeMutableRawPointer
  /// Whose turn the request has taken.
  private(set) var host: Turns.Host = ""
  private var job: Job?
  private var answer = Answer()
  private var sending = Sending()
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  init() {
    guard let easy = curl_easy_init() else { preconditionFailure("libcurl has no memory for a handle.") }
    self.easy = easy
  }

  var jobID: UInt64? {
    job?.id
  }

  /// The exchange that an easy handle belongs to.
  static func of(_ easy: UnsafeMutableRawPointer) -> Exchange? {
    var pointer: UnsafeMutableRawPointer?
    guard ccurl_get_pointer(easy, CURLINFO_PRIVATE, &pointer) == CURLE_OK, let pointer else { return nil }
    return Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Whether the request has had a connection to go out on.
  var hasBegun: Bool {
    sending.hasBegun
  }

  /// Sets the handle up; says what is wrong when the request cannot be sent as HTTP.
  func prepare(
    _ job: Job, _ host: Turns.Host, _ configuration: HTTPClient.Configuration
  ) -> (kind: TransportError.Kind, detail: String)? {
    let request = job.request
    if let problem = problem(with: request) { return (.badRequest, problem) }
    self.job = job
    self.host = host
    answer = Answer(limit: request.maximumResponseBytes)
    sending = Sending()
    errorText.pointee = 0
    let options = EasyOptions(easy: easy)
    options.set(request, configuration)
    headerList = options.setHeaders(of: request)
    setCallbacks()
    return nil
  }

  /// Resumes the waiting task with what came of it.
  func finish(_ result: CURLcode) {
    guard let job else { return }
    if result == CURLE_OK && !answer.isHeadComplete {
      fail(.connectionLost, "The connection closed within the head of the answer.")
    } else if result == CURLE_OK {
      job.continuation.resume(returning: .success(response()))
    } else {
      let detail = errorText.pointee == 0 ? String(cString: curl_easy_strerror(result)) : String(cString: errorText)
      fail(kind(of: result), detail)
    }
  }

  /// Resumes the waiting task with a failure.
  func fail(_ kind: TransportError.Kind, _ detail: String) {
    guard let job else { return }
    let error = TransportError(
      kind, bytesWereSent: sending.reachedTheServer(requestSize: requestSize), url: job.request.url, detail: detail)
    job.continuation.resume(returning: .failure(error))
  }

  /// Forgets the request; the handle must be out of the multi handle.
  func clear() {
    curl_easy_reset(easy)
    curl_slist_free_all(headerList)
    headerList = nil
    job = nil
    answer = Answer()
  }

  /// Frees the handle; the exchange must not be used again.
  func free() {
    clear()
    curl_easy_cleanup(easy)
    errorText.deallocate()
  }

  private func setCallbacks() {
    let me = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_pointer(easy, CURLOPT_PRIVATE, me)
    _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    _ = ccurl_set_pointer(easy, CURLOPT_WRITEDATA, me)
    _ = ccurl_set_writer(easy, CURLOPT_WRITEFUNCTION, takeBody)
    _ = ccurl_set_pointer(easy, CURLOPT_HEADERDATA, me)
    _ = ccurl_set_writer(easy, CURLOPT_HEADERFUNCTION, takeHead)
    _ = ccurl_set_pointer(easy, CURLOPT_PREREQDATA, me)
    _ = ccurl_set_before_request(easy, allowRequest)
  }

  private func response() -> HTTPResponse {
    var status = 0
    var version = 0
    var microseconds: curl_off_t = 0
    _ = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    _ = ccurl_get_long(easy, CURLINFO_HTTP_VERSION, &version)
    _ = ccurl_get_offset(easy, CURLINFO_TOTAL_TIME_T, &microseconds)
    return HTTPResponse(
      status: status, headers: answer.headers, body: answer.body, seconds: Double(microseconds) / 1e6,
      version: httpVersion(version))
  }

  private func kind(of result: CURLcode) -> TransportError.Kind {
    if answer.isTooLarge { return .tooLarge }
    if sending.wasResendRefused { return .connectionLost }
    // Also what libcurl says to a first line that is not HTTP ("HTTP/0.9 when not allowed").
    if result == CURLE_UNSUPPORTED_PROTOCOL && sending.hasBegun { return .protocolError }
    if result == CURLE_COULDNT_CONNECT { return wasRefused ? .refused : .unreachable }
    return errorKinds[result.rawValue] ?? .protocolError
  }

  private var wasRefused: Bool {
    var number = 0
    _ = ccurl_get_long(easy, CURLINFO_OS_ERRNO, &number)
    return number == Int(ECONNREFUSED)
  }

  /// Bytes handed to the connection so far, requests of proxies and redirects included.
  fileprivate var requestSize: Int {
    var size = 0
    _ = ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &size)
    return size
  }

  fileprivate func mayBegin() -> Bool {
    sending.mayBegin(requestSize: requestSize)
  }

  fileprivate func take(head line: UnsafeBufferPointer<UInt8>) {
    sending.isAnswered = true
    answer.take(head: line)
  }

  fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    answer.take(body: bytes)
  }
}

/// Keeps libcurl from sending a request twice.
///
/// Curl_retry_request sends again, without asking, when a reused connection dies before any answer, a POST too. The
/// pre-request callback runs before each sending, so the second one is seen there. A sending that follows an answer is
/// a redirect, and one with no bytes behind it did no harm.
private struct Sending {
  private(set) var hasBegun = false
  private(set) var wasResendRefused = false
  var isAnswered = false
  private var sizeAtStart = 0

  mutating func mayBegin(requestSize: Int) -> Bool {
    if hasBegun && !isAnswered && requestSize > sizeAtStart {
      wasResendRefused = true
      return false
    }
    hasBegun = true
    isAnswered = false
    sizeAtStart = requestSize
    return true
  }

  func reachedTheServer(requestSize: Int) -> Bool {
    wasResendRefused || isAnswered || (hasBegun && requestSize > sizeAtStart)
  }
}

// MARK: - libcurl's callbacks

/// Headers, one line each. Always takes the whole line.
private func takeHead(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ exchange: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let exchange else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue().take(head: line.assumingMemoryBound(to: UInt8.self))
  return size * count
}

/// Body bytes, decompressed. Taking fewer than offered ends the transfer.
private func takeBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ exchange: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let exchange else { return 0 }
  let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue().take(body: body) ? size * count : 0
}

/// Called with a connection at hand, before each sending.
private func allowRequest(
  _ exchange: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
  _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
  guard let exchange else { return CURL_PREREQFUNC_ABORT }
  let mayBegin = Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue().mayBegin()
  return mayBegin ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

// MARK: - Tables

private func httpVersion(_ number: Int) -> HTTPResponse.Version {
  switch number {
  case CURL_HTTP_VERSION_1_0: .http1_0
  case CURL_HTTP_VERSION_1_1: .http1_1
  case CURL_HTTP_VERSION_2_0: .http2
  default: .other
  }
}

/// libcurl's result codes in our words; a code that is not here is `.protocolError`.
private let errorKinds: [UInt32: TransportError.Kind] = {
  let table: [(TransportError.Kind, [CURLcode])] = [
    (.badURL, [CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL]),
    (.couldNotResolve, [CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY]),
    (.timedOut, [CURLE_OPERATION_TIMEDOUT]),
    (
      .connectionLost,
      [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM]
    ),
    (
      .tls,
      [
        CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      ]
    ),
    (.tooManyRedirects, [CURLE_TOO_MANY_REDIRECTS]),
  ]
  return Dictionary(uniqueKeysWithValues: table.flatMap { kind, codes in codes.map { ($0.rawValue, kind) } })
}()
