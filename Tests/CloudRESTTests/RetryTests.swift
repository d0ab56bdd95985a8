// The retry table of DESIGN.md section 5, with time that costs nothing.

import Foundation
import Testing
import Transport

@testable import CloudREST

@Suite struct RetryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let first: ScriptedSender.Outcome
    let call: RESTCall
    let isRetried: Bool
    let name: String

    init(_ name: String, _ call: RESTCall, _ first: ScriptedSender.Outcome, _ isRetried: Bool) {
      (self.name, self.call, self.first, self.isRetried) = (name, call, first, isRetried)
    }

    var testDescription: String { name }
  }

  static let table: [Case] =
    [429, 502, 503, 504].flatMap { status in
      [
        Case("GET \(status)", .get(), .answer(status), true),
        Case("GET \(status) as a page", .get(), .answer(status, "<html><title>Bad</title>"), true),
        Case("DELETE \(status)", .delete, .answer(status), true),
        Case("POST \(status)", .post, .answer(status), false),
      ]
    } + [400, 401, 403, 404, 409, 500, 501].map { Case("GET \($0)", .get(), .answer($0), false) } + [
      Case("GET lost", .get(), .lost(.connectionLost), true),
      Case("GET lost before it went out", .get(), .lost(.connectionLost, sent: false), true),
      Case("GET timed out", .get(), .lost(.timedOut), true),
      Case("DELETE lost", .delete, .lost(.connectionLost), true),
      Case("POST lost", .post, .lost(.connectionLost), false),
      Case("POST lost before it went out", .post, .lost(.connectionLost, sent: false), true),
      Case("POST timed out", .post, .lost(.timedOut), false),
      Case("POST could not connect in time", .post, .lost(.timedOut, sent: false), false),
      Case("GET refused", .get(), .lost(.refused, sent: false), false),
      Case("GET no such host", .get(), .lost(.couldNotResolve, sent: false), false),
      Case("GET bad certificate", .get(), .lost(.tls, sent: false), false),
      Case("GET too large", .get(), .lost(.tooLarge), false),
      Case("GET cancelled", .get(), .lost(.cancelled), false),
    ]

  @Test(arguments: table) func `a failure is retried only where the table says so`(row: Case) async throws {
    let sender = ScriptedSender([row.first, .answer(200)])
    let error = await failure(try client(sender), row.call)
    #expect((error == nil) == row.isRetried)
    #expect(sender.requests.count == (row.isRetried ? 2 : 1))
    #expect(error.map(\.attempts) ?? 1 == 1)
  }

  @Test func `waits grow by 1.3 from 0.1 s to the maximum and end within the total`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(503)])
    let error = try #require(await failure(try client(sender, time), .get()))
    #expect(error.httpStatus == 503 && error.attempts == sender.requests.count && error.attempts > 10)
    #expect(time.now < .seconds(20) && time.now > .seconds(10))
    let ratios = zip(time.sleeps, time.sleeps.dropFirst()).map { $1 / $0 }
    #expect(time.sleeps.first == .milliseconds(100))
    #expect(ratios.allSatisfy { abs($0 - 1.3) < 0.001 })
  }

  @Test func `no wait is longer than the maximum`() async throws {
    var call = RESTCall.get()
    call.retry.total = .seconds(600)
    let time = VirtualTime()
    _ = await failure(try client(ScriptedSender([.answer(503)]), time), call)
    #expect(time.sleeps.max() == .seconds(10))
    #expect(time.now < .seconds(600) && time.now > .seconds(580))
  }

  @Test func `the jitter is full: a draw of nought waits not at all`() async throws {
    let time = VirtualTime(draw: 0)
    _ = await failure(try client(ScriptedSender([.answer(503), .answer(503), .answer(200)]), time), .get())
    #expect(time.sleeps == [.zero, .zero])
  }

  @Test func `the service's own wait is kept to, from a header or the body`() async throws {
    let info = """
      {"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3.500s"}]}}
      """
    let date = "Fri, 15 Jan 2027 08:00:10 GMT"  // The virtual day starts at 08:00:00.
    let waits: [(ScriptedSender.Outcome, Duration)] = [
      (.answer(429, "", ["Retry-After": "7"]), .seconds(7)), (.answer(503, "", ["retry-after": date]), .seconds(10)),
      (.answer(429, info), .seconds(3.5)), (.answer(429, info, ["Retry-After": "4"]), .seconds(4)),
      (.answer(429, "", ["Retry-After": "soon"]), .milliseconds(100)),
      (.answer(429, "", ["Retry-After": "-5"]), .milliseconds(100)),
      (.answer(429, "", ["Retry-After": "nan"]), .milliseconds(100)),
    ]
    for (outcome, expected) in waits {
      let time = VirtualTime()
      _ = try await client(ScriptedSender([outcome, .answer(200)]), time).perform(.get())
      #expect(time.sleeps == [expected])
    }
  }

  @Test func `a wait that would outlast the total is not begun, and the error says how long it is`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(429, "", ["Retry-After": "30"])])
    let error = try #require(await failure(try client(sender, time), .get()))
    guard case .refused(let answer) = error.kind else { return #expect(Bool(false)) }
    #expect(answer.retryDelay == .seconds(30) && time.sleeps.isEmpty && sender.requests.count == 1)
  }

  @Test func `each sending may take what is left of the total, and no more than its own limit`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(503, "", ["Retry-After": "15"]), .answer(200)])
    var call = RESTCall.get()
    call.retry.attempt = .seconds(12)
    _ = try await client(sender, time).perform(call)
    #expect(sender.requests.map(\.timeout) == [.seconds(12), .seconds(5)])
  }

  @Test func `an answer that may have been lost is remembered`() async throws {
    let lostThenGone = ScriptedSender([.lost(.connectionLost), .answer(404)])
    #expect(await failure(try client(lostThenGone), .delete)?.mayHaveBeenDone == true)
    let badGatewayThenGone = ScriptedSender([.answer(502), .answer(404)])
    #expect(await failure(try client(badGatewayThenGone), .delete)?.mayHaveBeenDone == true)
    let slowThenGone = ScriptedSender([.answer(429), .answer(404)])
    #expect(await failure(try client(slowThenGone), .delete)?.mayHaveBeenDone == false)
    #expect(await failure(try client(ScriptedSender([.answer(404)])), .delete)?.mayHaveBeenDone == false)
    #expect(await failure(try client(ScriptedSender([.lost(.timedOut)])), .post)?.mayHaveBeenDone == true)
    #expect(await failure(try client(ScriptedSender([.lost(.refused, sent: false)])), .post)?.mayHaveBeenDone == false)
  }

  @Test func `cancelling between two sendings ends the call`() async throws {
    let sender = ScriptedSender([.answer(503)])
    let client = try client(sender)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await failure(client, .get())
    }
    task.cancel()
    guard case .noAnswer(let error)? = await task.value?.kind else { return #expect(Bool(false)) }
    #expect(error.kind == .cancelled && sender.requests.count == 1)
  }
}
