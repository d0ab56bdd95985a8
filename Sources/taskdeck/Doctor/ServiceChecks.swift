// Who one is, what the services say to that, and what they allow. A host that did not answer is not asked again.

import CloudAPI
import CloudModel
import CloudREST
import Console
import Foundation
import Settings
import Synchronization
import Transport

/// What the services say.
struct ServiceChecks: Sendable {
  private let wiring: Wiring
  private let environment: [String: String]
  private let lastAnswers = LastAnswers()

  init(_ wiring: Wiring, _ environment: [String: String]) {
    (self.wiring, self.environment) = (wiring, environment)
    wiring.report.tell(
      RequestReport.Listener(sent: { [lastAnswers] in lastAnswers.keep($0) }, warn: { _ in }))
  }

  func all() async -> [Check] {
    let connections = await ConnectionChecks(wiring: wiring, environment: environment).run()
    let silent = connections.filter { !$0.answered }.map(\.endpoint)
    let skews = connections.compactMap(\.skew)
    let clock = Check.clock(skew: skews.max { $0.magnitude < $1.magnitude })
    let near = connections.flatMap(\.checks) + [clock]
    let token = await token()
    guard token.allSatisfy({ $0.status != .fail }) else { return near + token }
    async let tasks = tasks(isSilent: silent.contains(wiring.context.tasks.url.value))
    async let scheduler = scheduler(isSilent: silent.contains(wiring.context.scheduler.url.value))
    async let pubsub = pubsub(isSilent: silent.contains(wiring.context.pubsub.url.value))
    let (found, jobs, topics) = await (tasks, scheduler, pubsub)
    let services = found.checks + jobs + topics
    guard !silent.contains(wiring.context.tasks.url.value) else { return near + token + services }
    let permissions = PermissionChecks(wiring: wiring, queue: found.queue)
    return near + token + services + (await permissions.all(hint: hint("")))
  }

  // MARK: The token

  private func token() async -> [Check] {
    guard let credentials = wiring.credentials, wiring.context.tasks.credentials.value != .anonymous else { return [] }
    let choice = wiring.context.tasks.credentials.value
    let account = wiring.member.map { " as \($0.replacing("serviceAccount:", with: ""))" } ?? ""
    return await bounded("token", seconds: 15) {
      do throws(CredentialsError) {
        let token = try await credentials.token()
        let life = token.map { $0.expiry.timeIntervalSinceNow } ?? 0
        let rest = life > 0 && life < 86_400 ? ", good for \(Words.longSpan(life))" : ""
        return [Check("token", .ok, "got one\(account)\(rest)")]
      } catch {
        return [Self.noToken(error, choice)]
      }
    }
  }

  /// RFC 6749, 5.2: `invalid_grant` is a refresh token or an assertion that is invalid, expired or revoked.
  private static func noToken(_ error: CredentialsError, _ choice: CredentialChoice) -> Check {
    guard error.reason.contains("invalid_grant") else {
      return Check("token", .fail, error.description, remedy: error.remedy)
    }
    return Check(
      "token", .fail, "the credentials are expired or revoked: \(error.description)", remedy: choice.renewal)
  }

  // MARK: Services

  /// What the locations say, and a queue to ask for permissions.
  private func tasks(isSilent: Bool) async -> (checks: [Check], queue: QueueName?) {
    let queue = Locked<QueueName?>(nil)
    let checks = await each(wiring.parents, "Cloud Tasks", isSilent: isSilent) { name, parent in
      do throws(APIError) {
        let list = try await wiring.tasks.queues(in: parent)
        queue.withLock { $0 = $0 ?? list.queues.first?.name }
        let found = Check(name, .ok, Words.count(list.queues.count, "queue"))
        guard let reason = list.statsRefused else { return [found] }
        return [
          found,
          Check(
            "\(name) counts", .warn, reason, remedy: "Counts come from task lists instead, within the list budget."),
        ]
      } catch {
        return [refused(name, error)]
      }
    }
    return (checks, queue.withLock { $0 })
  }

  private func scheduler(isSilent: Bool) async -> [Check] {
    await each(wiring.parents, "Cloud Scheduler", isSilent: isSilent) { name, parent in
      do throws(APIError) {
        for try await page in wiring.scheduler.jobPages(in: parent) {
          let more = page.nextPageToken == nil ? "" : " or more"
          return [Check(name, .ok, "\(Words.count(page.items.count, "job"))\(more)")]
        }
        return [Check(name, .ok, "no jobs")]
      } catch {
        return [refused(name, error)]
      }
    }
  }

