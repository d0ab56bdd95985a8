// What came of an apply of schedules or subscriptions: one shape for both, the lines
// that the library prints, and the exit status.

import CloudModel
import Console
import Foundation
import Operations

/// The outcome of `schedule apply` and `subscriptions apply`, of a change of one job, and of an entry gone on with.
struct ApplyOutcome {
  let kind: ChangeKind
  /// Short IDs.
  var unchanged: [String] = []
  /// What is defined and was left out, and why.
  var unusable: [(id: String, reason: String)] = []
  /// Base of the app's URLs, as the library prints it.
  var domain: String?
  /// Names as the library prints them (class names), by resource name.
  var labels: [String: String] = [:]

  /// Prints what would be done.
  func show(planned changes: [ResourceChange], _ options: GlobalOptions) {
    func ids(_ verb: ResourceChange.Verb) -> [String] { changes.filter { $0.verb == verb }.map(\.id) }
    Outcome.show(json(nil, ids(.create), ids(.update), ids(.delete), []), options)
  }

  /// Prints what was done.
  func show(_ end: ChangeEnd, _ options: GlobalOptions) {
    func ids(_ verb: ResourceChange.Verb) -> [String] { end.names(verb.rawValue).map(\.id) }
    let failed = ChangeReport.failures(end.failed, kind: kind.noun)
    let json = json(end.journal, ids(.create), ids(.update), ids(.delete), failed)
    Output(format: options.output).show(json) { lines(end).map(printable) }
  }

  /// Prints what was done.
  ///
  /// - Throws: `Exit` when it did not end as it should, or when definitions were left out.
  func finish(_ end: ChangeEnd, _ options: GlobalOptions) throws(Exit) {
    show(end, options)
    try Self.check(end)
    guard let first = unusable.first else { return }
    throw Exit(
      failure: .init(
        title: "\(Words.count(unusable.count, "definition")) could not be used",
        reason: printable("\(first.id): \(first.reason)"),
        remedy: "Mend it and apply again; its \(kind.noun) was left alone."),
      status: end.done.isEmpty ? 1 : 3, code: .invalidArgument)
  }

  private func json(
    _ journal: Int?, _ added: [String], _ updated: [String], _ deleted: [String], _ failed: [JSON]
  ) -> JSON {
    let unusable = unusable.map { JSON.object([kind.noun: .string($0.id), "error": .string($0.reason)]) }
    return [
      "journal": journal.map(JSON.integer) ?? .null, "added": .array(added.map(JSON.string)),
      "updated": .array(updated.map(JSON.string)), "deleted": .array(deleted.map(JSON.string)),
      "unchanged": .array(unchanged.map(JSON.string)), "failed": .array(failed + unusable),
    ]
  }

  /// As `schedule_tasks` and `initialize_subscribers` print them, so that whoever reads deploy logs finds the same.
  private func lines(_ end: ChangeEnd) -> [String] {
    let done = end.done.count
    let head =
      switch kind {
      case .job: "Successfully scheduled \(done) tasks"
      case .subscription: "Successfully initialized \(done) subscribers"
      }
    let verbs: [ResourceChange.Verb] = [.create, .delete, .update]
    return [head + (domain.map { " to domain \($0)" } ?? "")]
      + verbs.flatMap { verb in
        end.names(verb.rawValue).map { labels[$0.name] ?? $0.id }.sorted().map { "- \(verb.mark) \($0)" }
      }
  }

  /// Throws when a run did not end as it should.
  static func check(_ end: ChangeEnd) throws(Exit) {
    let done = end.done.count
    let again = end.journal.map { "Run it again, or finish it with: taskdeck journal resume \($0)" } ?? "Run it again."
    if end.wasCancelled {
      throw Exit(
        failure: .init(title: "Stopped", reason: "The journal has what was done.", remedy: again), status: 130,
        code: .cancelled)
    }
    if let stop = end.stop {
      var exit = Exit(stop)
      exit.failure.remedy += " \(again)"
      throw Exit(failure: exit.failure, status: done > 0 ? 3 : 1, code: stop.status)
    }
    guard let first = end.failed.first else { return }
    throw Exit(
      failure: .init(
        title: "\(end.failed.count) of \(end.changes.count) failed",
        reason: printable("\(first.id): \(first.error ?? "it is not known how it ended")"),
        remedy: "Look: taskdeck journal show \(end.journal ?? 0)"),
      status: done > 0 ? 3 : 1, code: .unknown)
  }
}

extension ResourceChange.Verb {
  /// The library's mark of it.
  var mark: String {
    switch self {
    case .create: "[+]"
    case .update: "[~]"
    case .delete: "[-]"
    }
  }
}
