// The ways to a server: through a proxy, over IPv6, with a certificate authority of one's own.

import Foundation
import TestSupport
import Testing
import Transport

@Suite struct HTTPRouteTests {
  private func client(_ proxies: HTTPClient.Proxies, caFile: String? = nil) -> HTTPClient {
    HTTPClient(configuration: .init(caFile: caFile, proxies: proxies))
  }

  @Test func `IPv6 is spoken`() async throws {
    let server = try TestServer(ipv6: true) { _ in .answer(200, "six") }
    #expect(server.url.hasPrefix("http://[::1]:"))
    #expect(try await HTTPClient().send(HTTPRequest(url: server.url)).body == Data("six".utf8))
    #expect(server.requests.first?["Host"] == "[::1]:\(server.port)")
  }

  @Test func `a name with an address of either family is reached where only one of them listens`() async throws {
    let six = try TestServer(ipv6: true) { _ in .answer(200, "six") }
    let four = try TestServer { _ in .answer(200, "four") }
    let client = HTTPClient()
    #expect(try await client.send(HTTPRequest(url: "http://localhost:\(six.port)/")).body == Data("six".utf8))
    #expect(try await client.send(HTTPRequest(url: "http://localhost:\(four.port)/")).body == Data("four".utf8))
  }

  @Test func `plain http goes to the proxy with the whole URL`() async throws {
    let proxy = try TestServer { _ in .answer(200, "by proxy") }
    let answer = try await client(.init(plain: proxy.url)).send(HTTPRequest(url: "http://service.invalid/a?b=c"))
    #expect(answer.body == Data("by proxy".utf8))
    #expect(proxy.requests.first?.target == "http://service.invalid/a?b=c")
    #expect(proxy.requests.first?["Host"] == "service.invalid")
  }

  @Test func `https goes through a tunnel, and the certificate is still the service's own`() async throws {
    let service = try TLSServer(name: "DNS:service.invalid")
    let port = service.port
    let proxy = try TestServer { request in
      request.method == "CONNECT"
        ? ScriptedReply(bytes: Data("HTTP/1.1 200 Connected\r\n\r\n".utf8), ending: .tunnel(port: port)) : .answer(400)
    }
    let request = HTTPRequest(
      url: "https://service.invalid/", headers: ["Authorization": "Bearer secret"], timeout: .seconds(10))
    let answer = try await client(.init(secure: proxy.url), caFile: service.certificate).send(request)
    #expect(answer.status == 200 && answer.headers["X-Proxy"] == nil)
    let seen = try #require(proxy.requests.first)
    #expect(seen.method == "CONNECT" && seen.target == "service.invalid:443")
    #expect(seen["Authorization"] == nil, "the proxy must not see the token")
    let error = await #expect(throws: TransportError.self) {
      try await client(.init(secure: proxy.url)).send(request)
    }
    #expect(error?.kind == .tls && error?.bytesWereSent == false)
  }

  @Test func `a proxy that refuses the tunnel is a failure with nothing sent to the service`() async throws {
    let proxy = try TestServer { _ in .answer(407, "who are you") }
    let error = await #expect(throws: TransportError.self) {
      try await client(.init(secure: proxy.url)).send(HTTPRequest(url: "https://service.invalid/"))
    }
    #expect(error?.bytesWereSent == false && proxy.requests.count == 1)
  }

  @Test func `NO_PROXY and loopback go directly`() async throws {
    let proxy = try TestServer { _ in .answer(200, "by proxy") }
    let server = try TestServer { _ in .answer(200, "directly") }
    let client = client(.init(environment: ["http_proxy": proxy.url, "NO_PROXY": "invalid,10.0.0.0/8"]))
    #expect(try await client.send(HTTPRequest(url: server.url)).body == Data("directly".utf8))
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest(url: "http://service.invalid/", timeout: .seconds(20)))
    }
    #expect(error?.kind == .couldNotResolve && proxy.requests.isEmpty)
  }
}
