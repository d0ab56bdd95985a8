// Everything that goes wrong on the way, each with its own kind and with the truth
// about whether the other side may have seen the request.

import Foundation
import TestSupport
import Testing
import Transport

@Suite struct HTTPFaultTests {
  private func failure(_ client: HTTPClient, _ request: HTTPRequest) async -> TransportError? {
    do {
      _ = try await client.send(request)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a port where nothing listens refuses`() async throws {
    let server = try TestServer { _ in .answer() }
    server.stop()
    #expect(await eventually { await failure(HTTPClient(), HTTPRequest(url: server.url))?.kind == .refused })
    let error = await failure(HTTPClient(), HTTPRequest(url: server.url + "/p?token=secret"))
    #expect(error?.bytesWereSent == false)
    #expect(error?.url == server.url + "/p")
  }

  @Test func `a name that does not exist is not resolved`() async {
    let error = await failure(HTTPClient(), HTTPRequest(url: "http://no-such-host.invalid/", timeout: .seconds(20)))
    #expect(error?.kind == .couldNotResolve && error?.bytesWereSent == false)
  }

  @Test(arguments: ["", "not a url", "file:///etc/passwd", "gopher://127.0.0.1/", "http://", "http://127.0.0.1:99999/"])
  func `what is not an HTTP URL is refused`(url: String) async {
    #expect(await failure(HTTPClient(), HTTPRequest(url: url))?.kind == .badURL)
  }

  @Test func `a line break in a header or method is refused, not sent`() async throws {
    let server = try TestServer { _ in .answer() }
    let client = HTTPClient()
    let injected = HTTPRequest(url: server.url, headers: ["X-A": "1\r\nX-B: 2"])
    #expect(await failure(client, injected)?.kind == .badRequest)
    #expect(await failure(client, HTTPRequest(method: "GET /x", url: server.url))?.kind == .badRequest)
    #expect(await failure(client, HTTPRequest(url: server.url, headers: ["X A": "1"]))?.kind == .badRequest)
    #expect(server.requests.isEmpty)
  }

  @Test func `no answer within the time allowed is a time-out, and says that the request went out`() async throws {
    let server = try TestServer { _ in .hang }
    let error = await failure(HTTPClient(), HTTPRequest(url: server.url, timeout: .milliseconds(150)))
    #expect(error?.kind == .timedOut && error?.bytesWereSent == true)
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Len", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])
  func `a connection closed or reset before the answer is whole is lost`(text: String) async throws {
    for ending in [ScriptedReply.Ending.close, .reset] {
      let server = try TestServer { _ in .raw(text, ending) }
      let error = await failure(HTTPClient(), HTTPRequest(url: server.url))
      #expect(error?.kind == .connectionLost && error?.bytesWereSent == true, "\(ending): \(String(describing: error))")
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: ["GET", "POST", "DELETE"])
  func `a request is not sent twice when a kept connection dies under it`(method: String) async throws {
    for ending in [ScriptedReply.Ending.close, .reset] {
      let server = try TestServer { $0.indexOnConnection == 1 ? .answer() : ScriptedReply(ending: ending) }
      let client = HTTPClient()
      _ = try await client.send(HTTPRequest(url: server.url + "/first"))
      let error = await failure(client, HTTPRequest(method: method, url: server.url + "/second", body: Data("{}".utf8)))
      #expect(error?.kind == .connectionLost && error?.bytesWereSent == true)
      #expect(server.requests.filter { $0.target == "/second" }.count == 1)
    }
  }

  @Test func `a kept connection that the server closed meanwhile is replaced without a word`() async throws {
    let server = try TestServer { _ in ScriptedReply(bytes: ScriptedReply.answer().bytes, ending: .close) }
    let client = HTTPClient()
    for _ in 1...20 {
      _ = try await client.send(HTTPRequest(method: "POST", url: server.url))
      #expect(await eventually { server.openConnectionCount == 0 })
    }
    #expect(server.requests.count == 20)
  }

  @Test func `a body longer than the limit is cut off, announced or not, compressed or not`() async throws {
    let long = String(repeating: "x", count: 5000)
    let replies: [ScriptedReply] = [
      .answer(200, long), .raw("HTTP/1.1 200 OK\r\n\r\n\(long)", .close),
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n\(long)", .close),
    ]
    for reply in replies {
      let server = try TestServer { _ in reply }
      let request = HTTPRequest(url: server.url, maximumResponseBytes: 4999)
      #expect(await failure(HTTPClient(), request)?.kind == .tooLarge)
    }
    let server = try TestServer { _ in replies[0] }
    #expect(try await HTTPClient().send(HTTPRequest(url: server.url, maximumResponseBytes: 5000)).body.count == 5000)
  }

  @Test func `what is not HTTP is a protocol error`() async throws {
    let server = try TestServer { _ in .raw("220 mail.example.com ESMTP\r\n", .close) }
    let error = await failure(HTTPClient(), HTTPRequest(url: server.url))
    #expect(error?.kind == .protocolError && error?.bytesWereSent == true)
  }

  @Test func `a redirect loop ends`() async throws {
    let server = try TestServer { _ in .answer(302, "", headers: [("Location", "/again")]) }
    let error = await failure(HTTPClient(), HTTPRequest(url: server.url, followRedirects: 3))
    #expect(error?.kind == .tooManyRedirects)
    #expect(server.requests.count == 4)
  }
}
