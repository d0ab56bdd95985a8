// The contexts of the configuration files, for the console's list of them.

import Console
import Foundation
import Settings

extension ContextRow {
  /// What the files say now, or what is wrong with them.
  static func configured(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Result<[ContextRow], Failure> {
    do throws(Exit) {
      return .success(try Configuration.load(environment).contexts.map { ContextRow($0) })
    } catch {
      return .failure(error.failure)
    }
  }

  init(_ settings: ContextSettings) {
    let url = settings.emulator ?? settings.tasksEndpoint
    self.init(
      name: settings.name, project: settings.project?.value, locations: settings.locations?.value ?? [],
      endpoint: url.map { $0.value.replacing("http://", with: "").replacing("https://", with: "") } ?? "Google",
      isEmulator: settings.emulator != nil, isProtected: settings.isProtected?.value ?? false,
      isReadOnly: settings.readOnly?.value ?? false, colour: settings.colour.flatMap { ContextColour($0.value) },
      source: settings.place.map { "\(($0.file as NSString).lastPathComponent):\($0.line)" } ?? "-",
      settings: Self.settings(settings))
  }

  /// Everything that the files say of it.
  private static func settings(_ context: ContextSettings) -> [Setting] {
    let texts = [
      ("project", context.project), ("app", context.app), ("delimiter", context.delimiter),
      ("endpoint", context.endpoint), ("emulator", context.emulator), ("endpoints.tasks", context.tasksEndpoint),
      ("endpoints.scheduler", context.schedulerEndpoint), ("endpoints.pubsub", context.pubsubEndpoint),
      ("credentials", context.credentials), ("impersonate", context.impersonate),
      ("service-account", context.serviceAccount), ("quota-project", context.quotaProject),
      ("ca-file", context.caFile), ("colour", context.colour),
    ]
    let switches = [("protected", context.isProtected), ("read-only", context.readOnly)]
    let locations = context.locations.map {
      Setting("locations", $0.value.joined(separator: ", "), from: $0.place.description)
    }
    return [locations].compactMap(\.self)
      + texts.compactMap { key, value in value.map { Setting(key, $0.value, from: $0.place.description) } }
      + switches.compactMap { key, value in
        value.map { Setting(key, $0.value ? "yes" : "no", from: $0.place.description) }
      }
  }
}
