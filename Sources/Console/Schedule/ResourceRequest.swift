// A change of whole resources, made of what is on the screen: the plan that is shown
// is the one that is applied, because it travels with the request.

import CloudModel
import Foundation
import JournalModel
import Operations
import Terminal

/// What is to be done to jobs.
package struct ResourceRequest: Equatable, Sendable {
  package enum Work: Equatable, Sendable {
    case changes([ResourceChange], JournalAction, isExact: Bool)
    /// An execution now.
    case run(JobName)
  }

  package var title: String
  package var work: Work
  package var intent: JSON
  /// What has to be typed in a protected context.
  package var confirmation: String
  var document: Document

  init(title: String, work: Work, intent: JSON, confirmation: String, lines: [Document.Line]) {
    (self.title, self.work, self.intent, self.confirmation) = (title, work, intent, confirmation)
    document = Document(title: title, sections: [Document.Section("Plan", lines: lines)])
  }

  /// All of a plan of schedules.
  init(_ plan: SchedulePlan) {
    let changes = plan.changes
    self.init(
      title: "Change \(Words.count(changes.count, "job"))",
      work: .changes(changes, .scheduleApply, isExact: false),
      intent: ["source": .string(plan.source), "prune": .bool(plan.isPruning)],
      confirmation: plan.scope.ownership.app ?? plan.scope.parent.project,
      lines: ScheduleReport.lines(plan).map { .spans([Span(sanitised($0), Style(Self.role(of: $0)))]) })
  }

  private static func role(of line: String) -> Role {
    switch line.prefix(3) {
    case "[+]": .success
    case "[~]": .warning
    case "[-]": .danger
    default: .text
    }
  }

  /// One job, by hand.
  init(_ title: String, before: Job?, after: Job?) {
    let name = after?.name ?? before?.name
    let changes = [ResourceChange(name: name?.description ?? "", before: before?.json, after: after?.json)]
    self.init(
      title: title, work: .changes(changes, .jobChange, isExact: before != nil && after != nil),
      intent: ["job": .string(name?.description ?? "")], confirmation: name?.id ?? "",
      lines: Self.lines(before, after))
  }

  private static func lines(_ before: Job?, _ after: Job?) -> [Document.Line] {
    if let before, let after {
      return JobComparison.changes(before, after, by: .spelling).map(SecretMask.masked).flatMap(FieldLines.lines)
        .map { .field(sanitised($0.label), "\(bare($0.before)) -> \(bare($0.after))", .warning) }
    }
    guard let job = after ?? before else { return [] }
    let word = after == nil ? "It is deleted; journal and schedule rollback bring it back." : "It is created."
    return [
      .note(word, after == nil ? .danger : .success), .field("job", sanitised(job.name.id), .accent),
      .field("schedule", "\(sanitised(job.schedule))  \(sanitised(job.timeZone))"),
      .field("target", sanitised(job.targetWords)),
    ]
  }

  /// A name of the API, such as `PAUSED`, without the quotation marks that JSON puts around it.
  private static func bare(_ value: String) -> String {
    let inside = value.dropFirst().dropLast()
    let isName = value.hasPrefix("\"") && !inside.isEmpty && inside.allSatisfy { $0.isUppercase || $0 == "_" }
    return sanitised(isName ? String(inside) : value)
  }

  /// Run a job now.
  init(running job: Job) {
    self.init(
      title: "Run \(job.name.id) now", work: .run(job.name), intent: [:], confirmation: job.name.id,
      lines: [
        .field("job", sanitised(job.name.id), .accent), .field("target", sanitised(job.targetWords)),
        .note("It runs whatever its state; while an execution is under way, this one waits.", .info),
      ])
  }
}

extension PlanSheet {
  init(_ request: ResourceRequest) {
    self.init(
      title: sanitised(request.title), document: request.document, names: FrozenNames(),
      confirmation: request.confirmation)
    changesResources = true
  }

  /// What a rollback would do.
  package init(_ plan: RollbackPlanner.Plan, _ kind: ChangeKind) {
    let title = "Take back journal entry \(plan.origin.number): \(Words.count(plan.changes.count, kind.noun))"
    let lines: [Document.Line] = plan.changes.map { change in
      let word = change.before == nil ? "is created again" : change.after == nil ? "is deleted" : "is as it was"
      return .field(sanitised(change.id), word, change.after == nil ? .danger : .success)
    }
    self.init(
      title: title,
      document: Document(
        title: title,
        sections: [
          Document.Section("Plan", lines: lines.isEmpty ? [.note("Nothing was changed by it.", .warning)] : lines)
        ]), names: FrozenNames(), confirmation: String(plan.origin.number))
    changesResources = !plan.changes.isEmpty
  }
}

extension OutcomeSheet {
  /// What came of changes of resources.
  package init(_ end: ChangeEnd, _ kind: ChangeKind, stop: Failure?) {
    let done = end.done.count
    var title = "\(Words.count(done, kind.noun)) changed"
    if !end.failed.isEmpty { title += ", \(end.failed.count) failed" }
    var lines: [Document.Line] = stop.map { [.note("! \($0.title): \($0.reason)", .warning)] } ?? []
    lines += end.changes.map { change in
      let role: Role = change.state == .done ? .success : change.state == .failed ? .danger : .warning
      let error = change.error.map { ": \($0)" } ?? ""
      return .field(sanitised(change.id), sanitised("\(change.verb) \(change.state.word)\(error)"), role)
    }
    if let entry = end.journal { lines.append(.field("Journal", "entry \(entry)")) }
    self.init(
      entry: end.journal ?? 0, title: title,
      document: Document(title: title, sections: [Document.Section("Outcome", lines: lines)]),
      canRetry: end.changes.contains { $0.state == .planned || $0.state == .sent },
      canUndo: end.journal != nil && done > 0)
  }

  /// A job that was run.
  package init(ran job: JobName) {
    let title = "\(job.id) was told to run"
    self.init(
      entry: 0, title: sanitised(title),
      document: Document(
        title: title,
        sections: [Document.Section("Outcome", lines: [.note("Its last attempt shows on its page soon.", .info)])]),
      canRetry: false, canUndo: false)
  }

  private init(entry: Int, title: String, document: Document, canRetry: Bool, canUndo: Bool) {
    (self.entry, self.title, self.document) = (entry, title, document)
    (self.canRetry, self.canUndo) = (canRetry, canUndo)
  }
}

extension Document {
  /// The resources of a journal entry, as a section more.
  package mutating func append(_ changes: [JournaledChange], _ kind: ChangeKind) {
    guard !changes.isEmpty else { return }
    sections.append(
      Section(
        "\(kind.noun.capitalized)s: Enter shows before and after", .items,
        lines: changes.map { change in
          let role: Role = change.state == .done ? .success : change.state == .failed ? .danger : .warning
          let error = change.error.map { "  \(sanitised($0))" } ?? ""
          return .spans([
            Span(sanitised(change.id) + "  ", Style(.accent)),
            Span("\(change.verb) \(change.state.word)", Style(role)), Span(error, Style(.danger)),
          ])
        }))
  }
}
