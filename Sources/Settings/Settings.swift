// Which project, locations, endpoints and credentials a run of the program is
// about, and where each of these came from.
//
// Order of DESIGN.md section 4: flags, TASKDECK_*, Google's variables and gcloud's
// active configuration, emulator hosts, django-cloud-tasks' variables, defaults.
// Flags, environment and files come in as arguments; nothing here reads the process
// or the disk.

import CloudModel
import Foundation

/// A value and the place it was found in, in the user's words (`--project`, `GOOGLE_CLOUD_PROJECT`, `default`).
package struct Sourced<Value: Sendable & Equatable>: Sendable, Equatable {
  package var value: Value
  package var source: String

  package init(_ value: Value, from source: String) { (self.value, self.source) = (value, source) }
}

/// Something in the flags or the environment that cannot be used.
package struct SettingsError: Error, Equatable, Sendable {
  /// Where the value was found.
  package var source: String
  package var reason: String
  package var remedy: String

  package init(source: String, reason: String, remedy: String) {
    (self.source, self.reason, self.remedy) = (source, reason, remedy)
  }
}

/// What the command line said about the context; nil or empty where it said nothing.
package struct ContextFlags: Sendable, Equatable {
  package var project: String?
  package var locations: [String] = []
  package var endpoint: String?
  package var impersonate: String?
  package var readOnly = false

  package init() {}
}

/// The base URL of one service and how calls to it are authorised.
package struct ServiceEndpoint: Sendable, Equatable {
  package var url: Sourced<String>
  package var credentials: Sourced<CredentialChoice>

  /// Whether the service runs on this machine: no list budget, plain HTTP allowed.
  package var isLoopback: Bool { isLoopbackURL(url.value) }

  /// An emulator on this machine, which Google's settings are not about.
  var isLocal: Bool { isLoopback && credentials.value == .anonymous }
}

/// Everything a run needs to know about where it works.
package struct Context: Sendable, Equatable {
  package var project: Sourced<String>
  package var locations: Sourced<[String]>
  package var tasks: ServiceEndpoint
  package var scheduler: ServiceEndpoint
  package var pubsub: ServiceEndpoint
  package var readOnly: Sourced<Bool>
  /// The account to be instead of the credentials' own, perhaps with delegates before it; nil for nobody.
  package var impersonate: Sourced<String>?
  /// The project that quota is counted against; nil leaves that to the service.
  package var quotaProject: Sourced<String>?
  /// The domain that Google's endpoints lie in.
  package var universe: Sourced<String>
  /// Base URL of IAM's Service Account Credentials API instead of the universe's own.
  package var iamEndpoint: Sourced<String>?
  /// For OIDC tokens of new tasks; nil when none is known.
  package var serviceAccount: Sourced<String>?

  /// One parent for each location. Throws when a part is not a well-formed name.
  package func parents() throws(NameError) -> [LocationName] {
    var parents: [LocationName] = []
    for location in locations.value {
      parents.append(try LocationName(project: project.value, location: location))
    }
    return parents
  }
}

