// Live data: how fresh it is, what a refresh costs, and what happens when it is refused.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Live data` {
  @Test func `loading, empty, stale and refused look different`() {
    let loading = Stage()
    var empty = Stage()
    empty.answer(queues: [])
    var stale = Stage.withQueues()
    stale.press("r")
    stale.refuse(queues: unreachable)
    var denied = Stage()
    denied.refuse(queues: refused)
    let screens = [loading, empty, stale, denied].map(\.screen)
    #expect(Set(screens).count == 4)
    #expect(denied.shows("Ask for the role Cloud Tasks Viewer."))
    #expect(!denied.shows("No queues"))
  }

  @Test func `a refresh that fails keeps the last good rows and says how old they are`() {
    var stage = Stage.withQueues()
    stage.wait(2)
    stage.refuse(queues: unreachable)
    stage.wait(10)
    #expect(stage.line("mail") != nil)
    #expect(stage.shows("✗ stale as of 12s ago"))
    #expect(stage.shows("✗ No answer from 127.0.0.1:8123"))
  }

  @Test func `a good answer after a bad one is live again`() {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.refuse(queues: unreachable)
    stage.press("r")
    stage.answer(queues: [queue("mail")])
    #expect(stage.shows("● live"))
    #expect(!stage.shows("No answer"))
  }

  @Test func `a refused first answer is asked for again by r`() {
    var stage = Stage()
    stage.refuse(queues: refused)
    stage.press("r")
    #expect(stage.effects.contains(.loadQueues(stage.queuesGeneration)))
    stage.answer(queues: [queue("mail")])
    #expect(stage.line("mail") != nil)
  }

  @Test func `failures in a row are asked for less and less often`() {
    var stage = Stage()
    var waits: [Int] = []
    for _ in 0..<6 {
      stage.refuse(queues: unreachable)
      var seconds = 0
      repeat {
        stage.wait(1)
        seconds += 1
      } while stage.effects.isEmpty && seconds < 100
      waits.append(seconds)
    }
    #expect(waits == [2, 4, 8, 16, 32, 60])
  }

  @Test func `too many calls slows down and says so`() {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.refuse(queues: tooMany)
    #expect(stage.shows("slowed down"))
    stage.wait(9)
    #expect(!stage.effects.contains { if case .loadQueues = $0 { true } else { false } })
  }

  @Test func `an answer of an old request is dropped`() {
    var stage = Stage.withQueues()
    stage.send(.queues(Generation(1), .success(Listing(rows: [], calls: 1))))
    #expect(stage.line("mail") != nil)
    stage.send(.queues(Generation(999), .failure(refused)))
    #expect(stage.shows("● live"))
  }

  @Test func `l stops asking, r asks once, and l starts again`() {
    var stage = Stage.withQueues(refresh: RefreshPolicy(callsPerMinute: nil))
    stage.press("l")
    #expect(stage.shows("‖ paused"))
    let before = stage.history.count
    stage.wait(60)
    #expect(stage.history.count == before)
    #expect(stage.shows("‖ paused as of 1m ago"))
    stage.press("r")
    #expect(stage.effects == [.loadQueues(stage.queuesGeneration)])
    stage.answer(queues: [queue("mail")])
    stage.press("l")
    stage.wait(2)
    #expect(stage.shows("● live"))
  }

  @Test func `a view that was never seen is loaded even while paused`() {
    var stage = Stage.withQueues()
    stage.press("l", "3")
    #expect(stage.effects == [.loadJobs(stage.jobsGeneration)])
  }

  @Test func `only one request of a kind is under way`() {
    var stage = Stage.withQueues()
    stage.press("r", "r", "r")
    #expect(stage.history.filter { if case .loadQueues = $0 { true } else { false } }.count == 2)
  }

  @Test func `ages and countdowns tick without a call`() throws {
    var stage = Stage.withTasks([task("1", age: 10, next: 30)])
    stage.press("l")
    stage.wait(5)
    let line = try #require(stage.line("SendWelcome"))
    #expect(line.contains("15s"))
    #expect(line.contains("25s"))
    #expect(stage.effects.isEmpty)
  }

  @Test func `a second without news changes nothing but how old the screen is`() {
    var stage = Stage.withTasks([task("1", age: 7000, next: -5)])
    stage.press("l")
    stage.wait(10)
    let before = stage.lines
    stage.wait(1)
    #expect(stage.lines.dropFirst() == before.dropFirst())
  }

  @Test func `time does not run backwards`() {
    var stage = Stage.withQueues()
    stage.wait(65)
    stage.send(.tick(noon))
    #expect(stage.shows("12:01"))
  }

  @Test func `notices are read and go`() {
    var stage = Stage.withQueues()
    stage.send(.notice("theme dusk, line 3: no colour", .warning))
    #expect(stage.shows("theme dusk, line 3"))
    stage.wait(7)
    #expect(!stage.shows("theme dusk"))
  }
}

@Suite struct `The list budget` {
  /// Answers every request at once for some minutes, and counts the list calls of each minute.
  private static func callsPerMinute(_ policy: RefreshPolicy, minutes: Int, queues: [QueueRow], pages: Int) -> [Int] {
    var stage = Stage(refresh: policy)
    var counts: [Int] = []
    var answered = 0
    for _ in 0..<minutes {
      var calls = 0
      for _ in 0..<60 {
        while answered < stage.history.count {
          defer { answered += 1 }
          switch stage.history[answered] {
          case .loadQueues:
            calls += 1
            stage.answer(queues: queues)
          case .survey(let queue, let limit, let generation):
            let cost = min(pages, limit ?? pages)
            calls += cost
            stage.send(.surveyed(generation, queue, .success(QueueSurvey(rows: [], at: stage.state.now)), calls: cost))
          default: break
          }
        }
        stage.wait(1)
      }
      counts.append(calls)
    }
    return counts
  }

