import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

@Suite struct `Pulling` {
  @Test func `a message is pulled as it was published`() throws {
    let bench = try Bench.withSubscription()
    try bench.ok("POST", Bench.topic + ":publish", ["messages": [["data": "a-_8", "attributes": ["k": "v"]]]])
    let answer = try bench.ok("POST", Bench.subscription + ":pull", ["maxMessages": 1])
    #expect(
      answer["receivedMessages"]?[0]?["message"] == [
        "data": "a+/8", "attributes": ["k": "v"], "messageId": "1", "publishTime": "2026-01-02T03:04:05.250Z",
      ])
    #expect(answer["receivedMessages"]?[0]?["deliveryAttempt"] == nil)
  }

  @Test func `every subscription gets every message from its creation on`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    try bench.subscribe("late")
    try bench.publish("two")
    #expect(try bench.texts() == ["one", "two"])
    #expect(try bench.texts(from: Bench.subscriptions + "/late") == ["two"])
  }

  @Test func `what is acknowledged does not come back`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    try bench.publish("two")
    let messages = try bench.pull()
    #expect(try bench.texts() == [])
    try bench.acknowledge(messages[0])
    bench.advance(.seconds(10))
    #expect(try bench.texts() == ["two"])
  }

  @Test func `a redelivery has a new ID, and the old one has lost its meaning`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    let first = try bench.pull()[0]
    bench.advance(.seconds(10))
    let second = try bench.pull()[0]
    #expect(second.ackID != first.ackID)
    try bench.acknowledge(first)
    try bench.modifyDeadline(first, 0)
    #expect(try bench.texts() == [])
    bench.advance(.seconds(10))
    #expect(try bench.texts() == ["one"])
  }

  @Test func `a late acknowledgement counts until the message is delivered again`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    let first = try bench.pull()[0]
    bench.advance(.seconds(11))
    try bench.acknowledge(first)
    #expect(try bench.texts() == [])
  }

  @Test func `a late acknowledgement is an error with exactly-once delivery`() throws {
    let bench = try Bench.withSubscription(["enableExactlyOnceDelivery": true])
    try bench.publish("one")
    let first = try bench.pull()[0]
    bench.advance(.seconds(11))
    let words = bench.refusal("POST", Bench.subscription + ":acknowledge", ["ackIds": [.string(first.ackID)]])
    #expect(words.hasPrefix("INVALID_ARGUMENT: Some acknowledgement ids in the request were invalid."))
    #expect(try bench.texts() == ["one"])
  }

  @Test func `a deadline can be made longer`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    let first = try bench.pull()[0]
    try bench.modifyDeadline(first, 60)
    bench.advance(.seconds(59))
    #expect(try bench.texts() == [])
    bench.advance(.seconds(1))
    #expect(try bench.texts() == ["one"])
  }

  @Test func `a negative acknowledgement brings the message back at once`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    try bench.modifyDeadline(try bench.pull()[0], 0)
    #expect(try bench.texts() == ["one"])
  }

  @Test func `with a retry policy it comes back later each time`() throws {
    let bench = try Bench.withSubscription([
      "retryPolicy": ["minimumBackoff": "10s", "maximumBackoff": "30s"]
    ])
    try bench.publish("one")
    var waits: [Int] = []
    for _ in 0..<4 {
      try bench.modifyDeadline(try #require(try bench.pull().first), 0)
      var seconds = 0
      while try bench.state.pubsub.subscription(SubscriptionName("projects/acme/subscriptions/mail"))?
        .nextEvent(at: bench.now).map({ $0 > bench.now + .seconds(seconds) }) == true
      {
        seconds += 1
      }
      bench.advance(.seconds(seconds - 1))
      #expect(try bench.texts() == [])
      bench.advance(.seconds(1))
      waits.append(seconds)
    }
    #expect(waits == [10, 20, 30, 30])
  }

  @Test func `the ID of another subscription is refused`() throws {
    let bench = try Bench.withSubscription()
    try bench.subscribe("other")
    try bench.publish("one")
    let foreign = try bench.pull(from: Bench.subscriptions + "/other")[0]
    #expect(
      bench.refusal("POST", Bench.subscription + ":acknowledge", ["ackIds": [.string(foreign.ackID)]])
        == "INVALID_ARGUMENT: You have passed a subscription that does not belong to the given ack ID "
        + "(resource=projects/acme/subscriptions/mail).")
  }

  @Test func `a filter leaves messages out`() throws {
    let bench = try Bench.withSubscription(["filter": "attributes.kind = \"paid\""])
    try bench.publish("one", attributes: ["kind": "paid"])
    try bench.publish("two", attributes: ["kind": "sent"])
    try bench.publish("three")
    #expect(try bench.texts() == ["one"])
  }

  @Test func `what nobody fetches in time is forgotten`() throws {
    let bench = try Bench.withSubscription(["messageRetentionDuration": "600s"])
    try bench.publish("old")
    bench.advance(.seconds(300))
    try bench.publish("new")
    bench.advance(.seconds(300))
    #expect(try bench.texts() == ["new"])
  }

  @Test func `a subscription that nobody uses is deleted`() throws {
    let bench = try Bench.withSubscription(["expirationPolicy": ["ttl": "86400s"]])
    bench.advance(.seconds(86000))
    #expect(try bench.texts() == [])
    bench.advance(.seconds(86399))
    _ = bench.due()
    #expect(bench.call("GET", Bench.subscription).status == 200)
    bench.advance(.seconds(1))
    _ = bench.due()
    #expect(bench.call("GET", Bench.subscription).status == 404)
    #expect(try bench.ok("GET", Bench.topic + "/subscriptions") == [:])
  }

  @Test func `a seek to now empties the backlog`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("one")
    bench.advance(.seconds(1))
    try bench.ok("POST", Bench.subscription + ":seek", ["time": .string(bench.now.text)])
    try bench.publish("two")
    #expect(try bench.texts() == ["two"])
  }

  @Test func `a pull waits for the first message`() throws {
    let bench = try Bench.withSubscription()
    try bench.ok("POST", Bench.subscription + ":pull", ["maxMessages": 5])
    let id = try #require(bench.state.pubsub.takeUnansweredPull())
    #expect(bench.due().isEmpty && bench.state.pubsub.takeAnsweredPulls().isEmpty)
    try bench.publish("one")
    #expect(bench.due().isEmpty)
    let answers = bench.state.pubsub.takeAnsweredPulls()
    #expect(answers.map(\.id) == [id])
    #expect(answers.first?.messages.count == 1)
  }

  @Test func `a pull that waits in vain ends empty after ten seconds`() throws {
    let bench = try Bench.withSubscription()
    try bench.ok("POST", Bench.subscription + ":pull", ["maxMessages": 5])
    bench.advance(.seconds(9))
    #expect(bench.due().isEmpty && bench.state.pubsub.takeAnsweredPulls().isEmpty)
    bench.advance(.seconds(1))
    _ = bench.due()
    #expect(bench.state.pubsub.takeAnsweredPulls().map(\.messages) == [[]])
  }

  @Test func `a backlog beyond the limit refuses more until there is room`() throws {
    let state = PubsubState(largestBacklog: 10_000)
    let (topic, name) = (
      try TopicName("projects/p/topics/orders"), try SubscriptionName("projects/p/subscriptions/mail")
    )
    let now = Moment(microseconds: 0)
    _ = try state.createTopic(topic, [:])
    let message: JSONObject = ["data": .string(Data(count: 1000).base64EncodedString())]
    func publish(_ count: Int) throws -> Int {
      try state.publish(Array(repeating: message, count: count), to: topic, at: now).count
    }
    // Nobody keeps these.
    #expect(try publish(100) == 100)
    let subscription = try state.createSubscription(name, topic: topic, try SubscriptionSettings([:]), at: now)
    for _ in 0..<8 { #expect(try publish(1) == 1) }
    #expect(throws: Refusal.backlogFull(bytes: 10_000)) { try publish(1) }
    state.delete(subscription)
    #expect(try publish(1) == 1)
  }
}

