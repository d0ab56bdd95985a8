// A plan of subscriptions for programs and for people, in the shape of a schedule's.

import CloudModel
import Foundation

/// A plan, written out. Secrets are masked.
package enum SubscriptionReport {
  package static func json(_ plan: SubscriptionPlan) -> JSON {
    [
      "added": ids(plan.added.map(\.subscription)), "updated": .array(plan.updated.map(update)),
      "deleted": ids(plan.deleted), "unchanged": ids(plan.unchanged), "foreign": ids(plan.foreign),
      "stale": ids(plan.stale), "topics": .array(plan.topics.map { .string($0.id) }),
      "warnings": .array(plan.findings.map(finding)),
      "unread": .array(
        plan.unread.map {
          ["name": .string($0.name), "place": .string($0.place.description), "reason": .string($0.reason)]
        }),
      "notes": .array(plan.notes.map(JSON.string)),
    ]
  }

  private static func ids(_ subscriptions: [Subscription]) -> JSON { .array(subscriptions.map { .string($0.name.id) }) }

  private static func update(_ update: SubscriptionPlan.Update) -> JSON {
    let changes = update.changes.map(masked).map { change -> JSON in
      ["field": .string(change.field), "before": change.before ?? .null, "after": change.after ?? .null]
    }
    return ["subscription": .string(update.before.name.id), "changes": .array(changes)]
  }

  private static func finding(_ finding: Finding) -> JSON {
    [
      "subscription": .string(finding.job), "severity": finding.severity == .error ? "error" : "warning",
      "place": .string(finding.place.description), "line": finding.place.line.map(JSON.integer) ?? .null,
      "message": .string(finding.message),
    ]
  }

  /// A token in the query of an endpoint is a usual way to guard it.
  private static func masked(_ change: FieldChange) -> FieldChange {
    guard change.field == "pushConfig.pushEndpoint" || change.field.hasSuffix("audience") else { return change }
    var masked = change
    masked.before = change.before?.string.map { .string(SecretMask.url($0)) }
    masked.after = change.after?.string.map { .string(SecretMask.url($0)) }
    if masked.before == masked.after, let after = masked.after?.string { masked.after = .string("\(after) (changed)") }
    return masked
  }

  // MARK: Words

  /// The plan, a block for each subscription, the summary on top and at the end.
  package static func lines(_ plan: SubscriptionPlan) -> [String] {
    let body =
      plan.topics.map { "[+] topic \($0.id)" } + plan.added.flatMap { block("[+]", $0.subscription) }
      + plan.updated.flatMap(block) + plan.deleted.flatMap { block("[-]", $0) }
      + plan.stale.map {
        "[ ] \($0.name.id)  stale: the app's own, and no definition names it (--prune deletes it)"
      }
    return [plan.summary] + (body.isEmpty ? [] : body + [plan.summary])
  }

  private static func block(_ mark: String, _ subscription: Subscription) -> [String] {
    let endpoint = subscription.endpoint
    return [
      "\(mark) \(subscription.name.id)", "      topic     \(subscription.topic.split(separator: "/").last ?? "-")",
      "      endpoint  \(endpoint.isEmpty ? "(pull)" : SecretMask.url(endpoint))",
    ] + (subscription.filter.isEmpty ? [] : ["      filter    \(subscription.filter)"])
  }

  private static func block(_ update: SubscriptionPlan.Update) -> [String] {
    let shown = update.changes.map(masked)
    let width = shown.map(\.field.count).max() ?? 0
    return ["[~] \(update.before.name.id)"]
      + shown.map { change in
        let field = change.field.padding(toLength: width, withPad: " ", startingAt: 0)
        return "      \(field)  \(change.before?.compact ?? "(none)") -> \(change.after?.compact ?? "(none)")"
      }
  }
}
