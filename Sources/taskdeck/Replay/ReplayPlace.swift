// Where tasks to be replayed come from, and what runs them. A task from a file or
// the trash needs no project, no account and no network.

import CloudModel
import Foundation
import Operations
import ReplayModel
import Settings

struct ReplayPlace: Sendable {
  let bench: ReplayBench
  private let wiring: Wiring?
  private let options: GlobalOptions
  /// Name of the context, where it is protected.
  private let protectedContext: String?

  init(_ options: GlobalOptions, isOffline: Bool) throws(Exit) {
    let environment = ProcessInfo.processInfo.environment
    let configuration: Configuration
    let context: Context?
    if isOffline {
      wiring = nil
      configuration = try .load(environment)
      // Without a project there is no context, and none is needed.
      do throws(Exit) { context = try Wiring.settings(options).0 } catch { context = nil }
    } else {
      let made = try Wiring(options)
      (wiring, configuration, context) = (made, made.configuration, made.context)
    }
    self.options = options
    protectedContext =
      context.flatMap { $0.isProtected.value ? $0.name?.value ?? $0.project.value : nil }
    bench = try ReplayBench(configuration, context: context, environment: environment)
  }

  /// The clients, made when they are needed.
  func online() throws(Exit) -> Wiring {
    if let wiring { return wiring }
    return try Wiring(options)
  }

  /// The handler that is to run a class: the named one, else what the configuration says, else what a person picks.
  func handler(_ name: String?, for taskClass: String?) async throws -> Handler {
    if let name { return try bench.handlers.handler(named: name) }
    let choice = bench.handlers.choice(for: taskClass, remembered: try await remembered(taskClass))
    guard case .ask(let handlers) = choice, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      return try bench.handlers.settled(choice)
    }
    return try Self.picked(from: handlers, for: taskClass)
  }

  private func remembered(_ taskClass: String?) async throws -> String? {
    guard let taskClass else { return nil }
    return try await bench.journal.lastHandler(ofClass: taskClass)
  }

  /// The first one is the one that ran the class last.
  private static func picked(from handlers: [Handler], for taskClass: String?) throws(Exit) -> Handler {
    let lines = handlers.enumerated().map { "  \($0.offset + 1)  \($0.element.name)  \($0.element.place)" }
    Output.say((["Which handler runs \(printable(taskClass ?? "it"))?"] + lines.map(printable)).joined(separator: "\n"))
    FileHandle.standardError.write(Data("1 to \(handlers.count) [1] ".utf8))
    let answer = readLine()?.trimmingCharacters(in: .whitespaces) ?? "no"
    if answer.isEmpty { return handlers[0] }
    if let number = Int(answer), handlers.indices.contains(number - 1) { return handlers[number - 1] }
    if let named = handlers.first(where: { $0.name == answer }) { return named }
    throw .refused("Nothing was run", reason: "No handler was chosen.", remedy: "Give --handler NAME.")
  }

  /// Tells and asks what is to be told and asked before payloads run here.
  func confirm(_ handlers: [Handler], tasks: Int) throws(Exit) {
    let safety = ReplaySafety(handlers, tasks: tasks, protectedContext: protectedContext) { isLoopbackURL($0) }
    for warning in safety.warnings { Output.say("taskdeck: \(printable(warning))") }
    if options.dryRun { return }
    if let question = safety.question { return try Consent.obtainHere(printable(question), options) }
    // A warning that nobody can answer before it is too late would be none.
    let isAsked = !safety.warnings.isEmpty && isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    if isAsked { try Consent.obtainHere("Run it?", options) }
  }
}
