// The numbers of the overview against a count that knows nothing of it: from the JSON of the tasks, the slow way.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

/// Tasks of any kind a queue may hold, some with names that are meant to confuse a filter.
private func anyTasks(_ count: Int, _ random: inout some RandomNumberGenerator) -> [CloudTask] {
  let classes = [
    "SyncOrder", "syncorder", "Sync*", "a\"b", "x y", "(", "5xx", "never", "Żółw", "!", "a:b", "SendWelcome",
  ]
  let answers: [(http: Int?, code: Int)] = [(503, 14), (503, 13), (500, 13), (429, 8), (nil, 14), (nil, 4), (404, 5)]
  return (0..<count).map { place in
    let answer = answers.randomElement(using: &random) ?? (nil, 14)
    let tries = Int.random(in: 0...9, using: &random)
    var task = cloudTask(
      "t\(place)", classes.randomElement(using: &random) ?? "A", tries: tries, http: answer.http, code: answer.code,
      age: Double.random(in: 0...90_000, using: &random), next: Double.random(in: -100...30_000, using: &random))
    if answer.http == nil, tries > 0, Bool.random(using: &random) {
      // Answered without an HTTP status, as a time-out is.
      task.lastAttempt?.responseStatus = RPCStatus(code: answer.code, message: "no answer")
    }
    if Int.random(in: 0..<12, using: &random) == 0 { task.target = .other }
    return task
  }
}

private func rows(_ tasks: [CloudTask]) -> [TaskRow] {
  var maker = TaskRowMaker()
  return maker.rows(of: tasks)
}

@Suite struct `Numbers of the overview` {
  @Test func `groups, shares, the oldest and the next attempts are what counting by hand gives`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let tasks = anyTasks(300, &random)
      let survey = QueueSurvey(rows: rows(tasks), at: noon)
      #expect(survey.tasks == tasks.count)
      #expect(survey.oldest == tasks.compactMap { $0.createTime?.date }.min())
      #expect(survey.groups.reduce(0) { $0 + $1.tasks } == tasks.count)
      #expect(survey.ungrouped == 0)
      for group in survey.groups {
        let members = tasks.filter { Self.belongs($0, to: group) }
        #expect(group.tasks == members.count)
        #expect(group.most == members.map(\.dispatchCount).max())
        #expect(group.dispatches == members.reduce(0) { $0 + $1.dispatchCount })
        #expect(group.oldest == members.compactMap { $0.createTime?.date }.min())
        #expect(group.next == members.compactMap { $0.scheduleTime?.date }.min())
      }
      let waits = tasks.compactMap { $0.scheduleTime?.date.timeIntervalSince(noon) }
      let limits = [0, 60, 600, 3600, 21600, Double.infinity]
      let due = limits.indices.map { place in
        waits.count { $0 <= limits[place] && (place == 0 || $0 > limits[place - 1]) }
      }
      #expect(survey.due == due)
      #expect(survey.dispatchCounts == Dictionary(grouping: tasks, by: \.dispatchCount).mapValues(\.count))
      let failing = tasks.count { task in
        task.dispatchCount > 1 || task.lastAttempt?.responseStatus.map { $0.code != 0 } ?? false
      }
      #expect(survey.failing == failing)
    }
  }

  /// From the resource itself: its URL and its last attempt.
  private static func belongs(_ task: CloudTask, to group: QueueSurvey.Group) -> Bool {
    var last = ""
    if case .http(let target) = task.target { last = target.url.split(separator: "/").last.map(String.init) ?? "" }
    guard last == group.taskClass else { return false }
    guard task.dispatchCount > 0, let attempt = task.lastAttempt else { return group.status == "-" }
    guard let answer = attempt.responseStatus else { return group.status == "running" }
    let names = [4: "DEADLINE_EXCEEDED", 5: "NOT_FOUND", 8: "RESOURCE_EXHAUSTED", 13: "INTERNAL", 14: "UNAVAILABLE"]
    let code = names[answer.code] ?? "?"
    guard let http = answer.message.split(separator: " ").last.flatMap({ Int($0) }) else {
      return group.status == (code == "DEADLINE_EXCEEDED" ? "DEADLINE" : code)
    }
    return group.status == "\(http) \(code)"
  }

  @Test func `f on any group opens exactly its tasks`() throws {
    var random = SystemRandomNumberGenerator()
    var world = World()
    let tasks = anyTasks(200, &random)
    world.tasks["orders"] = tasks
    world.queues = [queue("orders", tasks: tasks.count)]
    let groups = QueueSurvey(rows: rows(tasks), at: noon).groups
    for place in groups.indices {
      var player = Player(Size(columns: 200, rows: 60), world: world)
      player.play(
        Story("", "press f\nwait 2\npress " + (["g"] + Array(repeating: "j", count: place)).joined(separator: " ")))
      player.play(Story("", "press f"))
      let table = player.stage.state.tasks
      #expect(table.filterProblem == nil, "\(table.filter)")
      let shown = (0..<table.visible.count).compactMap { table.row(at: $0) }
      let first = try #require(shown.first, "\(table.filter)")
      let wanted = rows(tasks).filter { $0.taskClass == first.taskClass && $0.status == first.status }
      #expect(Set(shown.map(\.id)) == Set(wanted.map(\.id)), "\(table.filter)")
    }
  }

  @Test func `groups beyond those that are kept are counted`() {
    let many = (0..<700).map { cloudTask("t\($0)", "Class\($0)") }
    let survey = QueueSurvey(rows: rows(many), at: noon)
    #expect(survey.groups.count == 200)
    #expect(survey.ungrouped == 500)
    var world = World()
    world.tasks["orders"] = many
    var player = Player(Size(columns: 160, rows: 40), world: world)
    player.play(Story("", "press j f\nwait 4\nsee 500 tasks in smaller groups"))
  }

  @Test(arguments: [(9, 100, 5, false), (80, 100, 10, true), (79, 100, 9, false), (4, 5, 10, true), (5, -1, 10, true)])
  func `a storm is told where tasks are near their last attempt, and only there`(
    _ tries: Int, _ limit: Int, _ count: Int, _ isStorm: Bool
  ) {
    // Of 20 tasks so many have been tried so often, of at most `limit` times.
    var tasks = (0..<count).map { cloudTask("f\($0)", "Sync", tries: tries, http: 500, code: 13) }
    tasks += (count..<20).map { cloudTask("w\($0)", "Sync") }
    var row = queue("orders", tasks: 20)
    var changed = row.queue
    changed.retryConfig.maxAttempts = limit
    row = QueueRow(changed, survey: QueueSurvey(rows: rows(tasks), at: noon))
    #expect((RetryStorm(row) != nil) == isStorm)
  }
}
