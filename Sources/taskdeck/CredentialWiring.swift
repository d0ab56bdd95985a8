// From the context's choice of credentials to credentials: the one place that reads
// credential files, starts token commands and asks the metadata server.

import CloudModel
import CloudREST
import Dispatch
import Foundation
import Settings
import Transport

/// The credentials of one run, found once and shared by all its clients, so that they share one token.
struct CredentialWiring {
  private let environment: [String: String]
  private let tools: CredentialTools
  private var origin: CredentialOrigin?
  private var fault: CredentialsError?

  init(environment: [String: String], sender: any HTTPSender, identity: RESTClient.Identity) {
    self.environment = environment
    tools = CredentialTools(
      sender: sender, directSender: DirectSender(), environment: environment, apiClient: identity.apiClient,
      isGoogleHardware: CredentialTools.isGoogleHardware(productName: Self.productName))
  }

  /// What the firmware calls this machine; nil where it does not say.
  private static var productName: String? {
    do { return try String(contentsOfFile: "/sys/class/dmi/id/product_name", encoding: .utf8) } catch { return nil }
  }

  /// Looks into the chosen credentials; what is wrong with them is kept for `made(for:)`.
  mutating func facts(_ choice: CredentialChoice) -> CredentialFacts? {
    do {
      origin = try origin(choice)
    } catch {
      fault = error
    }
    return origin.map { origin in
      CredentialFacts(
        project: origin.projectID, quotaProject: origin.quotaProject, universe: origin.universeDomain,
        source: choice.words)
    }
  }

  private func origin(_ choice: CredentialChoice) throws(CredentialsError) -> CredentialOrigin? {
    switch choice {
    case .anonymous, .none: return nil
    case .accessToken(let variable):
      return .accessToken(GivenAccessToken(environment[variable] ?? ""), source: variable)
    case .accessTokenFile(let path): return .accessTokenFile(path: path)
    case .tokenCommand(let command): return .command(command, source: "TASKDECK_TOKEN_COMMAND")
    case .keyFile(let path): return .file(try CredentialFile(contentsOf: path))
    case .metadataServer:
      let server = MetadataServer(tools: tools)
      return try waiting { () async throws(CredentialsError) in try await server.find() }.map { .metadataServer($0) }
    }
  }

  /// Throws what is wrong with the credentials: it matters more than what they therefore did not say.
  func checkFault() throws(Exit) {
    guard let fault else { return }
    var exit = Exit.refused("The credentials cannot be used", reason: fault.description, remedy: fault.remedy)
    exit.code = .unauthenticated
    throw exit
  }

  /// The account, as IAM's policies write members; nil where nothing says it.
  func member(of context: Context) -> String? {
    let impersonated = context.impersonate?.value.split(separator: ",").last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    if let impersonated { return "serviceAccount:\(impersonated)" }
    guard case .file(let file) = origin else { return nil }
    return file.serviceAccount.map { "serviceAccount:\($0)" }
  }

  /// What the owner of the credentials should know.
  var warnings: [String] {
    if case .file(let file) = origin { file.warnings } else { [] }
  }

  /// The credentials; nil when none were found.
  ///
  /// - Throws: when they are of another universe, or cannot be used.
  func made(for context: Context) throws(Exit) -> (any Credentials)? {
    guard let origin else { return nil }
    if let universe = origin.universeDomain, universe != context.universe.value {
      throw .refused(
        "The credentials are of another universe",
        reason: "They are of \(universe); \(context.universe.source) says \(context.universe.value).",
        remedy: "Name credentials of that universe, or leave the setting out: it then follows the credentials.")
    }
    var tools = tools
    tools.iamEndpoint = context.iamEndpoint?.value
    let target = context.impersonate.map { ImpersonationRequest(chain: $0.value, source: $0.source) }
    do {
      return try CredentialMaker(tools: tools).credentials(
        origin, impersonating: target, universe: context.universe.value, quotaProject: context.quotaProject?.value)
    } catch {
      // Nothing was asked of anyone yet, so it is what the person wrote.
      throw .usage("The credentials cannot be used", reason: error.description, remedy: error.remedy)
    }
  }
}

/// A network without proxies, there once it is needed: few runs ask a metadata server.
private final class DirectSender: HTTPSender {
  private let client = Locked<HTTPClient?>(nil)

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let client = client.withLock { held in
      let client = held ?? HTTPClient()
      held = client
      return client
    }
    return try await client.send(request)
  }
}

/// Runs asynchronous work while this thread waits for it. Only for a program that is starting: there is nothing else to
/// do, and the context is not known before. The work has a queue of its own, so it goes on although the thread that
/// waits may be the only one of Swift's pool.
private func waiting<Value: Sendable>(
  for work: @escaping @Sendable () async throws(CredentialsError) -> Value
) throws(CredentialsError) -> Value {
  let done = DispatchSemaphore(value: 0)
  let result = Locked<Result<Value, CredentialsError>?>(nil)
  Task(executorPreference: QueueExecutor()) {
    let outcome: Result<Value, CredentialsError>
    do throws(CredentialsError) { outcome = .success(try await work()) } catch { outcome = .failure(error) }
    result.withLock { $0 = outcome }
    done.signal()
  }
  done.wait()
  guard let outcome = result.withLock({ $0 }) else { preconditionFailure("signalled before it was done") }
  return try outcome.get()
}

/// Swift's jobs on a queue that belongs to nobody else.
private final class QueueExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "taskdeck.start")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }
}
