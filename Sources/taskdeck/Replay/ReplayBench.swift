// What replays of one run work with, in commands and in the console: a runner, the
// handlers, and the history.

import CloudModel
import Foundation
import JournalModel
import LocalRun
import Operations
import ReplayModel
import Settings
import Store
import Transport

/// A task, ready to be given to a handler.
struct ReplaySubject: Sendable, Equatable {
  var task: CloudTask
  var payload: TaskPayload
  /// Full name, or what a file called it.
  var name: String
  var maximumAttempts: Int?
  var isEdited = false

  init(_ task: CloudTask) {
    (self.task, name) = (task, task.name.description)
    payload = TaskPayload(task.body ?? Data(), headers: task.headers) { try inflated($0) }
  }

  /// The same task with another payload.
  func edited(_ body: Data) -> ReplaySubject {
    var edited = self
    edited.task.setEditedBody(body)
    edited.payload = TaskPayload(body, headers: edited.task.headers) { $0 }
    edited.isEdited = true
    return edited
  }
}

/// Runs replays and remembers them.
struct ReplayBench: Sendable {
  let runner: LocalRunner
  let sender: HTTPClient
  let handlers: Handlers
  let journal: SQLiteJournal
  /// Name of the context, and the endpoint, for the history.
  let context: String
  let endpoint: String
  /// Where tokens are asked for: an emulator; nil where the context has none.
  let emulator: String?
  /// The account of tokens for tasks that carry none.
  private let tokenAccount: String

  init(
    _ configuration: Configuration, context: Context?,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Exit) {
    sender = HTTPClient(configuration: .init(proxies: .init(environment: environment)))
    runner = LocalRunner(sender: sender, environment: environment)
    handlers = Handlers(
      configuration, directory: FileManager.default.currentDirectoryPath, environment: environment)
    journal = try Workbench.openJournal(environment)
    self.context = context?.name?.value ?? ""
    endpoint = context?.tasks.url.value ?? ""
    emulator = context?.tasks.credentials.value == .anonymous ? context?.tasks.url.value : nil
    tokenAccount =
      context?.serviceAccount?.value ?? "replay@\(context?.project.value ?? "local").iam.gserviceaccount.com"
  }

  /// How a job is run, beyond its task and its handler.
  struct Manner: Sendable {
    var timeout: Duration?
    var entryPoint: EntryPoint?
    var debugs = false
  }

  /// What a handler gets for a task.
  func job(_ subject: ReplaySubject, _ handler: Handler, _ manner: Manner) async throws(Exit) -> ReplayJob {
    let task = subject.task
    let (url, method) = Self.request(of: task)
    var job = ReplayJob(
      handler: handler, metadata: ReplayMetadata(nextAttemptOf: task, maximumAttempts: subject.maximumAttempts),
      task: subject.name, taskClass: task.taskClass, url: url, method: method, headers: task.headers,
      body: task.body ?? Data(), payload: subject.payload.decoded,
      timeout: manner.timeout ?? handler.timeout ?? task.dispatchDeadline ?? .seconds(600))
    job.debugs = manner.debugs
    job.entryPoint = manner.entryPoint ?? .run
    if case .django(let project) = handler.kind {
      if manner.entryPoint == nil, project.callsProcess { job.entryPoint = .process }
      try Self.check(subject, job)
    }
    if case .http(let http) = handler.kind, http.wantsToken {
      job.authorization = try await token(task, HTTPRun.url(base: http.base, task: url) ?? http.base)
    }
    return job
  }

  private static func request(of task: CloudTask) -> (url: String, method: String) {
    switch task.target {
    case .http(let target): (target.url, target.method ?? "POST")
    case .appEngine(let target): (target.relativeURI, target.method ?? "POST")
    case .other: ("", "POST")
    }
  }

