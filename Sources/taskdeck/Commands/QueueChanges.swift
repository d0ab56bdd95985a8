// `queues create|update|pause|resume`, and `tasks run`: changes of one resource,
// which is shown before and printed after.

import ArgumentParser
import CloudAPI
import CloudModel
import Console
import Foundation

/// Flags named after the REST fields (cloudtasks v2 `RateLimits` and `RetryConfig`).
struct QueueFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Dispatches a second, at most.", valueName: "rate")) var maxDispatchesPerSecond: Double?
  @Option(help: ArgumentHelp("Dispatches under way at once, at most.", valueName: "n")) var maxConcurrentDispatches:
    Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Attempts of a task, the first included; -1 is without limit.", valueName: "n"))
  var maxAttempts: Int?
  @Option(help: ArgumentHelp("Shortest wait between attempts: 0.1s, 30s.", valueName: "span")) var minBackoff: Span?
  @Option(help: ArgumentHelp("Longest wait between attempts.", valueName: "span")) var maxBackoff: Span?
  @Option(help: ArgumentHelp("How often the wait doubles.", valueName: "n")) var maxDoublings: Int?
  @Option(help: ArgumentHelp("How long a task is tried; 0 is without limit.", valueName: "span"))
  var maxRetryDuration: Span?

  /// Puts what was given into the queue; gives the paths of those fields.
  func apply(to queue: inout Queue) -> [String] {
    var mask: [String] = []
    func set<Value>(_ field: WritableKeyPath<Queue, Value?>, _ value: Value?, _ path: String) {
      guard let value else { return }
      queue[keyPath: field] = value
      mask.append(path)
    }
    set(\.rateLimits.maxDispatchesPerSecond, maxDispatchesPerSecond, "rateLimits.maxDispatchesPerSecond")
    set(\.rateLimits.maxConcurrentDispatches, maxConcurrentDispatches, "rateLimits.maxConcurrentDispatches")
    set(\.retryConfig.maxAttempts, maxAttempts, "retryConfig.maxAttempts")
    set(\.retryConfig.minBackoff, minBackoff?.duration, "retryConfig.minBackoff")
    set(\.retryConfig.maxBackoff, maxBackoff?.duration, "retryConfig.maxBackoff")
    set(\.retryConfig.maxDoublings, maxDoublings, "retryConfig.maxDoublings")
    set(\.retryConfig.maxRetryDuration, maxRetryDuration?.duration, "retryConfig.maxRetryDuration")
    return mask
  }
}

extension QueuesCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create",
      abstract: "Create a queue; prints it.",
      discussion: "It asks nothing, because it only adds; a queue that exists is left as it is.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: QueueFlags
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String

    func run() async throws {
      let wiring = try Wiring(options)
      var new = Queue(name: try wiring.queue(queue))
      _ = flags.apply(to: &new)
      if options.dryRun { return QueuesCommand.show(new, options) }
      try wiring.allowChanges()
      QueuesCommand.show(try await wiring.tasks.create(new), options)
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update", abstract: "Change some fields of a queue; prints it as it is then.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var flags: QueueFlags
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String

    func run() async throws {
      let wiring = try Wiring(options)
      // Read first: the service would create a queue that is not there.
      let before = try await wiring.tasks.queue(try wiring.queue(queue))
      var after = before
      let given = flags.apply(to: &after)
      guard !given.isEmpty else {
        throw Exit.usage(
          "There is nothing to change", reason: "No field is given.",
          remedy: "Give at least one, such as --max-dispatches-per-second 10.")
      }
      let changes = given.compactMap { Change($0, before, after) }
      guard !changes.isEmpty else {
        Output.say("\(before.name.id) is so already; nothing is changed.")
        return QueuesCommand.show(before, options)
      }
      if options.speaks { Output.say(changes.map(\.line).joined(separator: "\n")) }
      if options.dryRun { return QueuesCommand.show(after, options) }
      try wiring.allowChanges()
      try Consent.obtain("Change the queue \(before.name.id)?", about: before.name.id, wiring, options)
      QueuesCommand.show(try await wiring.tasks.update(after, mask: changes.map(\.path)), options)
    }
  }

  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pause", abstract: "Stop dispatching a queue's tasks; prints the queue.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String

    func run() async throws { try await QueuesCommand.turn(queue, to: .paused, "Pause", options) }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume",
      abstract: "Dispatch a paused queue's tasks again; prints the queue.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String

    func run() async throws { try await QueuesCommand.turn(queue, to: .running, "Resume", options) }
  }

  fileprivate static func turn(
    _ text: String, to state: State, _ verb: String, _ options: GlobalOptions
  ) async throws {
    let wiring = try Wiring(options)
    var queue = try await wiring.tasks.queue(try wiring.queue(text))
    guard queue.state != state else {
      Output.say("\(queue.name.id) is \(state) already; nothing is changed.")
      return show(queue, options)
    }
    if options.speaks { Output.say("\(queue.name.id): \(queue.state?.rawValue ?? "?") -> \(state)") }
    if options.dryRun {
      queue.state = state
      return show(queue, options)
    }
    try wiring.allowChanges()
    try Consent.obtain("\(verb) the queue \(queue.name.id)?", about: queue.name.id, wiring, options)
    show(
      state == .paused ? try await wiring.tasks.pause(queue.name) : try await wiring.tasks.resume(queue.name), options)
  }

  fileprivate static func show(_ queue: Queue, _ options: GlobalOptions) {
    Output(format: options.output).show(queue.json) { Page.lines(of: queue.json) }
  }
}

/// One field that gets another value.
private struct Change {
  let path: String
  let line: String

  init?(_ path: String, _ before: Queue, _ after: Queue) {
    let (old, new) = (Self.value(path, before), Self.value(path, after))
    guard old != new else { return nil }
    self.path = path
    line = "  \(path): \(old?.compact ?? "(default)") -> \(new?.compact ?? "(default)")"
  }

  private static func value(_ path: String, _ queue: Queue) -> JSON? {
    path.split(separator: ".").reduce(queue.json) { json, key in json?[String(key)] }
  }
}

extension TasksCommand {
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Dispatch a task now, even when its queue is paused; prints the task.",
      discussion: "The attempt counts as any other; Google Cloud allows 60 of these calls a minute.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Queue ID, or full resource name.", completion: Offers.queues) var queue: String
    @Argument(help: "Task ID, or full resource name.") var task: String

    func run() async throws {
      let wiring = try Wiring(options)
      let name = try wiring.task(task, in: try await wiring.locate(queue: queue))
      let found = try await wiring.tasks.task(name, view: .basic)
      if options.speaks {
        Output.say(
          printable("\(name.id), \(found.taskClass ?? "no class"), dispatched \(found.dispatchCount) times so far"))
      }
      if options.dryRun { return show(found) }
      try wiring.allowChanges()
      try Consent.obtain("Run the task \(name.id) now?", about: name.queue.id, wiring, options)
      show(try await wiring.tasks.run(name))
    }

    private func show(_ task: CloudTask) {
      let json = TasksCommand.json(task)
      Output(format: options.output).show(json) { Page.lines(of: json) }
    }
  }
}
