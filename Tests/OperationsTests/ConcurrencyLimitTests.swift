import Testing

@testable import Operations

@Suite struct ConcurrencyLimitTests {
  @Test func `successes raise the limit by about one a round`() {
    var limit = ConcurrencyLimit()
    let before = limit.value
    for _ in 0..<(before + 1) { limit.succeeded() }
    #expect(limit.value == before + 1)
    for _ in 0..<100_000 { limit.succeeded() }
    #expect(limit.value == ConcurrencyLimit.most)
  }

  @Test func `refusals of one crowd halve it once`() {
    var limit = ConcurrencyLimit()
    for _ in 0..<20 { _ = limit.refused(start: .seconds(1), now: .seconds(2), asked: nil, fraction: 0.5) }
    #expect(limit.value == ConcurrencyLimit.first / 2)
    _ = limit.refused(start: .seconds(3), now: .seconds(4), asked: nil, fraction: 0.5)
    #expect(limit.value == ConcurrencyLimit.first / 4)
  }

  @Test func `the pause grows with refusals, and is never shorter than asked for`() {
    var limit = ConcurrencyLimit()
    var pauses: [Duration] = []
    for round in 1...12 {
      pauses.append(
        limit.refused(start: .seconds(round * 100), now: .seconds(round * 100 + 1), asked: nil, fraction: 0))
    }
    #expect(pauses == pauses.sorted() && pauses[0] == .milliseconds(100) && pauses[11] == .seconds(15))
    #expect(limit.value == 1)
    #expect(limit.refused(start: .seconds(9000), now: .seconds(9001), asked: .seconds(77), fraction: 0) == .seconds(77))
  }
}
