// What all changes have in common: the plan is shown, somebody says yes, progress
// is told, Ctrl-C stops in an orderly way, and the exit status says how it ended.

import CloudModel
import Foundation
import JournalModel
import Operations
import Synchronization

/// What a change prints on standard output.
enum Outcome {
  /// For people the words on standard error say it all.
  static func show(_ outcome: JSON, _ options: GlobalOptions) {
    if options.isJSON { Output(format: options.output).show(outcome) { [] } }
  }
}

extension GlobalOptions {
  /// Whether plans and outcomes are told in words. A program that reads the outcome on standard output may read the
  /// failure, one JSON document, on standard error, so words about the same stay out of it.
  var speaks: Bool { !isJSON || isatty(STDERR_FILENO) == 1 }
}

/// Progress on a terminal: one line that is written over; nothing where standard error is not a terminal.
final class ProgressLine: Sendable {
  private let verb: String
  private let isShown = isatty(STDERR_FILENO) == 1
  private let shown = Mutex<(at: ContinuousClock.Instant, any: Bool)>((.now - .seconds(1), false))

  init(_ verb: String) { self.verb = verb }

  func show(_ progress: RunProgress) {
    let isLast = progress.remaining == 0
    guard isShown, isDue(isLast) else { return }
    let failed = progress.failed > 0 ? ", \(progress.failed) failed" : ""
    write("\r\u{1B}[K\(verb) \(progress.done) of \(progress.total)\(failed), \(Int(progress.rate)) a second")
  }

  func seen(_ count: Int) {
    guard isShown, isDue(false) else { return }
    write("\r\u{1B}[Klooked at \(count) tasks")
  }

  func end() {
    if shown.withLock({ $0.any }) { write("\r\u{1B}[K") }
  }

  private func isDue(_ isLast: Bool) -> Bool {
    shown.withLock { shown in
      guard isLast || shown.at.duration(to: .now) > .milliseconds(100) else { return false }
      shown = (.now, true)
      return true
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Runs a change so that the first Ctrl-C (or SIGTERM) cancels it and lets it write down where it stands, for which half a
/// second is enough. The second one ends the program at once, and the journal is as after a crash.
func interruptible<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
  let endings = Endings()
  let work = Task { try await body() }
  let watch = Task {
    await endings.first()
    // Ended by `watch.cancel()`, not by a signal.
    if Task.isCancelled { return }
    work.cancel()
    Output.say("Stopping, and writing down where it stands. Once more ends at once.")
    await endings.first()
    if !Task.isCancelled { exit(130) }
  }
  defer { watch.cancel() }
  return try await work.value
}

extension RunEnd {
  /// Items that were refused, and those of which nothing could be found out.
  var failures: Int { entry.counts.failed + (stop == nil ? entry.counts.sent : 0) }

  private var done: Int { entry.counts.settled - entry.counts.failed }

  /// Throws when the run did not end as it should; its outcome has been printed by then.
  func check() throws(Exit) {
    let resume = "taskdeck journal resume \(entry.number)"
    switch stop {
    case .cancelled:
      throw Exit(
        failure: .init(
          title: "Stopped", reason: "The journal entry \(entry.number) has what was done.",
          remedy: "Finish it: \(resume)"),
        status: 130, code: .cancelled)
    case .api(let error):
      var exit = Exit(error)
      exit.failure.remedy += " Then: \(resume)"
      throw Exit(failure: exit.failure, status: done > 0 ? 3 : 1, code: error.status)
    case .journal(let error): throw Exit(error)
    case nil where failures > 0:
      throw Exit(
        failure: .init(
          title: "\(failures) of \(failures + done) failed",
          reason: "The journal entry \(entry.number) says why for each.",
          remedy: "Look: taskdeck journal show \(entry.number)"),
        status: done > 0 ? 3 : 1, code: .unknown)
    case nil: return
    }
  }
}
