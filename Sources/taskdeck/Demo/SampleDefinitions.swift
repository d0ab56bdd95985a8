// The demo's definitions: what the shop's code wants, from which its jobs have
// drifted in the ways that people meet.

import Foundation
import Settings

/// A definitions file of the demo's own, gone when it ends.
struct SampleDefinitions {
  private let folder: URL
  private var path: String { folder.appendingPathComponent("schedules.yaml").path }

  init(worker: String) throws(Exit) {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("taskdeck-demo-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try Data(Self.text(worker).utf8).write(to: folder.appendingPathComponent("schedules.yaml"))
    } catch {
      throw .refused(
        "The demo's definitions cannot be written", reason: error.localizedDescription,
        remedy: "Set TMPDIR to a folder that can be written.")
    }
  }

  var settings: SchedulesSettings {
    SchedulesSettings(source: Located(.file(path), at: FilePlace(file: path, line: 1, column: 1)))
  }

  func remove() {
    do { try FileManager.default.removeItem(at: folder) } catch {
      Output.say("taskdeck: \(folder.path) could not be removed: \(error.localizedDescription)")
    }
  }

  /// The digest moved to 06:00, billing has a zone of its own, a sync is new, and the search index is in no definition
  /// any more.
  private static func text(_ worker: String) -> String {
    """
    app: shop
    endpoint: \(worker)/tasks
    schedules:
      - {name: Heartbeat, run-every: "* * * * *", description: Proves that the scheduler fires, headers: &json {Content-Type: application/json}, oidc: false}
      - {name: OccasionallyFailingExternalCheck, run-every: {minutes: 2}, description: Asks a partner for its health, headers: *json, oidc: false, retries: {count: 3}}
      - {name: SyncExternalPrices, run-every: "*/15 * * * *", description: Fails since the partner changed its API, headers: {Content-Type: application/json, X-Partner-Token: demo}, oidc: false}
      - {name: HourlyTemporaryFileCleanup, run-every: "@hourly", headers: *json, payload: {older_than_hours: 2}, oidc: false}
      - {name: GenerateDailyUserActivityDigest, run-every: "0 6 * * 1-5", time-zone: America/New_York, description: Weekdays only, headers: *json, oidc: false}
      - {name: MonthlyBillingRun, run-every: "0 3 1 * *", time-zone: Europe/Paris, description: At 03:00 on the first of the month, headers: *json, oidc: false}
      - {name: WeeklyStockCount, run-every: "30 2 * * SUN", time-zone: Europe/Paris, description: Counts what is on the shelves, headers: *json, oidc: false}

    """
  }
}
