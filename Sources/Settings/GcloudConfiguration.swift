// What gcloud was configured with on this machine: the active configuration's
// properties, and the folder that its credentials lie in. gcloud's own databases of
// tokens are not read; `gcloud auth print-access-token` is the way to those.

import Foundation

/// The files a context is read from, as closures: nothing here touches a file system.
package struct SettingsFiles: Sendable {
  /// The text of a file; nil when there is none. Throws when there is one that cannot be read.
  package var read: @Sendable (String) throws(SettingsError) -> String?
  package var exists: @Sendable (String) -> Bool
  /// How somebody else could write a file, or the folder it is in; nil when nobody could.
  package var exposure: @Sendable (String) -> FileExposure?

  package init(
    read: @escaping @Sendable (String) throws(SettingsError) -> String?,
    exists: @escaping @Sendable (String) -> Bool,
    exposure: @escaping @Sendable (String) -> FileExposure? = { _ in nil }
  ) {
    (self.read, self.exists, self.exposure) = (read, exists, exposure)
  }

  /// No files at all.
  package static let none = SettingsFiles(read: { (_: String) throws(SettingsError) in nil }, exists: { _ in false })
}

/// gcloud's active configuration.
struct GcloudConfiguration {
  /// `$CLOUDSDK_CONFIG`, else `~/.config/gcloud`; nil without a home.
  let folder: String?
  /// The file that properties come from.
  private let path: String
  private let properties: INIFile?

  /// Nothing configured.
  static let none = GcloudConfiguration(folder: nil, path: "", properties: nil)

  private init(folder: String?, path: String, properties: INIFile?) {
    (self.folder, self.path, self.properties) = (folder, path, properties)
  }

  /// Reads the active configuration.
  ///
  /// - Throws: when the file is broken, or a configuration named by the environment is not there.
  init(environment: [String: String], files: SettingsFiles) throws(SettingsError) {
    guard let folder = Self.folder(environment) else {
      self = .none
      return
    }
    let name = try Self.activeName(environment, folder, files)
    let path = "\(folder)/configurations/config_\(name.value)"
    // gcloud: NONE is the configuration without properties.
    let text = name.value == "NONE" ? nil : try files.read(path)
    if text == nil, name.source == Self.nameVariable, name.value != "NONE" {
      throw SettingsError(
        source: name.source, reason: "there is no gcloud configuration named \(name.value) (\(path)).",
        remedy: "`gcloud config configurations list` shows those there are.")
    }
    self.init(
      folder: folder, path: path,
      properties: try text.map { text throws(SettingsError) in
        try Self.parse(text, path)
      })
  }

  private static let nameVariable = "CLOUDSDK_ACTIVE_CONFIG_NAME"

  static func folder(_ environment: [String: String]) -> String? {
    if let named = environment["CLOUDSDK_CONFIG"], !named.isEmpty { return named }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return "\(home)/.config/gcloud"
  }

  private static func activeName(
    _ environment: [String: String], _ folder: String, _ files: SettingsFiles
  ) throws(SettingsError) -> Sourced<String> {
    let path = "\(folder)/active_config"
    let named: Sourced<String>
    if let name = environment[nameVariable], !name.isEmpty {
      named = Sourced(name, from: nameVariable)
    } else {
      let text = try files.read(path)?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
      named = Sourced(text.isEmpty ? "default" : text, from: path)
    }
    // It becomes part of a path, so it must hold none.
    guard named.value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) else {
      throw SettingsError(
        source: named.source, reason: "\"\(named.value)\" is not the name of a gcloud configuration.",
        remedy: "`gcloud config configurations activate NAME` sets a good one.")
    }
    return named
  }

  private static func parse(_ text: String, _ path: String) throws(SettingsError) -> INIFile {
    do {
      return try INIFile(text)
    } catch {
      throw SettingsError(
        source: "\(path):\(error.line)", reason: "\(error.reason).",
        remedy: "Mend that line, or set the property again with `gcloud config set`.")
    }
  }

  /// A property that is set and not empty.
  subscript(section: String, name: String) -> Sourced<String>? {
    guard let value = properties?[section, name], !value.isEmpty else { return nil }
    return Sourced(value, from: "\(path) [\(section)] \(name)")
  }

  /// Where `gcloud auth application-default login` leaves its credentials.
  var applicationDefaultPath: String? { folder.map { "\($0)/application_default_credentials.json" } }
}
