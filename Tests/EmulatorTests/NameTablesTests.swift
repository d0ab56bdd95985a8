import CloudModel
import Foundation
import Testing

@testable import Emulator

@Suite struct `Tables of names` {
  private func task(_ id: TaskID) -> StoredTask {
    StoredTask.make(
      id: id, sequence: 1, kind: .http, method: 1, members: [:], body: Data(), deadline: nil,
      created: Moment(microseconds: 0), schedule: Moment(microseconds: 0), retry: nil)
  }

  @Test(arguments: [1, 2, 3]) func `a table of tasks does what a dictionary does`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var table = TaskTable()
    var model: [TaskID: ObjectIdentifier] = [:]
    for _ in 0..<40_000 {
      let number = UInt64.random(in: 0..<6000, using: &generator)
      let id = number % 2 == 0 ? TaskID.number(number) : .text("t\(number)")
      if model[id] == nil {
        let task = task(id)
        table.insert(task)
        model[id] = ObjectIdentifier(task)
      } else if Bool.random(using: &generator) {
        table.remove(id)
        model[id] = nil
      }
      #expect(table[id].map { ObjectIdentifier($0) } == model[id])
    }
    for number in 0..<6000 as Range<UInt64> {
      let id = number % 2 == 0 ? TaskID.number(number) : .text("t\(number)")
      #expect(table[id].map { ObjectIdentifier($0) } == model[id])
    }
    var seen: Set<TaskID> = []
    table.forEach { seen.insert($0.id) }
    #expect(seen == Set(model.keys))
  }

  @Test func `a dictionary in parts counts and forgets`() {
    var table = ShardedDictionary<Int, Int>()
    for number in 0..<5000 { table[number] = number * 2 }
    for number in stride(from: 0, to: 5000, by: 2) { table[number] = nil }
    table[1] = 7
    table[0] = nil
    #expect(table.count == 2500)
    #expect(table[1] == 7)
    #expect(table[2] == nil)
    #expect(table[4999] == 9998)
  }

  @Test(arguments: [1, 1023, 1024, 1025, 2048]) func `a queue of values that was emptied can be filled again`(
    count: Int
  ) {
    var fifo = Fifo<Int>()
    for round in 0..<200 {
      for number in 0..<count { fifo.append(round * count + number) }
      for number in 0..<count {
        #expect(fifo.first == round * count + number)
        fifo.removeFirst()
      }
      #expect(fifo.first == nil)
    }
  }

  @Test func `values leave in the order they came, over many blocks`() {
    var fifo = Fifo<Int>()
    var (next, expected) = (0, 0)
    for round in 0..<200 {
      for _ in 0..<(round % 2 == 0 ? 2000 : 100) {
        fifo.append(next)
        next += 1
      }
      for _ in 0..<1000 where fifo.first != nil {
        #expect(fifo.first == expected)
        fifo.removeFirst()
        expected += 1
      }
    }
    while let first = fifo.first {
      #expect(first == expected)
      fifo.removeFirst()
      expected += 1
    }
    #expect(expected == next)
  }
}
