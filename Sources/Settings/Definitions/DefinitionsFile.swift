// `schedules.yaml`: definitions without Django (DESIGN.md section 4). JSON is read
// by the same code, because JSON is YAML.

import CloudModel
import Foundation

extension DefinitionSet {
  private static let keys = ["app", "delimiter", "endpoint", "service-account", "schedules", "subscriptions"]

  /// Reads a definitions file.
  ///
  /// - Parameter file: its path, for messages; one that ends in `.json` has to be JSON.
  /// - Throws: everything that is wrong in the file, with line and column.
  package static func read(_ text: String, file: String) throws(FileFaults) -> DefinitionSet {
    if file.lowercased().hasSuffix(".json") { try checkJSON(text, file) }
    return try YAMLReader.read(text, file: file) { root in
      let top = root.mapping(keys: keys)
      var set = DefinitionSet(source: file)
      set.app = top["app"]?.string
      set.delimiter = top["delimiter"]?.string
      set.endpoint = top["endpoint"]?.string
      set.serviceAccount = top["service-account"]?.string
      if top["schedules"] == nil, top["subscriptions"] == nil {
        root.fault("it has neither schedules nor subscriptions", remedy: "Write schedules: and a list of them.")
      }
      set.schedules = (top["schedules"].map(list) ?? []).compactMap(ScheduleDefinition.read)
      set.subscriptions = (top["subscriptions"].map(list) ?? []).compactMap(SubscriptionDefinition.read)
      return set
    }
  }

  /// Nothing after the colon is a list without anything in it.
  private static func list(_ node: YAMLNode) -> [YAMLNode] { node.isNull ? [] : node.items }

  private static func checkJSON(_ text: String, _ file: String) throws(FileFaults) {
    do throws(JSONError) { _ = try JSON(parsing: text) } catch {
      throw FileFaults(
        FileFault(
          at: FilePlace(file: file, line: error.line, column: error.column), "it is not JSON: \(error.reason)",
          remedy: "Mend that place, or name the file .yaml."))
    }
  }
}

extension DefinitionPlace {
  init(_ place: FilePlace) { self.init(place.file, line: place.line, column: place.column) }
}

extension ScheduleDefinition {
  private static let keys = [
    "name", "job", "location", "url", "run-every", "time-zone", "method", "payload", "headers", "oidc", "retries",
    "description",
    "attempt-deadline", "state",
  ]
  private static let methods = ["POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]

  fileprivate static func read(_ node: YAMLNode) -> ScheduleDefinition? {
    let map = node.mapping(keys: keys)
    let name = required("name", map, node)?.string
    let timing = required("run-every", map, node).flatMap { node in Timing.read(node).map { ($0, node.place) } }
    guard let name, let timing else { return nil }
    var definition = ScheduleDefinition(
      name: name, timing: timing.0, place: DefinitionPlace(map.place), timingPlace: DefinitionPlace(timing.1))
    definition.jobID = map["job"]?.string
    definition.location = map["location"]?.string
    definition.url = map["url"]?.string
    definition.timeZone = map["time-zone"]?.string
    if let method = map["method"] { definition.method = readMethod(method) }
    if let payload = map["payload"] { definition.body = payload.json.data }
    definition.headers = map["headers"]?.entries.map { Header($0.name, $0.value.text ?? "") } ?? []
    if let oidc = map["oidc"] { definition.token = Token.read(oidc) }
    if let retries = map["retries"] { definition.retries = Retries(retries) }
    definition.details = map["description"]?.text ?? ""
    definition.attemptDeadline = map["attempt-deadline"]?.span
    definition.state = map["state"].flatMap(readState)
    return definition
  }

  private static func readMethod(_ node: YAMLNode) -> String {
    guard let text = node.string else { return "POST" }
    if !methods.contains(text.uppercased()) { node.unknown("method", text, among: methods) }
    return text.uppercased()
  }

  private static func readState(_ node: YAMLNode) -> State? {
    guard let text = node.string else { return nil }
    switch text.lowercased() {
    case "enabled": return .enabled
    case "paused": return .paused
    default:
      node.unknown("state", text, among: ["enabled", "paused"])
      return nil
    }
  }
}

extension ScheduleDefinition.Timing {
  private static let units: [(name: String, seconds: Int64)] = [
    ("minutes", 60), ("hours", 3600), ("days", 86400), ("weeks", 604_800), ("seconds", 1),
  ]

  /// Text, or spans added up: `{hours: 1, minutes: 30}`.
  fileprivate static func read(_ node: YAMLNode) -> Self? {
    guard node.isMapping else { return node.string.map(Self.text) }
    let map = node.mapping(keys: units.map(\.name), what: "unit")
    if map.entries.isEmpty { node.fault("a span is wanted here, such as {minutes: 30}") }
    var total: Int64 = 0
    for unit in units {
      if let count = map[unit.name]?.integer(in: 1...1_000_000) { total += Int64(count) * unit.seconds }
    }
    return .every(.seconds(total))
  }
}

extension ScheduleDefinition.Token {
  /// `true`, `false`, or `{service-account: ..., audience: ...}`.
  fileprivate static func read(_ node: YAMLNode) -> Self {
    guard node.isMapping else { return node.bool == false ? .none : .oidc(serviceAccount: nil, audience: nil) }
    let map = node.mapping(keys: ["service-account", "audience"])
    return .oidc(serviceAccount: map["service-account"]?.string, audience: map["audience"]?.string)
  }
}

extension ScheduleDefinition.Retries {
  fileprivate init(_ node: YAMLNode) {
    self.init()
    let map = node.mapping(keys: ["count", "min-backoff", "max-backoff", "max-doublings", "max-duration"])
    count = map["count"]?.integer(in: 0...5)
    minBackoff = map["min-backoff"]?.span
    maxBackoff = map["max-backoff"]?.span
    maxDoublings = map["max-doublings"]?.integer(in: 0...1000)
    maxDuration = map["max-duration"]?.span
  }
}

extension SubscriptionDefinition {
  private static let keys = [
    "name", "subscription", "topic", "push-endpoint", "oidc", "min-backoff", "max-backoff", "dead-letter-topic",
    "max-delivery-attempts", "expiration", "filter",
  ]

  fileprivate static func read(_ node: YAMLNode) -> SubscriptionDefinition? {
    let map = node.mapping(keys: keys)
    guard let name = required("name", map, node)?.string, let topic = required("topic", map, node)?.string else {
      return nil
    }
    var definition = SubscriptionDefinition(name: name, topic: topic, place: DefinitionPlace(map.place))
    definition.subscriptionID = map["subscription"]?.string
    definition.pushEndpoint = map["push-endpoint"]?.string
    if let oidc = map["oidc"] { definition.token = ScheduleDefinition.Token.read(oidc) }
    definition.minimumBackoff = map["min-backoff"]?.span
    definition.maximumBackoff = map["max-backoff"]?.span
    definition.deadLetterTopic = map["dead-letter-topic"]?.string
    definition.maxDeliveryAttempts = map["max-delivery-attempts"]?.integer(in: 5...100)
    if let expiration = map["expiration"] {
      definition.expiration = expiration.text == "never" ? .zero : expiration.span
    }
    definition.filter = map["filter"]?.text ?? ""
    return definition
  }
}

/// The value of a key that has to be there.
private func required(_ key: String, _ map: YAMLMapping, _ node: YAMLNode) -> YAMLNode? {
  guard node.isMapping else { return nil }
  if let value = map[key] { return value }
  node.fault("\(key) is missing", remedy: "Add \(key):.")
  return nil
}
