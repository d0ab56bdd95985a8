// What will be done to the jobs of an app: frozen, shown, then applied.

import CloudModel
import Foundation

/// The difference between definitions and jobs.
package struct SchedulePlan: Equatable, Sendable {
  /// A job that a definition asks for and that is not there.
  package struct Addition: Equatable, Sendable {
    package var job: Job
    package var definition: String
    package var place: DefinitionPlace
    package var preview: FirePreview
  }

  /// A job that is not as its definition says.
  package struct Update: Equatable, Sendable {
    package var before: Job
    package var after: Job
    package var definition: String
    package var place: DefinitionPlace
    /// With secrets; mask them before they are shown.
    package var changes: [FieldChange]
    package var preview: FirePreview
  }

  /// What looks like one job under another name.
  package struct Rename: Equatable, Sendable {
    package var from: String
    package var to: String
    /// Set where the name is the same and the location is not: where it is now.
    package var oldLocation: String?

    package init(from: String, to: String, oldLocation: String? = nil) {
      (self.from, self.to, self.oldLocation) = (from, to, oldLocation)
    }

    package var words: String {
      if let oldLocation { return "\(to) is in \(oldLocation) with the same target: moved?" }
      return "\(from) has the target of \(to): renamed?"
    }
  }

  package var scope: ScheduleScope
  package var source: String
  package var isPruning: Bool
  package var added: [Addition] = []
  package var updated: [Update] = []
  /// The app's own, named by no definition, and to be deleted.
  package var deleted: [Job] = []
  /// The same, left alone because nobody asked to prune.
  package var stale: [Job] = []
  package var unchanged: [Job] = []
  package var foreign: [Job] = []
  package var renames: [Rename] = []
  package var findings: [Finding] = []
  package var unread: [UnreadDefinition] = []
  package var notes: [String] = []

  package init(scope: ScheduleScope, source: String, isPruning: Bool) {
    (self.scope, self.source, self.isPruning) = (scope, source, isPruning)
  }

  /// Whether applying it would change nothing.
  package var isEmpty: Bool { added.isEmpty && updated.isEmpty && deleted.isEmpty }
  package var errors: [Finding] { findings.filter { $0.severity == .error } }

  /// In the order in which they are made: deletions last, so that a failure half-way leaves too much and not too little.
  package var changes: [ResourceChange] {
    added.map { ResourceChange(name: $0.job.name.description, before: nil, after: $0.job.json) }
      + updated.map { ResourceChange(name: $0.before.name.description, before: $0.before.json, after: $0.after.json) }
      + deleted.map { ResourceChange(name: $0.name.description, before: $0.json, after: nil) }
  }

  /// `, in europe-west1` where the plan is about more than one location, else nothing.
  package func place(of job: JobName) -> String {
    let isPlain = scope.others.isEmpty && job.parent == scope.parent
    return isPlain ? "" : ", in \(job.parent.location)"
  }

  /// `2 to add, 1 to update, 0 to delete, 5 unchanged`, and what is left alone.
  package var summary: String {
    var parts = [
      "\(added.count) to add", "\(updated.count) to update", "\(deleted.count) to delete",
      "\(unchanged.count) unchanged",
    ]
    if !stale.isEmpty { parts.append("\(stale.count) stale") }
    if !foreign.isEmpty { parts.append("\(foreign.count) foreign") }
    return parts.joined(separator: ", ")
  }
}
