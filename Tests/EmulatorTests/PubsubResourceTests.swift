import CloudModel
import Testing

@testable import Emulator

@Suite struct `Topics and subscriptions` {
  @Test func `a topic is created, shown, changed and deleted`() throws {
    let bench = Bench()
    let name: JSON = "projects/acme/topics/orders"
    #expect(try bench.ok("PUT", Bench.topic, ["labels": ["team": "a"]]) == ["name": name, "labels": ["team": "a"]])
    let change: JSON = [
      "topic": ["name": name, "labels": ["team": "b"], "messageRetentionDuration": "600s"], "updateMask": "labels",
    ]
    #expect(try bench.ok("PATCH", Bench.topic, change) == ["name": name, "labels": ["team": "b"]])
    #expect(try bench.ok("GET", Bench.topic)["labels"] == ["team": "b"])
    #expect(try bench.ok("DELETE", Bench.topic) == [:])
    #expect(bench.refusal("GET", Bench.topic) == "NOT_FOUND: Resource not found (resource=orders).")
  }

  @Test func `a subscription has the service's defaults`() throws {
    let bench = try Bench.withSubscription()
    #expect(
      try bench.ok("GET", Bench.subscription) == [
        "name": "projects/acme/subscriptions/mail", "topic": "projects/acme/topics/orders", "ackDeadlineSeconds": 10,
        "messageRetentionDuration": "604800s", "expirationPolicy": ["ttl": "2678400s"], "pushConfig": [:],
        "state": "ACTIVE",
      ])
  }

  @Test func `what a subscription is told is kept`() throws {
    let bench = try Bench.withSubscription()
    try bench.ok("PUT", Bench.topics + "/dead")
    let wish: JSON = [
      "topic": "projects/acme/topics/orders", "ackDeadlineSeconds": 600, "messageRetentionDuration": "2678400s",
      "expirationPolicy": [:], "filter": "attributes:kind", "enableMessageOrdering": true,
      "enableExactlyOnceDelivery": true, "retainAckedMessages": true, "labels": ["team": "a"],
      "deadLetterPolicy": ["deadLetterTopic": "projects/acme/topics/dead"], "retryPolicy": ["minimumBackoff": "20s"],
      "pushConfig": [
        "pushEndpoint": "http://worker.test/push", "attributes": ["x-goog-version": "v1"],
        "oidcToken": ["serviceAccountEmail": "r@acme.iam.gserviceaccount.com", "audience": "me"],
      ],
    ]
    let shown = try bench.ok("PUT", Bench.subscriptions + "/all", wish)
    for field in ["ackDeadlineSeconds", "messageRetentionDuration", "expirationPolicy", "filter", "pushConfig"] {
      #expect(shown[field] == wish[field])
    }
    #expect(shown["deadLetterPolicy"]?["maxDeliveryAttempts"] == 5)
    #expect(shown["retryPolicy"] == ["minimumBackoff": "20s", "maximumBackoff": "600s"])
    #expect(shown["enableExactlyOnceDelivery"] == true)
    #expect(shown["labels"] == ["team": "a"])
  }

  /// The messages of google-apis.md section 1.6 and of the threads named in PubsubRefusals.swift.
  @Test(
    arguments: [
      ("GET", Bench.topics + "/none", nil, "NOT_FOUND: Resource not found (resource=none)."),
      (
        "POST", Bench.topics + "/none:publish", ["messages": [["data": "aGk="]]] as JSON,
        "NOT_FOUND: Resource not found (resource=none)."
      ),
      ("PUT", Bench.topic, nil, "ALREADY_EXISTS: Resource already exists in the project (resource=orders)."),
      (
        "PUT", Bench.topics + "/t1", nil,
        "INVALID_ARGUMENT: Invalid resource name given (name=projects/acme/topics/t1). "
          + "Refer to https://cloud.google.com/pubsub/docs/admin#resource_names for more information."
      ),
      (
        "PUT", Bench.subscriptions + "/googx", ["topic": "projects/acme/topics/orders"],
        "INVALID_ARGUMENT: Invalid resource name given (name=projects/acme/subscriptions/googx). "
          + "Refer to https://cloud.google.com/pubsub/docs/admin#resource_names for more information."
      ),
      (
        "PUT", Bench.subscription, ["topic": "projects/acme/topics/orders"],
        "ALREADY_EXISTS: Resource already exists in the project (resource=mail)."
      ),
      (
        "PUT", Bench.subscriptions + "/new", ["topic": "projects/acme/topics/none"],
        "NOT_FOUND: Resource not found (resource=none)."
      ),
      (
        "PUT", Bench.subscriptions + "/new",
        [
          "topic": "projects/acme/topics/orders",
          "deadLetterPolicy": ["deadLetterTopic": "projects/acme/topics/dead"],
        ], "NOT_FOUND: Resource not found (resource=dead)."
      ),
      (
        "POST", Bench.subscriptions + "/none:pull", ["maxMessages": 1],
        "NOT_FOUND: Resource not found (resource=projects/acme/subscriptions/none)."
      ),
      (
        "GET", "/v1/projects/b!d/topics", nil,
        "NOT_FOUND: Requested project not found or user does not have access to it (project=b!d)."
      ),
      ("POST", Bench.subscription + ":pull", [:], "INVALID_ARGUMENT: No max_messages specified"),
      (
        "POST", Bench.subscription + ":acknowledge", [:],
        "INVALID_ARGUMENT: No ack ids specified."
      ),
      (
        "POST", Bench.subscription + ":acknowledge", ["ackIds": ["bogus"]],
        "INVALID_ARGUMENT: Invalid ack id (ack_id=bogus)"
      ),
      ("POST", Bench.topic + ":publish", [:], "INVALID_ARGUMENT: No messages to publish"),
      ("POST", Bench.topic + ":publish", ["messages": [[:]]], "INVALID_ARGUMENT: Some messages are empty"),
      (
        "PATCH", Bench.subscription, ["subscription": [:]],
        "INVALID_ARGUMENT: The update_mask in the UpdateSubscriptionRequest must be set, "
          + "and must contain a non-empty paths list."
      ),
      (
        "PATCH", Bench.subscription, ["subscription": ["filter": "attributes:a"], "updateMask": "filter"],
        "INVALID_ARGUMENT: The field \"filter\" of a subscription cannot be changed after its creation."
      ),
      (
        "GET", "/v1/projects/acme/snapshots", nil,
        "UNIMPLEMENTED: Snapshots are not available here: this emulator does not have them."
      ),
      (
        "POST", "/v1/projects/acme/schemas:validate", ["schema": [:]],
        "UNIMPLEMENTED: Schemas are not available here: this emulator does not have them."
      ),
      (
        "PUT", Bench.topics + "/new", ["nmae": "x"],
        "INVALID_ARGUMENT: Invalid JSON payload received. Unknown name \"nmae\" at 'topic': Cannot find field."
      ),
    ] as [(String, String, JSON?, String)])
  func `a refusal has the service's words`(_ method: String, _ path: String, _ body: JSON?, _ words: String) throws {
    let bench = try Bench.withSubscription()
    #expect(bench.refusal(method, path, body) == words)
  }

  @Test(
    arguments: [
      ["ackDeadlineSeconds": 9], ["ackDeadlineSeconds": 601], ["messageRetentionDuration": "599s"],
      ["messageRetentionDuration": "2678401s"], ["expirationPolicy": ["ttl": "86399s"]],
      ["retryPolicy": ["minimumBackoff": "601s"]], ["retryPolicy": ["minimumBackoff": "20s", "maximumBackoff": "10s"]],
      ["filter": "nonsense"], ["pushConfig": ["pushEndpoint": "ftp://worker.test"]],
      ["deadLetterPolicy": ["deadLetterTopic": "projects/acme/topics/orders", "maxDeliveryAttempts": 4]],
      ["deadLetterPolicy": ["deadLetterTopic": "orders"]], ["labels": ["": "a"]],
    ] as [JSON])
  func `a setting out of its range is refused`(_ members: JSON) throws {
    var wish = members.object ?? [:]
    wish["topic"] = "projects/acme/topics/orders"
    let bench = try Bench.withSubscription()
    #expect(bench.refusal("PUT", Bench.subscriptions + "/new", .object(wish)).hasPrefix("INVALID_ARGUMENT: "))
  }

  @Test func `a mask changes only what it names`() throws {
    let bench = try Bench.withSubscription(["ackDeadlineSeconds": 20, "labels": ["team": "a"]])
    let shown = try bench.ok(
      "PATCH", Bench.subscription,
      [
        "subscription": [
          "name": "projects/acme/subscriptions/mail", "topic": "projects/acme/topics/orders",
          "ackDeadlineSeconds": 30, "labels": ["team": "b"], "pushConfig": ["pushEndpoint": "http://worker.test/"],
        ], "updateMask": "ackDeadlineSeconds,push_config",
      ])
    #expect(shown["ackDeadlineSeconds"] == 30)
    #expect(shown["labels"] == ["team": "a"])
    #expect(shown["pushConfig"]?["pushEndpoint"] == "http://worker.test/")
  }

  @Test func `a deleted topic leaves its subscriptions behind`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("kept")
    try bench.ok("DELETE", Bench.topic)
    #expect(try bench.ok("GET", Bench.subscription)["topic"] == "_deleted-topic_")
    try bench.ok("PUT", Bench.topic)
    try bench.publish("for nobody")
    #expect(try bench.texts() == ["kept"])
  }

  @Test func `a detached subscription has nothing and gets nothing`() throws {
    let bench = try Bench.withSubscription()
    try bench.publish("lost")
    try bench.ok("POST", Bench.subscription + ":detach")
    #expect(try bench.ok("GET", Bench.subscription)["detached"] == true)
    #expect(try bench.ok("GET", Bench.topic + "/subscriptions") == [:])
    #expect(bench.refusal("POST", Bench.subscription + ":pull", ["maxMessages": 1]).hasPrefix("FAILED_PRECONDITION"))
  }

  @Test func `lists come in pages and in the order of names`() throws {
    let bench = try Bench.withSubscription()
    for id in ["zoo", "abc"] {
      try bench.ok("PUT", Bench.topics + "/" + id)
      try bench.subscribe(id)
    }
    let first = try bench.ok("GET", Bench.topics + "?pageSize=2")
    #expect(first["topics"]?.array?.compactMap { $0["name"]?.string?.suffix(3) } == ["abc", "ers"])
    let token = try #require(first["nextPageToken"]?.string)
    #expect(try bench.ok("GET", Bench.topics + "?pageToken=" + token)["topics"]?.array?.count == 1)
    #expect(try bench.ok("GET", Bench.subscriptions)["subscriptions"]?.array?.count == 3)
    #expect(
      try bench.ok("GET", Bench.topic + "/subscriptions?pageSize=1")["subscriptions"]
        == ["projects/acme/subscriptions/abc"])
    #expect(try bench.ok("GET", "/v1/projects/other/topics") == [:])
  }

  @Test func `enums are numbers for clients that ask for it`() throws {
    let bench = try Bench.withSubscription()
    let shown = try bench.ok("GET", Bench.subscription + "?%24alt=json%3Benum-encoding%3Dint")
    #expect(shown["state"] == 1)
  }

  @Test func `everybody may do everything`() throws {
    let bench = try Bench.withSubscription()
    for one in [Bench.topic, Bench.subscription] {
      #expect(try bench.ok("GET", one + ":getIamPolicy?options.requestedPolicyVersion=3")["etag"] == "ACAB")
      #expect(try bench.ok("POST", one + ":setIamPolicy", ["policy": ["bindings": []]])["bindings"] == [])
      let asked: JSON = ["permissions": ["pubsub.topics.get"]]
      #expect(try bench.ok("POST", one + ":testIamPermissions", asked) == asked)
    }
  }

  @Test func `a reset forgets it all`() throws {
    let bench = try Bench.withSubscription()
    bench.state.reset()
    #expect(try bench.ok("GET", Bench.topics) == [:])
    #expect(try bench.ok("GET", Bench.subscriptions) == [:])
    #expect(bench.state.nextWake == nil)
  }
}
