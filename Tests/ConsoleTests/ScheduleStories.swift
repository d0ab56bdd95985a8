// The Schedule tab and the changes of jobs, in the user's keys.

import CloudModel
import Console
import Foundation
import Operations
import Terminal
import Testing

struct ScheduleStories {
  private func job(_ id: String, _ schedule: String, state: State = .enabled) throws -> Job {
    let parent = try LocationName(project: "acme", location: "us-central1")
    var job = Job(name: try JobName(parent: parent, id: id))
    (job.schedule, job.timeZone, job.state) = (schedule, "Etc/UTC", state)
    var target = HTTPTarget(url: "https://app.example.com/tasks/\(id.dropFirst(6))")
    (target.method, target.encodedBody) = ("POST", "e30=")
    job.target = .http(target)
    return job
  }

  private func definition(_ name: String, _ schedule: String) -> ScheduleDefinition {
    var wanted = ScheduleDefinition(
      name: name, timing: .text(schedule), place: DefinitionPlace("/srv/schedules.yaml", line: 3))
    wanted.token = .none
    return wanted
  }

  private func view(prunes: Bool = false) throws -> ScheduleView {
    var set = DefinitionSet(source: "/srv/schedules.yaml")
    set.schedules = [definition("New", "0 5 * * *"), definition("Moved", "0 4 * * *")]
    let parent = try LocationName(project: "acme", location: "us-central1")
    let scope = ScheduleScope(
      parent: parent,
      ownership: Ownership(app: "shop", delimiter: "--", endpoint: "https://app.example.com/tasks"))
    let jobs = [
      try job("shop--Moved", "0 3 * * *"), try job("shop--Old", "0 1 * * *"), try job("shop-admin--X", "0 2 * * *"),
    ]
    let plan = SchedulePlanner(set, scope, .init(prunes: prunes), now: noon).plan(against: jobs)
    return ScheduleView(plan: plan, strip: FireStrip(plan, now: noon), isFile: true)
  }

  private func stage(_ size: Size = Size(columns: 100, rows: 40)) throws -> Stage {
    var stage = Stage(size)
    stage.press("S")
    stage.send(.schedule(generation(stage), .success(try view())))
    return stage
  }

  private func generation(_ stage: Stage) -> Generation {
    stage.generation { if case .loadSchedule(_, _, let generation) = $0 { generation } else { nil } }
  }

  @Test func `S shows the plan, its summary on top and at the end`() throws {
    let stage = try stage()
    let shown = stage.text
    #expect(shown.contains("[+] shop--New"))
    #expect(shown.contains("[~] shop--Moved"))
    #expect(shown.contains("\"0 3 * * *\" -> \"0 4 * * *\""))
    #expect(shown.contains("stale: no definition names it"))
    #expect(shown.contains("shop-admin--X"))
    #expect(shown.components(separatedBy: "+ 1 to add").count == 3)
  }

  @Test func `the strip of the coming day shows a run before and after at its hour`() throws {
    let stage = try stage()
    let lines = stage.text.split(separator: "\n").map(String.init)
    let before = try #require(lines.first { $0.contains("before    ") })
    let after = try #require(lines.first { $0.contains("after     ") })
    #expect(before.filter { $0 == "▂" }.count == 2)
    #expect(after.filter { $0 == "▂" }.count == 3)
    #expect(before != after)
  }

  @Test func `Enter folds the block under the cursor, f all of them`() throws {
    var stage = try stage()
    stage.press("f")
    #expect(stage.text.contains("▸ [~] shop--Moved"))
    #expect(!stage.text.contains("\"0 3 * * *\""))
    stage.press("f")
    #expect(stage.text.contains("\"0 3 * * *\""))
  }

  @Test func `the cursor passes over empty lines`() throws {
    var stage = try stage()
    for key in Array(repeating: "j", count: 8) + Array(repeating: "k", count: 8) {
      stage.press(key)
      #expect(!stage.cursorLine.trimmingCharacters(in: .whitespaces).isEmpty)
    }
  }

  @Test func `a shows the plan with Cancel in focus, and a again applies what was shown`() throws {
    var stage = try stage()
    let plan = try view().plan
    stage.press("a")
    #expect(stage.text.contains("Cancel"))
    #expect(!stage.effects.contains { if case .applyResources = $0 { true } else { false } })
    stage.press("Esc")
    stage.press("a", "a")
    let applied = stage.history.compactMap { effect -> ResourceRequest? in
      if case .applyResources(let request, _) = effect { request } else { nil }
    }
    #expect(applied.map(\.work) == [.changes(plan.changes, .scheduleApply, isExact: false)])
  }

  @Test func `p plans to delete what is stale`() throws {
    var stage = try stage()
    stage.press("p")
    #expect(stage.effects.contains { if case .loadSchedule(true, _, _) = $0 { true } else { false } })
    stage.send(.schedule(generation(stage), .success(try view(prunes: true))))
    #expect(stage.text.contains("[-] shop--Old"))
  }

  @Test func `x writes the plan`() throws {
    var stage = try stage()
    stage.press("x")
    #expect(stage.effects == [.exportPlan(try view().plan)])
  }

  @Test func `the jobs table marks drift`() throws {
    var stage = try stage()
    stage.press("3")
    stage.answer(jobs: [
      JobRow(try job("shop--Moved", "0 3 * * *"), now: noon), JobRow(try job("shop--Old", "0 1 * * *"), now: noon),
    ])
    #expect(stage.text.contains("~ shop--Moved"))
    #expect(stage.text.contains("? shop--Old"))
  }

  @Test func `P, R and D on a job are plans`() throws {
    var stage = Stage(Size(columns: 100, rows: 40))
    stage.press("3")
    let there = try job("shop--Moved", "0 3 * * *")
    stage.answer(jobs: [JobRow(there, now: noon)])
    var paused = there
    paused.state = .paused
    stage.press("P")
    #expect(stage.text.contains("Pause shop--Moved"))
    stage.press("a")
    stage.press("Esc")
    let works = stage.history.compactMap { effect -> ResourceRequest.Work? in
      if case .applyResources(let request, _) = effect { request.work } else { nil }
    }
    let change = ResourceChange(name: there.name.description, before: there.json, after: paused.json)
    #expect(works == [.changes([change], .jobChange, isExact: true)])
  }

  @Test func `a schedule that is wrong in the form says why, and a right one makes a plan`() throws {
    var stage = Stage(Size(columns: 100, rows: 40))
    stage.press("3")
    stage.answer(jobs: [JobRow(try job("shop--Moved", "0 3 * * *"), now: noon)])
    stage.press("e", "Ctrl-U")
    stage.type("0 25 * * *")
    stage.press("Enter")
    #expect(stage.text.contains("column 3"))
    stage.press("Ctrl-U")
    stage.type("0 5 * * *")
    stage.press("Enter")
    #expect(stage.text.contains("\"0 3 * * *\" -> \"0 5 * * *\""))
  }

  @Test func `definitions that cannot be read are told, never shown as no drift`() throws {
    var stage = Stage(Size(columns: 100, rows: 40))
    stage.press("S")
    let failure = Failure(title: "There are no definitions", reason: "Here is no schedules.yaml.", remedy: "Give one.")
    stage.send(.schedule(generation(stage), .failure(failure)))
    #expect(stage.text.contains("There are no definitions"))
    #expect(!stage.text.contains("no drift"))
  }
}

extension Stage {
  /// The whole screen, a row a line.
  fileprivate var text: String { (0..<frame.size.rows).map { frame.text(row: $0) }.joined(separator: "\n") }
}
