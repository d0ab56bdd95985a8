// Paging: every page once, in order, and an end in every case.

import Foundation
import Testing
import Transport

@testable import CloudREST

@Suite struct PagesTests {
  private struct Things: Decodable {
    var things: [Int]?
    var nextPageToken: String?
  }

  private func pages(_ sender: ScriptedSender, _ call: RESTCall = .get()) throws -> Pages<Int> {
    try client(sender).pages(of: call) { data in
      let things = try JSONDecoder().decode(Things.self, from: data)
      return Page(items: things.things ?? [], nextPageToken: things.nextPageToken)
    }
  }

  @Test func `pages come in order, short and empty ones too, each with the token before it`() async throws {
    let sender = ScriptedSender([
      .answer(200, #"{"things":[1,2],"nextPageToken":"a b"}"#), .answer(200, #"{"nextPageToken":"c"}"#),
      .answer(200, #"{"things":[3],"nextPageToken":""}"#),
    ])
    var call = RESTCall.get()
    call.query = [("pageSize", "2")]
    var items: [[Int]] = []
    for try await page in try pages(sender, call) { items.append(page.items) }
    #expect(items == [[1, 2], [], [3]])
    #expect(
      sender.requests.map { $0.url.drop { $0 != "?" } } == [
        "?pageSize=2", "?pageSize=2&pageToken=a%20b", "?pageSize=2&pageToken=c",
      ])
  }

  @Test func `nothing is asked for before it is read`() async throws {
    let sender = ScriptedSender([.answer(200, #"{"things":[1],"nextPageToken":"t"}"#)])
    var iterator = try pages(sender).makeAsyncIterator()
    #expect(sender.requests.isEmpty)
    _ = try await iterator.next()
    #expect(sender.requests.count == 1)
  }

  @Test func `a token that comes back ends the list with an error`() async throws {
    let sender = ScriptedSender([
      .answer(200, #"{"nextPageToken":"a"}"#), .answer(200, #"{"nextPageToken":"b"}"#),
      .answer(200, #"{"nextPageToken":"a"}"#),
    ])
    let pages = try pages(sender)
    let error = await #expect(throws: RESTError.self) { for try await _ in pages {} }
    #expect(error?.message == "It gave the same page token twice." && sender.requests.count == 3)
  }

  @Test(
    "a page's token is found at its end, and only there",
    arguments: [
      (#"{"things":[1],"nextPageToken":"a/b=="}"#, "a/b=="), ("{ \"nextPageToken\" :\n \"t\" \n} \n", "t"),
      (#"{"nextPageToken":"t","things":[1]}"#, nil), (#"{"things":[1],"nextPageToken":""}"#, nil),
      (#"{"things":[1]}"#, nil), ("{}", nil), ("", nil), ("}", nil), (#""}"#, nil),
      // A text of a task that looks like one.
      (#"{"things":[],"text":"\"nextPageToken\":\"x"}"#, nil), (#"{"text":"nextPageToken\":\"x"}"#, nil),
      (#"{"things":[{"nextPageToken":"inner"}]}"#, nil), (#"{"nextPageToken":"a\"b"}"#, nil),
      (#"{"nextPageToken":"\u0061"}"#, nil), (#"{"x":"y","other":"nextPageToken"}"#, nil),
    ] as [(String, String?)])
  func tokenAtTheEnd(text: String, token: String?) {
    #expect(PageTokenSearch.token(atEndOf: Data(text.utf8)) == token)
  }

  @Test func `pages that are read when they are wanted come in order, wherever their tokens stand`() async throws {
    let sender = ScriptedSender([
      .answer(200, #"{"things":[1],"nextPageToken":"a"}"#), .answer(200, #"{"nextPageToken":"b","things":[2]}"#),
      .answer(200, #"{"things":[3]}"#),
    ])
    var iterator = try pages(sender).makeAsyncIterator()
    var arrived: [ArrivedPage<Int>] = []
    while let page = try await iterator.nextArrived() { arrived.append(page) }
    #expect(try arrived.map { try $0.read().items } == [[1], [2], [3]])
    #expect(sender.requests.map { $0.url.drop { $0 != "?" } } == ["", "?pageToken=a", "?pageToken=b"])
  }

  @Test func `a page that is not what it should be says so when it is read`() async throws {
    let sender = ScriptedSender([.answer(200, #"{"things":"x","nextPageToken":"a"}"#)])
    var iterator = try pages(sender).makeAsyncIterator()
    let page = try #require(try await iterator.nextArrived())
    #expect(throws: RESTError.self) { try page.read() }
  }

  @Test func `after a failure there is no next page`() async throws {
    var iterator = try pages(ScriptedSender([.answer(404), .answer(200, #"{"things":[1]}"#)])).makeAsyncIterator()
    await #expect(throws: RESTError.self) { try await iterator.next() }
    #expect(try await iterator.next() == nil)
  }

  @Test @MainActor func `decoding is done away from the caller's actor`() async throws {
    let onMain = Locked(true)
    let pages = try client(ScriptedSender([.answer(200)])).pages(of: .get()) { _ in
      onMain.withLock { $0 = Thread.isMainThread }
      return Page(items: [1], nextPageToken: nil)
    }
    for try await _ in pages {}
    #expect(onMain.withLock { $0 } == false)
  }
}

extension Page: Equatable where Item: Equatable {
  public static func == (one: Page, other: Page) -> Bool {
    one.items == other.items && one.nextPageToken == other.nextPageToken
  }
}