  /// Many projects have none: what cannot be used is a warning.
  private func pubsub(isSilent: Bool) async -> [Check] {
    let name = "Pub/Sub"
    let client: PubsubClient
    do throws(Exit) { client = try wiring.pubsub } catch { return [Check(name, error.failure, .warn)] }
    if isSilent { return [Self.notAsked(name, .warn)] }
    let found = await bounded(name, hint: hint("topics")) {
      do throws(APIError) {
        for try await page in client.topicPages(in: wiring.context.project.value) {
          let more = page.nextPageToken == nil ? "" : " or more"
          return [Check(name, .ok, "\(Words.count(page.items.count, "topic"))\(more)")]
        }
        return [Check(name, .ok, "no topics")]
      } catch {
        return [refused(name, error)]
      }
    }
    return found.map { check in
      var check = check
      if check.status == .fail { check.status = .warn }
      return check
    }
  }

  /// The same question to every location at once.
  private func each(
    _ parents: [LocationName], _ service: String, isSilent: Bool,
    _ look: @escaping @Sendable (String, LocationName) async -> [Check]
  ) async -> [Check] {
    if isSilent { return [Self.notAsked(service, .fail)] }
    return await withTaskGroup(of: (Int, [Check]).self) { group in
      for (index, parent) in parents.enumerated() {
        let name = "\(service) \(parent.location)"
        group.addTask {
          (index, await bounded(name, hint: hint("/\(parent.location)/")) { await look(name, parent) })
        }
      }
      var found: [(Int, [Check])] = []
      for await one in group { found.append(one) }
      return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  private static func notAsked(_ name: String, _ status: Check.Status) -> Check {
    Check(name, status, "not asked: there is no connection", remedy: "Mend the connection first.")
  }

  /// A 401 is about who one is, a 403 about what one may do: each has its own remedy.
  private func refused(_ name: String, _ error: APIError) -> Check {
    var check = Check(name, Failure(error))
    let choice = wiring.context.tasks.credentials.value
    // Credentials were not needed for what the context is about.
    if error.kind == .unauthorised, choice == .anonymous { check.status = .warn }
    // The first role of the words, as the one command that gives it.
    if error.status == .permissionDenied, let role = Need.roleNamed(in: check.remedy) {
      let command = grantCommand(role, project: wiring.context.project.value, member: wiring.member)
      check.remedy = "Ask for \(role), or use another account. Somebody who may gives it with: \(command)"
    }
    if error.status == .unauthenticated, error.kind == .refused, choice != .anonymous {
      check.detail = "the token was not accepted, it may be expired or revoked: \(check.detail)"
      check.remedy = choice.renewal
    }
    return check
  }

  private func hint(_ part: String) -> @Sendable () -> String? {
    { [lastAnswers] in lastAnswers.words(part) }
  }
}

/// What was answered last, for a check that is given up while the client still tries.
private final class LastAnswers: Sendable {
  private let sent = Mutex<[SentRequest]>([])

  func keep(_ request: SentRequest) { sent.withLock { $0.append(request) } }

  func words(_ part: String) -> String? {
    let last = sent.withLock { $0.last { part.isEmpty || $0.path.contains(part) } }
    return last.map { request in
      "the last of \(request.attempt) attempts ended with \(request.failure ?? "HTTP \(request.status)")"
    }
  }
}

extension CredentialChoice {
  /// How to get ones that are accepted.
  var renewal: String {
    switch self {
    case .accessToken(let variable): "Set \(variable) to a new token: such tokens last an hour."
    case .accessTokenFile(let path): "Write a new token into \(path): such tokens last an hour."
    case .tokenCommand:
      "Run the command of TASKDECK_TOKEN_COMMAND by hand; it may want you to log in: gcloud auth login"
    case .keyFile(let path) where path.hasSuffix("application_default_credentials.json"):
      "Log in again: gcloud auth application-default login"
    case .keyFile(let path):
      "Get the file \(path) anew: its key may have been deleted (gcloud iam service-accounts keys list); or log in"
        + " again: gcloud auth application-default login"
    case .metadataServer: "Check the service account of this machine: it may be disabled or deleted."
    case .anonymous, .none: "Log in: gcloud auth application-default login"
    }
  }
}
