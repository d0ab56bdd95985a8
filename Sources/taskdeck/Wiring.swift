// The one file that knows adapters and ports together: settings become clients.

import CloudAPI
import CloudModel
import CloudREST
import Console
import Foundation
import Settings
import Synchronization
import Transport

/// The version this program says it is, in `--version` and to the services.
let programVersion = "0.1.0"

/// The clients of one run, and where they point.
struct Wiring: Sendable {
  let context: Context
  let parents: [LocationName]
  let tasks: TasksClient
  let scheduler: SchedulerClient
  /// List calls in any minute; nil is without limit.
  let listCalls: Int?
  /// One for all clients: the quota is the project's.
  let budget: CallBudget
  let report: RequestReport

  /// Makes the clients. Nothing is sent.
  ///
  /// - Throws: `Exit` when the context or the key file cannot be used.
  init(
    _ options: GlobalOptions, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) {
    do throws(SettingsError) {
      context = try Context.resolve(flags: options.contextFlags, environment: environment) { path in
        // A key file that cannot be read is reported when it is used, with its reason.
        (try? ServiceAccountKey(contentsOf: path))?.projectID
      }
    } catch {
      throw Exit(error)
    }
    do throws(NameError) { parents = try context.parents() } catch { throw Exit(error) }
    let sender = HTTPClient(configuration: .init(proxies: .init(environment: environment)))
    let report = RequestReport(isVerbose: options.verbose, trace: try Self.trace(options.trace))
    self.report = report
    // An emulator on this machine has no quota; a limit that somebody asks for holds there too.
    listCalls = options.listCalls ?? (context.tasks.isLoopback ? nil : 60)
    budget = Self.budget(listCalls, isLoopback: context.tasks.isLoopback, report)
    tasks = TasksClient(try Self.client(context.tasks, sender, budget, report))
    scheduler = SchedulerClient(try Self.client(context.scheduler, sender, budget, report))
  }

  private static func trace(_ path: String?) throws(Exit) -> TraceFile? {
    guard let path else { return nil }
    return try TraceFile(path)
  }

  private static func budget(_ listCalls: Int?, isLoopback: Bool, _ report: RequestReport) -> CallBudget {
    var limits: [Quota: Int] = isLoopback ? [:] : [.runTask: Quota.runTaskLimit]
    limits[.list] = listCalls
    return CallBudget(limits: limits) { report.putOff($0) }
  }

  private static func client(
    _ service: ServiceEndpoint, _ sender: HTTPClient, _ budget: CallBudget, _ report: RequestReport
  ) throws(Exit) -> RESTClient {
    let endpoint: Endpoint
    do { endpoint = try Endpoint(service.url.value) } catch {
      throw .usage(
        "That endpoint cannot be used", reason: "\(service.url.source): \(error.description).",
        remedy: "Give a base URL such as http://127.0.0.1:8123.")
    }
    return RESTClient(
      endpoint: endpoint, credentials: try credentials(service.credentials), sender: sender,
      identity: .init(version: programVersion), budget: budget, onExchange: { report.sent($0, at: endpoint.base) })
  }

  private static func credentials(_ choice: Sourced<CredentialChoice>) throws(Exit) -> any Credentials {
    switch choice.value {
    case .anonymous: return AnonymousCredentials()
    case .keyFile(let path):
      do { return ServiceAccountCredentials(try ServiceAccountKey(contentsOf: path)) } catch {
        throw .refused(
          "The key file cannot be used", reason: "\(choice.source): \(error.description)", remedy: error.remedy)
      }
    case .none:
      throw .refused(
        "There are no credentials", reason: "GOOGLE_APPLICATION_CREDENTIALS is not set.",
        remedy: "Set it to a service account's key file, give --endpoint for an emulator, or try `taskdeck demo`.")
    }
  }

  /// The queue that a short ID or a full name means. A short ID is of the first location.
  func queue(_ text: String) throws(Exit) -> QueueName {
    do throws(NameError) {
      if text.contains("/") { return try QueueName(text) }
      return try QueueName(parent: parents[0], id: text)
    } catch {
      throw Exit(error)
    }
  }

  /// The task that an ID in a queue, or a full name, means.
  func task(_ text: String, in queue: QueueName) throws(Exit) -> TaskName {
    do throws(NameError) {
      if text.contains("/") { return try TaskName(text) }
      return try TaskName(queue: queue, id: text)
    } catch {
      throw Exit(error)
    }
  }

  /// The job that a short ID or a full name means.
  func job(_ text: String) throws(Exit) -> JobName {
    do throws(NameError) {
      if text.contains("/") { return try JobName(text) }
      return try JobName(parent: parents[0], id: text)
    } catch {
      throw Exit(error)
    }
  }

  /// Refuses a change where the context is read-only.
  func allowChanges() throws(Exit) {
    guard context.readOnly.value else { return }
    throw .refused(
      "Nothing was changed: this is read-only", reason: "\(context.readOnly.source) makes every change refused.",
      remedy: "Leave it out to make changes.")
  }
}
