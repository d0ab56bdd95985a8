// Who a run is: the order in which Google's libraries look for Application Default
// Credentials, with the explicit choices before them.

/// How calls are authorised.
package enum CredentialChoice: Sendable, Equatable {
  /// No credentials at all: an emulator.
  case anonymous
  /// The token in an environment variable. Only the variable's name, so that settings hold no secret.
  case accessToken(variable: String)
  /// A file that holds a token.
  case accessTokenFile(path: String)
  /// A command that prints a token, not yet cut into words.
  case tokenCommand(String)
  /// A credential file of any of Google's kinds.
  case keyFile(path: String)
  /// The metadata server of one of Google's machines, if this is one.
  case metadataServer
  /// Nothing was found; real endpoints will refuse.
  case none

  /// For people.
  package var words: String {
    switch self {
    case .anonymous: "none: requests are anonymous"
    case .accessToken(let variable): "the access token in \(variable)"
    case .accessTokenFile(let path): "the access token in \(path)"
    // Its arguments may hold a secret, and these words are printed and kept in the journal.
    case .tokenCommand(let command): "the output of \(command.prefix { $0 != " " })"
    case .keyFile(let path): path
    case .metadataServer: "the metadata server"
    case .none: "none found"
    }
  }
}

/// What credentials say about the context, where they say it.
package struct CredentialFacts: Sendable, Equatable {
  package var project: String?
  package var quotaProject: String?
  package var universe: String?
  /// For `source`: the file or server.
  package var source: String

  package init(project: String? = nil, quotaProject: String? = nil, universe: String? = nil, source: String) {
    (self.project, self.quotaProject, self.universe, self.source) = (project, quotaProject, universe, source)
  }
}

extension Lookup {
  /// Explicit choices, then Google's order: GOOGLE_APPLICATION_CREDENTIALS, gcloud's file, the metadata server
  /// (google-auth's `default()`; App Engine's first generation is gone).
  func credentials(files: SettingsFiles) -> Sourced<CredentialChoice> {
    // A context that names its credentials means them, whatever Google's variables of tokens say.
    if first(["TASKDECK_TOKEN_COMMAND", "TASKDECK_CREDENTIALS"]) == nil, let file = context?.credentials {
      return Sourced(.keyFile(path: file.value), from: Sourced(file).source)
    }
    if let disabled = property("auth", "disable_credentials"), isTrue(disabled.value) {
      return Sourced(.anonymous, from: disabled.source)
    }
    if let command = first(["TASKDECK_TOKEN_COMMAND"]) {
      return Sourced(.tokenCommand(command.value), from: command.source)
    }
    if let token = first(["CLOUDSDK_AUTH_ACCESS_TOKEN"]) {
      return Sourced(.accessToken(variable: token.source), from: token.source)
    }
    if let file = property("auth", "access_token_file") {
      return Sourced(.accessTokenFile(path: file.value), from: file.source)
    }
    if let file = first(["TASKDECK_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"]) {
      return Sourced(.keyFile(path: file.value), from: file.source)
    }
    if let path = gcloud.applicationDefaultPath ?? defaultCredentialsPath, files.exists(path) {
      return Sourced(.keyFile(path: path), from: "gcloud auth application-default login")
    }
    return machine()
  }

  private var defaultCredentialsPath: String? {
    GcloudConfiguration.folder(environment).map { "\($0)/application_default_credentials.json" }
  }

  private func machine() -> Sourced<CredentialChoice> {
    if let check = first(["NO_GCE_CHECK"]), isTrue(check.value) { return Sourced(.none, from: check.source) }
    if let check = property("core", "check_gce_metadata"), isFalse(check.value) {
      return Sourced(.none, from: check.source)
    }
    return Sourced(.metadataServer, from: "default")
  }

  /// Whom to impersonate: one account, or its delegates before it with commas between.
  var impersonation: Sourced<String>? {
    if let flag = flags.impersonate { return Sourced(flag, from: "--impersonate") }
    return value("TASKDECK_IMPERSONATE", context?.impersonate) ?? property("auth", "impersonate_service_account")
  }

  /// The domain that endpoints lie in: what the person says, else what the credentials are of.
  func universe(_ facts: CredentialFacts?) -> Sourced<String> {
    if let said = first(["GOOGLE_CLOUD_UNIVERSE_DOMAIN"]) ?? property("core", "universe_domain") { return said }
    if let facts, let universe = facts.universe { return Sourced(universe, from: facts.source) }
    return Sourced("googleapis.com", from: "default")
  }

  func quotaProject(_ facts: CredentialFacts?) -> Sourced<String>? {
    if let said = value("TASKDECK_QUOTA_PROJECT", context?.quotaProject, ["GOOGLE_CLOUD_QUOTA_PROJECT"]) {
      return said
    }
    return facts.flatMap { facts in facts.quotaProject.map { Sourced($0, from: facts.source) } }
  }
}
