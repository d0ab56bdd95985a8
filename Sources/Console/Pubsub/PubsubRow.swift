// Pub/Sub as a table: a line for each subscription, and one for each topic that nobody reads.

import CloudModel
import Foundation
import Terminal

/// A subscription with its topic, or a topic without one.
package struct PubsubRow: Equatable, Sendable {
  package let id: String
  package let topic: String
  package let subscription: Subscription?
  package let name: String
  package let kind: String
  package let taskClass: String
  package let endpoint: String
  package let deadLetters: String
  package let filter: String
  /// Its topic was deleted, or it was detached: nothing arrives any more.
  package let isFailing: Bool

  package init(_ subscription: Subscription) {
    self.subscription = subscription
    id = subscription.name.description
    name = sanitised(subscription.name.id)
    topic = sanitised(Self.last(subscription.topic))
    isFailing = subscription.topic == TopicName.deleted || subscription.isDetached
    kind = subscription.isDetached ? "detached" : subscription.isPush ? "push" : "pull"
    taskClass = sanitised(subscription.taskClass ?? "-")
    endpoint = sanitised(subscription.pushConfig?.endpoint ?? "")
    deadLetters =
      subscription.deadLetterPolicy.map { sanitised("\(Self.last($0.topic)) after \($0.maxDeliveryAttempts)") } ?? "-"
    filter = subscription.filter.isEmpty ? "-" : sanitised(subscription.filter)
  }

  /// A topic that has no subscription: what is published to it is lost.
  package init(unread topic: Topic) {
    subscription = nil
    id = topic.name.description
    self.topic = sanitised(topic.name.id)
    (name, kind, taskClass, endpoint, deadLetters, filter) = ("-", "unread", "-", "", "-", "-")
    isFailing = false
  }

  /// Topics and subscriptions together.
  package static func rows(_ topics: [Topic], _ subscriptions: [Subscription]) -> [PubsubRow] {
    let read = Set(subscriptions.map(\.topic))
    return subscriptions.map { PubsubRow($0) }
      + topics.filter { !read.contains($0.name.description) }.map { PubsubRow(unread: $0) }
  }

  private static func last(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }
}

extension PubsubRow: TableRow {
  static let columns: [Column<PubsubRow>] = [
    Column(
      "TOPIC", width: .flexible(18), rank: 0, sort: .text { $0.topic }, search: { $0.topic },
      cell: { row, _ in CellText(row.topic, row.isFailing ? .danger : .accent) }),
    Column(
      "SUBSCRIPTION", width: .flexible(20), rank: 0, sort: .text { $0.name }, search: { $0.name },
      cell: { row, _ in CellText(row.name, row.subscription == nil ? .dim : .text) }),
    Column(
      "KIND", width: .fixed(9), rank: 1, sort: .text { $0.kind }, search: { $0.kind },
      cell: { row, _ in
        switch row.kind {
        case "detached": CellText("✗ detached", .danger)
        case "unread": CellText("unread", .warning)
        default: CellText(row.kind)
        }
      }),
    Column(
      "CLASS", width: .flexible(12), rank: 2, sort: .text { $0.taskClass }, search: { $0.taskClass },
      cell: { row, _ in CellText(row.taskClass, row.taskClass == "-" ? .dim : .text) }),
    Column(
      "DEAD LETTERS", width: .flexible(12), rank: 3, sort: .text { $0.deadLetters }, search: { $0.deadLetters },
      cell: { row, _ in CellText(row.deadLetters, row.deadLetters == "-" ? .dim : .text) }),
    Column(
      "FILTER", width: .flexible(8), rank: 5, sort: .text { $0.filter }, search: { $0.filter },
      cell: { row, _ in CellText(row.filter, row.filter == "-" ? .dim : .text) }),
    Column(
      "ENDPOINT", width: .flexible(16), rank: 4, sort: .text { $0.endpoint }, search: { $0.endpoint },
      cell: { row, _ in CellText(row.endpoint.isEmpty ? "-" : row.endpoint, .dim) }),
  ]
}