extension Context {
  /// Works out the context of a run.
  ///
  /// - Parameters:
  ///   - files: gcloud's configuration is read through these, and only where a service is not anonymous.
  ///   - facts: what the chosen credentials say; nil when they turn out not to be there. Asked once at most, and not at
  ///     all for anonymous services.
  /// - Throws: `SettingsError` for a value that cannot be used, or a project or location that is nowhere to be found.
  package static func resolve(
    flags: ContextFlags, environment: [String: String], files: SettingsFiles = .none,
    facts factsOf: (CredentialChoice) -> CredentialFacts? = { _ in nil }
  ) throws(SettingsError) -> Context {
    let lookup = try Lookup(flags: flags, environment: environment, files: files)
    var credentials = lookup.isAnonymous ? Sourced(.none, from: "default") : lookup.credentials(files: files)
    var facts: CredentialFacts?
    if credentials.value != .anonymous && credentials.value != .none {
      facts = factsOf(credentials.value)
      if facts == nil && credentials.value == .metadataServer { credentials.value = .none }
    }
    let universe = lookup.universe(facts)
    let tasks = try lookup.endpoint(
      flag: flags.endpoint, emulator: "CLOUD_TASKS_EMULATOR_HOST",
      override: "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS", service: "https://cloudtasks.\(universe.value)",
      credentials: credentials)
    let scheduler = try lookup.endpoint(
      flag: flags.endpoint, emulator: "CLOUD_SCHEDULER_EMULATOR_HOST",
      override: "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER", service: "https://cloudscheduler.\(universe.value)",
      credentials: credentials)
    let pubsub = try lookup.endpoint(
      flag: flags.endpoint, emulator: "PUBSUB_EMULATOR_HOST", override: "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB",
      service: "https://pubsub.\(universe.value)", credentials: credentials)
    return Context(
      project: try lookup.project(flag: flags.project, service: tasks, facts),
      locations: try lookup.locations(flag: flags.locations, service: tasks),
      tasks: tasks, scheduler: scheduler, pubsub: pubsub, readOnly: lookup.readOnly(flag: flags.readOnly),
      impersonate: lookup.impersonation(flag: flags.impersonate), quotaProject: lookup.quotaProject(facts),
      universe: universe, iamEndpoint: try lookup.iamEndpoint(),
      serviceAccount: lookup.first(["TASKDECK_SERVICE_ACCOUNT", "GCP_SERVICE_ACCOUNT"]))
  }
}

/// The environment and gcloud's configuration, asked in order.
struct Lookup {
  let environment: [String: String]
  let gcloud: GcloudConfiguration
  /// Every service is one without credentials: nothing of Google's need be looked for.
  let isAnonymous: Bool

  init(flags: ContextFlags, environment: [String: String], files: SettingsFiles) throws(SettingsError) {
    self.environment = environment
    let isSet = { (name: String) in environment[name]?.isEmpty == false }
    isAnonymous =
      flags.endpoint != nil || isSet("TASKDECK_ENDPOINT")
      || isSet("CLOUD_TASKS_EMULATOR_HOST") && isSet("CLOUD_SCHEDULER_EMULATOR_HOST")
    gcloud = isAnonymous ? .none : try GcloudConfiguration(environment: environment, files: files)
  }

  /// The first variable that is set and not empty.
  func first(_ names: [String]) -> Sourced<String>? {
    for name in names {
      if let value = environment[name], !value.isEmpty { return Sourced(value, from: name) }
    }
    return nil
  }

  /// A property of gcloud's: its variable, else the active configuration.
  func property(_ section: String, _ name: String) -> Sourced<String>? {
    first(["CLOUDSDK_\(section)_\(name)".uppercased()]) ?? gcloud[section, name]
  }

  func endpoint(
    flag: String?, emulator: String, override: String, service: String, credentials: Sourced<CredentialChoice>
  ) throws(SettingsError) -> ServiceEndpoint {
    let anonymous = flag.map { Sourced($0, from: "--endpoint") } ?? first(["TASKDECK_ENDPOINT"]) ?? first([emulator])
    if let anonymous {
      let url = Sourced(try baseURL(anonymous), from: anonymous.source)
      return ServiceEndpoint(url: url, credentials: Sourced(.anonymous, from: anonymous.source))
    }
    let url = overriding(override) ?? Sourced(service, from: "default")
    return ServiceEndpoint(url: Sourced(try baseURL(url), from: url.source), credentials: credentials)
  }

  func iamEndpoint() throws(SettingsError) -> Sourced<String>? {
    guard let url = overriding(Self.overrides + "IAMCREDENTIALS") else { return nil }
    return Sourced(try baseURL(url), from: url.source)
  }

  private static let overrides = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"

  /// The property that belongs to the variable, too.
  private func overriding(_ variable: String) -> Sourced<String>? {
    property("api_endpoint_overrides", variable.dropFirst(Self.overrides.count).lowercased())
  }

