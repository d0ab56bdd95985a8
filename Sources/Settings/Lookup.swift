// Flags, environment, the chosen context and gcloud's configuration, asked in order.

import CloudModel
import Foundation

/// A service that has an endpoint of its own.
enum Service {
  case tasks, scheduler, pubsub

  var emulatorVariable: String {
    switch self {
    case .tasks: "CLOUD_TASKS_EMULATOR_HOST"
    case .scheduler: "CLOUD_SCHEDULER_EMULATOR_HOST"
    case .pubsub: "PUBSUB_EMULATOR_HOST"
    }
  }

  /// Its host below the universe's domain, and gcloud's name of it.
  var host: String {
    switch self {
    case .tasks: "cloudtasks"
    case .scheduler: "cloudscheduler"
    case .pubsub: "pubsub"
    }
  }

  func endpoint(of context: ContextSettings?) -> Located<String>? {
    switch self {
    case .tasks: context?.tasksEndpoint
    case .scheduler: context?.schedulerEndpoint
    case .pubsub: context?.pubsubEndpoint
    }
  }
}

struct Lookup {
  let flags: ContextFlags
  let environment: [String: String]
  let gcloud: GcloudConfiguration
  /// The name of the context, and who chose it.
  let chosen: Sourced<String>?
  let context: ContextSettings?
  /// Every service is one without credentials: nothing of Google's need be looked for.
  let isAnonymous: Bool

  init(
    flags: ContextFlags, environment: [String: String], configuration: Configuration, files: SettingsFiles
  ) throws(SettingsError) {
    (self.flags, self.environment) = (flags, environment)
    let chosen = try configuration.choice(flag: flags.context, environment: environment)
    let context = chosen.flatMap { configuration.context(named: $0.value) }
    (self.chosen, self.context) = (chosen, context)
    let isSet = { (name: String) in environment[name]?.isEmpty == false }
    isAnonymous =
      flags.endpoint != nil || isSet("TASKDECK_ENDPOINT") || context?.emulator != nil
      || context?.tasksEndpoint == nil && isSet("CLOUD_TASKS_EMULATOR_HOST")
        && context?.schedulerEndpoint == nil && isSet("CLOUD_SCHEDULER_EMULATOR_HOST")
    gcloud = isAnonymous ? .none : try GcloudConfiguration(environment: environment, files: files)
  }

  /// The first variable that is set and not empty.
  func first(_ names: [String]) -> Sourced<String>? {
    for name in names {
      if let value = environment[name], !value.isEmpty { return Sourced(value, from: name) }
    }
    return nil
  }

  /// The person's own variable, the context, then Google's and the library's variables.
  func value(_ own: String, _ located: Located<String>?, _ others: [String] = []) -> Sourced<String>? {
    first([own]) ?? located.map { Sourced($0) } ?? first(others)
  }

  /// A property of gcloud's: its variable, else the active configuration.
  func property(_ section: String, _ name: String) -> Sourced<String>? {
    first(["CLOUDSDK_\(section)_\(name)".uppercased()]) ?? gcloud[section, name]
  }

  // MARK: Endpoints

  func endpoint(
    _ service: Service, universe: String, credentials: Sourced<CredentialChoice>
  ) throws(SettingsError) -> ServiceEndpoint {
    let kept = service.endpoint(of: context).map { Sourced($0) }
    let anonymous =
      flags.endpoint.map { Sourced($0, from: "--endpoint") } ?? first(["TASKDECK_ENDPOINT"])
      ?? context?.emulator.map { Sourced($0) } ?? (kept == nil ? first([service.emulatorVariable]) : nil)
    if let anonymous {
      let url = Sourced(try baseURL(anonymous), from: anonymous.source)
      return ServiceEndpoint(url: url, credentials: Sourced(.anonymous, from: anonymous.source))
    }
    let url =
      kept ?? property("api_endpoint_overrides", service.host)
      ?? Sourced("https://\(service.host).\(universe)", from: "default")
    return ServiceEndpoint(url: Sourced(try baseURL(url), from: url.source), credentials: credentials)
  }

  func iamEndpoint() throws(SettingsError) -> Sourced<String>? {
    let found = context?.iamEndpoint.map { Sourced($0) } ?? property("api_endpoint_overrides", "iamcredentials")
    guard let found else { return nil }
    return Sourced(try baseURL(found), from: found.source)
  }

  func resourceManager(universe: String) throws(SettingsError) -> Sourced<String> {
    guard let found = property("api_endpoint_overrides", "cloudresourcemanager") else {
      return Sourced("https://cloudresourcemanager.\(universe)", from: "default")
    }
    return Sourced(try baseURL(found), from: found.source)
  }

  func appEndpoint() throws(SettingsError) -> Sourced<String>? {
    let found = value("TASKDECK_APP_ENDPOINT", context?.endpoint, ["DJANGO_CLOUD_TASKS_ENDPOINT"])
    guard let found else { return nil }
    return Sourced(try baseURL(found), from: found.source)
  }

  private func baseURL(_ text: Sourced<String>) throws(SettingsError) -> String {
    if let url = BaseURL.read(text.value) { return url }
    throw SettingsError(
      source: text.source, reason: "\"\(text.value)\" is not a base URL.", remedy: BaseURL.remedy)
  }

