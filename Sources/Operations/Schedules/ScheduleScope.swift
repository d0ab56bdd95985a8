// Where the jobs of an app are, and what is taken for granted about them.

import CloudModel
import Foundation

/// What a plan is about.
package struct ScheduleScope: Equatable, Sendable {
  /// Where jobs are created whose definition says nothing else.
  package var parent: LocationName
  /// The context's other locations: jobs of the app may be there as well.
  package var others: [LocationName]
  package var ownership: Ownership
  /// For tokens of definitions that name no account.
  package var serviceAccount: String?
  /// Where nobody checks tokens, as in an emulator: stands in when no account is known.
  package var standInAccount: String?

  package init(
    parent: LocationName, others: [LocationName] = [], ownership: Ownership, serviceAccount: String? = nil,
    standInAccount: String? = nil
  ) {
    (self.parent, self.others) = (parent, others)
    self.ownership = ownership
    self.serviceAccount = serviceAccount
    self.standInAccount = standInAccount
  }
}

extension ScheduleScope {
  /// All places in which jobs of these definitions may be: the context's, and those that definitions name.
  package func locations(of set: DefinitionSet) -> [LocationName] {
    var all = [parent] + others
    for location in Set(set.schedules.compactMap(\.location)).sorted() {
      // A name that is none is told by the planner, with its place.
      guard let named = self.location(location), !all.contains(named) else { continue }
      all.append(named)
    }
    return all
  }

  /// A location of this project; nil for what is no location.
  func location(_ id: String) -> LocationName? {
    do { return try LocationName(project: parent.project, location: id) } catch { return nil }
  }
}

/// Something to be said about a definition.
package struct Finding: Equatable, Sendable {
  package enum Severity: Sendable {
    /// It works, and probably not as meant.
    case warning
    /// Cloud Scheduler would refuse it.
    case error
  }

  package var severity: Severity
  /// The job's ID.
  package var job: String
  package var place: DefinitionPlace
  /// A sentence, without what is said by place and job.
  package var message: String
  /// The text at fault with a line of carets below it, where there is one.
  package var excerpt: [String] = []

  package init(
    _ severity: Severity, _ job: String, _ place: DefinitionPlace, _ message: String, excerpt: [String] = []
  ) {
    self.severity = severity
    self.job = job
    self.place = place
    self.message = message
    self.excerpt = excerpt
  }

  /// `schedules.yaml:12: billing--Digest: it never fires`, and the excerpt below.
  package var lines: [String] {
    let kind = severity == .error ? "error" : "warning"
    return ["\(place): \(kind): \(job): \(message)"] + excerpt.map { "    \($0)" }
  }
}