@Suite struct `Dead letters` {
  private static func bench() throws -> Bench {
    let bench = Bench()
    try bench.ok("PUT", Bench.topic)
    try bench.ok("PUT", Bench.topics + "/dead")
    try bench.subscribe(
      "mail", ["deadLetterPolicy": ["deadLetterTopic": "projects/acme/topics/dead", "maxDeliveryAttempts": 5]])
    try bench.subscribe("graveyard", ["topic": "projects/acme/topics/dead"])
    return bench
  }

  private static let graveyard = Bench.subscriptions + "/graveyard"

  @Test func `after its last attempt a message goes to the dead-letter topic`() throws {
    let bench = try Self.bench()
    let id = try bench.publish("one", attributes: ["k": "v"])
    for attempt in 1...5 {
      let message = try #require(try bench.pull().first)
      #expect(message.attempt == attempt)
      try bench.modifyDeadline(message, 0)
    }
    #expect(try bench.texts() == [])
    let dead = try #require(try bench.pull(from: Self.graveyard).first)
    #expect(dead.text == "one")
    #expect(
      dead.attributes == [
        "k": "v", "CloudPubSubDeadLetterSourceDeliveryCount": "5", "CloudPubSubDeadLetterSourceSubscription": "mail",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "acme",
        "CloudPubSubDeadLetterSourceTopicPublishTime": "2026-01-02T03:04:05.250Z",
      ])
    #expect(id == "1")
  }

  @Test func `an expired deadline is an attempt too`() throws {
    let bench = try Self.bench()
    try bench.publish("one")
    for _ in 1...5 {
      #expect(try bench.texts() == ["one"])
      bench.advance(.seconds(10))
    }
    #expect(try bench.texts() == [])
    #expect(try bench.texts(from: Self.graveyard) == ["one"])
  }

  @Test func `without its topic the message stays`() throws {
    let bench = try Self.bench()
    try bench.ok("DELETE", Bench.topics + "/dead")
    try bench.publish("one")
    for _ in 1...7 { try bench.modifyDeadline(try #require(try bench.pull().first), 0) }
    #expect(try bench.pull().first?.attempt == 8)
  }
}

@Suite struct `Ordering keys` {
  private static func bench() throws -> Bench {
    let bench = try Bench.withSubscription(["enableMessageOrdering": true])
    for text in ["a1", "b1", "a2", "a3", "b2"] { try bench.publish(text, key: String(text.prefix(1))) }
    return bench
  }

  @Test func `messages of a key come in order, and none while one of them is out`() throws {
    let bench = try Self.bench()
    let first = try bench.pull(1)[0]
    #expect(first.text == "a1")
    #expect(try bench.texts() == ["b1", "b2"])
    try bench.acknowledge(first)
    #expect(try bench.texts() == ["a2", "a3"])
  }

  @Test func `a message that comes back brings those after it along`() throws {
    let bench = try Self.bench()
    let all = try bench.pull()
    #expect(all.map(\.text) == ["a1", "a2", "a3", "b1", "b2"])
    try bench.modifyDeadline(all[0], 0)
    try bench.acknowledge(all[1])
    #expect(try bench.texts() == ["a1", "a2", "a3"])
  }

  @Test func `messages of one request share their key`() throws {
    let bench = try Self.bench()
    let messages: JSON = [["data": "YQ==", "orderingKey": "a"], ["data": "Yg==", "orderingKey": "b"]]
    #expect(
      bench.refusal("POST", Bench.topic + ":publish", ["messages": messages]).hasPrefix("INVALID_ARGUMENT: "))
  }

  @Test func `a backoff holds back its whole key and nothing else`() throws {
    let bench = try Bench.withSubscription(["enableMessageOrdering": true, "retryPolicy": [:]])
    for text in ["a1", "b1", "a2"] { try bench.publish(text, key: String(text.prefix(1))) }
    try bench.modifyDeadline(try bench.pull(1)[0], 0)
    #expect(try bench.texts() == ["b1"])
    bench.advance(.seconds(10))
    #expect(try bench.texts().prefix(2) == ["a1", "a2"])
  }

  @Test func `pushes of a key go one by one`() throws {
    let bench = try Bench.withSubscription([
      "enableMessageOrdering": true, "pushConfig": ["pushEndpoint": "http://worker.test/push"],
    ])
    for text in ["a1", "a2", "b1"] { try bench.publish(text, key: String(text.prefix(1))) }
    let orders = bench.due()
    #expect(orders.count == 2)
    bench.state.finish(orders[0], .answered(204, retryAfter: nil), at: bench.now)
    #expect(bench.due().count == 1)
  }
}
