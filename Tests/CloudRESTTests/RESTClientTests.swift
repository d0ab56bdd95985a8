// What goes over the wire for one call, and what the log hears of it.

import Foundation
import TestSupport
import Testing
import Transport

@testable import CloudREST

@Suite struct RESTClientTests {
  @Test func `path, query, routing and body go out encoded, on a real socket`() async throws {
    let server = try TestServer { _ in .answer(200, #"{"a":1}"#) }
    let client = try client(HTTPClient(), endpoint: server.url + "/")
    let call = RESTCall(
      "PATCH", "/v2/projects/a.b:c/queues/q d:run", query: [("updateMask", "a,b.c"), ("n", "ä&=/")],
      body: Data(#"{"x":1}"#.utf8), retry: .change, resource: "q", routing: [("queue.name", "projects/p q/x")])
    let answer = try await client.perform(call)
    let seen = try #require(server.requests.first)
    #expect(seen.method == "PATCH")
    #expect(seen.target == "/v2/projects/a.b:c/queues/q%20d:run?updateMask=a%2Cb.c&n=%C3%A4%26%3D%2F")
    #expect(seen["x-goog-request-params"] == "queue.name=projects/p%20q/x")
    #expect(seen["Content-Type"] == "application/json" && seen.body == Data(#"{"x":1}"#.utf8))
    #expect(seen["User-Agent"] == "taskdeck/0" && seen["x-goog-api-client"]?.hasPrefix("gl-swift/") == true)
    #expect(seen["Authorization"] == nil)
    #expect(answer.body == Data(#"{"a":1}"#.utf8) && answer.attempts == 1)
  }

  @Test func `a call without a body says nothing about one`() async throws {
    let sender = ScriptedSender([.answer(200)])
    _ = try await client(sender).perform(.get())
    #expect(sender.requests.first?.headers["Content-Type"] == nil && sender.requests.first?.body == nil)
    #expect(sender.requests.first?.url == "http://127.0.0.1:1/v2/things/a")
  }

  @Test func `the log hears of each sending without its query`() async throws {
    let heard = Locked<[RESTExchange]>([])
    let sender = ScriptedSender([.lost(.connectionLost), .answer(503, "busy"), .answer(200, "12345")])
    let client = try client(sender) { exchange in heard.withLock { $0.append(exchange) } }
    var call = RESTCall.get()
    call.query = [("key", "secret")]
    _ = try await client.perform(call)
    let exchanges = heard.withLock { $0 }
    #expect(exchanges.map(\.attempt) == [1, 2, 3])
    #expect(exchanges.map(\.status) == [0, 503, 200])
    #expect(exchanges.map(\.bytes) == [0, 4, 5])
    #expect(exchanges.map(\.failure) == ["connectionLost", nil, nil])
    #expect(exchanges.allSatisfy { $0.path == "/v2/things/a" && $0.method == "GET" })
  }

  @Test(arguments: ["", "127.0.0.1:8123", "ftp://x", "http://u:p@x", "http://x?key=1", "http://x#f"])
  func `a text that is no base URL is refused with its reason`(text: String) {
    let error = #expect(throws: EndpointError.self) { try Endpoint(text) }
    #expect(error?.description.contains("\"\(text)\"") == true)
  }

  @Test func `an endpoint keeps a path and drops the slash at its end`() throws {
    #expect(try Endpoint("HTTP://LocalHost:80/base/").base == "http://localhost/base")
    #expect(try Endpoint("https://cloudtasks.googleapis.com").base == "https://cloudtasks.googleapis.com")
  }
}