  // MARK: Project and locations

  func project(service: ServiceEndpoint, _ facts: CredentialFacts?) throws(SettingsError) -> Sourced<String> {
    if let flag = flags.project { return Sourced(flag, from: "--project") }
    let names = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT", "GCP_PROJECT"]
    if let found = value("TASKDECK_PROJECT", context?.project, names) { return found }
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
      remedy: "Give --project ID or set GOOGLE_CLOUD_PROJECT; or try `taskdeck demo`, which needs no account.",
      missing: .project)
  }

  func locations(service: ServiceEndpoint) throws(SettingsError) -> Sourced<[String]> {
    if !flags.locations.isEmpty { return Sourced(split(flags.locations), from: "--location") }
    if let own = first(["TASKDECK_LOCATION"]) { return Sourced(split([own.value]), from: own.source) }
    if let located = context?.locations { return Sourced(located) }
    let names = [
      "CLOUDSDK_TASKS_LOCATION", "CLOUDSDK_SCHEDULER_LOCATION", "CLOUDSDK_COMPUTE_REGION", "GCP_LOCATION",
    ]
    if let found = first(names) { return Sourced(split([found.value]), from: found.source) }
    if !service.isLocal, let region = gcloud["compute", "region"] {
      return Sourced(split([region.value]), from: region.source)
    }
    if service.isLoopback { return Sourced(["us-central1"], from: "default of a loopback endpoint") }
    throw SettingsError(
      source: "--location", reason: "No location is set.",
      remedy: "Give --location REGION (several are allowed), or `gcloud config set compute/region REGION`.",
      missing: .location)
  }

  private func split(_ values: [String]) -> [String] {
    values.flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) }
  }

  // MARK: Safety

  var readOnly: Sourced<Bool> {
    if flags.readOnly { return Sourced(true, from: "--read-only") }
    if let found = first(["TASKDECK_READ_ONLY"]) { return Sourced(isTrue(found.value), from: found.source) }
    return context?.readOnly.map { Sourced($0) } ?? Sourced(false, from: "default")
  }

  var isProtected: Sourced<Bool> { context?.isProtected.map { Sourced($0) } ?? Sourced(false, from: "default") }

  // MARK: The app

  var serviceAccount: Sourced<String>? {
    value("TASKDECK_SERVICE_ACCOUNT", context?.serviceAccount, ["GCP_SERVICE_ACCOUNT"])
  }

  /// The library's setting, else plain APP_NAME (django_cloud_tasks/apps.py). A setting that is there and empty is no
  /// app, whatever APP_NAME says.
  var app: Sourced<String>? {
    if let found = value("TASKDECK_APP", context?.app) { return found }
    let variable = "DJANGO_CLOUD_TASKS_APP_NAME"
    return first(environment[variable] == nil ? ["APP_NAME"] : [variable])
  }

  /// The library takes an empty delimiter as it is (django_cloud_tasks/apps.py).
  var delimiter: Sourced<String> {
    if let found = value("TASKDECK_DELIMITER", context?.delimiter) { return found }
    let variable = "DJANGO_CLOUD_TASKS_DELIMITER"
    return environment[variable].map { Sourced($0, from: variable) } ?? Sourced("--", from: "default")
  }

  /// `$SSL_CERT_FILE` is OpenSSL's.
  var caFile: Sourced<String>? {
    context?.caFile.map { Sourced($0) } ?? property("core", "custom_ca_certs_file") ?? first(["SSL_CERT_FILE"])
  }

  func isTrue(_ text: String) -> Bool { ["1", "true", "t", "y", "yes", "on"].contains(text.lowercased()) }
  func isFalse(_ text: String) -> Bool { ["0", "false", "f", "n", "no", "off"].contains(text.lowercased()) }
}

extension Configuration {
  /// Which context a run is about: the one that is named, else the only one there is.
  ///
  /// - Throws: when there is none of that name.
  package func choice(flag: String?, environment: [String: String]) throws(SettingsError) -> Sourced<String>? {
    let variable = environment["TASKDECK_CONTEXT"].flatMap { $0.isEmpty ? nil : Sourced($0, from: "TASKDECK_CONTEXT") }
    if let named = flag.map({ Sourced($0, from: "--context") }) ?? variable {
      if context(named: named.value) != nil { return named }
      throw unknownContext(named)
    }
    if let chosen = defaultContext { return Sourced(chosen) }
    guard contexts.count == 1 else { return nil }
    return Sourced(contexts[0].name, from: "the only context")
  }

  /// The error for a name that no context has, with those it may have meant.
  package func unknownContext(_ name: Sourced<String>) -> SettingsError {
    let names = contexts.map(\.name)
    let near = Nearest.names(to: name.value, among: names)
    let remedy =
      if !near.isEmpty {
        "Did you mean \(near.joined(separator: " or "))?"
      } else if !names.isEmpty {
        "There are: \(names.joined(separator: ", "))."
      } else {
        "No configuration file has contexts; write taskdeck.yaml here, or config.yaml in ~/.config/taskdeck."
      }
    return SettingsError(source: name.source, reason: "there is no context named \(name.value).", remedy: remedy)
  }
}
