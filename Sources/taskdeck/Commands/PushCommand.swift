// `tasks push`: enqueue one task.

import ArgumentParser
import CloudAPI
import CloudModel
import Foundation
import Settings

extension TasksCommand {
  struct Push: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "push",
      abstract: "Enqueue a task.",
      discussion: "It is dispatched as soon as the queue allows, unless a time is given. Prints the created task.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Option(help: "The URL the task is sent to.") var url: String?
    @Option(
      name: .customLong("class"),
      help: ArgumentHelp("Its class instead: the URL is made from the context's endpoint.", valueName: "name"))
    var taskClass: String?
    @Option(help: ArgumentHelp("The body: JSON, @FILE, or - for standard input.", valueName: "json|@file|-"))
    var payload: String?
    @Option(help: ArgumentHelp("A header, K:V; may be given several times.", valueName: "k:v")) var header: [String] =
      []
    @Option(help: "HTTP method.") var method: String = "POST"
    @Option(
      name: .customLong("in"), parsing: .unconditional,
      help: ArgumentHelp("Dispatch after this long: 90s, 30m, 2h.", valueName: "span"))
    var delay: Span?
    @Option(help: ArgumentHelp("Dispatch at this time (RFC 3339).", valueName: "time")) var at: Timestamp?
    @Option(help: ArgumentHelp("Dispatch at a random moment before this time.", valueName: "time")) var until:
      Timestamp?
    @Option(help: ArgumentHelp("Task ID; without one the service chooses.", valueName: "id")) var name: String?
    @Flag(help: "Name the task after its class, so that a second one is refused while the name is taken.")
    var onlyOnce = false
    @Option(help: ArgumentHelp("Time an attempt may take: 15s to 30m.", valueName: "span")) var deadline: Span?
    @Flag(inversion: .prefixedNo, help: "Attach an OIDC token of the context's service account.") var oidc = true

    func validate() throws {
      if [delay != nil, at != nil, until != nil].filter({ $0 }).count > 1 {
        throw ValidationError("Give one of --in, --at and --until.")
      }
      if name != nil, onlyOnce { throw ValidationError("Give --name or --only-once, not both.") }
      for header in header { try Self.check(header: header) }
      if (url == nil) == (taskClass == nil) { throw ValidationError("Give --url or --class, one of them.") }
      if let url { try Self.check(url: url) }
      if let taskClass, !Self.isClassName(taskClass) {
        throw ValidationError("--class must be a class name, not \"\(taskClass)\".")
      }
      if let deadline, !(15...1800).contains(deadline.duration.inSeconds) {
        throw ValidationError("--deadline must be from 15s to 30m.")
      }
      // "Schedule time must be no more than 720h in the future" (Cloud Tasks).
      if let delay, delay.duration.inSeconds > 720 * 3600 { throw ValidationError("--in must be 720h at most.") }
      if !httpMethodNames.dropFirst().contains(method.uppercased()) {
        throw ValidationError("The method must be one of \(httpMethodNames.dropFirst().joined(separator: ", ")).")
      }
    }

