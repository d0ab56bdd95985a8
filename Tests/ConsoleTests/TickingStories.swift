// Ages and countdowns go on by themselves, and cost little.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `Ticking` {
  /// Cells that differ, and a guess at what it takes to write them, a second.
  private static func cost(_ stage: inout Stage, _ tasks: [TaskRow], seconds: Int) -> Double {
    var bytes = 0
    for _ in 0..<seconds {
      let before = stage.frame
      stage.wait(1)
      if stage.effects.contains(where: { if case .loadTasks = $0 { true } else { false } }) {
        stage.answer(tasks: tasks)
      }
      let after = stage.frame
      let rows = (0..<after.size.rows).map { row in zip(before.row(row), after.row(row)).count { $0 != $1 } }
      let changed = rows.reduce(0, +)
      bytes += changed == 0 ? 0 : 45 + 7 * rows.count { $0 > 0 } + changed
    }
    return Double(bytes) / Double(seconds)
  }

  private static func young(_ count: Int) -> [TaskRow] {
    (0..<count).map { task("t\($0)", age: Double($0 % 3), next: 50 + Double($0)) }
  }

  @Test(arguments: [1, 3, 10, 40]) func `a screen of young tasks costs less than 60 bytes a second`(_ count: Int) {
    let tasks = Self.young(count)
    var stage = Stage.withTasks(
      tasks, Size(columns: 120, rows: 36), refresh: RefreshPolicy(callsPerMinute: nil))
    _ = Self.cost(&stage, tasks, seconds: 5)
    #expect(Self.cost(&stage, tasks, seconds: 30) < 60)
  }

  @Test func `one row's age goes on every second`() throws {
    var stage = Stage.withTasks([task("1", age: 1, next: -5)])
    for second in 2...20 {
      stage.wait(1)
      if second % 5 == 0 { stage.answer(tasks: [task("1", age: 1, next: -5)]) }
      #expect(try #require(stage.line("SendWelcome")).contains("\(second)s"))
    }
  }

  @Test func `ages are never more than ten seconds behind, and a key brings them up to date`() throws {
    var stage = Stage.withTasks(
      (0..<40).map { task("t\($0)", age: 1, next: 7000) }, Size(columns: 120, rows: 36))
    for second in 2...50 {
      stage.wait(1)
      let line = try #require(stage.line("t10"))
      #expect((max(1, second - 10)...second).contains { line.contains(" \($0)s") })
    }
    stage.press("j")
    #expect(try #require(stage.line("t10")).contains(" 50s"))
  }

  @Test func `the page about a task ticks as sparingly`() {
    var stage = Stage.withTasks(Self.young(3), Size(columns: 120, rows: 36))
    stage.press("Enter")
    stage.answer(task: cloudTask("t0", tries: 2, http: 503, age: 100, next: 500))
    stage.press("l")
    _ = Self.cost(&stage, [], seconds: 5)
    #expect(Self.cost(&stage, [], seconds: 30) < 65)
  }

  @Test func `where nothing ticks not a cell changes`() {
    var stage = Stage.withTasks([task("1", age: 90_000, next: -5)])
    let before = stage.lines
    for _ in 0..<3 { stage.wait(1) }
    #expect(stage.lines == before)
  }
}
