import CloudModel
import Operations
import Testing

@Suite struct FrozenNamesTests {
  @Test func `names come out as they went in, each once`() {
    let queues = [queueName("a"), queueName("b")]
    let all = (0..<1000).map { taskName($0 % 3 == 0 ? generated($0) : "name-\($0)_x", in: queues[$0 % 2]) }
    var names = FrozenNames()
    for name in all {
      let isNew = names.insert(name)
      #expect(isNew)
    }
    for name in all {
      let isNew = names.insert(name)
      #expect(!isNew)
    }
    names.freeze()
    #expect(Array(names) == all)
  }

  @Test func `the same ID in two queues is two names`() {
    var names = FrozenNames()
    let inserted = [names.insert(taskName("x", in: queueName("a"))), names.insert(taskName("x", in: queueName("b")))]
    #expect(inserted == [true, true] && names.count == 2)
  }
}