    /// RFC 9110 section 5: a name is a token, a value has no line ends.
    private static func check(header: String) throws {
      guard let colon = header.firstIndex(of: ":") else {
        throw ValidationError("The header \"\(header)\" has no colon; write it as Name:value.")
      }
      let name = header[..<colon].utf8
      let isToken =
        !name.isEmpty
        && name.allSatisfy { byte in
          byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
        }
      guard isToken, !header.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
        throw ValidationError("A header's name must be a word and its value one line; write it as Name:value.")
      }
    }

    /// A Python identifier, so that it stays one segment of a path.
    private static func isClassName(_ text: String) -> Bool {
      text.unicodeScalars.first.map { $0.properties.isXIDStart || $0 == "_" } == true
        && text.unicodeScalars.dropFirst().allSatisfy { $0.properties.isXIDContinue }
    }

    private func address(_ wiring: Wiring) throws(Exit) -> String {
      if let url { return url }
      guard let taskClass, let found = wiring.context.taskURL(ofClass: taskClass) else {
        throw .usage(
          "The app's endpoint is not known", reason: "--class needs it to make the task's URL.",
          remedy: "Give --url, or set the context's endpoint, TASKDECK_APP_ENDPOINT or DJANGO_CLOUD_TASKS_ENDPOINT.")
      }
      return found.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.union(.init(charactersIn: ":?&=")))
        ?? found
    }

    private static func check(url: String) throws {
      let host = URLComponents(string: url)?.host ?? ""
      guard url.hasPrefix("http://") || url.hasPrefix("https://"), !host.isEmpty, !url.contains(" ") else {
        throw ValidationError("--url must be a URL that begins with http:// or https://, not \"\(url)\".")
      }
    }

    func run() async throws {
      let wiring = try Wiring(options)
      try wiring.allowChanges()
      let queue = try await wiring.locate(queue: queue)
      let url = try address(wiring)
      var target = HTTPTarget(url: url)
      target.method = method.uppercased()
      target.headers = header.map(Self.header)
      target.encodedBody = try payload.map(PayloadArgument.bytes)?.base64EncodedString()
      if oidc, let account = wiring.context.serviceAccount?.value {
        target.authorization = .oidc(serviceAccountEmail: account, audience: url)
      }
      let task = NewTask(
        queue: queue, name: try taskName(in: queue, url, wiring), target: .http(target),
        scheduleTime: scheduleTime(now: Date()), dispatchDeadline: deadline?.duration)
      if options.dryRun {
        Output.say("This task would be created in \(queue).")
        return Output(format: options.output).show(Self.preview(task)) { Page.lines(of: Self.preview(task)) }
      }
      let retry = try Self.retry(ProcessInfo.processInfo.environment)
      let created = TasksCommand.json(try await wiring.tasks.create(task, retry: retry))
      Output(format: options.output).show(created) { Page.lines(of: created) }
    }

    /// What would be sent, in the shape of what is created.
    private static func preview(_ task: NewTask) -> JSON {
      guard var object = task.json.object, case .http(let target) = task.target else { return task.json }
      object["class"] = taskClassName(url: target.url).map(JSON.string)
      object["payload"] = target.body.map(TasksCommand.payload)
      return .object(object)
    }

    /// The library's own settings, so that a task pushed by hand is sent as patiently as one of the application's.
    private static func retry(_ environment: [String: String]) throws -> EnqueueRetry? {
      do throws(EnqueueRetryError) {
        let retry = try EnqueueRetry(environment: environment)
        for name in retry?.foreign ?? [] {
          Output.say("The exception \(name) is not one of Google's; nothing is sent again because of it.")
        }
        return retry
      } catch {
        throw Exit.usage(
          "The enqueue retry cannot be used", reason: "\(error.source): \(error.reason).",
          remedy: "Correct the variable, or unset it to send the task once.")
      }
    }

    private func taskName(in queue: QueueName, _ url: String, _ wiring: Wiring) throws -> TaskName? {
      if let name { return try wiring.task(name, in: queue) }
      guard onlyOnce else { return nil }
      guard let taskClass = taskClassName(url: url) else {
        throw Exit.usage(
          "There is no class to name the task after", reason: "--only-once: \(url) has no path.",
          remedy: "Give a URL whose last path segment is the class, or --name.")
      }
      return try wiring.task(taskClass, in: queue)
    }

    private func scheduleTime(now: Date) -> Timestamp? {
      if let delay { return Timestamp(now.addingTimeInterval(delay.duration.inSeconds)) }
      guard let until else { return at }
      return Timestamp(now.addingTimeInterval(Double.random(in: 0...max(0, until.date.timeIntervalSince(now)))))
    }

    private static func header(_ text: String) -> Header {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return Header(
        parts[0].trimmingCharacters(in: .whitespaces), parts.dropFirst().joined().trimmingCharacters(in: .whitespaces))
    }
  }
}
