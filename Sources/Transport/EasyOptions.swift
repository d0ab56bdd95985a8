// A request in libcurl's options. Every odd option is here for a reason that is
// written beside it.

import CCurl
import Foundation

/// Sets the options of one easy handle, which must be fresh or reset.
struct EasyOptions {
  let easy: UnsafeMutableRawPointer

  func set(_ request: HTTPRequest, _ configuration: HTTPClient.Configuration) {
    set(CURLOPT_URL, request.url)
    // Without this a URL such as file:///etc/passwd would be read.
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    // A task's URL is sent as written, "/../" included.
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_USERAGENT, configuration.userAgent)
    // "" offers every encoding libcurl was built with and decodes what comes.
    set(CURLOPT_ACCEPT_ENCODING, "")
    setConnection(request, configuration)
    setTransportSecurity(configuration)
    setRedirects(request.followRedirects)
    setMethodAndBody(request)
  }

  /// Gives the handle the request's headers and returns the list, which must live as long as the transfer.
  func setHeaders(of request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    func add(_ line: String) {
      // libcurl returns the same list with the line at its end, and nil only without memory.
      list = curl_slist_append(list, line) ?? list
    }
    for field in request.headers where !framingFields.contains(field.name.lowercased()) {
      // "Name;" is libcurl's way to send a field with an empty value; "Name:" would remove it.
      add(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    if hasBody(request) {
      // libcurl adds a form's Content-Type to any body, and waits for a 100 before a long one.
      if request.headers["Content-Type"] == nil { add("Content-Type:") }
      add("Expect:")
    }
    _ = ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
    return list
  }

  private func setConnection(_ request: HTTPRequest, _ configuration: HTTPClient.Configuration) {
    // Time-outs by SIGALRM would hit any thread of the process.
    set(CURLOPT_NOSIGNAL, 1)
    // Else giving up on a request waits, and the whole loop with it, for getaddrinfo to return.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_TIMEOUT_MS, milliseconds(request.timeout))
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connectTimeout))
    // The size the curl tool itself uses; the default of 16 kB costs a call for each 16 kB of a page.
    set(CURLOPT_BUFFERSIZE, 102_400)
    // Both are always set, because libcurl reads the environment where they are not.
    set(CURLOPT_PROXY, configuration.proxies.proxy(for: request.url) ?? "")
    set(CURLOPT_NOPROXY, configuration.proxies.except)
    // A proxy's answer to CONNECT is not the answer.
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  private func setTransportSecurity(_ configuration: HTTPClient.Configuration) {
    // HTTP/2 where TLS negotiates it, HTTP/1.1 on plain connections.
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    // Wait for the first connection and share it, rather than open one for each request of a burst.
    set(CURLOPT_PIPEWAIT, 1)
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let caFile = configuration.caFile { set(CURLOPT_CAINFO, caFile) }
  }

  private func setRedirects(_ limit: Int) {
    guard limit > 0 else { return }
    set(CURLOPT_FOLLOWLOCATION, 1)
    set(CURLOPT_MAXREDIRS, limit)
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
  }

  /// CURLOPT_CUSTOMREQUEST only changes the word on the request line and outlives redirects, so GET, HEAD and POST use
  /// libcurl's own methods where they can.
  private func setMethodAndBody(_ request: HTTPRequest) {
    let method = request.method
    if method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if hasBody(request) {
      setBody(request.body ?? Data())
      if method != "POST" { set(CURLOPT_CUSTOMREQUEST, method) }
    } else if method != "GET" {
      set(CURLOPT_CUSTOMREQUEST, method)
    }
  }

  /// libcurl copies the bytes: it may have to send them again after a redirect, and Data's bytes do not stay in place.
  private func setBody(_ body: Data) {
    _ = ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
    // A null pointer would make libcurl read standard input.
    if body.isEmpty {
      set(CURLOPT_COPYPOSTFIELDS, "")
    } else {
      body.withUnsafeBytes { bytes in
        _ = ccurl_set_string(easy, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
      }
    }
  }

  private func set(_ option: CURLoption, _ value: Int) {
    _ = ccurl_set_long(easy, option, value)
  }

  private func set(_ option: CURLoption, _ value: String) {
    _ = ccurl_set_string(easy, option, value)
  }
}

/// Fields that frame the message: a wrong one would hang the connection or smuggle a second request (RFC 9112, 6.1).
private let framingFields: Set<String> = ["content-length", "transfer-encoding", "expect"]

/// RFC 9110, 8.6: a method whose body has a meaning says `Content-Length: 0` when it has none. A HEAD has no use for one
/// (9.3.2), and libcurl sends none with it.
private func hasBody(_ request: HTTPRequest) -> Bool {
  if request.method == "HEAD" { return false }
  return request.body != nil || ["POST", "PUT", "PATCH"].contains(request.method)
}

/// Why the request cannot be put on the wire without becoming another one; nil when it can.
func problem(with request: HTTPRequest) -> String? {
  if !isToken(request.method) { return "The method \"\(request.method)\" is not an HTTP token." }
  for field in request.headers {
    if !isToken(field.name) { return "The header name \"\(field.name)\" is not an HTTP token." }
    let isClean = field.value.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 }
    if !isClean { return "The value of header \(field.name) holds a line break or a null byte." }
  }
  return request.url.utf8.contains(0) ? "The URL holds a null byte." : nil
}

/// RFC 9110, 5.6.2.
private func isToken(_ text: String) -> Bool {
  !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
}

private func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}

/// libcurl takes 0 for "no limit", so the shortest is one millisecond.
private func milliseconds(_ duration: Duration) -> Int {
  let parts = duration.components
  let (whole, overflowed) = parts.seconds.multipliedReportingOverflow(by: 1000)
  if overflowed || whole > Int64(Int32.max) { return Int(Int32.max) }
  return max(1, Int(whole + parts.attoseconds / 1_000_000_000_000_000))
}
