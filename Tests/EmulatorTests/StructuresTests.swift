import Schedules
import Testing

@testable import Emulator

@Suite struct `Data structures` {
  @Test func `a log keeps what an array would keep, whatever is removed`() {
    var random = SeededGenerator(seed: 7)
    var log = SequenceLog<Int64>()
    var model: [Int64] = []
    for sequence in 1...5000 as ClosedRange<Int64> {
      log.append(sequence, sequence: sequence)
      model.append(sequence)
      if Int.random(in: 0..<3, using: &random) > 0, let victim = model.randomElement(using: &random) {
        log.remove(victim)
        model.removeAll { $0 == victim }
      }
    }
    #expect(log.count == model.count)
    #expect(log.first == model.first)
    for mark in [0, 1, 777, 2500, 4999, 6000] as [Int64] {
      let rest = model.filter { $0 > mark }
      let page = log.page(after: mark, limit: 100)
      #expect(page.values == Array(rest.prefix(100)))
      #expect(page.more == (rest.count > 100))
    }
    #expect(model.allSatisfy { log[$0] == $0 })
    #expect(log[6000] == nil)
  }

  @Test func `a log that is emptied starts again`() {
    var log = SequenceLog<String>()
    for sequence in 1...600 as ClosedRange<Int64> { log.append("a", sequence: sequence) }
    for sequence in 1...600 as ClosedRange<Int64> { log.remove(sequence) }
    #expect(log.count == 0)
    #expect(log.first == nil)
    log.append("b", sequence: 601)
    #expect(log.page(after: 0, limit: 10).values == ["b"])
  }

  @Test func `a heap gives the smallest first`() {
    var random = SeededGenerator(seed: 3)
    let numbers = (0..<500).map { _ in Int.random(in: 0..<100, using: &random) }
    var heap = Heap<Int>()
    for number in numbers { heap.push(number) }
    heap.keep { $0 != 50 }
    var sorted: [Int] = []
    while let number = heap.pop() { sorted.append(number) }
    #expect(sorted == numbers.filter { $0 != 50 }.sorted())
  }

  @Test func `a name rests until its time`() {
    var tombstones = Tombstones<String>()
    tombstones.bury("a", until: Moment(microseconds: 100))
    #expect(tombstones.contains("a", at: Moment(microseconds: 99)))
    #expect(!tombstones.contains("a", at: Moment(microseconds: 100)))
    tombstones.prune(at: Moment(microseconds: 100))
    #expect(tombstones.count == 0)
  }

  @Test func `a name buried twice rests until the later time`() {
    var tombstones = Tombstones<String>()
    tombstones.bury("a", until: Moment(microseconds: 100))
    tombstones.bury("a", until: Moment(microseconds: 200))
    tombstones.prune(at: Moment(microseconds: 150))
    #expect(tombstones.contains("a", at: Moment(microseconds: 150)))
  }

  @Test func `the last minute is sixty seconds long`() {
    var counter = MinuteCounter()
    let start: Int64 = 1_000_000_000
    for second in 0..<90 as Range<Int64> { counter.add(at: Moment(microseconds: start + second * 1_000_000)) }
    let totals = [89, 119, 500].map { (second: Int64) in
      counter.total(at: Moment(microseconds: start + second * 1_000_000))
    }
    #expect(totals == [60, 30, 0])
  }

  @Test(arguments: ["7", "0", "18446744073709551615", "007", "18446744073709551616", "a-b_C", "+7", "-7"])
  func `a task ID is spelled as it was given`(_ text: String) {
    #expect(TaskID(text).description == text)
    #expect(TaskID("7") != TaskID("007"))
  }

  @Test func `a moment is printed in its zone`() throws {
    let moment = Moment(microseconds: 4_102_444_800_000_000)
    let pacific = try #require(TimeZones.zone(named: "America/Los_Angeles"))
    #expect(moment.text == "2100-01-01T00:00:00Z")
    #expect(moment.text(in: pacific) == "2099-12-31T16:00:00-08:00")
    #expect(Moment(moment.timestamp) == moment)
    #expect(Moment(microseconds: -1).text == "1969-12-31T23:59:59.999999Z")
  }
}
