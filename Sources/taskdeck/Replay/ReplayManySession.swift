// Many replays: a row for each as it ends, and a summary.

import CloudModel
import Console
import Foundation
import Operations
import ReplayModel
import Synchronization
import Terminal

struct ReplayManySession: Sendable {
  let place: ReplayPlace
  let options: GlobalOptions
  let run: RunOptions
  let many: ManyOptions
  let then: ReplayThen

  func debug(_ subjects: [ReplaySubject]) async throws {
    guard !subjects.isEmpty else {
      if options.speaks { Output.say("Nothing matches; nothing is run.") }
      if options.output == .json { Output(format: .json).show(summary([], ReplayTally(), 0)) { [] } }
      return
    }
    let jobs = try await jobs(subjects)
    var seen: Set<String> = []
    try place.confirm(jobs.map(\.1.handler).filter { seen.insert($0.name).inserted }, tasks: jobs.count)
    if options.dryRun { return preview(jobs) }
    try await runAll(jobs)
  }

  private typealias Job = (ReplaySubject, ReplayJob)

  private func jobs(_ subjects: [ReplaySubject]) async throws -> [Job] {
    var (handlers, jobs) = ([String: Handler](), [Job]())
    for subject in subjects {
      let key = subject.task.taskClass ?? ""
      let handler: Handler
      if let known = handlers[key] {
        handler = known
      } else {
        handler = try await place.handler(run.handler, for: subject.task.taskClass)
      }
      handlers[key] = handler
      jobs.append((subject, try await place.bench.job(subject, handler, run.manner)))
    }
    return jobs
  }

  private func preview(_ jobs: [Job]) {
    if options.output == .jsonl {
      for (_, job) in jobs { Output.write(JSON.object(Replay.preview(job)).compact + "\n") }
    } else if options.output == .json {
      Output(format: .json).show(summary(jobs.map { Replay.preview($0.1) }, ReplayTally(), 0)) { [] }
    } else {
      for (subject, job) in jobs {
        Output.write("\(printable(job.taskClass ?? "-"))  \(subject.task.name.id)  \(job.handler.name)\n")
      }
    }
  }

  private func runAll(_ jobs: [Job]) async throws {
    let start = ContinuousClock.now
    let (bench, pace, rows) = (place.bench, many.pace, ReplayRows(jobs.map(\.0), options))
    rows.begin()
    let ended = Mutex<[(ReplaySubject, Replay)]>([])
    let tally = try await interruptible {
      await pace.run(
        jobs,
        { subject, job in
          let replay = await bench.run(job, isEdited: subject.isEdited) { _ in }.replay
          return (replay.outcome, (subject, replay))
        },
        ended: { subject, replay in
          rows.show(subject, replay)
          ended.withLock { $0.append((subject, replay)) }
        })
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let results = ended.withLock { $0 }
    var object = summary(results.map(\.1.json), tally, seconds)
    do { object = try await settled(object, results) } catch {
      finish(object, tally, seconds)
      throw error
    }
    finish(object, tally, seconds)
    try check(tally)
  }

  /// Takes away those that succeeded, in one plan.
  private func settled(_ summary: JSON, _ results: [(ReplaySubject, Replay)]) async throws -> JSON {
    guard then != .keep, var object = summary.object else { return summary }
    let done = results.filter { $0.1.outcome.isDone }.map(\.0)
    let disposal = ReplayDisposal(wiring: try place.online(), options: options)
    guard then == .discard else {
      throw Exit.usage(
        "Only one task can be requeued or asked about", reason: "--then \(then.rawValue) is for one task.",
        remedy: "Give --then keep or --then discard.")
    }
    object["then"] = try await disposal.discard(done)
    return .object(object)
  }

  private func finish(_ summary: JSON, _ tally: ReplayTally, _ seconds: Double) {
    if options.output == .json { Output(format: .json).show(summary) { [] } }
    guard options.speaks else { return }
    var words = "\(Words.count(tally.succeeded)) succeeded, \(Words.count(tally.failed)) failed"
    if tally.discarded > 0 { words += ", \(Words.count(tally.discarded)) would be dropped (DiscardTaskException)" }
    if tally.timedOut > 0 { words += ", \(Words.count(tally.timedOut)) timed out" }
    if tally.cancelled > 0 { words += ", \(Words.count(tally.cancelled)) called off" }
    if tally.skipped > 0 { words += ", \(Words.count(tally.skipped)) not begun" }
    Output.say("\(words), in \(ReplayWords.seconds(seconds)).")
  }

  private func summary(_ replays: [JSONObject], _ tally: ReplayTally, _ seconds: Double) -> JSON {
    var object: JSONObject = ["replays": .array(replays.map(JSON.object))]
    object.merge(tally.json)
    object["seconds"] = .double((seconds * 1000).rounded() / 1000)
    return .object(object)
  }

  private func check(_ tally: ReplayTally) throws(Exit) {
    if tally.cancelled > 0 {
      throw Exit(
        failure: .init(title: "Stopped", reason: "The rest was not run.", remedy: "Run it again."), status: 130,
        code: .cancelled)
    }
    guard tally.failures > 0 else { return }
    throw Exit(
      failure: .init(
        title: "\(tally.failures) of \(tally.failures + tally.done) failed",
        reason: tally.skipped > 0 ? "\(tally.skipped) were not begun." : "The rest succeeded.",
        remedy: "Look at one: taskdeck journal replays"), status: tally.done > 0 ? 3 : 1, code: .unknown)
  }
}

/// The table of many replays; its widths are known before the first row.
private struct ReplayRows: Sendable {
  private let options: GlobalOptions
  private let classWidth: Int
  private let idWidth: Int

  init(_ subjects: [ReplaySubject], _ options: GlobalOptions) {
    self.options = options
    classWidth = subjects.reduce(5) { max($0, TextWidth.of(printable($1.task.taskClass ?? "-"))) }
    idWidth = subjects.reduce(2) { max($0, $1.task.name.id.utf8.count) }
  }

  func begin() {
    guard !options.isJSON else { return }
    Output.write(line("CLASS", "ID", "OUTCOME", "STATUS", "TIME", "WHY"))
  }

  func show(_ subject: ReplaySubject, _ replay: Replay) {
    if options.output == .jsonl { return Output.write(JSON.object(replay.json).compact + "\n") }
    guard options.output == .table else { return }
    let status = replay.report.httpStatus ?? replay.report.exitStatus.map { Int($0) }
    let failure = Failure(replay)
    let why = failure.map { replay.report.fault == nil ? $0.reason : "\($0.title): \($0.reason)" } ?? ""
    Output.write(
      line(
        printable(replay.job.taskClass ?? "-"), subject.task.name.id, replay.outcome.rawValue,
        status.map { String($0) } ?? "-", ReplayWords.seconds(replay.report.seconds), printable(why)))
  }

  private func line(
    _ taskClass: String, _ id: String, _ outcome: String, _ status: String, _ time: String, _ why: String
  ) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - TextWidth.of(text)))
    }
    let cells = [
      padded(taskClass, classWidth), padded(id, idWidth), padded(outcome, 9), padded(status, 6), padded(time, 9), why,
    ]
    let text = cells.joined(separator: "  ")
    return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
  }
}
