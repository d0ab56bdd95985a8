// The client against a real socket: what goes out, what comes back, and on how
// many connections.

import Foundation
import TestSupport
import Testing
import Transport

@Suite struct HTTPClientTests {
  @Test func `one request after another uses one connection`() async throws {
    let server = try TestServer { _ in .answer(200, "ok") }
    let client = HTTPClient()
    for _ in 1...50 {
      let answer = try await client.send(HTTPRequest(url: server.url + "/a"))
      #expect(answer.status == 200)
      #expect(answer.body == Data("ok".utf8))
      #expect(answer.version == .http1_1)
    }
    #expect(server.connectionCount == 1)
    #expect(server.requests.count == 50)
  }

  @Test func `64 requests at once all come back, on connections that are kept`() async throws {
    let server = try TestServer { .answer(200, $0.target) }
    let client = HTTPClient()
    for _ in 1...5 {
      let echoes = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 1...64 {
          group.addTask {
            let answer = try await client.send(HTTPRequest(url: "\(server.url)/\(number)"))
            return answer.body == Data("/\(number)".utf8)
          }
        }
        return try await group.reduce(into: [Bool]()) { $0.append($1) }
      }
      #expect(echoes.count == 64 && echoes.allSatisfy { $0 })
    }
    #expect(server.requests.count == 320)
    #expect(server.connectionCount <= 64)
  }

  @Test func `no more requests to a host at a time than allowed, and none is forgotten`() async throws {
    let clock = ContinuousClock()
    for _ in 1...20 {
      let server = try TestServer { _ in .answer() }
      let client = HTTPClient(configuration: .init(maxConnectionsPerHost: 2))
      let took = try await clock.measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 1...40 { group.addTask { _ = try await client.send(HTTPRequest(url: server.url)) } }
          try await group.waitForAll()
        }
      }
      #expect(server.connectionCount <= 2 && server.requests.count == 40)
      // libcurl's own queue stood still for 10 s in one burst of ten.
      #expect(took < .seconds(9))
    }
  }

  @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
  func `a method goes out as spelled, with and without a body`(method: String) async throws {
    let server = try TestServer { $0.method == "HEAD" ? .answer(204, "", headers: []) : .answer() }
    let client = HTTPClient()
    _ = try await client.send(HTTPRequest(method: method, url: server.url + "/x"))
    _ = try await client.send(HTTPRequest(method: method, url: server.url + "/x", body: Data("a\0b\r\n".utf8)))
    let requests = server.requests
    #expect(requests.map(\.method) == [method, method])
    #expect(requests.map(\.body) == [Data(), method == "HEAD" ? Data() : Data("a\0b\r\n".utf8)])
    let wantsLength = ["POST", "PUT", "PATCH"].contains(method)
    #expect(requests.first?["Content-Length"] == (wantsLength ? "0" : nil))
  }

  @Test func `a HEAD answer's length does not make the client wait for a body`() async throws {
    let server = try TestServer { _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n") }
    let answer = try await HTTPClient().send(HTTPRequest(method: "HEAD", url: server.url, timeout: .seconds(5)))
    #expect(answer.status == 200 && answer.body.isEmpty && answer.headers["content-length"] == "5000")
  }

  @Test func `headers go out as given and nothing is added to a body`() async throws {
    let server = try TestServer { _ in .answer() }
    let headers: HTTPHeaders = [
      "X-Twice": "1", "X-Twice": "2", "X-Empty": "", "User-Agent": "Google-Cloud-Tasks",
      "Content-Length": "999", "Transfer-Encoding": "chunked", "Expect": "100-continue",
    ]
    let body = Data(repeating: 7, count: 2_000_000)
    _ = try await HTTPClient().send(HTTPRequest(method: "POST", url: server.url, headers: headers, body: body))
    let seen = try #require(server.requests.first)
    #expect(seen.headerNames.filter { $0 == "x-twice" }.count == 2)
    #expect(seen["X-Empty"]?.isEmpty == true)
    #expect(seen["User-Agent"] == "Google-Cloud-Tasks")
    #expect(seen["Content-Length"] == "2000000")
    #expect(seen["Content-Type"] == nil && seen["Expect"] == nil && seen["Transfer-Encoding"] == nil)
    #expect(seen.body == body)
  }

  @Test func `the client names itself unless the request does`() async throws {
    let server = try TestServer { _ in .answer() }
    let client = HTTPClient(configuration: .init(userAgent: "taskdeck/9"))
    _ = try await client.send(HTTPRequest(url: server.url))
    #expect(server.requests.first?["User-Agent"] == "taskdeck/9")
  }

  @Test func `a compressed answer is decompressed`() async throws {
    // `printf hello | gzip -9`
    let hello = Data([
      0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x86, 0xA6, 0x10, 0x36,
      0x05,
      0, 0, 0,
    ])
    let server = try TestServer { _ in .answer(200, data: hello, headers: [("Content-Encoding", "gzip")]) }
    let answer = try await HTTPClient().send(HTTPRequest(url: server.url))
    #expect(answer.body == Data("hello".utf8))
    #expect(server.requests.first?["Accept-Encoding"]?.contains("gzip") == true)
  }

  @Test func `the answer's headers keep order and repeats and are found without case`() async throws {
    let server = try TestServer { _ in
      .raw("HTTP/1.1 418 Teapot\r\nSet-Cookie: a=1\r\nset-cookie:  b=2 \r\nX-Odd: a: b\r\nContent-Length: 0\r\n\r\n")
    }
    let answer = try await HTTPClient().send(HTTPRequest(url: server.url))
    #expect(answer.status == 418)
    #expect(answer.headers.values(of: "SET-COOKIE") == ["a=1", "b=2"])
    #expect(answer.headers["x-odd"] == "a: b")
  }

  @Test func `a redirect is handed back, or followed as far as allowed`() async throws {
    let server = try TestServer { request in
      request.path == "/end" ? .answer(200, "end") : .answer(302, "moved", headers: [("Location", "/end")])
    }
    let client = HTTPClient()
    let back = try await client.send(HTTPRequest(url: server.url + "/start"))
    #expect(back.status == 302 && back.body == Data("moved".utf8))
    let followed = try await client.send(HTTPRequest(url: server.url + "/start", followRedirects: 1))
    #expect(followed.status == 200 && followed.body == Data("end".utf8))
    #expect(followed.headers["Location"] == nil)
  }

  @Test func `a path with dots and an odd query is sent as written`() async throws {
    let server = try TestServer { _ in .answer() }
    _ = try await HTTPClient().send(HTTPRequest(url: server.url + "/a/../b/%2e?x=%20&y"))
    #expect(server.requests.first?.target == "/a/../b/%2e?x=%20&y")
  }
}
