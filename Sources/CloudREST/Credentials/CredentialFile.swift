// A credential file of any kind, read and checked whole before it is used.

import Foundation

/// The credentials that a file holds.
package struct CredentialFile: Sendable {
  indirect enum Content: Sendable {
    case serviceAccount(ServiceAccountKey)
    case authorizedUser(AuthorizedUser)
    case externalAccount(ExternalAccount)
    case externalAccountUser(ExternalAccountUser)
    /// The account to be, the file's own scopes for it, and who asks with which quota project.
    case impersonated(Impersonation, scopes: [String]?, caller: Content, callerQuotaProject: String?)
  }

  /// The file, for error messages.
  package let source: String
  /// What the file calls its kind, such as `service_account`.
  package let type: String
  package let projectID: String?
  package let quotaProject: String?
  package let universeDomain: String
  /// What its owner should know, in sentences; said once on standard error.
  package let warnings: [String]
  let content: Content

  /// Reads a file.
  package init(contentsOf path: String) throws(CredentialsError) {
    let json: Data
    do {
      json = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CredentialsError(.unreadable, source: path, reason: "it cannot be read: \(fileReason(error)).")
    }
    try self.init(json: json, source: path, isReadableByOthers: FileSafety.isReadableByOthers(path))
  }

  /// Reads the content of a file; `source` is what errors call it.
  package init(json: Data, source: String, isReadableByOthers: Bool = false) throws(CredentialsError) {
    let fields = try CredentialFields(json: json, source: source)
    self.source = source
    type = try fields.text("type")
    content = try Self.content(type, fields)
    projectID = try fields.optional("project_id")
    quotaProject = try fields.optional("quota_project_id")
    universeDomain = try fields.optional("universe_domain") ?? OAuth.defaultUniverse
    let isExposed = isReadableByOthers && content.holdsSecrets
    warnings = isExposed ? ["\(source) can be read by others; it holds a secret: `chmod 600 \(source)`."] : []
  }

  private static func content(_ type: String, _ fields: CredentialFields) throws(CredentialsError) -> Content {
    switch type {
    case "service_account": return .serviceAccount(try ServiceAccountKey(fields))
    case "authorized_user": return .authorizedUser(try AuthorizedUser(fields))
    case "external_account": return .externalAccount(try ExternalAccount(fields))
    case "external_account_authorized_user": return .externalAccountUser(try ExternalAccountUser(fields))
    case "impersonated_service_account": return try impersonated(fields)
    case "gdch_service_account":
      throw CredentialsError(
        .unsupported, source: fields.source,
        reason: "it is of Google Distributed Cloud (gdch_service_account), which has none of the APIs used here.")
    default:
      throw fields.fault(
        "its type is \(type), not one of service_account, authorized_user, impersonated_service_account,"
          + " external_account and external_account_authorized_user.")
    }
  }

  private static func impersonated(_ fields: CredentialFields) throws(CredentialsError) -> Content {
    let target = Impersonation(
      url: try fields.text("service_account_impersonation_url"), source: fields.source,
      delegates: try fields.texts("delegates"))
    guard target.email != nil else {
      throw fields.fault("its service_account_impersonation_url does not end in ACCOUNT:generateAccessToken.")
    }
    let inner = try fields.requiredObject("source_credentials")
    let type = try inner.text("type")
    // google-auth knows these three; a chain of impersonations is what `delegates` is for.
    guard ["service_account", "authorized_user", "external_account_authorized_user"].contains(type) else {
      throw fields.fault("its source_credentials are of type \(type), which cannot impersonate from a file.")
    }
    return .impersonated(
      target, scopes: try fields.texts("scopes"), caller: try content(type, inner),
      callerQuotaProject: try inner.optional("quota_project_id"))
  }
}

extension CredentialFile {
  /// The e-mail address of the service account that calls are made as; nil for a person, whom no file names.
  package var serviceAccount: String? {
    switch content {
    case .serviceAccount(let key): key.email
    case .impersonated(let target, _, _, _): target.email
    case .externalAccount(let account): account.impersonation?.email
    case .authorizedUser, .externalAccountUser: nil
    }
  }
}

extension CredentialFile.Content {
  /// Whether whoever reads the file can be who it names.
  var holdsSecrets: Bool {
    switch self {
    case .serviceAccount, .authorizedUser, .externalAccountUser: true
    case .externalAccount(let account): account.clientSecret != nil
    case .impersonated(_, _, let caller, _): caller.holdsSecrets
    }
  }
}

/// Who may read and write a file besides its owner.
enum FileSafety {
  static func isReadableByOthers(_ path: String) -> Bool {
    permissions(of: path).map { $0 & 0o044 != 0 } ?? false
  }

  /// Refuses a file that names a program to run where anyone but its owner could have written that name.
  static func checkThatOthersCannotWrite(_ path: String) throws(CredentialsError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    for place in [path, folder] {
      // A folder with the sticky bit, such as /tmp, lets nobody replace another's file.
      guard let mode = permissions(of: place), mode & 0o022 != 0, mode & 0o1000 == 0 else { continue }
      throw CredentialsError(
        .program, source: path, reason: "it names a program to run, but others may write \(place).",
        remedy: "`chmod go-w \(place)`, after a look at what the file says.")
    }
  }

  /// nil where the file is not there: reading it then says so.
  private static func permissions(of path: String) -> mode_t? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode : nil
  }
}
