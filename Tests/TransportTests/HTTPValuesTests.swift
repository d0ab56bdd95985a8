// The values that need no network: headers, addresses, proxies.

import Testing

@testable import Transport

@Suite struct HTTPValuesTests {
  @Test func `a header is found, replaced in place and removed without regard to case`() {
    var headers: HTTPHeaders = ["Accept": "a", "X-One": "1", "x-one": "2", "Z": "z"]
    #expect(headers["X-ONE"] == "1" && headers["Absent"] == nil)
    headers["x-ONE"] = "3"
    #expect(headers.fields.map(\.name) == ["Accept", "x-ONE", "Z"])
    headers["x-one"] = nil
    #expect(headers.fields.map(\.name) == ["Accept", "Z"])
  }

  @Test(arguments: [
    ("http://localhost:8123", true), ("http://127.0.0.1/x", true), ("http://127.9.8.7", true),
    ("http://[::1]:80", true),
    ("http://127.1/", true), ("http://LOCALHOST/", true), ("https://example.com", false), ("http://10.0.0.1", false),
    ("http://127.0.0.1.example.com", false), ("http://localhost.example.com", false),
    ("http://127.0.0.1@example.com/", false), ("http://example.com/?@localhost", false),
  ])
  func `loopback is what really stays on this machine`(url: String, expected: Bool) throws {
    #expect(try #require(HTTPAddress(url)).isLoopback == expected)
  }

  @Test(arguments: ["", "localhost:8123", "ftp://x/", "//x", "http://"])
  func `what does not lead to an HTTP server is no address`(url: String) {
    #expect(HTTPAddress(url) == nil)
  }

  @Test func `an address is written without user, query, fragment and the scheme's own port`() throws {
    let address = try #require(HTTPAddress("HTTPS://me:pw@Example.com:443/a%20b?key=1#f"))
    #expect(address.description == "https://example.com/a%20b")
    #expect(try #require(HTTPAddress("http://[::1]:8080")).description == "http://[::1]:8080/")
  }

  @Test func `proxies are read as curl reads them`() {
    let proxies = HTTPClient.Proxies(environment: [
      "http_proxy": "", "HTTP_PROXY": "http://evil", "ALL_PROXY": "http://all:1", "HTTPS_PROXY": "http://p:2",
      "NO_PROXY": "a,b",
    ])
    #expect(proxies == HTTPClient.Proxies(plain: "http://all:1", secure: "http://p:2", except: "a,b"))
    #expect(proxies.proxy(for: "https://example.com/") == "http://p:2")
    #expect(proxies.proxy(for: "http://example.com/") == "http://all:1")
    #expect(proxies.proxy(for: "http://127.0.0.1:8123/") == nil)
    #expect(HTTPClient.Proxies(environment: [:]).proxy(for: "https://example.com/") == nil)
  }

  @Test func `an HTTP date is read, and anything else is not`() {
    #expect(secondsSince1970(ofHTTPDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
    #expect(secondsSince1970(ofHTTPDate: "soon") == nil)
  }
}
