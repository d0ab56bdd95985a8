// Definitions of subscribers against subscriptions: what is added, changed, deleted, and above all what is left alone.

import CloudModel
import Foundation
import Testing

@testable import Operations

@Suite struct SubscriptionPlannerTests {
  private let endpoint = "https://shop.example.com"

  private func scope(app: String? = "shop", account: String? = "runner@p.iam") throws -> ScheduleScope {
    ScheduleScope(
      parent: try LocationName(project: "p", location: "us-central1"),
      ownership: Ownership(app: app, delimiter: "--", endpoint: endpoint), serviceAccount: account)
  }

  private func definition(_ name: String = "Reader") -> SubscriptionDefinition {
    var definition = SubscriptionDefinition(
      name: name, topic: "shop--orders", place: DefinitionPlace("shop/tasks.py", line: 7))
    definition.pushEndpoint = "\(endpoint)/subscriptions/\(name)"
    definition.expiration = .seconds(31 * 86400)
    return definition
  }

  private func set(_ definitions: SubscriptionDefinition...) -> DefinitionSet {
    var set = DefinitionSet(source: "test")
    set.subscriptions = definitions
    return set
  }

  private func topic(_ id: String) throws -> TopicName { try TopicName(project: "p", id: id) }

  /// What Pub/Sub has after the definition was applied, with what the service writes out.
  private func existing(_ id: String = "shop--Reader", class name: String = "Reader") throws -> Subscription {
    var subscription = Subscription(name: try SubscriptionName(project: "p", id: id))
    subscription.topic = "projects/p/topics/shop--orders"
    var push = PushConfig()
    push.endpoint = "\(endpoint)/subscriptions/\(name)"
    push.authorization = .oidc(serviceAccountEmail: "runner@p.iam", audience: nil)
    subscription.pushConfig = push
    subscription.ackDeadlineSeconds = 10
    subscription.messageRetentionDuration = .seconds(604_800)
    subscription.expirationPolicy = .after(.seconds(31 * 86400))
    subscription.state = State(rawValue: "ACTIVE")
    return subscription
  }

  private func plan(
    _ set: DefinitionSet, _ subscriptions: [Subscription], topics: [String] = ["shop--orders"], app: String? = "shop",
    account: String? = "runner@p.iam", prunes: Bool = false, adopted: Set<String> = []
  ) throws -> SubscriptionPlan {
    SubscriptionPlanner(set, try scope(app: app, account: account), .init(prunes: prunes, adopted: adopted))
      .plan(against: subscriptions, topics: try topics.map(topic))
  }

  @Test func `what is there as it is wanted is unchanged, with the defaults that the service writes out`() throws {
    let plan = try plan(set(definition()), [try existing()])
    #expect(plan.unchanged.map(\.name.id) == ["shop--Reader"])
    #expect(plan.isEmpty)
    #expect(plan.findings.isEmpty)
  }

