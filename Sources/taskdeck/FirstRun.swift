// The first run: nothing is configured, and nobody has read a manual.

import CloudModel
import Console
import Foundation
import Settings

/// What was looked at for a project and credentials.
struct FirstRun {
  private let environment: [String: String]
  private let configuration: Configuration

  init(_ environment: [String: String], _ configuration: Configuration) {
    (self.environment, self.configuration) = (environment, configuration)
  }

  /// Each place, and what was found there. Values that may be secret are only said to be there.
  func looked(metadata: StartLook.Outcome) -> [StartLook] {
    let shown = ["TASKDECK_PROJECT", "TASKDECK_ENDPOINT", "GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"]
    let paths = ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUD_TASKS_EMULATOR_HOST"]
    let secret = ["TASKDECK_TOKEN_COMMAND", "CLOUDSDK_AUTH_ACCESS_TOKEN"]
    let variables =
      (shown + paths).map { StartLook($0, value($0)) }
      + secret.map { StartLook($0, value($0) == nil ? nil : "set") }
    return configured + variables + gcloud + [StartLook("metadata server of Google's machines", metadata)]
  }

  private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  private var configured: [StartLook] {
    let contexts = configuration.contexts.map(\.name).joined(separator: ", ")
    let found = contexts.isEmpty ? "no contexts" : "contexts \(contexts)"
    let user = Configuration.userPath(environment) ?? "config.yaml"
    if !configuration.files.isEmpty { return configuration.files.map { StartLook($0, found) } }
    return [StartLook("taskdeck.yaml here and in the folders above", nil), StartLook(user, nil)]
  }

  // MARK: gcloud

  private var folder: String {
    value("CLOUDSDK_CONFIG") ?? "\(environment["HOME"] ?? NSHomeDirectory())/.config/gcloud"
  }

  private func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map {
      String(decoding: $0.prefix(20_000), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  private var gcloud: [StartLook] {
    let name = value("CLOUDSDK_ACTIVE_CONFIG_NAME") ?? text("active_config") ?? "default"
    let isThere = text("configurations/config_\(name)") != nil
    let login = "\(folder)/application_default_credentials.json"
    let quota = quotaProject.map { ", with the quota project \($0)" } ?? ""
    return [
      StartLook("gcloud's active configuration", isThere ? "\(name) in \(folder)" : nil),
      StartLook(
        "gcloud auth application-default login",
        FileManager.default.fileExists(atPath: login) ? "\(login)\(quota)" : nil),
    ]
  }

  /// That of the login: most probably the project that is meant.
  var quotaProject: String? {
    guard let text = text("application_default_credentials.json") else { return nil }
    // A file that is not JSON is told of where the credentials are read.
    do { return try JSON(parsing: Data(text.utf8))["quota_project_id"]?.string } catch { return nil }
  }

  /// Whether there is something that the metadata server is not asked after.
  var hasCredentials: Bool {
    ["TASKDECK_TOKEN_COMMAND", "CLOUDSDK_AUTH_ACCESS_TOKEN", "TASKDECK_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"]
      .contains { value($0) != nil } || text("application_default_credentials.json") != nil
  }

  var hasContexts: Bool { !configuration.contexts.isEmpty }

  /// Whether gcloud can be asked for tokens.
  var hasGcloud: Bool {
    (value("PATH") ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/gcloud")
    }
  }
}
