import CloudModel
import Testing

@testable import Emulator

@Suite struct `System throttling` {
  private let start = Moment(microseconds: 1_000_000_000)

  @Test func `a cut halves the rate once a second, and the rate comes back`() {
    var throttle = Throttle()
    throttle.slowDown(from: 500, at: start)
    throttle.slowDown(from: 500, at: start + .milliseconds(900))
    #expect(throttle.rate(of: 500, at: start) == 250)
    throttle.slowDown(from: 500, at: start + .seconds(1))
    #expect(throttle.rate(of: 500, at: start + .seconds(1)) == 125)
    #expect(throttle.rate(of: 500, at: start + .seconds(4)) == 225)
    #expect(throttle.rate(of: 500, at: start + .seconds(60)) == 500)
    throttle.recover(at: start + .seconds(60))
    #expect(throttle == Throttle())
  }

  @Test func `it never goes below one a second, or below what is configured`() {
    var throttle = Throttle()
    for second in 0..<100 { throttle.slowDown(from: 500, at: start + .seconds(second)) }
    #expect((0.99...1.5).contains(throttle.rate(of: 500, at: start + .seconds(99))))
    var slow = Throttle()
    slow.slowDown(from: 0.1, at: start)
    #expect(slow.rate(of: 0.1, at: start) == 0.1)
  }

  @Test(arguments: [(503, 250.0), (429, 250.0), (500, 500.0), (404, 500.0)])
  func `429 and 503 show in the effective rate`(status: Int, rate: Double) throws {
    let bench = try Bench.withQueue()
    try bench.createTask()
    bench.answerDue(.answered(status, retryAfter: nil))
    let queue = try bench.ok("GET", "/v2beta3/\(Bench.parent)/queues/q?readMask=stats")
    #expect(queue["stats"]?["effectiveExecutionRate"]?.double == rate)
    let settings = try bench.ok("GET", Bench.root + "/queues/q")
    #expect(settings["rateLimits"]?["maxDispatchesPerSecond"] == 500)
  }

  @Test func `fewer tasks are sent while a handler is overloaded`() throws {
    let bench = try Bench.withQueue(["rateLimits": ["maxDispatchesPerSecond": 100], "retryConfig": ["maxAttempts": 1]])
    for _ in 0..<300 { try bench.createTask() }
    bench.answerDue(.answered(503, retryAfter: nil))
    bench.advance(.milliseconds(100))
    let slow = bench.answerDue()
    #expect((4...6).contains(slow), "half of 100 a second for a tenth of a second, not \(slow)")
    for _ in 0..<100 {
      bench.advance(.milliseconds(100))
      bench.answerDue()
    }
    for _ in 0..<50 { try bench.createTask() }
    bench.answerDue()
    bench.advance(.milliseconds(100))
    #expect(bench.answerDue() == 10)
  }
}
