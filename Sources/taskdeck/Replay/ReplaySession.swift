// One replay from the job to what becomes of the task.

import CloudAPI
import CloudModel
import Console
import Foundation
import JournalModel
import Operations
import ReplayModel

/// Runs one task, shows it, and does with the task what was asked.
struct ReplaySession: Sendable {
  let place: ReplayPlace
  let options: GlobalOptions
  let run: RunOptions
  let then: ReplayThen

  func debug(_ subject: ReplaySubject, _ handler: Handler) async throws {
    var subject = subject
    let first = try await place.bench.job(subject, handler, run.manner)
    if run.handler == nil, options.speaks { Output.say("Handler \(handler.name): \(handler.source)") }
    try place.confirm([handler], tasks: 1)
    if options.dryRun { return show(Replay.preview(first)) }
    var job = first
    while true {
      let replay = try await runOnce(job, subject)
      switch try await after(replay, subject) {
      case .over: return
      case .again(let changed):
        subject = changed
        job = try await place.bench.job(subject, handler, run.manner)
      }
    }
  }

  private enum Next {
    case over
    case again(ReplaySubject)
  }

  // MARK: Running

  private func runOnce(_ job: ReplayJob, _ subject: ReplaySubject) async throws -> Replay {
    let bench = place.bench
    let isEdited = subject.isEdited
    if job.debugs {
      // The debugger has the terminal, and Ctrl-C with it.
      let endings = Endings()
      defer { withExtendedLifetime(endings) {} }
      return await bench.run(job, isEdited: isEdited) { _ in }.replay
    }
    let stream = ReplayStream(options)
    return try await interruptible { await bench.run(job, isEdited: isEdited, stream.show).replay }
  }

  // MARK: Afterwards

  /// Prints how it ended, once it is known what becomes of the task: programs read one document.
  private func after(_ replay: Replay, _ subject: ReplaySubject) async throws -> Next {
    ReplayWords.say(replay, options)
    if then == .ask { return try await ask(replay, subject) }
    var object = replay.json
    do {
      object["then"] = try await settle(then, replay, subject)
    } catch {
      show(object)
      throw error
    }
    show(object)
    if let exit = Exit(replay) { throw exit }
    return .over
  }

  /// What was done with the task, for programs; nil when it was kept.
  private func settle(_ then: ReplayThen, _ replay: Replay, _ subject: ReplaySubject) async throws -> JSON? {
    guard then != .keep else { return nil }
    guard replay.outcome.isDone else {
      if options.speaks { Output.say("The task is kept, because its replay did not succeed.") }
      return nil
    }
    let disposal = ReplayDisposal(wiring: try place.online(), options: options)
    return then == .discard ? try await disposal.discard([subject]) : try await disposal.requeue(subject)
  }

  private func ask(_ replay: Replay, _ subject: ReplaySubject) async throws -> Next {
    while true {
      let words = "keep [k], discard [d], run again [r], edit and run [e], requeue this payload [q]?"
      FileHandle.standardError.write(Data("The task: \(words) [k] ".utf8))
      switch readLine()?.trimmingCharacters(in: .whitespaces).lowercased() {
      case nil, "", "k", "keep":
        if let exit = Exit(replay) { throw exit }
        return .over
      case "r", "run": return .again(subject)
      case "e", "edit":
        let edited = try await ReplayEdit.edited(subject)
        ReplayEdit.say(from: subject, to: edited)
        return .again(edited)
      case "d", "discard":
        guard replay.outcome.isDone else {
          Output.say("It did not succeed, so it is not discarded from here; `taskdeck tasks discard` does.")
          continue
        }
        _ = try await ReplayDisposal(wiring: try place.online(), options: options).discard([subject])
        return .over
      case "q", "requeue": _ = try await ReplayDisposal(wiring: try place.online(), options: options).requeue(subject)
      default: Output.say("Answer k, d, r, e or q.")
      }
    }
  }

  private func show(_ object: JSONObject) {
    Output(format: options.output).show(.object(object)) { [] }
  }
}

/// What a running handler writes, as it comes.
struct ReplayStream: Sendable {
  private let isShown: Bool
  private let output: LinePrinter
  private let errors: LinePrinter
  private let start = Date()

  init(_ options: GlobalOptions) {
    // Programs get it all in one document at the end.
    isShown = !options.isJSON
    output = LinePrinter(options, file: STDOUT_FILENO)
    errors = LinePrinter(options, file: STDERR_FILENO)
  }

  @Sendable func show(_ line: OutputLine) {
    guard isShown else { return }
    let time = Words.milliseconds(start.addingTimeInterval(line.seconds), in: .current)
    if line.source == .output {
      Output.write("\(time)  \(output.text(line))\n")
    } else {
      Output.say("\(time)  \(errors.text(line))")
    }
  }
}

/// How a replay ended, in words.
enum ReplayWords {
  static func say(_ replay: Replay, _ options: GlobalOptions) {
    guard !options.isJSON else { return }
    if let result = replay.report.result { Output.write("result: \(printable(result.compact))\n") }
    Output.say(head(of: replay))
  }

  /// `MyTask succeeded in 0.42 s, exit status 0, 45 MB at most`.
  static func head(of replay: Replay) -> String {
    let report = replay.report
    var words =
      "\(printable(replay.job.taskClass ?? replay.job.task)) \(replay.outcome.words) in \(seconds(report.seconds))"
    if let status = report.httpStatus { words += ", HTTP status \(status)" }
    if let status = report.exitStatus { words += ", exit status \(status)" }
    if let memory = report.peakMemory { words += ", \(Words.bytes(memory)) of memory at most" }
    return words
  }

  static func seconds(_ seconds: Double) -> String { "\(Words.number((seconds * 1000).rounded() / 1000)) s" }
}

extension ReplayOutcome {
  var words: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .discarded: "raised DiscardTaskException: the worker would drop the task"
    case .timedOut: "timed out"
    case .cancelled: "was called off"
    }
  }
}
