// What will be done to the subscriptions of an app: frozen, shown, then applied.

import CloudModel
import Foundation

/// The difference between definitions and subscriptions.
package struct SubscriptionPlan: Equatable, Sendable {
  package struct Addition: Equatable, Sendable {
    package var subscription: Subscription
    package var place: DefinitionPlace
  }

  package struct Update: Equatable, Sendable {
    package var before: Subscription
    package var after: Subscription
    package var place: DefinitionPlace
    package var changes: [FieldChange]
  }

  package var source: String
  package var isPruning: Bool
  /// Topics that are missing and are created first; a dead-letter topic brings a subscription that keeps its messages.
  package var topics: [TopicName] = []
  package var added: [Addition] = []
  package var updated: [Update] = []
  /// The app's own, named by no definition, and to be deleted.
  package var deleted: [Subscription] = []
  /// The same, left alone because nobody asked to prune.
  package var stale: [Subscription] = []
  package var unchanged: [Subscription] = []
  package var foreign: [Subscription] = []
  package var findings: [Finding] = []
  package var unread: [UnreadDefinition] = []
  package var notes: [String] = []

  init(source: String, isPruning: Bool) { (self.source, self.isPruning) = (source, isPruning) }

  /// Whether applying it would change nothing.
  package var isEmpty: Bool { topics.isEmpty && added.isEmpty && updated.isEmpty && deleted.isEmpty }
  package var errors: [Finding] { findings.filter { $0.severity == .error } }

  /// In the order in which they are made: topics first, because a subscription needs its own; deletions last.
  package var changes: [ResourceChange] {
    topics.map { ResourceChange(name: $0.description, before: nil, after: Topic(name: $0).json) }
      + added.map { ResourceChange(name: $0.subscription.name.description, before: nil, after: $0.subscription.json) }
      + updated.map { ResourceChange(name: $0.before.name.description, before: $0.before.json, after: $0.after.json) }
      + deleted.map { ResourceChange(name: $0.name.description, before: $0.json, after: nil) }
  }

  /// `2 to add, 1 to update, 0 to delete, 5 unchanged`, and what is left alone.
  package var summary: String {
    var parts = [
      "\(added.count) to add", "\(updated.count) to update", "\(deleted.count) to delete",
      "\(unchanged.count) unchanged",
    ]
    if !topics.isEmpty { parts.append("\(topics.count) topics to create") }
    if !stale.isEmpty { parts.append("\(stale.count) stale") }
    if !foreign.isEmpty { parts.append("\(foreign.count) foreign") }
    return parts.joined(separator: ", ")
  }
}
