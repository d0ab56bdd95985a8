// No minute costs more than it may, and nothing that had to wait is lost.

import Foundation
import Testing
import Transport

@testable import CloudREST

extension Quota {
  fileprivate static let test = Quota("list calls")
}

@Suite struct CallBudgetTests {
  @Test func `no minute, wherever it begins, has more calls than the limit`() async throws {
    let time = VirtualTime()
    let budget = CallBudget(limits: [.test: 60], timing: time.timing)
    var taken: [Duration] = []
    for number in 0..<400 {
      if number.isMultiple(of: 90) { time.pass(.seconds(37)) }
      try await budget.take(.test)
      taken.append(time.now)
    }
    for (index, moment) in taken.enumerated() {
      #expect(taken[index...].count { $0 < moment + .seconds(60) } <= 60)
    }
    #expect(taken.count == 400 && time.now < .seconds(460))
  }

  @Test func `a call that has to wait is told of once, with how long`() async throws {
    let time = VirtualTime()
    let heard = Locked<[PutOff]>([])
    let budget = CallBudget(limits: [.test: 2], timing: time.timing) { event in heard.withLock { $0.append(event) } }
    try await budget.take(.test)
    time.pass(.seconds(10))
    try await budget.take(.test)
    #expect(heard.withLock { $0 }.isEmpty)
    try await budget.take(.test)
    #expect(heard.withLock { $0 } == [PutOff(quota: .test, wait: .seconds(50), limit: 2)])
    #expect(time.now == .seconds(60))
  }

  @Test func `the level says what is spent, and forgets it after a minute`() async throws {
    let time = VirtualTime()
    let budget = CallBudget(limits: [.test: 5], timing: time.timing)
    for _ in 0..<3 { try await budget.take(.test) }
    #expect(await budget.level(of: .test) == BudgetLevel(spent: 3, limit: 5))
    time.pass(.seconds(60))
    #expect(await budget.level(of: .test) == BudgetLevel(spent: 0, limit: 5))
  }

  @Test func `without a limit nothing waits, and all is counted`() async throws {
    let time = VirtualTime()
    let budget = CallBudget(limits: [:], timing: time.timing)
    for _ in 0..<1000 { try await budget.take(.test) }
    #expect(time.sleeps.isEmpty)
    #expect(await budget.level(of: .test) == BudgetLevel(spent: 1000))
  }

  @Test func `a call that is cancelled while it waits gives its token back`() async throws {
    let budget = CallBudget(limits: [.test: 1])
    try await budget.take(.test)
    let waiting = Task { try await budget.take(.test) }
    while await budget.level(of: .test).putOff == 0 { await Task.yield() }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(await budget.level(of: .test) == BudgetLevel(spent: 1, limit: 1))
  }

  @Test func `each sending of a call is counted, and waiting for the budget is not part of the call's time`()
    async throws
  {
    let time = VirtualTime()
    let budget = CallBudget(limits: [.test: 2], timing: time.timing)
    let sender = ScriptedSender([.answer(503), .answer(200)])
    let client = RESTClient(
      endpoint: try Endpoint("http://127.0.0.1:1"), credentials: AnonymousCredentials(), sender: sender,
      identity: RESTClient.Identity(version: "0"), timing: time.timing, budget: budget)
    var call = RESTCall.get()
    call.quota = .test
    _ = try await client.perform(call)
    #expect(await budget.level(of: .test).spent == 2)
    _ = try await client.perform(.get())
    #expect(await budget.level(of: .test).spent == 2)
    _ = try await client.perform(call)
    #expect(sender.requests.last?.timeout == .seconds(20) && time.now >= .seconds(60))
  }
}
