// Definitions of subscribers against subscriptions. Pure, as SchedulePlanner is.
//
// The library looks for its own subscriptions by an ending of their IDs that its own
// do not have: it never finds them, and deletes those of apps whose name ends alike
// (django-cloud-tasks.md section 5). Here ownership is the rule of jobs.

import CloudModel
import Foundation

/// Works out what has to be done.
package struct SubscriptionPlanner: Sendable {
  private let set: DefinitionSet
  private let scope: ScheduleScope
  private let wishes: SchedulePlanner.Wishes

  package init(_ set: DefinitionSet, _ scope: ScheduleScope, _ wishes: SchedulePlanner.Wishes = .init()) {
    var scope = scope
    scope.serviceAccount = set.serviceAccount ?? scope.serviceAccount
    (self.set, self.scope, self.wishes) = (set, scope, wishes)
  }

  private var ownership: Ownership { scope.ownership }

  package func plan(against subscriptions: [Subscription], topics: [TopicName]) -> SubscriptionPlan {
    var plan = SubscriptionPlan(source: set.source, isPruning: wishes.prunes)
    (plan.unread, plan.notes) = (set.unread, set.notes)
    let existing = Dictionary(subscriptions.map { ($0.name.id, $0) }, uniquingKeysWith: { first, _ in first })
    var named: Set<String> = Set(set.unread.compactMap(\.id))
    for definition in set.subscriptions {
      let id = definition.subscriptionID ?? ownership.id(of: definition.name)
      guard named.insert(id).inserted else {
        plan.findings.append(Finding(.error, id, definition.place, "it is defined twice."))
        continue
      }
      add(definition, id, existing[id], &plan)
    }
    sort(subscriptions.filter { !named.contains($0.name.id) }, &plan)
    addTopics(topics, existing, &plan)
    addNotes(&plan)
    plan.putInOrder()
    return plan
  }

  // MARK: Definitions

  private func add(
    _ definition: SubscriptionDefinition, _ id: String, _ existing: Subscription?, _ plan: inout SubscriptionPlan
  ) {
    let wanted: Subscription
    do throws(Finding.Failure) { wanted = try self.wanted(definition, id, existing) } catch {
      return plan.findings.append(error.finding)
    }
    guard let existing else { return plan.added.append(.init(subscription: wanted, place: definition.place)) }
    guard isOwn(existing) else { return leaveAlone(existing, definition, &plan) }
    let changes = SubscriptionComparison.changes(existing, wanted)
    if changes.isEmpty { return plan.unchanged.append(existing) }
    if let fixed = changes.first(where: { SubscriptionComparison.fixed.contains($0.field) }) {
      return refuse(fixed, existing, definition, &plan)
    }
    plan.updated.append(
      .init(
        before: existing, after: existing.taking(changes, from: wanted), place: definition.place, changes: changes))
  }

  private func wanted(
    _ definition: SubscriptionDefinition, _ id: String, _ existing: Subscription?
  ) throws(Finding.Failure) -> Subscription {
    func fail(_ message: String) -> Finding.Failure {
      Finding.Failure(Finding(.error, id, definition.place, message))
    }
    var wanted: Subscription
    do throws(NameError) {
      wanted = Subscription(name: try SubscriptionName(project: scope.parent.project, id: id))
      wanted.topic = try topic(definition.topic).description
      if let deadLetters = definition.deadLetterTopic {
        wanted.deadLetterPolicy = DeadLetterPolicy(
          topic: try topic(deadLetters).description, maxDeliveryAttempts: definition.maxDeliveryAttempts ?? 5)
      }
    } catch {
      throw fail("\(error.description).")
    }
    if let attempts = definition.maxDeliveryAttempts {
      guard definition.deadLetterTopic != nil else {
        throw fail("it has a number of retries and no dead-letter topic, which Pub/Sub needs to count them.")
      }
      // "The value must be between 5 and 100."
      guard (5...100).contains(attempts) else { throw fail("\(attempts) delivery attempts are not 5 to 100.") }
    }
    wanted.filter = definition.filter
    wanted.pushConfig = try push(definition, existing, fail)
    wanted.retryPolicy = try retries(definition, fail)
    wanted.expirationPolicy = try definition.expiration.map { span throws(Finding.Failure) in
      try expiration(span, fail)
    }
    return wanted
  }

  /// An ID, or the full name of a topic of any project.
  private func topic(_ text: String) throws(NameError) -> TopicName {
    text.contains("/") ? try TopicName(text) : try TopicName(project: scope.parent.project, id: text)
  }

  private func push(
    _ definition: SubscriptionDefinition, _ existing: Subscription?, _ fail: (String) -> Finding.Failure
  ) throws(Finding.Failure) -> PushConfig? {
    guard let endpoint = definition.pushEndpoint else { return nil }
    guard let parts = URLComponents(string: endpoint), parts.host?.isEmpty == false,
      parts.scheme == "https" || parts.scheme == "http"
    else { throw fail("its push endpoint \(endpoint) is not a URL.") }
    var push = PushConfig()
    push.endpoint = endpoint
    if case .oidc(let account, let audience) = definition.token {
      guard let account = account ?? scope.serviceAccount ?? existing?.oidcAccount ?? scope.standInAccount else {
        throw fail(
          "its pushes are to carry an OIDC token, and no service account is known: set service-account in the context,"
            + " or GCP_SERVICE_ACCOUNT.")
      }
      push.authorization = .oidc(serviceAccountEmail: account, audience: audience ?? endpoint)
    }
    return push
  }

  private func retries(
    _ definition: SubscriptionDefinition, _ fail: (String) -> Finding.Failure
  ) throws(Finding.Failure) -> DeliveryRetryPolicy? {
    let (minimum, maximum) = (definition.minimumBackoff, definition.maximumBackoff)
    guard minimum != nil || maximum != nil else { return nil }
    let (low, high) = (minimum ?? .seconds(10), maximum ?? .seconds(600))
    // "Value should be between 0 and 600 seconds."
    guard (.zero)...(.seconds(600)) ~= low, low...(.seconds(600)) ~= high else {
      throw fail("its backoff of \(low.protobuf) to \(high.protobuf) must rise, and lie within 0s to 600s.")
    }
    return DeliveryRetryPolicy(minimumBackoff: low, maximumBackoff: high)
  }

  private func expiration(
    _ span: Duration, _ fail: (String) -> Finding.Failure
  ) throws(Finding.Failure) -> ExpirationPolicy {
    if span == .zero { return .never }
    // "The minimum allowed value for `expiration_policy.ttl` is 1 day."
    guard span >= .seconds(86400) else { throw fail("it would expire after \(span.protobuf); a day is the least.") }
    return .after(span)
  }

  // MARK: Subscriptions that are there

  /// Of a subscription that a definition names.
  private func isOwn(_ subscription: Subscription) -> Bool {
    ownership.name(in: subscription.name.id) != nil || wishes.adopted.contains(subscription.name.id)
      || ownership.isUnderEndpoint(subscription.endpoint)
  }

  private func leaveAlone(
    _ existing: Subscription, _ definition: SubscriptionDefinition, _ plan: inout SubscriptionPlan
  ) {
    plan.foreign.append(existing)
    let id = existing.name.id
    plan.findings.append(
      Finding(
        .warning, id, definition.place,
        "there is a subscription of this ID that is not the app's own, so it is left alone: give the definition another"
          + " ID, or take it over with --adopt \(id)."))
  }

  /// The library deletes and re-creates it, with every message that waits.
  private func refuse(
    _ change: FieldChange, _ existing: Subscription, _ definition: SubscriptionDefinition,
    _ plan: inout SubscriptionPlan
  ) {
    let words = { (value: JSON?) in value?.string ?? "none" }
    plan.findings.append(
      Finding(
        .error, existing.name.id, definition.place,
        "its \(change.field) is \(words(change.before)) and is to be \(words(change.after)), which Pub/Sub cannot change:"
          + " give the definition another ID, or delete the subscription with the messages that wait in it."))
  }

  private func sort(_ subscriptions: [Subscription], _ plan: inout SubscriptionPlan) {
    let keepers = Set(set.subscriptions.compactMap(\.deadLetterTopic))
    // While a class cannot even be named, any subscription may be its.
    let mayDelete = wishes.prunes && !set.unread.contains { $0.id == nil }
    for subscription in subscriptions {
      if ownership.name(in: subscription.name.id) == nil {
        plan.foreign.append(subscription)
      } else if keepers.contains(subscription.name.id) {
        // It keeps the dead letters of a definition.
        plan.unchanged.append(subscription)
      } else if mayDelete {
        plan.deleted.append(subscription)
      } else {
        plan.stale.append(subscription)
      }
    }
  }

  // MARK: Topics

  /// Those that a new or changed subscription needs. A dead-letter topic nobody reads would lose its messages, so it gets
  /// a pull subscription of its own name that never expires, as the library gives it one.
  private func addTopics(
    _ topics: [TopicName], _ existing: [String: Subscription], _ plan: inout SubscriptionPlan
  ) {
    let there = Set(topics)
    let all = plan.added.map { ($0.subscription, $0.place) } + plan.updated.map { ($0.after, $0.place) }
    for (subscription, place) in all {
      for text in [subscription.topic, subscription.deadLetterPolicy?.topic].compactMap({ $0 }) {
        guard let topic = own(text), !there.contains(topic), !plan.topics.contains(topic) else { continue }
        plan.topics.append(topic)
        guard text == subscription.deadLetterPolicy?.topic, existing[topic.id] == nil,
          !plan.added.contains(where: { $0.subscription.name.id == topic.id })
        else { continue }
        if let keeper = keeper(of: topic) { plan.added.append(.init(subscription: keeper, place: place)) }
      }
    }
  }

  /// Topics of other projects are theirs to create.
  private func own(_ text: String) -> TopicName? {
    do {
      let topic = try TopicName(text)
      return topic.project == scope.parent.project ? topic : nil
    } catch { return nil }
  }

  private func keeper(of topic: TopicName) -> Subscription? {
    // A topic's ID is good as a subscription's: the rules are the same.
    do {
      var keeper = Subscription(name: try SubscriptionName(project: topic.project, id: topic.id))
      keeper.topic = topic.description
      keeper.expirationPolicy = .never
      keeper.retryPolicy = DeliveryRetryPolicy(minimumBackoff: .seconds(10), maximumBackoff: .seconds(600))
      return keeper
    } catch { return nil }
  }

  private func addNotes(_ plan: inout SubscriptionPlan) {
    if ownership.app == nil {
      plan.notes.append(
        "No app name is set (DJANGO_CLOUD_TASKS_APP_NAME, app: or --app), so no subscription can be told to be the"
          + " app's own: nothing is deleted.")
    }
  }
}

extension SubscriptionPlan {
  fileprivate mutating func putInOrder() {
    topics.sort { $0.id < $1.id }
    added.sort { $0.subscription.name.id < $1.subscription.name.id }
    updated.sort { $0.before.name.id < $1.before.name.id }
    deleted.sort { $0.name.id < $1.name.id }
    stale.sort { $0.name.id < $1.name.id }
    unchanged.sort { $0.name.id < $1.name.id }
    foreign.sort { $0.name.id < $1.name.id }
  }
}

extension Subscription {
  /// The account of its pushes' tokens.
  fileprivate var oidcAccount: String? {
    guard case .oidc(let account, _)? = pushConfig?.authorization, !account.isEmpty else { return nil }
    return account
  }
}
