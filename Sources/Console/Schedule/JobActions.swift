// What can be done to a job from the table and from its page: each is a plan.

import CloudModel
import Foundation
import Operations
import Terminal

extension Scope {
  static let jobs = Scope("jobs", "Jobs", elsewhere: "only on a job")
}

extension Action {
  private static let noJob: @Sendable (ConsoleState) -> String? = { state in
    state.shownJob == nil ? "There is no job under the cursor." : nil
  }

  static let jobRun = Action(
    "job.run", "Run now", "Run the job now, whatever its state.", keys: ["R"], scope: .jobs, risk: .reversible,
    footer: "run now", command: ["jobs", "run"], refusal: noJob
  ) { state, _ in state.shownJob.map { state.begin(ResourceRequest(running: $0)) } ?? [] }

  static let jobPause = Action(
    "job.pause", "Pause or resume", "Stop the job from firing, or let it fire again.", keys: ["P"], scope: .jobs,
    risk: .reversible, footer: "pause", command: ["jobs", "pause"], refusal: noJob
  ) { state, _ in
    guard let job = state.shownJob else { return [] }
    var after = job
    after.state = job.state == .paused ? .enabled : .paused
    let verb = job.state == .paused ? "Resume" : "Pause"
    return state.begin(ResourceRequest("\(verb) \(job.name.id)", before: job, after: after))
  }

  static let jobDelete = Action(
    "job.delete", "Delete", "Delete the job; the journal can bring it back.", keys: ["D"], scope: .jobs,
    risk: .destructive, footer: "delete", command: ["jobs", "delete"], refusal: noJob
  ) { state, _ in
    guard let job = state.shownJob else { return [] }
    return state.begin(ResourceRequest("Delete \(job.name.id)", before: job, after: nil))
  }

  static let jobEdit = Action(
    "job.edit", "Edit", "Change the job's fields in a form.", keys: ["e"], scope: .jobs, risk: .reversible,
    footer: "edit", command: ["jobs", "update"], refusal: noJob
  ) { state, _ in
    state.overlay = state.shownJob.map { Form.job($0) }
    return []
  }

  static let jobCreate = Action(
    "job.create", "New job", "Create a job with a form.", keys: ["N"], scope: .jobs, risk: .reversible,
    footer: "new", command: ["jobs", "create"]
  ) { state, _ in
    state.overlay = Form.job(nil)
    return []
  }

  static let jobActions = [jobRun, jobPause, jobEdit, jobCreate, jobDelete]
}

extension ConsoleState {
  /// The job whose page is open, else the one under the cursor.
  var shownJob: Job? {
    if let page = screen.as(JobPage.self) { return jobs.rows.first { $0.name == page.name }?.job }
    return screen == .jobs ? jobs.current?.job : nil
  }

  /// Shows a plan that is there already.
  mutating func begin(_ request: ResourceRequest) -> [Effect] {
    let generation = nextGeneration()
    let typed = context.isProtected ? TextField() : nil
    overlay = ChangeState(
      generation: generation, subject: .resources(request),
      stage: .plan(ShownPlan(sheet: PlanSheet(request), typed: typed)))
    return []
  }
}
