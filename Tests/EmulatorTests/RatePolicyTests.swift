import Testing

@testable import Emulator

private func policy(
  retries: Int? = nil, duration: Duration? = nil, minimum: Duration = .seconds(10), maximum: Duration = .seconds(300),
  doublings: Int = 3
) -> RetryPolicy {
  RetryPolicy(retries: retries, duration: duration, minBackoff: minimum, maxBackoff: maximum, maxDoublings: doublings)
}

@Suite struct `Rates and retries` {
  @Test func `the documented series of retries`() {
    let delays = (1...9).map { policy().delay(beforeRetry: $0) }
    #expect(delays == [10, 20, 40, 80, 160, 240, 300, 300, 300].map { Duration.seconds($0) })
  }

  @Test func `without doublings the delay grows by the minimum`() {
    let delays = (1...4).map { policy(doublings: 0).delay(beforeRetry: $0) }
    #expect(delays == [10, 20, 30, 40].map { Duration.seconds($0) })
  }

  @Test func `a delay never overflows`() {
    #expect(
      policy(minimum: .milliseconds(100), maximum: .seconds(3600), doublings: 5000).delay(beforeRetry: 9999)
        == .seconds(3600))
  }

  @Test func `attempts alone decide where there is no time limit`() {
    #expect(policy(retries: 2).allowsRetry(2, age: .seconds(9999)))
    #expect(!policy(retries: 2).allowsRetry(3, age: .zero))
  }

  @Test func `time alone decides where attempts have no limit`() {
    #expect(policy(duration: .seconds(60)).allowsRetry(1000, age: .seconds(60)))
    #expect(!policy(duration: .seconds(60)).allowsRetry(1, age: .seconds(61)))
  }

  @Test func `with both limits retrying stops only when both are reached`() {
    let both = policy(retries: 2, duration: .seconds(60))
    #expect(both.allowsRetry(2, age: .seconds(61)))
    #expect(both.allowsRetry(3, age: .seconds(59)))
    #expect(!both.allowsRetry(3, age: .seconds(61)))
  }

  @Test func `with no limit retrying never stops`() {
    #expect(policy().allowsRetry(1_000_000, age: .seconds(1e9)))
  }

  @Test func `a bucket lets its burst through and then its rate`() {
    var now = Moment(microseconds: 0)
    var bucket = TokenBucket(capacity: 3, perSecond: 2, at: now)
    #expect((0..<4).map { _ in bucket.take(at: now) } == [true, true, true, false])
    let ready = bucket.ready(at: now)
    #expect(ready - now == .microseconds(500_001))
    now = ready
    #expect((0..<2).map { _ in bucket.take(at: now) } == [true, false])
  }

  @Test func `a bucket never holds more than its capacity`() {
    var bucket = TokenBucket(capacity: 2, perSecond: 100, at: Moment(microseconds: 0))
    let later = Moment(microseconds: 3_600_000_000)
    #expect((0..<3).map { _ in bucket.take(at: later) } == [true, true, false])
  }

  @Test func `a clock that was set back does not stop the queue`() {
    var bucket = TokenBucket(capacity: 1, perSecond: 1, at: Moment(microseconds: 100_000_000))
    let back = Moment(microseconds: 5_000_000)
    let taken = [back, back + .milliseconds(999), back + .seconds(1)].map { bucket.take(at: $0) }
    #expect(taken == [true, false, true])
  }
}
