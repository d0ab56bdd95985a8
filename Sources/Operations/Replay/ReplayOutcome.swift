// What a run means: success as Cloud Tasks would see it, and the object that
// `tasks debug` prints (DESIGN.md section 5).

import CloudModel
import ReplayModel

/// The outcome of one replay.
package enum ReplayOutcome: String, Equatable, Sendable, CaseIterable {
  case succeeded
  case failed
  /// DiscardTaskException: the task is not to be tried again.
  case discarded
  case timedOut = "timed-out"
  /// Called off by the person.
  case cancelled

  package init(_ report: RunReport) {
    switch report.end {
    case .timedOut: self = .timedOut
    case .cancelled: self = .cancelled
    case .neverRan, .signalled: self = .failed
    case .answered(let status):
      self = !(200..<300).contains(status) ? .failed : report.isDiscarded ? .discarded : .succeeded
    case .exited(let status):
      self = status != 0 || report.fault != nil ? .failed : report.isDiscarded ? .discarded : .succeeded
    }
  }

  /// Whether the worker would have ended the task with this.
  package var isDone: Bool { self == .succeeded || self == .discarded }
}

extension RunReport {
  /// As a shell would say it; nil where no process ended.
  package var exitStatus: Int32? {
    switch end {
    case .exited(let status): status
    case .signalled(let signal): 128 + signal
    case .answered, .neverRan, .timedOut, .cancelled: nil
    }
  }

  package var httpStatus: Int? {
    guard case .answered(let status) = end else { return nil }
    return status
  }
}

/// A replay that has ended.
package struct Replay: Equatable, Sendable {
  package var job: ReplayJob
  package var report: RunReport
  /// What it wrote, as far as it is kept.
  package var output: String
  package var errors: String
  /// Whether the payload that ran is not the task's own.
  package var isEdited: Bool

  package init(job: ReplayJob, report: RunReport, output: String, errors: String, isEdited: Bool = false) {
    (self.job, self.report, self.output, self.errors) = (job, report, output, errors)
    self.isEdited = isEdited
  }

  package var outcome: ReplayOutcome { ReplayOutcome(report) }

  /// `{"task","class","handler","outcome","httpStatus" or "exitStatus","seconds","result","stdout","stderr"}`.
  package var json: JSONObject {
    var object = Self.head(job)
    object["outcome"] = .string(outcome.rawValue)
    if case .http = job.handler.kind {
      object["httpStatus"] = report.httpStatus.map(JSON.integer) ?? .null
    } else {
      object["exitStatus"] = report.exitStatus.map { .integer(Int($0)) } ?? .null
    }
    object["seconds"] = .double((report.seconds * 1000).rounded() / 1000)
    object["result"] = report.result ?? .null
    object["stdout"] = .string(output)
    object["stderr"] = .string(errors)
    return object
  }

  /// What would run, in the same shape.
  package static func preview(_ job: ReplayJob) -> JSONObject {
    var object = head(job)
    object["outcome"] = .null
    object["seconds"] = .null
    object["result"] = .null
    object["stdout"] = ""
    object["stderr"] = ""
    return object
  }

  private static func head(_ job: ReplayJob) -> JSONObject {
    [
      "task": .string(job.task), "class": job.taskClass.map(JSON.string) ?? .null,
      "handler": .string(job.handler.name),
    ]
  }
}
