// Messages that wait in a pull subscription. They are asked for once, and again only with `r`: each time counts as a
// delivery, and a message that is delivered too often goes to the dead letters.

import CloudModel
import Foundation
import Terminal

struct MessagesPage: PageScreen {
  let name: SubscriptionName

  var tab: Tab { .pubsub }
  var before: Screen? { Screen(PubsubPage(id: name.description)) }
  var scopes: [Scope] { [.page] }
  func crumbs(_ state: ConsoleState) -> [String] { ["Pub/Sub", sanitised(name.id), "messages"] }
  func lanes(_ state: ConsoleState) -> [Lane] { [.messages] }
}

extension Lane {
  static let messages = Lane(name: "messages", share: nil, isUnasked: { $0.page.content.isUnasked }) {
    state, generation in
    guard let page = state.screen.as(MessagesPage.self) else { return nil }
    state.page.content = state.page.content.asking
    return .pullMessages(page.name, generation)
  }
}

extension ConsoleState {
  mutating func take(messages answer: Result<Document, Failure>, _ generation: Generation) {
    guard awaits(generation, .messages), screen.as(MessagesPage.self) != nil else { return }
    take(page: answer, .messages)
    lanes[.messages]?.due = .distantFuture
  }
}

extension Document {
  /// As many as one call gives; they stay in the subscription.
  package init(_ messages: [ReceivedMessage], of name: SubscriptionName, deadline: Int?) {
    let seconds = deadline.map { "\($0) s" } ?? "its deadline"
    let note: Line =
      messages.isEmpty
      ? .note("No message waits, or all of them have been handed out lately.")
      : .note("They stay: the subscription hands them out again after \(seconds). \(Self.countNote)", .info)
    let title = "Messages of \(sanitised(name.id))"
    self.init(
      title: title,
      sections: [Section("\(title): \(Words.count(messages.count))", lines: [note])] + messages.map(Self.section))
  }

  private static let countNote = "This counted as a delivery; r looks again."

  private static func section(_ received: ReceivedMessage) -> Section {
    let message = received.message
    var lines: [Line] = [.moment("published", message.publishTime?.date)]
    if let tries = received.deliveryAttempt { lines.append(.field("deliveries", Words.count(tries))) }
    if !message.orderingKey.isEmpty { lines.append(.field("ordering key", sanitised(message.orderingKey))) }
    lines += message.attributes.map { .field(sanitised($0.name), sanitised($0.value)) }
    let data = message.data ?? Data(message.encodedData.utf8)
    if data.isEmpty { return Section("Message \(sanitised(message.id))", lines: lines + [.note("It has no data.")]) }
    let (kind, text) = Payload.plain(data)
    lines.append(.field("data", "\(kind), \(Words.bytes(data.count))"))
    return Section("Message \(sanitised(message.id))", lines: lines + text)
  }
}
