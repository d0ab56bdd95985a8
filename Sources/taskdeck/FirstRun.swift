// The first run: nothing is configured, and nobody has read a manual.

import Foundation
import Settings

/// What was looked at for a project and credentials.
enum FirstRun {
  /// Each place, and what was found there; nil for nothing. Values that may be secret are only said to be there.
  static func looked(
    _ environment: [String: String], _ configuration: Configuration
  ) -> [(place: String, found: String?)] {
    let shown = ["TASKDECK_PROJECT", "TASKDECK_ENDPOINT", "GOOGLE_CLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"]
    let paths = ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUD_TASKS_EMULATOR_HOST"]
    let secret = ["TASKDECK_TOKEN_COMMAND", "CLOUDSDK_AUTH_ACCESS_TOKEN"]
    let variables =
      (shown + paths).map { ($0, value($0, environment)) }
      + secret.map { ($0, value($0, environment) == nil ? nil : "set") }
    return configured(environment, configuration) + variables + gcloud(environment) + [metadata(environment)]
  }

  private static func value(_ name: String, _ environment: [String: String]) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func configured(
    _ environment: [String: String], _ configuration: Configuration
  ) -> [(place: String, found: String?)] {
    let contexts = configuration.contexts.map(\.name).joined(separator: ", ")
    let found = contexts.isEmpty ? "no contexts" : "contexts \(contexts)"
    let files = configuration.files.map { ($0, Optional(found)) }
    let user = Configuration.userPath(environment) ?? "config.yaml"
    let absent = [("taskdeck.yaml here and in the folders above", String?.none), (user, nil)]
    return files.isEmpty ? absent : files
  }

  private static func gcloud(_ environment: [String: String]) -> [(place: String, found: String?)] {
    let home = environment["HOME"] ?? NSHomeDirectory()
    let folder = value("CLOUDSDK_CONFIG", environment) ?? "\(home)/.config/gcloud"
    let active = FileManager.default.contents(atPath: "\(folder)/active_config").map {
      String(decoding: $0.prefix(200), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let login = "\(folder)/application_default_credentials.json"
    return [
      ("gcloud's active configuration", active.map { "\($0) in \(folder)" }),
      ("gcloud auth application-default login", FileManager.default.fileExists(atPath: login) ? login : nil),
    ]
  }

  private static func metadata(_ environment: [String: String]) -> (place: String, found: String?) {
    let isOff = value("NO_GCE_CHECK", environment) != nil
    return (isOff ? "metadata server (NO_GCE_CHECK: not asked)" : "metadata server of Google's machines", nil)
  }
}