  /// A base URL without a slash at its end. `HOST:PORT` alone, as in emulator variables, is plain HTTP.
  private func baseURL(_ text: Sourced<String>) throws(SettingsError) -> String {
    let isHostAndPort = text.value.split(separator: ":").last.flatMap { Int($0) } != nil
    let full = text.value.contains("://") || !isHostAndPort ? text.value : "http://\(text.value)"
    guard let parts = URLComponents(string: full), let host = parts.host, !host.isEmpty,
      parts.scheme == "http" || parts.scheme == "https", parts.query == nil, parts.fragment == nil, parts.user == nil,
      parts.port.map({ (1...65535).contains($0) }) ?? true
    else {
      throw SettingsError(
        source: text.source, reason: "\"\(text.value)\" is not a base URL.",
        remedy: "Give a scheme, a host and a port, such as http://127.0.0.1:8123.")
    }
    return String(full.reversed().drop { $0 == "/" }.reversed())
  }

  func project(
    flag: String?, service: ServiceEndpoint, _ facts: CredentialFacts?
  ) throws(SettingsError) -> Sourced<String> {
    if let flag { return Sourced(flag, from: "--project") }
    let names = [
      "TASKDECK_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT", "GCP_PROJECT",
    ]
    if let found = first(names) { return found }
    // A person's configuration of Google's cloud says nothing about an emulator on this machine.
    if !service.isLocal {
      let said = facts.flatMap { facts in facts.project.map { Sourced($0, from: facts.source) } }
      // A machine is asked last: what a person configured on it is meant.
      let isMachine = service.credentials.value == .metadataServer
      let found = isMachine ? gcloud["core", "project"] ?? said : said ?? gcloud["core", "project"]
      if let found { return found }
    }
    if service.isLoopback { return Sourced("local", from: "default of a loopback endpoint") }
    throw SettingsError(
      source: "--project", reason: "No project is set.",
      remedy: "Give --project ID or set GOOGLE_CLOUD_PROJECT; or try `taskdeck demo`, which needs no account.")
  }

  func locations(flag: [String], service: ServiceEndpoint) throws(SettingsError) -> Sourced<[String]> {
    if !flag.isEmpty { return Sourced(split(flag), from: "--location") }
    let names = [
      "TASKDECK_LOCATION", "CLOUDSDK_TASKS_LOCATION", "CLOUDSDK_SCHEDULER_LOCATION", "CLOUDSDK_COMPUTE_REGION",
      "GCP_LOCATION",
    ]
    if let found = first(names) { return Sourced(split([found.value]), from: found.source) }
    if !service.isLocal, let region = gcloud["compute", "region"] {
      return Sourced(split([region.value]), from: region.source)
    }
    if service.isLoopback { return Sourced(["us-central1"], from: "default of a loopback endpoint") }
    throw SettingsError(
      source: "--location", reason: "No location is set.",
      remedy: "Give --location REGION (several are allowed), or `gcloud config set compute/region REGION`.")
  }

  private func split(_ values: [String]) -> [String] {
    values.flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) }
  }

  func readOnly(flag: Bool) -> Sourced<Bool> {
    if flag { return Sourced(true, from: "--read-only") }
    if let found = first(["TASKDECK_READ_ONLY"]) { return Sourced(isTrue(found.value), from: found.source) }
    return Sourced(false, from: "default")
  }

  func isTrue(_ text: String) -> Bool { ["1", "true", "t", "y", "yes", "on"].contains(text.lowercased()) }
  func isFalse(_ text: String) -> Bool { ["0", "false", "f", "n", "no", "off"].contains(text.lowercased()) }
}

/// Whether a base URL names this machine.
package func isLoopbackURL(_ url: String) -> Bool {
  guard let host = URLComponents(string: url)?.host?.lowercased() else { return false }
  let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  return bare == "localhost" || bare == "::1" || bare.hasSuffix(".localhost") || isLoopbackAddress(bare)
}

/// 127.0.0.0/8, written as four numbers; `127.evil.example` is a host name like any other.
private func isLoopbackAddress(_ host: String) -> Bool {
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