  @Test func `a missing subscription is added, after its topic`() throws {
    let plan = try plan(set(definition()), [], topics: [])
    #expect(plan.topics.map(\.id) == ["shop--orders"])
    let added = try #require(plan.added.first?.subscription)
    #expect(added.name.id == "shop--Reader")
    #expect(
      added.pushConfig?.authorization
        == .oidc(serviceAccountEmail: "runner@p.iam", audience: "\(endpoint)/subscriptions/Reader"))
    #expect(plan.changes.map(\.id) == ["shop--orders", "shop--Reader"])
  }

  @Test func `a dead-letter topic is created with a subscription that keeps its messages`() throws {
    var wanted = definition()
    (wanted.deadLetterTopic, wanted.maxDeliveryAttempts) = ("shop--lost", 7)
    let plan = try plan(set(wanted), [])
    #expect(plan.topics.map(\.id) == ["shop--lost"])
    #expect(plan.added.map(\.subscription.name.id) == ["shop--Reader", "shop--lost"])
    #expect(plan.added[1].subscription.expirationPolicy == .never)
    #expect(
      plan.added[0].subscription.deadLetterPolicy
        == .init(topic: "projects/p/topics/shop--lost", maxDeliveryAttempts: 7))
    // The next run finds it, and does not take it for a stale one of the app.
    let next = try self.plan(
      set(wanted), plan.added.map(\.subscription), topics: ["shop--orders", "shop--lost"], prunes: true)
    #expect(next.isEmpty)
  }

  @Test func `each field that differs is said under its REST path, and only its part is in the mask`() throws {
    var wanted = definition()
    wanted.pushEndpoint = "\(endpoint)/v2/subscriptions/Reader"
    (wanted.minimumBackoff, wanted.maximumBackoff) = (.seconds(20), nil)
    wanted.expiration = .zero
    let update = try #require(try plan(set(wanted), [try existing()]).updated.first)
    #expect(
      update.changes.map(\.field) == [
        "pushConfig.pushEndpoint", "pushConfig.oidcToken.audience", "retryPolicy.minimumBackoff",
        "retryPolicy.maximumBackoff", "expirationPolicy.ttl",
      ])
    #expect(update.before.mask(to: update.after) == ["pushConfig", "retryPolicy", "expirationPolicy"])
    // What no definition speaks of stays.
    #expect(update.after.messageRetentionDuration == .seconds(604_800))
    #expect(update.after.ackDeadlineSeconds == 10)
  }

  @Test func `subscriptions whose IDs begin or end alike are foreign, whatever is asked for`() throws {
    let others = try ["shop-admin--X", "shop2--Y", "billing-of-shop", "shop--admin--Z"].map {
      try existing($0, class: "X")
    }
    let plan = try plan(set(), others, prunes: true)
    #expect(plan.foreign.count == 4)
    #expect(plan.deleted.isEmpty)
  }

  @Test func `the app's own that no definition names is stale, and deleted only when asked`() throws {
    let orphan = try existing("shop--Former", class: "Former")
    #expect(try plan(set(definition()), [orphan]).stale.map(\.name.id) == ["shop--Former"])
    #expect(try plan(set(definition()), [orphan], prunes: true).deleted.map(\.name.id) == ["shop--Former"])
  }

  @Test func `nothing is deleted while a definition cannot be read`() throws {
    var broken = set(definition())
    broken.unread = [.init(name: "Broken", place: DefinitionPlace("shop/tasks.py"), reason: "it raised")]
    #expect(try plan(broken, [try existing("shop--Former", class: "F")], prunes: true).deleted.isEmpty)
  }

  @Test func `without an app nothing is its own by name`() throws {
    let plan = try plan(set(), [try existing("shop--Former", class: "F")], app: nil, prunes: true)
    #expect(plan.deleted.isEmpty)
    #expect(plan.foreign.count == 1)
    #expect(plan.notes.contains { $0.contains("No app name") })
  }

  @Test func `a subscription of a defined ID that belongs to somebody else is left alone until it is adopted`() throws {
    var wanted = definition()
    wanted.subscriptionID = "billing"
    var other = try existing("billing", class: "Reader")
    other.pushConfig?.endpoint = "https://elsewhere.example.com/x"
    let left = try plan(set(wanted), [other])
    #expect(left.foreign.map(\.name.id) == ["billing"])
    #expect(left.findings.first?.message.contains("--adopt billing") == true)
    #expect(try plan(set(wanted), [other], adopted: ["billing"]).updated.count == 1)
  }

  @Test(arguments: ["topic", "filter"])
  func `what Pub/Sub cannot change is an error and not a deletion`(field: String) throws {
    var wanted = definition()
    if field == "topic" { wanted.topic = "other" } else { wanted.filter = "attributes:x" }
    let plan = try plan(set(wanted), [try existing()])
    #expect(plan.isEmpty)
    #expect(plan.errors.first?.message.contains("its \(field) is") == true)
    #expect(plan.errors.first?.place.line == 7)
  }

  @Test func `a definition that Pub/Sub would refuse is refused with its place`() throws {
    let faults: [(String, (inout SubscriptionDefinition) -> Void)] = [
      ("a topic ID", { $0.topic = "1" }),
      ("not a URL", { $0.pushEndpoint = "shop" }),
      ("no dead-letter topic", { $0.maxDeliveryAttempts = 5 }),
      ("not 5 to 100", { ($0.deadLetterTopic, $0.maxDeliveryAttempts) = ("lost", 4) }),
      ("must rise", { ($0.minimumBackoff, $0.maximumBackoff) = (.seconds(30), .seconds(20)) }),
      ("a day is the least", { $0.expiration = .seconds(60) }),
    ]
    for (words, spoil) in faults {
      var wanted = definition()
      spoil(&wanted)
      let plan = try plan(set(wanted), [])
      #expect(plan.errors.first?.message.contains(words) == true, "\(words): \(plan.errors)")
      #expect(plan.added.isEmpty)
    }
  }

  @Test func `a token needs an account, the context's, the subscription's own or none at all`() throws {
    #expect(try plan(set(definition()), [], account: nil).errors.count == 1)
    #expect(try plan(set(definition()), [try existing()], account: nil).unchanged.count == 1)
  }

  @Test func `the report has the contract's keys and masks what a URL hides`() throws {
    var wanted = definition()
    wanted.pushEndpoint = "\(endpoint)/subscriptions/Reader?token=secret"
    let plan = try plan(set(wanted), [try existing()])
    let report = SubscriptionReport.json(plan)
    #expect(report["updated"]?.array?.first?["subscription"] == "shop--Reader")
    #expect(!report.compact.contains("secret"))
    #expect(SubscriptionReport.lines(plan).first == "0 to add, 1 to update, 0 to delete, 0 unchanged")
    #expect(SubscriptionReport.lines(plan).contains("[~] shop--Reader"))
  }
}