  /// A class takes a JSON object; anything else is told before the interpreter starts.
  private static func check(_ subject: ReplaySubject, _ job: ReplayJob) throws(Exit) {
    if case .function = job.entryPoint {
    } else if job.taskClass == nil {
      throw .refused(
        "The task has no class", reason: "\(job.task): its URL \(job.url) has no path that names one.",
        remedy: "Use an http or command handler.")
    }
    if case .empty = subject.payload.content { return }
    guard subject.payload.json?.object == nil else { return }
    let kind = subject.payload.json == nil ? subject.payload.kind : "JSON, but no object"
    let problem = subject.payload.problem.map { " \($0)" } ?? ""
    throw .refused(
      "The payload is not a JSON object",
      reason: "\(job.task): it is \(kind), \(subject.payload.decoded.count) bytes; a task class takes keyword"
        + " arguments.\(problem)",
      remedy: "Use an http or command handler, which take any bytes, or change it with --edit or --payload.")
  }

  /// A token as the task's own dispatches carry; for a task that carries none, one for the place it is sent to.
  private func token(_ task: CloudTask, _ url: String) async throws(Exit) -> String {
    var (account, audience) = (tokenAccount, url)
    if case .http(let target) = task.target, case .oidc(let email, let stated)? = target.authorization {
      // "If not specified, the URI specified in target will be used" (cloudtasks v2 `OidcToken.audience`).
      (account, audience) = (email, stated ?? target.url)
    }
    guard let emulator else {
      throw .refused(
        "No OIDC token can be made here", reason: "Only an emulator signs tokens, and this context is none.",
        remedy: "Leave out oidc: true, or let the handler send an Authorization header of your own.")
    }
    let wish: JSON = ["serviceAccountEmail": .string(account), "audience": .string(audience)]
    do throws(TransportError) {
      let answer = try await sender.send(
        HTTPRequest(
          method: "POST", url: "\(emulator)/_emulator/token", headers: ["Content-Type": "application/json"],
          body: wish.data))
      let json: JSON?
      do { json = try JSON(parsing: answer.body) } catch { json = nil }
      if let authorization = json?["authorization"]?.string { return authorization }
      throw TransportError(.protocolError, url: emulator, detail: "HTTP status \(answer.status)")
    } catch {
      throw .refused(
        "The emulator gave no OIDC token", reason: error.description,
        remedy: "Use `taskdeck emulator`, or leave out oidc: true.")
    }
  }

  // MARK: Running

  /// Runs a job and writes it into the history. `receive` gets its lines as they come.
  func run(
    _ job: ReplayJob, isEdited: Bool, _ receive: @escaping @Sendable (OutputLine) -> Void
  ) async -> (replay: Replay, number: Int?) {
    let log = OutputLog()
    let start = Date()
    let report = await runner.run(job) { line in
      log.append(line)
      receive(line)
    }
    let lines = log.lines()
    let replay = Replay(
      job: job, report: report, output: lines.text(of: .output), errors: lines.text(of: .errors), isEdited: isEdited)
    return (replay, await remember(replay, log.lines(limit: 1 << 19), start))
  }

  /// A history that cannot be written is no reason to lose what the run said.
  private func remember(_ replay: Replay, _ lines: [OutputLine], _ start: Date) async -> Int? {
    let (job, report) = (replay.job, replay.report)
    let record = ReplayRecord(
      time: Timestamp(start), context: context, endpoint: endpoint, task: job.task, taskClass: job.taskClass,
      handler: job.handler.name, kind: job.handler.kind.word, outcome: replay.outcome.rawValue,
      httpStatus: report.httpStatus, exitStatus: report.exitStatus.map { Int($0) }, seconds: report.seconds,
      peakMemory: report.peakMemory, result: report.result, payload: job.payload, isEdited: replay.isEdited,
      lines: lines)
    do { return try await journal.remember(record) } catch {
      Output.say("taskdeck: this replay is not in the history: \(error.reason)")
      return nil
    }
  }
}
