import CloudModel
import Testing

private let subscriptionText = """
  {"name":"projects/p/subscriptions/digest","topic":"projects/p/topics/orders","pushConfig":{\
  "pushEndpoint":"https://app.example.com/subscriptions/Digest","attributes":{"x-goog-version":"v1"},\
  "oidcToken":{"serviceAccountEmail":"r@p.iam.gserviceaccount.com","audience":"https://app.example.com"},\
  "noWrapper":{"writeMetadata":true}},"ackDeadlineSeconds":10,"messageRetentionDuration":"604800s",\
  "labels":{"team":"a"},"enableMessageOrdering":true,"expirationPolicy":{"ttl":"2678400s"},\
  "filter":"attributes:kind","deadLetterPolicy":{"deadLetterTopic":"projects/p/topics/dead","maxDeliveryAttempts":5},\
  "retryPolicy":{"minimumBackoff":"10s","maximumBackoff":"600s"},"detached":true,"enableExactlyOnceDelivery":true,\
  "state":"ACTIVE","newField":{"kept":[1.0]}}
  """

@Suite struct `Pub/Sub resources` {
  private func subscription(_ text: String) throws -> Subscription {
    try JSONReader.read(text.utf8) { reader throws(JSONError) in try Subscription(&reader) }
  }

  @Test func `a subscription keeps every field, known or not`() throws {
    let read = try subscription(subscriptionText)
    #expect(read.json.compact == subscriptionText)
    #expect(read.taskClass == "Digest")
    #expect(read.isPush)
    #expect(read.expirationPolicy == .after(.seconds(2_678_400)))
    #expect(read.pushConfig?.authorization?.serviceAccountEmail == "r@p.iam.gserviceaccount.com")
    #expect(read.unknown["newField"]?["kept"] == [.number("1.0")])
  }

  @Test func `a pull subscription without its topic never expires`() throws {
    let text =
      #"{"name":"projects/p/subscriptions/sub","topic":"_deleted-topic_","pushConfig":{},"expirationPolicy":{}}"#
    let read = try subscription(text)
    #expect(read.json.compact == text)
    #expect(read.topic == TopicName.deleted)
    #expect(read.expirationPolicy == .never)
    #expect(!read.isPush)
    #expect(read.taskClass == nil)
  }

  @Test func `a topic keeps every field, known or not`() throws {
    let text =
      #"{"name":"projects/p/topics/orders","labels":{"team":"a"},"messageRetentionDuration":"600s","#
      + #""kmsKeyName":"key","state":"ACTIVE","schemaSettings":{"schema":"s"}}"#
    let topic = try JSONReader.read(text.utf8) { reader throws(JSONError) in try Topic(&reader) }
    #expect(topic.json.compact == text)
    #expect(topic.name.id == "orders")
    #expect(topic.messageRetentionDuration == .seconds(600))
  }

  @Test func `a resource without a name is no resource`() {
    #expect(throws: JSONError.self) {
      try JSONReader.read("{}".utf8) { reader throws(JSONError) in try Topic(&reader) }
    }
    #expect(throws: JSONError.self) { try subscription(#"{"topic":"projects/p/topics/orders"}"#) }
  }

  @Test(arguments: ["orders", "a1.", "billing--Order_Placed", "x%y~z+", "GOOg", String(repeating: "a", count: 255)])
  func `an ID that Pub/Sub takes is taken`(_ id: String) throws {
    #expect(try TopicName("projects/p/topics/\(id)").id == id)
    #expect(try SubscriptionName("projects/example.com:p/subscriptions/\(id)").description.hasSuffix(id))
  }

  @Test(arguments: ["", "t1", "1abc", "googx", "a b", "a/b", "ä23", "abc!", String(repeating: "a", count: 256)])
  func `another ID is refused`(_ id: String) {
    #expect(throws: NameError.self) { try TopicName(project: "p", id: id) }
    #expect(throws: NameError.self) { try SubscriptionName(project: "p", id: id) }
  }

  @Test(arguments: [
    "orders", "projects/p/topics", "projects/p/subscriptions/orders", "projects//topics/orders",
    "projects/p/topics/orders/", "_deleted-topic_",
  ])
  func `what is not a topic's name is refused`(_ text: String) {
    #expect(throws: NameError.self) { try TopicName(text) }
  }
}
