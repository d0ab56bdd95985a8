// Topics and subscriptions, in the user's keys.

import CloudModel
import Console
import Foundation
import Terminal
import Testing

@Suite struct `The Pub/Sub tab` {
  private func subscription(_ id: String, topic: String, endpoint: String = "") throws -> Subscription {
    var subscription = Subscription(name: try SubscriptionName(project: "acme", id: id))
    subscription.topic = topic.hasPrefix("_") ? topic : "projects/acme/topics/\(topic)"
    if !endpoint.isEmpty {
      var push = PushConfig()
      push.endpoint = endpoint
      subscription.pushConfig = push
    }
    return subscription
  }

  private func topic(_ id: String) throws -> Topic { Topic(name: try TopicName(project: "acme", id: id)) }

  private func stage(_ size: Size = Size(columns: 120, rows: 36)) throws -> Stage {
    var stage = Stage(size)
    stage.press("5")
    let generation = try #require(
      stage.history.compactMap { if case .loadPubsub(let generation) = $0 { generation } else { nil } }.last)
    let rows = PubsubRow.rows(
      [try topic("orders"), try topic("unheard")],
      [
        try subscription("shop--Reader", topic: "orders", endpoint: "https://shop.example.com/subscriptions/Reader"),
        try subscription("shop--Pull", topic: "orders"), try subscription("orphan", topic: "_deleted-topic_"),
      ])
    stage.send(.pubsub(generation, .success(Listing(rows: rows, calls: 2))))
    return stage
  }

  @Test func `each subscription has a line with its topic and the class it is pushed to`() throws {
    let stage = try stage()
    let line = try #require(stage.line("shop--Reader"))
    for text in ["orders", "push", "Reader"] { #expect(line.contains(text)) }
    #expect(try #require(stage.line("shop--Pull")).contains("pull"))
  }

  @Test func `a topic that nobody reads and a subscription that gets nothing are told apart from the rest`() throws {
    let stage = try stage()
    #expect(try #require(stage.line("unheard")).contains("unread"))
    #expect(stage.line("_deleted-topic_")?.contains("orphan") == true)
    #expect(stage.shows("✗ 1 of 4 rows get nothing"))
  }

  @Test func `Enter opens the page of a subscription, and Esc comes back to the same row`() throws {
    var stage = try stage(Size(columns: 80, rows: 24))
    stage.press("/")
    stage.type("reader")
    stage.press("Enter", "Enter")
    #expect(stage.shows("https://shop.example.com/subscriptions/Reader"))
    #expect(stage.shows("Delivery"))
    stage.press("Esc")
    #expect(stage.cursorLine.contains("shop--Reader"))
  }

  @Test func `names from outside cannot reach the terminal`() throws {
    var hostile = try subscription("evil", topic: "orders", endpoint: "https://x/\u{1B}]0;owned\u{7}")
    hostile.filter = "a\u{202E}b"
    let row = PubsubRow(hostile)
    for text in [row.endpoint, row.filter, row.taskClass] {
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
    }
  }
}
