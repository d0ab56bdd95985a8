import CloudModel
import Foundation
import Testing

@testable import Emulator

@Suite struct `The heap of due times` {
  private func task(_ sequence: Int64, due: Int64) -> StoredTask {
    StoredTask.make(
      id: .number(UInt64(sequence)), sequence: sequence, kind: .http, method: 1, members: ["url": "http://a"],
      body: Data(), deadline: nil, created: Moment(microseconds: 0), schedule: Moment(microseconds: due), retry: nil)
  }

  @Test func `equal times come in the order of creation`() {
    let tasks = (1...50).map { task($0, due: 7) }
    var heap = DueHeap()
    for task in tasks.shuffled() { heap.insert(task) }
    #expect((1...50).map { _ in heap.removeFirst()?.sequence } == (1...50).map { $0 })
    #expect(heap.removeFirst() == nil)
  }

  @Test(arguments: [UInt64(1), 2, 3]) func `it gives what a sorted list gives, whatever is removed`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var heap = DueHeap()
    var list: [StoredTask] = []
    for number in 1...3000 {
      if list.isEmpty || Int.random(in: 0..<3, using: &random) > 0 {
        let task = task(Int64(number), due: Int64.random(in: 0..<100, using: &random))
        heap.insert(task)
        list.append(task)
      } else if Bool.random(using: &random) {
        let task = list.remove(at: Int.random(in: list.indices, using: &random))
        heap.remove(task)
        heap.remove(task)
        #expect(task.duePlace < 0)
      } else {
        list.sort { ($0.schedule, $0.sequence) < ($1.schedule, $1.sequence) }
        #expect(heap.firstDue == list.first?.schedule)
        #expect(heap.removeFirst() === list.removeFirst())
      }
      #expect(heap.count == list.count)
    }
  }
}
