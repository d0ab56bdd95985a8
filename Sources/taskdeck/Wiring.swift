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

  /// Makes the clients. Nothing is sent.
  ///
  /// - Throws: `Exit` when the context or the key file cannot be used.
  init(
    _ options: GlobalOptions, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) {
    let sender = HTTPClient(configuration: .init(proxies: .init(environment: environment)))
    let identity = RESTClient.Identity(version: programVersion)
    var found = CredentialWiring(environment: environment, sender: sender, identity: identity)
    do throws(SettingsError) {
      context = try Context.resolve(
        flags: options.contextFlags, environment: environment, files: CredentialWiring.files
      ) { choice in found.facts(choice) }
    } catch {
      try found.checkFault()
      throw Exit(error)
    }
    try found.checkFault()
    do throws(NameError) { parents = try context.parents() } catch { throw Exit(error) }
    for warning in found.warnings { Output.say("taskdeck: \(warning)") }
    let credentials = try found.made(for: context)
    let isVerbose = options.verbose
    let log: @Sendable (RESTExchange) -> Void = { exchange in if isVerbose { logExchange(exchange) } }
    tasks = TasksClient(try Self.client(context.tasks, sender, credentials, log))
    scheduler = SchedulerClient(try Self.client(context.scheduler, sender, credentials, log))
  }

  private static func client(
    _ service: ServiceEndpoint, _ sender: HTTPClient, _ credentials: (any Credentials)?,
    _ log: @escaping @Sendable (RESTExchange) -> Void
  ) throws(Exit) -> RESTClient {
    let endpoint: Endpoint
    do { endpoint = try Endpoint(service.url.value) } catch {
      throw .usage(
        "That endpoint cannot be used", reason: "\(service.url.source): \(error.description).",
        remedy: "Give a base URL such as http://127.0.0.1:8123.")
    }
    let isAnonymous = service.credentials.value == .anonymous
    guard let credentials = isAnonymous ? AnonymousCredentials() : credentials else {
      throw .refused(
        "There are no credentials",
        reason: "GOOGLE_APPLICATION_CREDENTIALS is not set, gcloud has no application default credentials, and this is"
          + " no machine of Google's (\(service.credentials.source)).",
        remedy: "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file or"
          + " TASKDECK_TOKEN_COMMAND=\"gcloud auth print-access-token\"; or try `taskdeck demo`.")
    }
    return RESTClient(
      endpoint: endpoint, credentials: credentials, sender: sender, identity: .init(version: programVersion),
      onExchange: log)
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

/// One line on standard error for each sending: no header, no body, no query.
private func logExchange(_ exchange: RESTExchange) {
  let outcome = exchange.failure ?? String(exchange.status)
  let milliseconds = String(format: "%.1f ms", exchange.seconds * 1000)
  Output.say(
    "\(exchange.method) \(exchange.path) \(outcome) \(exchange.bytes) bytes \(milliseconds) attempt \(exchange.attempt)"
  )
}
