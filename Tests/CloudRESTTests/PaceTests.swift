// A service that says "too many" is heard by the whole client.

import Foundation
import Testing
import Transport

@testable import CloudREST

@Suite struct PaceTests {
  /// A crowd of calls under way together.
  private func crowd(_ count: Int, _ pace: Pace) async throws -> [Pace.Turn] {
    var turns: [Pace.Turn] = []
    for _ in 0..<count { turns.append(try await pace.begin()) }
    return turns
  }

  @Test func `a client that was never refused has no limit`() async throws {
    let time = VirtualTime()
    let pace = Pace(timing: time.timing)
    for turn in try await crowd(1000, pace) { pace.end(turn, .good) }
    #expect(pace.limit == nil && time.sleeps.isEmpty)
  }

  @Test func `a crowd that is refused halves once, and the next crowd halves again`() async throws {
    let time = VirtualTime()
    let pace = Pace(timing: time.timing)
    let turns = try await crowd(32, pace)
    time.pass(.milliseconds(5))
    for turn in turns { pace.end(turn, .tooMany(nil)) }
    #expect(pace.limit == 16)
    let again = try await crowd(16, pace)
    #expect(time.sleeps == [.milliseconds(100)])
    for turn in again { pace.end(turn, .tooMany(nil)) }
    #expect(pace.limit == 8)
  }

  @Test func `pauses without a time of the service's own double up to 10 s and end with the first good answer`()
    async throws
  {
    let time = VirtualTime()
    let pace = Pace(timing: time.timing)
    for _ in 0..<12 { pace.end(try await pace.begin(), .tooMany(nil)) }
    let begun = try await pace.begin()
    #expect(Array(time.sleeps.prefix(4)) == [100, 200, 400, 800].map { Duration.milliseconds($0) })
    #expect(time.sleeps.max() == .seconds(10) && pace.limit == 1)
    pace.end(begun, .good)
    pace.end(try await pace.begin(), .tooMany(nil))
    pace.end(try await pace.begin(), .good)
    #expect(time.sleeps.last == .milliseconds(100))
  }

  @Test func `good answers win the width back, one call for each round of them`() async throws {
    let time = VirtualTime()
    let pace = Pace(timing: time.timing)
    for turn in try await crowd(8, pace) { pace.end(turn, .tooMany(nil)) }
    #expect(pace.limit == 4)
    for _ in 0..<5 { pace.end(try await pace.begin(), .good) }
    #expect(pace.limit == 5)
    for _ in 0..<10 { pace.end(try await pace.begin(), .neutral) }
    #expect(pace.limit == 5)
    for _ in 0..<3000 { pace.end(try await pace.begin(), .good) }
    #expect(pace.limit == nil)
  }

  @Test func `beyond the limit calls wait for one to end, in the order they came`() async throws {
    let pace = Pace(timing: VirtualTime().timing)
    for turn in try await crowd(2, pace) { pace.end(turn, .tooMany(nil)) }
    #expect(pace.limit == 1)
    let first = try await pace.begin()
    let order = Locked<[Int]>([])
    let (started, start) = AsyncStream<Void>.makeStream()
    var waiting = started.makeAsyncIterator()
    var tasks: [Task<Void, any Error>] = []
    for number in 1...3 {
      tasks.append(
        Task {
          start.yield()
          let turn = try await pace.begin()
          order.withLock { $0.append(number) }
          pace.end(turn, .neutral)
        })
      await waiting.next()
      // The task stands in the line once it has let go of its thread.
      for _ in 0..<100 { await Task.yield() }
    }
    #expect(order.withLock { $0 }.isEmpty)
    pace.end(first, .neutral)
    for task in tasks { try await task.value }
    #expect(order.withLock { $0 } == [1, 2, 3])
  }

  @Test func `a call that is cancelled in the line leaves it`() async throws {
    let pace = Pace(timing: VirtualTime().timing)
    for turn in try await crowd(2, pace) { pace.end(turn, .tooMany(nil)) }
    let first = try await pace.begin()
    let cancelled = Task { try await pace.begin() }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    pace.end(first, .good)
    pace.end(try await pace.begin(), .good)
  }

  @Test func `one call's Retry-After holds back every other call of the client, and makes none of them fail`()
    async throws
  {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(429, "", ["Retry-After": "30"]), .answer(200)])
    let client = try client(sender, time)
    #expect(await failure(client, .get())?.httpStatus == 429)
    _ = try await client.perform(.delete)
    #expect(time.sleeps == [.seconds(30)])
    // What a call may take begins when it goes out.
    #expect(sender.requests.last?.timeout == .seconds(20))
  }

  @Test func `a mutation that is refused is not repeated, but slows the client down`() async throws {
    let time = VirtualTime()
    let sender = ScriptedSender([.answer(429, "", ["Retry-After": "3"]), .answer(200)])
    let client = try client(sender, time)
    #expect(await failure(client, .post)?.httpStatus == 429)
    _ = try await client.perform(.post)
    #expect(time.sleeps == [.seconds(3)] && sender.requests.count == 2)
  }
}
