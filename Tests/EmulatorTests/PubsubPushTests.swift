import CloudModel
import Foundation
import Testing
import Transport

@testable import Emulator

private let refused = Outcome.answered(500, retryAfter: nil)

@Suite struct `Pushing` {
  @Test func `a push has the captured body`() throws {
    let bench = try Bench.withSubscription(Bench.push)
    try bench.publish("hi", attributes: ["k": "v"], key: "a")
    let request = try bench.onlyDue().request
    #expect(request.method == "POST")
    #expect(request.url == "http://worker.test/push")
    #expect(request.timeout == .seconds(10))
    #expect(request.headers["Content-Type"] == "application/json")
    #expect(
      try JSON(parsing: #require(request.body)) == [
        "message": [
          "data": "aGk=", "attributes": ["k": "v"], "messageId": "1", "message_id": "1",
          "publishTime": "2026-01-02T03:04:05.250Z", "publish_time": "2026-01-02T03:04:05.250Z", "orderingKey": "a",
        ], "subscription": "projects/acme/subscriptions/mail",
      ])
  }

  @Test func `attributes and data are there even when empty`() throws {
    let bench = try Bench.withSubscription(Bench.push)
    try bench.publish("hi")
    try bench.ok("POST", Bench.topic + ":publish", ["messages": [["attributes": ["k": "v"]]]])
    let messages = try bench.due().map { order -> JSON? in
      guard case .send(let request) = bench.state.dispatch(order) else { throw Bench.Surprise() }
      return try JSON(parsing: #require(request.body))["message"]
    }
    #expect(messages.map { $0?["attributes"] } == [[:], ["k": "v"]])
    #expect(messages.map { $0?["data"] } == ["aGk=", ""])
  }

  @Test func `without a wrapper the data is the body`() throws {
    let bench = try Bench.withSubscription([
      "pushConfig": ["pushEndpoint": "http://worker.test/push", "noWrapper": ["writeMetadata": true]]
    ])
    try bench.publish("hi", attributes: ["k": "v", "host": "evil", "x": "a\r\nb: c", "bad name": "x"], key: "a")
    let request = try bench.onlyDue().request
    #expect(request.body == Data("hi".utf8))
    #expect(request.headers["x-goog-pubsub-subscription-name"] == "projects/acme/subscriptions/mail")
    #expect(request.headers["x-goog-pubsub-message-id"] == "1")
    #expect(request.headers["x-goog-pubsub-publish-time"] == "2026-01-02T03:04:05.250Z")
    #expect(request.headers["x-goog-ordering-key"] == "a")
    #expect(request.headers["k"] == "v")
    for name in ["host", "x", "bad name"] { #expect(request.headers[name] == nil) }
  }

  @Test func `without metadata there are no such headers`() throws {
    let bench = try Bench.withSubscription([
      "pushConfig": ["pushEndpoint": "http://worker.test/push", "noWrapper": [:]]
    ])
    try bench.publish("hi", attributes: ["k": "v"])
    let request = try bench.onlyDue().request
    #expect(request.body == Data("hi".utf8))
    #expect(request.headers["k"] == nil)
    #expect(request.headers["x-goog-pubsub-message-id"] == nil)
  }

  @Test(arguments: [102, 200, 201, 202, 204])
  func `an answer that acknowledges ends it`(_ status: Int) throws {
    let bench = try Bench.withSubscription(Bench.push)
    try bench.publish("hi")
    #expect(bench.answerDue(.answered(status, retryAfter: nil)) == 1)
    bench.advance(.seconds(3600))
    #expect(bench.due().isEmpty)
  }

  @Test(
    arguments: [
      .answered(203, retryAfter: nil), .answered(302, retryAfter: nil), .answered(404, retryAfter: nil),
      .answered(503, retryAfter: nil), .timedOut, .unanswered("refused"),
    ] as [Outcome])
  func `any other answer brings the message back`(_ outcome: Outcome) throws {
    let bench = try Bench.withSubscription(Bench.push)
    try bench.publish("hi")
    #expect(bench.answerDue(outcome) == 1)
    bench.advance(.seconds(60))
    #expect(bench.answerDue() == 1)
  }

  @Test(arguments: [[:], ["retryPolicy": ["minimumBackoff": "0s"]]] as [JSONObject])
  func `an endpoint that refuses is given a growing rest`(_ members: JSONObject) throws {
    var wish = members
    wish.merge(Bench.push.object ?? [:])
    let bench = try Bench.withSubscription(.object(wish))
    try bench.publish("hi")
    var rests: [Int64] = []
    for _ in 0..<11 {
      #expect(bench.answerDue(refused) == 1)
      let wake = try #require(bench.state.nextWake)
      rests.append((wake - bench.now).microseconds / 1000)
      bench.now = wake
    }
    #expect(rests == [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000])
  }

  @Test func `with a retry policy each message waits for itself`() throws {
    let bench = try Bench.withSubscription([
      "pushConfig": ["pushEndpoint": "http://worker.test/push"], "retryPolicy": ["minimumBackoff": "10s"],
    ])
    try bench.publish("one")
    #expect(bench.answerDue(refused) == 1)
    try bench.publish("two")
    #expect(bench.answerDue() == 1)
    bench.advance(.seconds(10))
    #expect(bench.answerDue() == 1)
  }

  @Test func `the delivery attempt is told where there is a dead-letter policy`() throws {
    let bench = Bench()
    try bench.ok("PUT", Bench.topic)
    try bench.subscribe(
      "mail",
      [
        "pushConfig": ["pushEndpoint": "http://worker.test/push"],
        "deadLetterPolicy": ["deadLetterTopic": "projects/acme/topics/orders"], "retryPolicy": [:],
      ])
    try bench.publish("hi")
    bench.answerDue(refused)
    bench.advance(.seconds(10))
    let body = try JSON(parsing: #require(try bench.onlyDue().request.body))
    #expect(body["deliveryAttempt"] == 2)
  }

  @Test func `the signing key is made before the first push needs it`() throws {
    let push: JSON = ["pushEndpoint": "http://a.test", "oidcToken": ["serviceAccountEmail": "a@b"]]
    for change in ["PUT", "PATCH", "POST"] {
      let bench = Bench()
      try bench.ok("PUT", "/v1/projects/acme/topics/top", [:])
      let one = "/v1/projects/acme/subscriptions/sub"
      try bench.ok("PUT", one, ["topic": "projects/acme/topics/top", "pushConfig": change == "PUT" ? push : [:]])
      #expect(bench.state.needsKey == (change == "PUT"))
      if change == "PATCH" {
        try bench.ok("PATCH", one, ["subscription": ["pushConfig": push], "updateMask": "pushConfig"])
      }
      if change == "POST" { try bench.ok("POST", one + ":modifyPushConfig", ["pushConfig": push]) }
      #expect(bench.state.needsKey)
    }
  }

  @Test func `no more than a hundred are on their way at once`() throws {
    let bench = try Bench.withSubscription(Bench.push)
    for _ in 0..<150 { try bench.publish("hi") }
    let orders = bench.due()
    #expect(orders.count == 100)
    bench.state.finish(orders[0], .answered(200, retryAfter: nil), at: bench.now)
    #expect(bench.due().count == 1)
  }

  @Test func `a push subscription can become a pull one, and back`() throws {
    let bench = try Bench.withSubscription(Bench.push)
    #expect(bench.refusal("POST", Bench.subscription + ":pull", ["maxMessages": 1]).hasPrefix("FAILED_PRECONDITION"))
    try bench.ok("POST", Bench.subscription + ":modifyPushConfig", ["pushConfig": [:]])
    try bench.publish("hi")
    #expect(bench.due().isEmpty)
    #expect(try bench.pull(1).count == 1)
    try bench.ok("POST", Bench.subscription + ":modifyPushConfig", Bench.push)
    bench.advance(.seconds(10))
    #expect(bench.answerDue() == 1)
  }

  @Test func `the end of a push to a subscription that is gone is passed over`() throws {
    let bench = try Bench.withSubscription(Bench.push)
    try bench.publish("hi")
    let order = try bench.onlyDue().order
    try bench.ok("DELETE", Bench.subscription)
    try bench.subscribe("mail", Bench.push)
    bench.state.finish(order, refused, at: bench.now)
    #expect(bench.due().isEmpty)
    #expect(bench.state.dispatch(order) == nil)
  }
}

@Suite struct `Jobs that publish` {
  private static func bench(_ topic: String) throws -> Bench {
    let bench = try Bench.withSubscription()
    let target: JSON = [
      "topicName": .string("projects/acme/topics/\(topic)"), "data": "aGk=", "attributes": ["k": "v"],
    ]
    try bench.ok(
      "POST", Bench.jobs,
      ["name": "projects/acme/locations/us-central1/jobs/j", "schedule": "* * * * *", "pubsubTarget": target])
    bench.now = try #require(bench.state.nextWake)
    let order = try #require(bench.due().first)
    guard case .end(let outcome) = bench.state.dispatch(order) else { throw Bench.Surprise() }
    bench.state.finish(order, outcome, at: bench.now)
    return bench
  }

  @Test func `a run publishes data and attributes`() throws {
    let bench = try Self.bench("orders")
    let message = try #require(try bench.pull().first)
    #expect(message.text == "hi")
    #expect(message.attributes == ["k": "v"])
    #expect(try bench.ok("GET", Bench.jobs + "/j")["status"] == [:])
  }

  @Test func `a run without its topic ends NOT_FOUND`() throws {
    let bench = try Self.bench("none")
    #expect(try bench.ok("GET", Bench.jobs + "/j")["status"] == ["code": 5])
    #expect(try bench.texts() == [])
  }
}
