// The words of settings: values that know where they were found, and what cannot be
// used. Flags, environment and files come in as arguments; nothing here reads the
// process or the disk.

/// A value and the place it was found in, in the user's words (`--project`, `GOOGLE_CLOUD_PROJECT`, `default`).
package struct Sourced<Value: Sendable & Equatable>: Sendable, Equatable {
  package var value: Value
  package var source: String

  package init(_ value: Value, from source: String) { (self.value, self.source) = (value, source) }
}

extension Sourced {
  /// A value of a configuration file.
  init(_ located: Located<Value>) { self.init(located.value, from: "\(located.place.file):\(located.place.line)") }
}

/// Something in the flags or the environment that cannot be used.
package struct SettingsError: Error, Equatable, Sendable {
  /// Where the value was found.
  package var source: String
  package var reason: String
  package var remedy: String
  /// What is nowhere to be found, where that is the reason.
  package var missing: Missing?

  /// What no run can do without.
  package enum Missing: Sendable {
    case project, location
  }

  package init(source: String, reason: String, remedy: String, missing: Missing? = nil) {
    (self.source, self.reason, self.remedy, self.missing) = (source, reason, remedy, missing)
  }
}

/// What the command line said about the context; nil or empty where it said nothing.
package struct ContextFlags: Sendable, Equatable {
  package var context: String?
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

  /// Whether no credentials are sent.
  package var isAnonymous: Bool { credentials.value == .anonymous }

  /// An emulator on this machine, which Google's settings are not about.
  var isLocal: Bool { isLoopback && credentials.value == .anonymous }
}
