// What became of the attempts of one task: the counters that it shows, and those
// that its handler is told (google-apis.md section 2.1).

import CloudModel

/// The attempts of a task so far.
final class AttemptHistory {
  var dispatchCount = 0
  /// Answered attempts, as `responseCount` shows them.
  var responseCount = 0
  /// What `X-CloudTasks-TaskExecutionCount` says. An HTTP task leaves out attempts answered with 5xx.
  var executionCount = 0
  var firstDispatch: Moment
  var lastSchedule: Moment
  var lastDispatch: Moment
  /// nil while the last attempt is in flight.
  var lastResponse: (time: Moment, status: RPCStatus)?
  /// For the headers of the next attempt.
  var previous: (response: Int, reason: String)?
  /// Attempts that have not ended. More than one only when RunTask is called on a running task.
  var inFlight = 0

  init(schedule: Moment, dispatch: Moment) {
    (firstDispatch, lastSchedule, lastDispatch) = (dispatch, schedule, dispatch)
  }
}

extension AttemptHistory {
  func book(_ outcome: Outcome, kind: TargetKind, at now: Moment) {
    lastResponse = (now, outcome.status)
    switch outcome {
    case .answered(let status, _):
      responseCount += 1
      // "excludes attempts answered 5xx or unanswered"; App Engine's count has every answered attempt.
      if kind == .appEngine || !(500..<600).contains(status) { executionCount += 1 }
      previous = (status, kind == .appEngine ? "App Error" : "")
    case .timedOut: previous = kind == .appEngine ? (0, "Instance Unavailable") : (504, "")
    case .unanswered: previous = kind == .appEngine ? (0, "Instance Unavailable") : (503, "")
    }
  }

  /// "The retry specified in the Retry-After HTTP response header is considered", with 429 and 503.
  func retryTime(_ policy: RetryPolicy, _ outcome: Outcome, at now: Moment) -> Moment {
    let delay = policy.delay(beforeRetry: dispatchCount)
    guard case .answered(let status, let wish?) = outcome, status == 429 || status == 503 else { return now + delay }
    return now + max(delay, wish)
  }
}

extension AttemptHistory {
  /// What the data file keeps, together with the time the task is due next.
  func record(schedule: Moment) -> [UInt8] {
    var record = RecordWriter()
    record.add(schedule)
    record.add(dispatchCount)
    record.add(responseCount)
    record.add(executionCount)
    record.add(firstDispatch)
    record.add(lastSchedule)
    record.add(lastDispatch)
    record.add(lastResponse == nil ? 0 : 1)
    if let (time, status) = lastResponse {
      record.add(time)
      record.add(status.code)
      record.add(status.message)
    }
    record.add(previous == nil ? 0 : 1)
    if let (response, reason) = previous {
      record.add(response)
      record.add(reason)
    }
    return record.bytes
  }

  static func read(_ bytes: [UInt8]) throws(RecordError) -> (schedule: Moment, attempts: AttemptHistory) {
    var record = RecordReader(bytes)
    let schedule = try record.moment()
    let counts = (try record.int(), try record.int(), try record.int())
    let attempts = AttemptHistory(schedule: schedule, dispatch: try record.moment())
    (attempts.dispatchCount, attempts.responseCount, attempts.executionCount) = counts
    attempts.lastSchedule = try record.moment()
    attempts.lastDispatch = try record.moment()
    if try record.int() == 1 {
      attempts.lastResponse = (
        try record.moment(), RPCStatus(code: try record.int(), message: try record.text())
      )
    }
    if try record.int() == 1 { attempts.previous = (try record.int(), try record.text()) }
    return (schedule, attempts)
  }
}
