// Makers of values that tests are about.

import CloudModel
import Foundation
import Operations
import Synchronization

@testable import JournalModel

let acting = Acting(context: "laptop", account: "", endpoint: endpoint)

func queueName(_ id: String = "orders") -> QueueName {
  do { return try QueueName("projects/p/locations/l/queues/\(id)") } catch { preconditionFailure("\(error)") }
}

func taskName(_ id: String, in queue: QueueName = queueName()) -> TaskName {
  do { return try TaskName(queue: queue, id: id) } catch { preconditionFailure("\(error)") }
}

/// The beginning of test time.
let epoch = Timestamp(seconds: 1_790_000_000)

func makeTask(
  _ id: String, class taskClass: String = "SendMail", dispatches: Int = 3, body: String? = nil,
  in queue: QueueName = queueName(), status: Int? = 503
) -> CloudTask {
  var task = CloudTask(name: taskName(id, in: queue))
  var target = HTTPTarget(url: "https://app.example.com/tasks/\(taskClass)")
  target.method = "POST"
  target.headers = [Header("User-Agent", "Google-Cloud-Tasks"), Header("X-tenant", "acme")]
  target.encodedBody = Data((body ?? "{\"id\": \"\(id)\", \"text\": \"é\u{0}\"}").utf8).base64EncodedString()
  target.authorization = .oidc(serviceAccountEmail: "r@p.iam.gserviceaccount.com", audience: "https://app.example.com")
  task.target = .http(target)
  task.scheduleTime = Timestamp(seconds: epoch.seconds - 60)
  task.createTime = Timestamp(seconds: epoch.seconds - 3600)
  task.dispatchDeadline = .seconds(600)
  task.dispatchCount = dispatches
  task.responseCount = dispatches
  if dispatches > 0, let status {
    var attempt = Attempt()
    attempt.dispatchTime = Timestamp(seconds: epoch.seconds - 120)
    attempt.responseTime = Timestamp(seconds: epoch.seconds - 119)
    attempt.responseStatus = RPCStatus(code: 14, message: "UNAVAILABLE(14): HTTP status code \(status)")
    task.lastAttempt = attempt
  }
  return task
}

/// IDs as the service makes them up.
func generated(_ index: Int) -> String { String(5_577_006_791_947_779_410 + index) }

func makeTasks(_ count: Int, class taskClass: String = "SendMail") -> [CloudTask] {
  (0..<count).map { makeTask(generated($0), class: taskClass) }
}

/// A clock that a sleeper moves forward, and chance that repeats.
final class FakeTime: Sendable {
  private let elapsed = Mutex(Duration.zero)
  private let generator: Mutex<UInt64>
  let slept = Mutex<[Duration]>([])

  init(seed: UInt64 = 1) { generator = Mutex(seed) }

  func advance(_ duration: Duration) { elapsed.withLock { $0 += duration } }

  var surroundings: Surroundings {
    Surroundings(
      now: { Timestamp(seconds: epoch.seconds + self.elapsed.withLock { $0 }.components.seconds) },
      uptime: { self.elapsed.withLock { $0 } }, sleep: { try await self.sleep($0) }, random: { self.random() })
  }

  private func sleep(_ duration: Duration) async throws {
    let due = elapsed.withLock { $0 } + duration
    slept.withLock { $0.append(duration) }
    await Task.yield()
    try Task.checkCancellation()
    elapsed.withLock { $0 = max($0, due) }
  }

  private func random() -> UInt64 {
    generator.withLock { state in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}
