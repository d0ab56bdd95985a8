// The headers that Cloud Tasks would send with the next attempt of a task
// (google-apis.md section 2.1, captured from production).

import CloudModel
import Foundation
import ReplayModel

/// Headers of a dispatch.
enum TaskHeaders {
  /// Those of the stored request without those that the service ignores or replaces, then the service's own.
  static func next(of job: ReplayJob) -> [Header] {
    let own = service(job)
    let taken = Set(own.map { $0.name.lowercased() }).union(["host", "content-length"])
    let stored = job.headers.filter { header in
      let name = header.name.lowercased()
      return !taken.contains(name) && !name.hasPrefix("x-google-") && !name.hasPrefix("x-appengine-")
    }
    return stored + own
  }

  private static func service(_ job: ReplayJob) -> [Header] {
    let metadata = job.metadata
    let prefix = "X-CloudTasks-"
    var headers = [
      Header(prefix + "QueueName", metadata.queue), Header(prefix + "TaskName", metadata.taskID),
      Header(prefix + "TaskRetryCount", String(metadata.dispatchNumber)),
      Header(prefix + "TaskExecutionCount", String(executions(metadata))),
      Header("User-Agent", "Google-Cloud-Tasks"),
    ]
    if let eta = metadata.eta { headers.append(Header(prefix + "TaskETA", seconds(eta))) }
    if metadata.dispatchNumber > 0, let response = metadata.previousResponse {
      // The reason is "present, empty" in production.
      headers += [Header(prefix + "TaskPreviousResponse", String(response)), Header(prefix + "TaskRetryReason", "")]
    }
    return headers
  }

  /// "Excludes attempts answered 5xx or unanswered": the API counts the answers and shows the last one only, which here
  /// stands for all of them. With one answer, and where all failed alike, that is exact.
  private static func executions(_ metadata: ReplayMetadata) -> Int {
    metadata.previousResponse.map { $0 >= 500 } ?? false ? 0 : metadata.executionNumber
  }

  /// Unix seconds with microseconds: `1718377200.123456`.
  private static func seconds(_ time: Timestamp) -> String {
    let fraction = String(time.nanoseconds / 1000)
    return "\(time.seconds)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }
}
