// A worker for `taskdeck demo`: an HTTP server in this process whose handlers
// succeed, fail, dawdle and give up by class, so that every state of a task can
// be seen on the screen. The table of behaviours is data, chance comes in.

import CloudModel
import Foundation
import NIOPosix
import Synchronization

/// What a class of tasks does when it is called.
package struct SampleBehaviour: Sendable, Equatable {
  package enum Answer: Sendable, Equatable {
    /// 200 with a small JSON body.
    case succeed
    /// An error status, with `Retry-After` in seconds when given.
    case fail(status: Int, retryAfter: Int? = nil)
    /// 202 `{"status":"discarded"}`, as django-google-cloud-tasks answers for a discarded task.
    case discard
  }

  /// One way it can go.
  package struct Case: Sendable, Equatable {
    package var weight: Double
    package var answer: Answer
    /// How long the handler works. Beyond the dispatch deadline it is a time-out.
    package var takes: ClosedRange<Duration>

    package init(_ answer: Answer, takes: ClosedRange<Duration>, weight: Double = 1) {
      (self.answer, self.takes, self.weight) = (answer, takes, weight)
    }
  }

  package var cases: [Case]

  package init(_ cases: Case...) { self.cases = cases }

  private static let quick = Duration.milliseconds(5)...(.milliseconds(60))

  package static let succeeds = SampleBehaviour(Case(.succeed, takes: quick))
  package static let slow = SampleBehaviour(Case(.succeed, takes: .seconds(1)...(.seconds(3))))
  package static let breaks = SampleBehaviour(Case(.fail(status: 500), takes: quick))
  package static let unavailable = SampleBehaviour(Case(.fail(status: 503, retryAfter: 5), takes: quick))
  package static let throttled = SampleBehaviour(Case(.fail(status: 429), takes: quick))
  package static let discards = SampleBehaviour(Case(.discard, takes: quick))
  /// Answers a second after the shortest dispatch deadline there is (15 s), so it times out for tasks that have it.
  package static let timesOut = SampleBehaviour(Case(.succeed, takes: .seconds(16)...(.seconds(17))))
  /// Mostly well, now and then not.
  package static let flaky = SampleBehaviour(
    Case(.succeed, takes: quick, weight: 0.7), Case(.fail(status: 500), takes: quick, weight: 0.3))

  /// Chooses a case and how long it takes; `random` gives numbers from 0 up to but not including 1.
  func choose(_ random: () -> Double) -> (answer: Answer, takes: Duration) {
    let total = cases.reduce(0) { $0 + $1.weight }
    var mark = random() * total
    for one in cases {
      mark -= one.weight
      if mark < 0 { return (one.answer, Self.duration(in: one.takes, random())) }
    }
    return (.succeed, .zero)
  }

  private static func duration(in range: ClosedRange<Duration>, _ share: Double) -> Duration {
    range.lowerBound + .microseconds(Int64(Double((range.upperBound - range.lowerBound).microseconds) * share))
  }
}

/// A running sample worker.
package final class SampleWorker: Sendable {
  /// Base URL, such as `http://127.0.0.1:40001`; tasks of class C are sent to `URL/tasks/C`.
  package let url: String
  private let lifetime: Lifetime

  private init(url: String, lifetime: Lifetime) { (self.url, self.lifetime) = (url, lifetime) }

  /// Listens on a free port of loopback. A class that the table does not name gets `otherwise`. Throws `EmulatorError`.
  package static func start(
    behaviours: [String: SampleBehaviour], otherwise: SampleBehaviour = .succeeds,
    seed: UInt64 = .random(in: .min ... .max)
  ) async throws -> SampleWorker {
    let host = "127.0.0.1"
    let random = SharedRandom(seed: seed)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let server = try await listen(host: host, port: 0, on: group.next()) { request in
        let behaviour = taskClassName(url: "http://worker" + request.path).flatMap { behaviours[$0] } ?? otherwise
        let (answer, takes) = behaviour.choose { random.next() }
        return .later {
          // Cancelled when the dispatcher gave up: nobody hears the answer then.
          do { try await Task.sleep(for: takes) } catch { return answer.response }
          return answer.response
        }
      }
      let lifetime = Lifetime {
        await server.stop()
        await end(group)
      }
      return SampleWorker(url: baseURL(host, server.port), lifetime: lifetime)
    } catch {
      await end(group)
      throw error
    }
  }

  /// Closes every connection and gives back the thread.
  package func stop() async { await lifetime.end() }
}

extension SampleBehaviour.Answer {
  fileprivate var response: ServerResponse {
    switch self {
    case .succeed: Self.json(200, ["status": "executed"])
    case .discard: Self.json(202, ["status": "discarded"])
    case .fail(let status, let retryAfter):
      Self.json(
        status, ["error": .string("sample failure \(status)")], retryAfter.map { [("Retry-After", String($0))] } ?? [])
    }
  }

  private static func json(_ status: Int, _ json: JSON, _ headers: [(String, String)] = []) -> ServerResponse {
    ServerResponse(status: status, contentType: "application/json", headers: headers, body: Array(json.compact.utf8))
  }
}

/// One sequence of random numbers for all requests.
private final class SharedRandom: Sendable {
  private let generator: Mutex<SeededGenerator>

  init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

  func next() -> Double { generator.withLock { Double.random(in: 0..<1, using: &$0) } }
}
