// Stories of live data: what changed stands out once, the pace is a person's own, and what is not on the screen is asked
// for seldom.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Changes stand out once` {
  private func changed() -> Stage {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.answer(queues: [queue("mail", tasks: 12), queue("orders", tasks: 2105), queue("thumbs", tasks: 0)])
    return stage
  }

  /// Whether the cells of a text are underlined.
  private func standsOut(_ text: String, in stage: Stage) -> Bool {
    let frame = stage.frame
    for row in 0..<frame.size.rows {
      let cells = Array(frame.row(row))
      for start in cells.indices where cells[start...].lazy.map(\.text).joined().hasPrefix(text) {
        return cells[start].style.attributes.contains(.underline)
      }
    }
    return false
  }

  @Test func `a value that changed is underlined, the others are not`() {
    let stage = changed()
    #expect(standsOut("2,105", in: stage))
    #expect(!standsOut("12 ", in: stage))
    #expect(!standsOut("orders", in: stage))
  }

  @Test func `after two seconds it is drawn plainly, once, and then nothing changes any more`() {
    var stage = changed()
    stage.press("l")
    stage.wait(1)
    #expect(standsOut("2,105", in: stage))
    stage.wait(1)
    #expect(!standsOut("2,105", in: stage))
    stage.wait(8)
    let before = stage.frame
    stage.wait(1)
    let after = stage.frame
    #expect((2..<after.size.rows).allSatisfy { before.row($0) == after.row($0) })
  }

  @Test func `the same answer again changes no cell`() {
    var stage = Stage.withQueues()
    stage.press("l")
    stage.wait(10)
    let before = stage.frame
    stage.press("r")
    stage.answer(queues: [queue("mail", tasks: 12), queue("orders", tasks: 2104), queue("thumbs", tasks: 0)])
    let after = stage.frame
    #expect((2..<after.size.rows - 2).allSatisfy { before.row($0) == after.row($0) })
  }

  @Test func `a row under the cursor shows it too, although it is reversed without colours`() {
    var stage = Stage.withQueues()
    stage.press("r")
    stage.answer(queues: [queue("mail", tasks: 13), queue("orders", tasks: 2104), queue("thumbs", tasks: 0)])
    let cells = (0..<stage.frame.size.rows).flatMap { Array(stage.frame.row($0)) }
    let changed = cells.filter { $0.style.attributes.contains([.underline, .bold]) && $0.style.surface == .selection }
    #expect(changed.map(\.text).joined().contains("13"))
  }

  @Test func `an age that ticks is no change`() {
    var stage = Stage.withTasks([task("1", age: 10)])
    stage.wait(4)
    stage.answer(tasks: [task("1", age: 10)])
    #expect(!standsOut("14s", in: stage))
  }

  @Test func `the first count of failing tasks has come, it has not changed`() {
    var stage = Stage.withQueues()
    for case .survey(let queue, _, let generation) in stage.effects {
      let survey = QueueSurvey(rows: [task("1", tries: 2, http: 503)], at: noon)
      stage.send(.surveyed(generation, queue, .success(survey), calls: 1))
    }
    #expect(!standsOut("✗ 1", in: stage))
  }

  @Test func `it can be switched off, and that is remembered`() {
    var stage = Stage.withQueues()
    stage.type(":flash off")
    stage.press("Enter")
    #expect(stage.effects.contains(.remember(.flash(false))))
    stage.press("r")
    stage.answer(queues: [queue("mail", tasks: 12), queue("orders", tasks: 9), queue("thumbs", tasks: 0)])
    #expect(!standsOut("9 ", in: stage))
    var memory = Memory()
    memory.apply(.flash(false))
    #expect(memory.flash == false)
  }
}

@Suite struct `The pace` {
  private func loads(_ stage: Stage) -> Int {
    stage.history.filter { if case .loadQueues = $0 { true } else { false } }.count
  }

  /// Answers whatever is asked for, for so many seconds.
  private func live(_ stage: inout Stage, _ seconds: Int) {
    for _ in 0..<seconds {
      stage.wait(1)
      if stage.effects.contains(where: { if case .loadQueues = $0 { true } else { false } }) {
        stage.answer(queues: [queue("mail", tasks: 0)])
      }
    }
  }

  @Test func `pace 15s asks four times a minute`() {
    var stage = Stage(refresh: RefreshPolicy(callsPerMinute: nil))
    stage.answer(queues: [queue("mail", tasks: 0)])
    stage.type(":pace 15s")
    stage.press("Enter")
    #expect(stage.effects.contains(.remember(.pace(15))))
    let before = loads(stage)
    live(&stage, 60)
    #expect((3...5).contains(loads(stage) - before))
    #expect(stage.shows("● live"), "a pace of one's own is no delay")
  }

  @Test func `pace fast is as often as the budget allows again, and pace off stops`() {
    var stage = Stage(refresh: RefreshPolicy(callsPerMinute: nil))
    stage.answer(queues: [queue("mail", tasks: 0)])
    stage.type(":pace 1m")
    stage.press("Enter")
    stage.type(":pace fast")
    stage.press("Enter")
    let before = loads(stage)
    live(&stage, 20)
    #expect(loads(stage) - before >= 15)
    stage.type(":pace off")
    stage.press("Enter")
    #expect(stage.shows("‖ paused"))
  }

  @Test(arguments: ["0s", "soon", "2h", "-5s"])
  func `what is no pace is said`(word: String) {
    var stage = Stage.withQueues()
    stage.type(":pace \(word)")
    stage.press("Enter")
    #expect(stage.effects.contains(.bell))
    #expect(stage.shows("is no pace"))
  }
}

@Suite struct `Off the screen` {
  @Test func `queues that were looked at are asked for seldom while their tasks are open`() {
    var stage = Stage.withTasks([task("1")])
    let before = stage.history.filter { if case .loadQueues = $0 { true } else { false } }.count
    for _ in 0..<120 {
      stage.wait(1)
      for effect in stage.effects {
        switch effect {
        case .loadQueues: stage.answer(queues: [queue("mail"), queue("orders", tasks: 1)])
        case .loadTasks: stage.answer(tasks: [task("1")])
        default: break
        }
      }
    }
    let asked = stage.history.filter { if case .loadQueues = $0 { true } else { false } }.count - before
    #expect((2...5).contains(asked), "\(asked)")
  }

  @Test func `a pause holds for it too, and what was never seen is not asked for`() {
    var stage = Stage.withTasks([task("1")])
    stage.press("l")
    let before = stage.history.count
    stage.wait(300)
    #expect(stage.history.count == before)
    #expect(!stage.history.contains { if case .loadJobs = $0 { true } else { false } })
  }
}
