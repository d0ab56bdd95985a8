// Topics and subscriptions as resources that can be changed, over a port that has
// one method for each call of Pub/Sub.

import CloudModel
import Foundation

/// The calls of Pub/Sub that change what there is.
package protocol SubscriptionService: Sendable {
  /// Why every change will be refused; nil when changes are possible.
  var refusalOfChanges: APIError? { get }
  func topics(in project: String) async throws(APIError) -> [Topic]
  func topic(_ name: TopicName) async throws(APIError) -> Topic
  func subscriptions(in project: String) async throws(APIError) -> [Subscription]
  func subscription(_ name: SubscriptionName) async throws(APIError) -> Subscription
  func create(_ topic: Topic) async throws(APIError)
  func delete(_ name: TopicName) async throws(APIError)
  func create(_ subscription: Subscription) async throws(APIError)
  func update(_ subscription: Subscription, mask: [String]) async throws(APIError)
  func delete(_ name: SubscriptionName) async throws(APIError)
}

/// Topics and subscriptions as the executor of changes knows them.
package struct SubscriptionResources: ResourceService {
  private enum Name {
    case topic(TopicName)
    case subscription(SubscriptionName)
  }

  private let service: any SubscriptionService

  package init(_ service: any SubscriptionService) { self.service = service }

  package var refusalOfChanges: APIError? { service.refusalOfChanges }

  package func current(_ names: [String]) async throws(APIError) -> [String: JSON] {
    let found = await concurrently(names.compactMap(Self.name), limit: 16) {
      name -> Result<(String, JSON)?, APIError> in
      do throws(APIError) { return .success(try await read(name)) } catch {
        return error.status == .notFound ? .success(nil) : .failure(error)
      }
    }
    var current: [String: JSON] = [:]
    for result in found {
      if let (name, json) = try result.get() { current[name] = json }
    }
    return current
  }

  private func read(_ name: Name) async throws(APIError) -> (String, JSON) {
    switch name {
    case .topic(let name): (name.description, try await service.topic(name).json)
    case .subscription(let name): (name.description, try await service.subscription(name).json)
    }
  }

  package func make(_ change: ResourceChange, exactly: Bool) async throws(APIError) {
    switch Self.name(change.name) {
    case .topic(let name)?:
      if change.after == nil { return try await service.delete(name) }
      if change.before == nil { try await service.create(Topic(name: name)) }
    case .subscription(let name)?: try await make(name, change)
    case nil: break
    }
  }

  private func make(_ name: SubscriptionName, _ change: ResourceChange) async throws(APIError) {
    switch (change.before.flatMap(Subscription.init(json:)), change.after.flatMap(Subscription.init(json:))) {
    case (nil, let wanted?): try await service.create(wanted)
    case (let found?, let wanted?):
      let mask = found.mask(to: wanted)
      if !mask.isEmpty { try await service.update(wanted, mask: mask) }
    case (_?, nil): try await service.delete(name)
    case (nil, nil): break
    }
  }

  package func differences(from current: JSON?, to wanted: JSON?, exactly: Bool) -> [String] {
    switch (current, wanted) {
    case (nil, nil): return []
    case (nil, _): return ["it is not there"]
    case (_, nil): return ["it is there"]
    case (let current?, let wanted?):
      // Two topics of one name are the same topic.
      guard let found = Subscription(json: current), let wish = Subscription(json: wanted) else { return [] }
      return SubscriptionComparison.changes(found, wish).map(\.field)
    }
  }

  private static func name(_ text: String) -> Name? {
    // Names in a journal or a plan were names of one or the other when they were written.
    do {
      if text.contains("/topics/") { return .topic(try TopicName(text)) }
      return .subscription(try SubscriptionName(text))
    } catch { return nil }
  }
}

extension Subscription {
  /// A subscription from its resource; nil when it is none.
  package init?(json: JSON) {
    guard json["name"]?.string?.contains("/subscriptions/") == true else { return nil }
    do {
      self = try JSONReader.read(json.data) { reader throws(JSONError) in try Subscription(&reader) }
    } catch { return nil }
  }
}
