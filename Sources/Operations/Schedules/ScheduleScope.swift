// Where the jobs of an app are, and what is taken for granted about them.

import CloudModel
import Foundation

/// What a plan is about.
package struct ScheduleScope: Equatable, Sendable {
  package var parent: LocationName
  package var ownership: Ownership
  /// For tokens of definitions that name no account.
  package var serviceAccount: String?
  /// Where nobody checks tokens, as in an emulator: stands in when no account is known.
  package var standInAccount: String?

  package init(
    parent: LocationName, ownership: Ownership, serviceAccount: String? = nil, standInAccount: String? = nil
  ) {
    self.parent = parent
    self.ownership = ownership
    self.serviceAccount = serviceAccount
    self.standInAccount = standInAccount
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
