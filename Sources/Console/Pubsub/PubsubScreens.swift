// The table of topics and subscriptions, and the page about one.

import CloudModel
import Foundation
import Terminal

struct PubsubScreen: TableScreen {
  var table: WritableKeyPath<ConsoleState, TableModel<PubsubRow>> & Sendable { \.pubsub }
  var tab: Tab { .pubsub }
  var lane: Lane { .pubsub }
  var noun: String { "row" }
  var failingWord: String { "get nothing" }
  var scopes: [Scope] { [.table, .pubsub, .changing] }

  func crumbs(_ state: ConsoleState) -> [String] { ["Pub/Sub"] }
  func loading(_ state: ConsoleState) -> String { "topics and subscriptions of \(state.context.project)" }

  func emptyWords(_ state: ConsoleState) -> (title: String, sentence: String) {
    let offer = state.offer(.createTopic, "creates one")
    return ("No topics.", "\(state.context.project) has no topics and no subscriptions.\(offer)")
  }

  func copies(_ state: ConsoleState) -> [Copy] {
    state.pubsub.current.map { pubsubCopies($0, state) + rowCopies(state) } ?? []
  }

  func preview(_ state: ConsoleState) -> Document? { state.pubsub.current.map { Document($0) } }

  func opened(_ state: ConsoleState) -> OpenedPage? {
    state.pubsub.current.map {
      OpenedPage(screen: Screen(PubsubPage(id: $0.id)), document: Document($0), at: shownAt(state))
    }
  }
}

/// Made of the row: the list tells all there is.
struct PubsubPage: PageScreen {
  /// The full resource name.
  let id: String

  var tab: Tab { .pubsub }
  var before: Screen? { Screen(PubsubScreen()) }
  var scopes: [Scope] { [.page, .pubsub, .changing] }
  func crumbs(_ state: ConsoleState) -> [String] { ["Pub/Sub", id.split(separator: "/").last.map(String.init) ?? id] }
  func lanes(_ state: ConsoleState) -> [Lane] { [.pubsub] }

  func copies(_ state: ConsoleState) -> [Copy] {
    state.pubsub.rows.first { $0.id == id }.map { pubsubCopies($0, state) } ?? []
  }

  func document(_ state: ConsoleState) -> Dated<Document>? {
    guard let latest = state.pubsub.content.latest, let row = state.pubsub.rows.first(where: { $0.id == id }) else {
      return nil
    }
    return Dated(Document(row), at: latest.at)
  }
}

/// Of a subscription, or of a topic that nobody reads.
private func pubsubCopies(_ row: PubsubRow, _ state: ConsoleState) -> [Copy] {
  let commands = EquivalentCommands(context: state.context)
  var copies = [
    Copy(title: "ID", text: String(row.id.split(separator: "/").last ?? "")), Copy(title: "full name", text: row.id),
  ]
  if let subscription = row.subscription { return copies + commands.subscription(subscription.name) }
  do { copies += commands.topic(try TopicName(row.id)) } catch { return copies }
  return copies
}

extension Lane {
  /// Lists of Pub/Sub have a quota of their own; a quarter of the budget is a pace, not a need.
  static let pubsub = Lane(name: "pubsub", share: 0.25, isUnasked: { $0.pubsub.content.isUnasked }) {
    state, generation in
    state.pubsub.ask()
    return .loadPubsub(generation)
  }
}

extension Tab {
  static let pubsub = Tab(
    5, "Pub/Sub", "pubsub", help: "Show topics and their subscriptions.", command: ["subscriptions", "list"]
  ) { Screen(PubsubScreen()) }
}

extension Document {
  /// The page of a subscription, or of a topic that nobody reads.
  init(_ row: PubsubRow) {
    guard let subscription = row.subscription else {
      self.init(
        title: row.topic,
        sections: [
          Section(
            "Topic",
            lines: [
              .field("name", sanitised(row.id), .dim),
              .note("No subscription reads it: what is published to it is lost.", .warning),
            ])
        ])
      return
    }
    self.init(
      title: row.name,
      sections: [Self.overview(row, subscription), Self.delivery(subscription), Self.push(subscription)].compactMap(
        \.self), raw: subscription.json)
  }

  private static func overview(_ row: PubsubRow, _ subscription: Subscription) -> Section {
    var lines: [Line] = [.field("topic", row.topic, row.isFailing ? .danger : .accent), .field("kind", row.kind)]
    if subscription.topic == TopicName.deleted {
      lines.append(.note("Its topic was deleted: nothing arrives, not even from a new topic of that name.", .danger))
    }
    if row.taskClass != "-" { lines.append(.field("class", row.taskClass)) }
    lines += [
      .field("state", sanitised(subscription.state?.rawValue.lowercased() ?? "-")), .field("filter", row.filter),
      .field("name", sanitised(row.id), .dim),
    ]
    return Section("Subscription", lines: lines)
  }

  private static func delivery(_ subscription: Subscription) -> Section {
    let retry = subscription.retryPolicy
    return Section(
      "Delivery",
      lines: [
        .field("acknowledge in", subscription.ackDeadlineSeconds.map { "\($0) s" } ?? "-"),
        .field("backoff", retry.map { "\(duration($0.minimumBackoff)) to \(duration($0.maximumBackoff))" } ?? "none"),
        .field(
          "dead letters",
          subscription.deadLetterPolicy.map {
            sanitised("to \($0.topic) after \($0.maxDeliveryAttempts) deliveries")
          } ?? "none: it is delivered until it is acknowledged or expires"),
        .field("kept for", duration(subscription.messageRetentionDuration)),
        .field("expires", expiration(subscription.expirationPolicy)),
        .field("in order", subscription.isOrdered ? "yes" : "no"),
        .field("exactly once", subscription.isExactlyOnce ? "yes" : "no"),
      ])
  }

  private static func expiration(_ policy: ExpirationPolicy?) -> String {
    switch policy {
    case .never?: "never"
    case .after(let span)?: "after \(duration(span)) without a reader"
    case nil: "-"
    }
  }

  private static func push(_ subscription: Subscription) -> Section? {
    guard let push = subscription.pushConfig, subscription.isPush else { return nil }
    return Section(
      "Push",
      lines: [.field("endpoint", sanitised(push.endpoint))] + Payload.authorization(push.authorization)
        + push.attributes.map { .field(sanitised($0.name), sanitised($0.value)) })
  }
}
