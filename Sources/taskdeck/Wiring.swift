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
  /// What the configuration files say: handlers, schedules, theme and keys.
  let configuration: Configuration
  let context: Context
  /// Which key does what in the console.
  let keys: KeyMap
  let parents: [LocationName]
  let tasks: TasksClient
  let scheduler: SchedulerClient
  /// Lacking credentials for it must not stop what needs only the others.
  private let pubsubClient: Result<PubsubClient, Exit>
  /// List calls in any minute; nil is without limit.
  let listCalls: Int?
  /// One for all clients: the quota is the project's.
  let budget: CallBudget
  let report: RequestReport
  /// What all services that want to know who is asking are told by; nil where none was found.
  let credentials: (any Credentials)?
  /// The account, as IAM writes members; nil where the credentials do not say it.
  let member: String?
  let sender: HTTPClient
  private let line: Line
  /// Why changes are refused whatever a key says; nil when nothing locks them.
  let lock: String?

  /// Makes the clients. Nothing is sent.
  ///
  /// - Parameter configuration: what the files say; nil reads them.
  /// - Throws: `Exit` when the configuration, the context or the key file cannot be used.
  init(
    _ options: GlobalOptions, environment: [String: String] = ProcessInfo.processInfo.environment,
    configuration given: Configuration? = nil, lock: String? = nil
  ) throws(Exit) {
    let start = try Start(options, environment, given)
    var context = start.context
    // Below every screen: the ports refuse what the context says is read-only.
    if let lock { context.readOnly = Sourced(true, from: lock) }
    (configuration, self.context, keys, self.lock) = (start.configuration, context, start.keys, lock)
    try start.found.checkFault()
    do throws(NameError) { parents = try context.parents() } catch { throw Exit(error) }
    for warning in start.found.warnings { Output.say("taskdeck: \(warning)") }
    let credentials = try start.found.made(for: context)
    let report = RequestReport(isVerbose: options.verbose, trace: try Self.trace(options.trace))
    self.report = report
    // An emulator on this machine has no quota; a limit that somebody asks for holds there too.
    listCalls = options.listCalls ?? (context.tasks.isLoopback ? nil : 60)
    budget = Self.budget(listCalls, isLoopback: context.tasks.isLoopback, report)
    let line = Line(sender: start.sender, credentials: credentials, budget: budget, report: report)
    (self.credentials, sender, self.line) = (credentials, start.sender, line)
    member = start.found.member(of: context)
    tasks = TasksClient(try line.client(context.tasks))
    scheduler = SchedulerClient(try line.client(context.scheduler, isOptional: context.tasks.isAnonymous))
    pubsubClient = line.made(context.pubsub).map(PubsubClient.init)
  }

  /// What a run would use, without a word about credentials that cannot be.
  static func settings(_ options: GlobalOptions) throws(Exit) -> (Context, Configuration) {
    let start = try Start(options, ProcessInfo.processInfo.environment, nil)
    return (start.context, start.configuration)
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

  /// - Throws: `Exit` when Pub/Sub's endpoint cannot be used, or needs credentials that are not there.
  var pubsub: PubsubClient {
    get throws(Exit) { try pubsubClient.get() }
  }

  /// Resource Manager, for what the account may do in the project.
  ///
  /// - Throws: `Exit` when its endpoint cannot be used.
  var projects: ProjectsClient {
    get throws(Exit) {
      ProjectsClient(try line.client(context.resourceManager))
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
      if !text.contains("/") { return try TaskName(queue: queue, id: text) }
      let name = try TaskName(text)
      if name.queue == queue { return name }
    } catch {
      throw Exit(error)
    }
    throw .usage(
      "That task is of another queue", reason: "\(text) is not in \(queue).", remedy: "Name the queue it is in.")
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

  /// The topic that a short ID or a full name means.
  func topic(_ text: String) throws(Exit) -> TopicName {
    do throws(NameError) {
      return text.contains("/") ? try TopicName(text) : try TopicName(project: context.project.value, id: text)
    } catch {
      throw Exit(error)
    }
  }

  /// The subscription that a short ID or a full name means.
  func subscription(_ text: String) throws(Exit) -> SubscriptionName {
    do throws(NameError) {
      if text.contains("/") { return try SubscriptionName(text) }
      return try SubscriptionName(project: context.project.value, id: text)
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

/// Settings of a run, and what it took to find them.
private struct Start {
  let configuration: Configuration
  let keys: KeyMap
  let context: Context
  let sender: HTTPClient
  let found: CredentialWiring

  init(_ options: GlobalOptions, _ environment: [String: String], _ given: Configuration?) throws(Exit) {
    let configuration: Configuration
    if let given { configuration = given } else { configuration = try .load(environment) }
    let flags = options.contextFlags
    self.configuration = configuration
    do throws(FileFaults) { keys = try configuration.keyMap() } catch { throw Exit(error) }
    do throws(SettingsError) {
      let caFile = try Context.caFile(
        flags: flags, environment: environment, configuration: configuration, files: .machine)?.value
      sender = HTTPClient(configuration: .init(caFile: caFile, proxies: .init(environment: environment)))
    } catch {
      throw Exit(error)
    }
    var found = CredentialWiring(
      environment: environment, sender: sender, identity: RESTClient.Identity(version: programVersion))
    do throws(SettingsError) {
      context = try Context.resolve(
        flags: flags, environment: environment, configuration: configuration, files: .machine
      ) { choice in found.facts(choice) }
    } catch {
      // What is wrong with the credentials matters more than what they therefore did not say.
      try found.checkFault()
      throw Exit(error)
    }
    self.found = found
  }
}

/// What the clients of one run share.
private struct Line {
  let sender: HTTPClient
  let credentials: (any Credentials)?
  let budget: CallBudget
  let report: RequestReport

  func made(_ service: ServiceEndpoint) -> Result<RESTClient, Exit> {
    do throws(Exit) { return .success(try client(service)) } catch { return .failure(error) }
  }

  /// - Parameter isOptional: what needs the others only goes on without credentials for this one.
  func client(_ service: ServiceEndpoint, isOptional: Bool = false) throws(Exit) -> RESTClient {
    let endpoint: Endpoint
    do { endpoint = try Endpoint(service.url.value) } catch {
      throw .usage(
        "That endpoint cannot be used", reason: "\(service.url.source): \(error.description).",
        remedy: "Give a base URL such as http://127.0.0.1:8123.")
    }
    let isAnonymous = service.credentials.value == .anonymous
    let absent = isOptional ? AbsentCredentials(source: service.credentials.source) : nil
    guard let credentials = isAnonymous ? AnonymousCredentials() : credentials ?? absent else {
      var exit = Exit.refused(
        Exit.noCredentialsTitle,
        reason: "GOOGLE_APPLICATION_CREDENTIALS is not set, gcloud has no application default credentials, and this is"
          + " no machine of Google's (\(service.credentials.source)).",
        remedy: "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file or"
          + " TASKDECK_TOKEN_COMMAND=\"gcloud auth print-access-token\"; or try `taskdeck demo`.")
      exit.code = .unauthenticated
      throw exit
    }
    return RESTClient(
      endpoint: endpoint, credentials: credentials, sender: sender, identity: .init(version: programVersion),
      budget: budget, onExchange: { [report] in report.sent($0, at: endpoint.base) })
  }
}

/// There are none, which only matters to the service that wants them: an emulator of Cloud Tasks alone leaves Cloud
/// Scheduler to Google.
private struct AbsentCredentials: Credentials {
  let source: String

  func token() async throws(CredentialsError) -> AccessToken? {
    throw CredentialsError(
      .noToken, source: source, reason: "there are no credentials for this service.",
      remedy: "Log in with `gcloud auth application-default login`, or name an emulator of this service as well.")
  }

  func refused(_ token: AccessToken) async -> Bool { false }
}
