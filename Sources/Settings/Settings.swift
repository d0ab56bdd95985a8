// Which project, locations, endpoints and credentials a run of the program is
// about, and where each of these came from.
//
// Order of DESIGN.md section 4: flags, TASKDECK_*, Google's variables,
// emulator hosts, django-cloud-tasks' variables, defaults. Flags and
// environment come in as arguments; nothing here reads the process.

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
  package var readOnly = false

  package init() {}
}

/// How calls are authorised.
package enum CredentialChoice: Sendable, Equatable {
  /// No credentials at all: an emulator.
  case anonymous
  /// A key file of a service account.
  case keyFile(path: String)
  /// Nothing was found; real endpoints will refuse.
  case none
}

/// The base URL of one service and how calls to it are authorised.
package struct ServiceEndpoint: Sendable, Equatable {
  package var url: Sourced<String>
  package var credentials: Sourced<CredentialChoice>

  /// Whether the service runs on this machine: no list budget, plain HTTP allowed.
  package var isLoopback: Bool { isLoopbackURL(url.value) }
}

/// Everything a run needs to know about where it works.
package struct Context: Sendable, Equatable {
  package var project: Sourced<String>
  package var locations: Sourced<[String]>
  package var tasks: ServiceEndpoint
  package var scheduler: ServiceEndpoint
  package var readOnly: Sourced<Bool>
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
  /// - Parameter projectOfKeyFile: reads the project named in a key file, when the project comes from nowhere else.
  /// - Throws: `SettingsError` for a value that cannot be used, or a project or location that is nowhere to be found.
  package static func resolve(
    flags: ContextFlags, environment: [String: String], projectOfKeyFile: (String) -> String? = { _ in nil }
  ) throws(SettingsError) -> Context {
    let lookup = Lookup(environment: environment)
    let credentials = lookup.credentials()
    let tasks = try lookup.endpoint(
      flag: flags.endpoint, emulator: "CLOUD_TASKS_EMULATOR_HOST",
      override: "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS", service: "https://cloudtasks.googleapis.com",
      credentials: credentials)
    let scheduler = try lookup.endpoint(
      flag: flags.endpoint, emulator: "CLOUD_SCHEDULER_EMULATOR_HOST",
      override: "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER", service: "https://cloudscheduler.googleapis.com",
      credentials: credentials)
    let local = tasks.isLoopback
    return Context(
      project: try lookup.project(flag: flags.project, local: local, keyFile: credentials, projectOfKeyFile),
      locations: try lookup.locations(flag: flags.locations, local: local),
      tasks: tasks, scheduler: scheduler, readOnly: lookup.readOnly(flag: flags.readOnly),
      serviceAccount: lookup.first(["TASKDECK_SERVICE_ACCOUNT", "GCP_SERVICE_ACCOUNT"]))
  }
}

/// The environment, asked in order.
private struct Lookup {
  let environment: [String: String]

  /// The first variable that is set and not empty.
  func first(_ names: [String]) -> Sourced<String>? {
    for name in names {
      if let value = environment[name], !value.isEmpty { return Sourced(value, from: name) }
    }
    return nil
  }

  func credentials() -> Sourced<CredentialChoice> {
    if let disabled = first(["CLOUDSDK_AUTH_DISABLE_CREDENTIALS"]), isTrue(disabled.value) {
      return Sourced(.anonymous, from: disabled.source)
    }
    if let file = first(["GOOGLE_APPLICATION_CREDENTIALS"]) {
      return Sourced(.keyFile(path: file.value), from: file.source)
    }
    return Sourced(.none, from: "default")
  }

  func endpoint(
    flag: String?, emulator: String, override: String, service: String, credentials: Sourced<CredentialChoice>
  ) throws(SettingsError) -> ServiceEndpoint {
    let anonymous = flag.map { Sourced($0, from: "--endpoint") } ?? first(["TASKDECK_ENDPOINT"]) ?? first([emulator])
    if let anonymous {
      let url = Sourced(try baseURL(anonymous), from: anonymous.source)
      return ServiceEndpoint(url: url, credentials: Sourced(.anonymous, from: anonymous.source))
    }
    let url = first([override]) ?? Sourced(service, from: "default")
    return ServiceEndpoint(url: Sourced(try baseURL(url), from: url.source), credentials: credentials)
  }

  /// A base URL without a slash at its end. `HOST:PORT` alone, as in emulator variables, is plain HTTP.
  private func baseURL(_ text: Sourced<String>) throws(SettingsError) -> String {
    let full = text.value.contains("://") ? text.value : "http://\(text.value)"
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
    flag: String?, local: Bool, keyFile: Sourced<CredentialChoice>, _ projectOfKeyFile: (String) -> String?
  ) throws(SettingsError) -> Sourced<String> {
    if let flag { return Sourced(flag, from: "--project") }
    let names = [
      "TASKDECK_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT", "GCP_PROJECT",
    ]
    if let found = first(names) { return found }
    if case .keyFile(let path) = keyFile.value, !local, let project = projectOfKeyFile(path) {
      return Sourced(project, from: path)
    }
    if local { return Sourced("local", from: "default of a loopback endpoint") }
    throw SettingsError(
      source: "--project", reason: "No project is set.",
      remedy: "Give --project ID or set GOOGLE_CLOUD_PROJECT; or try `taskdeck demo`, which needs no account.")
  }

  func locations(flag: [String], local: Bool) throws(SettingsError) -> Sourced<[String]> {
    if !flag.isEmpty { return Sourced(split(flag), from: "--location") }
    let names = [
      "TASKDECK_LOCATION", "CLOUDSDK_TASKS_LOCATION", "CLOUDSDK_SCHEDULER_LOCATION", "CLOUDSDK_COMPUTE_REGION",
      "GCP_LOCATION",
    ]
    if let found = first(names) { return Sourced(split([found.value]), from: found.source) }
    if local { return Sourced(["us-central1"], from: "default of a loopback endpoint") }
    throw SettingsError(
      source: "--location", reason: "No location is set.",
      remedy: "Give --location REGION (several are allowed) or set CLOUDSDK_COMPUTE_REGION.")
  }

  private func split(_ values: [String]) -> [String] {
    values.flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) }
  }

  func readOnly(flag: Bool) -> Sourced<Bool> {
    if flag { return Sourced(true, from: "--read-only") }
    if let found = first(["TASKDECK_READ_ONLY"]) { return Sourced(isTrue(found.value), from: found.source) }
    return Sourced(false, from: "default")
  }

  private func isTrue(_ text: String) -> Bool { ["1", "true", "t", "y", "yes", "on"].contains(text.lowercased()) }
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