  @Test(arguments: [1, 3, 20, 100])
  func `no minute costs more than it may, whatever a queue costs`(_ pages: Int) {
    let queues = (0..<8).map { queue("q\($0)", tasks: 50) }
    let counts = Self.callsPerMinute(RefreshPolicy(), minutes: 6, queues: queues, pages: pages)
    #expect(counts.allSatisfy { $0 <= 60 }, "\(counts)")
    #expect(counts.dropFirst().allSatisfy { $0 >= 20 }, "it hardly asks: \(counts)")
  }

  @Test func `on this machine there is no limit`() {
    let counts = Self.callsPerMinute(
      RefreshPolicy(callsPerMinute: nil), minutes: 2, queues: [queue("a", tasks: 5)], pages: 1)
    #expect(counts.allSatisfy { $0 >= 100 }, "\(counts)")
  }

  @Test func `a list that costs much is asked for seldom, and its age is shown`() {
    var stage = Stage.withTasks([task("1")])
    stage.wait(3)
    stage.answer(tasks: [task("1")], calls: 30)
    func asked() -> Int { stage.history.filter { if case .loadTasks = $0 { true } else { false } }.count }
    let before = asked()
    stage.wait(29)
    #expect(asked() == before)
    #expect(stage.shows("as of 29s ago"))
    // Thirty seconds for thirty calls, and until the two calls before them are a minute old.
    stage.wait(31)
    #expect(asked() > before)
  }

  @Test func `the calls of the last minute are on the screen`() {
    let stage = Stage.withQueues(Size(columns: 120, rows: 36))
    #expect(stage.shows("1/60 list calls a minute"))
  }
}

@Suite struct `Counting failing tasks` {
  /// The queues that were counted, in order; each is answered at once.
  private static func surveyed(_ stage: inout Stage, seconds: Int) -> [String] {
    var names: [String] = []
    for _ in 0..<seconds {
      for case .survey(let queue, _, let generation) in stage.effects {
        names.append(queue.id)
        let rows = [task("1", tries: 2, http: 503), task("2")]
        stage.send(.surveyed(generation, queue, .success(QueueSurvey(rows: rows, at: stage.state.now)), calls: 1))
      }
      stage.wait(1)
    }
    return names
  }

  @Test func `a queue that was not counted shows a question mark`() throws {
    let stage = Stage.withQueues()
    #expect(try #require(stage.line("orders")).contains("?"))
    #expect(!(try #require(stage.line("thumbs")).contains("?")))
  }

  @Test func `queues take turns and those without tasks are not asked`() {
    var stage = Stage()
    stage.answer(queues: [queue("a", tasks: 1), queue("b", tasks: 1), queue("c", tasks: 0), queue("d", tasks: 1)])
    let names = Self.surveyed(&stage, seconds: 20)
    #expect(names.prefix(6) == ["a", "b", "d", "a", "b", "d"])
  }

  @Test func `the count is shown as a danger, with a sign and on the summary`() throws {
    var stage = Stage.withQueues()
    _ = Self.surveyed(&stage, seconds: 6)
    #expect(try #require(stage.line("orders")).contains("✗ 1"))
    #expect(stage.roles(of: "✗ 1").isSubset(of: [.danger]))
    #expect(stage.shows("✗ 2 of 3 queues failing"))
  }

  @Test func `a queue that refuses to be counted does not stop the others`() {
    var stage = Stage()
    stage.answer(queues: [queue("a", tasks: 1), queue("b", tasks: 1)])
    for case .survey(let queue, _, let generation) in stage.effects {
      stage.send(.surveyed(generation, queue, .failure(refused), calls: 1))
    }
    #expect(Self.surveyed(&stage, seconds: 8).first == "b")
  }

  @Test func `a count that stopped at its limit is a lower bound`() throws {
    var stage = Stage.withQueues()
    for case .survey(let queue, _, let generation) in stage.effects {
      let survey = QueueSurvey(rows: [task("1", tries: 2, http: 500)], isComplete: false, at: noon)
      stage.send(.surveyed(generation, queue, .success(survey), calls: 15))
    }
    #expect(try #require(stage.line("mail")).contains("✗ 1+"))
  }

  @Test func `the open queue is counted by what is on the screen`() throws {
    var stage = Stage.withTasks([task("1", tries: 3, http: 500), task("2")])
    #expect(stage.shows("✗ 1 of 2 tasks failing"))
    stage.press("Esc")
    #expect(try #require(stage.line("orders")).contains("✗ 1"))
  }

  @Test func `a queue's page tells which classes fail`() throws {
    var stage = Stage.withTasks([task("1", "Sync", tries: 3, http: 500, code: 13), task("2", "Other")])
    stage.press("Esc", "d")
    let line = try #require(stage.line("Sync "))
    #expect(line.contains("✗ 500 INTERNAL") && line.contains("50%"))
  }

  @Test func `a task in flight again still counts as failing`() {
    #expect(task("1", tries: 2).isFailing)
    #expect(!task("1", tries: 1).isFailing)
    #expect(task("1", tries: 1, http: 500).isFailing)
  }
}
