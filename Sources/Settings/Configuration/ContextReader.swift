// One of `contexts:`.

import CloudModel
import Foundation

extension ContextSettings {
  private static let keys = [
    "project", "locations", "app", "delimiter", "endpoint", "protected", "read-only", "credentials", "impersonate",
    "service-account", "quota-project", "emulator", "endpoints", "ca-file", "colour", "color",
  ]
  private static let services = ["tasks", "scheduler", "pubsub", "iam-credentials"]

  init(_ name: String, _ key: YAMLNode, _ node: YAMLNode, _ scope: ConfigurationScope) {
    self.init(name: name)
    _ = key.name
    place = key.place
    let map = node.mapping(keys: Self.keys)
    project = map["project"].flatMap { $0.located($0.project) }
    locations = map["locations"].flatMap { $0.located($0.locations) }
    app = map["app"].flatMap { $0.located($0.name) }
    delimiter = map["delimiter"].flatMap { $0.located($0.name) }
    endpoint = map["endpoint"].flatMap { $0.located($0.baseURL) }
    isProtected = map["protected"].flatMap { $0.located($0.bool) }
    readOnly = map["read-only"].flatMap { $0.located($0.bool) }
    credentials = map["credentials"].flatMap { $0.located($0.path) }
    impersonate = map["impersonate"].flatMap { $0.located($0.accounts) }
    serviceAccount = map["service-account"].flatMap { $0.located($0.account) }
    quotaProject = map["quota-project"].flatMap { $0.located($0.project) }
    emulator = map["emulator"].flatMap { $0.located($0.baseURL) }
    caFile = map["ca-file"].flatMap { $0.located($0.path) }
    colour = (map["colour"] ?? map["color"]).flatMap { $0.located($0.colour) }
    readEndpoints(map, scope)
    checkEmulator(map)
  }

  private mutating func readEndpoints(_ map: YAMLMapping, _ scope: ConfigurationScope) {
    guard let node = map["endpoints"] else { return }
    let services = node.mapping(keys: Self.services, what: "service")
    let read = { (name: String) in services[name].flatMap { $0.located($0.credentialedURL(scope)) } }
    (tasksEndpoint, schedulerEndpoint) = (read("tasks"), read("scheduler"))
    (pubsubEndpoint, iamEndpoint) = (read("pubsub"), read("iam-credentials"))
  }

  /// An emulator is asked without credentials, so naming some is a mistake about where this goes.
  private func checkEmulator(_ map: YAMLMapping) {
    guard emulator != nil else { return }
    for key in ["endpoints", "credentials", "impersonate", "quota-project"] {
      map[key]?.fault(
        "an emulator is asked without credentials, so \(key) has no meaning beside emulator",
        remedy: "Leave one of the two out.")
    }
  }
}

extension YAMLNode {
  fileprivate var project: String? {
    guard let text = string else { return nil }
    // The location only fills the place of one.
    do throws(NameError) { return try LocationName(project: text, location: "x").project } catch {
      fault(error.description)
      return nil
    }
  }

  fileprivate var locations: [String]? {
    let found = isList ? items : [self]
    if found.isEmpty { fault("a context has at least one location") }
    let names: [String] = found.compactMap { node in
      guard let text = node.string else { return nil }
      do throws(NameError) { return try LocationName(project: "x", location: text).location } catch {
        node.fault(error.description)
        return nil
      }
    }
    return names.isEmpty ? nil : names
  }

  /// One of the hues that the console has, or a number of six (or three) hexadecimal digits.
  fileprivate var colour: String? {
    let hues = ["red", "orange", "yellow", "green", "cyan", "blue", "magenta"]
    guard let text = string else { return nil }
    let digits = text.dropFirst()
    let isNumber = text.hasPrefix("#") && [3, 6].contains(digits.count) && digits.allSatisfy(\.isHexDigit)
    if isNumber || hues.contains(text.lowercased()) { return text.lowercased() }
    let near = nearest(text.lowercased(), among: hues)
    fault(
      "\"\(text)\" is not a colour" + (near.map { "; did you mean \($0)?" } ?? ""),
      remedy: "Write one of \(hues.joined(separator: ", ")), or \"#rrggbb\" in quotes.")
    return nil
  }

  fileprivate var account: String? {
    guard let text = string else { return nil }
    if isAccount(text) { return text }
    fault("\"\(text)\" is not the e-mail address of a service account")
    return nil
  }

  /// One account, or its delegates before it: a list, or commas between.
  fileprivate var accounts: String? {
    let names = strings.flatMap { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    for name in names where !isAccount(name) {
      fault("\"\(name)\" is not the e-mail address of a service account")
      return nil
    }
    return names.isEmpty ? nil : names.joined(separator: ",")
  }

  private func isAccount(_ text: String) -> Bool {
    text.split(separator: "@", omittingEmptySubsequences: false).count == 2
      && !text.contains { $0.isWhitespace || $0 == "/" }
  }

  /// A base URL that gets the person's tokens. A file that lies in a folder somebody else may have made must not lead
  /// them away: there only Google's own hosts and this machine are allowed.
  fileprivate func credentialedURL(_ scope: ConfigurationScope) -> String? {
    guard let url = baseURL else { return nil }
    let host = URLComponents(string: url)?.host?.lowercased() ?? ""
    if scope == .user || isLoopbackURL(url) || host.hasSuffix(".googleapis.com") { return url }
    fault(
      "your credentials would go to \(host), and taskdeck.yaml comes with the folder it lies in",
      remedy: "Put this context's endpoints into your own config.yaml.")
    return nil
  }
}
