// A console with one open queue, its clock and its worker.

import CloudModel
import Console
import Foundation
import Synchronization
import Terminal

/// What keys cost, in seconds.
struct Times {
  /// From a key to the frame it made.
  var keys: [Double] = []
  /// From a key to the frame that shows what was worked out for it aside.
  var answers: [Double] = []
  /// What a message that is no key took, which a key may have to wait for.
  var steps: [Double] = []
}

/// What was worked out aside.
private final class Worker: Sendable {
  private let done = Mutex<[TableWork<TaskRow>.Done]>([])
  private let newest = Mutex<[Bool: Int]>([:])

  func begin(_ work: TableWork<TaskRow>) {
    newest.withLock { $0[work.isOfArrivals] = work.number }
    Thread.detachNewThread { [self] in
      let isCalledOff = { self.newest.withLock { $0[work.isOfArrivals] != work.number } }
      if let result = work.run(isCalledOff: isCalledOff) { done.withLock { $0.append(result) } }
    }
  }

  func take() -> [TableWork<TaskRow>.Done] {
    done.withLock { done in
      defer { done = [] }
      return done
    }
  }
}

struct Bench {
  private var state: ConsoleState
  private var effects: [Effect] = []
  private let worker = Worker()
  /// Works that were begun and have not been answered: a newer one replaces one of its kind.
  private var waiting: [Bool: Int] = [:]
  private var generation = Generation(0)

  init() {
    state = ConsoleState(
      context: ContextBadge(project: "local", locations: ["us-central1"], endpoint: "127.0.0.1"), themes: [.plain],
      refresh: RefreshPolicy(callsPerMinute: nil), now: noon, size: Size(columns: 120, rows: 36))
    send(.tick(noon))
  }

  private mutating func send(_ message: Message) {
    effects = update(&state, message)
    for effect in effects {
      switch effect {
      case .arrangeTasks(let work):
        waiting[work.isOfArrivals] = work.number
        worker.begin(work)
      case .loadTasks(_, let wanted): generation = wanted
      default: continue
      }
    }
  }

  private func draw() {
    var frame = Frame(size: state.size)
    render(state, into: &frame)
    withExtendedLifetime(frame) {}
  }

  private mutating func timed(_ message: Message) -> Double {
    let start = ContinuousClock.now
    send(message)
    draw()
    return seconds(since: start)
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let took = ContinuousClock.now - start
    return Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
  }

  /// Answers what the worker has done.
  private mutating func takeAnswers(_ times: inout Times) {
    for done in worker.take() {
      for (kind, number) in waiting where number == done.number { waiting[kind] = nil }
      times.steps.append(timed(.tasksArranged(done)))
    }
  }

  /// Presses keys; each is answered before the next, and the cursor is moved meanwhile.
  mutating func run(_ keys: [Key]) -> Times {
    var times = Times()
    for key in keys {
      let start = ContinuousClock.now
      times.keys.append(timed(.key(key)))
      while !waiting.isEmpty {
        takeAnswers(&times)
        if waiting.isEmpty { break }
        times.keys.append(timed(.key(.down)))
        usleep(500)
      }
      times.answers.append(seconds(since: start))
    }
    return times
  }

  // MARK: Lists

  /// Opens the queue and loads so many tasks, page by page as they come.
  mutating func load(_ count: Int) {
    send(.key(.character(":")))
    for character in "tasks orders" { send(.key(.character(character))) }
    send(.key(.enter))
    pages(count)
    send(.tasks(generation, .finished(calls: count / 1000, survey: QueueSurvey(rows: [], at: noon))))
    _ = run([.character("j")])
  }

  private mutating func pages(_ count: Int) {
    var maker = TaskRowMaker()
    for start in stride(from: 0, to: count, by: 1000) {
      let rows = (start..<min(count, start + 1000)).map { maker.row(of: Bench.task($0)) }
      send(.tasks(generation, .page(rows)))
      var times = Times()
      takeAnswers(&times)
    }
  }

  /// The same tasks come again, and are held beside those that are shown.
  mutating func beginRefresh(_ count: Int) {
    let before = generation
    send(.tick(noon.addingTimeInterval(10_000)))
    precondition(generation != before, "no refresh was asked for, so there is nothing to measure")
    pages(count)
  }

  mutating func finishRefresh() -> Times {
    var times = Times()
    times.steps.append(timed(.tasks(generation, .finished(calls: 1, survey: QueueSurvey(rows: [], at: noon)))))
    let rest = run([.character("j")])
    times.keys += rest.keys
    times.answers += rest.answers
    times.steps += rest.steps
    return times
  }

  private static let classes = ["SendWelcome", "SyncOrder", "SyncWarehouse", "GenerateReport", "ResizeImage"]

  private static let queue: QueueName = {
    do { return try QueueName("projects/local/locations/us-central1/queues/orders") } catch {
      preconditionFailure("this is a queue's name")
    }
  }()

  /// With an ID of some 20 digits, as the service makes them.
  private static func task(_ place: Int) -> CloudTask {
    let name: TaskName
    do { name = try TaskName(queue: queue, id: String(UInt64(place) &* 6_364_136_223_846_793_005 &+ 1)) } catch {
      preconditionFailure("this is a task's name")
    }
    var task = CloudTask(name: name)
    task.target = .http(HTTPTarget(url: "https://app.example.com/tasks/\(classes[place % classes.count])"))
    task.createTime = Timestamp(noon.addingTimeInterval(-Double(place * 31 % 86_400)))
    task.scheduleTime = Timestamp(noon.addingTimeInterval(Double(place * 17 % 3600)))
    task.dispatchCount = place % 9
    task.responseCount = place % 9
    if task.dispatchCount > 0 {
      var attempt = Attempt()
      (attempt.dispatchTime, attempt.responseTime) = (task.createTime, task.createTime)
      let code = [503, 429, 500, 404][place % 4]
      attempt.responseStatus = RPCStatus(code: 14, message: "UNAVAILABLE(14): HTTP status code \(code)")
      task.lastAttempt = attempt
    }
    return task
  }
}
